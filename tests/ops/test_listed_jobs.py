"""Jobs are listed page by page, up to a number, and nobody guesses where the list breaks off."""

from acted_service import acted_service
from ops.listed_jobs import listed_jobs
from ops.service import Service


def jobs(count: int) -> dict[str, int]:
    return {f"job_{number:04d}": 1 for number in range(count)}


async def test_all_pages_are_read() -> None:
    async with acted_service(versions=jobs(450)) as service:
        documents, whole = await listed_jobs(Service(service.url), most=1000)

    assert documents is not None
    assert [one["id"] for one in documents] == [*jobs(450)]
    assert whole
    assert len(service.asked) == 3


async def test_a_long_list_is_read_in_part_and_says_so() -> None:
    async with acted_service(versions=jobs(450)) as service:
        documents, whole = await listed_jobs(Service(service.url), most=400)

    assert documents is not None
    assert (len(documents), whole) == (400, False)


async def test_no_jobs_are_an_answer() -> None:
    async with acted_service() as service:
        assert await listed_jobs(Service(service.url), most=100) == ([], True)


async def test_a_service_that_is_away_lists_nothing_that_could_be_counted() -> None:
    async with acted_service() as service:
        pass

    assert await listed_jobs(Service(service.url), most=100) == (None, False)
