"""`python -m ops stats`: the service's statistics, on one screen or as they are."""

import argparse
import sys
from typing import Final

from ops.service import Service
from ops.service_seen import Page, ServiceSeen
from ops.stats_screen import screen
from settings import Settings

SILENT: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none of its own."""


async def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print them. 0; 2 where nobody tells them."""
    service = Service(args.url)
    page, nothing = await service.stats(), Page()
    seen = ServiceSeen(url=service.url, livez=nothing, readyz=nothing, stats=page, metrics=nothing)
    if not seen.statistics:
        print(f"{service.url} tells no statistics: /api/v2/cache/stats {page}", file=sys.stderr)
        return SILENT
    print(page.text if args.json else screen(seen))
    return 0
