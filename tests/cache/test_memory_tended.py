"""What a memory does in the background never ends by accident."""

import asyncio

import pytest

from cache.memory import tend


async def test_a_chore_that_breaks_off_is_begun_again_and_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("cache.memory._AGAIN_SECONDS", 0.0)
    begun, again = [], asyncio.Event()

    async def chore() -> None:
        begun.append("once more")
        if len(begun) == 1:
            raise SystemError("a bug")
        again.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(tend(chore))
    await asyncio.wait_for(again.wait(), 5.0)
    task.cancel()

    assert "broke off; beginning again" in caplog.text
    assert "a bug" in caplog.text
