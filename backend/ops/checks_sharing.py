"""Checks of who else lives in this Redis, and whether all that is ours ends by itself. Pure."""

from typing import Final

from ops.evidence import Check, Evidence
from ops.keyspace import database, keys_in, keys_in_all
from ops.quantities import percent
from ops.rule import Judged, judged
from ops.server_rule import PRIMARIES, ServerRule, known
from ops.server_seen import ServerSeen

_FEW: Final = 0.05
"""Of all keys: a stray test of somebody's is no neighbour."""


def _shared(server: ServerSeen, evidence: Evidence) -> Judged:
    """A queue wants noeviction, a cache wants eviction: they cannot both have what they need."""
    info, keys = known(server.info), known(server.keys)
    here = max(keys.sampled, keys_in(info, database(evidence)))
    elsewhere = max(0, keys_in_all(info) - here)
    foreign = here * keys.foreign / max(1, keys.sampled) + elsewhere
    share = foreign / max(1, here + elsewhere)
    names = f" ({', '.join(keys.foreign_names)})" if keys.foreign_names else ""
    measured = (
        f"{keys.foreign} of {keys.sampled} keys looked at are not Tally's{names}; "
        f"{elsewhere} keys in other databases"
    )
    policy = info.get("maxmemory_policy", "")
    if share > _FEW and policy == "noeviction":
        fix = "give the cache a Redis of its own: beside a queue, with noeviction, its puts fail"
        return judged(f"{measured}; and {policy}: a queue?", fail=True, fix=fix)
    return judged(measured, warn=share > _FEW)


def _without_ttl(server: ServerSeen, evidence: Evidence) -> Judged:
    keys = known(server.keys)
    lasting, ours = known(keys.without_ttl), keys.sampled - keys.foreign
    return judged(f"{lasting} of {ours} have none", fail=lasting > 0)


CHECKS: tuple[Check, ...] = (
    ServerRule(
        check="redis.shared",
        threshold=f"at most {percent(_FEW)} of the keys are somebody else's",
        fix="a Redis of its own; a database number keeps keys apart, but not memory nor eviction",
        judge=_shared,
        roles=PRIMARIES,
    ),
    ServerRule(
        check="redis.ttl",
        threshold="every key under tally: has a lifetime",
        fix="something else wrote them: redis-cli --scan --pattern 'tally:*', TTL key, UNLINK key",
        judge=_without_ttl,
        roles=PRIMARIES,
    ),
)
