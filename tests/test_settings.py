"""Settings: what the environment may say, and what is said of nonsense."""

from pathlib import Path

import pytest

from settings import PROJECT, BadSettings, Settings, read_settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")


def test_the_defaults_run_on_sqlite_with_a_worker_of_their_own() -> None:
    settings = read_settings()

    assert settings.redis_url == "redis://localhost:6379/0"
    assert settings.database == f"sqlite:///{PROJECT}/data/tally.db"
    assert settings.brings_worker
    assert settings.log_path == PROJECT / "logs" / "app.log"


@pytest.mark.parametrize(
    ("database", "embedded", "expected"),
    [
        ("", "auto", True),
        ("", "OFF", False),
        ("postgresql://h/d", "auto", False),
        ("postgresql://h/d", " on ", True),
    ],
)
def test_auto_brings_a_worker_with_sqlite_only(
    monkeypatch: pytest.MonkeyPatch, database: str, embedded: str, expected: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("EMBEDDED_WORKER", embedded)

    assert read_settings().brings_worker is expected


def test_the_way_to_authenticate_is_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_AUTH", " ElastiCache-IAM ")

    assert read_settings().redis_auth == "elasticache-iam"


def test_a_dotenv_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("REDIS_URL=redis://from-file:1/0\nPORT=9000\n")
    monkeypatch.setenv("PORT", "9001")

    settings = read_settings()

    assert (settings.redis_url, settings.port) == ("redis://from-file:1/0", 9001)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("EMBEDDED_WORKER", "maybe"),
        ("CACHE_TTL_SECONDS", "0"),
        ("CACHE_BUDGET_SECONDS", "-1"),
        ("CACHE_FINAL_TTL_SECONDS", "0"),
        ("CACHE_NEGATIVE_TTL_SECONDS", "3600"),
        ("CACHE_NEAR_MAX_ENTRIES", "-1"),
        ("CACHE_NEAR_MAX_BYTES", "64MB"),
        ("CACHE_AUDIT_SHARE", "1.5"),
        ("UPLOAD_MAX_BYTES", "2GB"),
        ("CACHE_ENABLED", "perhaps"),
        ("REDIS_AUTH", "kerberos"),
        ("REDIS_IAM_SERVERLESS", "perhaps"),
    ],
)
def test_nonsense_is_refused_in_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings, match=f"^{name}: ") as refused:
        read_settings()

    assert "\n" not in str(refused.value)


def test_files_for_the_account_are_the_projects_where_they_are_relative(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_PASSWORD_FILE", "/run/secrets/redis")
    monkeypatch.setenv("REDIS_USERNAME_FILE", "secrets/user")
    settings = read_settings()

    assert settings.redis_password_path == Path("/run/secrets/redis")
    assert settings.redis_username_path == PROJECT / "secrets" / "user"


def test_no_file_is_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings()

    assert (settings.redis_password_path, settings.redis_username_path) == (None, None)


@pytest.mark.parametrize(
    ("named", "region"),
    [
        ({}, ""),
        ({"AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-north-1"}, "eu-north-1"),
        ({"AWS_REGION": "eu-north-1", "REDIS_IAM_REGION": "us-east-1"}, "us-east-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
    ],
)
def test_the_region_is_our_own_setting_or_what_aws_tools_go_by(
    monkeypatch: pytest.MonkeyPatch, named: dict[str, str], region: str
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)

    assert read_settings().redis_region == region


def test_the_databases_url_may_stand_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text(" postgresql://tally:secret@db/tally\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = read_settings()

    assert settings.database == "postgresql://tally:secret@db/tally"
    assert not settings.brings_worker


@pytest.mark.parametrize("content", [None, b"", b"\n", b"one\ntwo\n", b"\xff\xfe"])
def test_a_file_without_a_url_in_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "url").write_bytes(content)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))

    with pytest.raises(BadSettings, match=r"^DATABASE_URL_FILE: must name a file .* one line\.$"):
        read_settings()


def test_a_database_named_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://tally:secret@db/tally")
    monkeypatch.setenv("DATABASE_URL_FILE", "/run/secrets/database-url")

    with pytest.raises(BadSettings, match=r"^DATABASE_URL_FILE: .* keep one of them\.$"):
        read_settings()


def test_what_is_shown_of_the_settings_has_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:secret@localhost")
    monkeypatch.setenv("DATABASE_URL", "postgresql://tally:secret@db/tally")

    assert "secret" not in f"{read_settings()!r} {read_settings()}"


def test_an_error_has_no_other_error_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pydantic's repeats what was given, and a reporter of errors follows even a hidden context."""
    monkeypatch.setenv("PORT", "redis://:secret@localhost")
    with pytest.raises(BadSettings) as refused:
        read_settings()

    assert (refused.value.__context__, refused.value.__cause__) == (None, None)
    assert "secret" not in str(refused.value)


def test_an_absolute_data_dir_stays_and_a_relative_one_is_the_projects(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    absolute = read_settings().data_dir
    monkeypatch.setenv("DATA_DIR", "elsewhere")

    assert (absolute, read_settings().data_dir) == (tmp_path, PROJECT / "elsewhere")
