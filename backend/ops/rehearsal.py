"""A rehearsal: this checkout's API and a Redis, on ports and a folder of their own, then gone.

The operator's cache settings hold there; data, database, log and secrets are the rehearsal's.
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops.children import Child, running
from ops.http_line import Place
from ops.service import Service
from ops.spare_redis import CannotRehearse, OwnRedis, free_port, redis_program
from settings import PROJECT, Settings

BACKEND: Final = PROJECT / "backend"
_READY_SECONDS: Final = 60.0
"""A first start on a slow machine also compiles every module."""
_LOOK_SECONDS: Final = 0.05
IN_PRODUCTION: Final = ("--http", "api.lane_protocol:Protocol", "--no-access-log")
_NOT_INSTALLED: Final = 'raise ModuleNotFoundError("No module named \'redis\'", name="redis")\n'


@dataclass(frozen=True, kw_only=True)
class Api:
    """A running API of the rehearsal."""

    service: Service
    place: Place
    child: Child

    async def stop(self) -> None:
        """As a service manager does it: what was asked is still answered."""
        await self.child.stop()


class Rehearsal:
    """Starts what a rehearsal needs; all of it ends with `children`."""

    def __init__(self, folder: Path, children: AsyncExitStack) -> None:
        self.folder = folder
        self._children = children

    def own_redis(self) -> OwnRedis:
        """Not started. Raises CannotRehearse where there is no server on this machine."""
        program = redis_program()
        if program is None:
            raise CannotRehearse(
                "There is no redis-server or valkey-server here to rehearse with. Install one, or "
                "name a spare Redis: --redis-url URL --stop COMMAND --start COMMAND"
            )
        return OwnRedis(program, self.folder, self._children)

    async def api(self, redis_url: str, *, without_package: bool = False) -> Api:
        """An API that is ready. `without_package`: as after pip uninstall redis.

        Raises CannotRehearse.
        """
        port = free_port()
        env = {**os.environ, **rehearsal_settings(self.folder, redis_url)}
        if without_package:
            env["PYTHONPATH"] = os.pathsep.join(
                filter(None, [str(self._blocker()), os.environ.get("PYTHONPATH")])
            )
        words = ["uvicorn", "main:app", "--host", "127.0.0.1", "--port", str(port), *IN_PRODUCTION]
        child = await self._children.enter_async_context(
            running(
                [sys.executable, "-m", *words, "--workers", "1"],
                log=self.folder / f"api-{port}.log",
                cwd=BACKEND,
                env=env,
            )
        )
        api = Api(
            service=Service(f"http://127.0.0.1:{port}"),
            place=Place(host="127.0.0.1", port=port),
            child=child,
        )
        await _ready(api)
        return api

    def _blocker(self) -> Path:
        """A folder with a package in the place of redis that cannot be loaded."""
        site = self.folder / "without-redis"
        package = site / "redis"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text(_NOT_INSTALLED)
        return site


def rehearsal_settings(folder: Path, redis_url: str) -> Mapping[str, str]:
    """What must not be the operator's: data, database, log, files with secrets, and Redis. Pure."""
    files = {name.upper(): "" for name in Settings.model_fields if name.endswith("_file")}
    return files | {
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": f"sqlite:///{folder / 'tally.db'}",
        "REDIS_URL": redis_url,
        "REDIS_AUTH": "password",
        "REDIS_IAM_CACHE": "",
        "REDIS_IAM_SERVERLESS": "false",
        "EMBEDDED_WORKER": "off",
        "CACHE_ENABLED": "true",
    }


async def _ready(api: Api) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not (await api.service.readyz()).fine:
        if not api.child.running:
            raise CannotRehearse(f"The API of the rehearsal ended: {api.child.last_words}")
        if time.monotonic() > deadline:
            raise CannotRehearse(f"The API of the rehearsal is not ready: {api.child.last_words}")
        await asyncio.sleep(_LOOK_SECONDS)
