"""Redis's password changes, on the server and in its file, under a crowd of pollers.

No restart and no error; in use again within five seconds, also where every connection must be made
anew at that moment.
"""

import shlex
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from dev_servers import RedisFlavour, RedisServer
from live.changing import Changes
from live.failover import BACK, FROM_REDIS, GRACE, by_redis, kept_its_promises, uses
from live.installation import Installation
from live.shapes import BARE, SHAPES, serve
from live.soak import longer
from live.spells import HEALTHY, Load, Spell, crowded

USER: Final = "api"
CHANNEL: Final = "tally:changes"
RIGHTS: Final = f"~tally:* &{CHANNEL} +@all"
OWNER: Final = "the workers' own"
PASSWORDS: Final = ["first of all", "second & better", "third: 'x'", "the 4th"]
RATE: Final = longer(40.0, 100.0)
CALM_SECONDS: Final = longer(1.0, 8.0)

pytestmark = [
    pytest.mark.live,
    pytest.mark.soak,
    pytest.mark.timeout(longer(120, 600)),
    pytest.mark.parametrize(
        "redis_flavour", longer(["valkey"], ["redis", "valkey"]), indirect=True
    ),
]


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The server's password of our user, and the file in which the APIs find it."""

    server: RedisServer
    file: Path

    def change(self, password: str) -> None:
        self.server.ask(f"ACL SETUSER {USER} on resetpass {shlex.quote('>' + password)} {RIGHTS}")

    def tell(self, password: str) -> None:
        self.file.write_text(f"{password}\n")

    def cut(self) -> None:
        """Whoever is there must come again."""
        self.server.ask(f"CLIENT KILL USER {USER}")


async def test_a_password_changes_while_everything_goes_on(
    redis_flavour: RedisFlavour, tally: Installation, tmp_path: Path
) -> None:
    with RedisServer(redis_flavour.binary, password=OWNER) as server:
        lock = Lock(server=server, file=tmp_path / "password")
        lock.change(PASSWORDS[0])
        lock.tell(PASSWORDS[0])
        tally.settings["REDIS_PASSWORD_FILE"] = str(lock.file)
        apis = await serve(tally, SHAPES, f"redis://{USER}@127.0.0.1:{server.port}/0")
        async with crowded(tmp_path, apis, changes(tally, server), rate=RATE) as load:
            spells = [await load.spell(HEALTHY, CALM_SECONDS)]
            spells += [await changed_quietly(load, lock, PASSWORDS[1])]
            spells += [await changed_and_cut(load, lock, PASSWORDS[2])]
            spells += [await told_late(load, lock, PASSWORDS[3])]
            spells += [await load.spell("calm", CALM_SECONDS)]
            await load.end()
    words = tally.log.read_text() + tally.console.read_text()

    kept_its_promises(load, spells)
    assert by_redis(load, spells[-1]) > FROM_REDIS
    assert [password for password in PASSWORDS if password in words] == []


def changes(tally: Installation, server: RedisServer) -> Changes:
    """By the server's owner, whose password stays."""
    return Changes(
        worker="w-1",
        database_url=f"sqlite:///{tally.data}/tally.db",
        redis_url=server.url,
        jobs=50,
        rate=20.0,
        seconds=longer(90.0, 600.0),
    )


async def changed_quietly(load: Load, lock: Lock, password: str) -> Spell:
    """Open connections stay; the next time that one is needed it must get in."""
    lock.tell(password)
    lock.change(password)
    quiet = await load.spell("changed, nobody cut off", CALM_SECONDS)
    lock.cut()
    ended = time.monotonic()
    return replace(quiet, ended=ended, back=await in_use(load, lock, ended))


async def changed_and_cut(load: Load, lock: Lock, password: str) -> Spell:
    """The server first; the file says the old one still when all connections are gone."""
    began = time.monotonic()
    lock.change(password)
    lock.cut()
    lock.tell(password)
    ended = time.monotonic()
    back = await in_use(load, lock, ended)
    return Spell(name="changed and cut off", began=began, ended=ended, gone={}, back=back)


async def told_late(load: Load, lock: Lock, password: str) -> Spell:
    """For a while nothing lets anybody in."""
    began = time.monotonic()
    lock.change(password)
    lock.cut()
    gone = await load.redis_is(False, began, seconds=BACK + GRACE)
    lock.tell(password)
    ended = time.monotonic()
    back = await in_use(load, lock, ended)
    return Spell(name="told late", began=began, ended=ended, gone=gone, back=back)


async def in_use(load: Load, lock: Lock, since: float) -> dict[str, float]:
    """Seconds until each API uses Redis again, by connections made after all had been cut."""
    hits = (await load.apis[BARE].stats())["hits_by"]["redis"]

    def holds(stats: dict[str, Any]) -> bool:
        asked = "feed" in stats or stats["hits_by"]["redis"] > hits + 20
        return uses(1)(stats) and asked and "\n1" in lock.server.ask(f"PUBSUB NUMSUB {CHANNEL}")

    moments = await load.until(holds, seconds=BACK + GRACE)
    return {shape: at - since for shape, at in moments.items()}
