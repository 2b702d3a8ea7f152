"""Files that are no whole, honest video end as failed, each with its reason; the worker goes on.

The short form takes some that end alike. All of them: tests/video/test_hostile_files.py.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from hostile_clips import Hostile
from hostile_corpus import write_corpus
from live.films import Film
from live.installation import Installation
from live.soak import longer

pytestmark = [
    pytest.mark.live,
    pytest.mark.soak,
    pytest.mark.timeout(longer(120, 240)),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

SMALL: Final = {"outputs": [{"codec": "h264", "height": 144}]}
ALIKE: Final = longer(3, 1_000)
"""So many files at most for which the same codes fit."""


def some_of(corpus: Iterable[Hostile]) -> list[Hostile]:
    alike: dict[frozenset[str], list[Hostile]] = defaultdict(list)
    for file in corpus:
        alike[file.codes].append(file)
    return [file for files in alike.values() for file in files[:ALIKE]]


async def test_every_hostile_upload_fails_with_its_reason_and_a_good_one_then_succeeds(
    tally: Installation, film: Film, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    corpus = some_of(write_corpus(folder))
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

    assert len(corpus) >= longer(25, 130)
    assert wrong == []
    assert all(len(job["error"]["message"]) > 20 for job in ended)
    assert [first["status"], last["status"]] == ["succeeded", "succeeded"]
    assert tally.workers() == before
    assert len(before) == 1
    assert [*tally.data.glob("jobs/*/work-*")] == []
