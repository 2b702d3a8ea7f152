"""A Redis or Valkey of one's own; speaks to it by a plain socket."""

from __future__ import annotations

import shlex
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from .processes import free_port
from .redis_protocol import ErrorReply, encoded, read_reply
from .server import Server, ServerError


@dataclass(frozen=True, kw_only=True)
class RedisTls:
    """The PEM files of a server that speaks TLS. Only some builds can; see RedisFlavour."""

    certificate: Path
    key: Path
    authority: Path
    """Whom the server trusts; in a URL, whom the client shall trust."""
    demands_certificates: bool = False
    """Whether clients must show one, of that authority."""

    def settings(self, port: int) -> Iterator[list[str]]:
        """In the words of redis.conf; servers speak TLS among themselves, too."""
        yield ["tls-port", str(port)]
        yield ["tls-cert-file", str(self.certificate)]
        yield ["tls-key-file", str(self.key)]
        yield ["tls-ca-cert-file", str(self.authority)]
        yield ["tls-auth-clients", "yes" if self.demands_certificates else "no"]
        yield ["tls-replication", "yes"]


class RedisServer(Server):
    """A Redis or Valkey that keeps nothing. `config` holds lines as in redis.conf.

    It always listens to TCP without TLS at `port`; with `tls` also at `tls_port`, with
    `unix_socket` also there.
    """

    def __init__(
        self,
        binary: str,
        *,
        port: int | None = None,
        password: str | None = None,
        config: Sequence[str] = (),
        folder: Path | None = None,
        tls: RedisTls | None = None,
        unix_socket: bool = False,
    ) -> None:
        super().__init__(port=port, folder=folder)
        self._binary = binary
        self.password = password
        """What `ask` and the URLs use: who changes it on the server changes it here."""
        self._tls = tls
        self.tls_port = free_port() if tls else None
        self._socket = self.folder / "redis.sock" if unix_socket else None
        self._config = config

    @property
    def url(self) -> str:
        return f"redis://{self.account}127.0.0.1:{self.port}/0"

    @property
    def unix_url(self) -> str:
        return f"unix://{self.account}{self._socket}?db=0"

    @property
    def account(self) -> str:
        """What a URL needs before the host; empty without a password."""
        return f":{quote(self.password, safe='')}@" if self.password else ""

    @property
    def tls_options(self) -> str:
        """What a URL needs behind its ? to trust this server; empty without TLS."""
        return f"ssl_ca_certs={quote(str(self._tls.authority))}" if self._tls else ""

    @property
    def told_port(self) -> int:
        """The one that other servers and clients are told: with TLS, if it speaks that."""
        return self.tls_port or self.port

    def command(self) -> list[str]:
        words = ([f"--{name}", *values] for name, *values in self.settings())
        return [self._binary, *chain.from_iterable(words)]

    def settings(self) -> Iterator[list[str]]:
        """What it is started with: a name and its values, in the words of redis.conf."""
        yield from (["port", str(self.port)], ["bind", "127.0.0.1"], ["dir", str(self.folder)])
        yield from (["save", ""], ["appendonly", "no"])
        if self.password:
            yield ["requirepass", self.password]
        if self._socket:
            yield ["unixsocket", str(self._socket)]
        yield from self._tls.settings(self.told_port) if self._tls else ()
        yield from map(shlex.split, self._config)

    def answers(self) -> bool:
        try:
            return self.ask("PING") == "PONG"
        except (OSError, ServerError):
            return False

    def ask(self, command: str) -> str:
        """Sends one command, typed as in a shell; gives its reply, a list as one line for each.

        Waits one second. Raises OSError when nothing answers, ServerError for an error reply.
        """
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=1.0) as link,
            link.makefile("rb") as replies,
        ):
            try:
                if self.password:
                    link.sendall(encoded("AUTH", self.password))
                    read_reply(replies)
                link.sendall(encoded(*shlex.split(command)))
                return read_reply(replies)
            except ErrorReply as error:
                raise ServerError(str(error)) from None

    def facts(self, command: str) -> dict[str, str]:
        """The reply of INFO or CLUSTER INFO, `name:value` on each line, as pairs."""
        lines = self.ask(command).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)
