"""The guide's one command, `python -m uvicorn main:app`, is enough: jobs done, polls from Redis."""

from pathlib import Path

import pytest

from dev_servers import RedisServer
from live.films import Film, decoded
from live.installation import Installation
from live.polling import polling

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

TWO_SIZES = {"outputs": [{"codec": "h264", "height": 360}, {"codec": "vp9", "height": 240}]}


async def test_uvicorn_alone_completes_jobs_whose_polls_come_from_redis(
    valkey: RedisServer, new_tally: Installation, film: Film, tmp_path: Path
) -> None:
    new_tally.words = ()
    api = await new_tally.serve(REDIS_URL=valkey.url).up()
    thumbnail = await api.create("thumbnail")
    transcode = await api.upload(film(12), "transcode", TWO_SIZES)
    async with (
        polling(api, thumbnail, every=0.25) as one,
        polling(api, transcode, every=0.25) as other,
    ):
        thumbnail, transcode = await one.until_done(), await other.until_done()
    stats = await api.stats()
    (picture,) = [await api.download(it, tmp_path / it["name"]) for it in thumbnail["outputs"]]
    h264, vp9 = [await api.download(it, tmp_path / it["name"]) for it in transcode["outputs"]]

    assert [thumbnail["status"], transcode["status"]] == ["succeeded", "succeeded"]
    assert decoded(picture).size == (640, 360)
    assert (decoded(h264).codec, decoded(h264).size) == ("h264", (640, 360))
    assert (decoded(vp9).codec, decoded(vp9).size) == ("vp9", (426, 240))
    assert decoded(h264).seconds == pytest.approx(12, abs=0.2)
    assert decoded(vp9).seconds == pytest.approx(12, abs=0.2)
    looks = one.looks + other.looks
    assert len(looks) >= 8
    assert stats["redis_enabled"] is True
    assert stats["hits"] > 0
    assert sum(look.hit for look in looks) > 0.8 * len(looks)
    assert stats["hit_rate"] > 80
