"""HTTP/2 clients that are connected and make no calls."""
import resource
import selectors
import socket

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
EMPTY_SETTINGS = b"\0\0\0\4\0\0\0\0\0"
SETTINGS_ACK = b"\0\0\0\4\1\0\0\0\0"
# Fewer than the smallest listen queue.
AT_ONCE = 100


class IdleClients:
    def __init__(self, address, count):
        needed = count + 100
        if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < needed:
            raise RuntimeError(f"{count} clients need {needed} open files (ulimit -n)")
        host, _, port = address.rpartition(":")
        self.address, self.count, self.sockets = (host, int(port)), count, []

    def __enter__(self):
        for start in range(0, self.count, AT_ONCE):
            self._connect(min(AT_ONCE, self.count - start))
        return self

    def _connect(self, count):
        with selectors.DefaultSelector() as selector:
            for _ in range(count):
                client = socket.create_connection(self.address, timeout=10)
                self.sockets.append(client)
                client.sendall(PREFACE + EMPTY_SETTINGS)
                selector.register(client, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(timeout=10)
                if not ready:
                    raise RuntimeError("a client is connected and hears nothing")
                for key, _ in ready:
                    if not key.fileobj.recv(65536):
                        raise RuntimeError("a client was turned away")
                    key.fileobj.sendall(SETTINGS_ACK)
                    selector.unregister(key.fileobj)

    def __exit__(self, *_):
        for client in self.sockets:
            client.close()
