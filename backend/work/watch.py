"""Compares what the table says this worker holds with what it has in its hands, and mends it.

Cancelling lives in the table: a job that is canceling is found here and put down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs import Backlog, Job, JobStore, Released, Status
from work.holdings import Claim, Holding, Holdings, Reason
from work.sweep import tell


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What to put down, and which jobs nobody works on although this worker holds them."""

    canceled: Sequence[Holding]
    forsaken: Sequence[Holding]
    dropped: Sequence[Job]


def judge(
    held: Sequence[Job],
    claims: Mapping[Claim, Holding],
    job_ids: frozenset[str],
) -> Verdict:
    """Pure. `claims` are from before the table was asked: a claim made since is not in `held`.

    `job_ids` are all ids in hand after it was asked: a job may be held and still on its way into
    the hands. One that left them meanwhile has ended, and telling of it is refused.
    """
    canceling = {(job.id, job.fence) for job in held if job.status is Status.CANCELING}
    known = {(job.id, job.fence) for job in held}
    return Verdict(
        canceled=[holding for claim, holding in claims.items() if claim in canceling],
        forsaken=[holding for claim, holding in claims.items() if claim not in known],
        dropped=[job for job in held if job.id not in job_ids],
    )


async def watch_once(worker: str, store: JobStore, backlog: Backlog, holdings: Holdings) -> None:
    """One beat. Raises StoreUnavailable."""
    claims = holdings.claims()
    held = await backlog.held(worker)
    verdict = judge(held, claims, holdings.job_ids())
    for holding in verdict.canceled:
        holding.put_down(Reason.CANCELED)
    for holding in verdict.forsaken:
        holding.put_down(Reason.FORSAKEN)
    for job in verdict.dropped:  # this worker lives, so no attempt is counted
        await tell(store, job, Released(fence=job.fence))
