"""Coalesces the gets of one turn of the event loop into one question to each shard. No I/O.

A driver's command costs more than the server's answer by far: one MGET of sixty costs hardly more
than one GET. Whoever asks alone loses next to nothing: the question leaves two turns of the loop
later at most, before anything else is waited for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from functools import partial
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
Ask: TypeAlias = Callable[[Collection[str]], Awaitable[Mapping[str, T]]]
Tell: TypeAlias = Callable[[T], None]


class CoalescedGets(Generic[T]):
    """`ask` asks one shard for several keys at once, and sets its own limit of time.

    At most `most` keys travel together: the last of them waits for the first. For one event loop.
    """

    def __init__(self, ask: Ask[T], *, lost: T, most: int = 100) -> None:
        """`lost`: what is told of keys of which `ask` says nothing."""
        self._ask = ask
        self._lost = lost
        self._most = most
        self._waiting: dict[Hashable, dict[str, list[Tell[T]]]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def get(self, shard: Hashable, key: str) -> T:
        """What `ask` says of this key. Who leaves harms no other."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.join(shard, key, partial(_resolve, future))
        return await future

    def join(self, shard: Hashable, key: str, tell: Tell[T]) -> None:
        """`tell` is called once, in a later turn, with what `ask` says of this key.

        What it raises reaches the loop's exception handler, and none of the others.
        """
        waiting = self._waiting.get(shard)
        if waiting is None:
            waiting = self._waiting[shard] = {}
            asyncio.get_running_loop().call_soon(self._leave, shard)
        tells = waiting.get(key)
        if tells is not None:
            tells.append(tell)
            return
        waiting[key] = [tell]
        if len(waiting) >= self._most:
            self._leave(shard)

    def _leave(self, shard: Hashable) -> None:
        waiting = self._waiting.pop(shard, None)
        if waiting:  # else they have left already, being so many
            task = asyncio.get_running_loop().create_task(self._travel(waiting))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _travel(self, waiting: Mapping[str, Collection[Tell[T]]]) -> None:
        told: Mapping[str, T] = {}
        try:
            told = await self._ask(waiting)
        finally:  # also if it breaks off: nobody waits for ever
            for key, tells in waiting.items():
                for tell in tells:
                    _call(tell, told.get(key, self._lost))


def _resolve(future: "asyncio.Future[T]", value: T) -> None:
    if not future.done():
        future.set_result(value)


def _call(tell: Tell[T], value: T) -> None:
    try:
        tell(value)
    except Exception as error:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": f"{tell} broke off", "exception": error})
