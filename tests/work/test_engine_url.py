"""One DATABASE_URL for two drivers."""

import pytest

from work.engine_url import engine_url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("sqlite:///data/tally.db", "sqlite:///data/tally.db"),
        ("sqlite+aiosqlite:////srv/tally.db", "sqlite:////srv/tally.db"),
        ("postgresql://u:p%40@h:5/db", "postgresql://u:p%40@h:5/db?connect_timeout=5"),
        ("postgres://h/db", "postgresql://h/db?connect_timeout=5"),
        ("postgresql+asyncpg://h/db", "postgresql://h/db?connect_timeout=5"),
        ("postgresql:///db?host=%2Ftmp", "postgresql:///db?connect_timeout=5&host=%2Ftmp"),
        ("postgresql://h/db?ssl=require", "postgresql://h/db?connect_timeout=5&sslmode=require"),
        ("postgresql://h/db?connect_timeout=9", "postgresql://h/db?connect_timeout=9"),
        (
            "postgresql://h/db?prepared_statement_cache_size=0",
            "postgresql://h/db?connect_timeout=5",
        ),
    ],
)
def test_the_engine_gets_the_same_database_in_its_own_words(given: str, expected: str) -> None:
    assert engine_url(given) == expected
