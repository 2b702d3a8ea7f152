"""Ends an embedded worker when its parent is gone: EDGE to stdin, whose other end the parent holds.

The kernel closes the pipe however the parent ended, kill -9 included.
"""

import os
import signal
import threading
import time
from typing import Final

GRACE_SECONDS: Final = 5.0
"""For giving jobs back politely; then the process ends, whatever state it is in."""


def end_with_parent() -> None:
    """From now on the end of stdin is a SIGTERM, and some seconds later the end."""
    threading.Thread(target=_watch, name="parent", daemon=True).start()


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)  # a thread of its own: works even if the event loop is stuck
