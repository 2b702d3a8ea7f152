"""What is outside of the processes in the stepped scenes: a database, its change log, and a Redis.

A model for this one purpose: whatever could be in any order has turns, and everything else is as
simple as the promises of `JobStore`, `ChangeLog` and `Cache` allow. The real edges are tested
against real servers elsewhere; `test_interleavings_model.py` compares the put with the real script.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Final, TypeVar

from example_jobs import a_job
from interleavings_redis import put_if_newer
from interleavings_stage import Stage
from jobs import (
    Answer,
    Change,
    Claimed,
    Deleted,
    Document,
    Event,
    Finished,
    IllegalStep,
    Job,
    JobGone,
    JobsError,
    Page,
    PageQuery,
    Progressed,
    StoreUnavailable,
)

T = TypeVar("T")
ID: Final = "job_" + "0" * 26
OTHER_ID: Final = "job_" + "1" * 26
START: Final = Claimed(worker="w")
GO_ON: Final = Progressed(fence=1, percent=50, phase="work")
FINISH: Final = Finished(fence=1)
DELETE: Final = Deleted()
WALL: Final = 1_000_000.0
"""How far the wall clock is ahead of the loop's, in seconds."""


def a_document(
    version: int, job_id: str = ID, *, done: bool = False, gone: bool = False
) -> Document:
    """The one document that the model's database ever has of that version."""
    body = b"" if gone else b"%s at %d" % (job_id.encode(), version)
    return Document(
        id=job_id,
        owner="default",
        version=version,
        done=done,
        gone=gone,
        retry_after=0 if done else 1,
        body=body,
    )


class World:
    """The outside as it is now. `listeners`: rooms that are told of what Redis keeps."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.world = self.key
        self.commits: list[tuple[float, Document]] = []
        self.redis: dict[str, bytes] = {}
        self.listeners: dict[str, Callable[[bytes], None]] = {}
        self.to_commit = 0
        """Changes still to come. When there are none, what the database answers is sure."""
        self.cut_off: set[str] = set()
        """Rooms that the database does not answer."""

    def key(self) -> Hashable:
        commits = tuple((round(at, 2), document) for at, document in self.commits)
        return (commits, tuple(sorted(self.redis.items())), tuple(sorted(self.cut_off)))

    def newest(self, job_id: str = ID, *, at: float = float("inf")) -> Document | None:
        """The job's document now, or as it was at a time."""
        found = [
            document for when, document in self.commits if document.id == job_id and when <= at
        ]
        return found[-1] if found else None

    def version(self, job_id: str = ID, *, at: float = float("inf")) -> int:
        document = self.newest(job_id, at=at)
        return document.version if document else 0

    def final(self) -> bool:
        return self.to_commit == 0

    def commit(self, document: Document, before: int) -> bool:
        """False where somebody else changed the job since that version was read."""
        if self.version(document.id) != before:
            return False
        self.commits.append((self.stage.loop.now, document))
        return True

    def put(self, key: str, value: bytes) -> int | bytes:
        kept, result = put_if_newer(self.redis.get(key), value)
        if kept:
            self.redis[key] = kept
        if result == 1:
            for room, deliver in self.listeners.items():
                self._announce(room, deliver, value)
        return result

    def _announce(self, room: str, deliver: Callable[[bytes], None], value: bytes) -> None:
        name = f"hears {value[:27].decode()}"
        self.stage.later(room, name, lambda: deliver(value), needed=False)


class ModelStore:
    """The database as one process sees it; `guarded`: reads, then writes if nobody else has."""

    def __init__(self, world: World, room: str, *, guarded: bool) -> None:
        self._world = world
        self._room = room
        self._guarded = guarded

    async def create(self, job: Job) -> Document:
        document = a_document(1, job.id)
        await self._turn("creates", lambda: self._create(document))
        return document

    def _create(self, document: Document) -> None:
        self._world.to_commit -= self._world.commit(document, 0)

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        look = partial(self._world.newest, job_id)
        document = await self._turn("loads", look, sure=self._world.final)
        return Answer(document=document)

    async def statuses(
        self, wanted: Mapping[str, int], *, owner: str | None
    ) -> Mapping[str, Answer]:
        def look() -> dict[str, Document | None]:
            return {job_id: self._world.newest(job_id) for job_id in wanted}

        documents = await self._turn("loads", look, sure=self._world.final)
        return {job_id: Answer(document=document) for job_id, document in documents.items()}

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        while True:
            before = await self._before(job_id)
            after = next_document(before, event) if self._guarded else None
            committed = await self._turn("commits", partial(self._write, job_id, event, after))
            if committed:
                return Change(job=a_job(), document=committed)

    async def _before(self, job_id: str) -> Document | None:
        if not self._guarded:
            return None
        return await self._turn("loads to write", lambda: self._world.newest(job_id))

    def _write(self, job_id: str, event: Event, after: Document | None) -> Document | None:
        try:
            after = after or next_document(self._world.newest(job_id), event)
        except JobsError:
            self._world.to_commit -= 1
            raise
        committed = self._world.commit(after, after.version - 1)
        self._world.to_commit -= committed
        return after if committed else None

    async def get(self, job_id: str, *, owner: str | None) -> Job:
        raise NotImplementedError

    async def page(self, query: PageQuery) -> Page:
        raise NotImplementedError

    async def _turn(self, name: str, act: Callable[[], T], *, sure: Callable[[], bool] = bool) -> T:
        return await self._world.stage.turn(self._room, name, lambda: self._ask(act), sure=sure)

    def _ask(self, act: Callable[[], T]) -> T:
        if self._room in self._world.cut_off:
            raise StoreUnavailable
        return act()


def next_document(before: Document | None, event: Event) -> Document:
    """What follows. Raises JobGone, IllegalStep."""
    if before is None or before.gone:
        raise JobGone
    if before.done != isinstance(event, Deleted):
        raise IllegalStep
    done = isinstance(event, Finished | Deleted)
    return a_document(before.version + 1, before.id, done=done, gone=isinstance(event, Deleted))
