"""Where log lines go: the console, and the file that the deployment guide tails."""

import logging
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Final

_FORMAT: Final = "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s"

_log = logging.getLogger("tally")


def configure_logging(path: Path | None) -> None:
    """Lines to the console and the log file; a file that cannot be written is said, not fatal."""
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    trouble = None
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handlers.append(WatchedFileHandler(path))  # follows a rotation by logrotate
        except OSError as error:
            trouble = error
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=handlers, force=True)
    for chatty in ("alembic", "httpx", "dbos"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if trouble is not None:
        _log.warning("no log file, console only: %s", trouble)
