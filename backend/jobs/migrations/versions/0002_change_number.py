"""The number of each job's last change, by which followers find what is new to them.

Triggers keep it, so that all who write are told of: processes of an older version, and people.
PostgreSQL: the transaction's id, which tells whether a snapshot saw it; not the order of commits.
SQLite: one more than any before, as writers come one after the other there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_POSTGRES = (
    """
    CREATE FUNCTION number_change_of_job() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.change_number := pg_current_xact_id()::text::bigint;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER number_change BEFORE INSERT OR UPDATE ON jobs
    FOR EACH ROW EXECUTE FUNCTION number_change_of_job()
    """,
)
# Not of `change_number`: a trigger's own update must not fire it again.
_SQLITE = tuple(
    f"""
    CREATE TRIGGER {name} AFTER {event} ON jobs BEGIN
        UPDATE jobs SET change_number = (SELECT max(change_number) + 1 FROM jobs)
        WHERE id = NEW.id;
    END
    """
    for name, event in (
        ("number_new_job", "INSERT"),
        (
            "number_change",
            "UPDATE OF id, owner, version, done, deleted, retry_after, document",
        ),
    )
)


def upgrade() -> None:
    on_sqlite = op.get_context().dialect.name == "sqlite"
    if not on_sqlite:  # whoever waits for this lock has all polls wait behind it
        op.execute("SET LOCAL lock_timeout = '500ms'")
    # A constant default is in the catalogue alone: neither database rewrites the rows for it.
    number = sa.Column("change_number", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("jobs", number)
    for statement in _SQLITE if on_sqlite else _POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER number_new_job")
        op.execute("DROP TRIGGER number_change")
    else:
        op.execute("DROP FUNCTION number_change_of_job() CASCADE")
    op.drop_column("jobs", "change_number")
