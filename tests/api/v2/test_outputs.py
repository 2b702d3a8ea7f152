"""Downloads: whole, in ranges, and not at all."""

import hashlib

import pytest

from api_service import Service
from jobs import Claimed

CONTENT = bytes(range(256)) * 40


async def finished(service: Service) -> str:
    job = await service.finish((await service.create())["id"], CONTENT)
    return f"/api/v2/jobs/{job.id}/outputs/thumbnail.jpg"


async def test_an_output_is_served_whole_with_its_hash_as_etag(service: Service) -> None:
    answer = await service.client.get(await finished(service))

    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-7", -7, None)],
)
async def test_a_range_gives_just_that_part(
    service: Service, asked: str, start: int, end: int | None
) -> None:
    answer = await service.client.get(await finished(service), headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    assert answer.headers["content-range"].endswith(f"/{len(CONTENT)}")


async def test_a_range_outside_of_the_file_is_a_problem_that_tells_its_size(
    service: Service,
) -> None:
    answer = await service.client.get(await finished(service), headers={"Range": "bytes=999999-"})

    assert (answer.status_code, answer.json()["code"]) == (416, "bad_range")
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize("asked", ["bytes=9-1", "lines=1-2", "bytes=", "junk"])
async def test_a_range_that_means_nothing_is_ignored(service: Service, asked: str) -> None:
    answer = await service.client.get(await finished(service), headers={"Range": asked})

    assert (answer.status_code, answer.content) == (200, CONTENT)


async def test_the_etag_spares_the_second_download_and_guards_a_resumed_one(
    service: Service,
) -> None:
    path = await finished(service)
    etag = (await service.client.get(path)).headers["etag"]

    again = await service.client.get(path, headers={"If-None-Match": etag})
    resumed = await service.client.get(path, headers={"Range": "bytes=5-", "If-Range": etag})
    changed = await service.client.get(path, headers={"Range": "bytes=5-", "If-Range": '"old"'})

    assert (again.status_code, again.content) == (304, b"")
    assert (resumed.status_code, resumed.content) == (206, CONTENT[5:])
    assert (changed.status_code, changed.content) == (200, CONTENT)


async def test_head_tells_size_and_type_without_the_file(service: Service) -> None:
    answer = await service.client.head(await finished(service))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


async def test_what_is_not_there_is_told_apart(service: Service) -> None:
    job = await service.create()
    base = f"{job['links']['self']}/outputs"
    await service.advance(job["id"], Claimed(worker="w"))
    missing = await finished(service)
    service.files.remove(missing.split("/")[4])

    async def code(path: str) -> tuple[int, str]:
        answer = await service.client.get(path)
        return answer.status_code, answer.json()["code"]

    assert await code(f"{base}/thumbnail.jpg") == (404, "output_not_ready")
    assert await code(f"{base}/other.jpg") == (404, "output_not_found")
    assert await code(f"{base}/..%2f..%2fsource") == (404, "not_found")
    assert await code(missing) == (404, "output_missing")
    assert await code(f"/api/v2/jobs/job_{'0' * 26}/outputs/x") == (404, "not_found")
    assert await code("/api/v2/jobs/x/outputs/x") == (404, "not_found")
