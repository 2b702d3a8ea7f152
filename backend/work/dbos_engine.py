"""The job engine on DBOS: EDGE, the one file that knows it. See docs/decisions/0002-job-engine.md.

DBOS is imported inside functions only, in a thread: the import costs two seconds of CPU. It keeps
to threads and an event loop of its own; jobs are performed in the loop that called `start`.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, TypeVar

from jobs import Connection, StoreUnavailable
from work.answering import answer_to
from work.engine import NotTaken, Perform, Redeliver
from work.engine_log import use_our_logging
from work.engine_url import engine_url

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

_APPLICATION: Final = "tally"
_VERSION: Final = "1"
"""DBOS hands work only to workers of the same version; by default it is a hash of the code, and
the queue would stand still after every deploy. Ours never changes: the jobs table decides."""
_QUEUE: Final = "tally-jobs"
_WORKFLOW: Final = "perform"
_ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

_POLLING_SECONDS: Final = 0.25
_TIDY_SECONDS: Final = 30.0
_AT_ONCE: Final = 500  # records per question, so that no answer is large
_ANSWER_SECONDS: Final = 30.0  # a frozen server must not hold a sweep for ever
_CLOSING_SECONDS: Final = 5.0  # for an import or a migration under way

_one_at_a_time: Final = threading.Lock()
"""DBOS is one per process; a stop that overtakes a start would leave it running."""

_T = TypeVar("_T")
_log = logging.getLogger("tally.work")


class DbosEngine:
    """The `Engine` over DBOS. See the face for what each method promises."""

    def __init__(self, database_url: str) -> None:
        self._url = engine_url(database_url)
        self._client: DBOSClient | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        if self._client is not None:
            return
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.create_task(self._prepare())
        await asyncio.shield(self._preparing)  # one caller's cancellation harms no other

    async def deliver(self, connection: Connection, job_id: str, fence: int) -> None:
        client = self._ready()
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "queue_name": _QUEUE,
            "workflow_id": f"{job_id}:{fence}:{secrets.token_hex(4)}",
            "app_version": _VERSION,
        }
        await connection.run_sync(
            lambda transaction: client.enqueue_in_transaction(transaction, options, job_id)
        )

    async def start(self, worker: str, perform: Perform, *, concurrency: int) -> None:
        await self.prepare()
        loop = asyncio.get_running_loop()

        def begin(job_id: str) -> Future[None]:
            return asyncio.run_coroutine_threadsafe(perform(job_id), loop)

        self._tidying = asyncio.create_task(self._tidy(worker))
        await self._ask(lambda: _launch(self._ready(), self._url, worker, begin, concurrency))

    async def stop(self) -> None:
        if self._tidying is None:
            return
        self._tidying.cancel()
        self._tidying = None
        await self._ask(_destroy)

    async def holders(self) -> Collection[str]:
        await self.prepare()
        taken = await self._ask(lambda: self._ready().list_workflows(status="PENDING"))
        return {delivery.executor_id for delivery in taken if delivery.executor_id}

    async def recover(self, worker: str, redeliver: Redeliver) -> None:
        await self.prepare()
        while taken := await self._ask(lambda: self._deliveries(worker, ["PENDING"])):
            for delivery in taken:
                await redeliver(delivery.partition(":")[0])
            await self._forget(taken)
        await self._forget_finished(worker)

    async def close(self) -> None:
        await self.stop()
        if self._preparing is not None:
            await asyncio.wait({self._preparing}, timeout=_CLOSING_SECONDS)
        if self._client is not None:
            await self._ask(self._client.destroy)
            self._client = None

    async def _prepare(self) -> None:
        self._client = await self._ask(lambda: _connect(self._url))

    def _ready(self) -> "DBOSClient":
        if self._client is None:
            raise StoreUnavailable("The job engine is still starting; try again shortly.")
        return self._client

    async def _tidy(self, worker: str) -> None:
        """Finished deliveries must not pile up: each worker removes its own."""
        while True:
            await asyncio.sleep(_TIDY_SECONDS)
            try:
                await self._forget_finished(worker)
            except StoreUnavailable as error:
                _log.debug("finished deliveries stay for now: %s", error)

    async def _forget_finished(self, worker: str) -> None:
        while over := await self._ask(lambda: self._deliveries(worker, _ENDED)):
            await self._forget(over)

    def _deliveries(self, worker: str, states: list[str]) -> list[str]:
        found = self._ready().list_workflows(executor_id=worker, status=states, limit=_AT_ONCE)
        return [delivery.workflow_id for delivery in found]

    async def _forget(self, deliveries: list[str]) -> None:
        await self._ask(lambda: self._ready().delete_workflows(deliveries))

    async def _ask(self, question: Callable[[], _T]) -> _T:
        """Run one blocking call of DBOS in a thread, within bounds. Raises StoreUnavailable."""
        try:
            return await answer_to(question, seconds=_ANSWER_SECONDS)
        except Exception as error:  # DBOS lets errors of three libraries through: all mean this
            raise StoreUnavailable(f"The job engine failed: {type(error).__name__}.") from error


def _connect(url: str) -> "DBOSClient":
    """A client on tables that are up to date. `migrate` itself locks out others that migrate."""
    from dbos import DBOS, DBOSClient

    use_our_logging()
    DBOS.migrate(url)
    return DBOSClient(
        system_database_url=url,
        application_name=_APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


def _launch(
    client: "DBOSClient", url: str, worker: str, begin: Callable[[str], Future[None]], at_once: int
) -> None:
    """Start DBOS's threads in this process. Waits for a database that goes away meanwhile."""
    from dbos import DBOS

    with _one_at_a_time:
        client.register_queue(
            _QUEUE, worker_concurrency=at_once, polling_interval_sec=_POLLING_SECONDS
        )
        DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": url,
                "application_version": _VERSION,
                "executor_id": worker,
                "enable_otlp": False,
                "sys_db_pool_size": 4,
                "log_level": "ERROR",
            }
        )

        @DBOS.workflow(name=_WORKFLOW)
        async def delivery(job_id: str) -> None:
            try:
                await asyncio.wrap_future(begin(job_id))
            except NotTaken:
                await asyncio.Event().wait()  # until DBOS stops: stays PENDING, for `recover`
            except Exception:
                _log.exception("job %s: performing it failed", job_id)

        DBOS.listen_queues([_QUEUE])
        DBOS.launch()


def _destroy() -> None:
    from dbos import DBOS

    with _one_at_a_time:
        DBOS.destroy(destroy_registry=True)
