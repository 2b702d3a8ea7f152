"""The push: announced values reach the near tier by the rule of trust, and only ever hurry."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cache import CacheStats, Lifetimes
from cache.entry import encode
from cache.near import Held, Near
from cache.push import Push
from cache.shared import Shared
from example_documents import Clock, a_document
from jobs import Document, new_id
from scripted_cache import ScriptedCache

Until = Callable[..., Awaitable[float]]
SAID_AGO = 3.0


class Pushed:
    """A push over a cache in this process."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.cache = ScriptedCache()
        self.stats = CacheStats()
        self.near = Near(entries=10, size=2**20, negative_seconds=1.0, clock=self.clock)
        self.told: list[int] = []
        shared = Shared(self.cache, Lifetimes(), self.stats)
        wall = Clock(1_000_000.0)
        self.push = Push(self.cache, shared, self.near, self._tell, clock=self.clock, wall=wall)

    def _tell(self, document: Document) -> None:
        self.told.append(document.version)

    def deliver(self, document: Document) -> None:
        self.push.deliver(encode(document, 1_000_000.0 - SAID_AGO))


@pytest.fixture
async def bench() -> Pushed:
    return Pushed()


async def test_a_newer_version_of_a_known_job_is_remembered_as_of_its_commit(
    bench: Pushed,
) -> None:
    document = a_document(version=3)
    bench.near.keep(a_document(document.id, 2), 0.0, bench.near.epoch)
    bench.deliver(document)

    assert bench.near.get(document.id) == Held(document, bench.clock.now - SAID_AGO)
    assert bench.told == [3]


async def test_an_older_version_is_told_of_but_not_remembered(bench: Pushed) -> None:
    document = a_document(version=3)
    bench.near.begin({document.id: 4})
    bench.deliver(document)

    assert (bench.near.get(document.id), bench.near.known(document.id)) == (None, 4)
    assert bench.told == [3]


async def test_of_a_job_that_is_not_known_nothing_is_believed(bench: Pushed) -> None:
    document = a_document(version=3)
    bench.deliver(document)

    assert (bench.near.get(document.id), bench.near.known(document.id)) == (None, 0)
    assert bench.told == [3]


@pytest.mark.parametrize("raw", [b"", b"PING", b"\xff" * 100])
async def test_what_is_no_value_is_counted_and_dropped(bench: Pushed, raw: bytes) -> None:
    bench.push.deliver(raw)

    assert bench.told == []
    assert bench.stats.snapshot()["rejected"] == {"unreadable": 1, "foreign": 0, "future": 0}


async def test_a_damaged_value_is_dropped(bench: Pushed) -> None:
    document = a_document(new_id(1.0), 3)
    bench.near.begin({document.id: 2})
    bench.push.deliver(encode(document, 1.0)[:-1])

    assert bench.near.get(document.id) is None
    assert bench.told == []


async def test_it_is_alive_while_the_connection_is_heard_of(bench: Pushed, until: Until) -> None:
    alive = [bench.push.alive]
    running = asyncio.create_task(bench.push.run())
    await until(lambda: bench.push.alive, 5.0)
    for _ in range(2):
        bench.clock.now += 1.0
        alive.append(bench.push.alive)
    running.cancel()
    await asyncio.wait([running])

    assert alive == [False, True, False]
    assert bench.cache.listeners == []


async def test_when_the_connection_is_lost_it_is_not_alive_and_listens_again(
    bench: Pushed, until: Until
) -> None:
    running = asyncio.create_task(bench.push.run())
    await until(lambda: bench.push.alive, 5.0)
    bench.cache.lost.set()
    await until(lambda: not bench.push.alive, 5.0)
    bench.cache.lost.clear()
    pause = await until(lambda: bench.push.alive, 5.0)
    document = a_document(version=3)
    bench.near.begin({document.id: 2})
    bench.cache.announce(encode(document, 1_000_000.0 - SAID_AGO))
    running.cancel()
    await asyncio.wait([running])

    assert (bench.cache.listened, bench.told) == (2, [3])
    assert pause > 0.15


async def test_a_push_that_is_never_heard_is_told_of_once_and_so_is_its_return(
    bench: Pushed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, until: Until
) -> None:
    monkeypatch.setattr("cache.push._AGAIN_SECONDS", (0.0, 0.0))
    may_listen = asyncio.Event()
    attempts = []

    async def listen(deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        attempts.append("once more")
        if may_listen.is_set():
            heard()
            await asyncio.Event().wait()

    monkeypatch.setattr(bench.cache, "listen", listen)
    caplog.set_level("INFO", "tally.cache")
    run = asyncio.create_task(bench.push.run())
    await until(lambda: len(attempts) > 100, 5.0)
    told = [record.getMessage() for record in caplog.records]
    may_listen.set()
    await until(lambda: bench.push.alive, 5.0)
    run.cancel()

    assert [line.partition(",")[0] for line in told] == ["cache: redis is in use"]
    assert caplog.records[-1].getMessage() == "cache: the push of redis is heard."
