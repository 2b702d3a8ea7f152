"""Shards that answer when they may, for what is asked of them together."""

import asyncio
from collections.abc import Collection, Mapping

from cache.coalescer import Coalescer

HERE = "a shard"


class Shards:
    """Answer each key with itself, once they may; `asked` has the keys of each question."""

    def __init__(self, *, may: bool = True, know: Collection[str] | None = None) -> None:
        self.asked: list[list[str]] = []
        self.waited: list[float] = []
        self.may = asyncio.Event()
        self.came: asyncio.Queue[None] = asyncio.Queue()
        self.know = know
        if may:
            self.may.set()

    async def ask(self, keys: Collection[str], waited: float) -> Mapping[str, str]:
        self.asked.append([*keys])
        self.waited.append(waited)
        self.came.put_nowait(None)
        await self.may.wait()
        return {key: f"value of {key}" for key in keys if self.know is None or key in self.know}

    def gets(self, **limits: int) -> Coalescer[str, str]:
        return Coalescer(self.ask, lost="lost", **limits)
