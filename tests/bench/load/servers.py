"""The programs that are measured, and how each is started."""
import dataclasses
import json
import re
import urllib.request

from load import ROOT
from processes import Process
from upstream import free_ports, listens

RELEASE = ROOT / "build/release/bin"
PEERS = ROOT / "build/bench-peers/bin"
KEY = "sk-bench"


class Gateway(Process):
    """Ours, with every default but ports and drain delay; log and metrics are on."""

    def __init__(self, upstream, scenario, cpus, folder, prefix=(), seconds=20):
        command = [*prefix, RELEASE / "oauth-gateway", "--listen=127.0.0.1:0",
                   "--admin_listen=127.0.0.1:0", "--drain_delay=0s",
                   f"--upstream={upstream.url(scenario)}"]
        if scenario == "https":
            command.append(f"--upstream_ca_file={upstream.ca_file}")
        super().__init__(command, cpus, folder / "gateway.log", {"MODELGATES_API_KEY": KEY})
        listening = self.wait_until(self._listening, seconds)
        self.address, self.admin = listening["grpc_address"], listening["admin_address"]
        self.get("readyz")

    def _listening(self):
        for line in self.log.read_text(errors="replace").splitlines():
            if '"event":"listening"' in line:
                return json.loads(line)
        return None

    def get(self, page):
        with urllib.request.urlopen(f"http://{self.admin}/{page}", timeout=10) as answer:
            return answer.read().decode()

    def ended(self):
        """Calls that ended, by gRPC code."""
        found = re.findall(r'^grpc_server_handled_total\{.*grpc_code="(\w+)".*\} (\d+)$',
                           self.get("metrics"), re.MULTILINE)
        counts = {}
        for grpc_code, count in found:
            counts[grpc_code] = counts.get(grpc_code, 0) + int(count)
        return counts


class Peer(Process):
    def __init__(self, name, upstream, scenario, cpus, folder):
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        environment = {"LISTEN": self.address, "UPSTREAM": upstream.url(scenario),
                       "MODELGATES_API_KEY": KEY, "GOMAXPROCS": "1"}
        if scenario == "https":
            environment["UPSTREAM_CA_FILE"] = str(upstream.ca_file)
        super().__init__([PEERS / name], cpus, folder / "peer.log", environment)
        self.wait_until(lambda: listens(int(self.address.rpartition(":")[2])))


class Echo(Process):
    def __init__(self, cpus, folder):
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        super().__init__([RELEASE / "grpc_echo", self.address], cpus, folder / "echo.log")
        self.wait_until(lambda: listens(int(self.address.rpartition(":")[2])))


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    scenarios: tuple

    def start(self, upstream, scenario, cpus, folder):
        if self.name == "ours":
            return Gateway(upstream, scenario, cpus, folder)
        if self.name == "grpc-echo":
            return Echo(cpus, folder)
        return Peer(self.name, upstream, scenario, cpus, folder)


def rows():
    """Those that are built: peers may be missing."""
    every = ("http", "https", "slow")
    peers = [Row(name, every) for name in ("tonic", "grpc-go") if (PEERS / name).exists()]
    return [Row("ours", every), *peers, Row("grpc-echo", ("http",)), Row("raw-post", ("http",))]
