"""The settings of a service at an examined place, with the log and the records that it has."""

import time
from pathlib import Path
from typing import Any

from examined_servers import Place
from ops.code_version import code_version
from ops.records import Record, records_folder, write_record
from settings import PROJECT, Settings


def settings_of(place: Place, folder: Path) -> Settings:
    """Those of a service with that Redis: records of drills, and a log, as the order says."""
    folder.mkdir()
    log = folder / "app.log"
    settings = Settings(
        _env_file=None,
        redis_url=place.url,
        database_url="",
        data_dir=folder,
        log_file=str(log),
        **place.settings,
    )
    if place.order == "good":
        log.write_text("cache: redis at redis://:***@127.0.0.1:6379/0 is in use.\n")
        record(settings)
    else:
        log.write_text(f"cannot connect to {place.url}\n")
    return settings


def record(settings: Settings) -> None:
    """That drills and a baseline went well today, with this code."""
    for kind in ("drill-rollback", "drill-failover", "baseline"):
        one: Any = Record(
            kind=kind,
            at=time.time(),
            version=code_version(PROJECT),
            ok=True,
            figures={"hit_rate": 99.9},
        )
        write_record(records_folder(settings), one)
