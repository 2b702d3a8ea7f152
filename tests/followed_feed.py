"""A change feed that a test moves question by question."""

from collections.abc import Callable

from cache.feed import Feed
from cache.near import Near
from example_documents import Clock
from jobs import Beginning, Document, News
from scripted_changes import Reply, ScriptedChanges

BEGUN = Beginning(cursor="0", versions={"a": 3})


class Followed:
    """A feed over a scripted change log, with all that it touches."""

    def __init__(self, *replies: Reply) -> None:
        self.clock = Clock()
        self.log = ScriptedChanges(*replies)
        self.near = Near(entries=10, size=2**20, negative_seconds=1.0, clock=self.clock)
        self.told: list[tuple[int, int]] = []
        self.feed = Feed(self.log, self.near, self._tell, self._lose, clock=self.clock)

    def _tell(self, document: Document, said_at: float) -> None:
        self.told.append((document.version, self.near.known(document.id)))

    async def ask(self, times: int = 1) -> None:
        for _ in range(times):
            await self.feed.ask()

    def late(self, seconds: float, answer: News) -> Callable[[], News]:
        """An answer that takes so long."""

        def give() -> News:
            self.clock.now += seconds
            return answer

        return give

    def _lose(self) -> None:
        self.told.clear()
