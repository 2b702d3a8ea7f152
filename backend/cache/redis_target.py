"""What REDIS_URL means: one server, the primary that Sentinels know, or a cluster.

Values alone: nothing is read, looked up or connected. `str()` and `repr()` never show a password.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeAlias
from urllib.parse import quote

CertReqs: TypeAlias = Literal["required", "optional", "none"]
Read: TypeAlias = Literal["primary", "replica"]
Topology: TypeAlias = Literal["standalone", "sentinel", "cluster"]


class BadRedisUrl(Exception):
    """REDIS_URL means nothing, or nothing this version can do; the message says what to do.

    The message is made of our own words alone: no text of the URL is ever repeated, for where the
    URL is broken any of it may be part of a password.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(f"REDIS_URL: {problem}")


@dataclass(frozen=True, kw_only=True)
class Node:
    """Where one process listens. The host is a name, an IPv4 or (without brackets) IPv6 address."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Access:
    """How servers are spoken to, the same for all of a target: account, TLS and limits.

    In a Sentinel target the account is that of Redis; TLS and limits hold for the Sentinels, too.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    cert_reqs: CertReqs = "required"
    ca_certs: str | None = None
    """A PEM file, like the next two: whom to trust. None: whom the system trusts."""
    certfile: str | None = None
    """Our own certificate, which may bring its key along."""
    keyfile: str | None = None
    check_hostname: bool = True
    """Whether the certificate must name the host. Nothing is checked if `cert_reqs` is none."""
    max_connections: int | None = None
    socket_connect_timeout: float | None = None
    """Seconds, as in the next one. None in these three: the settings say."""
    socket_timeout: float | None = None

    def limits(self) -> dict[str, float]:
        """The limits named in the URL, by the names of the settings, over which they win."""
        named = {
            "max_connections": self.max_connections,
            "socket_connect_timeout": self.socket_connect_timeout,
            "socket_timeout": self.socket_timeout,
        }
        return {name: limit for name, limit in named.items() if limit is not None}

    def _at(self, node: Node, **more: Any) -> "RedisAddress":
        """A server of the target, spoken to as the target says; `more` differs there."""
        shared = {one.name: getattr(self, one.name) for one in fields(Access)}
        return RedisAddress(**{**shared, "host": node.host, "port": node.port, **more})

    def _account(self) -> str:
        return f"{quote(self.username or '', safe='')}:***@" if self.password else ""

    def _scheme(self, family: str = "") -> str:
        return f"redis{'s' if self.tls else ''}{family}://{self._account()}"


@dataclass(frozen=True, kw_only=True)
class RedisAddress(Access):
    """One Redis or Valkey server."""

    topology: ClassVar[Topology] = "standalone"
    host: str = "localhost"
    port: int = 6379
    path: str | None = None
    """The unix socket, if that is the way; then host and port mean nothing."""
    db: int = 0

    @property
    def reads(self) -> Read:
        return "primary"

    @property
    def first(self) -> Node:
        """Whoever is named first."""
        return Node(host=self.host, port=self.port)

    def server(self, node: Node) -> "RedisAddress":
        """How a server of the target is spoken to: it is the only one."""
        return self

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix://{self._account()}{quote(self.path)}?db={self.db}"
        return f"{self._scheme()}{Node(host=self.host, port=self.port)}/{self.db}"


@dataclass(frozen=True, kw_only=True)
class SentinelAddress(Access):
    """The primary of a service, and its replicas, wherever the Sentinels say they are."""

    topology: ClassVar[Topology] = "sentinel"
    sentinels: tuple[Node, ...]
    service: str
    db: int = 0
    sentinel_username: str | None = None
    sentinel_password: str | None = field(default=None, repr=False)
    """The Sentinels' own; None: they ask for none. Never that of Redis."""
    read: Read = "primary"

    @property
    def reads(self) -> Read:
        return self.read

    @property
    def first(self) -> Node:
        return self.sentinels[0]

    def server(self, node: Node) -> RedisAddress:
        return self._at(node, db=self.db)

    def sentinel(self, node: Node) -> RedisAddress:
        """How a Sentinel is spoken to: with the same TLS, as somebody else."""
        return self._at(node, username=self.sentinel_username, password=self.sentinel_password)

    def __str__(self) -> str:
        place = f"{_listed(self.sentinels)}/{self.service}/{self.db}"
        return f"{self._scheme('+sentinel')}{place}{_preference(self.read)}"


@dataclass(frozen=True, kw_only=True)
class ClusterAddress(Access):
    """A cluster, and some of its nodes, which know the others. It has one database, number 0."""

    topology: ClassVar[Topology] = "cluster"
    nodes: tuple[Node, ...]
    read: Read = "primary"

    @property
    def reads(self) -> Read:
        return self.read

    @property
    def first(self) -> Node:
        return self.nodes[0]

    def server(self, node: Node) -> RedisAddress:
        return self._at(node)

    def __str__(self) -> str:
        return f"{self._scheme('+cluster')}{_listed(self.nodes)}{_preference(self.read)}"


RedisTarget: TypeAlias = RedisAddress | SentinelAddress | ClusterAddress


def _listed(nodes: Iterable[Node]) -> str:
    return ",".join(map(str, nodes))


def _preference(read: Read) -> str:
    return "" if read == "primary" else f"?read={read}"
