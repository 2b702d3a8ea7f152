"""Gets of one turn of the loop are one question, and each has its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from cache.coalesced_gets import CoalescedGets
from cache.tier import Budget, Trouble


class Server:
    """Answers each key with itself, once it may; `asked` has the keys and seconds of each ask."""

    def __init__(self, *, may: bool = True, says: Trouble | None = None) -> None:
        self.asked: list[tuple[list[str], float]] = []
        self.may = asyncio.Event()
        self.came: asyncio.Queue[None] = asyncio.Queue()
        self.says = says
        if may:
            self.may.set()

    async def ask(self, keys: Sequence[str], budget: Budget) -> Sequence[str] | Trouble:
        self.asked.append(([*keys], budget.left))
        self.came.put_nowait(None)
        await self.may.wait()
        return self.says or [f"value of {key}" for key in keys]


async def test_gets_of_one_turn_are_one_question() -> None:
    server = Server()
    gets: CoalescedGets[str] = CoalescedGets(server.ask)
    found = await asyncio.gather(*(gets.get(key, Budget(1.0)) for key in "abac"))

    assert found == ["value of a", "value of b", "value of a", "value of c"]
    assert server.asked == [(["a", "b", "c"], 1.0)]


async def test_a_get_of_a_later_turn_waits_for_no_earlier_one() -> None:
    server = Server(may=False)
    gets: CoalescedGets[str] = CoalescedGets(server.ask)
    first = asyncio.create_task(gets.get("a", Budget(1.0)))
    await server.came.get()
    second = asyncio.create_task(gets.get("b", Budget(1.0)))
    await server.came.get()
    server.may.set()

    assert [await first, await second] == ["value of a", "value of b"]
    assert [keys for keys, _ in server.asked] == [["a"], ["b"]]


async def test_who_leaves_harms_no_other() -> None:
    server = Server(may=False)
    gets: CoalescedGets[str] = CoalescedGets(server.ask)
    tasks = [asyncio.create_task(gets.get(key, Budget(1.0))) for key in "aab"]
    await server.came.get()
    tasks[0].cancel()
    await asyncio.wait({tasks[0]})
    server.may.set()

    assert await asyncio.gather(*tasks[1:]) == ["value of a", "value of b"]


async def test_trouble_is_everybodys() -> None:
    gets: CoalescedGets[str] = CoalescedGets(Server(says=Trouble.TIMEOUT).ask)
    found = await asyncio.gather(*(gets.get(key, Budget(1.0)) for key in "ab"))

    assert found == [Trouble.TIMEOUT, Trouble.TIMEOUT]


async def test_the_shortest_budget_holds_for_all_and_is_spent() -> None:
    server = Server()
    gets: CoalescedGets[str] = CoalescedGets(server.ask)
    budgets = [Budget(1.0), Budget(0.5), Budget(2.0)]
    await asyncio.gather(*(gets.get("a", budget) for budget in budgets))

    assert server.asked == [(["a"], 0.5)]
    assert all(budget.left < whole for budget, whole in zip(budgets, (1.0, 0.5, 2.0), strict=True))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
async def test_no_question_is_longer_than_it_may_be(count: int) -> None:
    server = Server()
    gets: CoalescedGets[str] = CoalescedGets(server.ask, most=2)
    keys = [f"k{number}" for number in range(count)]
    found = await asyncio.gather(*(gets.get(key, Budget(1.0)) for key in keys))

    assert found == [f"value of {key}" for key in keys]
    assert [len(asked) for asked, _ in server.asked] == [2] * (count // 2) + [1] * (count % 2)
