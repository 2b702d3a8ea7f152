"""How jobs come to be: from JSON, from an upload, from a job before."""

from typing import Any

import pytest

from api_service import SAMPLE, Service


async def test_a_created_job_is_accepted_located_and_queued(service: Service) -> None:
    answer = await service.client.post("/api/v2/jobs", json={**SAMPLE, "metadata": {"ref": "ž"}})
    document = answer.json()

    assert answer.status_code == 202
    assert answer.headers["location"] == document["links"]["self"]
    assert answer.headers["etag"] == '"1.1"'
    assert document["metadata"] == {"ref": "ž"}
    assert document["spec"]["width"] == 640
    assert document["outputs"] == [
        {"name": "thumbnail.jpg", "status": "pending", "content_type": "image/jpeg"}
    ]
    assert service.delivery.jobs == [document["id"]]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "kind"),
        ({"kind": "fly", "source": {"type": "sample"}}, "kind"),
        ({"kind": "probe"}, "source"),
        ({"kind": "probe", "source": {"type": "ftp"}}, "source.type"),
        ({"kind": "probe", "source": {"type": "upload"}}, "source.type"),
        ({**SAMPLE, "spec": {"width": -1}}, "spec.width"),
        ({**SAMPLE, "spec": {"hieght": 1}}, "spec.hieght"),
        ({**SAMPLE, "surprise": 1}, "surprise"),
        ({**SAMPLE, "metadata": {"x": "y" * 5000}}, "metadata"),
        ({**SAMPLE, "deadline_seconds": 0}, "deadline_seconds"),
        ({"kind": "trim", "source": {"type": "sample"}}, "spec.start_seconds"),
        ([], ""),
    ],
)
async def test_a_bad_request_names_the_field_and_creates_nothing(
    service: Service, request_: Any, field: str
) -> None:
    answer = await service.client.post("/api/v2/jobs", json=request_)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_request")
    assert field in [each["field"] for each in problem["errors"]]
    assert service.delivery.jobs == []


@pytest.mark.parametrize("value", ["1e999", "NaN", "-Infinity", '"\\ud800"'])
async def test_metadata_that_would_spoil_the_document_is_refused(
    service: Service, value: str
) -> None:
    text = f'{{"kind":"probe","source":{{"type":"sample"}},"metadata":{{"x":{value}}}}}'

    answer = await service.client.post(
        "/api/v2/jobs", content=text, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b'{"kind": NaN}'])
async def test_what_is_not_json_is_refused_in_words(service: Service, text: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await service.client.post("/api/v2/jobs", content=text, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_a_body_too_large_to_be_a_request_is_refused(service: Service) -> None:
    answer = await service.client.post("/api/v2/jobs", json={"x": "y" * 100_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_other_media_types_are_told_what_to_send(service: Service) -> None:
    answer = await service.client.post("/api/v2/jobs", content=b"x")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
