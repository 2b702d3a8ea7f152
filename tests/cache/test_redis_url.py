"""Every form of REDIS_URL for one server; and nonsense, refused in one line without secrets."""

from traceback import format_exception
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cache import BadRedisUrl, RedisAddress, parse_redis_url

VALID: Final = {
    # The forms of the deployment guide
    "redis://localhost:6379/0": RedisAddress(),
    "redis://:password@localhost:6379/0": RedisAddress(password="password"),
    "redis://:password@localhost:6380?ssl=true": RedisAddress(
        port=6380, password="password", tls=True
    ),
    "redis://:password@localhost:6380?ssl=true&ssl_cert_reqs=required": RedisAddress(
        port=6380, password="password", tls=True
    ),
    "redis://:password@redis-12345.cloud.redislabs.com:12345": RedisAddress(
        host="redis-12345.cloud.redislabs.com", port=12345, password="password"
    ),
    "redis://:primary-key@video-cache.redis.cache.windows.net:6380?ssl=true": RedisAddress(
        host="video-cache.redis.cache.windows.net", port=6380, password="primary-key", tls=True
    ),
    "redis://10.0.0.3:6379/0": RedisAddress(host="10.0.0.3"),
    "redis://invalid:9999": RedisAddress(host="invalid", port=9999),
    # Those of the ecosystem
    "redis://h": RedisAddress(host="h"),
    "REDIS://h/": RedisAddress(host="h"),
    "  redis://h\n": RedisAddress(host="h"),
    "valkey://h/15": RedisAddress(host="h", db=15),
    "rediss://h": RedisAddress(host="h", tls=True),
    "valkeys://h": RedisAddress(host="h", tls=True),
    "rediss://h?ssl=true": RedisAddress(host="h", tls=True),
    "redis://h?ssl=false": RedisAddress(host="h"),
    "redis://h?db=3": RedisAddress(host="h", db=3),
    "redis://my_redis-1.local.:1/2": RedisAddress(host="my_redis-1.local.", port=1, db=2),
    "redis://[::1]:7000/1": RedisAddress(host="::1", port=7000, db=1),
    "redis://user:p%40w@[::1]:7000": RedisAddress(
        host="::1", port=7000, username="user", password="p@w"
    ),
    "redis://:a:b@h": RedisAddress(host="h", password="a:b"),
    "rediss://h?ssl_cert_reqs=none": RedisAddress(host="h", tls=True, cert_reqs="none"),
    "rediss://h?ssl_ca_certs=/etc/ca.pem": RedisAddress(host="h", tls=True, ca_certs="/etc/ca.pem"),
    "unix:///run/redis.sock": RedisAddress(path="/run/redis.sock"),
    "unix:///run/my%20redis.sock?db=2": RedisAddress(path="/run/my redis.sock", db=2),
    "unix://user:pw@/run/redis.sock": RedisAddress(
        path="/run/redis.sock", username="user", password="pw"
    ),
}

REFUSED: Final = {
    "localhost:6379": "must begin with redis://",
    "http://h": "must begin with redis://",
    "redis:h": "must begin with redis://",
    "redis:///0": "names no host",
    "redis://:6379": "names no host",
    "redis://-h": "names no host",
    "redis://[::g]:1": "is not a URL|names no host",
    "redis://[::1": "is not a URL",
    "redis://h:0": "the port",
    "redis://h:65536": "the port",
    "redis://h:x": "the port",
    "redis://h:": "the port",
    "redis://h/notanum": "the database",
    "redis://h/0/1": "the database",
    "redis://h/-1": "the database",
    "redis://h/0?db=1": "both in the path and in",
    "redis://h?db=x": "the database",
    "redis://h?ssl=maybe": "ssl must be true or false",
    "rediss://h?ssl=false": "mean TLS",
    "rediss://h?ssl_cert_reqs=perhaps": "ssl_cert_reqs must be",
    "redis://h?ssl_cert_reqs=none": "need TLS",
    "redis://h?ssl_ca_certs=/x": "need TLS",
    "redis://h?db=1&db=2": "twice",
    "redis://h?socket_timeout=5": "the option socket_timeout is unknown",
    "redis://h?%C3%A9=5": "it has an option that is unknown",
    "redis://h?ssl": "name=value",
    "redis://h/0#x": "%23",
    "redis://:a@b@h": "%40",
    "redis://:a/b@h": "%2F",
    "redis://:a?b@h": "%3F",
    "redis://user@h": "no password",
    "redis://@h": "no password",
    "redis://:%ff@h": "UTF-8",
    "redis://a b": "a space or a control character",
    "redis://h\t/0": "a space or a control character",
    "unix://run/redis.sock": "whole path",
    "unix://": "whole path",
    "unix:///run/": "whole path",
    "unix:///run/redis.sock?ssl=true": "unix socket",
    "redis+sentinel://sentinel1:26379,sentinel2:26379/mymaster/0": "Sentinel.*not supported yet",
    "redis-sentinel://s1/mymaster": "Sentinel.*not supported yet",
    "redis+cluster://n1:7000": "Cluster.*not supported yet",
    "redis://node1:7000,node2:7000,node3:7000?cluster=true": "Cluster.*not supported yet",
    "redis://n1:7000?cluster=true": "Cluster.*not supported yet",
    "redis://n1:7000,n2:7000": "several hosts are not supported yet",
}

