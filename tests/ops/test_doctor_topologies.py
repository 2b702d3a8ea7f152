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
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from certificates import Authority
from dev_servers import RedisFlavour, redis_flavours
from examined_findings import AT_REDIS, UNSTEADY, expected, worst
from examined_homes import HOMES, TALLY, Running, found_at_home, polled_service
from examined_servers import STRONG, Order, Place
from examined_settings import record, settings_of
from examined_topologies import Examined
from ops.command_line import main
from ops.doctor import gather, judge
from ops.finding import Finding, exit_code, matters
from ops.service import Service
from redis_topologies import TOPOLOGIES
from settings import PROJECT, Settings

BACKEND = PROJECT / "backend"
FIRST: Final = redis_flavours()[0]
AT_ONCE: Final = 4
"""More, and two cores answer PINGs late."""
ACCEPTED: Final = ("redis.rights", "redis.key-pattern", "redis.persistence", "monitoring.alerts")
"""For deploy/redis.conf with its password: as docs/doctor.md says."""
NO_WORKER: Final = "jobs.waiting"  # none runs beside the services here

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """The one that is asked in all cases."""
    async with polled_service(FIRST, tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture(scope="module")
async def findings(
    redis_flavour: RedisFlavour,
    authority: Authority,
    running: Running,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[tuple[str, str], list[Finding]]:
    """By the topology and its order; "at home" beside a service of its own."""
    folder = tmp_path_factory.mktemp(redis_flavour.name)
    homes = HOMES if redis_flavour == FIRST else ()
    found: dict[tuple[str, str], list[Finding]] = {}
    gate = asyncio.Semaphore(AT_ONCE)

    async def examine(place: Place) -> None:
        settings = settings_of(place, folder / f"{place.topology}-{place.order}")
        async with gate:
            evidence = await gather(settings, Service(running.url), now=time.time())
        found[place.topology, place.order] = judge(evidence)

    with Examined(redis_flavour, authority, folder) as examined:
        for places in examined.steps():
            await asyncio.gather(*map(examine, places))
            for place in places:
                if (place.topology, place.order) in homes:
                    found[place.topology, "at home"] = await found_at_home(place, folder)
    return found


def test_every_topology_is_in_the_table_in_good_and_in_bad_order() -> None:
    assert {topology for topology, _ in AT_REDIS} == TOPOLOGIES.keys()
    assert len(AT_REDIS) == 2 * len(TOPOLOGIES)
    assert min(len(expected(*place)) for place in AT_REDIS) >= 20


@pytest.mark.parametrize(("topology", "order"), AT_REDIS)
def test_doctor_tells_what_is_in_order_and_what_is_not(
    redis_flavour: RedisFlavour,
    findings: Mapping[tuple[str, str], list[Finding]],
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
    findings: Mapping[tuple[str, str], list[Finding]], topology: str, order: Order
) -> None:
    text = repr(findings.get((topology, order), []))

    for secret in (STRONG, "kZ8%2F2mQ", "wT3+9aLs", "wT3%2B9aLs"):
        assert secret not in text


@pytest.mark.parametrize("topology", sorted(topology for topology, _ in HOMES))
def test_a_fleet_in_good_order_with_its_service_ends_with_0_once_the_rest_is_accepted(
    redis_flavour: RedisFlavour, findings: Mapping[tuple[str, str], list[Finding]], topology: str
) -> None:
    if redis_flavour != FIRST:
        pytest.skip("a service of its own runs beside one flavour")
    found = findings[topology, "at home"]
    steady = {one.check for one in found if matters(one)} - UNSTEADY
    hidden = {"redis.exposed"} if topology.startswith("sentinels") else set()

    assert steady == {"redis.rights", "redis.key-pattern", "monitoring.alerts", NO_WORKER} | hidden
    assert exit_code(found, steady - {"monitoring.alerts"} | UNSTEADY) == 1
    assert exit_code(found, steady | UNSTEADY) == 0


@pytest.fixture
def at_home(running: Running, tmp_path: Path) -> dict[str, str]:
    """The environment of whoever looks after that service: all drills went well."""
    (tmp_path / "app.log").touch()
    record(Settings(_env_file=None, data_dir=tmp_path))
    folder = {"DATA_DIR": str(tmp_path), "LOG_FILE": str(tmp_path / "app.log")}
    return {**os.environ, **running.settings, **folder}


@pytest.mark.parametrize(
    ("account", "accepted"),
    [
        (f":{quote(STRONG, safe='')}@", ACCEPTED),
        (TALLY, ("redis.persistence", "redis.exposed", "monitoring.alerts")),
    ],
    ids=["owner", "tally"],
)
def test_with_our_own_redis_conf_it_ends_with_0_once_the_rest_is_accepted(
    running: Running, at_home: dict[str, str], account: str, accepted: tuple[str, ...]
) -> None:
    """As its owner, and as the user that it has for Tally, who may not ask for settings."""
    _, _, place = at_home["REDIS_URL"].rpartition("@")
    rest = (*accepted, NO_WORKER, *UNSTEADY)
    accepting = [word for check in rest for word in ("--accept", check)]
    ended = subprocess.run(
        [sys.executable, "-m", "ops", "doctor", "--url", running.url, *accepting],
        cwd=BACKEND,
        env={**at_home, "REDIS_URL": f"redis://{account}{place}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.splitlines()[-1].endswith("exit code 0")
    assert "  monitoring.alerts (accepted)\n" in ended.stdout
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
