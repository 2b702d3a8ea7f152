"""A whole target is looked at: who belongs to it, what each says; in time, whoever is silent."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from cache import (
    AccountKnobs,
    Inspection,
    RedisTarget,
    ServerAnswers,
    Silent,
    inspect_redis,
    redis_inspection,
)
from cache.redis_target import Node, RedisAddress
from cache.redis_url import parse_redis_url
from dev_servers import RedisCluster, RedisSentinels, RedisServer, free_port
from redis_parts import node_of
from silence import Silence

Start = Callable[..., RedisServer]
SECRET: Final = "a secret of ours"
LONGEST: Final = 6.5
"""Seconds that a look may take, on a busy machine too."""


def meant(url: str) -> RedisTarget:
    target = parse_redis_url(url)
    assert target is not None
    return target


def roles(found: Inspection) -> dict[str, str]:
    return {one.name: one.role for one in found.servers}


def name(server: RedisServer) -> str:
    return str(RedisAddress(host="127.0.0.1", port=server.port))


def ports(servers: list[ServerAnswers], *, troubled: bool) -> set[int]:
    chosen = [one for one in servers if (one.told.trouble is not None) == troubled]
    return {int(one.name.rpartition(":")[2].partition("/")[0]) for one in chosen}


async def test_one_server_is_a_primary_that_is_always_known(redis_server: RedisServer) -> None:
    found = await inspect_redis(meant(redis_server.url))

    assert found.shards == [(name(redis_server), ())]
    assert roles(found) == {name(redis_server): "primary"}
    assert (found.layout_trouble, found.trouble, found.sentinels) == (None, None, ())
    assert found.servers[0].told.trouble is None


async def test_sentinels_name_the_primary_and_its_replicas_also_where_these_are_not_read(
    sentinels: RedisSentinels,
) -> None:
    found = await inspect_redis(meant(sentinels.url))
    primary, *replicas = sentinels.nodes

    assert [(one, {*others}) for one, others in found.shards] == [
        (name(primary), {*map(name, replicas)})
    ]
    assert {*roles(found).values()} == {"primary", "replica"}
    assert [one.told.answers["SENTINEL CKQUORUM"][:2] for one in found.sentinels] == [b"OK"] * 3
    assert all(one.told.trouble is None for one in (*found.servers, *found.sentinels))


async def test_a_sentinel_that_is_away_is_named_and_costs_nothing_else(
    sentinels: RedisSentinels,
) -> None:
    away = free_port()
    found = await inspect_redis(
        meant(sentinels.url.replace("/mymaster", f",127.0.0.1:{away}/mymaster"))
    )

    assert ports([*found.sentinels], troubled=True) == {away}
    assert len(found.servers) == 3


async def test_a_service_that_no_sentinel_knows_is_told(sentinels: RedisSentinels) -> None:
    found = await inspect_redis(meant(sentinels.url.replace("/mymaster/", "/another/")))

    assert (found.servers, found.shards) == ([], [])
    assert found.layout_trouble is not None
    assert "its Sentinels watch no service of that name" in found.layout_trouble


async def test_each_node_of_a_cluster_is_asked_and_one_that_is_frozen_harms_no_other(
    cluster: RedisCluster,
) -> None:
    frozen = cluster.nodes[-1]
    frozen.freeze()
    began = time.monotonic()
    found = await inspect_redis(meant(cluster.url))
    frozen.thaw()

    assert time.monotonic() - began < LONGEST
    assert len(found.shards) == 3
    assert len(found.servers) == 6
    assert ports([*found.servers], troubled=True) == {frozen.port}
    assert all("CLUSTER INFO" in one.told.answers for one in found.servers if not one.told.trouble)


async def test_a_node_of_the_url_that_is_none_of_the_cluster_is_asked_as_well(
    cluster: RedisCluster, redis_server: RedisServer
) -> None:
    url = f"{cluster.url},127.0.0.1:{redis_server.port}"
    by_name = url.replace(
        f"127.0.0.1:{cluster.nodes[0].port}", f"localhost:{cluster.nodes[0].port}"
    )
    found = await inspect_redis(meant(by_name))

    assert [one.name for one in found.servers if one.role == "unknown"] == [name(redis_server)]


async def test_a_target_that_is_silent_as_a_whole_is_over_in_time(silence: Silence) -> None:
    node = await silence.start()
    began = time.monotonic()
    found = await inspect_redis(meant(f"redis+cluster://{node}"))

    assert time.monotonic() - began < LONGEST
    assert found.layout_trouble is not None
    assert [one.role for one in found.servers] == ["unknown"]
    assert isinstance(found.servers[0].stranger.said, Silent)


async def test_where_there_is_no_account_servers_are_met_as_strangers_do(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    knobs = AccountKnobs(password_file=tmp_path / "missing")
    found = await inspect_redis(meant(redis_server.url), knobs)

    assert found.trouble is not None
    assert found.trouble.startswith("REDIS_PASSWORD_FILE: ")
    assert found.servers[0].stranger.said == b"+PONG\r\n"
    assert found.servers[0].told.trouble == found.trouble


@pytest.mark.parametrize(
    "form", ["redis://{}", "redis+cluster://{}", "redis+sentinel://{}/mymaster/0"]
)
async def test_without_the_redis_package_it_says_so_and_meets_them_all_the_same(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(redis_inspection, "INSTALLED", False)
    found = await inspect_redis(meant(form.format(node_of(redis_server))))
    met = (*found.servers, *found.sentinels)

    assert found.trouble is not None
    assert "pip install 'redis>=5.0.0'" in found.trouble
    assert [one.stranger.said for one in met] == [b"+PONG\r\n"]
    assert [one.told.trouble for one in met] == [found.trouble]


async def test_no_secret_is_in_anything_that_was_found(start_redis: Start) -> None:
    strict = start_redis(password="another")
    node = Node(host="127.0.0.1", port=strict.port)
    secret = SECRET.replace(" ", "%20")
    urls = (
        f"redis://:{secret}@{node}",
        f"redis+cluster://ann:{secret}@{node}",
        f"redis+sentinel://ann:{secret}@{node}/mymaster/0?sentinel_password={secret}",
    )
    found = [await inspect_redis(meant(url)) for url in urls]

    assert SECRET not in repr(found)
    assert secret not in repr(found)


async def test_nobody_there_is_told_at_once() -> None:
    began = time.monotonic()
    found = await inspect_redis(meant(f"redis://127.0.0.1:{free_port()}"))

    assert time.monotonic() - began < 1.0
    assert "cannot be reached" in (found.servers[0].told.trouble or "")
