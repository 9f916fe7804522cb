"""Alembic's environment: runs the revisions on the engine that `webapp.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import webapp.models  # noqa: F401 - fills SQLModel.metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
