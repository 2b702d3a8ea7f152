"""Random faults under load, workers and processes killed among them: nobody ever sees a step back.

A short form runs with all tests. TALLY_FAULTS_SEED=... repeats the faults of a run that failed, in
their order; not the timing. TALLY_FAULTS_SECONDS=... makes a run as long as wanted.
"""

import asyncio
import os
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import pytest

from dev_servers import PostgresServer, RedisServer
from live.excuses import Excuses
from live.faults import (
    KILLS,
    POSTGRES_FAULTS,
    REDIS_FAULTS,
    Fault,
    World,
    port_of,
)
from live.history import History, examine
from live.installation import Installation
from live.promises import Promise
from live.settled import not_settled
from live.soak import longer, say
from live.tcp_proxy import TcpProxy
from live.under_load import UnderLoad

SECONDS: Final = float(os.environ.get("TALLY_FAULTS_SECONDS") or longer(10.0, 600.0))
SEED: Final = int(os.environ.get("TALLY_FAULTS_SEED") or secrets.randbelow(1_000_000))
FEW_ENTRIES: Final = longer("8", "24")
"""A near tier that holds few jobs has to ask Redis all the time. Ten times as many are known."""
FROM_REDIS_TOO: Final = Promise(fresh_tiers=frozenset({"near", "redis"}))

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(longer(240, 1500))]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    history: History
    calm: History
    """Of the polls in which Redis, too, had to answer as freshly as the near tier."""
    nothing: Counter[int]
    """Statuses of polls for jobs that there are not."""
    excused: Counter[int]
    happened: Counter[str]
    unsettled: Sequence[str]
    """Jobs of which a process did not serve the newest version in the end."""

    def __str__(self) -> str:
        told = ", ".join(f"{name}: {count}" for name, count in sorted(self.happened.items()))
        return (
            f"TALLY_FAULTS_SEED={SEED}; {self.happened.total()} faults: {told}\n"
            f"excused: {dict(self.excused)}; for no job: {dict(self.nothing)}; "
            f"broken: {dict(self.history.broken)}; unsettled: {self.unsettled}\n{self.history}\n"
            f"of these, in calm: {self.calm.figures.polls}"
        )


@pytest.mark.parametrize(
    "database_url", longer(["postgres"], ["postgres", "sqlite"]), indirect=True
)
async def test_no_fault_lets_anybody_see_a_step_back(
    database_url: str,
    request: pytest.FixtureRequest,
    redis: RedisServer,
    tally: Installation,
    tmp_path: Path,
) -> None:
    tally.settings["DATABASE_URL"] = database_url
    is_postgres = database_url.startswith("postgresql")
    postgres = request.getfixturevalue("postgres_server") if is_postgres else None
    outcome = await suffered(faults(is_postgres), SECONDS, tally, redis, postgres, tmp_path)
    say(outcome)

    assert outcome.history.broken == {}, f"{outcome}"
    assert outcome.calm.broken == {}, f"{outcome.calm}"
    assert outcome.unsettled == [], f"{outcome}"
    assert set(outcome.nothing) <= {404}, f"{outcome}"
    assert outcome.happened.total() >= longer(1, SECONDS / 5), f"{outcome}"
    assert outcome.history.figures.polls > 50 * SECONDS, f"{outcome}"


def faults(is_postgres: bool) -> list[Fault]:
    """In the short form kills always, of the others as many as there is time for."""
    others = [*REDIS_FAULTS, *(POSTGRES_FAULTS if is_postgres else ())]
    return [*KILLS, *Random(SEED).sample(others, longer(7, len(others)))]


async def suffered(
    faults: Sequence[Fault],
    seconds: float,
    tally: Installation,
    redis: RedisServer,
    postgres: PostgresServer | None,
    folder: Path,
) -> Outcome:
    """So long a storm, and what all saw of it."""
    dice, excuses = Random(SEED), Excuses()
    with TcpProxy("127.0.0.1", redis.port) as proxy:
        url = proxy.url(redis.url)
        tally.settings |= {"REDIS_URL": url, "EMBEDDED_WORKER": "off", "CACHE_AUDIT_SHARE": "1"}
        load = UnderLoad(folder, tally.settings["DATABASE_URL"], url, dice, load=longer(1, 1.5))
        world = World(
            tally=tally,
            redis=redis,
            proxy=proxy,
            postgres=postgres,
            new_worker=load.new_worker,
            dice=dice,
            excuses=excuses,
        )
        for settings in ({}, {"CACHE_NEAR_MAX_ENTRIES": FEW_ENTRIES}):
            await world.serve(**settings)
        try:
            await load.start([port_of(api) for api in world.apis])
            happened = await storm(world, faults, seconds)
        finally:
            await load.stop()
        jobs = {change.job for change in load.timeline()}
        unsettled = await not_settled(world.apis, tally.settings["DATABASE_URL"], jobs)
        for api in world.apis:
            say((await api.stats())["audit"]["outcomes"])
    nothing = Counter(poll.status for poll in excuses.judged(load.polls_for_nothing()))
    calm = excuses.judged(excuses.calm(load.polls()))
    return Outcome(
        history=examine(excuses.judged(load.polls()), load.timeline()),
        calm=examine(calm, load.timeline(), FROM_REDIS_TOO),
        nothing=nothing,
        excused=excuses.used,
        happened=Counter(happened),
        unsettled=unsettled,
    )


async def storm(world: World, faults: Sequence[Fault], seconds: float) -> list[str]:
    """All the faults in random order, and again, until the time is over; the names of what was."""
    until, happened, bag = time.monotonic() + seconds, list[str](), list[Fault]()
    while time.monotonic() < until:
        bag = bag or world.dice.sample(faults, len(faults))
        fault = bag.pop()
        happened.append(fault.__name__)
        await fault(world)
        await asyncio.sleep(world.dice.uniform(0.1, 1.0))
    return happened
