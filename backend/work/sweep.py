"""Looks after jobs that nobody looks after: overdue ones, and those of dead workers.

Workers sweep, and API processes do, which run no jobs. Several at once are harmless: each step is
guarded by the lifecycle, and whoever comes second finds nothing to do.
"""

import logging
import time

from jobs import (
    Backlog,
    ConcurrentChange,
    DeadlinePassed,
    Event,
    IllegalStep,
    Job,
    JobNotFound,
    JobStore,
    Lost,
)
from work.engine import Engine

_log = logging.getLogger("tally.work")


async def sweep_once(store: JobStore, backlog: Backlog, engine: Engine) -> None:
    """One round. Raises StoreUnavailable; what was not done then is left to the next round."""
    await engine.prepare()  # jobs that become queued again are delivered in these transactions
    for job in await backlog.overdue():
        await tell(store, job, DeadlinePassed())
    for job in await backlog.orphans():
        await tell(store, job, Lost(fence=job.fence))
    for worker in await _gone(backlog, engine):
        await engine.recover(worker, backlog.redeliver)
        if await backlog.bury(worker):  # last: until then the next round finds it again
            _log.warning("worker %s died; its jobs go to others", worker)


async def _gone(backlog: Backlog, engine: Engine) -> set[str]:
    """Workers without a living lease that left a lease, or deliveries, behind.

    A worker whose event loop stalls is buried while its engine goes on taking deliveries: what it
    takes from then on is found by asking the engine alone.
    """
    behind = {*await backlog.dead(), *await engine.holders()}
    return behind.difference(await backlog.living())  # asked last: a lease precedes deliveries


async def tell(store: JobStore, job: Job, event: Event) -> None:
    """Tell of a job what anybody may tell; harmless if somebody else was faster."""
    try:
        change = await store.advance(job.id, event, now=time.time())
    except (IllegalStep, JobNotFound, ConcurrentChange):
        return
    _log.info("job %s: %s, now %s", job.id, type(event).__name__, change.job.status)
