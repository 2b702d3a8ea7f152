"""`ops baseline`, `advise` and `drill failover` on services with Sentinels and a cluster."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from dev_servers import RedisCluster, RedisFlavour, RedisSentinels, redis_flavours
from live.client import Api
from live.installation import Installation
from ops import advise, baseline, drill
from ops.records import Kind, read_records, records_folder
from ops_words import words
from patience import eventually
from settings import Settings

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

Fleet = RedisSentinels | RedisCluster


def sentinels(flavours: list[RedisFlavour]) -> AbstractContextManager[Fleet]:
    return RedisSentinels(flavours[0].binary)


def cluster(flavours: list[RedisFlavour]) -> AbstractContextManager[Fleet]:
    return RedisCluster(flavours[-1].binary)


@pytest.fixture(params=[sentinels, cluster])
def fleet(request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[Fleet]]:
    """Each kind in turn, with one flavour each."""
    flavours = redis_flavours()
    if not flavours:
        pytest.skip("no redis-server on this machine: apt-get install redis-server")
    return lambda: request.param(flavours)


@pytest.fixture
async def served(
    fleet: Callable[[], AbstractContextManager[Fleet]], tally: Installation
) -> AsyncIterator[tuple[Api, Fleet]]:
    with fleet() as servers:
        yield await tally.serve(REDIS_URL=servers.url, EMBEDDED_WORKER="off").up(), servers
        await tally.close()


def figures_of(settings: Settings, kind: Kind) -> Mapping[str, Any]:
    """Of the one record of that kind."""
    found = read_records(records_folder(settings)).found
    (record,) = (one for one in found if one.kind == kind)
    return record.figures


async def test_a_failover_costs_no_poll_and_goes_on_record(
    served: tuple[Api, Fleet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api, servers = served
    url = str(api.http.base_url).rstrip("/")
    settings = Settings(data_dir=tmp_path / "ops-data", redis_url=servers.url)
    await eventually(api.stats, lambda stats: stats["redis_enabled"])

    load = ("--url", url, "--seconds", "1", "--rate", "100")
    measured = await baseline.run(words(baseline, *load, "--create"), settings)
    drilled = await drill.run(words(drill, "failover", *load, "--yes"), settings)
    advised = await advise.run(words(advise, "--url", url, "--entry-bytes", "2000"), settings)
    said = capsys.readouterr()
    before = figures_of(settings, "baseline")
    figures = figures_of(settings, "drill-failover")

    assert (measured, drilled, advised) == (2, 0, 0), said  # a second is too short for a baseline
    assert before["errors"] == 0
    assert before["polls"] >= 40
    assert before["hit_rate"] >= 90
    assert before["redis_enabled"] is True
    assert figures["from"] != figures["to"]
    assert (figures["errors"], figures["steps_back"]) == (0, 0)
    assert figures["back_in_use_seconds"] < 30
    assert figures["latency_ms"]["max"] < 2000
    assert (await api.stats())["servers"][figures["to"]] == "in use"
    assert "1 jobs (1 active, 0 finished not long ago)" in said.out
