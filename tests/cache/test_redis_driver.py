"""The driver as it is used here: whoever gives up on a command never spoils another's answer."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib.resources import files
from typing import Final

import pytest

from cache.entry import prefix
from cache.errands import Errands
from cache.redis_commands import RedisCommands
from cache.redis_credentials import Account, FixedCredentials
from cache.redis_driver import Limits, RedisDriver
from cache.redis_trouble import classify
from cache.redis_url import RedisAddress
from cache.tier import Put, Stored, Trouble
from dev_servers import RedisServer

Ask = Callable[[RedisDriver, Sequence[str]], Awaitable[Sequence[object]]]

KEYS: Final = 50
WIDTH: Final = 20
SECONDS: Final = 0.02
"""What a command may take here; the way back takes up to three times as much."""


@pytest.fixture
async def slow_port(redis_server: RedisServer) -> AsyncIterator[int]:
    """A way to the server on which each answer is late by chance, and may come in two pieces."""
    dice = random.Random(7)
    links: set[asyncio.StreamWriter] = set()

    async def answers(far: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await far.read(65536):
                cut = dice.randrange(len(data))
                late = dice.choice((0.0, 1.5 * SECONDS))
                for part in (data[:cut], data[cut:]):
                    await asyncio.sleep(dice.random() * late)
                    back.write(part)
        back.close()

    async def serve(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection("127.0.0.1", redis_server.port)
        links.update((back, forth))
        answering = asyncio.ensure_future(answers(far, back))
        with suppress(OSError):
            while data := await near.read(65536):
                forth.write(data)
        forth.close()
        await answering

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for link in links:
        link.close()


def driver_at(port: int) -> RedisDriver:
    return RedisDriver(
        RedisAddress(host="127.0.0.1", port=port),
        FixedCredentials(Account()),
        Limits(max_connections=WIDTH, socket_connect_timeout=2.0, socket_timeout=5.0),
    )


async def plainly(driver: RedisDriver, keys: Sequence[str]) -> Sequence[object]:
    return [await driver.ask("GET", keys[0])]


async def asking(driver: RedisDriver, keys: Sequence[str]) -> Sequence[object]:
    return [await driver.ask("GET", keys[0], asking=True)]


async def together(driver: RedisDriver, keys: Sequence[str]) -> Sequence[object]:
    return await driver.ask_all([("GET", key) for key in keys])


@pytest.mark.parametrize(("ask", "calls"), [(plainly, 150), (asking, 60), (together, 60)])
async def test_of_thousands_of_commands_given_up_none_answers_for_another(
    redis_server: RedisServer, slow_port: int, ask: Ask, calls: int
) -> None:
    for number in range(KEYS):
        redis_server.ask(f"SET k{number} {number}")
    driver, errands, outcomes = driver_at(slow_port), Errands(WIDTH), Counter[str]()

    async def get(numbers: Sequence[int]) -> Sequence[object] | Trouble:
        try:
            return await ask(driver, [f"k{number}" for number in numbers])
        except Exception as error:
            return classify(error)

    async def caller(dice: random.Random) -> None:
        for first in dice.choices(range(KEYS - 2), k=calls):
            numbers = range(first, first + 3)
            answers = await errands.run(partial(get, numbers), SECONDS)
            if isinstance(answers, Trouble):
                outcomes[answers.value] += 1
            else:
                pairs = zip(answers, numbers, strict=False)
                outcomes[str(all(told == b"%d" % number for told, number in pairs))] += 1

    await asyncio.gather(*(caller(random.Random(seed)) for seed in range(WIDTH)))
    await errands.stop(1.0)
    await driver.close()

    assert outcomes["False"] == 0
    assert outcomes["timeout"] + outcomes["busy"] > WIDTH * calls / 3
    assert outcomes["True"] > 0  # few on a busy machine


async def test_a_script_is_told_once_and_again_to_a_server_that_forgot_it(
    redis_server: RedisServer,
) -> None:
    driver = driver_at(redis_server.port)
    redis_server.ask("CONFIG RESETSTAT")
    results = list[object]()
    for version in range(1, 7):
        if version == 4:
            redis_server.ask("SCRIPT FLUSH")
        value = prefix(version, "subject").encode()
        put = Put(key="k", value=value, seconds=1.0)
        results += await RedisCommands(driver).put_many([put], "")
    await driver.close()

    assert results == [Stored()] * 6
    assert "cmdstat_eval:calls=2," in redis_server.ask("INFO commandstats")


async def test_a_lifetime_that_is_none_is_refused_by_the_server_and_keeps_nothing(
    redis_server: RedisServer,
) -> None:
    driver = driver_at(redis_server.port)
    script = files("cache").joinpath("put_if_newer.lua").read_text()
    with pytest.raises(Exception, match="invalid expire"):
        await driver.ask("EVAL", script, 1, "k", prefix(1, "subject"), 0, "")
    await driver.close()

    assert redis_server.ask("EXISTS k") == "0"
