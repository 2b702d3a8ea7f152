"""Checks of the server itself: its version, what it writes to disk, how many it lets in. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from ops.evidence import Check, Evidence
from ops.quantities import duration, percent
from ops.rule import Judged, judged
from ops.server_rule import NotKnown, ServerRule, figure, known, word
from ops.server_seen import ServerSeen, Unknown
from ops.versions import OLDEST, version_of

_MANY: Final = 0.80
_TOO_MANY: Final = 0.95
"""Of maxclients."""


def _version(server: ServerSeen, evidence: Evidence) -> Judged:
    version = version_of(known(server.info))
    if version is None or version.release is None:
        raise NotKnown("it does not tell its version")
    if version.release < OLDEST:
        return judged(str(version), fail=True)
    today = datetime.fromtimestamp(evidence.now, UTC).date()
    if version.ends and version.ends < today:
        return judged(f"{version}: its makers mend it no more since {version.ends}", warn=True)
    return judged(str(version))


def _persistence(server: ServerSeen, evidence: Evidence) -> Judged:
    """A cache needs none; each snapshot and rewrite forks, and the fork holds everybody up."""
    info = known(server.info)
    log_on = word(info, "aof_enabled") == "1"
    if log_on and info.get("aof_last_write_status") == "err":
        return judged("it cannot write its append-only file, and takes no writes", fail=True)
    settings: Mapping[str, str] = {} if isinstance(server.config, Unknown) else server.config
    if info.get("rdb_last_bgsave_status") == "err":
        goes_on = settings.get("stop-writes-on-bgsave-error") == "no"
        measured = f"the last save failed{'' if goes_on else ', and it takes no writes for that'}"
        return judged(measured, warn=goes_on, fail=not goes_on, fix=_DISK)
    kinds = ["append-only file"] if log_on else []
    kinds += [f"snapshots ({settings['save']})"] if settings.get("save") else []
    if not kinds:
        known(server.config)
        return judged("none")
    fork = duration(figure(info, "latest_fork_usec") / 1e6) if "latest_fork_usec" in info else "?"
    return judged(f"{', '.join(kinds)}; the last fork took {fork}", warn=True)


_DISK: Final = "df -h, and the log of Redis; CONFIG SET stop-writes-on-bgsave-error no until then"


def _clients(server: ServerSeen, evidence: Evidence) -> Judged:
    info = known(server.info)
    limit = figure(info if "maxclients" in info else known(server.config), "maxclients")
    connected = figure(info, "connected_clients")
    turned_away = _since(server, "rejected_connections")
    measured = f"{connected:.0f} of {limit:.0f}"
    if turned_away:
        measured += f"; {turned_away:.0f} turned away while we looked"
    share = connected / max(1.0, limit)
    return judged(measured, warn=share > _MANY, fail=share > _TOO_MANY or turned_away > 0)


def _since(server: ServerSeen, counter: str) -> float:
    """By how much it rose between our two looks."""
    return figure(known(server.info_later), counter) - figure(known(server.info), counter)


CHECKS: tuple[Check, ...] = (
    ServerRule(
        check="redis.version",
        threshold="6.2 or newer, and still mended by its makers",
        fix="upgrade to Redis 7.2, 7.4, 8.2 or newer, or Valkey; a distribution that mends its old "
        "package is fine: --accept redis.version",
        judge=_version,
    ),
    ServerRule(
        check="redis.persistence",
        threshold="none, for a pure cache",
        fix="CONFIG SET save ''; CONFIG SET appendonly no; and both in redis.conf. What is lost "
        "comes back from the database",
        judge=_persistence,
    ),
    ServerRule(
        check="redis.clients",
        threshold=f"at most {percent(_MANY)} of maxclients; above {percent(_TOO_MANY)} it fails",
        fix="CONFIG SET maxclients 10000 (and ulimit -n above it); or fewer processes, or a "
        "smaller CACHE_MAX_CONNECTIONS; who is it? CLIENT LIST",
        judge=_clients,
    ),
)
