"""Replicas answer, but lag far behind, and no Sentinel is left to say so: nobody sees the past.

One lags by half a second, one hears nothing more; both believe their link to be well.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from dev_servers import RedisFlavour, RedisSentinels, RedisServer
from live.changing import Changes
from live.client import Api
from live.crowd import Plan
from live.failover import kept_its_promises
from live.installation import Installation
from live.shapes import BARE, SHAPES, serve
from live.soak import SOAK, longer, say
from live.spells import HEALTHY, crowded
from live.tcp_proxy import TcpProxy
from patience import eventually

JOBS: Final = 50
RATE: Final = longer(40.0, 100.0)
LAG_SECONDS: Final = 0.5
LAGGING_SECONDS: Final = longer(3.0, 40.0)
"""Below the 60 s after which a replica that hears nothing knows that it does not."""
NEW_JOBS: Final = longer(10, 100)
LOOKS: Final = 10

pytestmark = [
    pytest.mark.live,
    pytest.mark.soak,
    pytest.mark.skipif(not SOAK, reason="for `make soak`; tests/cache has each rule by itself"),
    pytest.mark.timeout(longer(120, 600)),
    pytest.mark.parametrize("redis_flavour", longer(["redis"], ["redis", "valkey"]), indirect=True),
]


async def test_a_replica_that_lags_shows_nobody_the_past_and_hides_no_new_job(
    redis_flavour: RedisFlavour, tally: Installation, tmp_path: Path
) -> None:
    with RedisSentinels(redis_flavour.binary) as sentinels:
        apis = await serve(tally, SHAPES, f"{sentinels.url}?read=replica")
        plan = Changes(
            worker="w-1",
            database_url=f"sqlite:///{tally.data}/tally.db",
            redis_url=sentinels.url,
            jobs=JOBS,
            rate=25.0,
            seconds=longer(90.0, 600.0),
        )
        async with crowded(tmp_path, apis, plan, rate=RATE, more=who_forget) as load:
            spells = [await load.spell(HEALTHY, 1.0)]
            with lagging(sentinels):
                looked = [looks(node) for node in sentinels.nodes[1:]]
                statuses = asyncio.create_task(looked_for_at_once([*apis.values()]))
                spells.append(await load.spell("lagging", LAGGING_SECONDS))
                told = await statuses
                counted = await eventually(apis[BARE].stats, lambda it: all(it["replica"].values()))
                asked = [looks(node) for node in sentinels.nodes[1:]]
            spells.append(await load.spell("caught up", 1.0))
            await load.end()
    say(f"replicas asked {looked} -> {asked}; counted {counted['replica']}; looks {len(told)}")

    kept_its_promises(load, spells)
    assert set(told) == {200}
    assert all(late > early + 10 for early, late in zip(looked, asked, strict=True))


def who_forget(ports: Sequence[int], jobs: Sequence[str]) -> list[Plan]:
    """They stay at one API, which alone must remember what it told them."""
    return [
        Plan(
            name=f"no-tags-{port}",
            ports=[port],
            jobs=jobs,
            pollers=JOBS,
            rate=RATE,
            seconds=3600.0,
            etags=False,
        )
        for port in ports
    ]


@contextmanager
def lagging(sentinels: RedisSentinels) -> Iterator[None]:
    """The replicas follow by slow ways; the Sentinels, who would mend that, are gone."""
    primary, one, other = sentinels.nodes
    with TcpProxy("127.0.0.1", primary.port) as slow, TcpProxy("127.0.0.1", primary.port) as still:
        for sentinel in sentinels.sentinels:
            sentinel.kill()
        follow(one, slow)
        follow(other, still)
        slow.delay(LAG_SECONDS)
        still.freeze()
        yield
        slow.heal()
        still.heal()


def follow(replica: RedisServer, proxy: TcpProxy) -> None:
    replica.ask(f"REPLICAOF 127.0.0.1 {proxy.port}")


def looks(replica: RedisServer) -> int:
    """How often it was asked for a key."""
    facts = replica.facts("INFO stats")
    return int(facts["keyspace_hits"]) + int(facts["keyspace_misses"])


async def looked_for_at_once(apis: Sequence[Api]) -> list[int]:
    """What one API says of jobs that another has made just now."""
    statuses = []
    for number in range(NEW_JOBS):
        maker, other = apis[number % 2], apis[1 - number % 2]
        job = await maker.create("probe")
        for _ in range(LOOKS):
            statuses += [(await api.poll(job)).status_code for api in (other, maker)]
        await asyncio.sleep(LAGGING_SECONDS / NEW_JOBS / 2)
    return statuses
