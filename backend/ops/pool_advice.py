"""Advice on the connection pool: from how many poll, and from what was refused. Pure."""

from collections.abc import Mapping
from typing import Final

from ops.advice import Advice
from ops.measured import Measured
from ops.tuning import LARGEST_POOL, pool_row, recommended_pool

_MOST_CLIENTS: Final = 0.9
"""The share of maxclients that we may take."""


def advise_pool(measured: Measured) -> Advice:
    now = "unknown" if measured.pool_size is None else f"{measured.pool_size}"
    if measured.pollers is None:
        return Advice(
            subject="pool",
            measured="how many poll at the same time is not known",
            now=now,
            why=["it is polls per second x polling interval; or say it: --pollers NUMBER"],
            change=_more_places(measured, 0),
            figures=_known({"busy": measured.busy, "size": measured.pool_size}),
        )
    users = measured.pollers.value
    row, best = pool_row(users), recommended_pool(users)
    return Advice(
        subject="pool",
        measured=f"about {users:.4g} poll at a time{measured.pollers.told_by('an estimate')}",
        row=(row.users, row.recommended, row.memory),
        now=now,
        recommended=f"{best} connections",
        why=[*_pool_reasons(measured), *_connections(measured, best)],
        change=_more_places(measured, best),
        doubt=measured.pollers.doubt,
        figures=_known(
            {
                "pollers": users,
                "recommended_size": best,
                "busy": measured.busy,
                "size": measured.pool_size,
            }
        ),
    )


def _more_places(measured: Measured, best: int) -> str | None:
    """Twice as many, or as the row says, where calls were refused; else what is there suffices."""
    if not measured.busy or measured.pool_size is None or measured.pool_size >= LARGEST_POOL:
        return None
    wanted = min(LARGEST_POOL, max(best, 2 * measured.pool_size))
    return f"CACHE_MAX_CONNECTIONS={wanted}"


def _pool_reasons(measured: Measured) -> list[str]:
    if measured.busy is None:
        return ["whether calls were refused is not known: errors.busy in the statistics tells"]
    if not measured.busy:
        return ["no call was ever refused for want of a connection: what is there suffices"]
    if (measured.pool_size or 0) >= LARGEST_POOL:
        return [
            f"{measured.busy} calls were refused for want of a connection, of {measured.pool_size}:"
            " Redis or the way to it is too slow, more connections would not help"
        ]
    return [f"{measured.busy} calls were refused for want of a connection: the database answered"]


def _connections(measured: Measured, best: int) -> list[str]:
    """What Redis would see. Workers have as many again."""
    if measured.processes is None:
        return []
    wanted = measured.processes * (best + 1)
    told = f"{measured.processes} processes x ({best} + 1) = {wanted} connections to each server"
    if measured.maxclients is None:
        return [f"{told}, and as many for each worker: keep that below its maxclients"]
    fits = wanted <= _MOST_CLIENTS * measured.maxclients
    verdict = "fits" if fits else "does not fit: raise maxclients first"
    return [f"{told}, and as many for each worker; maxclients {measured.maxclients} {verdict}"]


def _known(figures: Mapping[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if value is not None}
