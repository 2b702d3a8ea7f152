"""Services for examined places: one that all of them are asked with, and some of their own."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dev_servers import RedisFlavour, RedisServer
from examined_servers import STRONG, Place
from examined_settings import settings_of
from live.client import Api
from live.installation import Installation
from ops.doctor import gather, judge
from ops.finding import Finding
from ops.rule import ENOUGH
from ops.service import Service
from patience import eventually
from settings import PROJECT

OURS: Final = [
    line
    for line in (PROJECT / "deploy/redis.conf").read_text().splitlines()
    if line and not line.startswith("#")
]
"""The settings of Redis that come with Tally; a password comes from elsewhere."""
HOMES: Final = frozenset({("sentinels-passwords", "good"), ("cluster", "good")})
"""Those that get one: a service takes seconds to start."""


TALLY: Final = f"tally:{quote(STRONG, safe='')}@"
"""The account of the user that our redis.conf has for Tally, once it is on."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A service that runs, and the settings it was started with."""

    url: str
    settings: Mapping[str, str]


@asynccontextmanager
async def polled_service(flavour: RedisFlavour, folder: Path) -> AsyncIterator[Running]:
    """One with a Redis as ours is set up; it has answered enough polls to be judged by them."""
    tally = Installation(folder)
    with RedisServer(flavour.binary, password=STRONG, config=OURS) as redis:
        redis.ask(f"ACL SETUSER tally on >{STRONG}")
        settings = {"REDIS_URL": redis.url, "EMBEDDED_WORKER": "off", "CACHE_AUDIT_SHARE": "1"}
        api = await tally.serve("--no-access-log", **settings).up()
        job = await api.create("probe")
        while (await api.stats())["polling"]["samples"] < ENOUGH:
            for number in range(60):  # two polls by each client: of one alone few gaps are told
                client = {"X-Forwarded-For": f"10.0.0.{number // 2}"}
                await api.http.get(job["links"]["self"], headers=client)
        await eventually(api.stats, lambda told: told["audit"]["outcomes"]["kept"])
        yield Running(url=_url(api), settings={**tally.settings, **settings})
        await tally.close()


async def found_at_home(place: Place, folder: Path) -> list[Finding]:
    """What doctor finds there once the service has all of that Redis in use."""
    home = folder / f"{place.topology}-home"
    home.mkdir()
    tally = Installation(home)
    try:
        api = tally.serve("--no-access-log", REDIS_URL=place.url, EMBEDDED_WORKER="off")
        await api.up()
        await api.poll(await api.create("probe"))
        await eventually(api.stats, lambda told: told["redis_enabled"] and told["feed"]["proven"])
        settings = settings_of(place, home / "seen")
        return judge(await gather(settings, Service(_url(api)), now=time.time()))
    finally:
        await tally.close()


def _url(api: Api) -> str:
    return str(api.http.base_url).rstrip("/")
