"""A Redis or Valkey of one's own; speaks to it by a plain socket."""

from __future__ import annotations

import shlex
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from .server import Server, ServerError


class RedisServer(Server):
    """A Redis or Valkey that keeps nothing. `config` holds lines as in redis.conf."""

    def __init__(
        self,
        binary: str,
        *,
        port: int | None = None,
        password: str | None = None,
        config: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        super().__init__(port=port, folder=folder)
        self._password = password
        lines = [f"port {self.port}", "bind 127.0.0.1", f"dir {shlex.quote(str(self.folder))}"]
        lines += ['save ""', "appendonly no", *config]
        lines += [f"requirepass {shlex.quote(password)}"] if password else []
        self._command = [binary, *(word for line in lines for word in shlex.split(f"--{line}"))]

    @property
    def url(self) -> str:
        account = f":{quote(self._password, safe='')}@" if self._password else ""
        return f"redis://{account}127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return self._command

    def answers(self) -> bool:
        try:
            return self.ask("PING") == "PONG"
        except (OSError, ServerError):
            return False

    def ask(self, command: str) -> str:
        """Sends one command, typed as in a shell; gives its reply, which must not be a list.

        Waits one second. Raises OSError when nothing answers, ServerError for an error reply.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=1.0) as link:
            replies = link.makefile("rb")
            if self._password:
                link.sendall(_encoded("AUTH", self._password))
                replies.readline()
            link.sendall(_encoded(*shlex.split(command)))
            first = replies.readline().decode().rstrip()
            if first.startswith("$"):
                return replies.read(max(0, int(first[1:]))).decode()
        if not first.startswith(("+", ":")):
            raise ServerError(first or "the server closed the connection")
        return first[1:]


def _encoded(*words: str) -> bytes:
    """A command in Redis's protocol."""
    parts = [word.encode() for word in words]
    lines = [b"*%d\r\n" % len(parts), *(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)]
    return b"".join(lines)
