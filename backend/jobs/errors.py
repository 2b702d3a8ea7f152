"""What can go wrong with jobs, named by whose fault it is. Pure."""


class JobsError(Exception):
    """Something about jobs went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class IllegalStep(JobsError):
    """The job's state does not allow that step; nothing was changed."""


class FenceLost(IllegalStep):
    """Another worker holds this job now; this worker's late write was refused."""


class JobNotFound(JobsError):
    """There is no such job."""


class JobGone(JobNotFound):
    """The job was there and has been deleted."""


class BadCursor(JobsError):
    """The cursor is unknown here, or belongs to other filters; start again without it."""


class HistoryLost(JobsError):
    """What was learned from the database is void: it was restored, or changed too much to tell."""


class StoreUnavailable(JobsError):
    """The database does not answer. Not a sign that a job does not exist; try again shortly."""


class ConcurrentChange(StoreUnavailable):
    """The job changed under us again and again; nothing was changed. Try again."""
