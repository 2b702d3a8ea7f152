"""`python -m ops` in words: what it takes, what it refuses in one line, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dev_servers import free_port
from ops.command_line import SUBCOMMANDS, main

BACKEND = Path(__file__).parents[2] / "backend"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """Where nobody listens, by the settings of an installation without Redis."""
    free = free_port()
    for name, value in {
        "PORT": str(free),
        "REDIS_URL": "none",
        "DATA_DIR": str(tmp_path / "data"),
        "LOG_FILE": str(tmp_path / "app.log"),
        "DATABASE_URL": "",
    }.items():
        monkeypatch.setenv(name, value)
    return free


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_each_subcommand_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])

    said = " ".join(capsys.readouterr().out.split())
    assert end.value.code == 0
    assert SUBCOMMANDS[name].about in said
    assert "--url" in said


@pytest.mark.parametrize("words", [[], ["surgeon"], ["doctor", "--sharp"], ["stats", "more"]])
def test_words_that_mean_nothing_are_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)

    assert end.value.code == 2
    assert "usage: python -m ops" in capsys.readouterr().err


def test_a_url_that_means_nothing_is_refused_in_one_line(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["stats", "--url", "ann:s3cret@host"])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("ops cannot begin. --url must be http://host:port")
    assert said.err.count("\n") == 1
    assert "s3cret" not in said.err


@pytest.mark.parametrize(
    ("name", "hint"),
    [("nonsense", ""), ("redis.right", "perhaps redis.rights? "), ("\x1b[2J", ""), ("", "")],
)
def test_a_check_that_there_is_not_cannot_be_accepted(
    name: str, hint: str, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["doctor", "--accept", "redis.tls", "--accept", name])

    said = capsys.readouterr()
    shown = name.replace("\x1b", "\\x1b")
    assert (code, said.out) == (2, "")
    assert said.err == (
        f"ops cannot begin. no check is called {shown}; {hint}docs/doctor.md has all of them.\n"
    )


def test_bad_settings_are_refused_in_one_line(
    port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CACHE_TTL_SECONDS", "soon")

    code = main(["doctor"])

    said = capsys.readouterr()
    assert code == 2
    assert said.err.startswith("ops cannot begin. CACHE_TTL_SECONDS: ")
    assert said.err.count("\n") == 1


def test_the_service_of_the_settings_is_asked_where_none_is_named(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["stats"])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err == (
        f"http://127.0.0.1:{port} tells no statistics: /api/v2/cache/stats cannot be asked: "
        "Connection refused\n"
    )


def test_doctor_finds_what_is_wrong_where_nothing_runs(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["doctor", "--json"])

    told = json.loads(capsys.readouterr().out)
    found = {finding["check"]: finding["verdict"] for finding in told["findings"]}
    assert code == told["exit_code"] == 2
    assert found["service.alive"] == "fail"
    assert found["redis.url"] == "warn"
    assert told["service"] == f"http://127.0.0.1:{port}"


def test_the_door_is_a_module_that_ends_with_the_exit_code(port: int) -> None:
    words = [sys.executable, "-m", "ops", "stats"]
    ended = subprocess.run(words, cwd=BACKEND, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 2
    assert "tells no statistics" in ended.stderr
