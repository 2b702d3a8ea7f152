"""A database that is away is not a job that is not there; and it is found again."""

import httpx
import pytest

from dev_servers import PostgresServer, RedisServer
from live.client import Document, eventually
from live.films import Film
from live.installation import Installation

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PROBE = {"kind": "probe", "source": {"type": "sample"}}
UNKNOWN: Document = {"links": {"self": "/api/v2/jobs/job_01JD3Q8Z6V4T9K2M7X5B1N0C4R"}}


@pytest.fixture
def away(postgres_server: PostgresServer, postgres_url: str) -> str:
    """The URL of a database whose server is stopped."""
    postgres_server.stop()
    return postgres_url


def assert_says_come_back(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["code"] == "store_unavailable"


async def test_an_api_begins_without_its_database_and_works_once_it_is_there(
    away: str, postgres_server: PostgresServer, tally: Installation
) -> None:
    tally.settings |= {"DATABASE_URL": away, "EMBEDDED_WORKER": "on"}
    api = await tally.serve().up("/livez")
    unready = await api.http.get("/readyz")
    unknown = await api.poll(UNKNOWN)
    refused = await api.http.post("/api/v2/jobs", json=PROBE)
    postgres_server.start()
    await api.up()
    job = await api.until_done(await api.create("probe"))

    assert unready.status_code == 503
    assert_says_come_back(unknown)
    assert_says_come_back(refused)
    assert job["status"] == "succeeded"
    assert (await api.poll(UNKNOWN)).status_code == 404


async def test_while_the_database_is_away_only_the_cache_answers_and_work_goes_on_after(
    postgres_url: str,
    postgres_server: PostgresServer,
    some_redis: RedisServer,
    tally: Installation,
    film: Film,
) -> None:
    tally.settings |= {"DATABASE_URL": postgres_url, "REDIS_URL": some_redis.url}
    api = await tally.serve(EMBEDDED_WORKER="on").up()
    job = await api.upload(film(20), "transcode")
    other = await api.create("thumbnail")
    await api.until(job, lambda it: it["progress"]["percent"] > 0)
    await api.until_done(other)
    some_redis.ask(f"DEL tally:job:{{{other['id']}}}")
    postgres_server.stop()
    cached, uncached, unknown = [await api.poll(it) for it in (job, other, UNKNOWN)]
    postgres_server.start()
    again = await eventually(lambda: api.poll(other), lambda answer: answer.status_code == 200)
    done = await api.until_done(job)

    assert cached.status_code == 200
    assert cached.headers["cache-status"].startswith("tally; hit")
    assert_says_come_back(uncached)
    assert_says_come_back(unknown)
    assert again.json()["status"] == "succeeded"
    assert done["status"] == "succeeded"
    assert (await api.poll(UNKNOWN)).status_code == 404
