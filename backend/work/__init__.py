"""Work: takes jobs and does them. The one room that knows the job engine."""

from work.beats import every
from work.dbos_engine import DbosEngine
from work.embedded import EmbeddedWorker
from work.engine import Engine, NotTaken, Perform, Redeliver
from work.parent import end_with_parent
from work.readiness import Readiness
from work.sweep import sweep_once
from work.worker_process import Pace, run_worker

__all__ = [
    "DbosEngine",
    "EmbeddedWorker",
    "Engine",
    "NotTaken",
    "Pace",
    "Perform",
    "Readiness",
    "Redeliver",
    "end_with_parent",
    "every",
    "run_worker",
    "sweep_once",
]
