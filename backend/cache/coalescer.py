"""Coalesces what is asked of each shard in one turn of the event loop into one question. No I/O.

A driver's command costs more than the server's answer by far: one MGET of sixty costs hardly more
than one GET, and sixty puts in one pipeline a third of sixty alone. Whoever asks alone loses
little: the question leaves in the next turn of the loop, before anything else is waited for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from functools import partial
from typing import Generic, TypeAlias, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Question: TypeAlias = Callable[[Collection[K]], Awaitable[Mapping[K, T]]]
Tell: TypeAlias = Callable[[T], None]


class Coalescer(Generic[K, T]):
    """`question` asks one shard about several things at once, and sets its own limit of time.

    Equal things are one. At most `most` travel together: the last of them waits for the first. For
    one event loop.
    """

    def __init__(self, question: Question[K, T], *, lost: T, most: int = 100) -> None:
        """`lost`: what is told of things of which the answer says nothing."""
        self._question = question
        self._lost = lost
        self._most = most
        self._waiting: dict[Hashable, dict[K, list[Tell[T]]]] = {}
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
        waiting = self._waiting.get(shard)
        if waiting is None:
            waiting = self._waiting[shard] = {}
            task = asyncio.get_running_loop().create_task(self._travel(shard, waiting))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        tells = waiting.get(thing)
        if tells is not None:
            tells.append(tell)
            return
        waiting[thing] = [tell]
        if len(waiting) >= self._most:
            del self._waiting[shard]

    async def _travel(self, shard: Hashable, waiting: Mapping[K, Collection[Tell[T]]]) -> None:
        if self._waiting.get(shard) is waiting:  # else nobody joins any more, they are so many
            del self._waiting[shard]
        told: Mapping[K, T] = {}
        try:
            told = await self._question(waiting)
        finally:  # also if it breaks off: nobody waits for ever
            for thing, tells in waiting.items():
                for tell in tells:
                    _call(tell, told.get(thing, self._lost))


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
