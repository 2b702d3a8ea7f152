"""A poll of a stepped scene that goes by the fast lane: `at_hand`, then `ask_soon`, and where both
have nothing the ordinary way, in the context in which it was told so. As the API's lane does it.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import TypeAlias

from cache import CachedJobs
from interleavings_world import ID
from jobs import Answer

_Told: TypeAlias = tuple[Answer | None, Context]
Wrong: TypeAlias = Callable[[str], None]
"""Is told what the lane did that it must not do."""


async def answer_by_lane(store: CachedJobs, owner: str, floor: int, wrong: Wrong) -> Answer:
    """Raises what the ordinary way raises."""
    if near := store.at_hand(ID, floor, owner=owner):
        return _shown(near, wrong)
    loop = asyncio.get_running_loop()
    told: asyncio.Future[_Told] = loop.create_future()
    context = copy_context()
    if store.ask_soon(ID, floor, owner=owner, tell=lambda answer: _tell(told, answer, wrong)):
        answer, context = await told
        if answer:
            return _shown(answer, wrong)
    return await loop.create_task(store.status(ID, owner=owner, floor=floor), context=context)


def _tell(told: asyncio.Future[_Told], answer: Answer | None, wrong: Wrong) -> None:
    if told.cancelled():
        return  # the client has left
    if told.done():
        wrong("the lane told a poll twice")
    else:
        told.set_result((answer, copy_context()))


def _shown(answer: Answer, wrong: Wrong) -> Answer:
    document = answer.document
    if document is None or document.gone or not answer.hit:
        wrong(f"the lane gave {answer}")
    return answer
