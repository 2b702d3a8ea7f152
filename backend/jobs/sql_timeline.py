"""Which history a PostgreSQL server writes: EDGE. A replica that takes over begins a timeline: it
may lack what the server before it had committed last.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jobs.sql_database import Connection

_TIMELINE: Final = text("""
SELECT CASE WHEN pg_is_in_recovery() THEN ''
    ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END
""")


async def timeline_of(connection: Connection) -> str:
    """The timeline's name. Empty where the server does not tell: everybody may ask PostgreSQL 13 to
    17 as they come, but not each managed one.
    """
    try:
        return str((await connection.execute(_TIMELINE)).scalar_one())
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return ""
