"""One measurement of one row, with a check that all calls were answered."""
import contextlib
import dataclasses
import json
import resource
import subprocess
import time

from busy import Quota, neighbour
from idle_clients import IdleClients
from load import Call, encode, reply_length, run_h2load
from processes import machine_cpu_seconds, pin, split_cpus
from servers import KEY, RELEASE, Gateway
from upstream import HERE, Upstream


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    upstream: str
    in_flight: tuple
    # Numbers of concurrent calls that are also measured at the rate PACE.
    paced: tuple = ()
    # Additional clients that are connected and idle.
    idle_clients: int = 0
    # Callers come by TLS and have certificates.
    mutual_tls: bool = False
    # Calls per second, each of which is measured for SECONDS.
    rates: tuple = ()
    # A busy program has the same CPU.
    neighbour: bool = False
    # The share of a CPU that the measured process may use; 0: all of it.
    quota: float = 0


SCENARIOS = {scenario.name: scenario for scenario in (
    Scenario("http", "http", (16, 128), paced=(16,)),
    Scenario("mutual-tls", "http", (16, 128), mutual_tls=True),
    Scenario("https", "https", (16, 128)),
    Scenario("slow", "slow", (1_000, 10_000)),
    Scenario("idle-clients", "http", (16,), idle_clients=10_000),
    Scenario("neighbour", "http", (16,), rates=(60, 1_000), neighbour=True),
    Scenario("quota", "http", (16,), rates=(60, 1_000), quota=0.5))}
SECONDS = 5
# A share of the rate of the closed loop: more realistic, and latency has a meaning.
PACE = 0.7
# The request of the gateway for create.textproto.
POST_BODY = {
    "callback_url": "https://app.example.com/auth/callback",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256", "expires_at": "2027-12-31T23:59:59Z",
    "key_label": "Example key", "limit": 100, "usage_limit_type": "monthly",
    "workspace_id": "workspace-1"}


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def loaded(calls_per_second, latencies_us, cpu_us):
    return {"cpu_us": cpu_us, "calls_per_second": calls_per_second,
            "p50_ms": percentile(latencies_us, 0.5) / 1e3,
            "p99_ms": percentile(latencies_us, 0.99) / 1e3}


