"""Redis goes and comes back under the polls: clients see hits all the time, operators a line."""

from pathlib import Path

import pytest

from dev_servers import RedisServer
from live.client import Api, Document
from live.films import Film
from live.installation import Installation
from live.polling import Watch, polling
from patience import eventually, seen

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

SLOW = {"outputs": [{"codec": "vp9", "height": 360}]}


async def test_redis_killed_and_frozen_under_the_polls_is_no_outage(
    redis: RedisServer, tally: Installation, film: Film, tmp_path: Path
) -> None:
    tally.settings |= {"REDIS_URL": redis.url, "EMBEDDED_WORKER": "off"}
    tally.work(LOG_FILE=str(tmp_path / "worker.log"))
    api = await tally.serve().up()
    job = await api.upload(film(32), "transcode", SLOW)
    async with polling(api, job, every=0.1) as watch:
        await hits_come(watch)
        redis.kill()
        await redis_is(api, False)
        await a_second_of(watch)
        redis.start()
        await redis_is(api, True)
        await hits_come(watch)
        redis.freeze()
        await redis_is(api, False)
        await a_second_of(watch)
        redis.thaw()
        await redis_is(api, True)
        await hits_come(watch)
        done = await watch.until_done()
    told = [line for line in tally.log.read_text().splitlines() if "redis" in line.lower()]

    assert done["status"] == "succeeded"
    assert {look.status for look in watch.looks} == {200, 304}
    assert max(look.seconds for look in watch.looks) < 1.0
    assert watch.versions == sorted(watch.versions)
    assert sum(look.hit for look in watch.looks) > 0.9 * len(watch.looks)
    assert [" is in use" in line for line in told] == [True, False, True, False, True]


async def redis_is(api: Api, wanted: bool) -> Document:
    return await eventually(api.stats, lambda it: it["redis_enabled"] is wanted, seconds=5)


async def hits_come(watch: Watch) -> None:
    before = len(watch.looks)
    await seen(lambda: watch.looks[before:], lambda looks: any(look.hit for look in looks))


async def a_second_of(watch: Watch) -> None:
    """Ten more looks."""
    before = len(watch.looks)
    await seen(lambda: len(watch.looks), lambda now: now >= before + 10)
