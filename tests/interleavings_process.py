"""One process of a stepped scene: the real memory over the model's outside, and the promises to it.

Its actors note what the process has given, written and had proven: every answer is held to that.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from cache import CacheStats, Memory, NearKnobs
from cache.entry import key
from cache.freshness import PROOF_SECONDS
from example_jobs import a_job
from interleavings_lane import answer_by_lane
from interleavings_log import ModelLog
from interleavings_redis import ModelRedis
from interleavings_world import ID, OTHER_ID, WALL, ModelStore, World
from jobs import Answer, Event, JobsError, StoreUnavailable

TTL: float = 30.0
"""The lifetime of documents that are not done, which is that of stale answers, too."""
_UNREAD: Final = CacheStats()
"""One for all: nobody reads it, and one for each of ten thousand worlds takes seconds."""


class Process:
    """`near=None`: no near tier and no feed. `puts`: "kept", "lost", or "late": in a socket."""

    def __init__(
        self,
        world: World,
        name: str,
        *,
        near: NearKnobs | None = NearKnobs(),  # noqa: B008 - frozen
        puts: str = "kept",
        hears: bool = False,
        guarded: bool = False,
        loose: bool = False,
    ) -> None:
        self.world, self.stage, self.name = world, world.stage, name
        self.log = ModelLog(world, name, loose=loose)
        self.memory = Memory(
            ModelStore(world, name, guarded=guarded),
            ModelRedis(world, name, puts),
            _UNREAD,
            changes=self.log if near else None,
            near=near or NearKnobs(),
            clock=self.stage.loop.time,
            wall=lambda: self.stage.loop.time() + WALL,
        )
        self.least = 0
        """The version below which nobody who begins now may be answered."""
        self.proven_at = float("-inf")
        """When the feed's last answered question was asked."""
        if hears:
            world.listeners[name] = self.memory.push.deliver

    async def ask(self, times: int = 1) -> None:
        """Ask the feed; what the database had by then is known here from now on."""
        assert self.memory.feed
        for _ in range(times):
            asked, answered = self.stage.loop.now, self.log.answered
            await self.memory.feed.ask()
            if self.log.answered > answered:
                self.least = max(self.least, self.log.saw)
                self.proven_at = asked

    async def write(self, *events: Event, create: bool = False) -> None:
        """Commit changes, if they are legal then; this process sees its own ones at once."""
        self.world.to_commit += len(events) + create
        if create:
            document = await self.memory.store.create(replace(a_job(now=0.0), id=ID))
            self.least = max(self.least, document.version)
        for event in events:
            try:
                change = await self.memory.store.advance(ID, event, now=0.0)
            except JobsError:
                continue
            self.least = max(self.least, change.document.version)

    async def read(
        self, *, owner: str = "default", seen: bool = False, more: bool = False, lane: bool = False
    ) -> None:
        """One poll. `seen`: by a client that has seen the newest version just now; `more`: that
        asks for another job as well, which does not exist; `lane`: by the fast lane.
        """
        floor = self.world.version() if seen else 0
        least, began = max(self.least, floor), self.stage.loop.now
        self.stage.note(self.name, (least, floor))
        try:
            answer = await self._answer(owner, floor, more=more, lane=lane)
        except StoreUnavailable:
            return
        except asyncio.CancelledError:
            if task_was_left():
                raise
            self.stage.violations.append(f"{self.name}: cancelled because somebody else left")
            return
        wrongs = list(self._wrongs(answer, owner, least, began))
        self.stage.violations += [f"{self.name}: {wrong}" for wrong in wrongs]
        if answer.document:
            self.least = max(self.least, answer.document.version)

    async def _answer(self, owner: str, floor: int, *, more: bool, lane: bool) -> Answer:
        if lane:
            wrong = self.stage.violations.append
            return await answer_by_lane(self.memory.store, owner, floor, wrong)
        if not more:
            return await self.memory.store.status(ID, owner=owner, floor=floor)
        answers = await self.memory.store.statuses({OTHER_ID: 0, ID: floor}, owner=owner)
        if answers[OTHER_ID].document:
            self.stage.violations.append(f"{self.name}: gave a job that does not exist")
        return answers[ID]

    def _wrongs(self, answer: Answer, owner: str, least: int, began: float) -> Iterable[str]:
        document = answer.document
        if owner == "mallory":
            if document:
                yield "gave another owner's job"
            return
        version = document.version if document else 0
        if version < least:
            yield f"gave version {version} to somebody who could know {least}"
        bound = self._bound(answer, began)
        if version < self.world.version(at=began - bound - 0.001):
            yield f"gave version {version}, older than {bound} s"
        if document and document not in [known for _, known in self.world.commits]:
            yield f"gave what the database never said: {document}"

    def _bound(self, answer: Answer, began: float) -> float:
        """How old the answer may be at most, in seconds."""
        proven = began - self.proven_at < PROOF_SECONDS
        near = answer.hit and answer.detail == "near"
        return PROOF_SECONDS if proven or near else TTL


def task_was_left() -> bool:
    """Whether it is this very task that somebody cancelled."""
    task = asyncio.current_task()
    return bool(task and task.cancelling())


def at_rest(
    world: World, processes: Iterable[Process], *, mended: bool = True, told: bool = False
) -> None:
    """When all is quiet and every feed has asked once more, nobody anywhere holds the past.

    `told`: no put was lost, so that Redis cannot hold it even before it is mended.
    """
    stage, followers = world.stage, [one for one in processes if one.memory.feed]
    world.cut_off.clear()
    for process in followers:
        stage.calm(process.ask())
        _true(process)
    while stage.turns:  # what was under way all the time: puts in sockets, values announced
        stage.take(stage.turns[0])
    raw = world.redis.get(key(ID))
    if told and raw and int(raw[8:27]) < world.version():
        stage.violations.append(f"Redis has {raw[:27]!r}, and nobody's put was lost")
    for process in followers:
        _true(process)
        process.least = max(process.least, world.version())
    if mended:
        _mended(world, followers)
    for process in processes:
        stage.calm(process.read())


def _mended(world: World, followers: Iterable[Process]) -> None:
    """What is remembered anywhere, Redis has half a second later."""
    world.stage.pass_time(0.5)
    for process in followers:
        world.stage.calm(process.memory.mending.mend())
    raw = world.redis.get(key(ID))
    remembered = any(process.memory.near.get(ID) for process in followers)
    if remembered and raw and int(raw[8:27]) < world.version():
        world.stage.violations.append(f"Redis was left with {raw[:27]!r}")


def _true(process: Process) -> None:
    held = process.memory.near.get(ID)
    newest = process.world.newest()
    if held and held.document != newest:
        process.stage.violations.append(f"{process.name}: its near tier holds {held.document}")
    if newest and process.memory.near.denied(ID):
        process.stage.violations.append(f"{process.name}: its near tier denies the job")
