"""`python -m ops stats`: the service's statistics, on one screen or as they are."""

import argparse
import sys
from typing import Final

from ops.service import Service
from ops.service_statistics import statistics
from ops.stats_screen import screen
from settings import Settings

SILENT: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none of its own."""


async def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print them. 0; 2 where nobody tells them."""
    seen = await statistics(Service(args.url))
    if not seen.statistics:
        print(f"{seen.url} tells no statistics: /api/v2/cache/stats {seen.stats}", file=sys.stderr)
        return SILENT
    print(seen.stats.text if args.json else screen(seen))
    return 0
