"""The measured programs, and how each is started."""
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
    """The gateway with default settings except ports and drain delay; log and metrics are on."""

    def __init__(self, url, ca_file, cpus, folder, command=(RELEASE / "oauth-gateway",),
                 flags=(), seconds=20):
        command = [*command, "--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0",
                   "--drain_delay=0s", f"--upstream={url}", *flags]
        if url.startswith("https:"):
            command.append(f"--upstream_ca_file={ca_file}")
        super().__init__(command, cpus, folder / "gateway.log", {"MODELGATES_API_KEY": KEY})
        listening = self.wait_until(self._listening, seconds)
        self.address, self.admin = listening["grpc_address"], listening["admin_address"]
        self.get("readyz")
        self.is_ready()

    def _listening(self):
        for line in self.log.read_text(errors="replace").splitlines():
            if '"event":"listening"' in line:
                return json.loads(line)
        return None

    def get(self, page):
        with urllib.request.urlopen(f"http://{self.admin}/{page}", timeout=10) as answer:
            return answer.read().decode()

    def ended(self):
        """Ended calls by gRPC code."""
        found = re.findall(r'^grpc_server_handled_total\{.*grpc_code="(\w+)".*\} (\d+)$',
                           self.get("metrics"), re.MULTILINE)
        counts = {}
        for grpc_code, count in found:
            counts[grpc_code] = counts.get(grpc_code, 0) + int(count)
        return counts


class Peer(Process):
    def __init__(self, name, url, ca_file, cpus, folder, variables=None):
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        environment = {"LISTEN": self.address, "UPSTREAM": url,
                       "MODELGATES_API_KEY": KEY, "GOMAXPROCS": "1", **(variables or {})}
        if url.startswith("https:"):
            environment["UPSTREAM_CA_FILE"] = str(ca_file)
        super().__init__([PEERS / name], cpus, folder / "peer.log", environment)
        self.wait_until(lambda: listens(int(self.address.rpartition(":")[2])))
        self.is_ready()


class Echo(Process):
    def __init__(self, cpus, folder):
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        super().__init__([RELEASE / "grpc_echo", self.address], cpus, folder / "echo.log")
        self.wait_until(lambda: listens(int(self.address.rpartition(":")[2])))
        self.is_ready()


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    scenarios: tuple
    program: str = ""  # of ours that sends POSTs and serves nobody
    command: tuple = ()  # of a gateway of ours
    slowness: int = 1  # by what the number of calls is divided
    http2: bool = False  # to the upstream
    peer: str = ""  # the program, if it is not the one of that name

    @property
    def binary(self):
        return self.peer or self.name

    def start(self, upstream, scenario, cpus, folder):
        if self.name == "grpc-echo":
            return Echo(cpus, folder)
        where = upstream.url(scenario.upstream, self.http2), upstream.ca_file, cpus, folder
        # The upstream's certificate is for this machine, whoever shows it.
        tls = {"tls_cert_file": folder / "upstream.pem", "tls_key_file": folder / "upstream.key",
               "tls_client_ca_file": upstream.ca_file} if scenario.mutual_tls else {}
        if self.command:
            room = [f"--max_concurrent_calls={max(scenario.in_flight)}"]
            if scenario.idle_clients:  # all from one address, as fast as they can
                room += ["--max_connections=100000", "--max_connections_per_address=100000",
                         "--max_handshakes_per_second=100000"]
            return Gateway(*where, self.command,
                           [*room, *(f"--{name}={file}" for name, file in tls.items())])
        return Peer(self.binary, *where,
                    variables={name.upper(): str(file) for name, file in tls.items()})


EVERY = ("http", "https", "slow", "idle-clients")
SHARED_CPU = ("neighbour", "quota")
PEER_ROWS = (Row("tonic", (*EVERY, "mutual-tls", *SHARED_CPU)),
             Row("tonic-http2", ("https",), http2=True, peer="tonic"),
             Row("grpc-go", (*EVERY, *SHARED_CPU)), Row("envoy", EVERY),
             Row("python-sdk", ("http",), slowness=50))


def rows(also=()):
    """The programs that are built; peers may be missing. `also`: additional gateways."""
    return [Row("ours", (*EVERY, "mutual-tls", *SHARED_CPU), command=(RELEASE / "oauth-gateway",)),
            Row("ours-http2", ("https",), http2=True,
                command=(RELEASE / "oauth-gateway", "--upstream_http=2")), *also,
            *(row for row in PEER_ROWS if (PEERS / row.binary).exists()),
            Row("grpc-echo", ("http",)), Row("raw-post", ("http",), program="raw_post"),
            Row("transport-post", ("http", "https"), program="transport_post"),
            Row("curl-post", ("http", "https"), program="curl_post")]
