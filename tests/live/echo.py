"""A server that says everything back, and what its clients do. Blocking: threads and sockets."""

import socket
import socketserver
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

Connect: TypeAlias = Callable[[], socket.socket]

SILENCE: Final = 0.15  # seconds after which an echo on this machine would long be there


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):
            while data := self.request.recv(65536):
                self.request.sendall(data)
            self.request.sendall(b"bye")  # to whoever still listens after its own end


class EchoServer(socketserver.ThreadingTCPServer):
    """On 127.0.0.1, at a port of its own. Says "bye" to a client that ends in order."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Echo)


def exactly(link: socket.socket, count: int) -> bytes:
    """So many bytes, or fewer where the connection ended in order."""
    got = b""
    while len(got) < count and (more := link.recv(count - len(got))):
        got += more
    return got


def echoed(link: socket.socket, words: bytes = b"hello") -> bytes:
    link.sendall(words)
    return exactly(link, len(words))


def silent(link: socket.socket) -> bool:
    """Whether nothing comes, neither a byte nor an end."""
    link.settimeout(SILENCE)
    try:
        link.recv(1)
    except TimeoutError:
        return True
    finally:
        link.settimeout(5.0)
    return False
