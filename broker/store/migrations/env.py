"""Runs migrations on the connection ``broker.store.schema`` hands over; it owns the transaction."""

from alembic import context

from broker.store.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column in place; batches copy the table instead.
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
