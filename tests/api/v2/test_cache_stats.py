"""The statistics as the deployment guide shows them."""

from api_service import Service


async def test_stats_are_shaped_as_the_guide_shows(service: Service) -> None:
    answer = await service.client.get("/api/v2/cache/stats")

    assert answer.status_code == 200
    assert answer.json() == {
        "cache_enabled": True,
        "statistics": {"redis_enabled": False, "hits": 0},
    }
    assert answer.headers["cache-control"] == "no-store"
