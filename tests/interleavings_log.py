"""The change log of the stepped scenes, by the promises of `ChangeLog` and no more."""

from collections.abc import Callable
from typing import TypeVar

from interleavings_world import World
from jobs import Beginning, News, StoreUnavailable

T = TypeVar("T")


class ModelLog:
    """The change log as one process follows it. `loose`: tells twice, and in another order."""

    beat_seconds = 0.25

    def __init__(self, world: World, room: str, *, loose: bool) -> None:
        self._world = world
        self._room = room
        self._loose = loose
        self.saw = 0
        """The job's version when the last answered question took effect."""
        self.answered = 0
        """How many questions were answered."""

    async def begin(self) -> Beginning:
        cursor, saw = await self._turn("feed begins", lambda: str(len(self._world.commits)))
        versions, _ = await self._turn("feed lists", self._versions)
        self.saw, self.answered = saw, self.answered + 1
        return Beginning(cursor=cursor, versions=versions)

    async def since(self, cursor: str) -> News:
        news, self.saw = await self._turn("feed asks", lambda: self._news(int(cursor)))
        self.answered += 1
        return news

    async def close(self) -> None:
        """There is nothing to close."""

    def _versions(self) -> dict[str, int]:
        newest = {document.id: document for _, document in self._world.commits}
        return {job.id: job.version for job in newest.values() if not job.done}

    def _news(self, cursor: int) -> News:
        commits = self._world.commits
        told = commits[max(0, cursor - 1) :][::-1] if self._loose else commits[cursor:]
        newest = {change.id: self._world.newest(change.id) for _, change in told}
        documents = tuple(document for document in newest.values() if document)
        return News(documents=documents, cursor=str(len(commits)))

    async def _turn(self, name: str, act: Callable[[], T]) -> tuple[T, int]:
        return await self._world.stage.turn(
            self._room,
            name,
            lambda: (self._ask(act), self._world.version()),
            sure=self._world.final,
        )

    def _ask(self, act: Callable[[], T]) -> T:
        if self._room in self._world.cut_off:
            raise StoreUnavailable
        return act()
