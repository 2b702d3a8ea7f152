"""A database that is away is not a job that is not there; and it is found again."""

import asyncio

import httpx
import pytest

from dev_servers import PostgresServer, RedisServer
from live.client import Document, eventually
from live.films import Film
from live.installation import Installation

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

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
    valkey.ask(f"DEL tally:job:{{{first['id']}}}")

    postgres_server.stop()
    cached = await api.poll(job)
    uncached = [await api.poll(first), await api.poll(UNKNOWN)]
    alive = [(await api.http.get(page)).status_code for page in ("/livez", "/readyz")]

    postgres_server.start()
    again = await eventually(lambda: api.poll(first), lambda answer: answer.status_code == 200)
    done = await api.until_done(job)

    assert unready.status_code == 503
    assert first["status"] == "succeeded"
    assert missing.status_code == 404
    assert cached.status_code == 200
    assert cached.headers["cache-status"].startswith("tally; hit")
    assert alive == [200, 503]
    assert [says_come_back(answer) for answer in (early, *uncached)] == [True] * 3
    assert again.json()["status"] == "succeeded"
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
            frozen = await asyncio.gather(api.poll(job), api.poll(UNKNOWN))
    finally:
        postgres_server.thaw()
    thawed = await eventually(lambda: api.poll(job), lambda answer: answer.status_code == 200)

    assert [says_come_back(answer) for answer in frozen] == [True, True]
    assert thawed.json()["status"] == "queued"


def says_come_back(answer: httpx.Response) -> bool:
    """A 503 as programs want it: a problem with its code, and when to ask again."""
    return (
        answer.status_code == 503
        and answer.headers["content-type"] == "application/problem+json"
        and int(answer.headers["retry-after"]) > 0
        and answer.json()["code"] == "store_unavailable"
    )
