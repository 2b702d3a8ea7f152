"""Cells in memory, of this process alone or in a locked file: EDGE to mmap and flock.

Knows no board. What cannot be had raises OSError; a lock ends with its process, however that ends.
"""

import fcntl
import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

CELL_BYTES: Final = 8
_LOCK_SECONDS: Final = 2.0
"""How long to wait for others that start; they need milliseconds."""


def private_cells(count: int) -> memoryview:
    """Cells that no other process sees, all zero. Pages that nobody writes take no memory."""
    return memoryview(mmap.mmap(-1, count * CELL_BYTES)).cast("q")


def make_private(folder: Path) -> None:
    """A folder that is ours alone. Raises PermissionError for one that others could write to."""
    folder.mkdir(mode=0o700, exist_ok=True)
    check_private(folder)


def check_private(folder: Path) -> None:
    """Raises PermissionError for a folder that others could write to, OSError for none at all."""
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not ours alone")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """While nobody else is in here. Raises TimeoutError when that takes too long."""
    file = _open(path, os.O_RDWR | os.O_CREAT)
    try:
        patience = time.monotonic() + _LOCK_SECONDS
        while not _hold(file, fcntl.LOCK_EX):
            if time.monotonic() > patience:
                raise TimeoutError(f"{path} is held by another process")
            time.sleep(0.01)
        yield
    finally:
        os.close(file)


def hold_cells(path: Path, count: int, mark: int) -> memoryview | None:
    """The file's cells, locked for as long as they are used; None if another process holds them.

    All zero, unless their first one is the mark: then they are as who died left them. Where there
    is no room for them, no file is left.
    """
    file = _open(path, os.O_RDWR | os.O_CREAT)
    try:
        if not _hold(file, fcntl.LOCK_EX):
            return None
        if not _fits(file, count, mark):
            _write_zeros(file, count, path)
        return _mapped(file, count, mmap.PROT_READ | mmap.PROT_WRITE)
    finally:
        os.close(file)  # the map has the file open, too, and so keeps the lock


def see_cells(path: Path, count: int, mark: int) -> tuple[memoryview | None, bool]:
    """The file's cells, to read, None if they are not of that mark; and whether they are held."""
    file = _open(path, os.O_RDONLY)
    try:
        held = not _hold(file, fcntl.LOCK_SH)
        fcntl.flock(file, fcntl.LOCK_UN)  # or the map would keep it
        # Looked at before it is mapped: what is not of that mark may be cut off at any moment.
        fits = _fits(file, count, mark)
        return _mapped(file, count, mmap.PROT_READ) if fits else None, held
    finally:
        os.close(file)


def common_cells(path: Path, count: int) -> memoryview:
    """Cells that all who open them may write; zero at first. To be called by one at a time."""
    file = _open(path, os.O_RDWR | os.O_CREAT)
    try:
        if os.fstat(file).st_size != count * CELL_BYTES:
            _write_zeros(file, count, path)
        return _mapped(file, count, mmap.PROT_READ | mmap.PROT_WRITE)
    finally:
        os.close(file)


def hold_sign(path: Path) -> None:
    """An empty file, held until this process ends: a sign to the others, for which there is room
    where there is none for cells."""
    file = _open(path, os.O_RDWR | os.O_CREAT)
    _hold(file, fcntl.LOCK_EX)  # never closed: the lock is the sign


def is_held(path: Path) -> bool:
    """Whether a process holds the file."""
    file = _open(path, os.O_RDONLY)
    try:
        return not _hold(file, fcntl.LOCK_SH)
    finally:
        os.close(file)


def _open(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _hold(file: int, how: int) -> bool:
    """Whether the lock could be had at once."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _fits(file: int, count: int, mark: int) -> bool:
    if os.fstat(file).st_size != count * CELL_BYTES:
        return False
    return memoryview(os.pread(file, CELL_BYTES, 0)).cast("q")[0] == mark


def _write_zeros(file: int, count: int, path: Path) -> None:
    """Written, not only promised: a page that finds no room later would kill the process."""
    os.ftruncate(file, 0)
    left = memoryview(bytes(count * CELL_BYTES))
    try:
        while left:
            left = left[os.write(file, left) :]
    except OSError as trouble:
        with suppress(OSError):
            os.ftruncate(file, 0)
            path.unlink()
        raise OSError(trouble.errno, trouble.strerror, str(path)) from None


def _mapped(file: int, count: int, how: int) -> memoryview:
    return memoryview(mmap.mmap(file, count * CELL_BYTES, prot=how)).cast("q")
