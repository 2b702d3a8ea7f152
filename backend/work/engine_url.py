"""DATABASE_URL in the words of the job engine's own driver (libpq). Pure.

The jobs' tables and the engine's live in one database, but are reached through different drivers.
"""

from typing import Final
from urllib.parse import parse_qsl, urlencode

_CONNECT_SECONDS: Final = "5"  # libpq would wait for ever for a server that does not answer

_SPELLINGS: Final = {"ssl": "sslmode"}
_UNKNOWN_TO_LIBPQ: Final = frozenset(
    {"prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback"}
)


def engine_url(database_url: str) -> str:
    """The URL the engine connects with. SQLite's is unchanged but for the driver's name."""
    scheme, _, rest = database_url.partition("://")
    if scheme.startswith("sqlite"):
        return f"sqlite://{rest}"
    address, _, query = rest.partition("?")
    given = {_SPELLINGS.get(name, name): value for name, value in parse_qsl(query)}
    options = {"connect_timeout": _CONNECT_SECONDS, **given}
    known = {name: value for name, value in options.items() if name not in _UNKNOWN_TO_LIBPQ}
    return f"postgresql://{address}?{urlencode(known)}"
