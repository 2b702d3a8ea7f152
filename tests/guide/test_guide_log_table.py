"""The guide's table of what the log says is true: each case is made, and its row found."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from cache.redis_trouble import explain
from cache.tier import Trouble
from certificates import Authority
from dev_servers import RedisFlavour, RedisServer
from guide.grepping import Open, told
from guide.page import GUIDE
from redis_topologies import tls_server

Start = Callable[..., RedisServer]

ROWS: Final = dict(
    re.findall(
        r"^   \| (its? .+?|REDIS_URL .+?|nobody .+?) \| (.+) \|$", GUIDE.read_text(), re.MULTILINE
    )
)
"""What the log may say, and why."""


async def said(log: Path, open_at: Open, url: str) -> str:
    await open_at(url, budget_seconds=0.5, socket_connect_timeout=0.5)
    return re.sub(r"^.*?not in use: ", "", await told(log, "not in use"))


def row(line: str) -> str:
    """The row that a reader would find: the same words, and one of those in its brackets."""
    for said, why in ROWS.items():
        words, _, examples = said.replace("...", "").partition(" (")
        options = examples.rstrip(")").split(", ") if examples else [""]
        if line.startswith(words.strip()) and any(it in line for it in options):
            return str(why)
    raise AssertionError(f"the table has no row for: {line}")


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid:6379"])
async def test_a_wrong_host_or_port(log: Path, open_at: Open, host: str) -> None:
    line = await said(log, open_at, f"redis://{host}/0")

    assert "wrong host or port" in row(line)


async def test_a_wrong_password(log: Path, open_at: Open, start_redis: Start) -> None:
    server = start_redis(password="s3cret")
    line = await said(log, open_at, server.url.replace("s3cret", "0ther"))

    assert "wrong password" in row(line)
    assert "0ther" not in line


async def test_a_cluster_without_slots(log: Path, open_at: Open, start_redis: Start) -> None:
    server = start_redis(config=["cluster-enabled yes"])
    line = await said(log, open_at, server.url)

    assert "some slots have no primary" in row(line)


@pytest.mark.parametrize(
    ("trouble", "why"), [(Trouble.CLUSTER, "?cluster=true"), (Trouble.OOM, "noeviction")]
)
def test_what_takes_a_whole_cluster_or_a_full_server_to_be_said(trouble: Trouble, why: str) -> None:
    assert why in row(explain(trouble, None))


async def test_nobody_who_knows_the_primary(log: Path, open_at: Open) -> None:
    line = await said(log, open_at, "redis+sentinel://127.0.0.1:1/mymaster/0")

    assert "no Sentinel or node answers" in row(line)


async def test_a_replica(log: Path, open_at: Open, start_redis: Start) -> None:
    primary = start_redis()
    replica = start_redis(config=[f"replicaof 127.0.0.1 {primary.port}"])
    line = await said(log, open_at, replica.url)

    assert "a replica or a reader endpoint" in row(line)


async def test_tls_at_a_port_without_it(
    log: Path, open_at: Open, redis_server: RedisServer
) -> None:
    line = await said(log, open_at, f"rediss://127.0.0.1:{redis_server.port}/0")

    assert row(line)


async def test_a_private_authority(
    log: Path, open_at: Open, redis_flavour: RedisFlavour, authority: Authority
) -> None:
    async with tls_server(redis_flavour, authority.tls()) as (_, port):
        line = await said(log, open_at, f"rediss://localhost:{port}/0")

    assert "ssl_ca_certs" in row(line)


async def test_a_port_that_wants_tls(
    log: Path, open_at: Open, redis_flavour: RedisFlavour, authority: Authority
) -> None:
    async with tls_server(redis_flavour, authority.tls()) as (_, port):
        line = await said(log, open_at, f"redis://localhost:{port}/0")

    assert "rediss://" in row(line)
