"""`python -m ops drill rollback`: all three options of the guide under live polls, on record."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from dev_servers import redis_flavours
from example_evidence import evidence
from live.installation import BACKEND
from ops.checks_records import CHECKS
from ops.finding import Verdict
from ops.host_seen import HostSeen
from ops.records import Record, read_records, records_folder
from settings import Settings

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not redis_flavours(), reason="no redis-server on this machine"),
]

PHASES = [
    ("before", True),
    ("option 1: Redis is stopped", False),
    ("option 1: Redis is started again", True),
    ("option 2: REDIS_URL is invalid", False),
    ("option 3: no redis package", False),
]


async def test_all_three_options_lose_no_poll_and_go_on_record(tmp_path: Path) -> None:
    """At 200 polls a second, in phases as short as noticing allows."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ops", "drill", "rollback", "--seconds", "0.8"),
        cwd=BACKEND,
        env={**os.environ, "DATA_DIR": str(tmp_path), "REDIS_URL": "none", "LOG_FILE": ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said

    (record,) = read_records(records_folder(Settings(data_dir=tmp_path))).found
    assert (record.kind, record.ok) == ("drill-rollback", True)
    assert (record.figures["errors"], record.figures["steps_back"]) == (0, 0)
    assert record.figures["polls"] > 200 * 0.8 * len(PHASES)
    phases = record.figures["phases"]
    assert [(phase["name"], phase["redis_enabled"]) for phase in phases] == PHASES
    assert all(phase["unseen_changes"] == 0 for phase in phases)
    assert all(phase["database_reads"] <= phase["polls"] / 5 for phase in phases)
    assert "All as it should be. On record:" in said
    assert _doctor_says(record) is Verdict.OK


def _doctor_says(record: Record) -> Verdict:
    """Of the rollback drill, with this record and no other."""
    host = HostSeen(version=record.version)
    known = evidence(records=[record], now=record.at + 60.0, host=host)
    findings = {found.check: found for check in CHECKS for found in check(known)}
    return findings["drill.rollback"].verdict
