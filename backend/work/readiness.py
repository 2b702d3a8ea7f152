"""Whether jobs can be queued yet: first the schema, then the engine. Waits through outages."""

import asyncio
import logging
from typing import Final

from jobs import Database, JobsError, StoreUnavailable, migrate
from work.engine import Engine

_RETRY_SECONDS: Final = 2.0
_LOADING_SECONDS: Final = 15.0
"""How long a request may wait for the engine, whose import alone takes seconds."""

_log = logging.getLogger("tally.work")


class Readiness:
    """One for each process. Nothing is begun before `migrated` or `queueing` is awaited."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._schema = asyncio.Event()
        self._queueing = asyncio.Event()
        self._trouble = ""

    @property
    def ready(self) -> bool:
        """Whether jobs can be queued now, without waiting."""
        return self._queueing.is_set()

    async def migrate(self) -> None:
        """Try until it succeeds, whatever is wrong: it may be mended from outside.

        A reason is logged once, not at every try.
        """
        while not self._schema.is_set():
            try:
                await migrate(self._database)
                self._schema.set()
            except JobsError as error:
                self._tell(str(error))
            except Exception as error:
                self._tell(f"{type(error).__name__}: {error}")
            if not self._schema.is_set():
                await asyncio.sleep(_RETRY_SECONDS)
        self._trouble = ""

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            _log.warning("waiting for the database: %s", trouble)
        self._trouble = trouble

    async def migrated(self) -> None:
        """Returns once somebody's `migrate` has succeeded."""
        await self._schema.wait()

    async def queueing(self) -> None:
        """Returns once jobs can be queued: the engine may not meet the schema half made."""
        await self._schema.wait()
        await self._engine.prepare()
        self._queueing.set()

    async def queued(self) -> None:
        """Returns once somebody's `queueing` has succeeded."""
        await self._queueing.wait()

    async def soon(self) -> None:
        """The same for a request: it waits for a start, not for an outage (StoreUnavailable)."""
        if self._trouble:
            raise StoreUnavailable(self._trouble)
        try:
            async with asyncio.timeout(_LOADING_SECONDS):
                await self.queueing()
        except TimeoutError:
            raise StoreUnavailable("Still starting; try again shortly.") from None
