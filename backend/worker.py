"""The workers' door: `python -m worker` takes jobs and does them until it is told to stop."""

import asyncio
import sys

from work import end_with_parent

if __name__ == "__main__":
    if "--embedded" in sys.argv[1:]:
        end_with_parent()  # before the slow imports: a parent may be gone by then

    from wiring import MISCONFIGURED, run_worker_process

    try:
        asyncio.run(run_worker_process())
    except MISCONFIGURED as error:
        sys.exit(f"The worker cannot start. {error}")
