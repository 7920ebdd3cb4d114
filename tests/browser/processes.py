"""The programs under test, each ended by its own process id."""

import contextlib
import http.server
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import urllib.request

LIMIT = 30  # seconds that anything is waited for; a loaded machine is slow


def eventually(condition, what):
    """What `condition` returns, once that is true. `what` may be a function, asked when it fails."""
    end = time.monotonic() + LIMIT
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {LIMIT} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def end(process):
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Service:
    """The gateway or the sandbox: a program that logs where it listens."""

    def __init__(self, stack, program, log, flags):
        self.log = log
        with open(log, "wb") as output:
            self._process = subprocess.Popen([program, *flags], stdout=output, stderr=output,
                                             stdin=subprocess.DEVNULL)
        stack.callback(end, self._process)
        self.listening = eventually(self._listening, f"{program.name} listens")

    def _listening(self):
        if self._process.poll() is not None:
            raise AssertionError(f"{self._process.args[0]} ended:\n{self.log.read_text()}")
        for line in self.log.read_text().splitlines():
            with contextlib.suppress(ValueError):
                fields = json.loads(line)
                if fields.get("event") == "listening":
                    return fields
        return None


class Stage:
    """A gateway in front of a sandbox."""

    def __init__(self, stack, bin_folder, folder):
        self.folder = folder
        self.command = bin_folder / "modelgates-oauth"
        self._sandbox = Service(stack, bin_folder / "oauth-sandbox", folder / "sandbox.log",
                                ["--listen=127.0.0.1:0"])
        self.site = "http://" + self._sandbox.listening["address"]
        self._gateway = Service(
            stack, bin_folder / "oauth-gateway", folder / "gateway.log",
            ["--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0", "--drain_delay=0s",
             f"--upstream={self.site}/api/v1"])
        self.gateway = self._gateway.listening["grpc_address"]
        self.admin = "http://" + self._gateway.listening["admin_address"]

    def stats(self):
        with urllib.request.urlopen(self.site + "/control/stats", timeout=LIMIT) as answer:
            return json.load(answer)

    def create(self, callback_url):
        """A code from the command, without a browser. The exit status."""
        return subprocess.run(
            [self.command, "create", "--callback-url", callback_url],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=LIMIT, env={"MODELGATES_OAUTH_GATEWAY": self.gateway}).returncode

    def metrics(self):
        """Every sample of the gateway's, by its name with labels."""
        with urllib.request.urlopen(self.admin + "/metrics", timeout=LIMIT) as answer:
            lines = answer.read().decode().splitlines()
        samples = [line.rsplit(" ", 1) for line in lines if line and not line.startswith("#")]
        return {name: float(value) for name, value in samples}

    def logs(self):
        return self._sandbox.log.read_text() + self._gateway.log.read_text()


class Login:
    """One `modelgates-oauth login`, whose $BROWSER is a program that notes what it is to open."""

    def __init__(self, stack, stage, *flags):
        folder = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory(dir=stage.folder)))
        self.key_file = folder / "key.txt"
        self._opener = folder / "opener"
        self._opened = folder / "opener.url"
        # Moved into place, so that it is there as a whole.
        self._opener.write_text('#!/bin/sh\nprintf %s "$1" >"$0.new" && mv "$0.new" "$0.url"\n')
        self._opener.chmod(0o700)
        self._out, self._err = folder / "out", folder / "err"
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            # A umask that takes nothing away: the mode of the key's file is the command's doing.
            self._process = subprocess.Popen(
                [stage.command, "login", "--site", stage.site, "--key-file", self.key_file, *flags],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, umask=0,
                env={"PATH": "/usr/bin:/bin", "BROWSER": str(self._opener),
                     "MODELGATES_OAUTH_GATEWAY": stage.gateway})
        stack.callback(end, self._process)

    def opened_url(self):
        """What the command had its browser open."""
        eventually(self._opened.exists, "the command opens a browser")
        return self._opened.read_text()

    def opened_a_browser(self):
        return self._opened.exists()

    def printed_url(self):
        found = eventually(lambda: re.search(r"^  (http\S+)\n", self.err(), re.MULTILINE),
                           "the command prints a URL")
        return found[1]

    def is_waiting(self):
        return self._process.poll() is None

    def exit_status(self):
        return self._process.wait(LIMIT)

    def out(self):
        return self._out.read_text()

    def err(self):
        return self._err.read_text()


class OtherSite:
    """A web site that serves nearly nothing, and counts who asks for it."""

    def __init__(self, stack):
        self.visits = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.visits.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>other</title><p>The other site.</p>")

            do_POST = do_GET

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.server_close)
        stack.callback(server.shutdown)

