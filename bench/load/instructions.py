"""Instructions that a call costs the gateway, as valgrind's callgrind counts them.

Time depends on the machine and on whatever else it does; instructions hardly do, so they can be
a gate: a call that costs clearly more than bench/instructions.json says fails the check.
"""
import argparse
import contextlib
import json
import re
import statistics
import subprocess
import sys

from entry import run, working_folder
from load import ROOT, Call, encode, reply_length, run_h2load
from processes import pin, split_cpus
from servers import RELEASE, Gateway
from upstream import HERE, Upstream

RECORD = ROOT / "bench/instructions.json"
TOLERANCE = 0.03
IN_FLIGHT = 4
# Connecting and reading the counters costs the same for few and for many calls, so the difference
# is the cost of the calls. Which threads are woken is random, so there are several rounds.
FEW, MANY, ROUNDS = 100, 1_100, 5
# Runs once for each read of /metrics; callgrind then writes a file and counts from zero.
DUMP_AT = "modelgates::gateway::Metrics::Render*"


# With and without joining, keeping and replaying.
REMEMBERED, ONCE_ONLY = "exchange, remembered", "exchange, once-only"


def calls(folder):
    create, exchange = folder / "create.bin", folder / "exchange.bin"
    create.write_bytes(encode(HERE / "create.textproto", "CreateAuthCodeRequest"))
    exchange.write_bytes(encode(HERE / "exchange.textproto", "ExchangeAuthCodeRequest"))
    # h2load repeats one message, and every further exchange of a code would be replayed.
    return [Call("CreateAuthCode", create),
            Call("ExchangeAuthCode", exchange, ("x-modelgates-exchange: once-only",))]


class CountedGateway(Gateway):
    def __init__(self, url, cpus, folder):
        self.out = folder / "callgrind.out"
        # Load and upstream have the same CPU and precedence. So every answer is there when the
        # gateway reads, at any speed of the machine, and its threads sleep equally often.
        super().__init__(url, None, cpus, folder, seconds=60, command=[
            "nice", "-n", "10", "valgrind", "--tool=callgrind", "--fair-sched=yes",
            f"--dump-before={DUMP_AT}", f"--callgrind-out-file={self.out}",
            RELEASE / "oauth-gateway"])
        self.dumps = 0

    def counted(self):
        """Instructions since the last call, and the number of ended calls."""
        ended = self.ended()
        self.dumps += 1
        file = self.out.with_name(f"{self.out.name}.{self.dumps}")
        if not file.exists():
            raise RuntimeError(f"callgrind counted nothing at {DUMP_AT}: has it another name now?")
        return int(re.search(r"^totals: (\d+)$", file.read_text(), re.MULTILINE)[1]), ended


class OneMessage:
    """Repeats one message."""
    def __init__(self, call, cpus, folder):
        self.name, self.call, self.cpus, self.folder = call.rpc, call, cpus, folder

    def run(self, address, count):
        length = reply_length(self.call, address, pin(self.cpus))
        return lambda: run_h2load(self.call, address, IN_FLIGHT, count, length, self.folder,
                                  pin(self.cpus))


class DistinctExchanges:
    """A different code for each call."""
    def __init__(self, name, cpus, *metadata):
        self.name, self.cpus, self.metadata = name, cpus, metadata
        self.runs = 0

    def run(self, address, count):
        self.runs += 1
        command = [RELEASE / "distinct_exchanges", address, str(count), str(IN_FLIGHT),
                   f"{self.name}-{self.runs}-", *self.metadata]
        return lambda: subprocess.run(command, check=True, timeout=120,
                                      preexec_fn=pin(self.cpus))


def instructions_per_call(gateway, calls):
    def load(count):
        run = calls.run(gateway.address, count)
        _, before = gateway.counted()
        run()
        total, after = gateway.counted()
        if after != {**before, "OK": before["OK"] + count}:
            raise RuntimeError(f"{count} calls of {calls.name}: {before} became {after}")
        return total

    load(FEW)
    return statistics.median((load(MANY) - load(FEW)) / (MANY - FEW) for _ in range(ROUNDS))


def count_instructions():
    with contextlib.ExitStack() as stack:
        folder = working_folder(stack)
        cpus, _ = split_cpus()
        upstream = stack.enter_context(Upstream(folder, cpus))
        gateway = stack.enter_context(CountedGateway(upstream.url("http"), cpus, folder))
        loads = [*(OneMessage(call, cpus, folder) for call in calls(folder)),
                 DistinctExchanges(REMEMBERED, cpus),
                 DistinctExchanges(ONCE_ONLY, cpus, "once-only")]
        return {load.name: round(instructions_per_call(gateway, load)) for load in loads}


def record(found):
    # The figures are committed together with their change, which has no hash yet.
    subject = subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%s"], check=True,
                             capture_output=True, text=True).stdout.strip()
    RECORD.write_text(json.dumps({"on_top_of": subject, "instructions_per_call": found},
                                 indent=2) + "\n")
    for rpc, count in found.items():
        print(f"{rpc:20} {count:8,} instructions per call, recorded")


def compare(found):
    """Prints each figure and the recorded one. Returns the names of those that grew too much."""
    recorded = json.loads(RECORD.read_text())["instructions_per_call"]
    grew = []
    for rpc, count in found.items():
        change = count / recorded[rpc] - 1
        verdict = ""
        if change > TOLERANCE:
            verdict = "  GREW"
            grew.append(rpc)
        elif change < -TOLERANCE:
            verdict = "  shrank: record it, ./scripts/bench instructions --record"
        print(f"{rpc:20} {count:8,} instructions per call, recorded {recorded[rpc]:8,}, "
              f"{change:+.1%}{verdict}")
    return grew


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench instructions", description=__doc__)
    parser.add_argument("--record", action="store_true", help="make these figures the measure")
    arguments = parser.parse_args()
    found = count_instructions()
    ratio = found[REMEMBERED] / found[ONCE_ONLY]
    print(f"what the memory of exchanges costs: {ratio:.3f} times an exchange without")
    if arguments.record:
        record(found)
        return
    grew = compare(found)
    if grew:
        sys.exit(f"bench: {' and '.join(grew)} grew by more than {TOLERANCE:.0%}")


if __name__ == "__main__":
    run(main)
