"""Doctor tells well-configured servers from badly configured ones, on every way to run Redis.

All places of a flavour are examined once, beside each other; one service runs for all of them.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from certificates import Authority
from dev_servers import RedisFlavour, RedisServer, redis_flavours
from examined_findings import AT_REDIS, UNSTEADY, expected, worst
from examined_servers import STRONG, WELL, Order, Place
from examined_settings import record, settings_of
from examined_topologies import Examined
from live.client import eventually
from live.installation import Installation
from ops.command_line import main
from ops.doctor import gather, judge
from ops.finding import Finding
from ops.service import Service
from redis_topologies import TOPOLOGIES
from settings import PROJECT, Settings

BACKEND = PROJECT / "backend"
AT_ONCE: Final = 4
"""More, and two cores answer PINGs late."""
ACCEPTED: Final = ("redis.rights", "redis.key-pattern", "redis.version", "backup.database")

pytestmark = pytest.mark.timeout(120)


@dataclass(frozen=True, kw_only=True)
class Running:
    """The service that is asked in all cases, and the settings it was started with."""

    url: str
    settings: Mapping[str, str]


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """It has answered enough polls to be judged by them."""
    tally = Installation(tmp_path_factory.mktemp("service"))
    with RedisServer(redis_flavours()[0].binary, password=STRONG, config=WELL) as redis:
        settings = {"REDIS_URL": redis.url, "EMBEDDED_WORKER": "off", "CACHE_AUDIT_SHARE": "1"}
        api = await tally.serve("--no-access-log", **settings).up()
        job = await api.create("probe")
        for _ in range(220):
            await api.poll(job)
        await eventually(api.stats, lambda told: told["audit"]["outcomes"]["kept"])
        yield Running(
            url=str(api.http.base_url).rstrip("/"), settings={**tally.settings, **settings}
        )
        await tally.close()


@pytest.fixture(scope="module")
async def findings(
    redis_flavour: RedisFlavour,
    authority: Authority,
    running: Running,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[tuple[str, Order], list[Finding]]:
    """By the topology and its order."""
    folder = tmp_path_factory.mktemp(redis_flavour.name)
    found: dict[tuple[str, Order], list[Finding]] = {}
    gate = asyncio.Semaphore(AT_ONCE)

    async def examine(place: Place) -> None:
        settings = settings_of(place, folder / f"{place.topology}-{place.order}")
        async with gate:
            evidence = await gather(settings, Service(running.url), now=time.time())
        found[place.topology, place.order] = judge(evidence)

    with Examined(redis_flavour, authority, folder) as examined:
        for places in examined.steps():
            await asyncio.gather(*map(examine, places))
    return found


def test_every_topology_is_in_the_table_in_good_and_in_bad_order() -> None:
    assert {topology for topology, _ in AT_REDIS} == TOPOLOGIES.keys()
    assert len(AT_REDIS) == 2 * len(TOPOLOGIES)
    assert min(len(expected(*place)) for place in AT_REDIS) >= 20


@pytest.mark.parametrize(("topology", "order"), AT_REDIS)
def test_doctor_tells_what_is_in_order_and_what_is_not(
    redis_flavour: RedisFlavour,
    findings: Mapping[tuple[str, Order], list[Finding]],
    topology: str,
    order: Order,
) -> None:
    if (topology, order) not in findings:
        assert not redis_flavour.speaks_tls
        pytest.skip(f"this {redis_flavour.name} was built without TLS")
    found = worst(findings[topology, order])
    found.pop("secrets.env-file", None)  # of the checkout that is tested

    steady = {check: verdict for check, verdict in found.items() if check not in UNSTEADY}
    assert steady == expected(topology, order)


@pytest.mark.parametrize(("topology", "order"), AT_REDIS)
def test_no_finding_shows_a_password(
    findings: Mapping[tuple[str, Order], list[Finding]], topology: str, order: Order
) -> None:
    text = repr(findings.get((topology, order), []))

    for secret in (STRONG, "kZ8%2F2mQ", "wT3+9aLs", "wT3%2B9aLs"):
        assert secret not in text


@pytest.fixture
def at_home(running: Running, tmp_path: Path) -> dict[str, str]:
    """The environment of whoever looks after that service: all drills went well."""
    (tmp_path / "app.log").touch()
    record(Settings(_env_file=None, data_dir=tmp_path))
    folder = {"DATA_DIR": str(tmp_path), "LOG_FILE": str(tmp_path / "app.log")}
    return {**os.environ, **running.settings, **folder}


def test_the_command_ends_with_0_where_all_is_well_or_accepted(
    running: Running, at_home: dict[str, str]
) -> None:
    accepting = [word for check in ACCEPTED for word in ("--accept", check)]
    command = [sys.executable, "-m", "ops", "doctor", "--url", running.url, *accepting]
    ended = subprocess.run(
        command, cwd=BACKEND, env=at_home, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.splitlines()[-1].endswith("exit code 0")
    assert "  redis.rights (accepted)\n" in ended.stdout
    assert STRONG not in ended.stdout


def test_it_ends_with_1_for_warnings_and_tells_them_as_json(
    running: Running,
    at_home: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "environ", at_home)

    code = main(["doctor", "--json", "--url", running.url])

    said = capsys.readouterr().out
    told = json.loads(said)
    assert code == told["exit_code"] == 1
    assert told["seconds"] < 10
    assert ("redis.rights", "warn") in [(it["check"], it["verdict"]) for it in told["findings"]]
    assert len({it["check"] for it in told["findings"]}) > 40
    assert STRONG not in said


def test_it_ends_with_2_for_failures_and_says_only_those_when_quiet(
    running: Running,
    at_home: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "environ", {**at_home, "REDIS_URL": "redis://127.0.0.1:1"})

    code = main(["doctor", "--quiet", "--url", running.url])

    said = capsys.readouterr().out
    assert code == 2
    assert "  redis.reachable\n    found   redis://127.0.0.1:1/0: it cannot be reached" in said
    assert "\nOK\n" not in said
