"""Checks of the memory of Redis: its bound, its use, and whether the sums are right. Pure."""

from statistics import mean
from typing import Final

from cache import CACHE_TTL_SECONDS
from ops.evidence import Check, Evidence
from ops.keyspace import database, keys_in, keys_in_all
from ops.places import provider
from ops.quantities import duration, percent, size
from ops.rule import Judged, judged, unknown
from ops.server_rule import PRIMARIES, ServerRule, figure, known, word
from ops.server_seen import ServerSeen
from ops.tuning import guide_memory

_FULL: Final = 0.75
_VERY_FULL: Final = 0.90
_FRAGMENTED: Final = 1.5
_WORTH_IT: Final = 100 * 2**20
"""Bytes: fragmentation below this is nobody's trouble."""
_EVICTED: Final = 0.01
"""Of all keys that are or were there."""
_GUIDE_ENTRY: Final = 2048
"""Bytes, and seconds between polls: what the deployment guide reckons with."""
_GUIDE_INTERVAL: Final = 3.0
_ROOM: Final = 2.0


def _maxmemory(server: ServerSeen, evidence: Evidence) -> Judged:
    limit = figure(known(server.info), "maxmemory")
    if limit > 0:
        return judged(size(limit))
    whose = provider(server)
    if whose:
        return unknown(f"{whose} tells no limit", "its console has the size of the instance")
    return judged("no limit: it grows until the system ends it", fail=True)


def _used(server: ServerSeen, evidence: Evidence) -> Judged | None:
    info = known(server.info)
    limit = figure(info, "maxmemory")
    if limit <= 0:  # a failure of its own
        return None
    used = figure(info, "used_memory")
    measured = f"{size(used)} of {size(limit)}: {percent(used / limit)}"
    return judged(measured, warn=used > _FULL * limit, fail=used > _VERY_FULL * limit)


def _policy(server: ServerSeen, evidence: Evidence) -> Judged:
    policy = word(known(server.info), "maxmemory_policy")
    return judged(policy, warn=policy == "noeviction")


def _evictions(server: ServerSeen, evidence: Evidence) -> Judged:
    """Against all keys there ever were since it started, by its own count: those that ended, and
    those that are there."""
    info, later = known(server.info), known(server.info_later)
    evicted = figure(later, "evicted_keys")
    fresh = max(0.0, evicted - figure(info, "evicted_keys"))
    share = evicted / max(1.0, evicted + figure(later, "expired_keys") + keys_in_all(later))
    measured = (
        f"{evicted:.0f} since it started, {percent(share)} of its keys; "
        f"{fresh:.0f} while we looked ({duration(server.seconds_between)})"
    )
    return judged(measured, warn=evicted > 0, fail=share > _EVICTED)


def _fragmentation(server: ServerSeen, evidence: Evidence) -> Judged:
    info = known(server.info)
    ratio, lost = figure(info, "mem_fragmentation_ratio"), figure(info, "mem_fragmentation_bytes")
    measured = f"{ratio:g}, {size(lost)}"
    return judged(measured, warn=ratio > _FRAGMENTED and lost > _WORTH_IT)


def _estimate(server: ServerSeen, evidence: Evidence) -> Judged:
    """The entries of this server: what they take, what the guide's formula says, what there is."""
    info, keys = known(server.info), known(server.keys)
    sizes = known(keys.entry_bytes)
    if not sizes:
        return judged("no entries now")
    ours = keys_in(info, database(evidence)) * keys.entries / keys.sampled
    each = mean(sizes)
    ttl = evidence.settings.cache_ttl_seconds or CACHE_TTL_SECONDS
    guide = guide_memory(jobs=ours, ttl=ttl, interval=_GUIDE_INTERVAL, entry_bytes=_GUIDE_ENTRY)
    limit = figure(info, "maxmemory")
    room = f"; maxmemory is {size(limit)}" if limit else ""
    measured = (
        f"{ours:.0f} entries of {size(each)}: {size(ours * each)}; the guide's formula (2 KB, a "
        f"poll every {_GUIDE_INTERVAL:g} s) says {size(guide)}{room}"
    )
    short = 0 < limit < _ROOM * ours * each
    return judged(measured, warn=short or ours * each > guide)


CHECKS: tuple[Check, ...] = (
    ServerRule(
        check="redis.maxmemory",
        threshold="a limit is set",
        fix="CONFIG SET maxmemory 256mb; and maxmemory 256mb in redis.conf",
        judge=_maxmemory,
    ),
    ServerRule(
        check="redis.memory-used",
        threshold=f"at most {percent(_FULL)} of maxmemory; above {percent(_VERY_FULL)} it fails",
        fix="CONFIG SET maxmemory 512mb, or less to keep: python -m ops advise",
        judge=_used,
    ),
    ServerRule(
        check="redis.eviction-policy",
        threshold="it makes room by itself",
        fix="CONFIG SET maxmemory-policy allkeys-lru; and the same in redis.conf",
        judge=_policy,
    ),
    ServerRule(
        check="redis.evictions",
        threshold=f"none; above {percent(_EVICTED)} of the keys it fails",
        fix="CONFIG SET maxmemory 512mb, or CACHE_TTL_SECONDS=15: python -m ops advise",
        judge=_evictions,
        roles=PRIMARIES,
    ),
    ServerRule(
        check="redis.fragmentation",
        threshold=f"ratio at most {_FRAGMENTED}, or less than {size(_WORTH_IT)} lost",
        fix="CONFIG SET activedefrag yes; or restart it when that suits you: it is only a cache",
        judge=_fragmentation,
    ),
    ServerRule(
        check="redis.memory-estimate",
        threshold="within the guide's formula, and maxmemory is twice what they take",
        fix="python -m ops advise says how much; CONFIG SET maxmemory 512mb",
        judge=_estimate,
        roles=PRIMARIES,
    ),
)
