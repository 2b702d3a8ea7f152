"""The Dockerfile: hadolint finds nothing, and what it names is what the project has."""

import json
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

import dev
from deploy.deploy_files import DOCKERFILE, ROOT, SETTINGS, instructions

TEXT = DOCKERFILE.read_text()
STEPS = instructions(TEXT)
HADOLINT = Path(sys.executable).with_name("hadolint")


def found(name: str) -> list[str]:
    return [words for instruction, words in STEPS if instruction == name]


def complaints(text: str) -> list[str]:
    done = subprocess.run(
        [HADOLINT, "--no-color", "-f", "json", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return [one["code"] for one in json.loads(done.stdout)]


def test_hadolint_finds_nothing() -> None:
    assert complaints(TEXT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("python:3.13-slim-trixie", "python", "DL3006"),
        ("uv==", "uv # ", "DL3013"),
        ('CMD ["python", "-m", "uvicorn",', "CMD python -m uvicorn #", "DL3025"),
    ],
)
def test_a_mistake_is_seen(right: str, wrong: str, code: str) -> None:
    assert code in complaints(TEXT.replace(right, wrong))


def test_it_builds_with_a_python_that_tally_runs_on_and_the_uv_of_make_setup() -> None:
    (image,) = {re.split(" AS ", words)[0] for words in found("FROM")}
    version = re.match(r"python:(\d+)\.(\d+)-slim-", image)
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]

    assert version
    assert (int(version[1]), int(version[2])) >= (3, 11)
    assert asked == ">=3.11"
    assert f"pip install --no-cache-dir {dev.UV}" in found("RUN")


def test_it_installs_what_the_lock_names_and_an_extra_only_when_told() -> None:
    sync = next(words for words in found("RUN") if words.startswith("uv sync"))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert "--frozen --no-dev" in sync
    assert '${EXTRA:+--extra "$EXTRA"}' in sync
    assert {"aws", "azure"} <= {*extras["optional-dependencies"]}
    assert found("ARG") == ['EXTRA=""']


def test_what_it_copies_is_there_and_gets_past_dockerignore() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    copied = [word for words in found("COPY") for word in words.split()[:-1] if "--" not in word]
    sources = [word for word in copied if not word.startswith("/")]

    assert rules[0] == "*"
    assert sources == ["pyproject.toml", "uv.lock", "backend"]
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in rules
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {*sources}


@pytest.mark.parametrize("name", ["backend/.env", "backend/jobs/__pycache__/job.pyc"])
def test_secrets_and_leftovers_in_the_source_stay_out(name: str) -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    last = rules[rules.index("!backend") + 1 :]

    assert any(fnmatch(name, rule) or fnmatch(name, f"{rule}/*") for rule in last)


def test_it_runs_as_a_user_without_rights_and_by_exec_form() -> None:
    (user,) = found("USER")
    (run,) = found("CMD")
    install = next(words for words in found("RUN") if words.startswith("install -d"))

    assert user == "10001:10001"
    assert "-o 10001 -g 10001 /data" in install
    assert json.loads(run)[:4] == ["python", "-m", "uvicorn", "main:app"]


def test_its_environment_is_pythons_or_one_of_tallys_settings() -> None:
    names = {name for words in found("ENV") for name in re.findall(r"(\w+)=", words)}
    tallys = {name for name in names if not name.startswith(("UV_", "PYTHON", "PATH"))}

    assert tallys == {"DATA_DIR", "LOG_FILE"}
    assert tallys <= SETTINGS


def test_its_port_is_the_one_that_is_served_and_asked() -> None:
    (port,) = found("EXPOSE")
    (check,) = found("HEALTHCHECK")

    assert f"http://127.0.0.1:{port}/livez" in check
    assert port == "8000"  # uvicorn's own, which the command leaves as it is
