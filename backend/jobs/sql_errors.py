"""What the databases' libraries raise when a database is away, in one error of ours: EDGE.

Keeps away from everybody else which libraries these are. What is quoted holds no secrets: drivers
name users and hosts, never passwords.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from jobs.errors import StoreUnavailable

POSTGRES_ERRORS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,  # a TimeoutError, too
)
"""Whatever asyncpg raises where a question has no answer."""
DATABASE_ERRORS: Final = (DBAPIError, PoolTimeout, sqlite3.Error, *POSTGRES_ERRORS)
_QUOTED: Final = 200  # characters of a driver's own message


def unavailable(error: Exception) -> StoreUnavailable:
    """What to raise from one of `DATABASE_ERRORS`: it quotes the first line of the driver's own."""
    said = str(getattr(error, "orig", None) or error).partition("\n")[0][:_QUOTED]
    return StoreUnavailable(f"The database does not answer: {said or type(error).__name__}")


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Database errors become ours."""
    try:
        yield
    except DATABASE_ERRORS as error:
        raise unavailable(error) from error
