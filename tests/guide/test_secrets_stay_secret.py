"""One run with a secret in every place that can hold one, through every trouble; then all it said.

Console, log, answers, statistics, metrics, pages, command lines and the reports of `python -m ops`:
none may hold any of them.
"""

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from certificates import Authority, Papers
from dev_servers import PostgresServer, RedisFlavour, RedisSentinels
from guide.everything_said import Said
from live.client import Api, Document
from live.installation import BACKEND, Installation
from patience import eventually

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

REDIS, WATCH, DATABASE = "Zq9 redis's/own", "Zq9&the-watch's", "Zq9@database:100%"
OTHER: Final = "Zq9-another-one"
OF_CLOUDS: Final = {
    "AWS_ACCESS_KEY_ID": "Zq9AKIAIOSFODNN7",
    "AWS_SECRET_ACCESS_KEY": "Zq9/wJalrXUtnFEMI/K7MDENG",
    "AWS_SESSION_TOKEN": "Zq9FwoGZXIvYXdzEBYaD",
    "AZURE_CLIENT_SECRET": "Zq9~8Q~azure",
    "PGPASSWORD": "Zq9-pg",
}
REPORTS: Final = (("doctor", "--json"), ("doctor",), ("stats",), ("advise",))


def test_a_leak_would_be_found() -> None:
    said = Said({"a log": f"redis://:{quote(REDIS, safe='')}@h", "a page": "nothing"})

    assert [leak.partition(":")[0] for leak in said.leaks({"a": REDIS, "b": "other"})]
    assert said.leaks({"b": "other one"}) == []


@pytest.fixture
def papers(authority: Authority) -> Papers:
    return authority.issue("ann")


@asynccontextmanager
async def sentinels(flavour: RedisFlavour, authority: Authority) -> AsyncIterator[RedisSentinels]:
    """Redis with a password, Sentinels with another one; over TLS, where this flavour has it."""
    tls = authority.tls() if flavour.speaks_tls else None
    with RedisSentinels(
        flavour.binary, replicas=1, sentinels=1, password=REDIS, sentinel_password=WATCH, tls=tls
    ) as servers:
        yield servers


@pytest.mark.parametrize("redis_flavour", ["redis"], indirect=True)
async def test_no_secret_is_ever_told(
    redis_flavour: RedisFlavour,
    authority: Authority,
    papers: Papers,
    postgres_server: PostgresServer,
    postgres_url: str,
    tmp_path: Path,
) -> None:
    said, tally = Said(), Installation(tmp_path)
    password = tmp_path / "password"
    password.write_text(f"{REDIS}\n")
    secrets = {
        "Redis's": REDIS,
        "the Sentinels'": WATCH,
        "the database's": DATABASE,
        "another": OTHER,
        **OF_CLOUDS,
        "our key": key_of(papers),
    }
    async with sentinels(redis_flavour, authority) as redis:
        shown = f"&{papers.options}" if redis_flavour.speaks_tls else ""
        tally.settings |= {
            **OF_CLOUDS,
            "REDIS_URL": redis.url.replace(redis.nodes[0].account, "") + shown,
            "REDIS_PASSWORD_FILE": str(password),
            "DATABASE_URL": postgres_url.replace("@", f":{quote(DATABASE, safe='')}@"),
        }
        try:
            api = await tally.serve().up()
            await redis_is(api, True)
            await api.poll(await api.create("thumbnail"))
            await said.ask(api, "when all is well")
            said.texts["reports"] = await asyncio.to_thread(reported, tally, api)
            password.write_text(f"{OTHER}\n")
            await eventually(partial(cut_off, redis, api), lambda it: it["errors"]["auth"] > 0)
            await redis_is(api, False)
            await said.ask(api, "with another password")
            for server in (*redis.nodes, *redis.sentinels):
                server.kill()
            await said.ask(api, "without Redis")
            postgres_server.kill()
            await eventually(lambda: api.status_of("/readyz"), lambda it: it == 503)
            await said.ask(api, "without a database")
            said.texts["command lines"] = str(tally.processes())
        finally:
            await tally.close()
    said.texts |= {"console": tally.console.read_text(), "log": tally.log.read_text()}

    assert '"check": "redis.password"' in said.texts["reports"]
    assert "redis at" in said.texts["log"]
    assert "is not in use" in said.texts["log"]
    assert '"degraded"' in said.texts["/readyz without Redis"]
    assert said.leaks(secrets) == []


async def redis_is(api: Api, wanted: bool) -> None:
    await eventually(api.stats, lambda it: it["redis_enabled"] is wanted, seconds=20)


async def cut_off(redis: RedisSentinels, api: Api) -> Document:
    """Ends every connection, which keeps the password it was opened with; the statistics then."""
    for node in redis.nodes:
        node.ask("CLIENT KILL TYPE normal SKIPME yes")
    return await api.stats()


def reported(tally: Installation, api: Api) -> str:
    """All reports of `python -m ops`, in the service's environment; one process for them all."""
    url = str(api.http.base_url).rstrip("/")
    calls = "".join(f"main([*{words!r}, '--url', {url!r}])\n" for words in REPORTS)
    done = subprocess.run(
        [sys.executable, "-c", f"from ops.command_line import main\n{calls}"],
        cwd=BACKEND,
        env={**os.environ, **tally.settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def key_of(papers: Papers) -> str:
    """A piece from the middle of a private key, long enough to be no accident."""
    lines = papers.key.read_text().splitlines()
    assert base64.b64decode(lines[1])
    return lines[1][8:40]
