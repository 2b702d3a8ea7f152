"""The application as its wiring builds it, living in this process, with a client of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from settings import Settings
from wiring import build_app


def set_bare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Settings with nothing outside of the folder: no Redis, no worker, no log. All is audited."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    for name, value in {
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "REDIS_URL": "none",
        "LOG_FILE": "",
        "EMBEDDED_WORKER": "off",
        "CACHE_AUDIT_SHARE": "1",
    }.items():
        monkeypatch.setenv(name, value)


@asynccontextmanager
async def living() -> AsyncIterator[httpx.AsyncClient]:
    """An application of its own, by the settings in the environment; not ready at once."""
    app = build_app()
    assert isinstance(app.app, FastAPI)
    async with app.app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
            yield client
