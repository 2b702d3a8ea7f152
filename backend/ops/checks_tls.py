"""Checks of encryption on the way to Redis, and of the certificates. Pure."""

from datetime import UTC, datetime
from typing import Final

from cache import RedisTarget
from ops.evidence import Check, Evidence
from ops.places import reach
from ops.rule import Judged, judged, not_needed
from ops.server_rule import Met, MetRule, NotKnown, known
from ops.server_seen import TlsSeen, Unknown

_SOON_DAYS: Final = 30
_GOOD: Final = ("TLSv1.2", "TLSv1.3")
_OLD: Final = ("unsupported protocol", "protocol version")
"""What OpenSSL says where a server speaks nothing newer than TLS 1.1."""


def _tls(met: Met, evidence: Evidence) -> Judged:
    if _target(evidence).tls:
        return judged(_spoken(met).version)
    where = reach(met)
    if where in ("socket", "host"):
        return not_needed("none, and none is needed: it never leaves this host")
    private = where == "private"
    return judged(
        f"none, {'in a private network' if private else 'over the internet'}",
        warn=private,
        fail=not private,
    )


def _verified(met: Met, evidence: Evidence) -> Judged | None:
    target = _target(evidence)
    if not target.tls:
        return None
    if target.cert_reqs == "none":
        local = reach(met) == "host"
        return judged("ssl_cert_reqs=none: nothing is", warn=local, fail=not local)
    if met.trouble and "certificate" in met.trouble.lower():
        return judged(met.trouble, fail=True)
    if met.trouble:
        raise NotKnown(met.trouble)
    if not target.check_hostname:
        measured = "the chain is, the name is not (ssl_check_hostname=false)"
        return judged(
            measured, warn=True, fix="ssl_check_hostname=true, and certificates that name it"
        )
    return judged("chain and name are")


def _certificate(met: Met, evidence: Evidence) -> Judged | None:
    if not _target(evidence).tls:
        return None
    ends = known(_spoken(met).not_after)
    days = (ends - datetime.fromtimestamp(evidence.now, UTC)).total_seconds() / 86_400
    measured = f"ends {ends:%Y-%m-%d}: {days:.0f} days left"
    if days < 0:
        measured = f"ended {ends:%Y-%m-%d}"
    return judged(measured, warn=days < _SOON_DAYS, fail=days < 0)


def _version(met: Met, evidence: Evidence) -> Judged | None:
    if not _target(evidence).tls:
        return None
    if isinstance(met.tls, Unknown) and any(words in met.tls.why.lower() for words in _OLD):
        return judged(f"older than 1.2 only ({met.tls.why})", fail=True)
    version = _spoken(met).version
    return judged(version, fail=version not in _GOOD)


def _target(evidence: Evidence) -> RedisTarget:
    if evidence.target is None:
        raise NotKnown("Redis is switched off")
    return evidence.target


def _spoken(met: Met) -> TlsSeen:
    tls = known(met.tls)
    if tls is None:
        raise NotKnown(met.trouble or "TLS was not tried")
    return tls


CHECKS: tuple[Check, ...] = (
    MetRule(
        check="redis.tls",
        threshold="TLS, unless it stays on this host",
        fix="tls-port 6380, tls-cert-file, tls-key-file in redis.conf; REDIS_URL=rediss://...",
        judge=_tls,
    ),
    MetRule(
        check="redis.tls-verified",
        threshold="certificates are verified",
        fix="ssl_cert_reqs=required and ssl_ca_certs=/path/to/ca.crt in REDIS_URL; renew what has "
        "expired or names another host",
        judge=_verified,
    ),
    MetRule(
        check="redis.certificate",
        threshold=f"more than {_SOON_DAYS} days left",
        fix="renew it; then CONFIG SET tls-cert-file with its path makes the server read it",
        judge=_certificate,
    ),
    MetRule(
        check="redis.tls-version",
        threshold="TLS 1.2 or 1.3",
        fix='tls-protocols "TLSv1.2 TLSv1.3" in redis.conf',
        judge=_version,
    ),
)
