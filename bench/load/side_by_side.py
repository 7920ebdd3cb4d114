"""All measurements of scripts/bench in CPU time, in rounds, as one table."""
import argparse
import contextlib
import json
import pathlib
import shlex
import sys

import pictures
import table
from busy import Quota
from entry import run, working_folder
from measure import SCENARIOS, Bench
from servers import EVERY, SHARED_CPU, Row, rows


def another_gateway(text):
    name, separator, command = text.partition("=")
    if not separator or not command:
        raise argparse.ArgumentTypeError("has to be NAME=COMMAND")
    return Row(name, (*EVERY, *SHARED_CPU), command=tuple(shlex.split(command)))


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 round of few calls, to try things")
    parser.add_argument("--rounds", type=int, help="5, unless --quick")
    parser.add_argument("--only", default="", metavar="NAMES",
                        help="rows and upstreams, separated by commas: ours,tonic,http")
    parser.add_argument("--also", action="append", default=[], type=another_gateway,
                        metavar="NAME=COMMAND", help="another build or other flags of the gateway")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="every single run")
    parser.add_argument("--pictures", type=pathlib.Path, metavar="FOLDER",
                        help="one picture (SVG) for each scenario")
    arguments = parser.parse_args()
    arguments.rows = rows(arguments.also)
    known = {*SCENARIOS, *(row.name for row in arguments.rows)}
    arguments.only = set(filter(None, arguments.only.split(",")))
    if arguments.only - known:
        parser.error(f"--only knows: {', '.join(sorted(known))}")
    arguments.rounds = arguments.rounds or (1 if arguments.quick else 5)
    return arguments


def plan(rows_known, only):
    """All rows of a scenario one after the other, so that compared values are close in time."""
    names = {row.name for row in rows_known}
    scenarios = only & set(SCENARIOS) or set(SCENARIOS)
    if "quota" in scenarios and not Quota.is_possible():
        print("bench: no quota: this machine's control groups cannot be changed", file=sys.stderr)
        scenarios.discard("quota")
    return [(row, scenario) for scenario in SCENARIOS.values() if scenario.name in scenarios
            for row in rows_known if scenario.name in row.scenarios
            and (row.name in only or not only & names)]


def measure_all(arguments, stack):
    folder = working_folder(stack)
    bench = Bench(folder, 5_000 if arguments.quick else 60_000, stack)
    runs = []
    planned = plan(arguments.rows, arguments.only)
    for number in range(1, arguments.rounds + 1):
        for row, scenario in planned:
            print(f"round {number} of {arguments.rounds}: {row.name}, {scenario.name}",
                  file=sys.stderr)
            for figures in bench.measure(row, scenario):
                runs.append({"round": number, "row": row.name,
                             "scenario": scenario.upstream, "name": scenario.name,
                             **figures})
    return runs


def main():
    arguments = parse_arguments()
    with contextlib.ExitStack() as stack:
        runs = measure_all(arguments, stack)
    if arguments.json:
        arguments.json.write_text(json.dumps(runs, indent=1) + "\n")
    if arguments.pictures:
        pictures.write_all(runs, arguments.pictures)
    print(table.render(runs))


if __name__ == "__main__":
    run(main)
