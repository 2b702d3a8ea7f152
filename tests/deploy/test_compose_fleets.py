"""Sentinels and a cluster, started by the very words of the Compose files that describe them."""

import subprocess
from collections.abc import Awaitable, Callable

import pytest

from cache import Cache
from deploy.compose_servers import ComposeServers, keeps
from deploy.container_redis import ContainerRedis, replaced
from dev_servers.redis_fleet import soon
from live.soak import SOAK

NODES = ("redis", "redis-2", "redis-3", "redis-4", "redis-5", "redis-6")
SENTINELS = ("sentinel-1", "sentinel-2", "sentinel-3")
Compose = Callable[[str], ComposeServers]
Used = Callable[[ComposeServers], Awaitable[Cache]]


async def test_sentinels_find_all_of_each_other_and_tally_finds_the_primary(
    compose: Compose, used: Used
) -> None:
    servers = compose("sentinel")
    _, sentinels = watched(servers)

    await keeps(await used(servers))

    assert sentinels[0].ask("SENTINEL CKQUORUM mymaster").startswith("OK 3 usable")
    assert _told(sentinels[0], "down-after-milliseconds") == "3000"


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="for `make soak`: a failover takes its five seconds")
async def test_a_dead_primary_is_replaced_and_comes_back_as_a_replica(
    compose: Compose, used: Used
) -> None:
    servers = compose("sentinel")
    nodes, sentinels = watched(servers)
    cache = await used(servers)

    nodes[0].kill()
    soon(lambda: _primary(sentinels[0]) != nodes[0].port, "nobody replaced the primary")
    (chosen,) = [node for node in nodes if node.port == _primary(sentinels[0])]
    await keeps(cache)
    nodes[0].start()
    soon(lambda: nodes[0].facts("INFO replication")["role"] == "slave", "it did not follow")

    assert "replicaof" not in (chosen.folder / "redis.conf").read_text()


async def test_six_nodes_become_a_cluster_once(compose: Compose, used: Used) -> None:
    servers = compose("cluster")
    nodes = [servers.start(name) for name in NODES]
    first = f"-h 127.0.0.1 -p {nodes[0].port} "
    script = replaced(servers.script("cluster"), "-h 172.30.77.11 ", first)

    _run(script)
    soon(lambda: _is_content(nodes[0]), "the cluster did not come together")
    _run(script)
    await keeps(await used(servers))

    assert nodes[0].facts("CLUSTER INFO")["cluster_size"] == "3"
    assert nodes[0].ask("CONFIG GET cluster-node-timeout").split()[1] == "5000"


def watched(servers: ComposeServers) -> tuple[list[ContainerRedis], list[ContainerRedis]]:
    """The nodes and their Sentinels, which all know of each other."""
    nodes = [servers.start(name) for name in NODES[:3]]
    sentinels = [servers.start(name, password=None) for name in SENTINELS]
    for sentinel in sentinels:  # they look around several times a second, not every ten seconds
        sentinel.ask("SENTINEL DEBUG info-period 300 publish-period 200 ask-period 300")
    soon(lambda: all(map(_sees_all, sentinels)), "the Sentinels did not find all of each other")
    return nodes, sentinels


def _run(script: str) -> None:
    subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=30)


def _told(sentinel: ContainerRedis, name: str) -> str:
    lines = sentinel.ask("SENTINEL MASTER mymaster").splitlines()
    return dict(zip(lines[::2], lines[1::2], strict=True))[name]


def _sees_all(sentinel: ContainerRedis) -> bool:
    return (_told(sentinel, "num-slaves"), _told(sentinel, "num-other-sentinels")) == ("2", "2")


def _primary(sentinel: ContainerRedis) -> int:
    return int(sentinel.ask("SENTINEL GET-MASTER-ADDR-BY-NAME mymaster").split()[1])


def _is_content(node: ContainerRedis) -> bool:
    facts = node.facts("CLUSTER INFO")
    return (facts["cluster_state"], facts["cluster_known_nodes"]) == ("ok", "6") and (
        node.ask("CLUSTER NODES").count("slave ") == 3
    )
