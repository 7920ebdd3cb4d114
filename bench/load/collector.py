"""A collector of traces that takes every batch, or does what a broken one does.

usage: collector.py PORT BEHAVIOUR
"""
import http.server
import socketserver
import sys
import threading

FOREVER = threading.Event()  # nobody sets it


def answer(handler, status, body=b"{}"):
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


BEHAVIOURS = {
    "takes all": lambda handler: answer(handler, 200),
    "never answers": lambda handler: FOREVER.wait(),
    "answers 500": lambda handler: answer(handler, 500),
    "answers 503": lambda handler: answer(handler, 503),
    "answers 400": lambda handler: answer(handler, 400),
    "answers garbage": lambda handler: handler.wfile.write(b"\x00\xff garbage\r\n" * 500)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behaviour = None

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        BEHAVIOURS[self.behaviour](self)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    Handler.behaviour = sys.argv[2]
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
