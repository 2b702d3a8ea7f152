"""Files that are no whole, honest video end as failed, each with its reason; the worker goes on."""

import sys
from pathlib import Path

import pytest

from hostile_corpus import write_corpus
from live.films import Film
from live.installation import Installation

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

SMALL = {"outputs": [{"codec": "h264", "height": 144}]}


async def test_every_hostile_upload_fails_with_its_reason_and_a_good_one_then_succeeds(
    tally: Installation, film: Film, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    corpus = write_corpus(folder)
    api = await tally.serve().up()
    first = await api.until_done(await api.create("probe"))
    before = tally.workers()
    jobs = [await api.upload(folder / file.name, "transcode", SMALL) for file in corpus]
    ended = [await api.until_done(job) for job in jobs]
    last = await api.until_done(await api.upload(film(4), "transcode", SMALL))
    wrong = [
        (file.name, sorted(file.codes), job["status"], job["error"])
        for file, job in zip(corpus, ended, strict=True)
        if job["status"] != "failed" or job["error"]["code"] not in file.codes
    ]

    assert len(corpus) >= 60
    assert wrong == []
    assert all(len(job["error"]["message"]) > 20 for job in ended)
    assert [first["status"], last["status"]] == ["succeeded", "succeeded"]
    assert tally.workers() == before
    assert len(before) == 1
    assert [*tally.data.glob("jobs/*/work-*")] == []
