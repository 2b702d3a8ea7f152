"""Coalesces the gets of one turn of the event loop into one question to the server. No I/O.

A driver's command costs more than the server's answer by far: one MGET of sixty costs hardly more
than one GET. Whoever asks alone loses nothing: the question leaves in the same turn.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from cache.tier import Budget, Trouble

T = TypeVar("T")
Ask = Callable[[Sequence[str], Budget], Awaitable[Sequence[T] | Trouble]]


class CoalescedGets(Generic[T]):
    """Gets of one server; `ask` asks for several keys at once and never raises.

    At most `most` keys travel together: the last of them waits for the first. For one event loop.
    """

    def __init__(self, ask: Ask[T], *, most: int = 100) -> None:
        self._ask = ask
        self._most = most
        self._waiting: dict[str, list[asyncio.Future[T | Trouble]]] = {}
        self._seconds = 0.0
        self._under_way: set[asyncio.Task[None]] = set()

    async def get(self, key: str, budget: Budget) -> T | Trouble:
        """What `ask` says of this key. Who leaves harms no other.

        The shortest of their budgets holds for all who travel together, so who has spent most of
        his had better travel alone. The budget is spent by the time that passed.
        """
        future: asyncio.Future[T | Trouble] = asyncio.get_running_loop().create_future()
        self._join(key, future, budget.left)
        began = time.monotonic()
        try:
            return await future
        finally:
            budget.spend(time.monotonic() - began)

    def _join(self, key: str, future: "asyncio.Future[T | Trouble]", seconds: float) -> None:
        if not self._waiting:
            self._seconds = seconds
            asyncio.get_running_loop().call_soon(self._leave)
        self._waiting.setdefault(key, []).append(future)
        self._seconds = min(self._seconds, seconds)
        if len(self._waiting) >= self._most:
            self._leave()

    def _leave(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if waiting:  # else they have left already, being so many
            task = asyncio.get_running_loop().create_task(self._travel(waiting, self._seconds))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _travel(
        self, waiting: dict[str, list["asyncio.Future[T | Trouble]"]], seconds: float
    ) -> None:
        told = await self._ask([*waiting], Budget(seconds))
        answers: Sequence[T | Trouble] = (
            [told] * len(waiting) if isinstance(told, Trouble) else told
        )
        for futures, answer in zip(waiting.values(), answers, strict=True):
            for future in futures:
                if not future.done():
                    future.set_result(answer)
