"""Work that waits behind a door, and callers who wait for it together."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

from cache.single_flight import SingleFlight


class DooredWork:
    """Begins, waits for its door, and then gives a number, or what it was told to raise.

    What is in `early` it finds before.
    """

    def __init__(self, *early: str) -> None:
        self.begun = self.ended = self.cancelled = 0
        self.entered = asyncio.Event()
        self.door = asyncio.Event()
        self.error: BaseException | None = None
        self.keys: list[list[str]] = []
        self._early = early

    async def __call__(self, keys: Collection[str]) -> AsyncIterator[Mapping[str, int]]:
        self.begun += 1
        number = self.begun
        self.keys.append([*keys])
        yield {key: number for key in keys if key in self._early}
        self.entered.set()
        try:
            await self.door.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.ended += 1
        if self.error:
            raise self.error
        yield {key: number for key in keys if key not in self._early}


async def one(flights: SingleFlight[int], work: DooredWork, key: str = "key") -> int:
    return (await flights.do((key,), work))[key]


async def together(
    flights: SingleFlight[int], work: DooredWork, callers: int
) -> list[asyncio.Task[int]]:
    """So many tasks, each waiting for the work by now."""
    work.entered.clear()
    tasks = [asyncio.create_task(one(flights, work)) for _ in range(callers)]
    await work.entered.wait()
    return tasks
