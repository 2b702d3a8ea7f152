"""Checks of the way to Redis: its URL, names, answers, how long they take, its clock. Pure."""

from typing import Final

from cache import RedisAddress, RedisTarget
from ops.evidence import Check, Evidence
from ops.quantities import duration
from ops.rule import Judged, Rule, judged, unknown
from ops.server_rule import Met, MetRule, ServerRule, known
from ops.server_seen import ServerSeen, Unknown

_SKEW_SECONDS: Final = 0.5
_RECENT_SECONDS: Final = 3600.0


def _url(evidence: Evidence) -> Judged:
    if evidence.url_trouble:
        return judged(evidence.url_trouble, fail=True)
    if evidence.target is None:
        return judged("Redis is switched off", warn=True)
    meant = f"{evidence.target} ({evidence.target.topology})"
    return _of_azure(evidence.target) or judged(meant)


def _of_azure(target: RedisTarget) -> Judged | None:
    """Its ports are unlike all others', and its older service is coming to its end."""
    host, port = target.first.host.lower(), target.first.port
    if isinstance(target, RedisAddress) and target.path:
        return None
    if host.endswith(".redis.azure.net") and port != 10_000 and not 8500 <= port < 8600:
        measured = f"{target}: Azure Managed Redis does not listen at {port}"
        return judged(measured, warn=True, fix=f"REDIS_URL=rediss://:key@{host}:10000")
    if not host.endswith(".redis.cache.windows.net"):
        return None
    ends = f"{target}: Azure Cache for Redis ends on 2028-09-30 (Enterprise: 2027-03-31)"
    move = "move to Azure Managed Redis: rediss://:key@name.region.redis.azure.net:10000"
    if port == 6380 and target.tls:
        return judged(ends, warn=True, fix=move)
    now = f"REDIS_URL=rediss://:key@{host}:6380"
    return judged(f"{ends}; it speaks TLS, at 6380", warn=True, fix=f"{now}; later {move}")


def _layout(evidence: Evidence) -> Judged | None:
    layout = evidence.layout
    if evidence.target is None:
        return None
    if not layout.shards:
        why = evidence.redis_trouble or layout.trouble or "nobody told"
        return unknown(why) if evidence.redis_trouble else judged(why, fail=True)
    replicas = sum(len(shard.replicas) for shard in layout.shards)
    measured = f"{layout.topology}; primaries: {len(layout.shards)}, replicas: {replicas}"
    odd = [server.name for server in evidence.servers if server.role == "unknown"]
    if odd:
        away = f"{measured}; REDIS_URL also names {', '.join(odd)}, which are none of them"
        return judged(away, warn=True, fix="take them out of REDIS_URL")
    return judged(measured)


def _name(met: Met, evidence: Evidence) -> Judged:
    if isinstance(met.addresses, Unknown):
        return judged(met.addresses.why, fail=True)
    return judged(", ".join(met.addresses) or "a unix socket")


def _reachable(server: ServerSeen, evidence: Evidence) -> Judged:
    if server.trouble is None:
        return judged("answers")
    if evidence.redis_trouble:
        return unknown(server.trouble)
    return judged(server.trouble, fail=True)


def _latency(server: ServerSeen, evidence: Evidence) -> Judged:
    ping, budget = known(server.ping), evidence.settings.cache_budget_seconds
    measured = f"p50 {duration(ping.p50)}, p99 {duration(ping.p99)} of {ping.count} PINGs"
    said = judged(measured, warn=ping.p99 > budget, fail=ping.p50 > budget)
    return Judged(said.verdict, measured, threshold=f"p99 within the budget, {duration(budget)}")


def _clock(server: ServerSeen, evidence: Evidence) -> Judged:
    ahead = known(server.clock_ahead)
    words = f"{duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} ours"
    return judged(words, warn=abs(ahead) > _SKEW_SECONDS)


def _slow(server: ServerSeen, evidence: Evidence) -> Judged:
    """The last hour by the server's clock, so that ours does not matter."""
    log, events = known(server.slow_log), known(server.latency_events)
    budget = evidence.settings.cache_budget_seconds
    since = evidence.now + known(server.clock_ahead) - _RECENT_SECONDS
    recent = [moment for moment in (*log.newest, *events) if moment.at >= since]
    slowest = max(recent, key=lambda moment: moment.seconds, default=None)
    told = f"{slowest.what} took {duration(slowest.seconds)}" if slowest else "nothing was slow"
    unwatched = "" if events else "; LATENCY LATEST has nothing"
    measured = f"{told}; {log.length} in the slow log{unwatched}"
    said = judged(measured, warn=slowest is not None and slowest.seconds > budget)
    threshold = f"in the last hour nothing above the budget, {duration(budget)}"
    return Judged(said.verdict, measured, threshold=threshold)


CHECKS: tuple[Check, ...] = (
    Rule(
        check="redis.url",
        subject="REDIS_URL",
        threshold="names a Redis, in one of the forms of docs/redis-urls.md",
        fix="REDIS_URL=redis://host:6379/0; docs/redis-urls.md has all forms",
        judge=_url,
    ),
    Rule(
        check="redis.layout",
        subject="REDIS_URL",
        threshold="its servers are known",
        fix="redis-cli -h host -p port SENTINEL MASTERS, or CLUSTER INFO: who is named must answer",
        judge=_layout,
    ),
    MetRule(
        check="redis.name",
        threshold="resolves",
        fix="getent ahosts NAME; mend DNS, /etc/hosts or REDIS_URL",
        judge=_name,
    ),
    ServerRule(
        check="redis.reachable",
        threshold="answers PING",
        fix="redis-cli -h host -p port PING; systemctl status redis; is a firewall between?",
        judge=_reachable,
    ),
    ServerRule(
        check="redis.latency",
        threshold="p99 within the budget",
        fix="redis-cli --latency -h host; a Redis nearer by, or CACHE_BUDGET_SECONDS=0.1",
        judge=_latency,
    ),
    ServerRule(
        check="redis.slow",
        threshold="in the last hour nothing above the budget",
        fix="redis-cli SLOWLOG GET 10; CONFIG SET latency-monitor-threshold 50, LATENCY DOCTOR",
        judge=_slow,
    ),
    ServerRule(
        check="redis.clock",
        threshold="within 500 ms of ours",
        fix="timedatectl set-ntp true, on both hosts",
        judge=_clock,
    ),
)
