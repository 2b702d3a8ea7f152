"""`ops stats` shows what a service tells, on a screen or as it is, or says that it tells none."""

import json
from argparse import Namespace

import pytest

from example_evidence import STATISTICS
from ops.stats import run
from said_pages import saying
from settings import Settings

TOLD = json.dumps({"cache_enabled": True, "statistics": STATISTICS})


async def shown(url: str, *, as_json: bool = False) -> int:
    return await run(Namespace(url=url, json=as_json), Settings(_env_file=None))


async def test_the_statistics_are_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    async with saying("200 OK", TOLD.encode()) as url:
        code = await shown(url)

    said = capsys.readouterr().out
    assert code == 0
    assert said.startswith(f"{url} at 2027-01-15T08:00:00.000Z\n")
    assert "answered by        near 9,000, redis 990" in said


async def test_as_json_they_are_what_the_service_said(capsys: pytest.CaptureFixture[str]) -> None:
    async with saying("200 OK", TOLD.encode()) as url:
        code = await shown(url, as_json=True)

    assert (code, capsys.readouterr().out) == (0, f"{TOLD}\n")


@pytest.mark.parametrize(
    ("status", "body"), [("404 Not Found", b"{}"), ("200 OK", b"<html>"), ("500 Oops", b"")]
)
async def test_who_tells_no_statistics_is_named_with_what_it_said(
    capsys: pytest.CaptureFixture[str], status: str, body: bytes
) -> None:
    async with saying(status, body) as url:
        code = await shown(url)

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err == (
        f"{url} tells no statistics: /api/v2/cache/stats answers {status.split()[0]}\n"
    )
