"""The two shapes in which an API is hurt: as delivered, and with nothing that hides Redis."""

import asyncio
from collections.abc import Iterable
from typing import Final

from dev_servers import end
from live.client import Api
from live.installation import Installation

NEAR: Final = "as delivered"
BARE: Final = "no near tier"
SHAPES: Final = {NEAR: {}, BARE: {"CACHE_NEAR_MAX_ENTRIES": "0"}}
"""With no near tier each poll needs Redis or the database."""
BLOCKED: Final = 1.5
"""Seconds: below the time limits of ours that no poll may meet, above what a busy machine does."""


async def serve(tally: Installation, shapes: Iterable[str], redis_url: str) -> dict[str, Api]:
    """An API of each shape, ready; no worker."""
    tally.settings |= {"REDIS_URL": redis_url, "EMBEDDED_WORKER": "off"}
    apis = {shape: tally.serve(**SHAPES[shape]) for shape in shapes}
    return {shape: await api.up() for shape, api in apis.items()}


async def roll(tally: Installation, apis: dict[str, Api], redis_url: str) -> None:
    """Ends one after the other, each in order, and starts it anew at its port with that URL."""
    tally.settings["REDIS_URL"] = redis_url
    for shape, old in apis.items():
        await asyncio.to_thread(end, old.process)
        port = str(old.http.base_url.port)
        apis[shape] = await tally.serve(PORT=port, **SHAPES[shape]).up()
