"""Where a job's bytes live on disk: EDGE to the file system, and the only one who names its files.

    DATA_DIR/jobs/<id>/source             the upload, or the generated sample
    DATA_DIR/jobs/<id>/outputs/<n>-<name> finished outputs, <n> the fence of the claim that made it
    DATA_DIR/jobs/<id>/work-<n>/          what claim <n> is making now

Every name is the server's own: a client's file name is data in the job, never a path. The fence in
the names keeps a zombie worker from writing over what its successor made. API and workers must see
the same DATA_DIR (one machine, or a shared volume).
"""

import hashlib
import os
import shutil
from pathlib import Path

from jobs.job import Output, is_job_id


class JobFiles:
    """The files of all jobs under one folder. Methods block on the disk: call them in a thread."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "jobs"

    def folder(self, job_id: str) -> Path:
        """The job's own folder. Raises ValueError for anything that is not a job id."""
        if not is_job_id(job_id):
            raise ValueError("not a job id")
        return self._root / job_id

    def source(self, job_id: str) -> Path:
        return self.folder(job_id) / "source"

    def prepare(self, job_id: str) -> Path:
        """Make the job's folder; gives the path its source is to be written to."""
        source = self.source(job_id)
        source.parent.mkdir(parents=True, exist_ok=True)
        return source

    def share_source(self, origin: str, job_id: str) -> bool:
        """Give a retry the source of the job it repeats, by hard link. False if it is gone."""
        try:
            os.link(self.source(origin), self.prepare(job_id))
        except FileNotFoundError:
            self.remove(job_id)
            return False
        return True

    def workplace(self, job_id: str, fence: int) -> Path:
        """An empty folder for one claim. Leftovers of earlier claims are removed, later ones not:

        a worker that wakes up late must not take away what its successor is working in.
        """
        folder = self.folder(job_id)
        place = folder / f"work-{fence}"
        for leftover in folder.glob("work-*"):
            if int(leftover.name.partition("-")[2]) <= fence:
                shutil.rmtree(leftover, ignore_errors=True)
        place.mkdir(parents=True)
        return place

    def keep(self, job_id: str, fence: int, made: Path, output: Output) -> Output:
        """Move a finished file to its place, synced to disk; the output as it is now, ready."""
        target = self.folder(job_id) / "outputs" / f"{fence}-{output.name}"
        target.parent.mkdir(exist_ok=True)
        with made.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        size = made.stat().st_size
        made.replace(target)
        _sync_folder(target.parent)
        return Output(
            name=output.name,
            content_type=output.content_type,
            file=target.name,
            bytes=size,
            sha256=digest,
        )

    def output(self, job_id: str, output: Output) -> Path:
        """Where a ready output lies. Raises ValueError for one that is not ready."""
        if output.file is None:
            raise ValueError("the output is not ready")
        return self.folder(job_id) / "outputs" / output.file

    def clear(self, job_id: str, fence: int) -> None:
        """Remove one claim's workplace. Harmless if there is none."""
        shutil.rmtree(self.folder(job_id) / f"work-{fence}", ignore_errors=True)

    def untouched_since(self, moment: float) -> list[str]:
        """Jobs whose folder was last added to before that moment (seconds since the epoch)."""
        folders = self._root.iterdir() if self._root.is_dir() else ()
        return [
            folder.name
            for folder in folders
            if is_job_id(folder.name) and folder.stat().st_mtime < moment
        ]

    def remove(self, job_id: str) -> None:
        """Remove everything of a job. Harmless if there is nothing."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, as fsync of a file does for its bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
