"""A rehearsal touches nothing of the operator's, and says what it needs where that is missing."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from ops.rehearsal import Rehearsal, rehearsal_settings
from ops.spare_redis import CannotRehearse
from settings import Settings

SECRETS = {name.upper() for name in Settings.model_fields if name.endswith("_file")}


def test_a_rehearsal_has_data_secrets_and_servers_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "LOG_FILE", "REDIS_PASSWORD_FILE"):
        monkeypatch.setenv(name, "redis://the-operators")
    for name, text in rehearsal_settings(tmp_path, "redis://127.0.0.1:1/0").items():
        monkeypatch.setenv(name, text)
    settings = Settings()

    assert settings.data_dir == tmp_path / "data"
    assert settings.database == f"sqlite:///{tmp_path / 'tally.db'}"
    assert settings.redis_url == "redis://127.0.0.1:1/0"
    assert not settings.brings_worker
    assert {getattr(settings, name.lower()) for name in SECRETS} == {""}


def test_the_operators_cache_settings_hold_in_a_rehearsal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CACHE_TTL_SECONDS", "77")
    for name, text in rehearsal_settings(tmp_path, "none").items():
        monkeypatch.setenv(name, text)

    assert Settings().cache_ttl_seconds == 77


async def test_without_a_server_the_other_way_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.rehearsal.redis_program", lambda: None)
    async with AsyncExitStack() as children:
        with pytest.raises(CannotRehearse, match="--redis-url URL --stop COMMAND --start COMMAND"):
            Rehearsal(tmp_path, children).own_redis()


async def test_an_api_that_ends_at_once_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.rehearsal.BACKEND", tmp_path)
    async with AsyncExitStack() as children:
        with pytest.raises(CannotRehearse, match="The API of the rehearsal ended"):
            await Rehearsal(tmp_path, children).api("none")
