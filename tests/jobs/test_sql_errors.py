"""What a driver said becomes one sentence of ours; what is no trouble of a database stays."""

import sqlite3

import asyncpg
import pytest

from jobs import StoreUnavailable
from jobs.sql_errors import translated, unavailable


def test_the_first_line_of_what_the_driver_said_is_quoted_and_not_more_than_two_hundred() -> None:
    quoted = str(unavailable(asyncpg.PostgresError("it hurts\nDETAIL: here")))
    long = str(unavailable(OSError("x" * 300)))

    assert quoted == "The database does not answer: it hurts"
    assert long == f"The database does not answer: {'x' * 200}"


def test_an_error_without_words_is_named() -> None:
    assert str(unavailable(TimeoutError())) == "The database does not answer: TimeoutError"


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("e"),
        asyncpg.InternalClientError("e"),
        asyncpg.ConnectionDoesNotExistError("e"),
        sqlite3.OperationalError("e"),
        ConnectionResetError("e"),
        TimeoutError("e"),
    ],
)
async def test_each_drivers_errors_are_ours_with_theirs_as_the_cause(error: Exception) -> None:
    with pytest.raises(StoreUnavailable, match="e") as raised:
        async with translated():
            raise error

    assert raised.value.__cause__ is error


async def test_a_mistake_of_ours_is_not_called_an_outage() -> None:
    with pytest.raises(ZeroDivisionError):
        async with translated():
            raise ZeroDivisionError
