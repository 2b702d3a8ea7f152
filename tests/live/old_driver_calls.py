"""The calls of `cancellation.py`, answered by the Redis driver that stands first on the path.

A program, run by `old_driver.py` where no package of the project is: the address and the load come
as JSON on the command line, the driver's version and the count go out as JSON.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

import redis
from redis.asyncio import Redis

from live.cancellation import Count, Load, drive


async def count(url: str, jobs: int, load: Load) -> Count:
    """As most people write it: one client for all, and `get`."""
    values = {f"job_{number:026d}": f'{{"id":"job_{number:026d}"}}' for number in range(jobs)}
    async with Redis.from_url(url) as client:
        for job_id, value in values.items():
            await client.set(job_id, value)

        async def ask(job_id: str) -> bytes | None:
            found: Any = await client.get(job_id)
            return found if found is None else bytes(found)

        return await drive(ask, list(values), load)


if __name__ == "__main__":
    url, jobs, load = json.loads(sys.argv[1])
    counted = asyncio.run(count(url, jobs, Load(**load)))
    sys.stdout.write(json.dumps([redis.__version__, asdict(counted)]))
