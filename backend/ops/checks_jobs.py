"""Checks of the work itself: jobs do not wait for long, and somebody lives to do them. Pure."""

from typing import Final

from ops.checks_monitoring import samples
from ops.evidence import Check, Evidence
from ops.rule import Judged, Rule, judged, unknown

_LONG_SECONDS: Final = 600.0
"""As the alerts have it: TallyNoWorker, TallyJobsWaiting."""
_START: Final = "cd backend && python -m worker; or EMBEDDED_WORKER=on and restart"
_MORE: Final = (
    "more workers, or a higher WORKER_CONCURRENCY; grep work logs/app.log if they take nothing"
)


def _waiting(evidence: Evidence) -> Judged:
    seen = evidence.service
    if seen is None or not seen.metrics.fine:
        return unknown("/metrics does not answer", "start the service, or name it: --url")
    told = {name + labels: float(value) for name, labels, value in samples(seen.metrics.text)}
    living = told.get("tally_workers_living")
    waited = told.get("tally_jobs_oldest_queued_seconds")
    if living is None or waited is None:
        return unknown("/metrics does not tell of jobs and workers", "see service.ready; or update")
    queued = told.get('tally_jobs{status="queued"}', 0.0)
    measured = f"{queued:g} jobs queued, the oldest for {waited:.0f} s; {living:g} workers live"
    long = waited > _LONG_SECONDS
    return judged(measured, warn=long or not living, fail=long and not living, fix=_fix(living))


def _fix(living: float) -> str:
    return _MORE if living else _START


CHECKS: tuple[Check, ...] = (
    Rule(
        check="jobs.waiting",
        subject="jobs and workers",
        threshold=f"no job waits for more than {_LONG_SECONDS:g} s, and a worker lives",
        fix=_START,
        judge=_waiting,
    ),
)
