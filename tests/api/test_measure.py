"""Requests are observed by route, so that strangers cannot make up labels."""

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
