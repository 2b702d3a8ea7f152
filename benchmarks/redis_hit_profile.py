"""What a poll that Redis answers, and a put, cost this process, without HTTP: CPU, by its way.

`python benchmarks/redis_hit_profile.py` makes a Redis of its own and prints the tables of
docs/decisions/0015-redis-in-company.md: the best of many rounds, interleaved. With `--profile` also
where the time of the lane's way goes.
"""

import asyncio
import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(_ROOT / "backend"), str(_ROOT / "tests"), str(_ROOT)]

from cache import CachedJobs, CacheStats, Lifetimes, Memory, open_cache, parse_redis_url
from cache.entry import key
from cache.redis_driver import RedisDriver
from cache.shared import Shared
from dev_servers import RedisServer, redis_flavours
from example_documents import a_document
from example_jobs import RecordedDelivery
from jobs import DEFAULT_OWNER, Answer, Document, SqlJobs, open_database
from redis_parts import LIMITS, driver_at

Way: TypeAlias = Callable[[Sequence[Document]], Awaitable[None]]
"""Does one thing for each of these jobs, all at the same time."""

BODY: Final = b"x" * 2048
AT_ONCE: Final = (1, 16, 64, 100)
ROUNDS: Final = 60
GET: Final = "redis-py, a GET for each"
MGET: Final = "redis-py, one MGET for all"
ORDINARY: Final = "a poll, the ordinary way"
LANE: Final = "a poll, as the lane asks"
PUT: Final = "a put, with others"
BATCH: Final = "a put of a batch"


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Each way's microseconds of CPU for one of so many at once."""

    by_way: Mapping[tuple[str, int], float]

    def page(self) -> str:
        head = ["| us of CPU for each | " + " | ".join(f"{n} at once" for n in AT_ONCE) + " |"]
        head += ["|---" * (1 + len(AT_ONCE)) + "|"]
        lines = [
            f"| {way} | " + " | ".join(f"{self.by_way[way, n]:.1f}" for n in AT_ONCE) + " |"
            for way in dict.fromkeys(way for way, _ in self.by_way)
        ]
        return "\n".join([*head, *lines])


async def measured(server: RedisServer, *, rounds: int, profile: bool = False) -> Costs:
    """The server must be empty."""
    stats = CacheStats()
    cache = open_cache(parse_redis_url(server.url), stats, budget_seconds=1.0)
    driver = driver_at(server, limits=replace(LIMITS, max_connections=max(AT_ONCE)))
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/never_asked.db")
        memory = Memory(SqlJobs(database, RecordedDelivery()), cache, stats)
        await memory.start()
        while not cache.state().enabled:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        shared = Shared(cache, Lifetimes(), stats)
        ways = {GET: _gets(driver), MGET: _mget(driver), **_polls(memory.store)}
        ways |= {PUT: _puts(shared), BATCH: _batch(shared)}
        documents = [a_document(body=BODY) for _ in range(max(AT_ONCE))]
        costs = await _costs(ways, documents, rounds)
        if profile:
            await _profiled(ways[LANE], documents)
        await memory.stop()
        await driver.close()
        await database.close()
    return costs


async def _costs(ways: Mapping[str, Way], documents: Sequence[Document], rounds: int) -> Costs:
    best: dict[tuple[str, int], float] = {}
    versions = count(1)  # new ones each time, so that puts are kept
    for of_round in range(1, rounds + 1):
        for at_once in AT_ONCE:
            asked = documents[:at_once]
            newer = {
                put: [replace(it, version=next(versions)) for it in asked] for put in (BATCH, PUT)
            }
            for name in order(of_round):
                these = newer.get(name, asked)
                began = time.process_time()
                await ways[name](these)
                cost = (time.process_time() - began) / at_once * 1e6
                best[name, at_once] = min(cost, best.get((name, at_once), cost))
    return Costs(by_way=best)


def order(of_round: int) -> tuple[str, ...]:
    """The two ways of a poll take turns: the second finds the new bytes decoded by the first.

    So the best of each, from two rounds on, is that of bytes decoded already.
    """
    polls = (ORDINARY, LANE) if of_round % 2 else (LANE, ORDINARY)
    return (BATCH, PUT, GET, MGET, *polls)


def _gets(driver: RedisDriver) -> Way:
    async def gets(documents: Sequence[Document]) -> None:
        await asyncio.gather(*(driver.ask("GET", key(it.id)) for it in documents))

    return gets


def _mget(driver: RedisDriver) -> Way:
    async def mget(documents: Sequence[Document]) -> None:
        await driver.ask("MGET", *(key(it.id) for it in documents))

    return mget


def _puts(shared: Shared) -> Way:
    async def puts(documents: Sequence[Document]) -> None:
        now = time.time()
        await asyncio.gather(*(shared.put(it, now, shared.budget()) for it in documents))

    return puts


def _batch(shared: Shared) -> Way:
    async def batch(documents: Sequence[Document]) -> None:
        now = time.time()
        await shared.put_many([(it, now) for it in documents], shared.budget())

    return batch


def _polls(store: CachedJobs) -> dict[str, Way]:
    async def ordinary(documents: Sequence[Document]) -> None:
        await asyncio.gather(*(store.status(it.id, owner=DEFAULT_OWNER) for it in documents))

    async def lane(documents: Sequence[Document]) -> None:
        told, done = list[Answer | None](), asyncio.Event()

        def tell(answer: Answer | None) -> None:
            told.append(answer)
            if len(told) == len(documents):
                done.set()

        for it in documents:
            store.ask_soon(it.id, 0, DEFAULT_OWNER, tell=tell)
        await done.wait()
        if None in told:
            raise ValueError("Redis did not answer in time: nothing is measured")

    return {ORDINARY: ordinary, LANE: lane}


async def _profiled(way: Way, documents: Sequence[Document]) -> None:
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(300):
        await way(documents)
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


def _main() -> None:
    import uvloop

    with RedisServer(next(iter(redis_flavours())).binary) as server:
        costs = uvloop.run(measured(server, rounds=ROUNDS, profile="--profile" in sys.argv))
    sys.stdout.write(costs.page() + "\n")


if __name__ == "__main__":
    _main()
