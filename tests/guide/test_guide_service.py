"""The guide's commands at a running Tally, which its own commands have started, and its Redis.

Includes the first of the guide's troubles, `Cache not working`, from the symptom to the cure.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cache import CacheStats, publish
from dev_servers import RedisServer, redis_flavours
from guide.page import GUIDE, block
from guide.running import Service, eventually, started
from guide.terminal import Terminal

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def _started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    if not redis_flavours():
        pytest.skip("no redis-server on this machine: apt-get install redis-server")
    with (
        RedisServer(redis_flavours()[0].binary) as redis,
        started(redis, tmp_path_factory.mktemp("guide") / "tally") as service,
    ):
        yield service


@pytest.fixture
def service(_started: Service) -> Service:
    """With Redis running and in use."""
    _started.redis.start()
    eventually(lambda: _started.stats()["redis_enabled"])
    return _started


def test_the_installation_is_verified_as_the_guide_says(service: Service) -> None:
    commands = block("5. Verify the installation", "redis-cli ping")
    said = service.run(commands.text)
    shown = json.loads(said.lines[1])
    page = re.sub(r",\s*\.\.\.", "", commands.said("Should see:"))
    expected = json.loads(page)

    assert said.lines[:1] == commands.outputs
    assert shown["cache_enabled"] is expected["cache_enabled"]
    assert expected["statistics"].items() <= shown["statistics"].items()
    assert [*shown["statistics"]][:5] == [
        *("redis_enabled", "hits", "misses", "total_requests", "hit_rate")
    ]


def test_the_probes_answer_what_the_guide_says(service: Service) -> None:
    commands = block("Health checks", "curl -s http://localhost:8000/livez")

    assert service.run(commands.text).text == "".join(commands.outputs)


def test_the_check_finds_it_healthy(service: Service) -> None:
    commands = block("Health checks", "./check-redis.sh")
    said = service.terminal.run(
        commands.text,
        REDIS_PORT=str(service.redis.port),
        TALLY_URL=service.address,
    )

    assert (said.code, said.lines) == (0, commands.outputs)


def test_the_doctor_tells_what_a_laptops_redis_lacks(service: Service) -> None:
    """Each part of it has its own tests under tests/ops; here its door is tried."""
    said = service.run(block("5. Verify the installation", "python -m ops doctor").text)

    assert said.code in (1, 2), said.text
    assert "Traceback" not in said.text
    assert "password" in said.text
    assert "maxmemory" in said.text


def test_the_checklist_has_the_guides_ten_lines(service: Service) -> None:
    said = service.run(block("Checklist", "python -m ops doctor --checklist").text)
    page = GUIDE.read_text().partition("\n## Checklist\n")[2]
    told = [line.lower() for line in said.lines]
    first_words = [" ".join(it.split()[:2]).lower() for it in re.findall(r"- \[ \] (.+)", page)]

    assert len(first_words) == 10
    assert [it for it in first_words if not any(it in line for line in told)] == []


def test_the_statistics_are_shown_on_one_screen(service: Service) -> None:
    said = service.run(block("Cache statistics", "python -m ops stats").text)

    assert said.code == 0, said.text
    assert len(said.lines) < 60


def test_every_field_that_the_guide_explains_is_there(service: Service) -> None:
    table = GUIDE.read_text().partition("\n### Cache statistics\n")[2].partition("\n### ")[0]
    cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}

    assert len(named) > 10
    assert named - {*service.stats()} == set()


def test_advice_is_given_on_what_was_measured(service: Service) -> None:
    """A row of each of the three tables, from real polls: here far more often than every second."""
    job = service.create()
    statuses = {service.get(job)[0] for _ in range(250)}
    said = service.run(block("Performance tuning", "python -m ops advise").text)

    assert statuses == {200}
    assert said.code == 0, said.text
    assert [
        it for it in ("TTL", "pool", "Memory", "Polling interval: 1 second") if it not in said.text
    ] == []


def test_prometheus_finds_the_names_that_the_guide_promises(service: Service) -> None:
    status, metrics = service.get("/metrics")
    names = {*re.findall(r"^\w+", metrics, re.MULTILINE)}

    assert status == 200
    assert {"cache_hit_rate", "cache_requests_total"} <= names


def test_a_program_of_ones_own_gets_the_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    publish(CacheStats().snapshot)
    exec(block("Prometheus metrics", "from cache import get_cache_stats").text, {})

    assert capsys.readouterr().out == "0.0 0\n"


def test_a_password_is_tried_as_the_guide_types_it(tmp_path: Path) -> None:
    dialogue = block("Issue: cache not working", "redis-cli -h localhost -p 6379")
    command, *typed = dialogue.lines
    with RedisServer(redis_flavours()[0].binary, password="your-password") as redis:
        terminal = Terminal(tmp_path / "there", redis_port=redis.port)
        lines = [line.removeprefix("> ").partition("  #")[0] for line in typed]
        said = terminal.run(command, typed="\n".join(lines))

    assert said.lines == ["OK", "PONG"]


def test_the_url_in_force_is_seen(service: Service) -> None:
    said = service.run(block("Issue: cache not working", "echo $REDIS_URL").text)

    assert said.text.strip() == service.terminal.environment["REDIS_URL"]


def test_keys_are_counted(service: Service) -> None:
    said = service.run(block("Issue: high memory usage", "redis-cli DBSIZE").text)

    assert int(said.text.removeprefix("(integer) ")) >= 0


def test_the_latency_of_the_network_is_measured(service: Service) -> None:
    """Without a terminal redis-cli measures for a second and ends."""
    command = block("Issue: connection timeouts", "redis-cli --latency -h redis-server")
    said = service.run(command.text)
    least, most, mean, samples = map(float, said.text.split()[:4])

    assert least <= mean <= most < 1000.0
    assert samples > 1


def test_the_commands_under_support_are_understood(service: Service) -> None:
    support = GUIDE.read_text().partition("\n## Support\n")[2]
    logs, curl, ping, doctor = re.findall(r"^\d\. .*?: `([^`]+)`", support, re.MULTILINE)

    assert "cache: redis at" in service.terminal.watch(logs, until="is in use")
    assert json.loads(service.run(curl).text)["cache_enabled"] is True
    assert service.run(ping).text == "PONG\n"
    assert doctor == "cd backend && python -m ops doctor"


def test_cache_not_working_is_seen_understood_and_cured(service: Service) -> None:
    """Symptom: `redis_enabled: false`. Cure: start Redis. Nothing is restarted but that."""
    ping = block("Issue: cache not working", "redis-cli ping")
    logs = block("Issue: cache not working", "tail -f logs/app.log | grep -i redis").lines[0]
    service.redis.kill()
    eventually(lambda: not service.stats()["redis_enabled"])
    pinged, ready = service.run(ping.text), service.get("/readyz")
    shown = service.terminal.watch(logs, until="is not in use")

    assert pinged.lines != ping.outputs
    assert pinged.code != 0
    assert (ready[0], json.loads(ready[1])["status"]) == (200, "degraded")
    assert re.search(r"redis at \S+ is not in use: it cannot be reached \(", shown)

    service.redis.start()
    eventually(lambda: service.stats()["redis_enabled"], seconds=10)
    told = [line for line in service.terminal.log.read_text().splitlines() if "redis" in line]

    assert service.run(ping.text).lines == ping.outputs
    assert told[-1].endswith(" is in use.")
