"""Whether the registry is whole: the database's own check, its references, the log against the records, and reports."""

from sqlalchemy import text

from data.registry import reports
from data.registry.changes import disagreements
from data.registry.store import Store


def faults(store: Store) -> list[str]:
    """Every fault found; an empty list is a good registry."""
    with store.reading() as session:
        found: list[str] = []
        if store.engine.dialect.name == "sqlite":
            found += [row for row in session.scalars(text("PRAGMA integrity_check")) if row != "ok"]
            found += [str(tuple(row)) for row in session.execute(text("PRAGMA foreign_key_check"))]
        return found + disagreements(session) + reports.astray(session)
