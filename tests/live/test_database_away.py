"""A database that is away is not a job that is not there; and it is found again."""

import asyncio

import httpx
import pytest

from dev_servers import PostgresServer, RedisServer
from live.client import Document
from live.films import Film
from live.installation import Installation
from patience import eventually

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

STALE = "tally; fwd=stale; fwd-status=503; detail=near"
UNKNOWN: Document = {"links": {"self": "/api/v2/jobs/job_01JD3Q8Z6V4T9K2M7X5B1N0C4R"}}


async def test_the_database_may_be_away_at_the_start_and_go_while_jobs_run(
    postgres_url: str,
    postgres_server: PostgresServer,
    valkey: RedisServer,
    tally: Installation,
    film: Film,
) -> None:
    tally.settings |= {"DATABASE_URL": postgres_url, "REDIS_URL": valkey.url}
    postgres_server.stop()
    api = await tally.serve(EMBEDDED_WORKER="on").up("/livez")
    unready = await api.http.get("/readyz")
    early = await api.poll(UNKNOWN)

    postgres_server.start()
    await api.up()
    first = await api.until_done(await api.create("probe"))
    missing = await api.poll(UNKNOWN)
    job = await api.upload(film(20), "transcode")
    await api.until(job, lambda it: it["progress"]["percent"] > 0)

    postgres_server.stop()
    cached = [await api.poll(job), await api.poll(first)]
    outage = [await eventually(lambda: api.poll(job), is_stale) for _ in range(3)]
    uncached = [await api.poll(UNKNOWN)]  # by now nobody remembers that there is none
    alive = [(await api.http.get(page)).status_code for page in ("/livez", "/readyz")]

    postgres_server.start()
    again = await eventually(lambda: api.poll(UNKNOWN), lambda it: it.status_code == 404)
    done = await api.until_done(job)

    assert unready.status_code == 503
    assert first["status"] == "succeeded"
    assert missing.status_code == 404
    assert [answer.status_code for answer in cached] == [200, 200]
    assert {answer.headers["cache-status"] for answer in outage} == {STALE}
    assert all(int(answer.headers["retry-after"]) >= 5 for answer in outage)
    assert alive == [200, 503]
    assert [says_come_back(answer) for answer in (early, *uncached)] == [True, True]
    assert again.status_code == 404
    assert done["status"] == "succeeded"


async def test_polls_do_not_wait_for_a_frozen_database(
    postgres_url: str, postgres_server: PostgresServer, tally: Installation
) -> None:
    """It accepts connections and says nothing, as when its disk hangs or the network drops all."""
    api = await tally.serve(DATABASE_URL=postgres_url).up()
    job = await api.create("probe")
    postgres_server.freeze()
    try:
        async with asyncio.timeout(10):
            remembered, unknown = await asyncio.gather(api.poll(job), api.poll(UNKNOWN))
            old = await eventually(lambda: api.poll(job), is_stale)
    finally:
        postgres_server.thaw()
    thawed = await eventually(lambda: api.poll(UNKNOWN), lambda it: it.status_code == 404)

    assert (remembered.status_code, old.status_code) == (200, 200)
    assert says_come_back(unknown)
    assert thawed.status_code == 404


def is_stale(answer: httpx.Response) -> bool:
    return "fwd=stale" in answer.headers["cache-status"]


def says_come_back(answer: httpx.Response) -> bool:
    """A 503 as programs want it: a problem with its code, and when to ask again."""
    return (
        answer.status_code == 503
        and answer.headers["content-type"] == "application/problem+json"
        and int(answer.headers["retry-after"]) > 0
        and answer.json()["code"] == "store_unavailable"
    )
