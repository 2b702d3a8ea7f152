"""Every way people run Redis, once in good order and once in bad: real servers, and the settings
that lead to them. By the names of redis_topologies.py.

Fleets are started once and put into the other order by commands.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from certificates import Authority
from dev_servers import RedisCluster, RedisFlavour, RedisSentinels, RedisServer
from examined_servers import ILL, STRONG, WELL, Order, Place, Singles, fill
from redis_places import with_option

WATCHERS: Final = "wT3+9aLs/Qe8rU2iO4p==wT3+9aLs/Qe8rU2iO4p"
ACCOUNT: Final = f":{quote(STRONG, safe='')}@"


class Examined:
    """All of them, on one flavour; without TLS where the flavour has none."""

    def __init__(self, flavour: RedisFlavour, authority: Authority, folder: Path) -> None:
        self._flavour = flavour
        self._authority = authority
        self._folder = folder
        self._running = ExitStack()
        binary, tls = flavour.binary, authority.tls()
        self._sentinels = [RedisSentinels(binary, password=STRONG, sentinel_password=WATCHERS)]
        self._clusters = [RedisCluster(binary)]
        if flavour.speaks_tls:
            self._sentinels += [RedisSentinels(binary, password=STRONG, tls=tls)]
            self._clusters += [RedisCluster(binary, tls=tls)]

    def __enter__(self) -> Self:
        for fleet in (*self._sentinels, *self._clusters):
            self._running.enter_context(fleet)
        return self

    def __exit__(self, *error: object) -> None:
        self._running.close()

    def steps(self) -> Iterator[Sequence[Place]]:
        """Places that can be looked at together; the next step changes their servers."""
        self._secure()
        with ExitStack() as running:
            yield [*self._singles(running).good(), *self._good_fleets()]
        open_to_all(self._sentinels[0].sentinels)
        yield [*_sentinels("good", self._sentinels[0].url)]
        self._neglect()
        with ExitStack() as running:
            yield [*self._singles(running).bad(), *self._bad_fleets()]

    def _singles(self, running: ExitStack) -> Singles:
        return Singles(self._flavour, self._authority, self._folder, running)

    def _good_fleets(self) -> Iterator[Place]:
        yield Place(topology="sentinels-passwords", order="good", url=self._sentinels[0].url)
        yield from _clusters("good", _with_account(self._clusters[0].url))
        if self._flavour.speaks_tls:
            yield Place(topology="sentinels-tls", order="good", url=self._sentinels[1].url)
            url = _with_account(self._clusters[1].url)
            yield Place(topology="cluster-tls", order="good", url=url)

    def _bad_fleets(self) -> Iterator[Place]:
        yield from _sentinels("bad", self._sentinels[0].url)
        url = with_option(self._sentinels[0].url, f"sentinel_password={quote(WATCHERS, safe='')}")
        yield Place(topology="sentinels-passwords", order="bad", url=url)  # they want none
        yield from _clusters("bad", self._clusters[0].url)
        if self._flavour.speaks_tls:
            yield Place(topology="sentinels-tls", order="bad", url=self._sentinels[1].url)
            yield Place(topology="cluster-tls", order="bad", url=self._clusters[1].url)

    def _secure(self) -> None:
        for fleet in (*self._sentinels, *self._clusters):
            configure(fleet.nodes, WELL)
        for cluster in self._clusters:
            configure(cluster.nodes, [f"masterauth {STRONG}", f"requirepass {STRONG}"])
            for node in cluster.nodes:
                node.password = STRONG

    def _neglect(self) -> None:
        """Nobody has a password any more, one of each fleet is dead, and nobody would notice."""
        for fleet in (*self._sentinels, *self._clusters):
            configure(fleet.nodes, ILL)
            open_to_all((*fleet.nodes, *fleet.watchers))
            for primary in fleet.followers():
                fill(primary)
        for sentinels in self._sentinels:
            for sentinel in sentinels.sentinels:
                sentinel.ask("SENTINEL SET mymaster down-after-milliseconds 60000")
            sentinels.sentinels[-1].kill()
        for cluster in self._clusters:
            configure(cluster.nodes, ["cluster-node-timeout 60000"])
            cluster.nodes[-1].kill()


def configure(servers: Iterable[RedisServer], lines: Iterable[str]) -> None:
    """Lines as in redis.conf, into servers that run."""
    for server in servers:
        for line in lines:
            server.ask(f"CONFIG SET {line}")


def open_to_all(servers: Iterable[RedisServer]) -> None:
    """From now on they want no password, and refuse one."""
    for server in servers:
        server.ask("ACL SETUSER default nopass")
        server.password = None


def _sentinels(order: Order, url: str) -> Iterator[Place]:
    yield Place(topology="sentinels", order=order, url=url)
    url = with_option(url, "read=replica")
    yield Place(topology="sentinels-replicas", order=order, url=url)


def _clusters(order: Order, url: str) -> Iterator[Place]:
    yield Place(topology="cluster", order=order, url=url)
    yield Place(topology="cluster-replicas", order=order, url=with_option(url, "read=replica"))


def _with_account(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{ACCOUNT}{rest}"
