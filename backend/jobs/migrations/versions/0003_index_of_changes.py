"""The index of changes. PostgreSQL makes it while others read and write, however long it takes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAME = "jobs_by_change"
_COLUMNS = ["change_number", "id"]
# One that was being made when a server or a process ended stays, and is of no use.
_IS_HALF_MADE = sa.text(
    f"SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{_NAME}')"
)


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.create_index(_NAME, "jobs", _COLUMNS)
        return
    with op.get_context().autocommit_block():
        if op.get_bind().execute(_IS_HALF_MADE).scalar():
            op.drop_index(_NAME, "jobs", postgresql_concurrently=True)
        op.create_index(_NAME, "jobs", _COLUMNS, postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    op.drop_index(_NAME, "jobs")
