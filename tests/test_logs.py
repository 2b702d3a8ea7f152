"""Log lines reach the file that the deployment guide tails."""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs import MaskingFormatter, configure_logging, masked


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    loggers = [logging.getLogger(), logging.getLogger("uvicorn")]
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    yield
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


def test_lines_go_to_the_file_whose_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "app.log"

    configure_logging(path)
    logging.getLogger("tally.cache").warning("cache: redis is away")

    assert f"WARNING [{os.getpid()}] tally.cache: cache: redis is away" in path.read_text()


def test_a_file_that_was_rotated_away_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    configure_logging(path)
    logging.getLogger("tally").info("before")

    path.rename(tmp_path / "app.log.1")
    logging.getLogger("tally").info("after")

    assert "after" in path.read_text()


def test_a_folder_that_goes_away_stops_no_work_and_the_file_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "app.log"
    configure_logging(path)

    path.unlink()
    path.parent.rmdir()
    logging.getLogger("tally").info("nobody hears this in the file")
    path.parent.mkdir()
    logging.getLogger("tally").info("here again")

    assert "here again" in path.read_text()


def test_the_servers_own_traces_reach_the_file(tmp_path: Path) -> None:
    configure_logging(tmp_path / "app.log")

    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    assert "Traceback" in (tmp_path / "app.log").read_text()


def test_a_file_that_cannot_be_written_is_said_on_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")

    configure_logging(tmp_path / "file" / "app.log")

    assert "no log file, console only" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("redis://:secret@h:1/0 is away", "redis://:***@h:1/0 is away"),
        ("postgresql://ann:secret@h/d", "postgresql://ann:***@h/d"),
        ("'rediss://ann:sec/r@t?@h' and redis://h", "'rediss://ann:***@h' and redis://h"),
        ("redis+sentinel://s/m?sentinel_password=secret&db=1", None),
        ("PGPASSWORD=secret X-Amz-Signature=secret AWS_SECRET_ACCESS_KEY=secret", None),
        ("(password=sec,secret) that", "(password=*** that"),
        ("{'password': 'my secret', 'a': 1}", "{'password': ***, 'a': 1}"),
        ('{"api_key": "secret"}', '{"api_key": ***}'),
        ("passphrase: secret", "passphrase: ***"),
        ("redis://:it'sasecret@h", "redis://:***@h"),
    ],
)
def test_a_password_that_a_library_lets_slip_is_masked(said: str, shown: str | None) -> None:
    assert "secret" not in masked(said)
    assert masked(said) == (shown or masked(said).replace("secret", "***"))
    assert "***" in masked(said)


@pytest.mark.parametrize(
    "line",
    [
        "cache: redis at redis://localhost:6379/0 is in use.",
        'GET /api/v2/jobs?limit=3 HTTP/1.1" 200',
        "job job_01JD3Q8Z6V4T9K2M7X5B1N0C4R: claimed by w-1@host",
    ],
)
def test_lines_without_a_password_stay_as_they_are(line: str) -> None:
    assert masked(line) == line


@pytest.mark.parametrize("piece", ["a-", "://a:", "password", "secret=", "token: ", "'", 'key"'])
def test_a_strangers_line_costs_time_by_its_length_only(piece: str) -> None:
    began = time.process_time()
    masked(f"GET /{piece * 40_000} HTTP/1.1")

    assert time.process_time() - began < 5.0  # some 0.1 s; by the square it would take minutes


@given(st.from_regex(r"[^\s]{1,20}", fullmatch=True), st.sampled_from(["", "ann"]))
def test_no_password_in_a_url_survives_however_it_is_written(password: str, user: str) -> None:
    said = f"cannot connect to postgresql://{user}:<{password}>@host/name now"

    assert masked(said) == f"cannot connect to postgresql://{user}:***@host/name now"


def test_neither_file_nor_console_has_a_password_not_even_in_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uvicorn = logging.getLogger("uvicorn")
    uvicorn.addHandler(logging.StreamHandler())
    configure_logging(tmp_path / "app.log")
    configure_logging(tmp_path / "app.log")

    for name in ("tally", "uvicorn.error", "somebody.else"):
        try:
            raise ValueError("redis://:secret@localhost")
        except ValueError:
            logging.getLogger(name).exception("with %s", "postgresql://ann:secret@db/tally")
    told = capsys.readouterr().err + (tmp_path / "app.log").read_text()

    assert told.count("ValueError: redis://:***@localhost") > 4
    assert "secret" not in told
    assert isinstance(uvicorn.handlers[0].formatter, MaskingFormatter)
