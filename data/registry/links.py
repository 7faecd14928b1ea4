"""Personal links for providers: no password, a few records, a last day, and a way to take them back."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.registry import checks, people
from data.registry.books import Link
from data.registry.changes import record_of
from data.registry.rights import LINK, Actor, allow, who
from data.registry.store import Store
from errors import Fault, FieldsRefused, NotAllowed, RecordMissing

LONGEST_DAYS: Final = 366
MOST_RECORDS: Final = 50


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
