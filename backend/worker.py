"""The workers' door: `python -m worker` takes jobs and does them until it is told to stop."""

import asyncio
import sys

from jobs import StoreUnavailable
from work import end_with_parent

if __name__ == "__main__":
    if "--embedded" in sys.argv[1:]:
        end_with_parent()

    from wiring import MISCONFIGURED, run_worker_process

    try:
        asyncio.run(run_worker_process())
    except MISCONFIGURED as error:
        sys.exit(f"The worker cannot start. {error}")
    except StoreUnavailable as error:
        sys.exit(f"The worker ends: {error}")
