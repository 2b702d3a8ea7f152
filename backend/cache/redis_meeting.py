"""One server met for an operator: looked up, met as a stranger, and asked as ourselves."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast

from cache.name_lookup import resolve
from cache.redis_answers import Role, ServerAnswers, Silent, StrangerTold, Told
from cache.redis_credentials import Credentials
from cache.redis_driver import Limits, RedisDriver
from cache.redis_interview import Interview
from cache.redis_questions import Questions
from cache.redis_stranger import meet
from cache.redis_target import RedisAddress
from cache.slow_question import SlowQuestion

_LOOKUP_SECONDS: Final = 1.0
_TALK_SECONDS: Final = 2.5
_CLOSE_SECONDS: Final = 0.2
_LIMITS: Final = Limits(max_connections=2, socket_connect_timeout=1.0, socket_timeout=1.5)


async def addresses_of(host: str) -> tuple[str, ...] | Silent:
    """All that the name resolves to, in the system's order. Never raises."""
    try:
        async with asyncio.timeout(_LOOKUP_SECONDS):
            found = cast("list[Any]", await SlowQuestion(partial(resolve, host, 0)).answer())
    except TimeoutError:
        return Silent(f"the name {host} is not looked up in time.")
    except (OSError, UnicodeError) as error:
        return Silent(f"the name {host} cannot be resolved ({error}).")
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Meeting:
    """Without credentials `trouble` says why, and the server is met as a stranger only."""

    def __init__(
        self,
        address: RedisAddress,
        role: Role,
        credentials: Credentials | None,
        trouble: str | None,
        secrets: Sequence[str],
    ) -> None:
        self._address = address
        self._role = role
        self._credentials = credentials
        self._trouble = trouble
        self._secrets = secrets

    async def hold(self, questions: Questions, *, more: bool = True) -> ServerAnswers:
        """What it says to the questions; `more`: and of rights, keys, clock and latency.

        Never raises, and takes 3.7 seconds at most.
        """
        address = self._address
        found = () if address.path else await addresses_of(address.host)
        if isinstance(found, Silent):
            unmet = StrangerTold(said=found, tls=found if address.tls else None)
            return self._answers(found, unmet, Told(trouble=found.why))
        stranger, told = await asyncio.gather(
            meet(address, found, _TALK_SECONDS), self._told(questions, more)
        )
        return self._answers(found, stranger, told)

    async def _told(self, questions: Questions, more: bool) -> Told:
        if self._credentials is None:
            return Told(trouble=self._trouble)
        driver = RedisDriver(self._address, self._credentials, _LIMITS)
        interview = Interview(driver, self._secrets)
        with suppress(Exception):  # it has kept what was told, and why no more
            async with asyncio.timeout(_TALK_SECONDS):
                await interview.hold(questions, more=more, keys=self._role == "primary")
        with suppress(Exception):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await driver.close()
        return interview.told

    def _answers(
        self, addresses: tuple[str, ...] | Silent, stranger: StrangerTold, told: Told
    ) -> ServerAnswers:
        return ServerAnswers(
            name=str(self._address),
            role=self._role,
            addresses=addresses,
            stranger=stranger,
            told=told,
        )
