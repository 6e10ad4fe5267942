"""A TCP proxy on loopback that breaks connections on purpose.

It stands between a client and the real server, so that what breaks is a real connection: cut the
request after so many bytes, or swallow the reply after the server has given it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class FaultProxy:
    """Faults are used up one a connection, in order; then connections pass untouched.

    ``cut_after``: bytes of the request after which both sides are cut.
    ``swallow_replies``: how many replies are read to the end and thrown away.
    """

    target: int
    cut_after: list[int] = field(default_factory=list)
    swallow_replies: int = 0
    sent: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []

    def run(self) -> None:
        """Accept until closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Stop listening and drop what is open."""
        self._listener.close()
        for one in list(self._open):
            _drop(one)

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            limit = self.cut_after.pop(0) if self.cut_after else None
            lost = self.swallow_replies > 0
            self.swallow_replies -= lost
        swallow = lost or limit is not None
        server = socket.create_connection(("127.0.0.1", self.target))
        self._open += [client, server]
        answers = threading.Thread(target=self._answer, args=(server, client, swallow), daemon=True)
        answers.start()
        self._forward(client, server, limit)
        answers.join(20)
        _drop(client)
        _drop(server)

    def _forward(self, client: socket.socket, server: socket.socket, limit: int | None) -> None:
        """Pass the request on; at the limit nothing more gets through, and no answer comes back.

        What was passed on has arrived: a reset would throw away what the server had not read yet,
        by chance more on a busy machine.
        """
        left = limit
        with suppress(OSError):
            while data := client.recv(1 << 16 if left is None else min(1 << 16, left)):
                server.sendall(data)
                with self._lock:
                    self.sent += len(data)
                if left is not None:
                    left -= len(data)
                    if left == 0:
                        server.shutdown(socket.SHUT_WR)
                        return

    def _answer(self, server: socket.socket, client: socket.socket, swallow: bool) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if swallow:
                    _drop(client)  # the server has answered, so it has committed
                    return
                client.sendall(data)


def _drop(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def fault_proxy(target: int) -> Iterator[FaultProxy]:
    """A running proxy in front of the server at port ``target``."""
    proxy = FaultProxy(target)
    threading.Thread(target=proxy.run, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()
