"""Checks of who gets into Redis, and what our own user may do there. Pure."""

from typing import Final

from ops.evidence import Check, Evidence
from ops.places import reach
from ops.rule import Judged, judged
from ops.server_rule import Met, MetRule, ServerRule, known, word
from ops.server_seen import SentinelSeen, ServerSeen

_ANYWHERE: Final = frozenset({"*", "-::*", "0.0.0.0", "::", ""})
"""Words of `bind` for all addresses of a host; none means the same."""
_ACL: Final = (
    "ACL SETUSER tally on >password resetkeys ~tally:* resetchannels &tally:changes -@all +get "
    "+mget +set +del +getrange +publish +eval +evalsha +subscribe +ping (in a cluster also "
    "+cluster|slots +cluster|info +readonly +asking); then REDIS_URL=redis://tally:password@host"
)


def _password(met: Met, evidence: Evidence) -> Judged:
    stranger = known(met.stranger)
    if stranger == "let in":
        lenient = reach(met) == "socket" or isinstance(met, SentinelSeen)
        measured = "lets in whoever comes, without a password"
        return judged(measured, warn=lenient, fail=not lenient)
    if stranger == "limited":
        measured = "lets in whoever comes, with few rights: its default user has no password"
        return judged(measured, warn=True, fix="ACL SETUSER default off, or >password")
    if stranger == "protected mode":
        return judged("has no password; only protected mode keeps others out", warn=True)
    wants = "a certificate" if stranger == "certificate" else "a password"
    return judged(f"asks a stranger for {wants}")


def _rights(server: ServerSeen, evidence: Evidence) -> Judged:
    rights = known(server.rights)
    allowed = [name for name, may in known(rights.may).items() if may]
    who = f"user {rights.user}"
    measured = f"{who} may {', '.join(allowed)}" if allowed else f"{who} may none of these"
    return judged(measured, warn=bool(allowed))


def _key_pattern(server: ServerSeen, evidence: Evidence) -> Judged:
    rights = known(server.rights)
    wide = known(rights.foreign_keys)
    may = "may read other keys, too" if wide else "may read no other keys"
    return judged(f"user {rights.user} {may}", warn=wide)


def _exposed(met: Met, evidence: Evidence) -> Judged:
    where = reach(met)
    listed = ", ".join(known(met.addresses))
    if where == "internet":
        tls = evidence.target is not None and evidence.target.tls
        open_to = [] if tls else ["no TLS"]
        open_to += ["no password"] if met.stranger == "let in" else []
        without = f", with {' and '.join(open_to)}" if open_to else ""
        return judged(f"{listed}: on the internet{without}", warn=True, fail=bool(open_to))
    if where == "socket":
        return judged("a unix socket")
    if isinstance(met, ServerSeen) and _open_to_all(met):
        measured = f"{listed}; it listens at all addresses of its host, without a password"
        return judged(measured, fail=True)
    return judged(f"{listed}: {'this host' if where == 'host' else 'a private network'}")


def _open_to_all(server: ServerSeen) -> bool:
    """At all addresses of its host, some of which we may not know."""
    if known(server.stranger) != "let in":
        return False
    config = known(server.config)
    bound = set(word(config, "bind").split(" "))
    return bool(bound & _ANYWHERE) and word(config, "protected-mode") == "no"


CHECKS: tuple[Check, ...] = (
    MetRule(
        check="redis.password",
        threshold="nobody gets in without a password",
        fix="openssl rand -base64 32; CONFIG SET requirepass PASSWORD and the same in redis.conf; "
        "REDIS_URL=redis://:PASSWORD@host:6379/0",
        judge=_password,
    ),
    ServerRule(
        check="redis.rights",
        threshold="our user may not FLUSHALL, CONFIG SET, KEYS, SHUTDOWN",
        fix=_ACL,
        judge=_rights,
    ),
    ServerRule(
        check="redis.key-pattern",
        threshold="our user reaches no keys but tally:*",
        fix=_ACL,
        judge=_key_pattern,
    ),
    MetRule(
        check="redis.exposed",
        threshold="cannot be reached from the internet",
        fix="bind 127.0.0.1 or a private address in redis.conf; a firewall that lets only the API "
        "in: iptables -A INPUT -p tcp --dport 6379 ! -s 10.0.1.0/24 -j DROP; a private endpoint",
        judge=_exposed,
    ),
)
