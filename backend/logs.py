"""Where log lines go: the console, and the file that the deployment guide tails."""

import logging
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Final

_FORMAT: Final = "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s"

_log = logging.getLogger("tally")


class PatientFileHandler(WatchedFileHandler):
    """Follows a rotation by logrotate, and never raises: a lost log file must not stop any work.

    While the file cannot be written the console has the lines; it is tried again with each line.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:  # reopening happens outside of what logging itself forgives
            return

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say nothing: the console handler has the same line."""


def configure_logging(path: Path | None) -> None:
    """Lines to the console and the log file; a file that cannot be written is said, not fatal."""
    console = logging.StreamHandler()
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=[console], force=True)
    for chatty in ("alembic", "httpx", "dbos"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        to_file = PatientFileHandler(path)
    except OSError as trouble:
        _log.warning("no log file, console only: %s", trouble)
        return
    to_file.setFormatter(logging.Formatter(_FORMAT))
    # uvicorn keeps its lines to itself; the traces of faults are among them.
    for name in ("", "uvicorn"):
        logging.getLogger(name).addHandler(to_file)
