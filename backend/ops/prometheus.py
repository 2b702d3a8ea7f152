"""Asks a Prometheus what it watches: EDGE. It judges nothing; what it got is read elsewhere."""

import asyncio

from ops.prometheus_seen import PrometheusSeen
from ops.service import Service


async def ask_prometheus(prometheus: Service | None) -> PrometheusSeen | None:
    """Its three pages, asked at once, two seconds each. None: nobody named one. Never raises."""
    if prometheus is None:
        return None
    rules, targets, alertmanagers = await asyncio.gather(
        prometheus.page("/api/v1/rules?type=alert"),
        prometheus.page("/api/v1/targets?state=active"),
        prometheus.page("/api/v1/alertmanagers"),
    )
    return PrometheusSeen(
        url=prometheus.url, rules=rules, targets=targets, alertmanagers=alertmanagers
    )
