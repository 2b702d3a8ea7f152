"""One outside thing, one file: which files of backend/ may touch which library, or start processes.

What is not in the table may be used nowhere; a new library gets its line here first.
"""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from house.floors import FLOOR
from house.tree import Module, backend, imports

A_PROCESS = "a child process"
SQL = ("jobs/sql_*.py", "jobs/migrations/*")
SHAPES = ("settings.py", "api/*", "video/specs.py", "video/facts.py")
HTTP = ("api/*", "web/*", "main.py")
VENDORS: dict[str, tuple[str, ...]] = {
    "redis": ("cache/redis_driver.py",),
    "botocore": ("cache/elasticache_iam.py",),
    "azure": ("cache/entra_id.py",),
    "sqlalchemy": SQL,
    "alembic": SQL,
    "aiosqlite": SQL,
    "asyncpg": SQL,
    "sqlite3": SQL,
    "dbos": ("work/dbos_engine.py",),
    "av": ("video/probe_child.py",),
    "imageio_ffmpeg": ("video/ffmpeg.py",),
    "prometheus_client": ("metrics.py",),
    "cachetools": ("cache/near.py",),
    "pydantic_settings": ("settings.py",),
    "pydantic": SHAPES,
    "pydantic_core": SHAPES,
    "python_multipart": ("api/v2/uploads.py",),
    "fastapi": HTTP,
    "fastapi_offline": ("api/app.py",),
    "starlette": HTTP,
    "uvicorn": ("main.py", "api/lane_needs.py", "api/lane_protocol.py", "api/lane_uvicorn.py"),
    "httptools": ("api/lane_tail.py",),
    # counts/folder.py starts none: it asks who started this one.
    A_PROCESS: ("video/child.py", "work/embedded.py", "ops/children.py", "counts/folder.py"),
}
STARTERS = ("create_subprocess_exec", "create_subprocess_shell", "fork", "posix_spawn", "system")


def strangers(root: Path) -> list[str]:
    """Outside things met in a file that the table does not name for them."""
    return [
        f"{module.place} uses {thing}, which belongs in {VENDORS.get(thing, 'no file')}"
        for module in backend(root)
        for thing in sorted({*_things(module)} - {*FLOOR})
        if not any(fnmatch(module.place, f"backend/{glob}") for glob in VENDORS.get(thing, ()))
    ]


def _things(module: Module) -> Iterator[str]:
    """The libraries it imports, the standard ones that have a place of their own, and processes."""
    for found in imports(module):
        top = found.module.partition(".")[0]
        if top in ("subprocess", "multiprocessing"):
            yield A_PROCESS
        elif top in VENDORS or top not in sys.stdlib_module_names:
            yield top
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Attribute) and node.attr in STARTERS:
            yield A_PROCESS
