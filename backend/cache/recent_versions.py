"""Versions by job, of so many jobs at most: who was longest unasked goes first. No I/O.

cachetools' LRUCache does the same in Python: a look at it takes 1 us, and each poll has four.
"""

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Versions(Generic[V]):
    """`none` is what is told of a job that is not there. Not safe for several threads."""

    def __init__(self, most: int, none: V) -> None:
        self._most = most
        self._none = none
        self._held: OrderedDict[str, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, job_id: str) -> V:
        version = self._held.get(job_id)
        if version is None:
            return self._none
        self._held.move_to_end(job_id)
        return version

    def put(self, job_id: str, version: V) -> None:
        self._held[job_id] = version
        self._held.move_to_end(job_id)
        if len(self._held) > self._most:
            self._held.popitem(last=False)

    def clear(self) -> None:
        self._held.clear()
