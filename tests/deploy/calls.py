"""Calls with mutual TLS without end, from 20 callers on 10 connections, until SIGINT.

usage: calls.py HOST:PORT NAME FOLDER

NAME is the server's name in its certificate; FOLDER holds ca.crt, caller.crt and caller.key. Prints
"ok" a second in which all calls succeed, a line for each call that fails, and at the end the count.
Nothing is sent again: a call that a restart loses is seen.
"""

import pathlib
import signal
import sys
import threading
import time

import grpc

CONNECTIONS, CALLERS = 10, 20
URL = b"https://app.example/callback"
CREATE = b"\n" + bytes([len(URL)]) + URL  # callback_url
METHOD = "/modelgates.oauth.v1.OAuthService/CreateAuthCode"


class Calls:
    def __init__(self, address, name, folder):
        read = lambda file: (pathlib.Path(folder) / file).read_bytes()
        credentials = grpc.ssl_channel_credentials(read("ca.crt"), read("caller.key"), read("caller.crt"))
        options = [("grpc.ssl_target_name_override", name), ("grpc.enable_retries", 0),
                   ("grpc.use_local_subchannel_pool", 1)]
        self.channels = [grpc.secure_channel(address, credentials, options) for _ in range(CONNECTIONS)]
        self.lock = threading.Lock()
        self.succeeded = self.failed = 0
        self.stopped = threading.Event()

    def repeat(self, channel):
        call = channel.unary_unary(METHOD)
        while not self.stopped.is_set():
            try:
                call(CREATE, timeout=20)
                with self.lock:
                    self.succeeded += 1
            except grpc.RpcError as error:
                with self.lock:
                    self.failed += 1
                print(f"failed {time.strftime('%H:%M:%S')} {error.code().name}: {error.details()}", flush=True)
                self.stopped.wait(0.1)

    def run(self):
        callers = [threading.Thread(target=self.repeat, args=(self.channels[i % CONNECTIONS],))
                   for i in range(CALLERS)]
        for caller in callers:
            caller.start()
        while not self.stopped.wait(1):
            print(f"ok {self.succeeded}", flush=True)
        for caller in callers:
            caller.join()
        print(f"{self.succeeded + self.failed} calls, {self.failed} failed")


def main():
    calls = Calls(*sys.argv[1:4])
    signal.signal(signal.SIGINT, lambda *_: calls.stopped.set())
    calls.run()


main()
