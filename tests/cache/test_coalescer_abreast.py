"""Where a shard is slow, few questions are under way; who waits is joined by those that come."""

import asyncio
import time

import pytest

from cache.coalescer import Coalescer
from scripted_shards import HERE, Shards


def begin(gets: Coalescer[str, str], keys: str) -> "list[asyncio.Future[str]]":
    return [gets.ask(HERE, key) for key in keys]


async def later_turns(shards: Shards, count: int) -> None:
    for _ in range(count):
        await shards.came.get()


async def test_a_question_waits_where_four_are_under_way_and_takes_along_who_comes() -> None:
    shards = Shards(may=False)
    gets, told = shards.gets(), list["asyncio.Future[str]"]()
    for key in "abcd":
        told += begin(gets, key)
        await later_turns(shards, 1)
    for key in "efg":
        told += begin(gets, key)
        await asyncio.sleep(0)
    under_way = [*shards.asked]
    shards.may.set()

    assert under_way == [["a"], ["b"], ["c"], ["d"]]
    assert await asyncio.gather(*told) == [f"value of {key}" for key in "abcdefg"]
    assert shards.asked[4:] == [["e", "f", "g"]]


async def test_what_is_full_waits_for_its_turn_and_the_next_is_joined() -> None:
    shards = Shards(may=False)
    gets, told = shards.gets(most=2), list["asyncio.Future[str]"]()
    told += begin(gets, "abcdefghijk")
    await later_turns(shards, 4)
    under_way = len(shards.asked)
    told += begin(gets, "l")
    shards.may.set()

    assert await asyncio.gather(*told) == [f"value of {key}" for key in "abcdefghijkl"]
    assert under_way == 4
    assert shards.asked == [[*pair] for pair in ("ab", "cd", "ef", "gh", "ij", "kl")]


async def test_a_question_is_told_how_long_the_first_has_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, passed = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + passed[-1])
    shards = Shards(may=False)
    gets = shards.gets(most=1)
    told = begin(gets, "abcd")
    await later_turns(shards, 4)
    told += begin(gets, "e")
    await asyncio.sleep(0)  # it begins to wait
    passed.append(60.0)
    shards.may.set()
    await asyncio.gather(*told)

    assert shards.waited[4] >= 60.0
    assert max(shards.waited[:4]) < 60.0


async def test_a_slow_shard_holds_up_no_other() -> None:
    slow, quick = Shards(may=False), "another shard"
    gets = slow.gets(most=1)
    waiting = begin(gets, "abcdef")
    await later_turns(slow, 4)
    other = gets.ask(quick, "z")
    await later_turns(slow, 1)
    slow.may.set()

    assert await other == "value of z"
    assert slow.asked[4] == ["z"]
    await asyncio.gather(*waiting)
