"""Checks of who gets into Redis, and what our own user may do there. Pure."""

from typing import Final

from ops.evidence import Check, Evidence
from ops.places import Reach, is_loopback_word, is_wide_word, reach
from ops.rule import Judged, judged, unknown
from ops.server_rule import Met, MetRule, ServerRule, known, word
from ops.server_seen import SentinelSeen, ServerSeen, Unknown

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
    if isinstance(met, SentinelSeen):
        return unknown(f"{listed}; a Sentinel does not tell where it listens", _ATTEST)
    return _listening(met, where, listed or "a unix socket")


def _listening(server: ServerSeen, where: Reach, listed: str) -> Judged:
    """Where it is met is one of the places where it listens; its host may have more."""
    if not isinstance(server.info, Unknown) and server.info.get("tcp_port") == "0":
        return judged("a unix socket alone")
    if isinstance(server.config, Unknown) and not server.trouble:
        return unknown(f"{listed}; where it listens is hidden: {server.config.why}", _ATTEST)
    config = known(server.config)
    bound = word(config, "bind").split()
    if not bound or any(map(is_wide_word, bound)):
        open_to_all = server.stranger == "let in" and config.get("protected-mode") == "no"
        without = ", without a password" if open_to_all else ""
        measured = f"{listed}; it listens at all addresses of its host{without}"
        return judged(measured, warn=True, fail=open_to_all)
    measured = f"{listed}; it listens at {' '.join(bound)}"
    if where != "private" and all(map(is_loopback_word, bound)):
        return judged(f"{measured}, this host alone")
    return unknown(f"{measured}; whether a firewall keeps others out cannot be seen", _ATTEST)


_ATTEST: Final = (
    "nc -zv HOST PORT from a host that has no business there must fail; if it does: "
    "--accept redis.exposed"
)


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
        threshold="nobody but the API reaches it",
        fix="bind 127.0.0.1 or a private address in redis.conf; a firewall that lets only the API "
        "in: iptables -A INPUT -p tcp --dport 6379 ! -s 10.0.1.0/24 -j DROP; a private endpoint. "
        "In a container or pod, where the network decides: --accept redis.exposed",
        judge=_exposed,
    ),
)
