"""The face of whoever keeps jobs: a database, or a cache in front of one. Pure.

Callers cannot tell which they have, but for what the `Answer` says of itself. `tests/jobs/` holds
one conformance suite that every implementation passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from jobs.document import Document
from jobs.events import Event
from jobs.job import Job, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is known of a job's status, and how it came to be known (RFC 9211 words).

    `document` is None where there is no such job for that owner: that is an answer, not an error.
    `hit`: a cache answered; `detail` names the tier. Otherwise `forward` says why the database was
    asked, and `stored` whether a cache kept the answer. `age` is the seconds since the database
    last said so; `ttl` the seconds a cache will still give this answer. `stale`: the database
    cannot be asked, and this is the newest that is remembered. `memo` is for whoever shows it: what
    was made of it once, and is forgotten with it.
    """

    document: Document | None
    hit: bool = False
    forward: Literal["miss", "stale", "bypass"] = "bypass"
    detail: str = "store"
    stored: bool = False
    age: float = 0.0
    ttl: float | None = None
    stale: bool = False
    memo: Any = field(default=None, init=False, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PageQuery:
    """Which jobs, newest first. `cursor`: the page before's `next_cursor`, under equal filters."""

    owner: str
    status: Status | None = None
    kind: str | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Documents, newest first; `next_cursor` is None only on the last page."""

    documents: Sequence[Document]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A committed change: the job as it is now, and the document that tells of it."""

    job: Job
    document: Document


class JobStore(Protocol):
    """Keeps jobs. Every method may raise StoreUnavailable: the database does not answer."""

    async def create(self, job: Job) -> Document:
        """Keep a new job; it and its queue entry commit together or not at all."""
        ...

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        """The poll. Never an older version than `floor`, unless no newer one exists.

        `owner=None` is the service itself asking, whosever the job is.
        """
        ...

    async def statuses(
        self, wanted: Mapping[str, int], *, owner: str | None
    ) -> Mapping[str, Answer]:
        """Many polls at once: the floor of each job by id (0: none), and an `Answer` for each.

        Each is what `status` gives. All or none: StoreUnavailable if one of them cannot be
        answered. Not a snapshot: two answers may be of different moments.
        """
        ...

    async def get(self, job_id: str, *, owner: str | None) -> Job:
        """The whole job, from the database. `owner=None` is the service itself asking.

        Raises JobNotFound (also for another owner's job) or JobGone.
        """
        ...

    async def page(self, query: PageQuery) -> Page:
        """One page of an owner's jobs by keyset, never deleted ones. Raises BadCursor."""
        ...

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        """Commit one legal step, or raise and change nothing.

        A job that becomes queued is queued for a worker in the same transaction. Raises
        JobNotFound, JobGone, IllegalStep, FenceLost, or ConcurrentChange.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """Where following the changes begins, and the versions of the jobs that are not done then."""

    cursor: str
    versions: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class News:
    """The jobs changed since a cursor, as they are now, and the cursor to go on from."""

    documents: Sequence[Document]
    cursor: str


class ChangeLog(Protocol):
    """The database feed: what changed since? An answer is a proof of what did not.

    Every change committed before the question was asked is in this answer or in an earlier one,
    in whatever order transactions began, ended, and became visible. A change may come twice.
    For one follower; it keeps a connection of its own, so that no crowd of polls delays it.
    """

    beat_seconds: float
    """How often it pays to ask."""

    async def begin(self) -> Beginning:
        """From now on. `versions` are those of at most some tens of thousands of jobs, newest
        first. Raises StoreUnavailable.
        """
        ...

    async def since(self, cursor: str) -> News:
        """All changes since the cursor. A cancelled or failed question harms no later one.

        Raises StoreUnavailable, or HistoryLost: whatever was learned from the database before is
        void. It was restored, its table was written anew, another server took its place, or there
        is too much to tell.
        """
        ...

    async def close(self) -> None:
        """Gives the connection back; the next question opens another one."""
        ...


class Backlog(Protocol):
    """Which workers live, and which jobs need somebody: the questions only workers ask.

    Leases and deadlines are judged by the database's clock alone, so hosts' clocks may differ.
    """

    async def renew(self, worker: str, *, seconds: float) -> None:
        """The worker lives for that many seconds more."""
        ...

    async def retire(self, worker: str) -> None:
        """The worker is gone; forget its lease. Harmless if there is none."""
        ...

    async def bury(self, worker: str) -> bool:
        """Forget the lease of a dead worker. False for one that lives after all, late as it was."""
        ...

    async def dead(self) -> Sequence[str]:
        """Workers whose lease ran out and that nobody has buried yet."""
        ...

    async def living(self) -> Sequence[str]:
        """Workers whose lease has not run out."""
        ...

    async def orphans(self) -> Sequence[Job]:
        """Jobs held (running or canceling) by a worker without a living lease."""
        ...

    async def overdue(self) -> Sequence[Job]:
        """Jobs that are not done although their deadline has passed."""
        ...

    async def held(self, worker: str) -> Sequence[Job]:
        """Jobs that the worker holds (running or canceling)."""
        ...

    async def redeliver(self, job_id: str) -> None:
        """Queue the job for a worker once more, if it is still queued; else do nothing."""
        ...
