"""A crowd of polite clients that poll at a steady rate, whatever the answers take: an open loop.

It knows paths and a place, no jobs; what it saw is for poll_figures.py to judge.
"""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count, cycle
from typing import Final

from ops.http_line import HttpLine, Place, Reply
from ops.poll_figures import Look, PollFigures, sum_up

PATIENCE_SECONDS: Final = 5.0
"""A poll without an answer by then is an error."""
_MOST_LINES: Final = 64
"""Connections at a time; who finds none free waits, and its time counts."""
_IDLE_SECONDS: Final = 2.0
"""A connection unused for longer is not used again: the server may be closing it just now."""
_VERSION: Final = re.compile(r'"(\d{1,15})\.')


class Polls:
    """One client per path; each sends back the newest entity tag that it has seen."""

    def __init__(self, place: Place, paths: Sequence[str], *, rate: float) -> None:
        """`rate`: polls per second, of all together."""
        self._place = place
        self._paths = paths
        self._rate = rate
        self._seen: dict[str, tuple[int, str]] = {}
        self._gone: set[str] = set()
        self._idle: list[HttpLine] = []
        self._room = asyncio.Semaphore(_MOST_LINES)
        self._under_way: set[asyncio.Task[None]] = set()
        self.looks: list[Look] = []

    def aim(self, place: Place) -> None:
        """Poll there from now on; what is under way ends where it was sent."""
        self._place = place

    def newest(self, path: str) -> int:
        """The newest version of it that was seen; 0: none."""
        return self._seen.get(path, (0, ""))[0]

    def figures(self, since: int = 0) -> PollFigures:
        """Of all polls that were answered, but the first so many."""
        return sum_up(self.looks[since:])

    async def run(self) -> None:
        """Poll until cancelled, or until every job is gone."""
        began = time.monotonic()
        paths = cycle(self._paths)
        for number in count():
            due = began + number / self._rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if len(self._gone) == len(self._paths):
                return
            path = next(path for path in paths if path not in self._gone)
            task = asyncio.create_task(self._poll(path, due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def end(self) -> None:
        """Wait for the polls under way, and close what is open."""
        if self._under_way:
            await asyncio.wait(self._under_way)
        self._close()

    async def _poll(self, path: str, due: float) -> None:
        floor, tag = self._seen.get(path, (0, ""))
        status, version, trouble = 0, 0, ""
        try:
            async with asyncio.timeout_at(_loop_time(due + PATIENCE_SECONDS)):
                reply = await self._ask(path, tag)
        except TimeoutError:
            trouble = f"no answer within {PATIENCE_SECONDS:g} s"
        except OSError as error:
            trouble = _named(error)
        else:
            status, version = reply.status, self._note(path, reply)
        self.looks.append(
            Look(
                due=due,
                seconds=time.monotonic() - due,
                status=status,
                version=version,
                floor=floor,
                trouble=trouble,
            )
        )

    async def _ask(self, path: str, tag: str) -> Reply:
        async with self._room:
            line = self._fresh() or await HttpLine.open(self._place)
            try:
                reply = await line.get(path, tag)
            except BaseException:
                line.close()
                raise
            self._give_back(line)
            return reply

    def _note(self, path: str, reply: Reply) -> int:
        """The version told, which is kept if it is the newest."""
        if reply.status == 410:
            self._gone.add(path)
        found = _VERSION.search(reply.etag)
        version = int(found[1]) if found else 0
        if version > self.newest(path):
            self._seen[path] = (version, reply.etag)
        return version

    def _fresh(self) -> HttpLine | None:
        """A connection that may be used; those that may not are closed."""
        while self._idle:
            line = self._idle.pop()
            recent = time.monotonic() - line.used_at < _IDLE_SECONDS
            if recent and line.is_open and line.place == self._place:
                return line
            line.close()
        return None

    def _give_back(self, line: HttpLine) -> None:
        if line.is_open and line.place == self._place:
            self._idle.append(line)
        else:
            line.close()

    def _close(self) -> None:
        while self._idle:
            self._idle.pop().close()


@asynccontextmanager
async def polling(place: Place, paths: Sequence[str], *, rate: float) -> AsyncIterator[Polls]:
    """Polls go on as long as the block; when it has ended, all of them have."""
    polls = Polls(place, paths, rate=rate)
    task = asyncio.create_task(polls.run())
    try:
        yield polls
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await polls.end()


def _loop_time(at: float) -> float:
    """The same moment by the event loop's clock, which may be another one."""
    return asyncio.get_running_loop().time() + at - time.monotonic()


def _named(error: OSError) -> str:
    """A few words, the same for the same trouble: they are counted."""
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__
