"""How a program ends that was broken off from outside: by its exit code, and no traceback."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_INTERRUPTED: Final = 130
_NOBODY_READS: Final = 141
"""Exit codes as a shell gives them to programs that ended by SIGINT and by SIGPIPE."""


@contextmanager
def quiet_end() -> Iterator[None]:
    """Raises SystemExit with one of these where Ctrl-C, or `| head`, has ended what is within."""
    try:
        try:
            yield
        finally:
            print(end="", flush=True)  # here, or the interpreter would complain at its end
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left is flushed into nothing
        raise SystemExit(_NOBODY_READS) from None
