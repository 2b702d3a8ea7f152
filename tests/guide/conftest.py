"""Caches at real servers, and the log file in which an operator looks for what they say."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from cache import Cache, CacheStats, open_cache, open_credentials, parse_redis_url
from guide.grepping import Open
from logs import configure_logging


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log file that the guide greps, as the application itself would open it."""
    loggers = [logging.getLogger(name) for name in ("", "uvicorn")]
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    configure_logging(tmp_path / "logs" / "app.log")
    yield tmp_path / "logs" / "app.log"
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


@pytest.fixture
async def open_at() -> AsyncIterator[Open]:
    """`await open_at(url, budget_seconds=0.5)` starts a cache; it is stopped after the test."""
    async with AsyncExitStack() as opened:

        async def open_one(url: str, **knobs: Any) -> tuple[Cache, CacheStats]:
            stats, target = CacheStats(), parse_redis_url(url)
            assert target
            cache = open_cache(target, stats, credentials=open_credentials(target), **knobs)
            opened.push_async_callback(cache.stop)
            await cache.start()
            return cache, stats

        yield open_one
