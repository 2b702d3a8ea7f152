"""The tables that hold the truth, for SQLite and PostgreSQL. Changes go through `migrations/`.

Columns are what queries ask for; the rest of a job is one JSON text, `detail`. `document` holds the
bytes clients see, rendered in the same transaction as the change they tell of.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", String(200)),
    Column("deleted", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("deadline_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("detail", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("retry_after", Integer, nullable=False),
    Column("document", LargeBinary, nullable=False),
    # Of the last change. Kept by triggers (migration 0002), whoever writes: never set it.
    Column("change_number", BigInteger, nullable=False, server_default="0"),
    # Ids sort by creation time, so they are the keyset of the list, newest first.
    Index("jobs_of_owner", "owner", "id"),
    Index("jobs_of_owner_by_status", "owner", "status", "id"),
    Index("jobs_of_worker", "worker"),
    Index("jobs_by_deadline", "done", "deadline_at"),
    # With ids, as one transaction may change all jobs: pages of them need no sorting.
    Index("jobs_by_change", "change_number", "id"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("expires_at", Double, nullable=False),
)
