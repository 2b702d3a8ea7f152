"""What baselines and drills found, a JSON file each in DATA_DIR/ops: EDGE to that folder.

Written once, never changed: an older finding is what a newer one is compared with.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from settings import Settings

Kind = Literal["baseline", "drill-rollback", "drill-failover"]

_NEWEST: Final = 200
"""So many records are read: who measures every hour has a week of them."""
_LONGEST: Final = 2**20
"""Bytes of a record; the longest drill has some 10 KB."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One finding. `at` is when it ended, in seconds since 1970; `version` that of the code.

    `ok`: whether all was as promised. `figures` is JSON; durations in it carry their unit in the
    name. Never a password: addresses stand there as the log shows them.
    """

    kind: Kind
    at: float
    version: str
    ok: bool
    figures: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Records:
    """The newest two hundred of a folder, oldest first, and the files there that are none."""

    found: tuple[Record, ...] = ()
    unreadable: tuple[str, ...] = ()


def records_folder(settings: Settings) -> Path:
    """Where this installation keeps its records."""
    return settings.data_dir / "ops"


def write_record(folder: Path, record: Record) -> Path:
    """Keep it; the file's place. A half-written one is never seen. Raises OSError."""
    when = _moment(record.at)
    place = folder / f"{when.translate(_PLAIN)}-{record.kind}.json"
    content = {
        "kind": record.kind,
        "at": when,
        "version": record.version,
        "ok": record.ok,
        "figures": record.figures,
    }
    text = json.dumps(content, indent=2, allow_nan=False)
    folder.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".part")
    draft.write_text(text + "\n")
    return draft.replace(place)


def read_records(folder: Path) -> Records:
    """What is kept there; nothing where there is no such folder. Never raises.

    What is no record of ours is left out and named.
    """
    found: list[Record] = []
    unreadable: list[str] = []
    for path in _files(folder):
        try:
            found.append(_read(path))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            unreadable.append(path.name)
    found.sort(key=lambda record: record.at)
    return Records(found=tuple(found), unreadable=tuple(unreadable))


_PLAIN: Final = str.maketrans("", "", "-:.")
"""Names of files do without these on some systems; they sort by time all the same."""


def _moment(at: float) -> str:
    """RFC 3339 with milliseconds."""
    told = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return told.replace("+00:00", "Z")


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.json"))[-_NEWEST:]
    except OSError:  # nobody may look into it
        return []


def _read(path: Path) -> Record:
    """Raises OSError, ValueError, KeyError or TypeError for what is no record."""
    with path.open("rb") as file:
        told = json.loads(file.read(_LONGEST))
    record = Record(
        kind=told["kind"],
        at=datetime.fromisoformat(told["at"]).timestamp(),
        version=told["version"],
        ok=told["ok"],
        figures=told["figures"],
    )
    if not _fits(record):
        raise ValueError(path.name)
    return record


def _fits(record: Record) -> bool:
    return (
        record.kind in get_args(Kind)
        and math.isfinite(record.at)
        and isinstance(record.version, str)
        and isinstance(record.ok, bool)
        and isinstance(record.figures, dict)
    )
