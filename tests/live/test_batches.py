"""What a batch says of each job becomes an observation; silence, a broken promise."""

import json
from collections.abc import Sequence
from typing import Any

import httpx

from live.batches import batches
from live.client import Api
from live.history import examine
from live.observation import Observation
from patience import seen


class Answering(Api):
    """An API that always gives these answers to a batch, one after the other, and then the last."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self._answers = [*answers]
        self.asked: list[str] = []
        self.http = httpx.AsyncClient(
            transport=httpx.MockTransport(self._answer), base_url="http://127.0.0.1:8000"
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.params["ids"])
        status, told = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return httpx.Response(status, content=json.dumps(told))


async def told(api: Answering, count: int) -> Sequence[Observation]:
    """The observations of so many batches of the jobs a and b."""
    async with batches({"x": api}, ["a", "b"]) as observed:
        await seen(lambda: len(observed) >= 2 * count)
    await api.http.aclose()
    return observed[: 2 * count]


def document(job: str, version: int) -> dict[str, Any]:
    return {"id": job, "version": version, "done": False}


async def test_documents_and_unchanged_ones_are_what_polls_would_have_seen() -> None:
    first = {"data": [document("a", 3), document("b", 1)], "missing": [], "unchanged": []}
    second = {"data": [document("b", 2)], "missing": [], "unchanged": ["a"]}
    api = Answering((200, first), (200, second))
    observed = await told(api, 2)

    assert api.asked[:2] == ["a,b", "a@3,b@1"]
    assert [(it.job, it.status, it.version) for it in observed] == [
        ("a", 200, 3),
        ("b", 200, 1),
        ("a", 304, 3),
        ("b", 200, 2),
    ]
    assert examine(observed).broken == {}


async def test_a_job_left_out_missing_or_in_an_older_version_breaks_a_promise() -> None:
    first = {"data": [document("a", 3), document("b", 1)]}
    second = {"data": [document("a", 2)]}
    third = {"data": [document("a", 3)], "missing": ["b"]}
    observed = await told(Answering((200, first), (200, second), (200, third)), 3)

    assert examine(observed).broken == {"went back": 1, "status": 1, "vanished": 1}


async def test_an_error_is_one_for_every_job_that_was_asked_for() -> None:
    observed = await told(Answering((503, {})), 1)

    assert [(it.job, it.status) for it in observed] == [("a", 503), ("b", 503)]
    assert examine(observed).broken == {"status": 2}
