"""Jobs to poll: those that a service lists, or new ones on the clip that Tally makes itself."""

from collections.abc import Sequence
from typing import Final

from ops.listed_jobs import listed_jobs
from ops.service import Service

_MOST: Final = 100
_SAMPLE: Final = {"kind": "probe", "source": {"type": "sample"}}


class NoJobs(Exception):
    """There is nothing to poll; the message says what to do about it."""


async def paths_to_poll(service: Service) -> Sequence[str]:
    """The paths of the jobs listed, a hundred at most. Raises NoJobs."""
    documents, _ = await listed_jobs(service, most=_MOST)
    links = [document.get("links") for document in documents or ()]
    paths = [str(link["self"]) for link in links if isinstance(link, dict) and "self" in link]
    if not paths:
        raise NoJobs(
            f"{service.url} lists no job to poll. Create one: python -m ops baseline --create"
        )
    return paths


async def created(service: Service) -> str:
    """The path of a new job. Raises NoJobs."""
    page = await service.page("/api/v2/jobs", _SAMPLE)
    links = page.document.get("links")
    if page.status != 202 or not isinstance(links, dict):
        raise NoJobs(f"{service.url} takes no new job: it {page}.")
    return str(links["self"])
