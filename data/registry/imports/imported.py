"""The imports that were said yes to: when, by whom, from which file, what they did, whether they were taken back."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from data.registry.books import Account, Change, Import
from data.registry.rights import Actor, who
from data.registry.store import Store
from errors import NotAllowed


@dataclass(frozen=True)
class Imported:
    """One import that was done.

    Parameters
    ----------
    at
        When, in UTC, as ISO 8601.
    who
        Name of the account.
    undone
        Whether it was taken back.
    """

    batch: str
    at: str
    who: str
    source: str
    file: str
    ambito_id: str | None
    added: int
    changed: int
    closed: int
    undone: bool


def done(store: Store, token: str | None, *, most: int = 50) -> list[Imported]:
    """The imports of the Ambiti that whoever asks edits, the latest first."""
    with store.reading() as session:
        actor = who(session, store, token)
        if actor.role == "gestore":
            raise NotAllowed(what="read the imports", why="not_here")
        asked = select(Import, Account.name).outerjoin(Account, Account.id == Import.who)
        found: list[tuple[Import, str | None, dict[str, Any]]] = []
        for line, name in session.execute(asked.order_by(Import.at.desc(), Import.batch)):
            report = json.loads(line.report)
            if _sees(actor, line, report["ambito_id"]) and len(found) < most:
                found.append((line, name, report))
        undone = _taken_back(session, [line.batch for line, _, _ in found])
    return [
        Imported(
            line.batch,
            line.at.isoformat(),
            name or line.who,
            line.source,
            line.file,
            report["ambito_id"],
            report["added"],
            report["changed"],
            report["closed"],
            line.batch in undone,
        )
        for line, name, report in found
    ]


def records(store: Store, token: str | None, batch: str) -> list[tuple[str, str]]:
    """The records that an import wrote, as (kind, key), in the order they were written."""
    if not any(one.batch == batch for one in done(store, token, most=10_000)):
        raise NotAllowed(what=f"read the import {batch}", why="other_ambito")
    with store.reading() as session:
        asked = select(Change.kind, Change.record_id).where(Change.batch == batch).order_by(Change.id)
        return list(dict.fromkeys((kind, key) for kind, key in session.execute(asked)))


def _sees(actor: Actor, line: Import, ambito_id: str | None) -> bool:
    return actor.ambiti is None or line.who == actor.key or ambito_id in actor.ambiti


def _taken_back(session: Session, batches: list[str]) -> set[str]:
    """The batches that have a line which was taken back, and whose taking back was not taken back."""
    line, back, again = aliased(Change), aliased(Change), aliased(Change)
    undone_again = select(again.id).where(again.undoes == back.id).exists()
    asked = (
        select(line.batch).join(back, back.undoes == line.id).where(line.batch.in_(batches), ~undone_again)
    )
    return set(session.scalars(asked))
