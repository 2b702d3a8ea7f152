"""The statistics of a service and no other page: one look, and what came between two of them."""

from ops.service import Service
from ops.service_seen import Page, ServiceSeen


async def statistics(service: Service) -> ServiceSeen:
    """A look at its statistics. Never raises."""
    unasked = Page()
    return ServiceSeen(
        url=service.url,
        livez=unasked,
        readyz=unasked,
        stats=await service.stats(),
        metrics=unasked,
    )


def growth(before: ServiceSeen, after: ServiceSeen, name: str) -> float | None:
    """By how much that count has grown. None: not told twice, or it began anew meanwhile. Pure."""
    first, last = before.number(name), after.number(name)
    return last - first if first is not None and last is not None and last >= first else None
