"""A guard of a server that answers at once, whatever it is asked."""

from typing import Any

from cache import CacheStats
from cache.guard import Guard


async def answer() -> str:
    return "answer"


def a_guard(stats: CacheStats, **own: Any) -> Guard:
    """Two calls at a time, quick within 50 ms; `own` words come on top."""
    usual: dict[str, Any] = {
        "secrets": tuple,
        "beat": answer,
        "reach": answer,
        "warm": answer,
        "width": 2,
        "quick": 0.05,
        "slow": 0.5,
    }
    return Guard("h", stats, **{**usual, **own})
