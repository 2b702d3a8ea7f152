"""The page's pure parts, run in a browser: headers, numbers and states in, words and waits out."""

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page

pytestmark = pytest.mark.live

CALL = """async ([file, name, args]) => (await import(`/static/${file}.js`))[name](...args)"""


@pytest.fixture(scope="module")
async def page(tally_url: str, chromium: Browser) -> AsyncIterator[Page]:
    """One page for all: what is tested here leaves nothing behind."""
    page = await chromium.new_page()
    await page.goto(tally_url)
    yield page
    await page.close()


async def call(page: Page, where: str, *args: Any) -> Any:
    """Calls an exported function, named as "file.name"."""
    return await page.evaluate(CALL, [*where.split("."), list(args)])


@pytest.mark.parametrize(
    ("header", "who", "redis_away"),
    [
        ("tally; hit; ttl=21; detail=redis", "redis", False),
        ("tally; hit; ttl=1; detail=near", "near", False),
        ("tally; fwd=miss; stored; detail=store", "store", False),
        ("tally; fwd=stale; fwd-status=503; detail=near", "near", False),
        ("tally; fwd=stale; detail=store", "store", False),
        ("tally; fwd=bypass; detail=redis-down", "store", True),
        ('Tally; HIT; detail="redis"', "redis", False),
        ("", "store", False),
        (None, "store", False),
    ],
)
async def test_cache_status_says_who_answered(
    page: Page, header: str | None, who: str, redis_away: bool
) -> None:
    assert await call(page, "cache.readCacheStatus", header) == {
        "who": who,
        "redisAway": redis_away,
        "old": "503" in (header or ""),
    }


def answers(*who: str) -> list[dict[str, object]]:
    return [{"who": each, "redisAway": False, "status": 200, "at": 1} for each in who]


HERE = {"cache_enabled": True, "redis_enabled": True, "at": 2}
AWAY = HERE | {"redis_enabled": False}
NONE = AWAY | {"state": "redis-off"}
OFF = AWAY | {"cache_enabled": False}


@pytest.mark.parametrize(
    ("heard", "stats", "sentence"),
    [
        ([], HERE, "No polls yet. Start a job and watch who answers."),
        (answers("redis"), HERE, "Redis answered the last poll."),
        (answers("nobody"), HERE, "The last poll got no answer."),
        (
            answers(*["store"] * 3, *["redis"] * 37),
            HERE,
            "Redis answered 37 of the last 40 polls; the database was asked 3 times.",
        ),
        (
            answers("redis", "redis"),
            HERE,
            "Redis answered all of the last 2 polls; the database was not asked.",
        ),
        (
            answers("store", "nobody", "near"),
            HERE,
            "Tally's own memory answered 1 of the last 3 polls; "
            "the database was asked once; 1 got no answer.",
        ),
        (
            answers("redis", "near", "near"),
            HERE,
            "Tally's own memory answered 2 and Redis 1 of the last 3 polls; "
            "the database was not asked.",
        ),
        (
            answers("near", "near"),
            AWAY,
            "Redis is away, and nothing is lost. "
            "Tally's own memory answered all of the last 2 polls; the database was not asked.",
        ),
        (
            answers("near", "near"),
            NONE,
            "There is no Redis. "
            "Tally's own memory answered all of the last 2 polls; the database was not asked.",
        ),
        (
            [*answers("near"), answers("near")[0] | {"old": True}],
            HERE,
            "The database is away; what is remembered answers. Nothing is lost.",
        ),
        (answers("store"), AWAY, "Redis is away; the database answers. Nothing is lost."),
        (answers("store"), OFF, "The cache is switched off; the database answers every poll."),
        (answers("store"), NONE, "There is no Redis; the database answers every poll."),
    ],
)
async def test_one_sentence_explains_the_strip(
    page: Page, heard: list[dict[str, object]], stats: dict[str, object], sentence: str
) -> None:
    assert await call(page, "cache.explain", heard, stats) == sentence


async def test_a_poll_often_knows_of_redis_before_the_statistics_do(page: Page) -> None:
    gone = {"who": "store", "redisAway": True, "at": 5}
    back = {"who": "redis", "redisAway": False, "at": 6}

    assert await call(page, "cache.redisState", [gone], HERE) == "away"
    assert await call(page, "cache.redisState", [gone, back], AWAY) == "here"
    assert await call(page, "cache.redisState", [gone, back], AWAY | {"at": 7}) == "away"
    assert await call(page, "cache.redisState", [], None) == "unknown"


@pytest.mark.parametrize(
    ("situation", "seconds"),
    [
        ({}, 1),
        ({"retryAfter": "0"}, 1),
        ({"retryAfter": "7"}, 7),
        ({"retryAfter": "Sun, 22 Nov 2026 22:00:00 GMT"}, 1),
        ({"retryAfter": "86400"}, 60),
        ({"failures": 1}, 1),
        ({"failures": 3}, 4),
        ({"failures": 3, "chance": 0.5}, 5),
        ({"failures": 9, "chance": 0.9}, 8),
        ({"failures": 1, "retryAfter": "5"}, 5),
    ],
)
async def test_the_wait_grows_with_trouble_and_honours_the_server(
    page: Page, situation: dict[str, object], seconds: float
) -> None:
    waited = await call(page, "polling.secondsUntilNext", situation)

    assert math.isclose(waited, seconds)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (409, '{"detail": "Already finished."}', "Already finished."),
        (409, '{"title": "Conflict"}', "Conflict"),
        (413, "<html>", "The file is too large for this server."),
        (418, "null", "The server answered 418."),
        (
            422,
            '{"detail": "a: is bad", "errors": [{"field": "a", "message": "is bad"}]}',
            "a: is bad",
        ),
        (
            422,
            '{"detail": "Not valid.", "errors": [{"field": "a", "message": "is bad"}, 7, null]}',
            "Not valid.\na: is bad",
        ),
    ],
)
async def test_a_refusal_becomes_a_sentence(
    page: Page, status: int, body: str, message: str
) -> None:
    said = """async ([status, body]) =>
        (await import("/static/problem.js")).problemFrom(status, null, body).message"""

    assert await page.evaluate(said, [status, body]) == message


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        ("words.sizeWords", 999, "999 bytes"),
        ("words.sizeWords", 18_422, "18 kB"),
        ("words.sizeWords", 2_500_000, "2.5 MB"),
        ("words.durationWords", 0.01, "under 0.1 s"),
        ("words.durationWords", 8, "8.0 s"),
        ("words.durationWords", 59.99, "60 s"),
        ("words.durationWords", 125.2, "2 min 05 s"),
        ("words.liveWords", 1, "1 job is live"),
        ("words.mediaWords", None, ""),
        ("words.sourceWords", {"type": "upload", "filename": "a.mp4"}, "a.mp4"),
        ("words.stateWords", "polished", {"mark": "·", "word": "polished"}),
    ],
)
async def test_values_have_plain_words(
    page: Page, where: str, value: object, words: object
) -> None:
    assert await call(page, where, value) == words
