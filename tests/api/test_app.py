"""The whole interface: metrics and documentation are there."""

import re

import pytest

from api_service import Service


async def test_metrics_and_docs_are_served(service: Service) -> None:
    metrics = await service.client.get("/metrics")
    docs = await service.client.get("/docs")

    assert (metrics.status_code, metrics.text) == (200, "cache_hit_rate 0\n")
    assert docs.status_code == 200


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_the_documentation_needs_no_internet(service: Service, page: str) -> None:
    text = (await service.client.get(page)).text
    linked = re.findall(r'(?:src|href)="([^"]+)"', text)
    statuses = [(await service.client.get(path)).status_code for path in linked]

    assert linked
    assert set(statuses) == {200}
    assert all(path.startswith("/") and not path.startswith("//") for path in linked)
