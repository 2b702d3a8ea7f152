"""Jobs that nobody wants any more, or that take too long, end soon and leave no process behind."""

import sys
from collections.abc import AsyncIterator

import pytest

from live.client import Api, Document
from live.films import Film
from live.installation import Installation
from patience import seen

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

LONG = {"outputs": [{"codec": "vp9", "height": 720}]}
"""On a film of a minute: many times longer than any of these tests waits."""


def is_encoding(document: Document) -> bool:
    return bool(document["progress"]["percent"] > 0)


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """An installation for all tests of this file, with a worker at work."""
    installation = Installation(tmp_path_factory.mktemp("standing"))
    await installation.serve().up()
    yield installation
    await installation.close()


@pytest.fixture
def api(standing: Installation) -> Api:
    return standing.apis[0]


async def test_a_running_encode_is_canceled_within_five_seconds(
    standing: Installation, api: Api, film: Film
) -> None:
    job = await api.upload(film(60), "transcode", LONG)
    await api.until(job, is_encoding)
    encoding = standing.processes("ffmpeg")
    answer = await api.http.post(job["links"]["cancel"])
    ended = await api.until_done(job, seconds=5)

    assert len(encoding) == 1
    assert (answer.status_code, answer.json()["status"]) == (202, "canceling")
    assert ended["status"] == "canceled"
    assert standing.processes("ffmpeg") == {}


async def test_a_job_past_its_deadline_is_stopped_and_failed(
    standing: Installation, api: Api, film: Film
) -> None:
    warm = await api.until_done(await api.create("probe"))
    job = await api.upload(film(60), "transcode", LONG, deadline_seconds=3)
    ended = await api.until_done(job, seconds=15)
    await seen(lambda: standing.processes("ffmpeg"), lambda left: not left, seconds=3)

    assert warm["status"] == "succeeded"
    assert ended["status"] == "failed"
    assert ended["error"]["code"] == "deadline_exceeded"
    assert ended["started_at"] is not None
    assert ended["finished_at"] > ended["deadline_at"]


async def test_a_job_that_no_worker_took_expires_at_its_deadline(tally: Installation) -> None:
    api = await tally.serve(EMBEDDED_WORKER="off").up()
    job = await api.create("thumbnail", deadline_seconds=1)
    ended = await api.until_done(job, seconds=15)

    assert ended["status"] == "expired"
    assert ended["started_at"] is None
