"""The folder that has those of all services of one user: entered by one process at a time.

Knows no board: what of it nobody holds, and no living process began, is removed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from counts.mapped_files import is_held, locked, make_private


@contextmanager
def entered(folder: Path) -> Iterator[None]:
    """While no other process is in the folder's root, which is ours alone. Makes both.

    Raises OSError where that cannot be.
    """
    root = folder.parent
    make_private(root)
    with locked(root / "lock"):
        _clear(root, besides=folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        yield


def _clear(root: Path, *, besides: Path) -> None:
    """Remove what services left that are gone: none of their processes lives, nor who began them.

    Called by one process at a time.
    """
    for folder in root.iterdir():
        if folder == besides or not folder.is_dir() or _runs(folder.name.partition("-")[0]):
            continue
        with suppress(OSError):
            files = [*folder.iterdir()]
            if not any(is_held(path) for path in files):
                for path in files:
                    path.unlink()
                folder.rmdir()


def _runs(pid: str) -> bool:
    """Whether there is such a process; what is no id of a process is none of ours to remove."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError, OverflowError):
        return True
    return True
