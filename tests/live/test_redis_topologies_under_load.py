"""From one Redis by Sentinels to a cluster, by REDIS_URL alone, under a crowd of pollers.

Two APIs are restarted one at a time, and pollers move to the other. In between primaries are
killed, a failover is ordered, and slots move. Nobody may notice; a batch always returns all.
"""

import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from typing import Final

import pytest

from dev_servers import RedisCluster, RedisSentinels, RedisServer, redis_flavours
from live.batches import batches
from live.changing import Changes
from live.client import Api
from live.crowd import Plan
from live.failover import (
    BACK,
    FROM_REDIS,
    GRACE,
    RESTARTED,
    by_redis,
    kept_its_promises,
)
from live.history import examine
from live.installation import Installation
from live.observation import Observation
from live.redis_moves import failed_over, killed, resharded
from live.shapes import SHAPES, roll, serve
from live.soak import longer, say
from live.spells import HEALTHY, Load, Spell, crowded

JOBS: Final = 100
"""As many as one batch may ask for."""
RATE: Final = longer(20.0, 40.0)
"""Polls a second at each API, and as many of those who ask one after the other."""
CALM_SECONDS: Final = longer(1.0, 8.0)
TIMES: Final = longer(1, 3)

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(longer(180, 1800))]


@pytest.mark.parametrize("turned", longer([False], [False, True]), ids=lambda it: f"turned={it}")
async def test_by_its_url_alone_a_running_tally_goes_through_every_topology(
    turned: bool, tally: Installation, tmp_path: Path
) -> None:
    flavours = redis_flavours()[:: -1 if turned else 1]
    if not flavours:
        pytest.skip("no redis-server on this machine: apt-get install redis-server")
    one, other = flavours[0].binary, flavours[-1].binary
    with ExitStack() as servers:
        plain = servers.enter_context(RedisServer(other))
        sentinels = servers.enter_context(RedisSentinels(one))
        cluster = servers.enter_context(RedisCluster(other))
        apis = await serve(tally, SHAPES, plain.url)
        async with stage(tally, tmp_path / "plain", apis, plain.url) as load:
            spells = [await load.spell(HEALTHY, CALM_SECONDS)]
            spells.append(await restarted(load, tally, apis, sentinels.url))
            await load.end()
        kept_its_promises(load, spells)
        async with stage(tally, tmp_path / "sentinels", apis, sentinels.url) as load:
            spells = [await load.spell(HEALTHY, CALM_SECONDS)]
            for _ in range(TIMES):
                spells += await failed_over(load, sentinels, CALM_SECONDS)
            spells.append(await restarted(load, tally, apis, cluster.url))
            await load.end()
        kept_its_promises(load, spells)

        calm = spells[2]
        assert by_redis(load, calm) > FROM_REDIS
        async with stage(tally, tmp_path / "cluster", apis, cluster.url) as load:
            async with batches(apis, load.jobs) as answered:
                spells = [await load.spell(HEALTHY, CALM_SECONDS)]
                for number in range(TIMES):
                    spells.append(await killed(load, cluster, number % 3))
                    spells += await resharded(load, cluster, number, CALM_SECONDS)
            await load.end()
        kept_its_promises(load, spells)
        returned_all(load, answered)

        half, _, calm = spells[-3:]
        assert by_redis(load, half) > FROM_REDIS
        assert by_redis(load, calm) > FROM_REDIS


def stage(
    tally: Installation, folder: Path, apis: dict[str, Api], redis_url: str
) -> AbstractAsyncContextManager[Load]:
    """Workers know one Redis only: who has moved to the next gets workers of its own."""
    folder.mkdir()
    plan = Changes(
        worker=folder.name,
        database_url=f"sqlite:///{tally.data}/tally.db",
        redis_url=redis_url,
        jobs=JOBS,
        rate=20.0,
        seconds=longer(90.0, 900.0),
    )
    return crowded(folder, apis, plan, rate=RATE, pollers=JOBS, moving=True, more=hoppers)


def hoppers(ports: Sequence[int], jobs: Sequence[str]) -> list[Plan]:
    """They see what one API says after another."""
    return [
        Plan(
            name="hopping",
            ports=ports,
            jobs=jobs,
            pollers=JOBS,
            rate=RATE,
            seconds=3600.0,
            hopping=True,
            refuges=ports,
        )
    ]


async def restarted(load: Load, tally: Installation, apis: dict[str, Api], redis_url: str) -> Spell:
    """One after the other; in use when they serve again, or soon."""
    began = time.monotonic()
    await roll(tally, apis, redis_url)
    ended = time.monotonic()
    back = await load.redis_is(True, ended, seconds=BACK + GRACE)
    return Spell(name=RESTARTED, began=began, ended=ended, gone={}, back=back)


def returned_all(load: Load, answered: Sequence[Observation]) -> None:
    history = examine(answered, load.timeline())
    say(f"batches of {JOBS}: {history}")

    assert history.broken == {}, history
    assert history.figures.polls >= 10 * JOBS
