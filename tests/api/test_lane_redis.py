"""Where the near tier knows nothing the lane asks Redis, and says what the ordinary way says."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache import CacheStats, NearKnobs, open_cache, parse_redis_url
from dev_servers import RedisServer
from example_jobs import a_job
from jobs import CancelRequested, migrate, open_database
from lane_requests import Ground, bytes_of, usual_polls, with_jobs
from lane_servers import Served, said, three_servers

POLLS = 40
FEW = 8
"""Answers of the lane; chance gives several times as many."""


@pytest.fixture
async def served(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    folder, now = tmp_path_factory.mktemp("lane"), time.time()
    database = open_database(f"sqlite:///{folder}/tally.db")
    await migrate(database)
    cache = open_cache(parse_redis_url(redis_server.url), CacheStats(), budget_seconds=1.0)
    async with three_servers(
        database, folder, cache, near=NearKnobs(entries=0), wall=lambda: now
    ) as served:
        yield served
    await database.close()


async def a_polled_job(served: Served) -> bytes:
    job = a_job()
    await served.memory.store.create(job)
    return f"GET /api/v2/jobs/{job.id} HTTP/1.1\r\nHost: tally\r\n".encode()


async def heard(served: Served, request: bytes) -> list[bytes]:
    return [await said(port, [request]) for port in (served.ordinary, *served.lanes)]


async def test_it_says_the_same(served: Served) -> None:
    poll = await a_polled_job(served)
    for tag in (b"", b'If-None-Match: "1.1"\r\n', b'If-None-Match: "9.1"\r\n'):
        ordinary, *lanes = await heard(served, poll + tag + b"\r\n")

        assert (b"detail=redis" in ordinary) is (b"9.1" not in tag)
        assert lanes == [ordinary, ordinary]


@pytest.fixture
async def ground(served: Served) -> Ground:
    return await with_jobs(served)


@pytest.fixture
def taken(served: Served) -> Iterator[None]:
    """Fails where the test hardly ever met a hit of Redis in the lane."""
    yield
    asgi, protocol = served.laned
    answers = Counter(protocol)
    assert asgi == []
    assert answers[200] >= FEW
    assert answers[304] >= FEW


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(usual_polls(), min_size=1, max_size=3))
@pytest.mark.usefixtures("taken")
async def test_it_says_the_same_whatever_is_polled(
    ground: Ground, asked: Sequence[tuple[str, str]]
) -> None:
    parts, served = [bytes_of(ground, *each) for each in asked], ground.served

    ordinary, *lanes = await asyncio.gather(
        *(said(port, parts) for port in (served.ordinary, *served.lanes))
    )

    assert b"detail=redis" in ordinary
    assert lanes == [ordinary, ordinary]


async def test_it_says_the_same_once_redis_is_gone(
    served: Served, redis_server: RedisServer
) -> None:
    poll = await a_polled_job(served)
    redis_server.kill()
    ordinary, *lanes = await heard(served, poll + b"\r\n")

    assert ordinary.startswith(b"HTTP/1.1 200 OK")
    assert b"detail=redis-down" in ordinary
    assert lanes == [ordinary, ordinary]


async def test_it_says_the_same_of_a_job_changed_behind_redis(
    served: Served, redis_server: RedisServer
) -> None:
    poll = await a_polled_job(served)
    job_id = poll[17:47].decode()
    redis_server.kill()
    await served.memory.store.advance(job_id, CancelRequested(), now=time.time())
    redis_server.start()
    ordinary, *lanes = await heard(served, poll + b'If-None-Match: "2.1"\r\n\r\n')

    assert ordinary.startswith(b"HTTP/1.1 304")
    assert [lane.startswith(b"HTTP/1.1 304") for lane in lanes] == [True, True]


async def test_polls_of_one_moment_are_few_commands(
    served: Served, redis_server: RedisServer
) -> None:
    polls = [await a_polled_job(served) for _ in range(POLLS)]
    before = commands(redis_server)
    heard = await asyncio.gather(*(said(served.protocol, [poll + b"\r\n"]) for poll in polls))

    assert all(b"detail=redis" in answer for answer in heard)
    assert 0 < commands(redis_server) - before < POLLS / 2


async def test_a_poll_that_redis_has_not_asks_it_once(
    served: Served, redis_server: RedisServer
) -> None:
    poll = await a_polled_job(served)
    redis_server.ask("FLUSHALL")
    before = commands(redis_server)
    heard = await said(served.protocol, [poll + b"\r\n"])

    assert b"cache-status: tally; fwd=miss; stored" in heard
    assert commands(redis_server) - before == 1


def commands(server: RedisServer) -> int:
    """Gets of any kind that it was sent."""
    stats = server.facts("INFO commandstats")
    calls = [stats.get(f"cmdstat_{name}", "calls=0") for name in ("get", "mget")]
    return sum(int(call.split(",")[0].removeprefix("calls=")) for call in calls)
