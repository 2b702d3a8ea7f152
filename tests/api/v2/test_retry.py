"""Retry: the same once more, as a new job."""

from api_service import Service
from jobs import CancelRequested, Claimed, Deleted


async def test_a_retry_is_a_new_job_with_the_same_source(service: Service) -> None:
    first = (await service.upload(b"film")).json()
    await service.advance(first["id"], CancelRequested())

    answer = await service.client.post(first["links"]["retry"])
    again = answer.json()

    assert answer.status_code == 202
    assert again["id"] != first["id"]
    assert again["retry_of"] == first["id"]
    assert (again["status"], again["version"], again["attempt"]) == ("queued", 1, 0)
    assert service.files.source(again["id"]).read_bytes() == b"film"
    assert service.delivery.jobs == [first["id"], again["id"]]


async def test_a_retry_of_a_finished_job_starts_with_pending_outputs(service: Service) -> None:
    first = await service.finish((await service.create())["id"])

    again = (await service.client.post(f"/api/v2/jobs/{first.id}/retry")).json()

    assert [output["status"] for output in again["outputs"]] == ["pending"]


async def test_what_is_not_done_or_not_there_cannot_be_retried(service: Service) -> None:
    queued = await service.create()
    running = await service.create()
    await service.advance(running["id"], Claimed(worker="w"))
    deleted = await service.create()
    await service.advance(deleted["id"], CancelRequested(), Deleted())

    statuses = [
        (await service.client.post(f"/api/v2/jobs/{job_id}/retry")).status_code
        for job_id in (queued["id"], running["id"], deleted["id"], "job_" + "0" * 26, "x")
    ]

    assert statuses == [409, 409, 410, 404, 404]
