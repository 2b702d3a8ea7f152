"""Work that waits behind a door, and callers who wait for it together."""

import asyncio

from cache.single_flight import SingleFlight


class DooredWork:
    """Begins, waits for its door, and then gives a number, or what it was told to raise."""

    def __init__(self) -> None:
        self.begun = self.ended = self.cancelled = 0
        self.entered = asyncio.Event()
        self.door = asyncio.Event()
        self.error: BaseException | None = None

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        self.entered.set()
        try:
            await self.door.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.ended += 1
        if self.error:
            raise self.error
        return number


async def together(
    flights: SingleFlight[int], work: DooredWork, callers: int
) -> list[asyncio.Task[int]]:
    """So many tasks, each waiting for the work by now."""
    work.entered.clear()
    tasks = [asyncio.create_task(flights.do("key", work)) for _ in range(callers)]
    await work.entered.wait()
    return tasks
