"""What a near hit costs in this process, by every way and step by step: no network, no load.

`python tests/near_hit_bench.py` prints the table of docs/decisions/0016-near-hit.md: rounds
interleaved, the best of them, as `timeit` does. With `--profile` where the time goes, instead; with
`--many` what a poll takes among 100 and among 100,000 jobs of one process, each asked in turn.
"""

import asyncio
import cProfile
import os
import pstats
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

if __name__ == "__main__":
    _HERE = Path(__file__).resolve().parent
    sys.path[:0] = [str(_HERE.parent / "backend"), str(_HERE), str(_HERE.parent)]

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api import HTTP_COUNTS, HttpCounts
from api.lane import Lane
from api.lane_asgi import LaneApp
from api.lane_request import NOTHING
from api.lane_uvicorn import LaneProtocol
from benchmarks import hello
from cache import CACHE_COUNTS, CacheStats, Memory, NearKnobs, NoCache
from cache.near import Near
from counts import Board, CellMap
from example_jobs import RecordedDelivery, a_job
from jobs import DEFAULT_OWNER, SqlChanges, SqlJobs, migrate, open_database, render
from lane_connection import Link
from patience import until_proven

DATE: Final = [(b"date", b"Mon, 23 Nov 2026 07:57:14 GMT"), (b"server", b"uvicorn")]
MANY: Final = 100_000
Way = Callable[[], Awaitable[None] | None]


class Sink(Link):
    """Forgets what it is given."""

    def write(self, data: Any) -> None: ...


@asynccontextmanager
async def a_lane(
    folder: Path, **knobs: Any
) -> AsyncIterator[tuple[Lane, Memory, CacheStats, HttpCounts, str]]:
    """With all that counts at work, and a job that the near tier has."""
    database = open_database(f"sqlite:///{folder}/tally.db")
    await migrate(database)
    board = Board.alone(CellMap((*CACHE_COUNTS, *HTTP_COUNTS)))
    stats, http = CacheStats(board), HttpCounts(board, "poll")
    memory = Memory(
        SqlJobs(database, RecordedDelivery()),
        NoCache("redis-off", "redis is switched off."),
        stats,
        changes=SqlChanges(database),
        **{"audit_share": 0.001, **knobs},
    )
    await memory.start()
    await until_proven(memory)
    job = a_job()
    await memory.store.create(job)
    store = memory.store
    yield Lane(store.at_hand, store.ask_soon, http.laned, stats.polled), memory, stats, http, job.id
    await memory.stop()
    await database.close()


def connected(kind: type[HttpToolsProtocol], app: Any) -> HttpToolsProtocol:
    config = uvicorn.Config(app, log_config=None, access_log=False)
    server = ServerState()
    server.default_headers = DATE
    protocol = kind(config, server, {})
    protocol.connection_made(Sink())
    return protocol


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("the lane did not answer")


def poll_of(job_id: str) -> bytes:
    return f"GET /api/v2/jobs/{job_id} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n".encode()


def ways(lane: Lane, stats: CacheStats, http: HttpCounts, job_id: str) -> Mapping[str, Way]:
    poll = poll_of(job_id)
    again = poll[:-2] + b'If-None-Match: "1.1"\r\n\r\n'
    floor = connected(HttpToolsProtocol, hello.app)
    plain = connected(HttpToolsProtocol, LaneApp(nobody, lane))
    fast = [connected(LaneProtocol, LaneApp(nobody, lane)) for _ in range(3)]
    proxied = cycle([poll[:-2] + b"X-Forwarded-For: 10.0.0.%d\r\n\r\n" % it for it in range(9)])

    async def asked(protocol: HttpToolsProtocol, data: bytes) -> None:
        protocol.data_received(data)
        await asyncio.sleep(0)  # the turn in which its task runs

    return {
        "raw ASGI hello world": lambda: asked(floor, poll),
        "plain ASGI lane": lambda: asked(plain, poll),
        "plain ASGI lane, 304": lambda: asked(plain, again),
        "fast lane": lambda: fast[0].data_received(poll),
        "fast lane, 304": lambda: fast[1].data_received(again),
        "fast lane, other header lines each time": lambda: fast[2].data_received(next(proxied)),
        ". of it: the lane": lambda: swallow(lane.at_once(job_id, NOTHING, "127.0.0.1")),
        ". . of it: the store": lambda: swallow(lane._at_hand(job_id, 0, DEFAULT_OWNER)),
        ". . of it: timing and counting": lambda: http.laned(200, 1e-5),
        ". . of it: the polling interval": lambda: stats.polled(job_id, "127.0.0.1", False),
    }


def swallow(answer: object) -> None:
    if answer is None:
        raise RuntimeError("there was no near hit")


async def took(way: Way, times: int) -> float:
    """Microseconds each. No other task has a turn in between, but for what a way awaits itself."""
    began = time.perf_counter()
    for _ in range(times):
        waiting = way()
        if waiting is not None:
            await waiting
    return (time.perf_counter() - began) / times * 1e6


async def main(rounds: int = 40, times: int = 300) -> None:
    with TemporaryDirectory() as folder:
        if "--many" in sys.argv:
            room = NearKnobs(entries=2 * MANY, size=2**30)
            async with a_lane(Path(folder), near=room, audit_share=0.0) as (lane, memory, *_):
                await among_many(lane, memory)
            return
        async with a_lane(Path(folder)) as (lane, _, stats, http, job_id):
            known = ways(lane, stats, http, job_id)
            if "--profile" in sys.argv:
                await profiled(known["fast lane"])
                return
            best = dict.fromkeys(known, float("inf"))
            for _ in range(rounds):
                for name, way in known.items():
                    best[name] = min(best[name], await took(way, times))
                await asyncio.sleep(0.01)  # the feed proves what is remembered
            rows = [f"| {name} | {least:.1f} |" for name, least in best.items()]
            sys.stdout.write("\n".join(["| | microseconds |", "|---|---:|", *rows, ""]))


async def among_many(lane: Lane, memory: Memory, rounds: int = 5) -> None:
    """CPU microseconds of this thread, median of the rounds. All are polled once before."""
    fast = connected(LaneProtocol, LaneApp(nobody, lane))
    polls = [poll_of(job_id) for job_id in remembered(memory.near, MANY)]
    random.shuffle(polls)
    await until_proven(memory)
    await each(fast, polls)
    for count in (100, MANY):
        took = [await each(fast, polls[:count] * (MANY // count)) for _ in range(rounds)]
        sys.stdout.write(f"{count:,} jobs: {statistics.median(took):.1f} us a poll\n")


def remembered(near: Near, count: int) -> list[str]:
    documents = [render(a_job()) for _ in range(count)]  # in no table: nobody may audit them
    for document in documents:
        near.keep(replace(document, body=os.urandom(1024).hex().encode()), 0.0, near.epoch)
    return [document.id for document in documents]


async def each(protocol: HttpToolsProtocol, polls: Sequence[bytes]) -> float:
    took = 0.0
    for start in range(0, len(polls), 500):
        began = time.thread_time()
        for poll in polls[start : start + 500]:
            protocol.data_received(poll)
        took += time.thread_time() - began
        await asyncio.sleep(0.001)  # the feed proves what is remembered
    return took / len(polls) * 1e6


async def profiled(way: Way) -> None:
    profile = cProfile.Profile()
    with profile:
        await took(way, 5000)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    asyncio.run(main())
