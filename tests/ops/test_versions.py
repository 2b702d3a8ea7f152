"""What runs on a server is told by its own word: engine, release, and when its makers stop."""

from datetime import date

import pytest

from ops.versions import ENDED, OLDEST, Version, version_of


def test_valkey_counts_by_its_own_version_not_by_the_redis_it_is_compatible_with() -> None:
    told = {"redis_version": "7.2.4", "server_name": "valkey", "valkey_version": "9.0.1"}

    assert version_of(told) == Version(engine="valkey", text="9.0.1")
    assert version_of({"redis_version": "7.0.15"}) == Version(engine="redis", text="7.0.15")
    assert version_of({}) is None


@pytest.mark.parametrize(
    ("text", "release"),
    [("7.0.15", (7, 0)), ("8.4", (8, 4)), ("255.255.255", (255, 255)), ("7", None), ("x.y", None)],
)
def test_a_release_is_major_and_minor(text: str, release: tuple[int, int] | None) -> None:
    assert Version(engine="redis", text=text).release == release


def test_an_end_belongs_to_an_engine_and_a_release() -> None:
    assert Version(engine="redis", text="7.0.15").ends == date(2024, 7, 29)
    assert Version(engine="valkey", text="7.2.11").ends == date(2029, 4, 16)
    assert Version(engine="redis", text="7.2.13").ends is None
    assert str(Version(engine="valkey", text="9.0.1")) == "Valkey 9.0.1"


def test_the_table_has_no_release_that_is_too_old_anyway() -> None:
    assert all((major, minor) >= OLDEST for _, major, minor in ENDED)
