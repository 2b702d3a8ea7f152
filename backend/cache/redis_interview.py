"""Asks one server or Sentinel what an operator wants to know: over the driver, and read-only."""

import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

from cache.redis_answers import Answer, Refused, Told
from cache.redis_driver import RedisDriver
from cache.redis_questions import ENTRIES, OURS, Questions, Words, as_sent, of_rights
from cache.redis_trouble import classify, explain, quote

_PINGS: Final = 200
_PING_SECONDS: Final = 1.0
_SAMPLE: Final = 1000
"""Keys that are looked at."""
_STEP: Final = "250"
"""Keys that the server passes in one go: well below a millisecond of its time."""
_STEPS: Final = 20
"""An almost empty space is not walked through to its end."""
_WEIGHED: Final = 50
"""Entries whose memory is asked for."""


class Interview:
    """One server's, over the driver; `secrets` are what no text may show."""

    def __init__(self, driver: RedisDriver, secrets: Sequence[str]) -> None:
        self._driver = driver
        self._secrets = secrets
        self.told = Told()

    async def hold(self, questions: Questions, *, more: bool, keys: bool) -> None:
        """Ask the questions, PING first; if `more`, for rights, clock and latency, too.

        `keys`: look at some of its keys. What was told stays, also where this is cancelled.
        Raises what the driver raises.
        """
        try:
            await self._driver.resolve()
            said = await self._ask_all(questions.values())
        except Exception as error:
            self.told.trouble = self._explained(error)
            raise
        self._keep(questions, said)
        self.told.trouble = self._explained(said[0]) if _is_trouble(said[0]) else None
        if more and not self.told.trouble:
            await self._ask_on(keys=keys)

    async def _ask_on(self, *, keys: bool) -> None:
        began = time.monotonic()
        await self._rehearse()
        if keys:
            await self._sample()
        await self._compare_clocks()
        await self._ping()
        self.told.answers["INFO later"] = self._kept((await self._ask_all([("INFO",)]))[0])
        self.told.seconds_between = time.monotonic() - began

    async def _rehearse(self) -> None:
        user = self.told.answers["ACL WHOAMI"]
        if isinstance(user, bytes):
            questions = of_rights(user)
            self._keep(questions, await self._ask_all(questions.values()))

    async def _sample(self) -> None:
        """Keys as SCAN gives them; kept even where what is asked of them is not told."""
        found: dict[bytes, None] = {}
        cursor = b"0"
        for _ in range(_STEPS):
            (told,) = await self._ask_all([("SCAN", cursor, "COUNT", _STEP)])
            if isinstance(told, Exception):
                self.told.answers["SCAN"] = self._kept(told)
                return
            cursor, keys = told
            found.update(dict.fromkeys(keys))
            if cursor == b"0" or len(found) >= _SAMPLE:
                break
        await self._look_at([*found][:_SAMPLE])
        self.told.answers["SCAN"] = len(self.told.keys)

    async def _look_at(self, keys: Sequence[bytes]) -> None:
        ours = [key for key in keys if key.startswith(OURS)]
        weighed = [key for key in ours if key.startswith(ENTRIES)][:_WEIGHED]
        questions: list[Words] = [("TTL", key) for key in ours]
        questions += [("MEMORY", "USAGE", key) for key in weighed]
        told = [self._kept(one) for one in await self._ask_all(questions)] if ours else []
        ttls = dict(zip(ours, told, strict=False))
        sizes = dict(zip(weighed, told[len(ours) :], strict=True))
        self.told.keys = {key: (ttls.get(key), sizes.get(key)) for key in keys}

    async def _compare_clocks(self) -> None:
        began = time.time()
        (told,) = await self._ask_all([("TIME",)])
        if not isinstance(told, Exception):
            seconds, micros = map(int, told)
            self.told.clock_ahead = seconds + micros / 1e6 - (began + time.time()) / 2

    async def _ping(self) -> None:
        until = time.perf_counter() + _PING_SECONDS
        while len(self.told.pings) < _PINGS and time.perf_counter() < until:
            began = time.perf_counter()
            (told,) = await self._ask_all([("PING",)])
            if isinstance(told, Exception):
                return
            self.told.pings.append(time.perf_counter() - began)

    async def _ask_all(self, questions: Iterable[Words]) -> Sequence[Any]:
        return await self._driver.ask_all(as_sent(questions))

    def _keep(self, questions: Questions, said: Sequence[Any]) -> None:
        for name, answer in zip(questions, said, strict=True):
            self.told.answers[name] = self._kept(answer)

    def _kept(self, answer: Any) -> Answer:
        return Refused(quote(answer, self._secrets)) if isinstance(answer, Exception) else answer

    def _explained(self, error: BaseException) -> str:
        return explain(classify(error), quote(error, self._secrets) if str(error) else None)


def _is_trouble(told: Any) -> bool:
    """An error in answer to PING; but who says that we may not say it has answered."""
    return isinstance(told, Exception) and type(told).__name__ != "NoPermissionError"
