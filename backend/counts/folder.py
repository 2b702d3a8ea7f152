"""The boards of one service's processes, in a folder that they share. Decides nothing of numbers.

A service is the processes that one supervisor started, as uvicorn does with --workers and --reload.
Who holds its board's file lives; the next one to start goes on counting on the board of one that
died, so boards are hardly ever more than processes lived at a time: whoever looks at a dead one's
board in that very moment makes it seem held, for some microseconds.
"""

import logging
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import count
from multiprocessing import current_process, parent_process
from pathlib import Path
from typing import Final

from counts.board import WATCH_CELLS, Board
from counts.cell_map import CellMap
from counts.mapped_files import (
    common_cells,
    hold_cells,
    is_held,
    locked,
    make_private,
    see_cells,
)
from counts.reading import Sheet

_log = logging.getLogger("tally.counts")

_MEMORY: Final = Path("/dev/shm")
"""Files here are never written to a disk: a page that is being written out makes who changes it
wait, and that would be the event loop."""
_BOARD: Final = "board-"


def open_board(cell_map: CellMap, *, home: Path | None = None) -> Board:
    """A board beside those of the other processes of this service. Raises nothing.

    Without a supervisor this process is the whole service, and shares nothing. Where nothing can be
    shared, which is logged, it tells of itself only. `home`: where the folders are, if not in
    memory.
    """
    group = _group(cell_map)
    if group is None:
        return Board.alone(cell_map)
    try:
        return Folder((home or _home()) / f"tally-{os.geteuid()}", group, cell_map).join()
    except (OSError, ValueError) as trouble:
        _log.warning(
            "counts: nothing can be shared with the other processes of this service (%s): "
            "statistics and metrics tell of one process each.",
            trouble,
        )
        return Board.alone(cell_map)


def _home() -> Path:
    return _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


def _group(cell_map: CellMap) -> str | None:
    """A name for the processes of one supervisor and one cell map; None without a supervisor.

    The key is drawn by the supervisor and inherited: no later one has it, whatever its id.
    """
    parent = parent_process()
    if parent is None:
        return None
    told = bytes(current_process().authkey) + cell_map.fingerprint.to_bytes(8)
    return f"{parent.pid}-{sha256(told).hexdigest()[:16]}"


class Folder:
    """The files of one group; `root` has the folders of all groups of this user."""

    def __init__(self, root: Path, group: str, cell_map: CellMap) -> None:
        self._root = root
        self._folder = root / group
        self._cell_map = cell_map
        self._own = self._folder
        self._said: set[Path] = set()

    def join(self) -> Board:
        """A board from now until this process ends. Raises OSError or ValueError if none can be."""
        make_private(self._root)
        with locked(self._root / "lock"):
            _clear(self._root, besides=self._folder)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            watch = common_cells(self._folder / "watch", WATCH_CELLS)
            return Board(self._cell_map, self._take(), watch=watch, others=self.others)

    def others(self) -> Sequence[Sheet]:
        """The boards of the others, also of who died; what is none is left out, and said once."""
        found = (self._sheet(path) for path in self._boards() if path != self._own)
        return [sheet for sheet in found if sheet]

    def _boards(self) -> Sequence[Path]:
        try:
            found = [path for path in self._folder.iterdir() if path.name.startswith(_BOARD)]
        except OSError:
            return ()
        return sorted(found)

    def _take(self) -> memoryview:
        """The first board that nobody holds, else a new one."""
        for number in count():
            self._own = self._folder / f"{_BOARD}{number}"
            cells = hold_cells(self._own, self._cell_map.size, self._cell_map.fingerprint)
            if cells is not None:
                return cells
        raise AssertionError("numbers do not end")

    def _sheet(self, path: Path) -> Sheet | None:
        try:
            cells, held = see_cells(path, self._cell_map.size, self._cell_map.fingerprint)
        except (OSError, ValueError):
            return None  # gone in this moment
        if cells is not None:
            return Sheet(cells=cells, living=held)
        if not held and path not in self._said:  # else its process is just making it
            self._said.add(path)
            _log.warning("counts: %s is no board of this version; it is left out.", path)
        return None


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
