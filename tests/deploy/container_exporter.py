"""Says of a container what cAdvisor would, at /metrics of 127.0.0.1:PORT. It is of the Pod `a` of the namespace
`check`, at half of its limits.

usage: container_exporter.py PORT
"""

import http.server
import signal
import sys
import time

LABELS = '{namespace="check",pod="a",container="gateway"}'


def metrics():
    seconds = time.monotonic()
    values = {
        "container_cpu_cfs_periods_total": seconds * 10,
        "container_cpu_cfs_throttled_periods_total": seconds / 10,
        "container_cpu_usage_seconds_total": seconds,
        "container_memory_working_set_bytes": 128 << 20,
        "container_spec_cpu_quota": 200000,
        "container_spec_cpu_period": 100000,
        "container_spec_memory_limit_bytes": 256 << 20,
    }
    return "".join(f"{name}{LABELS} {value}\n" for name, value in values.items())


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = metrics().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
