"""What an operator does in time of trouble: starts a cache, and greps the log for its words."""

import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

from cache import Cache, CacheStats
from patience import seen

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
"""The fixture `open_at`."""


def grepped(log: Path) -> list[str]:
    """What the guide's command shows: `grep -i redis`."""
    words = ["grep", "-i", "redis", str(log)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


async def told(log: Path, words: str) -> str:
    """The newest line with these words, once it is there."""
    await seen(lambda: [line for line in grepped(log) if words in line], seconds=15)
    return next(line for line in reversed(grepped(log)) if words in line)
