"""A service as its statistics tell of it: for what reads them and asks nobody."""

import json
from typing import Any

from ops.measured import Census, Measured, read_measured
from ops.service_seen import Page, ServiceSeen
from settings import Settings


def telling(statistics: object) -> ServiceSeen:
    """A service that tells these statistics and nothing else."""
    body = json.dumps({"cache_enabled": True, "statistics": statistics}).encode()
    return ServiceSeen(
        url="http://127.0.0.1:8000",
        livez=Page(),
        readyz=Page(),
        stats=Page(status=200, body=body),
        metrics=Page(),
    )


def measured_of(census: Census | None = None, **statistics: Any) -> Measured:
    """What is read from such statistics."""
    return read_measured(telling(statistics), Settings(), census)
