"""Single Redis servers in good order and in bad: with a password, a user, a socket, TLS.

And the settings that lead to them.
"""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote

from certificates import Authority
from dev_servers import RedisFlavour, RedisServer, ServerError
from redis_places import with_option
from redis_topologies import RIGHTS

Order: TypeAlias = Literal["good", "bad"]

STRONG: Final = "kZ8/2mQ+Zp1xY7rT5w==kZ8/2mQ+Zp1xY7rT5w=="
FROM_A_GUIDE: Final = "your-strong-password"
WELL: Final = ("maxmemory 64mb", "maxmemory-policy allkeys-lru")
ILL: Final = ("maxmemory 0", "maxmemory-policy noeviction", "appendonly yes")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Servers that run, and the settings of a service that is to use them."""

    topology: str
    order: Order
    url: str
    settings: Mapping[str, Any] = field(default_factory=dict)


class Singles:
    """They run until `running` is closed. Without TLS where the flavour has none."""

    def __init__(
        self, flavour: RedisFlavour, authority: Authority, folder: Path, running: ExitStack
    ) -> None:
        self._flavour = flavour
        self._authority = authority
        self._folder = folder
        self._running = running

    def good(self) -> Iterator[Place]:
        well: dict[str, Any] = {"password": STRONG, "config": WELL}
        file = self._folder / "redis-password"
        file.write_text(f"{STRONG}\n")
        file.chmod(0o600)
        server = self._start(**well)
        yield Place(
            topology="standalone",
            order="good",
            url=f"redis://127.0.0.1:{server.port}/0",
            settings={"redis_password_file": str(file)},
        )
        yield Place(topology="password", order="good", url=server.url)
        ann = shlex.join(["user", "ann", "on", f">{STRONG}", *RIGHTS])
        server = self._start(password=STRONG, config=(*WELL, ann))
        yield Place(topology="user", order="good", url=_as_ann(server))
        server = self._start(unix_socket=True, **well)
        yield Place(topology="unix-socket", order="good", url=server.unix_url)
        if self._flavour.speaks_tls:
            server = self._start(tls=self._authority.tls(), **well)
            yield Place(topology="tls", order="good", url=_over_tls(server))
            demanding = self._authority.tls(demands_certificates=True)
            server = self._start(tls=demanding, **well)
            url = with_option(_over_tls(server), self._authority.issue("ann").options)
            yield Place(topology="client-certificate", order="good", url=url)

    def bad(self) -> Iterator[Place]:
        server = self._start(config=ILL)
        fill(server)
        yield Place(topology="standalone", order="bad", url=server.url)
        server = self._start(password=FROM_A_GUIDE, config=ILL)
        fill(server)
        yield Place(topology="password", order="bad", url=server.url)
        ann = shlex.join(["user", "ann", "on", f">{STRONG}", "~*", "&*", "+@all"])
        server = self._start(config=(*ILL, ann))
        fill(server)
        yield Place(topology="user", order="bad", url=_as_ann(server))
        server = self._start(config=ILL, unix_socket=True)
        fill(server)
        yield Place(topology="unix-socket", order="bad", url=server.unix_url)
        if self._flavour.speaks_tls:
            expired = self._authority.tls(expired=True)
            server = self._start(config=ILL, tls=expired)
            fill(server)
            url = f"rediss://127.0.0.1:{server.told_port}/0?ssl_cert_reqs=none"
            yield Place(topology="tls", order="bad", url=url)
            url = with_option(_over_tls(server), self._authority.issue("ann").options)
            yield Place(topology="client-certificate", order="bad", url=url)

    def _start(self, **options: Any) -> RedisServer:
        return self._running.enter_context(RedisServer(self._flavour.binary, **options))


def fill(server: RedisServer) -> None:
    """Gives it a queue's keys, and some of ours that never end; in a cluster those of its slots."""
    for number in range(40):
        for key in (f"bull:video:{number}", f"tally:job:{{job_{number}}}"):
            with suppress(ServerError):
                server.ask(f"SET {key} x")


def _as_ann(server: RedisServer) -> str:
    return f"redis://ann:{quote(STRONG, safe='')}@127.0.0.1:{server.port}/0"


def _over_tls(server: RedisServer) -> str:
    return f"rediss://{server.account}localhost:{server.told_port}/0?{server.tls_options}"
