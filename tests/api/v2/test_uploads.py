"""Uploads: streamed to disk, bounded, and never half kept."""

import json
from typing import Any

import pytest

from api_service import SAMPLE, UPLOAD, UPLOAD_LIMIT, Service


async def test_an_upload_lies_on_disk_under_the_servers_own_name(service: Service) -> None:
    answer = await service.upload(b"film" * 1000)
    document = answer.json()

    assert answer.status_code == 202
    assert document["source"] == {"type": "upload", "filename": "film.mp4", "bytes": 4000}
    assert service.files.source(document["id"]).read_bytes() == b"film" * 1000


@pytest.mark.parametrize("name", ["../../etc/passwd", "<script>", "a\tb", "ž" * 300, "-i"])
async def test_a_hostile_file_name_is_only_ever_data(service: Service, name: str) -> None:
    answer = await service.client.post(
        "/api/v2/jobs", data={"job": json.dumps(UPLOAD)}, files={"file": (name, b"x")}
    )

    job = answer.json()
    assert len(job["source"]["filename"]) <= 255
    assert [path.name for path in service.files.folder(job["id"]).iterdir()] == ["source"]


async def test_the_file_may_come_before_the_job(service: Service) -> None:
    parts: list[Any] = [("file", ("a.mp4", b"film")), ("job", (None, json.dumps(UPLOAD)))]

    answer = await service.client.post("/api/v2/jobs", files=parts)

    assert answer.status_code == 202


async def test_quotes_in_a_file_name_are_as_the_person_named_it(service: Service) -> None:
    """Browsers send a quotation mark as %22 (WHATWG, multipart/form-data encoding)."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="job"\r\n\r\n%b\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a %%22b%%22.mp4"\r\n\r\n'
        b"film\r\n--b--\r\n"
    ) % json.dumps(UPLOAD).encode()

    answer = await service.client.post(
        "/api/v2/jobs", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )

    assert answer.json()["source"]["filename"] == 'a "b".mp4'


@pytest.mark.parametrize("declared", [True, False])
async def test_an_upload_over_the_limit_is_refused_and_leaves_nothing(
    service: Service, declared: bool
) -> None:
    content = b"x" * (UPLOAD_LIMIT + (200_000 if declared else 1))

    answer = await service.upload(content)

    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    assert str(UPLOAD_LIMIT) in answer.json()["detail"]
    assert service.delivery.jobs == []
    assert not list(service.files.folder("job_" + "0" * 26).parent.glob("*/source"))


async def test_an_upload_of_exactly_the_limit_is_accepted(service: Service) -> None:
    assert (await service.upload(b"x" * UPLOAD_LIMIT)).status_code == 202


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("file", ("a", b"x"))], "invalid_request"),
        ([("job", (None, json.dumps(UPLOAD)))], "malformed_multipart"),
        ([("job", (None, json.dumps(SAMPLE))), ("file", ("a", b"x"))], "invalid_request"),
        ([("job", (None, "{")), ("file", ("a", b"x"))], "invalid_request"),
        ([("job", (None, "x" * 70_000)), ("file", ("a", b"x"))], "malformed_multipart"),
        ([("file", ("a", b"x")), ("file", ("b", b"x"))], "malformed_multipart"),
        ([("other", (None, "x")), ("file", ("a", b"x"))], "malformed_multipart"),
    ],
)
async def test_a_bad_multipart_body_is_refused_and_leaves_nothing(
    service: Service, parts: list[Any], code: str
) -> None:
    answer = await service.client.post("/api/v2/jobs", files=parts)

    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == code
    assert not list(service.files.folder("job_" + "0" * 26).parent.glob("*/source"))


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"no boundary here"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=file"),
        ("multipart/form-data; boundary=" + "b" * 500, b"--b"),
    ],
)
async def test_broken_multipart_is_a_400(service: Service, header: str, body: bytes) -> None:
    answer = await service.client.post(
        "/api/v2/jobs", content=body, headers={"Content-Type": header}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_multipart")
