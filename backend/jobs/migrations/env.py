"""Alembic's entry: runs the migrations on the connection it is given, in that one's transaction."""

from alembic import context

from jobs.sql_schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
