"""Places where Redis runs for a test: their URL, who holds a key, how to hurt and to heal them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dev_servers import RedisCluster, RedisSentinels, RedisServer


@dataclass(frozen=True, kw_only=True)
class Place:
    """Servers that run, and how they are reached and found whole again."""

    url: str
    primary_of: Callable[[str], RedisServer]
    """The one that keeps a key."""
    whole: Callable[[], object]
    """Makes all of them run as at first, and empty."""
    hurt: Callable[[], object]
    """Takes all connections from everybody; one server dies for it and is back."""


def one(server: RedisServer, url: str) -> Place:
    def whole() -> None:
        server.thaw()
        server.start().ask("FLUSHALL")
        server.ask("SCRIPT FLUSH")

    def hurt() -> None:
        server.kill()
        server.start()

    return Place(url=url, primary_of=lambda _: server, whole=whole, hurt=hurt)


def watched(sentinels: RedisSentinels, option: str = "") -> Place:
    return Place(
        url=with_option(sentinels.url, option),
        primary_of=lambda _: sentinels.primary,
        whole=sentinels.whole,
        hurt=lambda: _cut([*sentinels.nodes, *sentinels.watchers]),
    )


def sharded(cluster: RedisCluster, option: str = "") -> Place:
    return Place(
        url=with_option(cluster.url, option),
        primary_of=lambda key: cluster.primary_of(cluster.slot_of(key)),
        whole=cluster.whole,
        hurt=lambda: _cut(cluster.nodes),
    )


def _cut(servers: Iterable[RedisServer]) -> None:
    for server in servers:
        for kind in ("normal", "pubsub"):
            server.ask(f"CLIENT KILL TYPE {kind}")


def with_option(url: str, option: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{option}" if option else url
