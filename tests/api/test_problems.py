"""Every error is a problem document."""

import pytest

from api.problems import Problem, problem_response
from api_service import Service
from jobs import Database, SqlJobs, StoreUnavailable


async def test_unknown_paths_and_methods_are_problems_too(service: Service) -> None:
    nowhere = await service.client.get("/nowhere")
    method = await service.client.put("/api/v2/jobs")

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert method.headers["allow"] == "GET, POST"
    assert nowhere.headers["content-type"] == method.headers["content-type"]


async def test_a_method_refused_behind_a_path_prefix_names_all_that_are_allowed(
    service: Service,
) -> None:
    job = await service.create()
    async with service.behind("/tally") as client:
        refused = await client.put("/tally" + job["links"]["self"])

    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET")


async def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = (await service.create())["links"]["self"]

    def away(*call: object, **named: object) -> None:
        raise StoreUnavailable("The database does not answer: staged.")

    monkeypatch.setattr(Database, "reading", away)  # lists and whole jobs
    monkeypatch.setattr(SqlJobs, "status", away)  # polls
    poll = await service.client.get(path)
    page = await service.client.get("/api/v2/jobs")

    for answer in (poll, page):
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["cache-control"] == "no-store"


def test_a_problem_document_carries_what_rfc_9457_asks_for() -> None:
    response = problem_response(Problem(409, "code", "Title", "Detail", errors=[("a", "b")]))

    assert response.media_type == "application/problem+json"
    assert b'"errors": [{"field": "a", "message": "b"}]' in bytes(response.body)
