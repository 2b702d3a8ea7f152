"""What a poll's read costs, as it is and through the SQL library above the driver, side by side.

`python tests/poll_reads_bench.py` makes databases of its own and prints the table of
docs/decisions/0013-poll-reads.md: rounds interleaved, the best of them, as `timeit` does.
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

if __name__ == "__main__":
    _HERE = Path(__file__).resolve().parent
    sys.path[:0] = [str(_HERE.parent / "backend"), str(_HERE), str(_HERE.parent)]

from dev_servers import PostgresServer, postgres_programs
from example_jobs import RecordedDelivery, a_job
from jobs import Database, Document, SqlJobs, migrate, open_database
from jobs.sql_jobs import DOCUMENTS
from jobs.sql_polls import READ
from jobs.sql_rows import document_of
from jobs.sql_schema import jobs

Ask: TypeAlias = Callable[[str], Awaitable[object]]

AT_ONCE: Final = (1, 64)
OLD: Final = "SQLAlchemy"
NEW: Final = "as it is"
IN_THE_LOOP: Final = "sqlite3 in the event loop"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Microseconds per read, and of the process's CPU."""

    wall: float
    cpu: float


async def old_way(database: Database, job_ids: Sequence[str]) -> Mapping[str, Document]:
    """What polls read before they had connections of their own."""
    async with database.reading() as connection:
        found = await connection.execute(DOCUMENTS.where(jobs.c.id.in_([*job_ids])))
        return {row["id"]: document_of(dict(row)) for row in found.mappings()}


async def measured(database: Database, *, reads: int, rounds: int) -> dict[tuple[str, int], Cost]:
    """By way and by how many ask at once. The database must be migrated; it gets 100 jobs more."""
    store = SqlJobs(database, RecordedDelivery())
    ids = [(await store.create(a_job())).id for _ in range(100)]
    ways: dict[str, Ask] = {
        OLD: lambda job_id: old_way(database, [job_id]),
        NEW: lambda job_id: store.status(job_id, owner=None),
    }
    if database.is_sqlite:
        ways[IN_THE_LOOP] = _in_the_loop(database.reads.url.database or "")
    costs: dict[tuple[str, int], list[Cost]] = defaultdict(list)
    for _ in range(rounds):
        for way, ask in ways.items():
            for at_once in AT_ONCE:
                costs[way, at_once].append(await _cost(ask, ids, at_once, reads))
    return {line: _best(taken) for line, taken in costs.items()}


def _in_the_loop(file: str) -> Ask:
    connection = sqlite3.connect(file, isolation_level=None)

    async def ask(job_id: str) -> object:
        return connection.execute(READ + "= ?", (job_id,)).fetchall()

    return ask


async def _cost(ask: Ask, ids: Sequence[str], at_once: int, reads: int) -> Cost:
    await asyncio.gather(*(ask(job_id) for job_id in ids[:at_once]))  # all connections are there
    turns = iter(range(reads))

    async def take_turns() -> None:
        for turn in turns:
            await ask(ids[turn % len(ids)])

    began, spent = time.perf_counter(), time.process_time()
    await asyncio.gather(*(take_turns() for _ in range(at_once)))
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    return Cost(wall=wall / reads * 1e6, cpu=cpu / reads * 1e6)


def _best(costs: Sequence[Cost]) -> Cost:
    return Cost(wall=min(cost.wall for cost in costs), cpu=min(cost.cpu for cost in costs))


async def _measure(url: str) -> None:
    database = open_database(url)
    await migrate(database)
    costs = await measured(database, reads=200, rounds=25)
    await database.close()
    for (way, at_once), cost in costs.items():
        line = f"| {url.partition(':')[0]} | {way} | {at_once} | {cost.wall:.0f} | {cost.cpu:.0f} |"
        sys.stdout.write(f"{line}\n")


def _main() -> None:
    import uvloop

    sys.stdout.write("| Database | Way | At once | us | us of CPU |\n|---|---|---|---|---|\n")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        uvloop.run(_measure(f"sqlite:///{folder}/tally.db"))
        if programs := postgres_programs():
            server = stack.enter_context(PostgresServer(programs))
            uvloop.run(_measure(server.create_database()))


if __name__ == "__main__":
    _main()
