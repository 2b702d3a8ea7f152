"""The background beat: when it beats, and that a start never waits for a dead server."""

import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from cache.heartbeat import (
    AGAIN_SECONDS,
    BEAT_SECONDS,
    FIRST_SECONDS,
    LONGEST_SECONDS,
    Heartbeat,
    pause,
)

JITTER = st.floats(0.0, 1.0)


@given(JITTER)
def test_while_all_is_well_it_beats_about_once_a_second(jitter: float) -> None:
    assert 0.9 * BEAT_SECONDS <= pause(0, in_use=True, jitter=jitter) <= BEAT_SECONDS


@given(st.integers(1, 5), JITTER)
def test_after_a_failure_it_makes_sure_quickly(failures: int, jitter: float) -> None:
    assert pause(failures, in_use=True, jitter=jitter) == AGAIN_SECONDS


@given(st.integers(1, 10**9), JITTER)
def test_a_server_that_is_away_is_asked_within_a_second_for_ever(
    failures: int, jitter: float
) -> None:
    assert 0.0 < pause(failures, in_use=False, jitter=jitter) <= LONGEST_SECONDS


def test_a_silent_failure_is_certain_within_two_seconds() -> None:
    budget = 0.05
    slowest = pause(0, in_use=True, jitter=1.0) + 4 * pause(1, in_use=True, jitter=1.0) + 5 * budget

    assert slowest <= 2.0


async def test_a_start_waits_for_the_first_beat() -> None:
    beats = 0

    async def beat() -> bool:
        nonlocal beats
        await asyncio.sleep(0.01)
        beats += 1
        return True

    heart = Heartbeat(beat, lambda: True)
    await heart.start()

    assert beats == 1
    await heart.stop()


async def test_a_start_does_not_wait_for_a_beat_that_hangs() -> None:
    async def beat() -> bool:
        await asyncio.Event().wait()
        return True

    heart = Heartbeat(beat, lambda: False)
    began = time.monotonic()
    await heart.start()

    assert FIRST_SECONDS * 0.9 <= time.monotonic() - began < FIRST_SECONDS + 1.0
    await heart.stop()


async def test_it_goes_on_beating_after_failures_until_it_is_stopped() -> None:
    third = asyncio.Event()
    beats = 0

    async def beat() -> bool:
        nonlocal beats
        beats += 1
        if beats == 3:
            third.set()
        return False

    heart = Heartbeat(beat, lambda: True)
    await heart.start()
    await asyncio.wait_for(third.wait(), 2.0)
    await heart.stop()
    after = beats
    await asyncio.sleep(AGAIN_SECONDS * 2)

    assert beats == after


async def test_stopping_what_never_began_is_harmless() -> None:
    async def beat() -> bool:
        return True

    await Heartbeat(beat, lambda: True).stop()
