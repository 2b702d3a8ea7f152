"""Doctor looks from all sides within ten seconds whatever is down, and breaks off at nothing."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_servers import RedisServer, free_port, redis_flavours
from example_evidence import STATISTICS, evidence, service
from ops.doctor import CHECK_IDS, CHECKS, gather, judge
from ops.evidence import Evidence
from ops.finding import Finding, Verdict
from ops.service import Service
from settings import Settings

BACKEND = Path(__file__).parents[2] / "backend"
PAGE = BACKEND.parent / "docs" / "doctor.md"
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.lists(st.integers(), max_size=2)
    | st.just({"1h": {"requests": 10**6, "hit_rate": "high"}})
    | st.just({"outcomes": {"kept": -1}})
)
WITHOUT_REDIS = """
import sys
sys.modules["redis"] = None
from ops.command_line import main
sys.exit(main(["doctor", "--json"]))
"""


def broken(given: Evidence) -> Iterator[Finding]:
    yield from judge(given)
    raise ZeroDivisionError(given.settings.redis_url)


def test_a_check_that_breaks_off_is_told_and_stops_no_other() -> None:
    alone = judge(evidence())
    found = judge(evidence(), [broken, *CHECKS])

    assert found[1:] == alone
    assert (found[0].check, found[0].subject, found[0].verdict) == (
        "ops.check",
        "broken",
        Verdict.UNKNOWN,
    )
    assert found[0].measured == "the check itself failed: ZeroDivisionError"


@given(st.dictionaries(st.sampled_from(sorted(STATISTICS)), ODD, max_size=6))
def test_no_statistics_are_too_odd_to_be_judged(changes: dict[str, Any]) -> None:
    found = judge(evidence(service=service(changes)))

    assert [finding for finding in found if finding.check == "ops.check"] == []
    assert all(finding.measured and finding.threshold for finding in found)


def test_every_check_is_on_the_page_and_no_other() -> None:
    sources = (BACKEND / "ops").glob("checks_*.py")
    checks = {
        check for path in sources for check in re.findall(r'check="([\w.-]+)"', path.read_text())
    }
    checks |= set(
        re.findall(r'_kept\(\s*"([\w.-]+)"', (BACKEND / "ops/checks_settings.py").read_text())
    )
    written = set(re.findall(r"^\| `([a-z]+\.[\w.-]+)` \|", PAGE.read_text(), re.MULTILINE))

    assert len(checks) >= 50
    assert written == checks | {"ops.check"} == CHECK_IDS


@pytest.fixture
def frozen() -> Iterator[RedisServer]:
    """It listens, and never answers."""
    with RedisServer(redis_flavours()[0].binary) as server:
        server.freeze()
        yield server
        server.thaw()


async def test_with_everything_frozen_it_is_done_in_ten_seconds(
    frozen: RedisServer, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "app.log")
    settings = Settings(
        _env_file=None,
        redis_url=frozen.url,
        data_dir=tmp_path,
        log_file=str(tmp_path / "app.log"),
    )
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it lets anybody in, and says nothing
        frozen_too = Service(f"http://127.0.0.1:{silent.getsockname()[1]}")
        found = judge(await gather(settings, frozen_too, now=time.time()))
    took = time.monotonic() - began

    assert took < 10
    verdicts = {finding.check: finding.verdict for finding in found}
    assert verdicts["redis.reachable"] is Verdict.FAIL
    assert verdicts["service.alive"] is Verdict.FAIL
    assert verdicts["secrets.log"] is Verdict.UNKNOWN
    assert {finding.check for finding in found if finding.verdict is Verdict.OK} <= {
        "redis.url",
        "redis.name",
        "redis.layout",
        "redis.tls",
        "settings.redis-url",
    }


def test_without_the_redis_package_it_says_so_and_goes_on(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "REDIS_URL": "redis://localhost:6379/0",
        "DATA_DIR": str(tmp_path),
        "LOG_FILE": "",
        "PORT": str(free_port()),
    }
    words = [sys.executable, "-c", WITHOUT_REDIS]
    ended = subprocess.run(words, cwd=BACKEND, env=env, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 2, ended.stderr
    told = json.loads(ended.stdout)
    by_id = {finding["check"]: finding for finding in told["findings"]}
    assert by_id["redis.reachable"]["verdict"] == "unknown"
    assert "pip install 'redis>=5.0.0'" in by_id["redis.reachable"]["measured"]
    assert by_id["service.alive"]["verdict"] == "fail"