class Bench:
    def __init__(self, folder, calls, stack):
        self.folder, self.calls = folder, calls
        self.cpus, self.load_cpus = split_cpus()
        self.upstream = stack.enter_context(Upstream(folder, self.load_cpus))
        body = folder / "create.bin"
        body.write_bytes(encode(HERE / "create.textproto", "CreateAuthCodeRequest"))
        self.call = Call("CreateAuthCode", body)
        self.call_by_tls = Call("CreateAuthCode", body, certificates=folder)

    def measure(self, row, scenario):
        """One dict for each load, and one for the process before the first."""
        if row.program:
            return [self._post(row.program, scenario.upstream, in_flight)
                    for in_flight in scenario.in_flight]
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(row.start(self.upstream, scenario, self.cpus, self.folder))
            found = ([self._idle("idle", server, server.ready_ms)]
                     if scenario.upstream == "slow" else [])
            call = self.call_by_tls if scenario.mutual_tls else self.call
            length = reply_length(call, server.address, pin(self.load_cpus))
            beside = " by mutual TLS" if scenario.mutual_tls else ""
            if scenario.idle_clients:
                stack.enter_context(IdleClients(server.address, scenario.idle_clients))
                beside = f" beside {scenario.idle_clients} idle"
                found = [self._idle(f"{scenario.idle_clients} idle", server)]
            if scenario.neighbour:
                stack.enter_context(neighbour(self.cpus))
                beside = " beside a busy program"
            if scenario.quota:
                stack.enter_context(Quota(server, scenario.quota))
                beside = f" with {scenario.quota} of a CPU"
            for rate in scenario.rates:
                found.append({"load": f"{rate} a second{beside}",
                              **self._load(row, server, call, 16, rate * SECONDS, length, rate)})
            for in_flight in scenario.in_flight:
                calls = max(self.calls // row.slowness, 200, 4 * in_flight)
                figures = self._load(row, server, call, in_flight, calls, length)
                found.append({"load": f"{in_flight}{beside}", **figures})
                if in_flight in scenario.paced:
                    rate = PACE * figures["calls_per_second"]
                    found.append({"load": f"{in_flight} at {PACE:.0%}",
                                  **self._load(row, server, call, in_flight, calls, length, rate)})
        return found

    @staticmethod
    def _idle(load, server, start_ms=None):
        time.sleep(0.2)
        figures = {"load": load, "memory_mb": server.status("VmRSS") / 1024,
                   "threads": server.status("Threads")}
        return {**figures, "start_ms": start_ms} if start_ms else figures

    def _load(self, row, server, call, in_flight, calls, length, rate=None):
        def load(calls):
            return run_h2load(call, server.address, in_flight, calls, length, self.folder,
                              pin(self.load_cpus), rate=rate)

        load(max(calls // 5, 2 * in_flight))
        before = self._counters(row, server)
        machine, started = machine_cpu_seconds(), time.monotonic()
        bench = self._own_cpu_seconds(server)
        cpu = server.cpu_seconds()
        result = load(calls)
        cpu = server.cpu_seconds() - cpu
        bench = self._own_cpu_seconds(server) - bench
        machine, elapsed = machine_cpu_seconds() - machine, time.monotonic() - started
        self._prove(row, calls, before, self._counters(row, server))
        return {**loaded(result.calls_per_second, result.latencies_us, cpu * 1e6 / calls),
                # The peak, after a warm-up with the same number of concurrent calls.
                "memory_mb": server.status("VmHWM") / 1024, "threads": server.status("Threads"),
                "other_cpus": max(0.0, machine - bench) / elapsed}

    def _own_cpu_seconds(self, server):
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return (sum(u.ru_utime + u.ru_stime for u in used) + server.cpu_seconds() +
                self.upstream.cpu_seconds())

    def _counters(self, row, server):
        # The second request for the counter counts the first one.
        requests = 0 if row.name == "grpc-echo" else self.upstream.requests()
        return requests, server.ended() if isinstance(server, Gateway) else {}

    def _prove(self, row, calls, before, after):
        """Checks the counters of gateway and upstream; h2load has counted the replies."""
        ended = {grpc_code: count - before[1].get(grpc_code, 0)
                 for grpc_code, count in after[1].items()}
        ended = {grpc_code: count for grpc_code, count in ended.items() if count}
        if after[1] and ended != {"OK": calls}:
            raise RuntimeError(f"{row.name}: {calls} calls ended as {ended}")
        requests = after[0] - before[0] - 1
        if row.name != "grpc-echo" and requests != calls:
            raise RuntimeError(f"{row.name}: {calls} calls, {requests} requests upstream")

    def _post(self, program, upstream, in_flight):
        port = self.upstream.ports[upstream]
        body = json.dumps(POST_BODY, separators=(",", ":"))
        request = (f"POST /api/v1/auth/keys/code HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                   "HTTP-Referer: https://app.example.com\r\nX-OpenRouter-Title: Example App\r\n"
                   "X-OpenRouter-Categories: cli-agent,cloud-agent\r\n"
                   f"Authorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
                   f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        file = self.folder / "request.http"
        file.write_text(request, newline="")
        where = ([str(port)] if program == "raw_post" else
                 [self.upstream.url(upstream), self.upstream.ca_file if upstream == "https" else ""])
        out = subprocess.run([RELEASE / program, *where, str(in_flight), str(self.calls), file],
                             capture_output=True, check=True, timeout=120,
                             preexec_fn=pin(self.cpus)).stdout
        result = json.loads(out)
        return {"load": str(in_flight), **loaded(self.calls / result["seconds"],
                                                 result["latencies_us"], result["cpu_us"])}
