"""No password comes out of REDIS_URL: not in what it means when shown, not in what is wrong."""

from traceback import format_exception
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cache import BadRedisUrl, parse_redis_url
from redis_url_table import VALID
from redis_url_table_refused import REFUSED

MARK: Final = "Zq9"
SECRETS: Final = st.text(min_size=4, max_size=30).filter(lambda text: text.strip() == text)
WELL_WRITTEN: Final = (
    "redis://:{}@h:6379/0",
    "rediss://u:{}@h",
    "unix://:{}@/run/r.sock",
    "redis://:{}@a,b?cluster=true",
    "redis+sentinel://u:{}@a,b/s?read=replica",
    "redis+sentinel://a/s?sentinel_password={}",
    "redis+sentinel://:pw@a/s?sentinel_username=u&sentinel_password={}",
)
BADLY: Final = (
    *("redis://:{}@h", "redis://{}@h:1", "redis://u:{}@h/x", ":{}@h", "{}", "redis://:{}"),
    *("redis://u:{}", "redis://h:{}", "redis://h/{}", "redis://h?{}", "redis://h?{}=1"),
    *("redis://h?db={}", "redis://h?password={}", "redis+sentinel://a/{}/x", "{}://:pw@h"),
    *("redis+sentinel://a?sentinel_password={}", "redis+sentinel://:{}@a,b", "unix://{}/run/"),
    *("redis://a:{}@b,c:{}@d", "redis+cluster://:{}@a/1", "rediss://:{}@h?ssl_keyfile={}"),
)


@given(SECRETS, st.sampled_from(WELL_WRITTEN))
def test_a_password_is_read_and_never_shown(secret: str, form: str) -> None:
    target = parse_redis_url(form.format(quote(secret, safe="")))
    other = parse_redis_url(form.format("x"))

    assert secret in vars(target).values()
    assert f"{target} {target!r} {(target,)}" == f"{other} {other!r} {(other,)}"


@given(SECRETS, st.sampled_from(BADLY))
@example("pass/word", "redis://:{}@h")
@example("pass?word", "redis://:{}@h")
@example("12?word&more", "redis://:{}@h")
@example("pass#word", "redis://:{}@h")
@example("50%off", "redis://:{}@h")
@example("%ff", "redis://:{}@h")
@example("a?b=c", "redis://u:{}")
@example("\ud800", "redis://:{}@h")
def test_an_error_never_repeats_a_password_even_one_badly_written(secret: str, form: str) -> None:
    assert MARK not in told(form.replace("{}", MARK + secret + MARK))


@given(SECRETS, st.sampled_from([*VALID, *REFUSED]), st.integers(0, 60), st.integers(0, 60))
def test_an_error_never_repeats_a_text_wherever_it_stands(
    secret: str, url: str, start: int, cut: int
) -> None:
    """Also where the rest is cut off, as a shell does at an & without quotes."""
    assert MARK not in told(url[:start] + MARK + secret + MARK + url[start + cut :])


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_an_error_has_no_other_error_behind_it(url: str) -> None:
    """A reporter of errors may follow the context even where a traceback hides it."""
    with pytest.raises(BadRedisUrl) as refusal:
        parse_redis_url(url)

    assert (refusal.value.__context__, refusal.value.__cause__) == (None, None)


def told(url: str) -> str:
    """All that is told about a URL that is refused."""
    try:
        parse_redis_url(url)
    except BadRedisUrl as refusal:
        return f"{refusal} {refusal!r} {refusal.args} {''.join(format_exception(refusal))}"
    return ""
