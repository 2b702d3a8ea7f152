"""The laws of REDIS_URL: what is written is read again, and only our own error ever comes out."""

from typing import Any
from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st

from cache import (
    BadRedisUrl,
    ClusterAddress,
    RedisAddress,
    RedisTarget,
    SentinelAddress,
    parse_redis_url,
)
from cache.redis_target import Node
from redis_url_table import VALID

PORTS = st.integers(1, 65535)
NAMES = st.from_regex(r"[A-Za-z_]([A-Za-z0-9_-]{0,9}[a-z_])?(\.[a-z]{1,9})?\.?", fullmatch=True)
HOSTS = NAMES | st.ip_addresses().map(str)
NODES = st.lists(
    st.builds(Node, host=HOSTS, port=PORTS), min_size=1, max_size=4, unique_by=str
).filter(lambda nodes: len({str(node).lower() for node in nodes}) == len(nodes))
WORDS = st.text(min_size=1, max_size=20)
FILES = WORDS.filter(str.isprintable)
SECONDS = st.integers(1, 60_000).map(lambda milliseconds: milliseconds / 1000)
DATABASES = st.integers(0, 99_999)
READS = st.sampled_from(["primary", "replica"])
MAYBE = {
    "max_connections": st.integers(1, 10_000),
    "socket_connect_timeout": SECONDS,
    "socket_timeout": SECONDS,
}
ACCOUNT = st.fixed_dictionaries({}, optional={"username": WORDS, "password": WORDS})
SENTINEL_ACCOUNT = st.fixed_dictionaries(
    {"sentinel_password": WORDS}, optional={"sentinel_username": WORDS}
)
CERTIFICATE = st.fixed_dictionaries({"certfile": FILES}, optional={"keyfile": FILES})
TLS = st.fixed_dictionaries(
    {"tls": st.just(True)},
    optional={
        "cert_reqs": st.sampled_from(["required", "optional", "none"]),
        "ca_certs": FILES,
        "check_hostname": st.booleans(),
    },
)
NOTHING = st.just(dict[str, Any]())
PATHS = FILES.map("/run/".__add__).filter(lambda path: not path.endswith("/"))


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {key: one[key] for one in found for key in one})


LIMITS = st.fixed_dictionaries({}, optional=MAYBE)
PLAIN = merged(ACCOUNT, LIMITS)
ACCESS = merged(PLAIN, NOTHING | TLS | merged(TLS, CERTIFICATE))
TARGETS: st.SearchStrategy[RedisTarget] = st.one_of(
    st.builds(
        lambda more, host, port, db: RedisAddress(**more, host=host, port=port, db=db),
        *(ACCESS, HOSTS, PORTS, DATABASES),
    ),
    st.builds(
        lambda more, path, db: RedisAddress(**more, path=path, db=db), PLAIN, PATHS, DATABASES
    ),
    st.builds(
        lambda more, own, nodes, service, db, read: SentinelAddress(
            **more, **own, sentinels=tuple(nodes), service=service, db=db, read=read
        ),
        *(ACCESS, SENTINEL_ACCOUNT | NOTHING, NODES),
        *(st.from_regex(r"[A-Za-z._-][A-Za-z0-9._-]{0,19}", fullmatch=True), DATABASES, READS),
    ),
    st.builds(
        lambda more, nodes, read: ClusterAddress(**more, nodes=tuple(nodes), read=read),
        *(ACCESS, NODES, READS),
    ),
)
TOKENS = st.sampled_from(
    [
        *("redis", "rediss", "valkey", "unix", "sentinel", "cluster", "://", "+", "-", ",", ":"),
        *("/", "?", "&", "=", "@", "#", "%", "[", "]", "::1", "h", "0", "7000", "ssl", "db", "."),
        *("cluster=true", "ssl=true", "read=replica", "%00", "%ff", "%2F", "\0", "\ud800", "²"),
    ]
)


def render(target: RedisTarget, family: str, joint: str, *, by_option: bool) -> str:
    """A URL that means the target. By option: TLS, cluster and database stand behind the ?."""
    options = _named(target)
    account = _account(target)
    if isinstance(target, RedisAddress) and target.path is not None:
        return f"unix://{account}{quote(target.path)}?{_query([*options, ('db', target.db)])}"
    kind = "" if target.topology == "standalone" else f"{joint}{target.topology}"
    db = getattr(target, "db", 0)
    if by_option:
        clusters = target.topology == "cluster"
        said = [*options, ("db", db), ("ssl", target.tls), ("cluster", clusters)]
        return f"{family}{'' if clusters else kind}://{account}{_place(target)}?{_query(said)}"
    secure = "s" if target.tls else ""
    return f"{family}{secure}{kind}://{account}{_place(target)}/{db}?{_query(options)}"


def _account(target: RedisTarget) -> str:
    if target.password:
        return f"{_quoted(target.username)}:{_quoted(target.password)}@"
    return f"{_quoted(target.username)}@" if target.username else ""


def _place(target: RedisTarget) -> str:
    match target:
        case RedisAddress():
            return str(Node(host=target.host, port=target.port))
        case SentinelAddress():
            return f"{','.join(map(str, target.sentinels))}/{target.service}"
        case ClusterAddress():
            return ",".join(map(str, target.nodes))


def _query(options: list[tuple[str, object]]) -> str:
    return "&".join(f"{name}={_quoted(str(value))}" for name, value in options)


def _quoted(text: str | None) -> str:
    return quote(text or "", safe="")


def _named(target: RedisTarget) -> list[tuple[str, object]]:
    named = {
        "ssl_cert_reqs": target.cert_reqs if target.tls else None,
        "ssl_ca_certs": target.ca_certs,
        "ssl_certfile": target.certfile,
        "ssl_keyfile": target.keyfile,
        "ssl_check_hostname": None if target.check_hostname else "false",
        "sentinel_username": getattr(target, "sentinel_username", None),
        "sentinel_password": getattr(target, "sentinel_password", None),
        "read": getattr(target, "read", None),
        **target.limits(),
    }
    return [(name, value) for name, value in named.items() if value is not None]


@given(TARGETS, st.sampled_from(["redis", "valkey", "REDIS"]), st.sampled_from("+-"), st.booleans())
def test_a_target_is_read_from_every_way_to_write_it(
    target: RedisTarget, family: str, joint: str, by_option: bool
) -> None:
    assert parse_redis_url(render(target, family, joint, by_option=by_option)) == target


@given(st.sampled_from(list(VALID)), st.integers(0, 3), st.booleans())
def test_spaces_around_and_the_case_of_the_beginning_mean_nothing(
    url: str, spaces: int, upper: bool
) -> None:
    scheme, slashes, rest = url.strip().partition("://")
    beginning = scheme.upper() if upper else scheme.lower()

    assert parse_redis_url(" " * spaces + beginning + slashes + rest + "\n" * spaces) == VALID[url]


@given(
    st.text(st.characters())
    | st.text(st.characters()).map("redis://".__add__)
    | st.lists(TOKENS, max_size=20).map("".join)
    | st.lists(TOKENS, max_size=20).map("".join).map("redis+sentinel://".__add__)
)
@example("redis://[v1.x]:1")
@example("redis://\u2100")
@example("redis://h:²")
def test_no_text_raises_anything_but_our_error(text: str) -> None:
    try:
        target = parse_redis_url(text)
    except BadRedisUrl:
        return

    assert target is None or isinstance(target, RedisTarget)
