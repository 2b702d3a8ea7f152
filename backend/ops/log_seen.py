"""Looks for secrets in the log file: EDGE. What it gives tells what was found, never the secret."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ops.host_seen import Secret
from ops.service_seen import LogSeen

LONGEST: Final = 20 * 2**20
"""Bytes of the log's end that are read."""
ACCOUNT: Final = "an account in a URL"
"""What is found by its form, and may come from whoever writes requests: not surely a secret."""
_SHORT: Final = 8
"""Characters. Shorter secrets are words such as `redis`, which logs are full of."""
_PIECE: Final = 2**20
_FORM: Final = re.compile(rb"://[^\s/@:\"']{0,64}:([^\s/@\"']{1,256})@")
_NO_SECRETS: Final = (b"***", b"password", b"secret", b"%2A%2A%2A")
"""What we write in a password's place, and examples in our own advice."""


def read_log(path: Path, secrets: Sequence[Secret]) -> LogSeen:
    """The end of a log, looked through. Never raises; takes as long as the disk does."""
    long = [secret for secret in secrets if len(secret.text) >= _SHORT]
    short = tuple(secret.name for secret in secrets if len(secret.text) < _SHORT)
    try:
        pieces = [*_tail(path)]
    except OSError as trouble:
        return LogSeen(path=path, trouble=trouble.strerror or str(trouble), unsought=short)
    return LogSeen(
        path=path,
        read_bytes=sum(map(len, pieces)),
        leaks=leaks(pieces, long),
        sought=tuple(secret.name for secret in long),
        unsought=short,
    )


def leaks(pieces: Sequence[bytes], secrets: Sequence[Secret]) -> dict[str, int]:
    """How often each secret stands there, as it is or as a URL has it; none that does not. Pure."""
    counts = {
        secret.name: sum(piece.count(form) for piece in pieces for form in secret.forms)
        for secret in secrets
    }
    counts[ACCOUNT] = sum(_accounts(piece) for piece in pieces)
    return {name: count for name, count in counts.items() if count}


def _accounts(piece: bytes) -> int:
    return sum(password not in _NO_SECRETS for password in _FORM.findall(piece))


def _tail(path: Path) -> Iterator[bytes]:
    """The last bytes, in pieces that end with a line: between them other threads may run."""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - LONGEST))
        left = LONGEST
        while left > 0 and (piece := log.read(min(_PIECE, left)) + log.readline(_PIECE)):
            left -= len(piece)
            yield piece
