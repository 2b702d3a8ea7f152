"""A script: end with whoever started you, then become the command. Imports nothing of the house.

It stands between a drill and its servers, since a process that has threads must not run Python
between fork and exec. Arguments: the starter's process id, then the command. Exits 127 if the
command cannot be started, 125 if the starter is already gone.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
ORPHAN = 125


def die_with(parent: int) -> None:
    """Linux: be killed when the thread that started us ends. Elsewhere who starts must end us."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew our wish
        os._exit(ORPHAN)


def become(command: list[str]) -> None:
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(127)


def main() -> None:
    die_with(int(sys.argv[1]))
    become(sys.argv[2:])


if __name__ == "__main__":
    main()
