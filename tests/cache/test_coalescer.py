"""Gets of one turn of the loop are one question to each shard, and each has its own answer."""

import asyncio
import gc
import weakref
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from cache.coalescer import Coalescer
from scripted_shards import HERE, Shards


async def test_gets_of_one_turn_are_one_question() -> None:
    shards = Shards()
    gets = shards.gets()
    found = await asyncio.gather(*(gets.ask(HERE, key) for key in "abac"))

    assert found == ["value of a", "value of b", "value of a", "value of c"]
    assert shards.asked == [["a", "b", "c"]]


async def test_each_shard_is_asked_for_its_own() -> None:
    shards = Shards()
    gets = shards.gets()
    found = await asyncio.gather(*(gets.ask(int(key) % 2, key) for key in "1234"))

    assert found == [f"value of {key}" for key in "1234"]
    assert shards.asked == [["1", "3"], ["2", "4"]]


async def test_a_get_of_a_later_turn_waits_for_no_earlier_one() -> None:
    shards = Shards(may=False)
    gets = shards.gets()
    first = gets.ask(HERE, "a")
    await shards.came.get()
    second = gets.ask(HERE, "b")
    await shards.came.get()
    shards.may.set()

    assert [await first, await second] == ["value of a", "value of b"]
    assert shards.asked == [["a"], ["b"]]


async def test_who_leaves_harms_no_other() -> None:
    shards = Shards(may=False)
    gets = shards.gets()
    tasks = [gets.ask(HERE, key) for key in "aab"]
    await shards.came.get()
    tasks[0].cancel()
    await asyncio.wait({tasks[0]})
    shards.may.set()

    assert await asyncio.gather(*tasks[1:]) == ["value of a", "value of b"]


async def test_who_joined_is_told_once_and_in_a_later_turn() -> None:
    shards = Shards()
    gets, told = shards.gets(), list[str]()
    for key in "ab":
        gets.join(HERE, key, told.append)
    at_once = [*told]
    await gets.ask(HERE, "c")

    assert at_once == []
    assert told == ["value of a", "value of b"]
    assert shards.asked == [["a", "b", "c"]]


async def test_who_breaks_off_when_told_harms_no_other_and_is_heard_of() -> None:
    heard = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    gets = Shards().gets()

    def breaks_off(value: str) -> None:
        raise ValueError

    gets.join(HERE, "a", breaks_off)

    assert await gets.ask(HERE, "a") == "value of a"
    assert [type(context["exception"]) for context in heard] == [ValueError]


async def test_of_what_is_not_answered_everybody_is_told_that_it_is_lost() -> None:
    gets = Shards(know="a").gets()

    assert await asyncio.gather(*(gets.ask(HERE, key) for key in "ab")) == ["value of a", "lost"]


async def test_nobody_waits_for_ever_where_the_question_breaks_off() -> None:
    heard = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))

    async def breaks_off(keys: Collection[str], waited: float) -> Mapping[str, str]:
        raise LookupError

    gets = Coalescer(breaks_off, lost="lost")

    assert await gets.ask(HERE, "a") == "lost"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
async def test_no_question_is_longer_than_it_may_be(count: int) -> None:
    shards = Shards()
    gets = shards.gets(most=2)
    keys = [f"k{number}" for number in range(count)]
    found = await asyncio.gather(*(gets.ask(HERE, key) for key in keys))

    assert found == [f"value of {key}" for key in keys]
    assert [len(asked) for asked in shards.asked] == [2] * (count // 2) + [1] * (count % 2)


async def test_who_comes_after_a_full_question_is_asked_about_with_the_others_that_did() -> None:
    """The full one begins its way while the next is still joined."""
    shards, told = Shards(), list[str]()
    gets = shards.gets(most=2)
    for key in "ab":
        gets.join(HERE, key, told.append)
    asyncio.get_running_loop().call_soon(gets.join, HERE, "d", told.append)
    gets.join(HERE, "c", told.append)
    await shards.came.get()
    await shards.came.get()
    await asyncio.sleep(0)

    assert shards.asked == [["a", "b"], ["c", "d"]]
    assert told == [f"value of {key}" for key in "abcd"]


async def test_who_leaves_is_no_error_of_anybody() -> None:
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))
    shards = Shards(may=False)
    gets = shards.gets()
    leaving, staying = [asyncio.ensure_future(gets.ask(HERE, "a")) for _ in range(2)]
    await shards.came.get()
    leaving.cancel()
    await asyncio.wait([leaving])
    shards.may.set()

    assert await staying == "value of a"
    assert told == []


async def test_a_question_under_way_is_no_garbage() -> None:
    """The loop itself holds its tasks but weakly."""
    asked: asyncio.Queue[weakref.ref[asyncio.Future[None]]] = asyncio.Queue()
    told: asyncio.Queue[str] = asyncio.Queue()

    async def ask(keys: Collection[str], waited: float) -> Mapping[str, str]:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asked.put_nowait(weakref.ref(answer))
        await answer
        return {}

    gets = Coalescer(ask, lost="lost")
    gets.join(HERE, "a", told.put_nowait)
    waits = await asked.get()
    gc.collect()
    answer = waits()
    assert answer
    answer.set_result(None)

    assert await told.get() == "lost"
