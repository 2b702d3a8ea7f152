"""Reads REDIS_URL: where Redis is and how to reach it. Pure, and strict: nonsense is refused."""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

from cache.redis_options import Options, number, read_options
from cache.redis_target import Access, ClusterAddress, RedisTarget, SentinelAddress
from cache.redis_target import BadRedisUrl as BadRedisUrl
from cache.redis_target import RedisAddress as RedisAddress
from cache.redis_url_hosts import read_hosts
from cache.redis_url_parts import Parts, split_url

_SERVICE: Final = re.compile(r"[A-Za-z0-9._-]{1,255}")
_REDIS_PORT: Final = 6379
_SENTINEL_PORT: Final = 26379


def parse_redis_url(url: str) -> RedisTarget | None:
    """Where Redis is, or None where the URL is empty or `none`: the cache is switched off.

    Raises BadRedisUrl. Nothing is looked up: a name that does not exist is an address all the same.
    """
    url = url.strip()
    if url.lower() in ("", "none"):
        return None
    parts = split_url(url)
    options = read_options(parts.query)
    access = _access(parts, options)
    kind = _kind(parts.kind, options)
    if kind != "sentinel" and options.any_of("sentinel_"):
        raise BadRedisUrl("sentinel_... options need Sentinels; begin with redis+sentinel://.")
    if kind in ("", "unix") and options.read == "replica":
        raise BadRedisUrl("read=replica needs redis+sentinel:// or a cluster; drop it.")
    return _READERS[kind](parts, options, access)


def _access(parts: Parts, options: Options) -> Access:
    username, password = _account(parts.account)
    return Access(
        username=username,
        password=password,
        tls=_tls(parts, options),
        cert_reqs=options.ssl_cert_reqs or "required",
        ca_certs=options.ssl_ca_certs,
        certfile=options.ssl_certfile,
        keyfile=options.ssl_keyfile,
        check_hostname=options.ssl_check_hostname is not False,
        max_connections=options.max_connections,
        socket_connect_timeout=options.socket_connect_timeout,
        socket_timeout=options.socket_timeout,
    )


def _account(account: str | None) -> tuple[str | None, str | None]:
    """User and password. A user alone is fine here: its password may come from elsewhere."""
    if account is None:
        return None, None
    name, colon, secret = account.partition(":")
    if name and not colon:
        return unquote(name), None
    if not secret:
        raise BadRedisUrl(
            "the part before the @ has no password; write redis://:password@host or "
            "redis://user:password@host."
        )
    return unquote(name) or None, unquote(secret)


def _tls(parts: Parts, options: Options) -> bool:
    if parts.kind == "unix" and options.any_of("ssl"):
        raise BadRedisUrl("ssl options mean nothing on a unix socket; drop them.")
    if parts.tls and options.ssl is False:
        raise BadRedisUrl("rediss:// and valkeys:// mean TLS, ssl=false does not; say one thing.")
    tls = parts.tls or options.ssl is True
    if not tls and options.any_of("ssl_"):
        raise BadRedisUrl("ssl_... options need TLS; add ssl=true or begin with rediss://.")
    return tls


def _kind(kind: str, options: Options) -> str:
    """The kind that the scheme says, or the guide's ?cluster=true."""
    if options.cluster is None or options.cluster is (kind == "cluster"):
        return kind
    if kind:
        raise BadRedisUrl("the beginning and the option cluster contradict; keep one of them.")
    return "cluster"


def _server(parts: Parts, options: Options, access: Access) -> RedisAddress:
    if "," in parts.place:
        raise BadRedisUrl("several hosts need ?cluster=true, or redis+sentinel:// before them.")
    (node,) = read_hosts(parts.place, _REDIS_PORT)
    db = _database(parts.path[1:], options)
    return RedisAddress(**vars(access), host=node.host, port=node.port, db=db)


def _socket(parts: Parts, options: Options, access: Access) -> RedisAddress:
    path = unquote(parts.path)
    if parts.place or path[-1:] in ("", "/") or not path.isprintable():
        raise BadRedisUrl("a socket is named by its whole path: unix:///path/to/redis.sock?db=0.")
    return RedisAddress(**vars(access), path=path, db=options.db or 0)


def _sentinels(parts: Parts, options: Options, access: Access) -> SentinelAddress:
    sentinels = read_hosts(parts.place, _SENTINEL_PORT)
    service, _, database = parts.path[1:].partition("/")
    if not _SERVICE.fullmatch(service) or (service.isdigit() and not database):
        raise BadRedisUrl(
            "names no service, in letters, digits, . - or _ after the Sentinels; write "
            "redis+sentinel://host:26379/mymaster/0."
        )
    return SentinelAddress(
        **vars(access),
        sentinels=sentinels,
        service=service,
        db=_database(database, options),
        sentinel_username=options.sentinel_username,
        sentinel_password=options.sentinel_password,
        read=options.read or "primary",
    )


def _cluster(parts: Parts, options: Options, access: Access) -> ClusterAddress:
    nodes = read_hosts(parts.place, _REDIS_PORT)
    if _database(parts.path[1:], options):
        raise BadRedisUrl("a cluster has no database but 0; drop the number.")
    return ClusterAddress(**vars(access), nodes=nodes, read=options.read or "primary")


def _database(path: str, options: Options) -> int:
    """The number in the path or in ?db=; a provider's URL without one means 0."""
    if path and options.db is not None:
        raise BadRedisUrl("the database number stands both in the path and in ?db=; say it once.")
    db = number(path or str(options.db or 0), 0, 99_999)
    if db is None:
        raise BadRedisUrl("the database, after a slash, must be a number such as 0.")
    return db


_READERS: Final[Mapping[str, Callable[[Parts, Options, Access], RedisTarget]]] = {
    "": _server,
    "unix": _socket,
    "sentinel": _sentinels,
    "cluster": _cluster,
}