SECRET: Final = st.text(min_size=4, max_size=30).filter(lambda text: text.strip() == text)


@pytest.mark.parametrize("url", VALID)
def test_a_url_that_means_something_is_understood(url: str) -> None:
    assert parse_redis_url(url) == VALID[url]


@pytest.mark.parametrize("url", ["", "  ", "none", "None", " NONE\n"])
def test_empty_or_none_switches_the_cache_off(url: str) -> None:
    assert parse_redis_url(url) is None


@pytest.mark.parametrize("url", REFUSED)
def test_nonsense_is_refused_in_one_line_that_says_what_to_do(url: str) -> None:
    with pytest.raises(BadRedisUrl, match=REFUSED[url]) as refusal:
        parse_redis_url(url)

    assert str(refusal.value).startswith("REDIS_URL: ")
    assert str(refusal.value).count("\n") == 0


@given(
    st.text() | st.text().map("redis://".__add__) | st.from_regex(r"redis://\S*", fullmatch=True)
)
@example("redis://[v1.x]:1")
@example("redis://\u2100")
def test_no_text_raises_anything_but_our_error(text: str) -> None:
    try:
        address = parse_redis_url(text)
    except BadRedisUrl:
        return

    assert address is None or isinstance(address, RedisAddress)


@given(
    SECRET, st.sampled_from(["redis://:{}@h:6379/0", "rediss://u:{}@h", "unix://:{}@/run/r.sock"])
)
def test_a_password_is_read_and_never_shown(secret: str, form: str) -> None:
    address = parse_redis_url(form.format(quote(secret, safe="")))

    assert address is not None
    assert address.password == secret
    assert shown(address) == shown(RedisAddress(**{**vars(address), "password": "x"}))


def shown(address: RedisAddress) -> str:
    return f"{address} {address!r} {(address,)}"


@given(SECRET, st.sampled_from(["redis://:{}@h", "redis://{}@h:1", "redis://u:{}@h/x", ":{}@h"]))
@example("pass/word", "redis://:{}@h")
@example("pass?word", "redis://:{}@h")
@example("12?word&more", "redis://:{}@h")
@example("pass#word", "redis://:{}@h")
@example("abcd", "redis://{}@h:1")
def test_an_error_never_repeats_a_password_even_one_badly_written(secret: str, form: str) -> None:
    word = f"Zq9{secret}Zq9"
    refusal = refusal_of(form.format(word))

    assert "Zq9" not in "".join(format_exception(refusal) if refusal else [])


def refusal_of(url: str) -> BadRedisUrl | None:
    try:
        parse_redis_url(url)
    except BadRedisUrl as refusal:
        return refusal
    return None


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("redis://:secret@h:1/2", "redis://:***@h:1/2"),
        ("valkeys://ann:secret@[::1]", "rediss://ann:***@[::1]:6379/0"),
        ("unix:///run/r.sock?db=2", "unix:///run/r.sock?db=2"),
    ],
)
def test_an_address_reads_as_a_url_with_its_password_masked(url: str, text: str) -> None:
    assert str(parse_redis_url(url)) == text
