"""Alembic runs this: the migrations, in the transaction that ``data/registry/store.py`` has open."""

from alembic import context

from data.registry import books, model, search_index


def ours(_object: object, name: str | None, _kind: str, reflected: bool, _other: object) -> bool:
    """Whether the models should know it: not full-text tables and indexes of one database, nor PostGIS's table."""
    return not (reflected and (name or "").startswith(("search_full", "search_gin_", "spatial_ref_sys")))


assert books.Change.metadata is model.Base.metadata
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=model.Base.metadata,
    compare_type=True,
    render_as_batch=False,
    include_object=ours,
)
context.run_migrations()
search_index.open_index(connection)
