"""Every knob, read once when a door opens: environment, then `.env`. See docs/settings.md.

Relative paths are relative to the project's folder (the one that holds `backend/`), so that every
process finds the same files wherever it was started.
"""

import os
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT: Final = Path(__file__).resolve().parent.parent


class BadSettings(Exception):
    """A setting cannot mean anything; the message names it and what it may be."""


class Settings(BaseSettings):
    """All settings of one process. Frozen: a change is a restart. Its repr shows no password."""

    model_config = SettingsConfigDict(
        env_file=(PROJECT / ".env", PROJECT / "backend" / ".env"),
        env_ignore_empty=False,
        extra="ignore",
        frozen=True,
    )

    redis_url: str = Field(
        "redis://localhost:6379/0", description="Where Redis is. Empty: none.", repr=False
    )
    redis_auth: Literal["password", "elasticache-iam", "entra"] = Field(
        "password", description="How Redis gets to know who we are."
    )
    redis_password_file: str = Field("", description="A file with Redis's password.")
    redis_username_file: str = Field("", description="A file with Redis's user.")
    redis_iam_cache: str = Field("", description="The cache's name, for elasticache-iam.")
    redis_iam_region: str = Field("", description="Its region. Empty: AWS_REGION says.")
    redis_iam_serverless: bool = Field(False, description="Whether it is a serverless cache.")
    database_url: str = Field("", description="sqlite:///path or postgresql://...", repr=False)
    database_url_file: str = Field("", description="A file with DATABASE_URL.")
    data_dir: Path = Field(Path("data"), description="Uploads, outputs and the SQLite file.")
    port: int = Field(8000, ge=1, le=65535, description="The port `make run` serves.")
    log_file: str = Field("logs/app.log", description="Log file; empty: console only.")
    embedded_worker: Literal["auto", "on", "off"] = Field(
        "auto", description="Whether the API brings its own worker; auto: with SQLite."
    )
    worker_concurrency: int = Field(2, ge=1, le=64, description="Jobs one worker does at once.")
    upload_max_bytes: int = Field(2**31, ge=1, description="Largest upload accepted, in bytes.")
    job_deadline_seconds: float = Field(
        3600.0, ge=1, le=7 * 86400, description="A job's deadline where it names none."
    )
    cache_enabled: bool = Field(True, description="The kill switch of the status cache.")
    cache_ttl_seconds: float | None = Field(None, gt=0, le=86400)
    cache_final_ttl_seconds: float = Field(
        3600.0, gt=0, le=30 * 86400, description="As CACHE_TTL_SECONDS, for jobs that are done."
    )
    cache_negative_ttl_seconds: float = Field(
        1.0, gt=0, le=60, description="For how long a process remembers that there is no such job."
    )
    cache_near_max_entries: int = Field(
        10_000, ge=0, le=10_000_000, description="Documents remembered in each process; 0: none."
    )
    cache_near_max_bytes: int = Field(
        64 * 2**20, ge=2**20, description="Bytes they may take in each process."
    )
    cache_audit_share: float = Field(
        0.001, ge=0, le=1, description="Share of the cache's answers that are audited; 0: none."
    )
    cache_max_connections: int | None = Field(None, ge=1, le=10000)
    cache_socket_connect_timeout: float | None = Field(None, gt=0, le=60)
    cache_socket_timeout: float | None = Field(None, gt=0, le=60)
    cache_budget_seconds: float = Field(
        0.05, gt=0, le=5, description="All Redis work within one request, in seconds."
    )

    @field_validator("data_dir", mode="after")
    @classmethod
    def _anchor(cls, value: Path) -> Path:
        return PROJECT / value

    @field_validator("embedded_worker", "redis_auth", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """The database's URL, the default spelled out."""
        return self.database_url or f"sqlite:///{self.data_dir / 'tally.db'}"

    @property
    def redis_password_path(self) -> Path | None:
        return PROJECT / self.redis_password_file if self.redis_password_file else None

    @property
    def redis_username_path(self) -> Path | None:
        return PROJECT / self.redis_username_file if self.redis_username_file else None

    @property
    def redis_region(self) -> str:
        """The region for elasticache-iam; AWS's own names are looked up in the environment only."""
        names = ("AWS_REGION", "AWS_DEFAULT_REGION")
        return self.redis_iam_region or next(filter(None, map(os.environ.get, names)), "")

    @property
    def log_path(self) -> Path | None:
        return PROJECT / self.log_file if self.log_file else None

    @property
    def brings_worker(self) -> bool:
        """Whether the API starts a worker of its own."""
        if self.embedded_worker == "auto":
            return self.database.startswith("sqlite")
        return self.embedded_worker == "on"


def read_settings() -> Settings:
    """The settings of this process. Raises BadSettings with one line for each bad one.

    No other error is behind it: pydantic's repeats what was given, which may be a password.
    """
    settings = _from_environment()
    if not settings.database_url_file:
        return settings
    if settings.database_url:
        raise BadSettings("DATABASE_URL_FILE: DATABASE_URL is set, too; keep one of them.")
    url = _only_line(PROJECT / settings.database_url_file)
    if not url:
        raise BadSettings("DATABASE_URL_FILE: must name a file that holds the URL, in one line.")
    return settings.model_copy(update={"database_url": url})


def _from_environment() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors()
        ]
    raise BadSettings("; ".join(lines))


def _only_line(path: Path) -> str:
    """The line that is all there is in a plain file; empty where there is no such file or line."""
    try:
        lines = path.read_text().strip().splitlines() if path.is_file() else []
    except (OSError, ValueError):  # not ours to read, or no text
        return ""
    return lines[0].strip() if len(lines) == 1 else ""
