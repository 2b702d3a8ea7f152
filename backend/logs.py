"""Where log lines go: the console, and the file that the deployment guide tails.

No line has a password in it by intent, and none by a library's accident: see `masked`.
"""

import logging
import re
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Final

_FORMAT: Final = "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s"

_ACCOUNT: Final = re.compile(r"(://[^\s:/?#@]{0,256}:)\S{0,1024}@")
"""Up to the last @, since a password that is badly written may hold one: rather too much."""
_WORDS: Final = ("pass", "pwd", "secret", "token", "key", "signature", "credential")
_NAMED: Final = re.compile(
    r"((?:password|passwd|passphrase|pwd|secret|(?:api|access|secret|private)[-_]?key|token"
    r"|signature|credential)s?['\"]?\s{0,3}[=:]\s{0,3})(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s&]+)",
    re.IGNORECASE,
)
"""No repetition before what is named: strangers write the text, and time must be linear in it."""

_log = logging.getLogger("tally")


def masked(text: str) -> str:
    """The text with *** for the password of each URL and for the value of `password=` and its like,
    with `=` or a colon, quoted or up to the next space.

    The last net, for what others say: of its own secrets Tally says nothing to begin with. Not
    for a password that stands by itself, nor for one with a space in a URL.
    """
    if "://" in text:
        text = _ACCOUNT.sub(r"\1***@", text)
    small = text.lower()
    if any(word in small for word in _WORDS):  # most lines have none, and are written by the poll
        text = _NAMED.sub(r"\1***", text)
    return text


class MaskingFormatter(logging.Formatter):
    """Another formatter's lines, tracebacks included, with their passwords masked."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return masked(self._inner.format(record))


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
    console.setFormatter(MaskingFormatter(logging.Formatter(_FORMAT)))
    logging.basicConfig(level=logging.INFO, handlers=[console], force=True)
    for name in ("uvicorn", "uvicorn.access"):
        _mask(logging.getLogger(name))
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
    to_file.setFormatter(MaskingFormatter(logging.Formatter(_FORMAT)))
    # uvicorn keeps its lines to itself; the traces of faults are among them.
    for name in ("", "uvicorn"):
        logging.getLogger(name).addHandler(to_file)


def _mask(logger: logging.Logger) -> None:
    """uvicorn writes to the console by handlers of its own."""
    for handler in logger.handlers:
        if not isinstance(handler.formatter, MaskingFormatter):
            handler.setFormatter(MaskingFormatter(handler.formatter))
