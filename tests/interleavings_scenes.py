"""Stepped scenes put together from a script: who polls, who writes, and what else happens."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from cache import NearKnobs
from cache.entry import encode, key
from interleavings import Scene
from interleavings_process import Process, at_rest
from interleavings_stage import Stage
from interleavings_world import ID, WALL, World, a_document
from jobs import Event

Writes = tuple[tuple[str, tuple[Event, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Script:
    """At first the database has version 1 of the job (unless somebody `creates` it), and so has a
    `warm` Redis. The feeds of all rooms with a poll have begun, but for those `starting` now.
    """

    polls: tuple[str, ...] = ()
    """The rooms of the readers, one each; each begins at any moment."""
    lanes: int = 0
    """So many of the readers, the first ones, go by the fast lane."""
    owner: str = "default"
    seen: bool = False
    """Whether each reader has seen, somewhere, the newest version there is when it begins."""
    batches: bool = False
    """Whether the last reader asks for another job as well, which does not exist."""
    leaves: bool = False
    """Whether the first reader may leave at any moment."""
    near: NearKnobs | None = NearKnobs()  # noqa: RUF009 - frozen
    writes: Writes = ()
    """Rooms and the changes committed there, one after the other."""
    creates: str = ""
    """The room, one of `writes`, that creates the job first."""
    puts: Mapping[str, str] = field(default_factory=dict)
    guarded: bool = False
    loose: bool = False
    asks: Mapping[str, int] = field(default_factory=dict)
    """How many feed questions there are, by rooms."""
    starting: str = ""
    hears: bool = False
    warm: bool = False
    polled: bool = False
    """Whether each reader's room has polled the job before."""
    expires: bool = False
    cut_off: str = ""
    """The room that the database does not answer from some moment on."""
    passing: tuple[float, ...] = ()
    """Pauses in seconds, each of which may begin at any moment."""
    planted: bytes = b""
    """A value that appears under the job's key at any moment."""
    past: tuple[Event, ...] = ()
    """Changes of before, which Redis was not told of."""


def played(script: Script) -> Scene:
    return partial(_play, script)


def _play(script: Script, stage: Stage) -> Callable[[], None]:
    world = World(stage)
    rooms = {name: _process(script, world, name) for name in _rooms(script)}
    stage.open = {*world.listeners, *(script.polls if script.seen else ())}
    stage.timed = bool(script.passing)
    _before(script, world, rooms)
    for name, events in script.writes:
        stage.begin(rooms[name].write(*events, create=name == script.creates))
    for name, times in script.asks.items():
        stage.begin(rooms[name].ask(times))
    _weather(script, world)
    _audience(script, stage, rooms)
    untold = script.past or script.planted or script.expires
    told = not untold and {*script.puts.values()} <= {"kept", "late"}
    return lambda: at_rest(world, rooms.values(), mended=not script.hears, told=told)


def _rooms(script: Script) -> list[str]:
    names = [*script.polls, *(room for room, _ in script.writes), *script.asks]
    return [*dict.fromkeys(names)]


def _process(script: Script, world: World, name: str) -> Process:
    serves = name in script.polls or name in script.asks
    return Process(
        world,
        name,
        near=script.near if serves else None,
        puts=script.puts.get(name, "kept"),
        hears=script.hears and serves,
        guarded=script.guarded,
        loose=script.loose,
    )


def _before(script: Script, world: World, rooms: Mapping[str, Process]) -> None:
    if not script.creates:
        world.commit(a_document(1), 0)
    if script.warm:
        world.redis[key(ID)] = encode(a_document(1), world.stage.loop.now + WALL)
    writer = Process(world, "before", near=None, puts="lost")
    world.stage.calm(writer.write(*script.past))
    for name, process in rooms.items():
        if process.memory.feed and name != script.starting:
            world.stage.calm(process.ask())
        if script.polled and name in script.polls:
            world.stage.calm(process.read())


def _weather(script: Script, world: World) -> None:
    stage = world.stage
    if script.expires:
        stage.outside("the entry expires", world.redis.clear)
    if script.planted:
        stage.outside("a planted value", lambda: world.redis.update({key(ID): script.planted}))
    if script.cut_off:
        stage.outside("no database", lambda: world.cut_off.add(script.cut_off))
    for number, seconds in enumerate(script.passing):
        stage.outside(f"pause {number}", partial(_pass, stage, seconds))


def _pass(stage: Stage, seconds: float) -> None:
    stage.loop.now += seconds  # who sleeps wakes when the step is done


def _audience(script: Script, stage: Stage, rooms: Mapping[str, Process]) -> None:
    begun: dict[int, asyncio.Task[None]] = {}

    def poll(number: int, process: Process) -> None:
        more = script.batches and number == len(script.polls) - 1
        lane = number < script.lanes
        reader = process.read(owner=script.owner, seen=script.seen, more=more, lane=lane)
        begun[number] = stage.begin(reader)

    for number, name in enumerate(script.polls):
        stage.later(name, f"poll {number}", partial(poll, number, rooms[name]))
    if script.leaves:
        room = script.polls[0]
        stage.later(room, "the first leaves", lambda: begun and next(iter(begun.values())).cancel())
