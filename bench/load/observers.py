"""What those who observe the gateway cost its calls: collectors of traces, and open pages."""
import argparse
import contextlib
import json
import re
import statistics
import subprocess
import sys

from collector import BEHAVIOURS
from entry import run, working_folder
from load import reply_length, run_h2load
from measure import Bench, percentile
from processes import Process, pin
from servers import RELEASE, Gateway
from upstream import HERE, free_ports, listens

# CPU time is counted in hundredths of a second, so there are many calls.
IN_FLIGHT, CALLS = 16, 60_000
# Calls per second at which latency is taken: a tenth of what one CPU serves, so that it is not that
# of a queue. With pages, the rate of a busy replica.
TRACED_RATE, PAGE_RATE, PAGE_SECONDS = 4_000, 1_000, 10
NONE, ABSENT = "no traces", "nobody listens"
BASE = "takes all"
PAGES = (0, 1, 100)


def usual_p99(latencies):
    """The median of ten parts, so that one pause of the machine is not all that is seen."""
    size = len(latencies) // 10
    return statistics.median(percentile(latencies[i * size:(i + 1) * size], 0.99)
                             for i in range(10))


class Collector(Process):
    def __init__(self, behaviour, port, cpus, folder):
        # It shares its CPU with load and upstream, which must not wait for it.
        super().__init__(["chrt", "--idle", "0", sys.executable, "-B", HERE / "collector.py",
                          str(port), behaviour], cpus, folder / "collector.log")
        self.wait_until(lambda: listens(port))


class ObservedBench(Bench):
    def gateway(self, environment=()):
        return Gateway(self.upstream.url("http"), None, self.cpus, self.folder,
                       ["env", *environment, RELEASE / "oauth-gateway"])

    def load(self, gateway, calls, rate=None):
        length = reply_length(self.call, gateway.address, pin(self.load_cpus))
        before = gateway.cpu_seconds()
        result = run_h2load(self.call, gateway.address, IN_FLIGHT, calls, length, self.folder,
                            pin(self.load_cpus), rate=rate)
        return {"cpu_us": (gateway.cpu_seconds() - before) * 1e6 / calls,
                "p50_ms": percentile(result.latencies_us, 0.5) / 1e3,
                "p99_ms": usual_p99(result.latencies_us) / 1e3}

    def with_collector(self, behaviour):
        with contextlib.ExitStack() as stack:
            environment = []
            if behaviour != NONE:
                port = free_ports(1)[0]
                environment = [f"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port}"]
                if behaviour != ABSENT:
                    stack.enter_context(Collector(behaviour, port, self.load_cpus, self.folder))
            gateway = stack.enter_context(self.gateway(environment))
            self.load(gateway, self.calls // 10)
            full = self.load(gateway, self.calls)
            paced = self.load(gateway, self.calls // 2, TRACED_RATE)
            dropped = re.findall(r"^oauth_gateway_spans_dropped_total\S* (\d+)$",
                                 gateway.get("metrics"), re.MULTILINE)
            return {"name": behaviour, "cpu_us": full["cpu_us"], "paced_cpu_us": paced["cpu_us"],
                    "p99_ms": paced["p99_ms"], "memory_mb": gateway.status("VmHWM") / 1024,
                    "dropped": sum(map(int, dropped))}

    def with_pages(self, pages):
        with self.gateway() as gateway:
            self.load(gateway, self.calls // 10)
            readers = subprocess.Popen(
                ["chrt", "--idle", "0", sys.executable, "-B", HERE / "page_readers.py",
                 gateway.admin, str(pages), str(PAGE_SECONDS)], stdout=subprocess.PIPE, text=True,
                preexec_fn=pin(self.load_cpus)) if pages else None
            found = self.load(gateway, PAGE_RATE * PAGE_SECONDS, PAGE_RATE)
            answers = json.loads(readers.communicate(timeout=60)[0]) if readers else {}
            took = answers.get("took_ms", [])
            return {"name": f"{pages} open pages", **found, "answers": len(took),
                    "bytes": answers.get("bytes", 0),
                    "page_p50_ms": percentile(took, 0.5) if took else 0,
                    "page_p99_ms": percentile(took, 0.99) if took else 0}


def table(title, runs, base, columns):
    """Medians, and the median of the ratios to `base` within a round."""
    print(f"\n| {title} | " + " | ".join(columns) + " | CPU beside | p99 beside |")
    print("|--" * (len(columns) + 3) + "|")
    bases = {run["round"]: run for run in runs if run["name"] == base}
    for name in dict.fromkeys(run["name"] for run in runs):
        rows = [run for run in runs if run["name"] == name]
        cells = [f"{statistics.median(row[key] for row in rows):.2f}" for key in columns]
        beside = [f"{statistics.median(row[key] / bases[row['round']][key] for row in rows):.3f}"
                  for key in ("cpu_us", "p99_ms")]
        print(f"| {name} | " + " | ".join(cells + beside) + " |")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench observers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = range(parser.parse_args().rounds)
    with contextlib.ExitStack() as stack:
        measured = ObservedBench(working_folder(stack), CALLS, stack)
        traced = [{"round": number, **measured.with_collector(behaviour)}
                  for number in rounds for behaviour in (NONE, ABSENT, *BEHAVIOURS)]
        watched = [{"round": number, **measured.with_pages(pages)}
                   for number in rounds for pages in PAGES]
    table("collector", traced, BASE,
          ("cpu_us", "paced_cpu_us", "p99_ms", "memory_mb", "dropped"))
    table("pages", watched, f"{PAGES[0]} open pages",
          ("cpu_us", "p50_ms", "p99_ms", "answers", "bytes", "page_p50_ms", "page_p99_ms"))


if __name__ == "__main__":
    run(main)
