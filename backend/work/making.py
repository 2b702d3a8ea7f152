"""Makes what is still missing of a job's outputs. Knows files and videos, not queues or leases."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import video
from jobs import Job, JobFiles, Output, OutputReady
from work.telling import Telling

Commit: TypeAlias = Callable[[OutputReady], Awaitable[object]]


class SourceMissing(Exception):
    """The uploaded file is not there any more. Upload it again as a new job."""


@dataclass(frozen=True, kw_only=True)
class Making:
    """How jobs are made here: where their files are, and how much one may take."""

    files: JobFiles
    limits: video.Limits

    async def make_missing(self, job: Job, telling: Telling, commit: Commit) -> None:
        """Returns once every output is ready and committed; outputs ready before are left alone.

        Raises VideoError, SourceMissing, OSError, and what `commit` raises.
        """
        place = await asyncio.to_thread(self.files.workplace, job.id, job.fence)
        source = await self._source(job, place, telling)
        media = await video.probe(source, limits=self.limits)
        telling.phase("encode", media.document())
        todo = video.recipes(job.kind, video.parse_spec(job.kind, job.spec), media)
        weights = [recipe.weight for recipe in todo]
        for done, recipe in enumerate(todo):
            if not await asyncio.to_thread(self._ready, job, recipe):

                def told(fraction: float, done: int = done) -> None:
                    telling.percent(video.overall_percent(weights, done, fraction))

                await video.make(recipe, source, place, limits=self.limits, told=told)
                await commit(await asyncio.to_thread(self._keep, job, recipe, place))
            telling.percent(video.overall_percent(weights, done + 1, 0.0))

    async def _source(self, job: Job, place: Path, telling: Telling) -> Path:
        source = self.files.source(job.id)
        if not await asyncio.to_thread(source.is_file):
            if job.source.get("type") != "sample":
                raise SourceMissing
            telling.phase("generate")
            await video.generate_sample(place / "sample.mp4", limits=self.limits)
            await asyncio.to_thread(os.replace, place / "sample.mp4", source)
        telling.phase("probe")
        return source

    def _ready(self, job: Job, recipe: video.Recipe) -> bool:
        """Whether an earlier claim has made it all, and it still is on the disk."""
        outputs = [job.output(file.name) for file in recipe.files]
        return all(
            output and output.ready and self.files.output(job.id, output).is_file()
            for output in outputs
        )

    def _keep(self, job: Job, recipe: video.Recipe, place: Path) -> OutputReady:
        kept = [
            self.files.keep(
                job.id,
                job.fence,
                place / file.name,
                Output(name=file.name, content_type=file.content_type),
            )
            for file in recipe.files
        ]
        return OutputReady(fence=job.fence, outputs=tuple(kept))
