"""There is something to poll, or a line that says what to do."""

import pytest

from acted_service import acted_service
from ops.sample_jobs import NoJobs, created, paths_to_poll
from ops.service import Service


async def test_listed_jobs_are_polled_but_not_all_of_very_many() -> None:
    async with acted_service(versions={f"job_{n}": 1 for n in range(150)}) as service:
        paths = await paths_to_poll(Service(service.url))

    assert paths == [f"/api/v2/jobs/job_{n}" for n in range(100)]


async def test_without_jobs_the_way_to_one_is_told() -> None:
    async with acted_service() as service:
        with pytest.raises(NoJobs, match="python -m ops baseline --create"):
            await paths_to_poll(Service(service.url))


async def test_a_job_is_created_on_tallys_own_clip() -> None:
    async with acted_service() as service:
        assert await created(Service(service.url)) == "/api/v2/jobs/job_0"


async def test_a_service_that_takes_no_job_says_so() -> None:
    async with acted_service(takes_jobs=False) as service:
        with pytest.raises(NoJobs, match="takes no new job: it answers 503"):
            await created(Service(service.url))
