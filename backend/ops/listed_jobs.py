"""The jobs that a service lists, a page at a time: asks through service.py, judges nothing."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from ops.service import Service

_PAGE: Final = 200


async def listed_jobs(
    service: Service, *, most: int
) -> tuple[list[Mapping[str, Any]] | None, bool]:
    """The newest jobs, about so many at most, and whether these are all. None: it does not tell."""
    found: list[Mapping[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None and len(found) < most:
        query = {"limit": min(_PAGE, most), **({"cursor": cursor} if cursor else {})}
        page = await service.page(f"/api/v2/jobs?{urlencode(query)}")
        data = page.document.get("data")
        if not page.fine or not isinstance(data, list):
            return None, False
        found += [job for job in data if isinstance(job, dict)]
        cursor = page.document.get("next_cursor")
    return found, cursor is None
