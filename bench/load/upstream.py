"""The upstream of every row: nginx with fixed answers, plain, over TLS, and slow."""
import contextlib
import json
import pathlib
import re
import socket
import subprocess
import urllib.request

from processes import Process

HERE = pathlib.Path(__file__).resolve().parent
ANSWERS = {
    "create": {"data": {"id": "auth_code_0123456789abcdef", "app_id": 236473126,
                        "created_at": "2027-03-01T09:21:40.021Z"}},
    "exchange": {"key": "sk-0123456789abcdef0123456789abcdef", "user_id": "user_0123456789abcdef"},
}
# Additional bytes of an answer, and the base path of the API that sends it.
BIG_ANSWERS = {1024: "/longer/1k", 16 * 1024: "/longer/16k", 128 * 1024: "/longer/128k"}


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def make_certificates(folder):
    """A CA, its certificate for 127.0.0.1, because every row verifies the upstream, and a caller's."""
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
               "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    authority = ["-subj", "/CN=bench CA", "-keyout", "ca.key", "-out", "ca.pem"]

    def issued(name, subject_alt_name):
        return ["-subj", f"/CN=bench {name}", "-addext", f"subjectAltName={subject_alt_name}",
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", f"{name}.key",
                "-out", f"{name}.pem"]

    for arguments in (authority, issued("upstream", "IP:127.0.0.1"),
                      issued("caller", "URI:spiffe://bench.example/caller")):
        subprocess.run(request + arguments, cwd=folder, check=True, capture_output=True)


def longer_answers():
    """Locations of nginx with the answer of create and an additional unknown field."""
    start = json.dumps(ANSWERS["create"])[:-1] + ', "extra": "'
    return "\n".join(
        f"location = {path}/auth/keys/code {{\n"
        f"  echo_read_request_body; echo -n '{start}'; echo_duplicate {size} x; echo -n '\"}}';\n"
        "}" for size, path in BIG_ANSWERS.items())


class Upstream(Process):
    def __init__(self, folder, cpus):
        make_certificates(folder)
        self.ca_file = folder / "ca.pem"
        self.ports = dict(zip(("http", "https", "http2", "slow"), free_ports(4)))
        values = {"folder": folder, **self.ports,
                  "longer": longer_answers(),
                  **{name: json.dumps(answer) for name, answer in ANSWERS.items()}}
        conf = (HERE / "upstream.conf.in").read_text()
        for name, value in values.items():
            conf = conf.replace(f"@{name}@", str(value))
        (folder / "nginx.conf").write_text(conf)
        super().__init__(["nginx", "-p", folder, "-c", folder / "nginx.conf"], cpus,
                         folder / "nginx.log")
        self.wait_until(lambda: listens(self.ports["http"]))

    def url(self, scenario, http2=False):
        """`http2`: TLS offers HTTP/2, which other programs would take as well."""
        scheme = "https" if scenario == "https" else "http"
        port = self.ports["http2" if http2 and scheme == "https" else scenario]
        return f"{scheme}://127.0.0.1:{port}/api/v1"

    def requests(self):
        """The number of requests so far, including this one."""
        url = f"http://127.0.0.1:{self.ports['http']}/status"
        with urllib.request.urlopen(url, timeout=5) as answer:
            counters = re.search(r"\n (\d+) (\d+) (\d+) \n", answer.read().decode())
        return int(counters[3])
