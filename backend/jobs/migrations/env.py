"""Alembic's entry: runs the migrations on the connection it is given. On one that is in a
transaction, within that one; else each migration in a transaction of its own.
"""

from alembic import context

from jobs.sql_schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
