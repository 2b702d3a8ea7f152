"""All that Tally logs for a while, as text; for fixtures that live longer than pytest's caplog."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO


@contextmanager
def logged() -> Iterator[StringIO]:
    """Grows as long as the block runs."""
    log, logger = StringIO(), logging.getLogger("tally")
    writing, level = logging.StreamHandler(log), logger.level
    logger.addHandler(writing)
    logger.setLevel(logging.DEBUG)
    try:
        yield log
    finally:
        logger.setLevel(level)
        logger.removeHandler(writing)
