"""What the engine's library says reaches our log only when it is news."""

import logging

import pytest

from work.engine_log import use_our_logging


def test_errors_reach_our_log_and_routine_does_not(caplog: pytest.LogCaptureFixture) -> None:
    use_our_logging()
    library = logging.getLogger("dbos")
    library.warning("the database is away, for the tenth time")
    library.error("Exception encountered in asynchronous workflow:")
    library.error("something is really wrong")

    assert caplog.messages == ["something is really wrong"]


def test_the_library_finds_a_handler_and_so_brings_none() -> None:
    use_our_logging()
    use_our_logging()

    assert len(logging.getLogger("dbos").handlers) == 1
    assert logging.getLogger("dbos").propagate
