"""All that doctor's checks may know, gathered beforehand: values alone. Pure.

Who gathers: redis_evidence.py, service.py, log_seen.py, records.py. Nobody gathers in a check.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cache import RedisTarget
from ops.finding import Finding
from ops.host_seen import HostSeen
from ops.prometheus_seen import PrometheusSeen
from ops.records import Record
from ops.server_seen import LayoutSeen, SentinelSeen, ServerSeen
from ops.service_seen import LogSeen, ServiceSeen
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One run's evidence. What could not be had is None or `Unknown`, never a guess."""

    target: RedisTarget | None
    """What REDIS_URL means; None: Redis is switched off, or `url_trouble` says what is wrong."""
    url_trouble: str | None = None
    settings: Settings
    layout: LayoutSeen = field(default_factory=LayoutSeen)
    servers: Sequence[ServerSeen] = ()
    sentinels: Sequence[SentinelSeen] = ()
    redis_trouble: str | None = None
    """Why no server was asked at all: the redis package is missing, there is no account."""
    service: ServiceSeen | None = None
    """None: it was not asked."""
    prometheus: PrometheusSeen | None = None
    """None: nobody named one."""
    records: Sequence[Record] = ()
    log: LogSeen | None = None
    """None: there is no log file."""
    host: HostSeen | None = None
    """None: it was not looked at."""
    now: float
    """Seconds since 1970."""


Check: TypeAlias = Callable[[Evidence], Iterable[Finding]]
"""Pure. Each file of checks ends with `CHECKS: tuple[Check, ...]`; doctor.py joins them."""
