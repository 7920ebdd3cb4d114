"""Load by h2load, and single calls by nghttp, whose answers are checked."""
import dataclasses
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICE = "modelgates.oauth.v1.OAuthService"
HEADERS = ["-H", "content-type: application/grpc", "-H", "te: trailers"]
# Number of connections for a number of concurrent calls, which are streams of them.
CONNECTIONS = {1: 1, 4: 1, 16: 4, 128: 8, 1000: 20, 10000: 100}


def encode(textproto, message):
    """The message with gRPC's prefix of five bytes."""
    proto = subprocess.run(
        ["protoc", f"--proto_path={ROOT / 'proto'}", f"--encode=modelgates.oauth.v1.{message}",
         "modelgates/oauth/v1/oauth.proto"],
        input=textproto.read_bytes(), check=True, stdout=subprocess.PIPE).stdout
    return b"\0" + len(proto).to_bytes(4, "big") + proto


@dataclasses.dataclass(frozen=True)
class Call:
    """One RPC with one prepared message, to be repeated."""
    rpc: str
    body: pathlib.Path
    headers: tuple = ()
    # Folder of caller.pem and caller.key, for mutual TLS.
    certificates: pathlib.Path | None = None

    def arguments(self, address):
        extra = [word for header in self.headers for word in ("-H", header)]
        scheme = "https" if self.certificates else "http"
        return [*HEADERS, *extra, "-d", str(self.body), f"{scheme}://{address}/{SERVICE}/{self.rpc}"]

    def environment(self):
        if not self.certificates:
            return None
        return {**os.environ, "LD_PRELOAD": str(ROOT / "build/release/bin/client_certificate.so"),
                "CLIENT_CERT_FILE": str(self.certificates / "caller.pem"),
                "CLIENT_KEY_FILE": str(self.certificates / "caller.key")}


@dataclasses.dataclass(frozen=True)
class Result:
    calls_per_second: float
    latencies_us: list


def reply_length(call, address, preexec):
    """Makes the call once and checks that its status is OK. Returns the size of the reply."""
    def nghttp(*options):
        command = ["nghttp", "--no-dep", "-t", "20", *options, *call.arguments(address)]
        return subprocess.run(command, capture_output=True, check=True, timeout=30,
                              env=call.environment(), preexec_fn=preexec).stdout

    # In two calls, because otherwise the reply is mixed with the log of frames.
    frames = nghttp("--verbose", "--null-out").decode(errors="replace")
    if not re.search(r"grpc-status: 0\s", frames):
        raise RuntimeError(f"{call.rpc} at {address} is not OK:\n{frames[-2000:]}")
    return len(nghttp())


def run_h2load(call, address, in_flight, calls, length, folder, preexec, seconds=120, rate=None):
    """Closed loop: every call that ends is followed by the next. With `rate`, calls per second
    are offered at an even pace, as long as fewer than `in_flight` wait.

    h2load sees no gRPC status, but a unary call that fails carries no message: so many bytes of
    replies prove that every call was OK.
    """
    connections = CONNECTIONS[in_flight]
    log = folder / "h2load.tsv"
    log.unlink(missing_ok=True)
    command = ["h2load", "-t", "1", "-n", str(calls), "-c", str(connections),
               "-m", str(in_flight // connections), f"--log-file={log}",
               *([f"--rps={rate / connections:.1f}"] if rate else []), *call.arguments(address)]
    text = subprocess.run(command, capture_output=True, check=True, text=True, timeout=seconds,
                          env=call.environment(), preexec_fn=preexec).stdout
    succeeded = int(re.search(r"(\d+) succeeded", text)[1])
    data = int(re.search(r"\((\d+)\) data", text)[1])
    if (succeeded, data) != (calls, calls * length):
        raise RuntimeError(f"{calls} calls of {call.rpc}, {succeeded} succeeded, {data} bytes of "
                           f"replies instead of {calls * length}:\n{text}")
    latencies = [int(line.split("\t")[2]) for line in log.read_text().splitlines()]
    return Result(float(re.search(r", ([\d.]+) req/s", text)[1]), latencies)
