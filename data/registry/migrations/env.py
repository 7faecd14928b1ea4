"""Alembic runs this: the migrations, in the transaction that ``data/registry/store.py`` has open."""

from alembic import context

from data.registry import books, model

assert books.Change.metadata is model.Base.metadata
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=model.Base.metadata,
    compare_type=True,
    render_as_batch=False,
)
context.run_migrations()
