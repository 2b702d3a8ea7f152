"""What the cache promises, in each way people run Redis: the URL alone differs."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from io import StringIO
from typing import Final

import pytest

from cache import Cache, CacheStats, open_cache, parse_redis_url
from cache.entry import prefix
from cache.tier import Found, Kept, Put, PutOutcome, Stored
from certificates import Authority
from dev_servers import RedisFlavour
from kept_log import logged
from listening_ear import Ear
from patience import eventually
from put_alone import put_alone
from redis_places import Place
from redis_topologies import SECRETS, TOPOLOGIES, Ground

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Opened = tuple[Cache, CacheStats, StringIO]
Until = Callable[..., Awaitable[float]]

NAMES: Final = [f"n{number}" for number in range(100)]  # of keys in every part of a cluster
SOON: Final = 5.0  # seconds: Redis is in use again, or a replica has followed


@pytest.fixture(scope="module", params=TOPOLOGIES)
async def _place(
    request: pytest.FixtureRequest, redis_flavour: RedisFlavour, authority: Authority
) -> AsyncIterator[Place]:
    ground = Ground(flavour=redis_flavour, authority=authority, shared=request.getfixturevalue)
    async with TOPOLOGIES[request.param](ground) as place:
        yield place


@pytest.fixture(scope="module")
async def opened(_place: Place) -> AsyncIterator[Opened]:
    """One cache for all tests of a topology, its numbers, and all that it has logged."""
    stats = CacheStats()
    cache = open_cache(parse_redis_url(_place.url), stats, budget_seconds=1.0)
    with logged() as log:
        await cache.start()
        yield cache, stats, log
        await cache.stop()


@pytest.fixture
def place(_place: Place) -> Place:
    """The topology, whole and empty."""
    _place.whole()
    return _place


@pytest.fixture
async def cache(place: Place, opened: Opened) -> Cache:
    """In use at every server that the topology has."""
    await until_got(lambda: get_many(opened[0], NAMES), [None] * len(NAMES), seconds=20.0)
    return opened[0]


def key(name: str) -> str:
    """A key as the cache builds them, so that a cluster spreads them alike."""
    return f"tally:job:{{{name}}}"


def value(version: int, body: bytes = b"") -> bytes:
    return prefix(version, "subject").encode() + body


async def put(cache: Cache, name: str, what: bytes, seconds: float = 30.0) -> PutOutcome:
    return await put_alone(cache, key(name), what, seconds=seconds)


async def get(cache: Cache, name: str) -> Found:
    return await cache.get(key(name), cache.budget(), newest=True)


async def get_many(cache: Cache, names: Sequence[str]) -> Sequence[Found]:
    return await cache.get_many([key(name) for name in names], cache.budget(), newest=True)


async def until_got(
    ask: Callable[[], Awaitable[object]], wanted: object, *, seconds: float = SOON
) -> None:
    await eventually(ask, lambda got: got == wanted, seconds=seconds, beat=0.005)


async def test_what_is_put_is_got_byte_for_byte(cache: Cache) -> None:
    assert await put(cache, "a", value(1, bytes(range(256)) * 64)) == Stored()
    assert await get(cache, "a") == value(1, bytes(range(256)) * 64)


async def test_nothing_there_is_none(cache: Cache) -> None:
    assert await get(cache, "nothing") is None
    assert await get_many(cache, ["nothing", "at", "all"]) == [None] * 3


async def test_only_a_newer_version_replaces_what_is_there(cache: Cache) -> None:
    outcomes = [await put(cache, "a", value(version)) for version in (8, 7, 8, 9)]

    assert outcomes == [Stored(), Kept(newer=value(8)), Kept(newer=None), Stored()]
    assert await get(cache, "a") == value(9)


async def test_a_list_under_our_key_is_empty_bytes_until_it_is_overwritten(
    place: Place, cache: Cache
) -> None:
    await put(cache, "b", value(1))
    place.primary_of(key("a")).ask(f"RPUSH {key('a')} one two")
    alone, among = await get(cache, "a"), await get_many(cache, ["a", "b"])

    assert (alone, among[0] or b"", among[1]) == (b"", b"", value(1))
    assert await put(cache, "a", value(1)) == Stored()
    assert await get(cache, "a") == value(1)


async def test_a_value_is_gone_when_its_lifetime_is_over_and_not_before(
    place: Place, cache: Cache
) -> None:
    await put(cache, "short", value(1), seconds=0.2)
    await put(cache, "long", value(1), seconds=100.0)
    await until_got(lambda: get(cache, "short"), None)
    left = int(place.primary_of(key("long")).ask(f"PTTL {key('long')}"))

    assert 50_000 < left <= 100_000
    assert await get(cache, "long") == value(1)


async def test_a_hundred_are_put_and_got_at_once_each_in_its_place(cache: Cache) -> None:
    values = [value(number, name.encode()) for number, name in enumerate(NAMES)]
    puts = [Put(key=key(n), value=it, seconds=30.0) for n, it in zip(NAMES, values, strict=True)]
    asked = [name for each in NAMES for name in (each, f"absent-{each}")]

    assert await cache.put_many(puts, cache.budget()) == [Stored()] * 100
    assert await get_many(cache, NAMES) == values
    assert await get_many(cache, asked) == [each for one in values for each in (one, None)]
    assert await get_many(cache, []) == []


async def test_gets_follow_the_puts_wherever_they_go(cache: Cache) -> None:
    names, keys = NAMES[:20], [key(name) for name in NAMES[:20]]
    for version in (1, 2):
        assert [await put(cache, name, value(version)) for name in names] == [Stored()] * 20
        await until_got(lambda: cache.get(keys[0], cache.budget()), value(version))
        await until_got(lambda: cache.get_many(keys, cache.budget()), [value(version)] * 20)


async def test_what_one_puts_the_others_hear(
    place: Place, cache: Cache, open_at: Open, until: Until
) -> None:
    other, _ = await open_at(place.url)
    ears = [await Ear.at(cache), await Ear.at(other)]
    sent = [value(number) for number in range(20)]
    for number, one in enumerate(sent):
        await put(other, f"n{number % 7}", one)
    await until(lambda: all(len(ear.values) >= 20 for ear in ears), SOON)

    assert [sorted(ear.values) for ear in ears] == [sent, sent]


async def test_the_state_names_the_servers_and_no_secret(
    place: Place, cache: Cache, opened: Opened
) -> None:
    _, stats, log = opened
    state, told = cache.state(), log.getvalue()
    shown = f"{state}{stats.snapshot()}{cache!r}{told}"

    assert (state.enabled, state.detail, state.breaker) == (True, "redis", "closed")
    assert state.reads == ("replica" if "read=replica" in place.url else "primary")
    assert str(state.server) == str(parse_redis_url(place.url))
    assert "in use" in told
    assert not [secret for secret in SECRETS if secret in shown]


async def test_servers_that_lost_values_and_script_are_filled_anew(
    place: Place, cache: Cache
) -> None:
    await put(cache, "a", value(5))
    place.whole()

    assert await get(cache, "a") is None
    puts = [Put(key=key(name), value=value(1), seconds=30.0) for name in NAMES]
    assert await cache.put_many(puts, cache.budget()) == [Stored()] * 100


async def test_after_a_death_or_when_all_connections_are_cut_it_is_in_use_again_soon(
    place: Place, cache: Cache
) -> None:
    await put(cache, "a", value(1))
    place.hurt()

    await until_got(lambda: get_many(cache, NAMES), [None] * len(NAMES))
    assert await put(cache, "b", value(2)) == Stored()
    assert await get(cache, "b") == value(2)
