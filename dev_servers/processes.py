"""Starts programs that end with us, ends them, and finds ports. Knows no particular program.

Stdlib only, so that it works before anything is installed. For POSIX systems.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_given: deque[int] = deque(maxlen=100)


def free_port() -> int:
    """A port of 127.0.0.1 that is free now. Not reserved: start soon, and try again on a clash.

    It lies below the range from which systems take outgoing connections: a server that comes back
    must find its port free, and a client must not connect to itself while the server is away. This
    process is given none of its last hundred again: many servers may be about to start.
    """
    for port in random.SystemRandom().sample(range(15_000, 22_700), 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.append(port)
                return port
    raise OSError("no free port between 15000 and 22700")


def die_with(parent: int, farewell: signal.Signals) -> None:
    """Linux sends us `farewell` when the process `parent` dies; elsewhere this does nothing."""
    if _libc:
        _libc.prctl(1, int(farewell))  # 1 is PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), farewell)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    owner: pwd.struct_passwd | None = None,
    farewell: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own; Linux sends it `farewell` when we die, even by -9.

    Its output goes to the end of `log`, or where ours goes. Call it from the main thread: to Linux,
    the end of the starting thread is our death. On other systems a killed parent leaves its
    children behind; a parent that ends in order must end them itself everywhere.
    """
    ours = os.getpid()
    output = log.open("ab") if log else contextlib.nullcontext()
    with output as file:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: die_with(ours, farewell),
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )


def end(
    process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM, patience: float = 10.0
) -> None:
    """Asks a spawned program to end and waits; after `patience` seconds kills its whole group."""
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)  # a frozen process would never hear the other one
        process.send_signal(by)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def family(pid: int) -> Iterator[int]:
    """The process and, on Linux, all that descend from it now."""
    yield pid
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from family(int(child))
