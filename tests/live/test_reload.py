"""The guide's command for development: settings in `.env`, and `uvicorn main:app --reload`."""

import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dev_servers import RedisServer
from live.installation import BACKEND, Installation, next_worker
from patience import seen

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]


@pytest.fixture
async def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    """A copy of the code that may be edited; no setting comes from the environment."""
    backend = shutil.copytree(BACKEND, tmp_path / "backend")
    installation = Installation(tmp_path, backend=backend, words=())
    for name in installation.settings:
        monkeypatch.delenv(name, raising=False)
    installation.settings.clear()
    yield installation
    await installation.close()


async def test_edited_code_is_served_by_a_new_api_with_a_new_worker(
    checkout: Installation, valkey: RedisServer
) -> None:
    place = checkout.backend.parent
    (place / ".env").write_text(f"REDIS_URL={valkey.url}\n")
    api = await checkout.serve("--reload").up()
    (old,) = await seen(checkout.workers)
    with (checkout.backend / "main.py").open("a") as code:
        code.write("# edited\n")
    new = await next_worker(checkout, old)
    job = await (await api.up()).create("thumbnail")
    done = await api.until_done(job)
    stats = await api.stats()

    assert done["status"] == "succeeded"
    assert checkout.workers() == {new}
    assert stats["redis_enabled"] is True
    assert f"redis at {valkey.url} is in use" in (place / "logs" / "app.log").read_text()
    assert (place / "data" / "tally.db").exists()
