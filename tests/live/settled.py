"""Processes at their best: ready to be hurt, and well again, telling what the database has."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from example_jobs import RecordedDelivery
from jobs import Document, SqlJobs, open_database
from live.client import Api
from patience import eventually

_SETTLED_SECONDS: Final = 5.0


async def ready(api: Api) -> Api:
    """Itself, once it serves and its near tier answers."""
    await api.up()
    await eventually(api.stats, lambda it: it["feed"]["proven"])
    return api


async def not_settled(apis: list[Api], database_url: str, jobs: Iterable[str]) -> list[str]:
    """All that any process does not serve as the database has it, some seconds from now."""
    database = open_database(database_url)
    store = SqlJobs(database, RecordedDelivery())
    wrong = []
    for job in sorted(set(jobs)):
        document = (await store.status(job, owner=None)).document
        wrong += [] if document is None else await not_serving(document, apis)
    await database.close()
    return wrong


async def not_serving(document: Document, apis: list[Api]) -> list[str]:
    wrong = []
    for api in apis:
        ask = partial(api.http.get, f"/api/v2/jobs/{document.id}")
        try:
            await eventually(ask, lambda it: it.content == document.body, seconds=_SETTLED_SECONDS)
        except AssertionError as error:
            wrong.append(f"{document.id} at {api.http.base_url}: {error}")
    return wrong
