"""The poll's read of the database: its two statements, its face, and rows as documents. Pure.

Raw drivers read, each its own way (`sql_polls_postgres`, `sql_polls_sqlite`): what a library above
them costs is ten times the read itself. See docs/decisions/0013-poll-reads.md.
"""

import sys
from collections.abc import Sequence
from typing import Any, Final, Protocol, TypeAlias

from jobs.document import Document

Row: TypeAlias = Sequence[Any]
"""The columns that `READ` names, in that order, as a driver gives them."""

READ: Final = (
    "SELECT jobs.id, jobs.owner, jobs.version, jobs.done, jobs.deleted, jobs.retry_after,"
    " jobs.document FROM jobs WHERE jobs.id "
)
"""One text for one job and one for many: each connection prepares them once."""


class Polls(Protocol):
    """Reads rows for polls over connections of its own. For one event loop."""

    async def rows(self, job_ids: Sequence[str]) -> Sequence[Row]:
        """The rows of those jobs that exist, in any order, by one statement. At least one id.

        Ends within seconds, whatever the database does. Raises one of `DATABASE_ERRORS`. A call
        that is cancelled ends at once, and what it asked for reaches nobody else.
        """
        ...

    async def close(self) -> None:
        """Ends the connections. Raises nothing; takes half a second at most."""
        ...


def polled(row: Row) -> Document:
    """The document that a row holds, byte for byte."""
    job_id, owner, version, done, deleted, retry_after, body = row
    return Document(
        id=job_id,
        owner=sys.intern(owner),  # one text for all jobs of an owner: compared, and kept, often
        version=version,
        done=bool(done),  # SQLite has numbers only
        gone=bool(deleted),
        retry_after=retry_after,
        body=body,
    )
