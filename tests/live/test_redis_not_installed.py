"""`pip uninstall redis` is a supported way to switch the cache off."""

from pathlib import Path

import pytest

from live.installation import Installation

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

NOT_INSTALLED = 'raise ModuleNotFoundError("No module named \'redis\'", name="redis")\n'


async def test_without_the_redis_package_jobs_finish_and_polls_stay_near(
    tally: Installation, tmp_path: Path
) -> None:
    """As if it were uninstalled for the API and its worker: a package in its place cannot load."""
    blocker = tmp_path / "site" / "redis"
    blocker.mkdir(parents=True)
    (blocker / "__init__.py").write_text(NOT_INSTALLED)
    tally.settings |= {"PYTHONPATH": str(blocker.parent), "REDIS_URL": "redis://localhost:6379/0"}
    api = await tally.serve().up()
    job = await api.until_done(await api.create("thumbnail"))
    poll = await api.poll(job)
    page = (await api.http.get("/api/v2/cache/stats")).json()

    assert job["status"] == "succeeded"
    assert poll.headers["cache-status"].endswith("; detail=near")
    assert page["cache_enabled"] is True
    assert page["statistics"]["redis_enabled"] is False
    assert page["statistics"]["state"] == "redis-missing"
    assert "the redis package is not installed" in tally.log.read_text()
