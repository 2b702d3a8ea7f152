"""A worker as a process, with the pace of a test: python worker_door.py URL DATA_DIR PACE [HOW].

HOW `dies-at-claim`: it kills itself where a worker has taken a delivery and not yet its job.
HOW `stalls`: after SIGUSR1 its event loop stands still, once it has renewed its lease (it has no
transaction open then, for which others would wait), and its other threads do not.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import time
from pathlib import Path

from jobs import Change, Claimed, Event, JobFiles, SqlBacklog, SqlJobs, open_database
from work import DbosEngine, Pace, run_worker


class DyingAtClaim(SqlJobs):
    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        if isinstance(event, Claimed):
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().advance(job_id, event, now=now, owner=owner)


class Stalling(SqlBacklog):
    asked = False

    async def renew(self, worker: str, *, seconds: float) -> None:
        await super().renew(worker, seconds=seconds)
        if self.asked:
            time.sleep(60)  # noqa: ASYNC251 - the loop, on purpose

    def stall(self) -> None:
        self.asked = True


async def main(url: str, data_dir: str, pace: str, how: str = "") -> None:
    database, engine = open_database(url), DbosEngine(url)
    backlog = Stalling(database, engine)
    if how == "stalls":
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, backlog.stall)
    await run_worker(
        (DyingAtClaim if how == "dies-at-claim" else SqlJobs)(database, engine),
        backlog,
        JobFiles(Path(data_dir)),
        engine,
        concurrency=2,
        pace=Pace(**json.loads(pace)),
    )
    await engine.close()
    await database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(name)s %(message)s")
    asyncio.run(main(*sys.argv[1:]))
