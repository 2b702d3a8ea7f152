"""The batch: many polls in one request, each job in one of four lists."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import Problem
from api.v2.batch import batch_headers, batch_status, parse_ids
from api_service import Service
from example_documents import a_document
from example_jobs import a_job
from jobs import Answer, CancelRequested, Claimed, Deleted, StoreUnavailable, new_id

BATCH = "/api/v2/jobs/batch"
A, B, C = ("job_" + letter * 26 for letter in "ABC")


async def test_a_batch_gives_the_very_bytes_of_the_polls_in_the_order_asked_for(
    service: Service,
) -> None:
    made = [await service.create() for _ in range(3)]
    ids = [made[place]["id"] for place in (2, 0, 1)]

    answer = await service.client.get(f"{BATCH}?ids={','.join(ids)}")
    alone = [(await service.client.get(f"/api/v2/jobs/{job_id}")).content for job_id in ids]

    assert answer.status_code == 200
    assert answer.content == (
        b'{"data":[' + b",".join(alone) + b'],"missing":[],"gone":[],"unchanged":[]}'
    )
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["cache-status"] == 'tally; fwd=bypass; detail="store=3"'
    assert answer.headers["age"] == "0"


async def test_each_job_is_in_one_list(service: Service) -> None:
    seen, changed, deleted = [(await service.create())["id"] for _ in range(3)]
    theirs, unknown = a_job(owner="somebody else"), new_id(time.time())
    await service.store.create(theirs)
    await service.advance(changed, Claimed(worker="w"))
    await service.advance(deleted, CancelRequested(), Deleted())
    ids = f"{unknown},{deleted}@2,{changed}@1,{theirs.id}@1,{seen}@1"

    found = (await service.client.get(f"{BATCH}?ids={ids}")).json()

    assert [(document["id"], document["version"]) for document in found["data"]] == [(changed, 2)]
    assert found["missing"] == [unknown, theirs.id]
    assert found["gone"] == [deleted]
    assert found["unchanged"] == [seen]


async def test_a_version_that_nobody_gave_out_gets_the_newest_there_is(service: Service) -> None:
    created = await service.create()

    answer = await service.client.get(f"{BATCH}?ids={created['id']}@999999999999999")

    assert answer.json()["data"] == [created]


async def test_a_hundred_jobs_in_one_request(service: Service) -> None:
    ids = [(await service.store.create(a_job())).id for _ in range(100)]

    answer = await service.client.get(BATCH, params={"ids": ",".join(f"{id_}@7" for id_ in ids)})

    assert [document["id"] for document in answer.json()["data"]] == ids


async def test_retry_after_is_the_soonest_of_those_that_move_and_absent_when_all_are_done(
    service: Service,
) -> None:
    queued, running = [(await service.create())["id"] for _ in range(2)]
    await service.advance(running, Claimed(worker="w"))
    done = (await service.finish((await service.create())["id"])).id

    asked = (f"{queued},{done}", f"{queued}@1,{running},{done}", f"{done},{A}")
    answers = [await service.client.get(f"{BATCH}?ids={ids}") for ids in asked]

    assert [answer.headers.get("retry-after") for answer in answers] == ["2", "1", None]


@pytest.mark.parametrize(
    ("query", "field", "word"),
    [
        ("", "ids", "name the jobs"),
        ("?ids=", "ids", "name the jobs"),
        ("?id=" + A, "ids", "name the jobs"),
        ("?ids=" + ",".join([A] * 101), "ids", "at most 100"),
        (f"?ids={A},nonsense", "ids.1", "must be a job's id"),
        (f"?ids={A},", "ids.1", "must be a job's id"),
        (f"?ids={A}@", "ids.0", "must be a job's id"),
        (f"?ids={A}@-1", "ids.0", "must be a job's id"),
        (f"?ids={A}@1.1", "ids.0", "must be a job's id"),
        (f"?ids={A}@{'9' * 16}", "ids.0", "must be a job's id"),
        (f"?ids={A}@%C2%B2", "ids.0", "must be a job's id"),
        (f"?ids={A}&ids=x", "ids.1", "must be a job's id"),
    ],
)
async def test_what_cannot_be_asked_is_refused_and_says_what_to_do(
    service: Service, query: str, field: str, word: str
) -> None:
    answer = await service.client.get(BATCH + query)
    problem = answer.json()

    assert (answer.status_code, problem["code"]) == (422, "invalid_request")
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["errors"][0]["field"] == field
    assert word in problem["errors"][0]["message"]


async def test_a_database_that_is_away_is_503_and_nothing_is_missing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(service.store, "statuses", away)
    answer = await service.client.get(f"{BATCH}?ids={A},{B}")

    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 405), ("DELETE", 404)])
async def test_no_other_verb_takes_batch_for_a_job(
    service: Service, method: str, status: int
) -> None:
    answer = await service.client.request(method, f"{BATCH}?ids={A}")

    assert (answer.status_code, answer.headers.get("allow", "GET, HEAD")) == (status, "GET, HEAD")
    assert service.observed[-1] == ("/api/v2/jobs/batch", method, status)


@given(st.dictionaries(st.sampled_from([A, B, C]), st.integers(0, 10**9), min_size=1))
def test_ids_and_versions_are_understood_however_they_are_spread(wanted: dict[str, int]) -> None:
    texts = [f"{job_id}@{version}" if version else job_id for job_id, version in wanted.items()]

    assert parse_ids(texts) == parse_ids([",".join(texts)]) == wanted


@given(st.lists(st.text()))
def test_any_text_is_understood_or_refused(texts: list[str]) -> None:
    try:
        status = 200 if parse_ids(texts) else 500
    except Problem as problem:
        status = problem.status

    assert status in (200, 422)


def test_an_id_that_comes_twice_counts_with_the_higher_version() -> None:
    assert parse_ids([f"{A}@3,{B}", f"{A},{A}@2"]) == {A: 3, B: 0}


HIT = Answer(document=a_document(), hit=True, detail="near", age=1.5, ttl=28.5)
SHARED = Answer(document=a_document(), hit=True, detail="redis", age=9.0, ttl=21.9)
MISS = Answer(document=a_document(), forward="miss", stored=True)
AHEAD = Answer(document=a_document(), forward="stale")
STALE = Answer(document=a_document(), forward="stale", detail="near", stale=True, age=9.2, ttl=2.0)
DENIED = Answer(document=None, hit=True, detail="near")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([HIT, HIT, SHARED], 'tally; hit; ttl=21; detail="near=2 redis=1"'),
        ([DENIED], 'tally; hit; detail="near=1"'),
        ([MISS, HIT, HIT], 'tally; fwd=partial; detail="near=2 store=1"'),
        ([MISS, MISS], 'tally; fwd=miss; detail="store=2"'),
        ([AHEAD], 'tally; fwd=stale; detail="store=1"'),
        ([AHEAD, MISS], 'tally; fwd=miss; detail="store=2"'),
        ([HIT, STALE], 'tally; fwd=stale; fwd-status=503; detail="near=2"'),
    ],
)
def test_cache_status_sums_up_how_the_answers_came_to_be(
    answers: list[Answer], expected: str
) -> None:
    assert batch_status(answers) == expected


def test_a_batch_is_as_old_as_its_oldest_part_and_waits_longer_in_an_outage() -> None:
    headers = [batch_headers(answers) for answers in ([HIT, SHARED], [MISS, STALE], [STALE])]

    assert [one["Age"] for one in headers] == ["9", "9", "9"]
    assert [one["Retry-After"] for one in headers] == ["2", "2", "5"]
