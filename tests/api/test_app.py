"""The whole interface: metrics and documentation are there."""

from api_service import Service


async def test_metrics_and_docs_are_served(service: Service) -> None:
    metrics = await service.client.get("/metrics")
    docs = await service.client.get("/docs")

    assert (metrics.status_code, metrics.text) == (200, "cache_hit_rate 0\n")
    assert docs.status_code == 200
