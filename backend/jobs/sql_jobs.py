"""Jobs in a SQL database: EDGE, the `JobStore` that is the truth. SQLite and PostgreSQL alike."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import Select, insert, select, update

from jobs.document import Document, render
from jobs.errors import BadCursor, ConcurrentChange, JobGone, JobNotFound
from jobs.events import Event
from jobs.job import Job, Status, is_job_id
from jobs.lifecycle import step
from jobs.sql_database import Connection, Database
from jobs.sql_errors import DATABASE_ERRORS, unavailable
from jobs.sql_polls import polled
from jobs.sql_rows import document_of, job_of, row_of
from jobs.sql_schema import jobs
from jobs.store import Answer, Change, Page, PageQuery

_TRIES: Final = 20
"""How often a change is tried again when others change the job meanwhile (PostgreSQL only)."""

DOCUMENTS: Final = select(
    jobs.c.id,
    jobs.c.owner,
    jobs.c.version,
    jobs.c.done,
    jobs.c.deleted,
    jobs.c.retry_after,
    jobs.c.document,
)
"""What `document_of` needs of a row."""


class Delivery(Protocol):
    """Puts a job into the workers' queue, inside the transaction that the connection is in."""

    async def deliver(self, connection: Connection, job_id: str, fence: int) -> None: ...


class SqlJobs:
    """The `JobStore` over a database. See the face for what each method promises."""

    def __init__(self, database: Database, delivery: Delivery) -> None:
        self._database = database
        self._delivery = delivery

    async def create(self, job: Job) -> Document:
        document = render(job)
        async with self._database.transaction() as connection:
            await connection.execute(insert(jobs).values(row_of(job, document)))
            await self._delivery.deliver(connection, job.id, job.fence)
        return document

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        found = await self._polled((job_id,))
        return _answer(found[0] if found else None, owner)

    async def statuses(
        self, wanted: Mapping[str, int], *, owner: str | None
    ) -> Mapping[str, Answer]:
        if not wanted:
            return {}
        found = {document.id: document for document in await self._polled([*wanted])}
        return {job_id: _answer(found.get(job_id), owner) for job_id in wanted}

    async def get(self, job_id: str, *, owner: str | None) -> Job:
        async with self._database.reading() as connection:
            return await _load(connection, job_id, owner)

    async def page(self, query: PageQuery) -> Page:
        async with self._database.reading() as connection:
            rows = (await connection.execute(_page(query))).mappings().all()
        documents = [document_of(dict(row)) for row in rows[: query.limit]]
        more = len(rows) > query.limit
        return Page(
            documents=documents,
            next_cursor=_cursor(query, documents[-1].id) if more else None,
        )

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        for _ in range(_TRIES):
            async with self._database.transaction() as connection:
                before = await _load(connection, job_id, owner)
                after = step(before, event, now)
                change = Change(job=after, document=render(after))
                committed = await self._write(connection, before, change)
            if committed:
                return change
        raise ConcurrentChange

    async def _polled(self, job_ids: Sequence[str]) -> Sequence[Document]:
        """The documents of those jobs that exist, in any order."""
        try:
            rows = await self._database.polls.rows(job_ids)
        except DATABASE_ERRORS as error:
            raise unavailable(error) from error
        return [polled(row) for row in rows]

    async def _write(self, connection: Connection, before: Job, change: Change) -> bool:
        """False where somebody else changed the job since `before` was read."""
        after = change.job
        changed = await connection.execute(
            update(jobs)
            .where(jobs.c.id == before.id, jobs.c.version == before.version)
            .values(row_of(after, change.document))
        )
        if changed.rowcount == 0:
            return False
        if after.status is Status.QUEUED and before.status is not Status.QUEUED:
            await self._delivery.deliver(connection, after.id, after.fence)
        return True


def _answer(document: Document | None, owner: str | None) -> Answer:
    """What a document, or none, tells that owner."""
    if document is None or (owner is not None and document.owner != owner):
        return Answer(document=None)
    return Answer(document=document)


async def _load(connection: Connection, job_id: str, owner: str | None) -> Job:
    found = await connection.execute(select(jobs).where(jobs.c.id == job_id))
    row = found.mappings().one_or_none()
    if row is None or (owner is not None and row["owner"] != owner):
        raise JobNotFound
    if row["deleted"]:
        raise JobGone
    return job_of(dict(row))


def _page(query: PageQuery) -> Select[Any]:
    """One row more than asked for tells whether there is a next page."""
    wanted = DOCUMENTS.where(jobs.c.owner == query.owner, jobs.c.deleted.is_(False))
    if query.status is not None:
        wanted = wanted.where(jobs.c.status == query.status.value)
    if query.kind is not None:
        wanted = wanted.where(jobs.c.kind == query.kind)
    if query.cursor is not None:
        wanted = wanted.where(jobs.c.id < _last_id(query, query.cursor))
    return wanted.order_by(jobs.c.id.desc()).limit(query.limit + 1)


def _cursor(query: PageQuery, last_id: str) -> str:
    content = json.dumps([last_id, query.status, query.kind])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _last_id(query: PageQuery, cursor: str) -> str:
    """The id a cursor stands for, if it was given out under the same filters. Raises BadCursor."""
    try:
        last_id, status, kind = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, TypeError):
        raise BadCursor from None
    if not (isinstance(last_id, str) and is_job_id(last_id)) or [status, kind] != [
        query.status,
        query.kind,
    ]:
        raise BadCursor
    return last_id
