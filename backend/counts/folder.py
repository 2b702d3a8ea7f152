"""The boards of one service's processes, in folders that they share. Decides nothing of numbers.

A service is the processes that one supervisor started, as uvicorn does with --workers and --reload.
Who holds its board's file lives; the next one to start goes on counting on the board of one that
died, so boards are hardly ever more than processes lived at a time: whoever looks at a dead one's
board in that very moment makes it seem held, for some microseconds.
"""

import logging
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from hashlib import sha256
from itertools import count
from multiprocessing import current_process, parent_process
from pathlib import Path
from typing import Final

from counts.board import WATCH_CELLS, Board
from counts.cell_map import CellMap
from counts.mapped_files import (
    check_private,
    common_cells,
    hold_cells,
    hold_sign,
    is_held,
    see_cells,
)
from counts.reading import Sheet
from counts.roots import entered

_log = logging.getLogger("tally.counts")

_MEMORY: Final = Path("/dev/shm")
"""Files here are never written to a disk: a page that is being written out makes who changes it
wait, and that would be the event loop."""
_BOARD: Final = "board-"
_WATCH: Final = "watch"
_APART: Final = "apart-"
"""Of a process that found no room for a board: the others know by it that they do not tell all."""


def open_board(cell_map: CellMap, *, homes: Sequence[Path] = ()) -> Board:
    """A board beside those of the other processes of this service. Raises nothing.

    Without a supervisor this process is the whole service, and shares nothing. Where nothing can be
    shared, which is logged, it tells of itself only. `homes`: where the folders may be, the best
    first, if not in memory or else among the temporary files.
    """
    group = _group(cell_map)
    if group is None:
        return Board.alone(cell_map)
    roots = [home / f"tally-{os.geteuid()}" for home in homes or _homes()]
    folders = Folders(roots, group, cell_map)
    try:
        return folders.join()
    except (OSError, ValueError) as trouble:
        _log.warning(
            "counts: nothing can be shared with the other processes of this service (%s): "
            "statistics and metrics tell of one process each.",
            trouble,
        )
        folders.stay_apart()
        return Board.alone(cell_map, shared=False)


def _homes() -> Sequence[Path]:
    """Each once: a folder that is met twice would have its boards added up twice."""
    found = [_MEMORY]
    with suppress(OSError):  # none may be written to
        found.append(Path(tempfile.gettempdir()))
    return [*dict.fromkeys(home.resolve() for home in found)]


def _group(cell_map: CellMap) -> str | None:
    """A name for the processes of one supervisor and one cell map; None without a supervisor.

    The key is drawn by the supervisor and inherited: no later one has it, whatever its id.
    """
    parent = parent_process()
    if parent is None:
        return None
    told = bytes(current_process().authkey) + cell_map.fingerprint.to_bytes(8)
    return f"{parent.pid}-{sha256(told).hexdigest()[:16]}"


class Folders:
    """The files of one group: in a folder of each root, since one may have room for some only.

    A root has the folders of all groups of this user. All processes try them in the same order.
    """

    def __init__(self, roots: Sequence[Path], group: str, cell_map: CellMap) -> None:
        self._folders = [root / group for root in roots]
        self._cell_map = cell_map
        self._own: Path | None = None
        self._said: set[Path] = set()

    def join(self) -> Board:
        """A board from now until this process ends. Raises OSError or ValueError if none can be."""
        troubles: list[OSError | ValueError] = []
        watch: memoryview | None = None
        with ExitStack() as locks:  # kept to the end: who comes next finds what was made elsewhere
            for folder in self._folders:
                try:
                    locks.enter_context(entered(folder))
                    watch = watch or self._watch(folder)
                    return self._board(self._take(folder), watch)
                except (OSError, ValueError) as trouble:
                    troubles.append(trouble)
        raise troubles[0]

    def _board(self, cells: memoryview, watch: memoryview) -> Board:
        return Board(self._cell_map, cells, watch=watch, others=self.others, shared=self.complete)

    def _watch(self, folder: Path) -> memoryview:
        """One for all, wherever it is; a new one there."""
        path, *_ = *self._files(_WATCH), folder / _WATCH
        return common_cells(path, WATCH_CELLS)

    def stay_apart(self) -> None:
        """Tell the others, if there is a way, that this process lives and has no board."""
        for folder in self._folders:
            with suppress(OSError):
                check_private(folder.parent)
                hold_sign(folder / f"{_APART}{os.getpid()}")

    def complete(self) -> bool:
        """Whether no process lives that told it has no board."""
        return not any(_is_held(path) for path in self._files(_APART))

    def others(self) -> Sequence[Sheet]:
        """The boards of the others, also of who died; what is none is left out, and said once."""
        found = (self._sheet(path) for path in self._files(_BOARD) if path != self._own)
        return [sheet for sheet in found if sheet]

    def _files(self, kind: str) -> Sequence[Path]:
        found: list[Path] = []
        for folder in self._folders:
            with suppress(OSError):
                check_private(folder.parent)
                found += sorted(path for path in folder.iterdir() if path.name.startswith(kind))
        return found

    def _take(self, folder: Path) -> memoryview:
        """The first board there that nobody holds, else a new one."""
        for number in count():
            path = folder / f"{_BOARD}{number}"
            cells = hold_cells(path, self._cell_map.size, self._cell_map.fingerprint)
            if cells is not None:
                self._own = path
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


def _is_held(path: Path) -> bool:
    try:
        return is_held(path)
    except OSError:
        return False  # gone in this moment
