"""Asks for many jobs in one call, again and again, at one API after the other; keeps what came.

Each job in an answer is an observation as if it had been polled alone: the same checks judge it. An
answer tells no entity tags, so their versions are those of the documents.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

import httpx

from live.client import Api
from live.observation import Observation, version_of

_PAUSE_SECONDS: Final = 0.1


@asynccontextmanager
async def batches(apis: Mapping[str, Api], jobs: Sequence[str]) -> AsyncIterator[list[Observation]]:
    """What came so far. Every other question tells which versions were seen last."""
    seen: list[Observation] = []
    task = asyncio.create_task(_ask_on(apis, jobs, seen))
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()  # why asking broke off


async def _ask_on(apis: Mapping[str, Api], jobs: Sequence[str], seen: list[Observation]) -> None:
    tags: dict[str, str] = {}
    for turn in count():
        for name, api in apis.items():
            sent = tags if turn % 2 else {}
            answered = await _ask(f"batch-{name}", api, jobs, sent)
            tags |= {one.job: one.etag for one in answered if one.etag}
            seen += answered
        await asyncio.sleep(_PAUSE_SECONDS)


async def _ask(
    poller: str, api: Api, jobs: Sequence[str], sent: Mapping[str, str]
) -> list[Observation]:
    words = [f"{job}@{version_of(sent[job])}" if job in sent else job for job in jobs]
    began, error, told = time.monotonic(), "", dict[str, Any]()
    try:
        answer = await api.http.get("/api/v2/jobs/batch", params={"ids": ",".join(words)})
        status, cache = answer.status_code, answer.headers.get("cache-status", "")
        told = answer.json() if status == 200 else {}
    except httpx.TransportError as broken:
        status, cache, error = 0, "", repr(broken)
    documents = {one["id"]: one for one in told.get("data", ())}
    return [
        Observation(
            poller=poller,
            process=str(api.http.base_url.port),
            job=job,
            sent=sent.get(job, ""),
            **_of(job, sent, told, documents, status),
            due=began,
            began=began,
            ended=time.monotonic(),
            cache=cache,
            age=0,
            error=error or "not in the answer",
        )
        for job in jobs
    ]


def _of(
    job: str,
    sent: Mapping[str, str],
    told: Mapping[str, Any],
    documents: Mapping[str, Any],
    status: int,
) -> dict[str, Any]:
    """What was said of the job; status 0 where a good answer does not mention it."""
    one = documents.get(job)
    if one is not None:
        text = json.dumps(one, sort_keys=True).encode()
        return {
            "status": 200,
            "etag": f'"{one["version"]}.1"',
            "body_job": one["id"],
            "body_version": one["version"],
            "body_done": one["done"],
            "digest": hashlib.blake2b(text, digest_size=8).hexdigest(),
        }
    bare = {"body_job": "", "body_version": 0, "body_done": False, "digest": ""}
    if job in told.get("unchanged", ()):
        return {"status": 304, "etag": sent.get(job, ""), **bare}
    missing = 404 if job in told.get("missing", ()) else 0
    return {"status": missing if status == 200 else status, "etag": "", **bare}
