"""Polls a job in the background, as a polite client does, and keeps what it saw."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from live.client import JOB_SECONDS, Api, Document, is_done
from patience import seen


@dataclass(frozen=True, kw_only=True)
class Look:
    """One poll as its client saw it. `version` is the entity tag's; 0 where there was none."""

    status: int
    seconds: float
    version: int
    cache: str

    @property
    def hit(self) -> bool:
        return self.cache.startswith("tally; hit")


@dataclass
class Watch:
    """All looks at one job so far, and its newest document."""

    document: Document
    looks: list[Look] = field(default_factory=list)

    @property
    def versions(self) -> list[int]:
        return [look.version for look in self.looks]

    def note(self, answer: httpx.Response, seconds: float) -> None:
        tag = answer.headers.get("etag", '"0.0"')
        self.looks.append(
            Look(
                status=answer.status_code,
                seconds=seconds,
                version=int(tag.strip('"').partition(".")[0]),
                cache=answer.headers.get("cache-status", ""),
            )
        )
        if answer.status_code == 200:
            self.document = answer.json()

    async def until(self, holds: Callable[[Document], object]) -> Document:
        """The first document that `holds` as seen by a look; asks nothing itself."""
        return await seen(lambda: self.document, holds, seconds=JOB_SECONDS)

    async def until_done(self) -> Document:
        return await self.until(is_done)


@asynccontextmanager
async def polling(api: Api, job: Document, *, every: float) -> AsyncIterator[Watch]:
    """Polls until the block ends, which fails if polling broke off."""
    watch = Watch(document=job)

    async def look() -> None:
        etag = ""
        while True:
            began = time.monotonic()
            answer = await api.poll(job, etag)
            watch.note(answer, took := time.monotonic() - began)
            etag = answer.headers.get("etag", etag)
            await asyncio.sleep(max(0.0, every - took))

    task = asyncio.create_task(look())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()  # why polling broke off
