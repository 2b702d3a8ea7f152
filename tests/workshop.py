"""A place to do jobs in: a real database, a job engine, files, and workers as processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dev_servers import end, spawn
from jobs import (
    DEFAULT_OWNER,
    Database,
    Delivery,
    Job,
    JobFiles,
    Output,
    SqlBacklog,
    SqlJobs,
    Status,
    new_id,
)
from video import parse_spec, planned_files
from work import DbosEngine, Pace

BACKEND = Path(__file__).resolve().parents[1] / "backend"
DOOR = Path(__file__).with_name("worker_door.py")

QUICK = Pace(lease=2.0, renew=0.3, watch=0.1, sweep=0.2)
"""A dead worker is found within some two seconds."""

THREE_OUTPUTS: dict[str, Any] = {
    "outputs": [
        {"codec": "h264", "height": 144},
        {"codec": "vp9", "height": 360},
        {"codec": "h264", "height": 240},
    ]
}
"""The first is quick, the second takes a second or more: time to be killed in."""


@dataclass
class Workshop:
    """Everything that a worker gets, and the clip that is every upload."""

    url: str
    data_dir: Path
    clip: Path
    database: Database
    engine: DbosEngine
    delivery: Delivery
    store: SqlJobs = field(init=False)
    backlog: SqlBacklog = field(init=False)
    files: JobFiles = field(init=False)

    def __post_init__(self) -> None:
        self.store = SqlJobs(self.database, self.delivery)
        self.backlog = SqlBacklog(self.database, self.delivery)
        self.files = JobFiles(self.data_dir)

    def job(
        self,
        kind: str = "thumbnail",
        spec: dict[str, Any] | None = None,
        *,
        source: str = "upload",
        deadline_seconds: float = 600.0,
    ) -> Job:
        """A job as the API would make it, its source in place."""
        now, parsed = time.time(), parse_spec(kind, spec or {})
        job = Job(
            id=new_id(now),
            kind=kind,
            source={"type": source},
            spec=parsed.model_dump(mode="json"),
            outputs=tuple(
                Output(name=file.name, content_type=file.content_type)
                for file in planned_files(kind, parsed)
            ),
            created_at=now,
            updated_at=now,
            deadline_at=now + deadline_seconds,
        )
        place = self.files.prepare(job.id)
        if source == "upload":
            os.link(self.clip, place)
        return job

    async def create(self, *words: Any, **options: Any) -> Job:
        job = self.job(*words, **options)
        await self.store.create(job)
        return job

    async def get(self, job_id: str) -> Job:
        return await self.store.get(job_id, owner=None)

    async def until(
        self, job_id: str, what: Callable[[Job], bool], *, seconds: float = 30.0
    ) -> Job:
        """The job once that is true of it; fails with the job as it is when it takes too long."""
        patience = time.monotonic() + seconds
        while not what(job := await self.get(job_id)):
            assert time.monotonic() < patience, f"still {job}"
            await asyncio.sleep(0.02)
        return job

    async def until_done(self, job_id: str, *, seconds: float = 30.0) -> Job:
        return await self.until(job_id, lambda job: job.done, seconds=seconds)

    async def deliveries(self) -> dict[str, str]:
        """What the engine keeps: job ids, and how far the delivery is in its words."""
        return await asyncio.to_thread(_deliveries, self.url)

    @contextmanager
    def worker(self, pace: Pace = QUICK, how: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """A worker in a process of its own, see worker_door; ended, if need be, with the block."""
        words: list[str | Path] = [sys.executable, DOOR, self.url, self.data_dir]
        words += [json.dumps(asdict(pace)), how]
        env = {**os.environ, "PYTHONPATH": str(BACKEND)}
        process = spawn(words, log=self.data_dir / "worker.log", env=env)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            end(process)

    @asynccontextmanager
    async def polling(self, job_id: str) -> AsyncIterator[list[int]]:
        """Asks for the job's status all the time; the versions that were seen, in that order."""
        versions: list[int] = []

        async def poll() -> None:
            while True:
                answer = await self.store.status(job_id, owner=DEFAULT_OWNER)
                assert answer.document
                versions.append(answer.document.version)
                await asyncio.sleep(0.02)

        task = asyncio.create_task(poll())
        yield versions
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled(), task


def _deliveries(url: str) -> dict[str, str]:
    from dbos import DBOSClient

    client = DBOSClient(system_database_url=url)
    try:
        kept = client.list_workflows()
        return {record.workflow_id.partition(":")[0]: record.status for record in kept}
    finally:
        client.destroy()


def processes_about(folder: Path) -> list[str]:
    """Command lines of other running processes in which that folder is named."""
    lines = [_command_line(process) for process in Path("/proc").glob("[0-9]*")]
    return [line for line in lines if str(folder) in line]


def _command_line(process: Path) -> str:
    if int(process.name) == os.getpid():
        return ""
    with suppress(OSError):  # it ended in this very moment
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def is_running(job: Job) -> bool:
    return job.status is Status.RUNNING


def is_making_the_second(job: Job) -> bool:
    """The first output of several is ready, and the next is under way."""
    ready = [output.ready for output in job.outputs]
    return is_running(job) and ready[0] and not ready[1]
