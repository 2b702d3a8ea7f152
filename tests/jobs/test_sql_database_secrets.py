"""No password comes out of DATABASE_URL: not from what is opened, not from a refusal."""

from traceback import format_exception
from typing import Final
from urllib.parse import quote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobs import BadDatabaseUrl, open_database

MARK: Final = "Zq9"
SECRETS: Final = st.text(min_size=1, max_size=20)
WELL_WRITTEN: Final = ("postgresql://u:{}@h/d", "postgres://u:{}@h:1/d?sslmode=require")
REFUSED: Final = (
    *("postgresql://u:{}@h:port/d", "mysql://u:{}@h/d", "postgresql:/u:{}@h/d", "{}", ":{}@h"),
    *("postgresql://u:{}@h/d?{}=1", "postgresql://u:x@h/d?password={}", "{}://u:{}@h/d"),
)


@settings(max_examples=30)
@given(SECRETS, st.sampled_from(WELL_WRITTEN))
def test_a_password_is_never_shown(secret: str, form: str) -> None:
    database = open_database(form.format(quote(MARK + secret, safe="")))

    assert MARK not in f"{database} {database!r} {database.writes} {database.reads.url}"


@given(SECRETS, st.sampled_from(REFUSED))
@example("pass?word", "postgresql://u:{}@h:port/d")
@example("50%off", "postgresql://u:{}@h:port/d")
@example("[", "postgresql://u:{}@h:port/d")
def test_a_refusal_repeats_nothing_and_has_no_other_error_behind_it(secret: str, form: str) -> None:
    refusal = refused(form.replace("{}", MARK + secret + MARK))

    assert MARK not in f"{refusal} {refusal!r} {''.join(format_exception(refusal))}"
    assert (refusal.__context__, refusal.__cause__) == (None, None)


def refused(url: str) -> Exception:
    """Why it is refused; a harmless error where some secret made it one that can mean something."""
    try:
        open_database(url)
    except BadDatabaseUrl as refusal:
        return refusal
    return Exception()


def test_most_of_these_are_refused() -> None:
    assert [it for it in REFUSED if not str(refused(it.format("x", "x")))] == []
