"""Changes running jobs once a second each, as a worker does: through the cache, by the wiring.

`python -m benchmarks.changer SECONDS ID...` with backend/ and the root on the path; settings come
from the environment. Prints a line when it has begun. A child, so that its CPU is its own.
"""

import asyncio
import sys
import time

from jobs import JobStore, Progressed
from settings import read_settings
from wiring import build_basis


async def change(store: JobStore, ids: list[str], seconds: float) -> None:
    """Each job in turn, evenly over each second. Raises StoreUnavailable."""
    changes, began = 0, time.monotonic()
    while (at := changes / len(ids)) < seconds:
        await asyncio.sleep(began + at - time.monotonic())
        event = Progressed(fence=1, percent=min(99.0, at), phase="transcode")
        await store.advance(ids[changes % len(ids)], event, now=time.time())
        changes += 1


async def main(seconds: str, *ids: str) -> None:
    basis = build_basis(read_settings(), follows=False)
    await basis.memory.start()
    try:
        print("begun", flush=True)
        await change(basis.memory.store, [*ids], float(seconds))
    finally:
        await basis.memory.stop()
        await basis.engine.close()
        await basis.database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
