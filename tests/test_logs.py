"""Log lines reach the file that the deployment guide tails."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from logs import configure_logging


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
