"""The number of each job's last change, by which followers find what is new to them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A constant default is in the catalogue alone: neither database rewrites the rows for it.
    number = sa.Column("change_number", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("jobs", number)
    op.create_index("jobs_by_change", "jobs", ["change_number"])


def downgrade() -> None:
    op.drop_index("jobs_by_change", "jobs")
    op.drop_column("jobs", "change_number")
