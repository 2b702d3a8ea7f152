"""The life of one worker: prepare, take jobs, and stop politely when told to."""

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from jobs import Backlog, JobFiles, JobStore, StoreUnavailable
from video import Limits
from work.beats import every, until_done
from work.engine import Engine
from work.holdings import Holdings
from work.lease import Lease
from work.making import Making
from work.performer import Performer
from work.sweep import sweep_once
from work.watch import watch_once

_log = logging.getLogger("tally.work")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a worker does what, in seconds. Shorter ones are for tests."""

    lease: float = 10.0  # how long it is thought alive after its last sign: what a kill -9 costs
    renew: float = 2.0
    watch: float = 0.5  # a canceled job is found within this
    sweep: float = 2.0
    stop: float = 4.0  # then what could not be handed back is left to other workers


async def run_worker(
    store: JobStore,
    backlog: Backlog,
    files: JobFiles,
    engine: Engine,
    *,
    concurrency: int,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    pace: Pace = Pace(),
) -> None:
    """Take jobs and do them, `concurrency` at once, until SIGTERM, SIGINT or cancellation.

    The first signal stops politely: jobs in hand go back to the queue at once, and no attempt is
    counted. A second one ends the process on the spot. Waits for a database that is not there yet.
    Closes nothing that it was given. Raises StoreUnavailable if the engine cannot start.
    """
    worker = f"w-{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"
    holdings = Holdings()
    lease = Lease(worker, backlog, seconds=pace.lease)
    making = Making(files=files, limits=limits)
    performer = Performer(
        worker,
        store,
        making,
        holdings,
        may_claim=lambda: lease.alive,
    )

    async def keep() -> None:
        await lease.keep(holdings)

    async def watch() -> None:
        await watch_once(worker, store, backlog, holdings)

    async def sweep() -> None:
        await sweep_once(store, backlog, engine)

    with _stopping_on_signals():
        await until_done(engine.prepare, "preparing the job engine")
        await until_done(lease.renew, "taking a lease")
        async with _beating(
            every(pace.renew, keep, "the lease", limit=pace.lease / 3),
            every(pace.watch, watch, "the watch", limit=pace.lease),
            every(pace.sweep, sweep, "the sweep"),
        ):
            try:
                await engine.start(worker, performer, concurrency=concurrency)
                _log.info("worker %s takes jobs, %d at once", worker, concurrency)
                await asyncio.get_running_loop().create_future()  # until cancelled
            finally:
                await _leave(worker, holdings, engine, backlog, pace.stop)


async def _leave(
    worker: str, holdings: Holdings, engine: Engine, backlog: Backlog, seconds: float
) -> None:
    """Give everything back. What does not succeed in time, others do when the lease has run out."""
    try:
        async with asyncio.timeout(seconds):
            await holdings.close()
            await engine.stop()
            await engine.recover(worker, backlog.redeliver)
            await backlog.retire(worker)  # last: whoever has no lease is not looked after
    except (StoreUnavailable, TimeoutError):
        _log.warning("worker %s stops without having given everything back", worker)
    else:
        _log.info("worker %s has stopped", worker)


@asynccontextmanager
async def _beating(*beats: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(beat) for beat in beats]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """A signal cancels this task, once; that ends it here without an error."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task
    told: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        if told:
            os._exit(1)  # the kernel ends the children; the lease runs out by itself
        told.append(number)
        _log.info("%s: stopping", number.name)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    except asyncio.CancelledError:
        if not told:
            raise
        task.uncancel()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
