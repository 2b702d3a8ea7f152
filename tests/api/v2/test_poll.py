"""The poll: what a client that asks every second relies on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.v2.poll import cache_status, floor, matches, poll_headers, retry_after
from api_service import Service
from example_jobs import a_job
from jobs import Answer, CancelRequested, Claimed, Deleted, Progressed, render


async def test_a_poll_gives_the_document_and_tells_when_to_come_back(service: Service) -> None:
    created = await service.create()

    answer = await service.client.get(created["links"]["self"])

    assert answer.status_code == 200
    assert answer.json() == created
    assert answer.headers["etag"] == '"1.1"'
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["cache-status"] == "tally; fwd=bypass; detail=store"


async def test_the_etag_of_the_last_answer_gets_304_until_something_changes(
    service: Service,
) -> None:
    path = (job := await service.create())["links"]["self"]
    seen = (await service.client.get(path)).headers["etag"]

    same = await service.client.get(path, headers={"If-None-Match": seen})
    await service.advance(job["id"], Claimed(worker="w"))
    changed = await service.client.get(path, headers={"If-None-Match": seen})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", seen)
    assert same.headers["retry-after"] == "2"
    assert (changed.status_code, changed.json()["status"]) == (200, "running")


async def test_every_change_changes_the_etag_and_done_ends_the_polling(service: Service) -> None:
    job = await service.create()
    path, tags = job["links"]["self"], set()
    await service.advance(job["id"], Claimed(worker="w"))
    for percent in (10.0, 20.0):
        await service.advance(job["id"], Progressed(fence=1, percent=percent, phase="encode"))
        tags.add((await service.client.get(path)).headers["etag"])
    await service.advance(job["id"], CancelRequested())
    tags.add((await service.client.get(path)).headers["etag"])
    final = await service.finish((await service.create())["id"])
    done = await service.client.get(f"/api/v2/jobs/{final.id}")

    assert len(tags) == 3
    assert done.json()["done"] is True
    assert done.headers["cache-control"] == "private, max-age=60"
    assert "retry-after" not in done.headers


@pytest.mark.parametrize("job_id", ["nonsense", "job_x", "job_" + "0" * 26, "job_" + "é" * 26])
async def test_unknown_and_malformed_ids_are_the_same_404(service: Service, job_id: str) -> None:
    answer = await service.client.get(f"/api/v2/jobs/{job_id}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


async def test_another_owners_job_is_a_404(service: Service) -> None:
    job = a_job(owner="somebody else")
    await service.store.create(job)

    assert (await service.client.get(f"/api/v2/jobs/{job.id}")).status_code == 404


async def test_a_deleted_job_is_410_and_not_404(service: Service) -> None:
    job = await service.create()
    await service.advance(job["id"], CancelRequested(), Deleted())

    answer = await service.client.get(job["links"]["self"])

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


async def test_who_polls_what_is_told_and_whether_it_was_the_last_time(service: Service) -> None:
    created = await service.create()
    await service.client.get(created["links"]["self"])
    await service.finish(created["id"])
    await service.client.get(created["links"]["self"])
    await service.client.get("/api/v2/jobs/job_" + "0" * 26)

    assert service.polls == [
        (created["id"], "127.0.0.1", False),
        (created["id"], "127.0.0.1", True),
    ]


async def test_head_is_get_without_the_body(service: Service) -> None:
    path = (await service.create())["links"]["self"]

    head, get = await service.client.head(path), await service.client.get(path)

    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == get.headers["content-length"]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 10**9)), max_size=5))
def test_the_floor_is_the_highest_version_the_client_names(seen: list[tuple[bool, int]]) -> None:
    header = ", ".join(f'{"W/" if weak else ""}"{version}.1"' for weak, version in seen)

    assert floor(header) == max((version for _, version in seen), default=0)


@given(st.text())
def test_any_if_none_match_is_understood_or_ignored(header: str) -> None:
    assert floor(header) >= 0
    assert matches(header, '"1.1"') in (True, False)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"1.1"', True),
        ('W/"1.1"', True),
        ('"9.1", "1.1"', True),
        ("*", True),
        ('"11.1"', False),
        ("1.1", False),
        ("", False),
    ],
)
def test_if_none_match_compares_weakly(header: str, expected: bool) -> None:
    assert matches(header, '"1.1"') is expected


def test_cache_status_says_who_answered_and_why() -> None:
    document = render(a_job())
    hit = Answer(document=document, hit=True, detail="redis", ttl=21.9, age=8.1)
    miss = Answer(document=document, forward="miss", stored=True)
    down = Answer(document=document, detail="redis-down")
    stale = Answer(document=document, forward="stale", detail="near", stale=True, age=9.2, ttl=20.8)

    assert cache_status(hit) == "tally; hit; ttl=21; detail=redis"
    assert cache_status(miss) == "tally; fwd=miss; stored; detail=store"
    assert cache_status(down) == "tally; fwd=bypass; detail=redis-down"
    assert cache_status(stale) == "tally; fwd=stale; fwd-status=503; detail=near"
    assert poll_headers(document, hit)["Age"] == "8"
    assert poll_headers(document, stale)["Age"] == "9"


@pytest.mark.parametrize(("usual", "expected"), [(1, 5), (2, 5), (5, 10)])
def test_while_the_database_is_away_clients_are_asked_to_wait_longer(
    usual: int, expected: int
) -> None:
    document = replace(render(a_job()), retry_after=usual)

    assert retry_after(document, stale=False) == usual
    assert retry_after(document, stale=True) == expected
