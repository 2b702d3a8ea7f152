"""Redis fails in every way there is, under many polls a second: no error, no lie, hardly a delay.

At an API as delivered, and at one with no near tier, where each poll needs Redis or the database.
The short form runs both at once and only catches polls that were blocked; the long one (TALLY_SOAK)
runs one after the other, each fault for a minute, and holds the delays to what is promised.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from dev_servers import RedisServer
from live.changing import Changes
from live.installation import Installation
from live.shapes import BLOCKED, SHAPES, serve
from live.soak import SOAK, longer, say
from live.spells import HEALTHY, Load, Spell, crowded
from live.tcp_proxy import TcpProxy

CHOICES: Final = longer([[*SHAPES]], [[shape] for shape in SHAPES])
RATE: Final = longer(60.0, 200.0)
"""Polls a second at each API."""
HEALTHY_SECONDS: Final = longer(2.0, 60.0)
NAMED_SECONDS: Final = longer(2.5, 60.0)
"""For the faults that the promise names; ..."""
OTHER_SECONDS: Final = longer(1.0, 15.0)
"""... for all others."""
PATIENCE: Final = longer(10.0, 2.5)
"""Seconds until Redis must be seen gone, and back. 2 are promised; looking takes some more."""
ADDED: Final = {"as delivered": 0.075, "no near tier": 0.15}
"""Seconds: what Redis may add to any poll, whatever happens to it. With no near tier that is its
budget, and then a place behind all who waited as long, about ten, and now ask the database."""
SETTLED: Final = 0.005
"""Seconds: the same for the 99th percentile, a second after it has happened."""

Harm: TypeAlias = Callable[[TcpProxy], None]

pytestmark = [
    pytest.mark.live,
    pytest.mark.soak,
    pytest.mark.timeout(3600 if SOAK else 180),
    pytest.mark.parametrize("shapes", CHOICES, ids="+".join),
]


def _refuse(proxy: TcpProxy) -> None:
    proxy.refuse()
    proxy.reset()


LASTING: Final[dict[str, tuple[float, Harm]]] = {
    "refused": (NAMED_SECONDS, _refuse),
    "black hole": (NAMED_SECONDS, lambda proxy: proxy.freeze()),
    "dripping": (NAMED_SECONDS, lambda proxy: proxy.drip(0.01)),
    "reset": (OTHER_SECONDS, lambda proxy: proxy.reset(new=True)),
    "30 ms each way": (OTHER_SECONDS, lambda proxy: proxy.delay(0.03)),
    "200 ms each way": (OTHER_SECONDS, lambda proxy: proxy.delay(0.2)),
    "garbage": (OTHER_SECONDS, lambda proxy: proxy.corrupt(0.9, seed=1)),
}
"""Redis cannot be used meanwhile, which must be noticed."""
PASSING: Final[dict[str, tuple[float, Harm]]] = {
    "a byte in a hundred wrong": (OTHER_SECONDS, lambda proxy: proxy.corrupt(0.01, seed=1)),
    "cut after 1000 bytes": (OTHER_SECONDS, lambda proxy: proxy.cut_after(1000)),
    "half-closed": (OTHER_SECONDS, lambda proxy: proxy.half_close()),
    "swallowed": (OTHER_SECONDS, lambda proxy: proxy.swallow_existing()),
}
"""Redis may be in use meanwhile, now and then."""


async def test_redis_absent_at_the_start_frozen_and_killed(
    shapes: list[str], redis: RedisServer, tally: Installation, tmp_path: Path
) -> None:
    redis.stop()
    apis = await serve(tally, shapes, redis.url)
    async with crowded(tmp_path, apis, changes(tally, redis.url), rate=RATE) as load:
        spells = [await spell(load, "absent", OTHER_SECONDS, lambda: None, redis.start)]
        spells.append(await load.spell(HEALTHY, HEALTHY_SECONDS))
        spells.append(await spell(load, "frozen", NAMED_SECONDS, redis.freeze, redis.thaw))
        spells.append(await spell(load, "killed", OTHER_SECONDS, redis.kill, redis.start))
        await load.end()

    kept_its_promises(load, spells)


async def test_redis_behind_a_network_that_fails(
    shapes: list[str], valkey: RedisServer, tally: Installation, tmp_path: Path
) -> None:
    with TcpProxy("127.0.0.1", valkey.port) as proxy:
        apis = await serve(tally, shapes, proxy.url(valkey.url))
        plan = changes(tally, valkey.url)
        async with crowded(tmp_path, apis, plan, rate=RATE) as load:
            spells = [await load.spell(HEALTHY, HEALTHY_SECONDS)]
            for name, (seconds, harm) in (LASTING | PASSING).items():
                begin, away = partial(harm, proxy), name in LASTING
                spells.append(await spell(load, name, seconds, begin, proxy.heal, away=away))
            await load.end()

    kept_its_promises(load, spells)


def changes(tally: Installation, redis_url: str) -> Changes:
    return Changes(
        worker="w-1",
        database_url=f"sqlite:///{tally.data}/tally.db",
        redis_url=redis_url,
        jobs=50,
        rate=20.0,
        seconds=longer(120.0, 1200.0),
    )


async def spell(
    load: Load,
    name: str,
    seconds: float,
    begin: Callable[[], object],
    finish: Callable[[], object],
    *,
    away: bool = True,
) -> Spell:
    """A fault, for so long or until it is noticed, and until all is well again."""
    began = time.monotonic()
    begin()
    gone = await load.redis_is(False, began, seconds=PATIENCE) if away else {}
    await asyncio.sleep(began + seconds - time.monotonic())
    finish()
    ended = time.monotonic()
    back = await load.redis_is(True, ended, seconds=PATIENCE)
    return Spell(name=name, began=began, ended=ended, gone=gone, back=back)


def kept_its_promises(load: Load, spells: Sequence[Spell]) -> None:
    history = load.history()
    load.tell(spells)
    say(history)

    assert history.broken == {}, history
    for name in load.apis:
        (healthy,) = (each for each in spells if each.name == HEALTHY)
        for each in spells:
            assert load.figures(name, each.began, each.over).took.max < BLOCKED, each.name
            if SOAK:
                hardly_delayed(load, name, healthy, each)


def hardly_delayed(load: Load, name: str, healthy: Spell, fault: Spell) -> None:
    """Beside what the machine did: pollers that only slept may have woken up late, too.

    Without a near tier the database answers instead, with a spread of its own: what the fault adds
    to that is seen when it begins and ends.
    """
    before = load.figures(name, healthy.began, healthy.ended).took
    during = load.figures(name, fault.began, fault.over).took
    settled = load.settled(name, fault)
    machine = load.oversleeping(name, fault.began, fault.over)
    is_near = not SHAPES[name]
    usual = before.max if is_near else max(before.max, settled.max)

    assert during.max <= usual + ADDED[name] + machine.max, fault
    assert not is_near or settled.p99 <= before.p99 + SETTLED + machine.p99, fault
