"""Personal links for providers: no password, a few records, a last day, and a way to take them back."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.registry import checks, people, search
from data.registry.books import Account, Link
from data.registry.changes import record_of
from data.registry.model import KINDS, Associazione, Ente, Mediazione, Record, Sessione, Sostegno, Sportello
from data.registry.rights import LINK, Actor, allow, who
from data.registry.store import Store
from errors import Fault, FieldsRefused, NotAllowed, RecordMissing

LONGEST_DAYS: Final = 366
MOST_RECORDS: Final = 50
OFFERED: Final = ("sportelli", "enti", "associazioni")
"""The kinds that links are given for."""


@dataclass(frozen=True)
class Given:
    """A link that was given: to what, to which office, until when, and whether it was taken back."""

    id: str
    records: tuple[str, ...]
    label: str
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None


def give(
    store: Store, token: str | None, *, records: Sequence[tuple[str, str]], label: str, days: int = 90
) -> str:
    """A link to some records (kind, key), for those who run them; shown once, not kept.

    Whoever gives it must be an editor of every one. An ente's link reaches its sportelli and sessioni too, as
    long as they are in the Ambiti of whoever gave it.
    """
    with store.writing() as session:
        actor = who(session, store, token)
        _editor(actor)
        found = {
            ("records", "needed", ""): not 1 <= len(records) <= MOST_RECORDS,
            ("days", "outside", str(days)): not 1 <= days <= LONGEST_DAYS,
        }
        faults = [Fault(*fault) for fault, holds in found.items() if holds]
        faults += [Fault("label", why, label[:80]) for why in checks.characters(label, longest=120)]
        if not label.strip():
            faults.append(Fault("label", "needed", ""))
        if faults:
            raise FieldsRefused(kind="links", faults=faults)
        for kind, key in records:
            allow(session, actor, "link", record_of(session, kind, key))
        made = Link(
            id=f"link-{secrets.token_hex(8)}",
            records=sorted({f"{kind}/{key}" for kind, key in records}),
            ambiti=None if actor.ambiti is None else sorted(actor.ambiti),
            label=label.strip(),
            created_by=actor.key,
            created_at=store.clock(),
            expires_at=store.clock() + dt.timedelta(days=days),
        )
        session.add(made)
    return LINK + people.sealed(store, "link", {"link": made.id})


def take_back(store: Store, token: str | None, link_id: str) -> None:
    """Revoke a link: by the regional editors, or those of all the Ambiti it was given for."""
    with store.writing() as session:
        actor = who(session, store, token)
        _editor(actor)
        link = session.get(Link, link_id)
        if link is None:
            raise RecordMissing(kind="links", key=link_id)
        if not _theirs(actor, link):
            raise NotAllowed(what=f"take back {link_id}", why="other_ambito")
        if link.revoked_at is None:
            link.revoked_at, link.revoked_by = store.clock(), actor.key


def given(store: Store, token: str | None) -> list[Given]:
    """The links that whoever asks could take back, the latest first."""
    with store.reading() as session:
        actor = who(session, store, token)
        _editor(actor)
        return [_as_given(one) for one in _latest(session) if _theirs(actor, one)]


def called(store: Store, token: str | None) -> str:
    """What to call whoever shows this pass or link: the name of the account, the label of the link.

    Raises as ``rights.who`` where it does not hold.
    """
    with store.reading() as session:
        actor = who(session, store, token)
        if actor.role == "gestore":
            return session.get_one(Link, actor.key).label
        return session.get_one(Account, actor.key).name


@dataclass(frozen=True)
class Named:
    """A record by its name; ``ambito_id`` missing where it is of none."""

    kind: str
    key: str
    name: str
    ambito_id: str | None


def reached(store: Store, token: str | None) -> list[Named]:
    """The records that whoever shows this link may change, by name: those it names, and what hangs on an ente.

    Sessioni are part of their sportello and are not listed.
    """
    with store.reading() as session:
        actor = who(session, store, token)
        own = [one.split("/", 1) for one in sorted(actor.records)]
        found = [session.get(KINDS[kind], key) for kind, key in own if kind in KINDS]
        enti = [key for kind, key in own if kind == "enti"]
        for model in (Sportello, Mediazione, Sostegno):
            found += session.scalars(select(model).where(model.ente_id.in_(enti)).order_by(model.id))
        there = {f"{one.__tablename__}/{one.id}": one for one in found if one is not None}
        return [_named(session, one) for one in there.values() if _open(session, actor, one)]


def _open(session: Session, actor: Actor, record: Record) -> bool:
    try:
        allow(session, actor, "edit", record)
    except NotAllowed:
        return False
    return record.deleted_at is None


def _named(session: Session, record: Record) -> Named:
    return Named(record.__tablename__, record.id, _name(session, record), record.ambito_id)


def _name(session: Session, record: Record) -> str:
    """What a person calls a record; one without a name of its own is called by what it hangs on."""
    if isinstance(record, (Ente, Sportello, Associazione)):
        return record.name
    if isinstance(record, Sessione):
        return session.get_one(Sportello, record.sportello_id).name
    ente = (
        session.get(Ente, record.ente_id)
        if isinstance(record, (Mediazione, Sostegno)) and record.ente_id
        else None
    )
    own = record.school_id if isinstance(record, Sostegno) else getattr(record, "area_note", None)
    return " · ".join(one for one in (ente and ente.name, own) if one) or record.id


def offered(store: Store, token: str | None, text: str, *, limit: int = 30) -> list[Named]:
    """Sportelli, enti and associazioni that an editor may give a link to, as searching for the words finds them."""
    with store.reading() as session:
        actor = who(session, store, token)
        _editor(actor)
    found: list[Named] = []
    for ambito_id in [None] if actor.ambiti is None else sorted(actor.ambiti):
        asked = search.Asked(text, OFFERED, ambito_id)
        hits = search.find(store, asked, limit=limit).hits
        found += [Named(hit.kind, hit.key, hit.name, hit.ambito_id) for hit in hits]
    return found[:limit]


def names_of(store: Store, records: Sequence[str]) -> dict[str, str]:
    """``kind/id`` → name, of those that are there; anyone may read a name."""
    with store.reading() as session:
        pairs = [(one, *one.split("/", 1)) for one in records if one.count("/") == 1]
        found = {one: session.get(KINDS[kind], key) for one, kind, key in pairs if kind in KINDS}
        return {one: _name(session, record) for one, record in found.items() if record is not None}


def _latest(session: Session) -> list[Link]:
    return list(session.scalars(select(Link).order_by(Link.created_at.desc(), Link.id)))


def _editor(actor: Actor) -> None:
    if actor.role == "gestore":
        raise NotAllowed(what="give or take back links", why="not_here")


def _theirs(actor: Actor, link: Link) -> bool:
    if actor.ambiti is None:
        return True
    return link.ambiti is not None and actor.ambiti >= set(link.ambiti)


def _as_given(link: Link) -> Given:
    return Given(
        link.id,
        tuple(link.records),
        link.label,
        link.created_by,
        link.created_at,
        link.expires_at,
        link.revoked_at,
    )
