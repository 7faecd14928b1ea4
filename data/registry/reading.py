"""What anyone may read: records as they are now, their points, and tables of them; no pass is asked."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.registry import quality
from data.registry.books import Change
from data.registry.changes import SEED, record_of
from data.registry.model import KINDS, Record, Sessione, Sportello, columns, content
from data.registry.store import ROME, Store


@dataclass(frozen=True)
class Card:
    """A record to show or to fill a form with: what it says, at which version, with its sessioni."""

    kind: str
    key: str
    version: int
    said: Mapping[str, Any]
    sessioni: tuple["Card", ...] = ()

    @property
    def versions(self) -> dict[str, int]:
        """Key → version of its sessioni, as ``editing.confirm`` asks for them."""
        return {one.key: one.version for one in self.sessioni}


def card(store: Store, kind: str, key: str, *, deleted: bool = False) -> Card:
    """One record; ``RecordMissing`` where it is not there, or was put aside and that is not asked for."""
    with store.reading() as session:
        return _card(session, record_of(session, kind, key, deleted=deleted))


def _card(session: Session, record: Record) -> Card:
    below: tuple[Card, ...] = ()
    if isinstance(record, Sportello):
        there = select(Sessione).where(Sessione.sportello_id == record.id, Sessione.deleted_at.is_(None))
        below = tuple(_card(session, one) for one in session.scalars(there.order_by(Sessione.id)))
    return Card(record.__tablename__, record.id, record.version, content(record), below)


def table(store: Store, kind: str, *, ambito_id: str | None = None, public: bool = False) -> pd.DataFrame:
    """Every record of a kind that is not put aside, in order of key; lists as lists, unknown missing.

    Parameters
    ----------
    ambito_id
        Those of one Ambito only.
    public
        Whether for public pages: evidence of level D is left out.
    """
    model = KINDS[kind]
    asked = select(model).where(model.deleted_at.is_(None)).order_by(model.id)
    if ambito_id is not None:
        asked = asked.where(model.ambito_id == ambito_id)
    if public:
        asked = asked.where(model.evidence != "D")
    if model is Sessione:
        desks = select(Sportello.id).where(Sportello.deleted_at.is_(None))
        asked = asked.where(
            Sessione.sportello_id.in_(desks.where(Sportello.evidence != "D") if public else desks)
        )
    with store.reading() as session:
        said = [{**content(one), "version": one.version} for one in session.scalars(asked)]
    return pd.DataFrame(said, columns=[name for name in columns(kind) if name != "changed_at"], dtype=object)


def points(store: Store, kind: str, key: str, *, precision: str | None = None) -> list[quality.Point]:
    """The quality of one record, criterion by criterion; ``precision`` of its position where it has none itself."""
    shown = card(store, kind, key)
    below = [one.said for one in shown.sessioni]
    return quality.points(quality.Facts(kind, shown.said, store.today(), below, precision))


def qualities(store: Store, kind: str, precisions: Mapping[str, str] | None = None) -> pd.Series:
    """Key → quality from 0 to 1 of every record of a kind; ``precisions`` of positions known from elsewhere."""
    found = {key: quality.score(points) for key, points in _all_points(store, kind, precisions)}
    return pd.Series(found, dtype=float, name="quality")


def scores(store: Store, kind: str, precisions: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Key × criterion: what each record of a kind was given, from 0 to 1; missing where a criterion does not apply."""
    found = {
        key: {point.criterion: point.score for point in points}
        for key, points in _all_points(store, kind, precisions)
    }
    names = [one.__name__ for one in quality.CRITERIA]
    return pd.DataFrame.from_dict(found, orient="index", columns=None, dtype=float).reindex(columns=names)


def _all_points(
    store: Store, kind: str, precisions: Mapping[str, str] | None
) -> Iterator[tuple[str, list[quality.Point]]]:
    """Each record of a kind with its points."""
    sessioni: dict[str, list[Mapping[str, Any]]] = {}
    if kind == "sportelli":
        for one in table(store, "sessioni").to_dict("records"):
            sessioni.setdefault(one["sportello_id"], []).append(
                {str(name): value for name, value in one.items()}
            )
    today = store.today()
    for said in table(store, kind).to_dict("records"):
        key = said["id"]
        named = {str(name): value for name, value in said.items()}
        facts = quality.Facts(kind, named, today, sessioni.get(key, ()), (precisions or {}).get(key))
        yield key, quality.points(facts)


def stamp(store: Store) -> str:
    """A mark of what the registry says now: another after every change, whoever made it."""
    with store.reading() as session:
        last = session.execute(select(Change.id, Change.at).order_by(Change.id.desc()).limit(1)).first()
    return "" if last is None else f"{last.id} {last.at.isoformat()}"


def changed_by_people_on(store: Store) -> dt.date | None:
    """The day a person last changed the registry; missing where it is still as it was seeded."""
    asked = select(Change.at).where(Change.who != SEED).order_by(Change.id.desc()).limit(1)
    with store.reading() as session:
        last = session.scalar(asked)
    return None if last is None else last.astimezone(ROME).date()
