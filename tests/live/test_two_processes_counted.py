"""`uvicorn --workers 2`: statistics and metrics are those of the whole service, to the request."""

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from dev_servers import RedisServer
from live.client import Api, Document
from live.http_line import HttpLine
from live.installation import Installation, kill
from live.soak import longer, say
from patience import eventually

POLLS: Final = longer(1000, 5000)
"""Before one of the processes is killed, and again after it."""
LINES: Final = 3
"""To each process."""
Lines: TypeAlias = dict[int, list[HttpLine]]
"""By the process that has their other end."""

POLL: Final = 'method="GET",route="/api/v2/jobs/{job_id}"'
NOBODYS: Final = "/api/v2/jobs/job_" + "0" * 26

pytestmark = [
    pytest.mark.live,
    pytest.mark.soak,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for connections in /proc"),
]


def holder(line: HttpLine, port: int, pids: Iterable[int]) -> int | None:
    """Which of these processes has the other end of a connection to that port."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ends = f"0100007F:{port:04X}", f"0100007F:{line.own_port:04X}"
    sockets = {f"socket:[{row[9]}]" for row in rows if (row[1], row[2]) == ends}
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                if str(link.readlink()) in sockets:
                    return pid
    return None


async def lines_to_each(tally: Installation, api: Api) -> Lines:
    """Keep-alive connections to both processes, as many to each; none if that does not come out."""
    found: Lines = {}
    port = api.http.base_url.port or 0
    pids = tally.processes("multiprocessing.spawn")
    for _ in range(8 * LINES):
        line = await HttpLine.open(port)
        await line.ask("/livez")
        if pid := holder(line, port, pids):
            found.setdefault(pid, []).append(line)
    enough = len(found) == 2 and min(map(len, found.values())) >= LINES
    kept = {pid: lines[:LINES] for pid, lines in found.items()} if enough else {}
    for line in {*every(found)} - {*every(kept)}:
        line.close()
    return kept


def every(lines: Lines) -> list[HttpLine]:
    return [line for both in lines.values() for line in both]


def asked(jobs: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """Polls for ever: a third of them new to the client, a third not, a third for nobody's job."""
    while True:
        for job in jobs:
            yield job["links"]["self"], ""
            yield job["links"]["self"], f'"{job["version"]}.{job["schema"]}"'
            yield NOBODYS, ""


async def poll(lines: Sequence[HttpLine], polls: Iterator[tuple[str, str]]) -> Counter[int]:
    """So many polls, over all the lines at once; how many of each status were answered."""
    left, seen = iter(range(POLLS)), Counter[int]()

    async def one(line: HttpLine) -> None:
        for _ in left:
            seen[(await line.ask(*next(polls))).status] += 1

    await asyncio.gather(*map(one, lines))
    return seen


async def stats(line: HttpLine) -> Document:
    found: Document = json.loads((await line.ask("/api/v2/cache/stats")).body)["statistics"]
    return found


async def counters(line: HttpLine) -> dict[str, float]:
    """All that a scrape tells and that may only rise."""
    text = (await line.ask("/metrics")).body.decode()
    rising = re.findall(r"^(\w+_(?:total|bucket|count|sum)(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in rising}


def by_class(scraped: dict[str, float]) -> dict[str, float]:
    """Polls by class of status."""
    names = {f"{n}xx": f'tally_http_requests_total{{{POLL},status="{n}xx"}}' for n in range(1, 6)}
    return {kind: scraped[name] for kind, name in names.items() if name in scraped}


def all_well(now: Document) -> bool:
    """Both processes have all they need, and the server has told of itself."""
    processes = {"counted": 2, "redis_in_use": 2, "breaker_open": 0, "feed_proven": 2}
    processes["shared"] = True
    facts = now["server_facts"].get(now["server"], {})
    told = bool(facts) and facts["role"] != "unknown"
    return told and bool(now["redis_enabled"]) and bool(now["processes"] == processes)


async def test_they_agree_with_the_load_and_nothing_falls_when_a_process_is_killed(
    tally: Installation, redis: RedisServer
) -> None:
    tally.settings |= {"REDIS_URL": redis.url, "EMBEDDED_WORKER": "off"}
    # An idle connection must outlive a pause of a busy machine.
    api = await tally.serve("--workers", "2", "--timeout-keep-alive", "60").up()
    jobs = [await api.create("probe") for _ in range(5)]
    polls = asked(jobs)
    lines = await eventually(lambda: lines_to_each(tally, api), bool)
    seen = await poll(every(lines), polls)

    async def agree() -> list[bool]:
        told = [await stats(both[0]) for both in lines.values()]
        scrapes = [by_class(await counters(both[0])) for both in lines.values()]
        expected = {f"{status // 100}xx": count for status, count in seen.items()}
        return [one["total_requests"] == seen.total() for one in told] + [
            one == expected for one in scrapes
        ]

    await eventually(agree, all, seconds=10)
    (killed, _), (_, (left, *_)) = lines.items()
    before = await counters(left)
    kill(killed)
    alone = await eventually(lambda: stats(left), lambda now: now["processes"]["counted"] == 1)
    after = await counters(left)

    assert set(seen) == {200, 304, 404}
    assert {name for name, value in before.items() if after.get(name, -1.0) < value} == set()
    assert alone["total_requests"] == POLLS

    for line in every(lines):
        line.close()
    lines = await eventually(lambda: lines_to_each(tally, api), bool)
    seen += await poll(every(lines), polls)
    await eventually(agree, all, seconds=10)
    told = [await eventually(partial(stats, both[-1]), all_well) for both in lines.values()]
    for line in every(lines):
        line.close()
    say(f"{seen.total()} polls: {dict(seen)}; {told[0]['windows']['1m']}")

    for one in told:
        assert one["total_requests"] == one["hits"] + one["misses"] == seen.total() == 2 * POLLS
        assert one["windows"]["1h"]["requests"] == seen.total()
        assert one["latency"]["poll"]["count"] == seen.total()
        assert one["entry"]["samples"] == one["puts"]["stored"] > 0
        assert one["server_facts"][one["server"]]["role"] == "master"
