"""A script: put limits on yourself, then become the command. Imports nothing of the house.

It stands between worker and tool since limits cannot be set in between fork and exec of a process
that has threads. Arguments: the limits as JSON, then the command.
Exits 127 or 126 if the command cannot be started, 125 if whoever started us is already gone.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
NICER = 5
ORPHAN = 125


def die_with_parent(parent: int) -> None:
    """Linux: be killed when the thread that started us ends. Elsewhere limits must do."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew our wish
        os._exit(ORPHAN)


def lower(which: int, value: int) -> None:
    """Set a limit, but never above the one that holds already."""
    _, most = resource.getrlimit(which)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    with contextlib.suppress(ValueError, OSError):  # some systems do not know every limit
        resource.setrlimit(which, (value, value))


def be_modest() -> None:
    """Yield to the polls, and be the first to go when the machine runs out of memory."""
    with contextlib.suppress(OSError):
        os.nice(NICER)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def become(command: list[str]) -> None:
    # Python ignores these two, and what is ignored stays ignored in the new program.
    for number in (signal.SIGXFSZ, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(126 if isinstance(error, PermissionError) else 127)


def main() -> None:
    limits = json.loads(sys.argv[1])
    die_with_parent(limits["parent"])
    be_modest()
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_CPU, limits["cpu_seconds"])
    lower(resource.RLIMIT_FSIZE, limits["file_bytes"])
    lower(resource.RLIMIT_AS, limits["memory_bytes"])
    become(sys.argv[2:])


if __name__ == "__main__":
    main()
