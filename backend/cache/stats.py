"""Counts what the cache does, on a board that all processes of the service share."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from cache.counted import CACHE_CELL_MAP, NEVER_MS, Missed, Timed, Verdict
from cache.report import Snapshot, histograms, report
from cache.tier import TierState, Trouble
from counts import Board, Gaps, Reading

_OFF = TierState(enabled=False, detail="redis-off", ttl_seconds=0.0)


@dataclass(frozen=True, kw_only=True)
class NearState:
    """How the near tier of this process, its feed and its push are now.

    `age`: of the last proof, in seconds; infinite for none. `size`: bytes.
    """

    proven: bool
    age: float
    push: bool
    to_mend: int
    entries: int
    size: int


async def _nothing() -> None:
    """There are no servers to ask."""


class CacheStats:
    """Each poll is either a hit or a miss: together they are the total.

    Without a board the numbers are of this process alone. Not safe for several threads; all
    counting happens in the event loop.
    """

    def __init__(self, board: Board | None = None) -> None:
        self._board = board = board or Board.alone(CACHE_CELL_MAP)
        self._cells = board.cells
        self._hits = board.cell_map.cells("hits")
        self._misses = board.cell_map.cells("misses")
        self._puts = board.cell_map.cells("puts")
        self._rejected = board.cell_map.cells("rejected")
        self._lagged = board.cell_map.cells("replica")
        self._errors = board.cell_map.cells("errors")
        self._verdicts = board.cell_map.cells("audits")
        self._entries = board.cell_map.cells("entries")
        (self._reads,) = board.cell_map.place("reads")
        (self._mended,) = board.cell_map.place("mended")
        self._timers = {name: board.timer(name) for name in ("poll", "redis_get", "redis_put")}
        self._stale = board.timer("staleness")
        self._gaps = Gaps(board.watch, board.timer("gaps"))
        self.polled = self._gaps.polled
        """A poll of a job by a host: a few are watched, for how often clients ask."""
        self._state: Callable[[], TierState] = lambda: _OFF
        self._near: Callable[[], NearState | None] = lambda: None
        self._facts: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
        self._ask: Callable[[], Awaitable[None]] = _nothing

    def watch(self, state: Callable[[], TierState]) -> None:
        """Whose live state the snapshots show."""
        self._state = state

    def watch_near(self, near: Callable[[], NearState | None]) -> None:
        """Where the snapshots find how near tier, feed and push are; None: there are none."""
        self._near = near

    def watch_facts(
        self,
        facts: Callable[[], Mapping[str, Mapping[str, Any]]],
        ask: Callable[[], Awaitable[None]],
    ) -> None:
        """What is known of each server, and how to ask them anew, which must take a moment only."""
        self._facts = facts
        self._ask = ask

    def hit(self, tier: str) -> None:
        """A poll was answered from memory."""
        self._cells[self._hits[tier]] += 1

    def missed(self, why: Missed) -> None:
        """A poll went to the database; or, in an outage, got an old answer, or 503."""
        self._cells[self._misses[why]] += 1

    def read(self) -> None:
        """The database was read for polls: once, however many waited."""
        self._cells[self._reads] += 1

    def mended(self) -> None:
        """Redis was given what a writer could not put there."""
        self._cells[self._mended] += 1

    def audited(self, verdict: Verdict, seconds: float | None) -> None:
        """An answer was compared with the database, and was so stale, if that can be told."""
        self._cells[self._verdicts[verdict]] += 1
        if seconds is not None:
            self._stale(seconds)

    def put(self, outcome: Literal["stored", "refused"]) -> None:
        """A value was offered to the server, which kept it, or a newer one instead."""
        self._cells[self._puts[outcome]] += 1

    def entry(self, size: int) -> None:
        """A value of so many bytes was put into Redis."""
        self._cells[self._entries["bytes"]] += size
        self._cells[self._entries["samples"]] += 1

    def rejected(self, why: Literal["unreadable", "foreign", "future"]) -> None:
        """A value was found that must not be served."""
        self._cells[self._rejected[why]] += 1

    def lagged(self, how: Literal["behind", "empty"]) -> None:
        """A replica had an older value than its primary, or none where that had one."""
        self._cells[self._lagged[how]] += 1

    def error(self, trouble: Trouble) -> None:
        """The server, or the way to it, failed one call, or a part of it. AWAY is none: nobody was
        asked."""
        if trouble is not Trouble.AWAY:
            self._cells[self._errors[trouble]] += 1

    def took(self, what: Timed, seconds: float) -> None:
        """A poll, until its answer ends (in the lane: until that is ready); or a call of Redis, of
        many things at once or failed as well, with its waiting for a connection."""
        self._timers[what](seconds)

    def beat(self) -> None:
        """To be called about twice a second: shows the others how this process is."""
        self._show()
        self._gaps.forget()
        self._board.beat()

    def snapshot(self, reading: Reading | None = None) -> Snapshot:
        """The numbers of the whole service, ready for JSON; see report.py.

        Of that reading of the board this counts on; without one, of a new one.
        """
        self._show()
        as_of = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return report(reading or self._board.read(), self._state(), self._facts(), as_of)

    async def survey(self) -> Snapshot:
        """The same, after a moment in which the servers may tell of themselves, if it is time."""
        await self._ask()
        return self.snapshot()

    def histograms(self, reading: Reading | None = None) -> Mapping[str, Mapping[str, Any]]:
        """For metrics; see report.py. Of that reading, as a snapshot is."""
        return histograms(reading or self._board.read())

    def _show(self) -> None:
        state, near = self._state(), self._near()
        self._board.show(
            "redis",
            {
                "in_use": state.enabled,
                "open": state.breaker == "open",
                "places_taken": state.places_taken,
                "waiting": state.waiting,
            },
        )
        if near:
            self._board.show("near", _shown(near))


def _shown(near: NearState) -> dict[str, int]:
    return {
        "follows": 1,
        "proven": near.proven,
        "age_ms": NEVER_MS if near.age == float("inf") else round(1000 * near.age),
        "push": near.push,
        "to_mend": near.to_mend,
        "entries": near.entries,
        "bytes": near.size,
    }


_published: Callable[[], Snapshot] = CacheStats().snapshot
"""The one module-level reference of this room: the guide's snippet calls with no argument."""


def publish(snapshot: Callable[[], Snapshot]) -> None:
    """Name the process's cache, whose numbers `get_cache_stats()` gives. Called by the wiring."""
    global _published
    _published = snapshot


def get_cache_stats() -> Snapshot:
    """The numbers of the whole service, as `GET /api/v2/cache/stats` gives them.

    Before a cache is published they are those of one that is switched off. The servers are not
    asked: `server_facts` has what they told last.
    """
    return _published()
