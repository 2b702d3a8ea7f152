"""A Redis for drills stops, and comes back at the same place; what keeps it from that is told."""

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from dev_servers import redis_flavours
from ops.spare_redis import CannotRehearse, CommandedRedis, OneStart, OwnRedis, redis_program
from patience import seen


@pytest.mark.skipif(not redis_flavours(), reason="no redis-server on this machine")
def test_a_server_is_found_where_there_is_one() -> None:
    assert redis_program() is not None


@pytest.mark.skipif(not redis_flavours(), reason="no redis-server on this machine")
async def test_its_redis_stops_and_comes_back_at_the_same_place(tmp_path: Path) -> None:
    async with AsyncExitStack() as children:
        redis = OwnRedis(str(redis_program()), tmp_path, children)
        port = int(redis.url.partition("127.0.0.1:")[2].partition("/")[0])
        states = []
        for act in (redis.start, redis.stop, redis.start):
            await act()
            states.append(await _listens(port))

    assert states == [True, False, True]
    assert not await _listens(port)


async def test_a_redis_that_does_not_come_up_is_told_with_its_last_words(tmp_path: Path) -> None:
    async with AsyncExitStack() as children:
        broken = OwnRedis(sys.executable, tmp_path, children)
        with pytest.raises(CannotRehearse, match="unknown option --port"):
            await broken.start()


async def test_a_spare_redis_is_stopped_and_started_by_commands(tmp_path: Path) -> None:
    log = tmp_path / "log"
    redis = CommandedRedis(
        url="redis://spare", stop_command=f"echo stop >> {log}", start_command=f"echo go >> {log}"
    )
    await redis.stop()
    await redis.start()

    assert log.read_text() == "stop\ngo\n"


async def test_a_start_goes_on_without_who_waits_for_it_and_takes_place_once(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    line = f"echo begun >> {log}; sleep 0.2; echo ended >> {log}"
    start = OneStart(CommandedRedis(url="", stop_command="", start_command=line))
    waiting = asyncio.create_task(start.wait())
    await seen(log.exists, beat=0.01, seconds=20)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    await start.wait_whatever_comes()
    await start.wait()

    assert log.read_text() == "begun\nended\n"


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
