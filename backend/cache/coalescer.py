"""Coalesces what is asked of each shard in one turn of the event loop into one question. No I/O.

A driver's command costs more than the server's answer by far: one MGET of sixty costs hardly more
than one GET, and sixty puts in one pipeline a third of sixty alone. Whoever asks alone loses
little: the question leaves in the next turn of the loop, before anything else is waited for.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeAlias, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Question: TypeAlias = Callable[[Collection[K], float], Awaitable[Mapping[K, T]]]
"""Is told, too, for how many seconds the first of them has waited."""
Tell: TypeAlias = Callable[[T], None]
Batch: TypeAlias = dict[K, list[Tell[T]]]

_ABREAST: Final = 4
"""Questions to a shard that are under way at once: else a server that is 15 ms away would have one
for each turn of the loop, more than it has connections. Gets and puts, each so many, leave some of
the ten that are usual to others."""


@dataclass(slots=True)
class _Way(Generic[K, T]):
    """To one shard: who is on it, and whom the next may join."""

    turns: asyncio.Semaphore
    joined: Batch[K, T] | None = None
    batches: int = 0


class Coalescer(Generic[K, T]):
    """`question` asks one shard about several things at once, and sets its own limit of time.

    Equal things are one. At most `most` travel together: the last of them waits for the first.
    Where enough are under way, whoever waits is joined by those that come. For one event loop.
    """

    def __init__(self, question: Question[K, T], *, lost: T, most: int = 100) -> None:
        """`lost`: what is told of things of which the answer says nothing."""
        self._question = question
        self._lost = lost
        self._most = most
        self._ways: dict[Hashable, _Way[K, T]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def ask(self, shard: Hashable, thing: K) -> "asyncio.Future[T]":
        """What will be said of this thing. Who leaves harms no other."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.join(shard, thing, partial(resolve, future))
        return future

    def join(self, shard: Hashable, thing: K, tell: Tell[T]) -> None:
        """`tell` is called once, in a later turn, with what is said of this thing.

        What it raises reaches the loop's exception handler, and none of the others.
        """
        way = self._ways.get(shard)
        if way is None:
            way = self._ways[shard] = _Way(turns=asyncio.Semaphore(_ABREAST))
        batch = way.joined
        if batch is None:
            batch = self._begin(shard, way)
        tells = batch.get(thing)
        if tells is not None:
            tells.append(tell)
            return
        batch[thing] = [tell]
        if len(batch) >= self._most:
            way.joined = None

    def _begin(self, shard: Hashable, way: _Way[K, T]) -> Batch[K, T]:
        batch: Batch[K, T] = {}
        way.joined = batch
        way.batches += 1
        travel = self._travel(shard, way, batch, time.monotonic())
        task = asyncio.get_running_loop().create_task(travel)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return batch

    async def _travel(
        self, shard: Hashable, way: _Way[K, T], batch: Batch[K, T], began: float
    ) -> None:
        told: Mapping[K, T] = {}
        try:
            async with way.turns:
                _close(way, batch)
                told = await self._question(batch, time.monotonic() - began)
        finally:  # also if it is broken off on its way: nobody waits for ever
            _close(way, batch)
            way.batches -= 1
            if not way.batches:
                del self._ways[shard]
            for thing, tells in batch.items():
                for tell in tells:
                    _call(tell, told.get(thing, self._lost))


def _close(way: _Way[K, T], batch: Batch[K, T]) -> None:
    """Nobody joins it any more."""
    if way.joined is batch:
        way.joined = None


def resolve(future: "asyncio.Future[T]", value: T) -> None:
    """Unless nobody waits for it any more."""
    if not future.done():
        future.set_result(value)


def _call(tell: Tell[T], value: T) -> None:
    try:
        tell(value)
    except Exception as error:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": f"{tell} broke off", "exception": error})
