"""`advise` speaks to people and programs, by what was measured or by what it is given."""

import json
from pathlib import Path

import pytest

from acted_service import acted_service
from ops import advise
from ops_words import words
from settings import Settings

NOBODY = "http://127.0.0.1:9"


async def test_a_service_polled_every_ten_seconds_is_advised(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    statistics = {
        "ttl_seconds": 30.0,
        "feed": {},
        "polling": {"interval_seconds": 10.0, "samples": 500, "pollers": 120.0},
        "pool": {"size": 10, "busy": 0},
        "entry": {"mean_bytes": 2000.0, "samples": 30},
    }
    jobs = {f"job_{number}": 1 for number in range(250)}
    async with acted_service(statistics=statistics, versions=jobs) as acted:
        code = await advise.run(words(advise, "--url", acted.url), Settings(data_dir=tmp_path))
    said = capsys.readouterr().out

    assert code == 0
    assert "  change       CACHE_TTL_SECONDS=100" in said
    assert "Polling interval: 10+ seconds; Recommended TTL: 60+ seconds" in said
    assert "Concurrent users: 50-200; Pool size: 10-20; Memory impact: Medium" in said
    assert "250 jobs (250 active, 0 finished not long ago), 2000 bytes each" in said
    assert "doubtful     from 30 samples only, 100 are wanted" in said


async def test_what_is_given_needs_no_service(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--interval", "3", "--pollers", "40", "--entry-bytes", "2000", "--jobs", "100")
    code = await advise.run(words(advise, "--url", NOBODY, "--json", *given), Settings())
    told = capsys.readouterr()
    ttl, pool, memory = json.loads(told.out)["advice"]

    assert code == 0
    assert "advice from what was given alone" in told.err
    assert ttl["row"] == {
        "Polling interval": "2-3 seconds",
        "Recommended TTL": "30 seconds",
        "Cache efficiency": "High",
    }
    assert ttl["figures"]["recommended_ttl_seconds"] == 30
    assert pool["row"]["Pool size"] == "5-10"
    assert memory["row"]["Needed"] == "2 MB"
    assert [one["change"] for one in (ttl, pool, memory)] == [None, None, None]


async def test_with_nothing_to_go_by_it_says_what_it_needs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = await advise.run(words(advise, "--url", NOBODY), Settings())
    said = capsys.readouterr().out

    assert code == 2
    assert said.count("is not known") == 3
    for option in ("--interval", "--pollers", "--jobs"):
        assert option in said


@pytest.mark.parametrize("option", ["--interval", "--pollers", "--entry-bytes", "--jobs"])
@pytest.mark.parametrize("number", ["1e-320", "1e308", "0", "-1", "nan", "inf", "many"])
def test_a_number_that_cannot_be_meant_is_refused_in_one_line(
    option: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        words(advise, f"{option}={number}")

    *_, last = capsys.readouterr().err.splitlines()
    assert f"{option}: '{number}' is no number from " in last
    assert len(last) < 120


@pytest.mark.parametrize("interval", ["0.001", "86400"])
@pytest.mark.parametrize("pollers", ["1", "10000000"])
@pytest.mark.parametrize(("size", "jobs"), [("1", "1"), ("536870912", "1000000000")])
async def test_the_least_and_the_most_that_are_taken_are_advised_in_short_lines(
    interval: str, pollers: str, size: str, jobs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--interval", interval, "--pollers", pollers, "--entry-bytes", size, "--jobs", jobs)
    code = await advise.run(words(advise, "--url", NOBODY, *given), Settings())

    assert code == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) < 200
