"""Advice on the memory of Redis: by the guide's formula, and by what Tally really keeps. Pure."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from ops.advice import Advice
from ops.measured import Measured
from ops.tuning import guide_memory, memory, recommended_memory, redis_bytes

_MEGABYTE: Final = 1_000_000
_POLICY: Final = "with maxmemory-policy allkeys-lru, or a full Redis refuses what is new"
_LEAST_MEGABYTES: Final = 16
"""A server needs some for itself and for what its clients have not read yet."""


def advise_memory(measured: Measured) -> Advice:
    census, entry = measured.census, measured.entry_bytes
    now = _limits(measured)
    if census is None or entry is None:
        missing = "--jobs NUMBER" if census is None else "--entry-bytes NUMBER"
        what = "how many jobs there are" if census is None else "how large an entry is"
        return Advice(
            subject="memory",
            measured=f"{what} is not known",
            now=now,
            why=[f"nothing was counted so far; or say it: {missing}"],
        )
    needed = memory(jobs=census.jobs, value_bytes=entry.value)
    least, most = (_megabytes(size) for size in recommended_memory(needed))
    change = _limit_change(measured, least, most)
    more = "" if census.whole else " or more"
    return Advice(
        subject="memory",
        measured=f"{census.jobs}{more} jobs ({census.active} active, {census.finished} finished "
        f"not long ago), {entry.value:.0f} bytes each{entry.told_by('the mean')}",
        row=_guide_row(measured, entry.value),
        now=now,
        recommended=f"{least}-{most} MB" if least < most else f"{least} MB",
        why=[
            f"{census.jobs} jobs x {redis_bytes(entry.value)} bytes of Redis memory = "
            f"{needed / _MEGABYTE:.3g} MB, one entry for each job however many poll it; five to "
            f"ten times that, and never less than {_LEAST_MEGABYTES} MB",
            *([_POLICY] if change else []),
        ],
        change=change,
        doubt=entry.doubt,
        figures={
            "jobs": census.jobs,
            "entry_bytes": entry.value,
            "needed_bytes": needed,
            "recommended_low_megabytes": least,
            "recommended_high_megabytes": most,
            **_guide_figures(measured, entry.value),
        },
    )


def _guide_row(measured: Measured, entry_bytes: float) -> Sequence[str]:
    """The guide's formula with these numbers; empty where there is no interval."""
    figures = _guide_figures(measured, entry_bytes)
    if not figures or measured.interval is None or measured.census is None:
        return ()
    least, most = recommended_memory(figures["guide_bytes"])
    return (
        f"{measured.census.active} active jobs x ({measured.ttl_seconds:g} s / "
        f"{measured.interval.value:.3g} s) x {entry_bytes:.0f} bytes",
        f"{figures['guide_bytes'] / _MEGABYTE:.3g} MB",
        f"5-10x: {least / _MEGABYTE:.3g}-{most / _MEGABYTE:.3g} MB",
    )


def _guide_figures(measured: Measured, entry_bytes: float) -> Mapping[str, float]:
    if measured.interval is None or measured.census is None:
        return {}
    size = guide_memory(
        jobs=measured.census.active,
        ttl=measured.ttl_seconds,
        interval=measured.interval.value,
        entry_bytes=entry_bytes,
    )
    return {"guide_bytes": size}


def _limits(measured: Measured) -> str:
    if measured.maxmemory is None:
        return "unknown (maxmemory is not told)"
    told = [f"{size / _MEGABYTE:.4g} MB" if size else "no limit" for size in measured.maxmemory]
    return "maxmemory " + ", ".join(told)


def _limit_change(measured: Measured, least: int, most: int) -> str | None:
    """Of each primary, which together must hold all of it."""
    limits = measured.maxmemory
    if limits is None or (all(limits) and sum(limits) >= least * _MEGABYTE):
        return None
    return f"maxmemory {max(_LEAST_MEGABYTES, ceil(most / len(limits)))}mb"


def _megabytes(size: float) -> int:
    return max(_LEAST_MEGABYTES, ceil(size / _MEGABYTE))
