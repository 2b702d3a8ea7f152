"""List, cancel, delete."""

import pytest

from api_service import SAMPLE, Service
from jobs import CancelRequested, Claimed, Deleted


async def test_the_list_is_newest_first_and_walks_by_cursor(service: Service) -> None:
    made = [(await service.create())["id"] for _ in range(5)]
    seen: list[str] = []
    params = {"limit": "2"}

    while True:
        page = (await service.client.get("/api/v2/jobs", params=params)).json()
        seen += [document["id"] for document in page["data"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]

    assert sorted(seen) == sorted(made)
    assert len(seen) == 5


async def test_the_list_is_filtered_by_status_and_kind(service: Service) -> None:
    await service.create()
    probe = await service.create({**SAMPLE, "kind": "probe"})
    await service.advance(probe["id"], CancelRequested())

    page = await service.client.get("/api/v2/jobs?status=canceled&kind=probe")

    assert [document["id"] for document in page.json()["data"]] == [probe["id"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=201", 422),
        ("limit=x", 422),
        ("status=done", 422),
        ("kind=fly", 422),
        ("state=queued", 422),
        ("cursor=nonsense", 400),
    ],
)
async def test_a_filter_that_means_nothing_is_refused(
    service: Service, query: str, status: int
) -> None:
    answer = await service.client.get(f"/api/v2/jobs?{query}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_queued_job_is_canceled_at_once_and_a_running_one_when_it_has_stopped(
    service: Service,
) -> None:
    queued, running = await service.create(), await service.create()
    await service.advance(running["id"], Claimed(worker="w"))

    first = await service.client.post(queued["links"]["cancel"])
    second = await service.client.post(running["links"]["cancel"])
    again = [await service.client.post(job["links"]["cancel"]) for job in (queued, running)]

    assert (first.status_code, first.json()["status"]) == (200, "canceled")
    assert (second.status_code, second.json()["status"]) == (202, "canceling")
    assert [answer.status_code for answer in again] == [200, 202]


async def test_a_finished_job_cannot_be_canceled(service: Service) -> None:
    job = await service.finish((await service.create())["id"])

    answer = await service.client.post(f"/api/v2/jobs/{job.id}/cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_finished")
    assert (await service.store.get(job.id, owner=None)) == job


async def test_a_finished_job_is_deleted_with_its_files(service: Service) -> None:
    job = await service.finish((await service.create())["id"])

    answer = await service.client.delete(f"/api/v2/jobs/{job.id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not service.files.folder(job.id).exists()
    service.files.prepare(job.id)  # what a crash between commit and removal may leave
    assert (await service.client.delete(f"/api/v2/jobs/{job.id}")).status_code == 410
    assert not service.files.folder(job.id).exists()
    assert (await service.client.get("/api/v2/jobs")).json()["data"] == []


async def test_a_job_that_is_not_done_is_not_deleted(service: Service) -> None:
    job = (await service.upload(b"film")).json()

    answer = await service.client.delete(job["links"]["self"])

    assert (answer.status_code, answer.json()["code"]) == (409, "not_done")
    assert service.files.source(job["id"]).exists()


@pytest.mark.parametrize("verb", ["cancel", "retry"])
@pytest.mark.parametrize("job_id", ["nonsense", "job_" + "0" * 26])
async def test_verbs_on_unknown_jobs_are_404(service: Service, verb: str, job_id: str) -> None:
    answer = await service.client.post(f"/api/v2/jobs/{job_id}/{verb}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_verbs_on_deleted_jobs_are_410(service: Service) -> None:
    job = await service.create()
    await service.advance(job["id"], CancelRequested(), Deleted())

    answer = await service.client.post(job["links"]["cancel"])

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
