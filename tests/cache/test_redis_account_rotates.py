"""A password that changes on the server and in its file is followed while the cache is in use."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from cache import Cache, CacheStats, RedisAddress
from cache.entry import prefix
from cache.redis_account import AccountKnobs, open_credentials
from cache.tier import Stored, Trouble
from dev_servers import RedisServer
from put_alone import put_alone

VALUE: Final = prefix(1, "subject").encode()
Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Until = Callable[[Callable[[], bool], float], Awaitable[float]]


def rotate(server: RedisServer, password: str) -> None:
    """The server knows the new one alone, and whoever is connected must come again."""
    server.ask(f"CONFIG SET requirepass {password}")
    server.password = password
    server.ask("CLIENT KILL TYPE normal SKIPME yes")


async def test_a_new_password_is_in_use_within_seconds_and_gets_never_raise(
    start_redis: Callable[..., RedisServer],
    tmp_path: Path,
    open_at: Open,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, file = start_redis(password="f1rst"), tmp_path / "password"
    file.write_text("f1rst\n")
    address = RedisAddress(host="127.0.0.1", port=server.port)
    credentials = open_credentials(address, AccountKnobs(password_file=file))
    cache, stats = await open_at(str(address), credentials=credentials)
    before = await put_alone(cache, "k", VALUE)
    rotate(server, "s3cond")
    async with asyncio.timeout(10.0):
        while stats.snapshot()["errors"]["auth"] == 0:
            assert await cache.get("k", cache.budget()) in (VALUE, *Trouble)
    file.write_text("s3cond\n")
    found: list[object] = []

    async def poll() -> None:
        while VALUE not in found[-1:]:
            found.append(await cache.get("k", cache.budget()))
            await asyncio.sleep(0.01)

    await asyncio.wait_for(poll(), 5.0)
    await until(lambda: cache.state().enabled, 5.0)

    assert before == Stored()
    assert {*found} <= {VALUE, *Trouble}
    assert "f1rst" not in caplog.text
    assert "s3cond" not in caplog.text
    assert "s3cond" not in f"{cache.state()} {stats.snapshot()}"
