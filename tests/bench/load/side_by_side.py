"""Everything that scripts/bench measures in CPU time, round after round, as one table."""
import argparse
import contextlib
import json
import pathlib
import sys
import tempfile

import table
from entry import run
from measure import IN_FLIGHT, Bench
from servers import rows


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 round of few calls, to try things")
    parser.add_argument("--rounds", type=int, help="5, unless --quick")
    parser.add_argument("--only", default="", metavar="NAMES",
                        help="rows and upstreams, separated by commas: ours,tonic,http")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="every single run")
    arguments = parser.parse_args()
    known = {*IN_FLIGHT, *(row.name for row in rows())}
    arguments.only = set(filter(None, arguments.only.split(",")))
    if arguments.only - known:
        parser.error(f"--only knows: {', '.join(sorted(known))}")
    arguments.rounds = arguments.rounds or (1 if arguments.quick else 5)
    return arguments


def plan(only):
    """Row after row at each upstream, so that what is compared is close in time."""
    names = {row.name for row in rows()}
    scenarios = only & set(IN_FLIGHT) or set(IN_FLIGHT)
    return [(row, scenario) for scenario in IN_FLIGHT if scenario in scenarios
            for row in rows() if scenario in row.scenarios
            and (row.name in only or not only & names)]


def measure_all(arguments, stack):
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oauth-bench.")))
    # nginx gives up root, and has to reach its files all the same.
    folder.chmod(0o755)
    bench = Bench(folder, 5_000 if arguments.quick else 20_000, stack)
    runs = []
    for number in range(1, arguments.rounds + 1):
        for row, scenario in plan(arguments.only):
            print(f"round {number} of {arguments.rounds}: {row.name}, {scenario} upstream",
                  file=sys.stderr)
            for figures in bench.measure(row, scenario):
                runs.append({"round": number, "row": row.name, "scenario": scenario, **figures})
    return runs


def main():
    arguments = parse_arguments()
    with contextlib.ExitStack() as stack:
        runs = measure_all(arguments, stack)
    print(table.render(runs))
    if arguments.json:
        arguments.json.write_text(json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    run(main)
