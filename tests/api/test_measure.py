"""Requests are observed by route, so that strangers cannot make up labels."""

import time
from typing import Any

import pytest

from api.measure import Measured, arrived, route_of
from api_service import Service


async def test_requests_are_observed_by_template_method_and_status(service: Service) -> None:
    job = await service.create()
    await service.client.get(job["links"]["self"])
    await service.client.get("/made/up/path")

    assert service.observed == [
        ("/api/v2/jobs", "POST", 202),
        ("/api/v2/jobs/{job_id}", "GET", 200),
        ("other", "GET", 404),
    ]


async def test_requests_behind_a_path_prefix_are_observed_without_it(service: Service) -> None:
    job = await service.create()
    async with service.behind("/tally") as client:
        poll = await client.get("/tally" + job["links"]["self"])
        await client.get("/tally/static-offline-docs/livez")

    assert poll.status_code == 200
    assert service.observed[1:] == [
        ("/api/v2/jobs/{job_id}", "GET", 200),
        ("other", "GET", 404),
    ]


async def test_what_a_request_waited_before_it_began_counts_once() -> None:
    """Also where a second one begins in the same context, as one that came behind it does."""
    observed = list[float]()

    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    measured = Measured(app, lambda route, method, status, seconds: observed.append(seconds))
    scope = {"type": "http", "path": "/livez", "method": "GET"}
    with arrived(time.perf_counter() - 60.0):
        await measured(scope, None, None)  # type: ignore[arg-type]
        await measured(scope, None, None)  # type: ignore[arg-type]

    assert [seconds >= 60.0 for seconds in observed] == [True, False]


@pytest.mark.parametrize("path", ["/tallyho/livez", "/tally", "/other/livez"])
def test_what_only_looks_like_the_prefix_is_none(path: str) -> None:
    assert route_of({"type": "http", "path": path, "root_path": "/tally"}) == "other"
