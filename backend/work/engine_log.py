"""Makes the engine's library speak through our logging, and only when it has something to say."""

import logging


def use_our_logging() -> None:
    """Call before the library starts: it brings a console handler unless it finds one.

    Errors only: its warnings repeat with every poll of a database that is away, and our own beats
    tell of that once.
    """
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
        logger.addFilter(_is_news)
    logger.setLevel(logging.ERROR)


def _is_news(record: logging.LogRecord) -> bool:
    """A delivery that was recovered meanwhile ends with a traceback there: routine to us."""
    return "in asynchronous workflow" not in record.getMessage()
