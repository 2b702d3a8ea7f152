"""A store whose database reads for polls go through a proxy, and a view of the server past it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import text

from example_jobs import RecordedDelivery, a_job
from jobs import SqlJobs, migrate, open_database
from live.tcp_proxy import TcpProxy
from patience import eventually

PLACES: Final = 5
"""How many connections polls share at most."""
OURS: Final = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND query LIKE 'SELECT jobs.id, %'"
)


class Ground:
    """`store` goes through the proxy, `direct` does not."""

    def __init__(self, url: str, proxy: TcpProxy) -> None:
        self.proxy = proxy
        self.database = open_database(proxy.url(url))
        self.store = SqlJobs(self.database, RecordedDelivery())
        self.direct = open_database(url)

    async def fill(self) -> None:
        await migrate(self.direct)
        store = SqlJobs(self.direct, RecordedDelivery())
        self.documents = [await store.create(a_job()) for _ in range(3)]

    async def poll(self, place: int = 0) -> float:
        """The seconds that it took to get the right answer."""
        began, document = time.monotonic(), self.documents[place % 3]
        answer = await self.store.status(document.id, owner=None)
        assert answer.document == document
        return time.monotonic() - began

    async def use_all_places(self) -> None:
        async with self.locked():
            polls = [asyncio.create_task(self.poll(place)) for place in range(PLACES)]
            await self.until("state = 'active'", PLACES)
        await asyncio.gather(*polls)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Meanwhile nobody can read the table."""
        async with self.direct.transaction() as connection:
            await connection.execute(text("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"))
            yield

    async def count(self, condition: str) -> int:
        async with self.direct.reading() as connection:
            found = await connection.execute(text(f"SELECT count(*) {OURS} AND {condition}"))
            return int(found.scalar_one())

    async def until(self, condition: str, wanted: int) -> None:
        """Until so many connections for polls meet the condition, at the server."""
        await eventually(lambda: self.count(condition), lambda count: count == wanted, beat=0.01)

    async def terminate(self, condition: str) -> None:
        """The server ends those connections."""
        which = f"SELECT pid {OURS} AND {condition} OFFSET 0"
        async with self.direct.reading() as connection:
            await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM ({which}) it"))
