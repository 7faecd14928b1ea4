"""Who may do what to which record: asked inside the transaction that does it, from the registry as it is then."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from data.registry import people
from data.registry.books import Link
from data.registry.changes import record_of
from data.registry.model import Record, Sessione, Sportello
from data.registry.store import Store
from errors import NotAllowed, PassRefused

WHY: Final = ("reading_only", "other_ambito", "other_record", "field", "regional", "not_here")
"""Every word a refusal may give as its reason; ``screens/errors.py`` has the Italian for each."""

NOT_FOR_PROVIDERS: Final = frozenset(
    {"ambito_id", "ente_id", "sportello_id", "school_id", "evidence", "source_url", "source_date", "source_kind",
     "caution", "areas_basis", "confirm_every_months"}
)  # fmt: skip
"""What a provider cannot change of its own records: whose they are, and who says so how surely."""

VERBS_OF_PROVIDERS: Final = ("edit", "confirm", "history")
VERBS_ON_THEIR_SESSIONI: Final = ("create", "delete", "restore", "undo")


@dataclass(frozen=True)
class Actor:
    """Whoever asks, as the registry knows them now.

    ``key`` is what the log keeps; ``ambiti`` missing means all of them; ``records`` are those of a link
    (``kind/id``).
    """

    key: str
    role: str
    ambiti: frozenset[str] | None = frozenset()
    records: frozenset[str] = frozenset()


def who(session: Session, store: Store, token: str | None) -> Actor:
    """Who shows this pass or link; ``NotAllowed`` without any, ``PassRefused`` if it does not hold."""
    if not token:
        raise NotAllowed(what="change the registry", why="reading_only")
    if token.startswith(LINK):
        return _provider(session, store, token.removeprefix(LINK))
    account = people.account_of(session, store, token)
    ambiti = None if account.role == "regione" else frozenset(account.ambiti or ())
    return Actor(account.id, account.role, ambiti)


LINK: Final = "link."
"""How the token of a link begins, so that it is never taken for a pass."""


def _provider(session: Session, store: Store, token: str) -> Actor:
    said = people.opened(store, "link", token)
    link = session.get(Link, str(said.get("link")))
    if link is None:
        raise PassRefused(why="forged")
    if link.revoked_at is not None:
        raise PassRefused(why="revoked")
    if store.clock() >= link.expires_at:
        raise PassRefused(why="expired")
    ambiti = None if link.ambiti is None else frozenset(link.ambiti)
    return Actor(link.id, "gestore", ambiti, frozenset(link.records))


def allow(
    session: Session,
    actor: Actor,
    verb: str,
    record: Record,
    fields: Collection[str] = (),
    *,
    theirs: bool = False,
) -> None:
    """Nothing if the actor may do this to the record as it stands; else ``NotAllowed`` with the reason.

    Parameters
    ----------
    verb
        ``create``, ``edit``, ``confirm``, ``delete``, ``restore``, ``undo``, ``history`` or ``link``.
    record
        As it is; for a change of Ambito ask again as it would be.
    fields
        Those that would change.
    theirs
        Whether the change to be undone, or the deletion to be restored, is the actor's own.
    """
    what = f"{verb} {record.__tablename__} {record.id}"
    if actor.ambiti is not None and ambito_of(session, record) not in actor.ambiti:
        raise NotAllowed(what=what, why="other_ambito")
    if actor.role != "gestore":
        return
    if actor.records.isdisjoint(ways_to(session, record)):
        raise NotAllowed(what=what, why="other_record")
    its_own = isinstance(record, Sessione) and verb in VERBS_ON_THEIR_SESSIONI
    if verb not in VERBS_OF_PROVIDERS and not its_own and not (verb == "undo" and theirs):
        raise NotAllowed(what=what, why="not_here")
    if verb in {"restore", "undo"} and not theirs:
        raise NotAllowed(what=what, why="not_here")
    if not NOT_FOR_PROVIDERS.isdisjoint(fields):
        raise NotAllowed(what=what, why="field")


def ambito_of(session: Session, record: Record) -> str | None:
    """Whose a record is; a sessione is of whom its sportello is, whatever it says."""
    if isinstance(record, Sessione):
        desk = session.get(Sportello, record.sportello_id)
        return desk.ambito_id if desk is not None else None
    return record.ambito_id


def ways_to(session: Session, record: Record) -> set[str]:
    """What a link may name to reach a record: itself, its sportello, its ente."""
    ways = {f"{record.__tablename__}/{record.id}"}
    if isinstance(record, Sessione):
        desk = session.get(Sportello, record.sportello_id)
        return ways | (ways_to(session, desk) if desk is not None else set())
    ente: str | None = getattr(record, "ente_id", None)
    return ways | ({f"enti/{ente}"} if ente else set())


def known_as(store: Store, token: str | None) -> Actor:
    """Who shows this pass or link, for a page that greets them; raises as ``who``."""
    with store.reading() as session:
        return who(session, store, token)


def may(store: Store, token: str | None, verb: str, kind: str, key: str) -> bool:
    """Whether a page should offer this; the answer that counts is given again by who does it."""
    try:
        with store.reading() as session:
            allow(session, who(session, store, token), verb, record_of(session, kind, key, deleted=True))
    except (NotAllowed, PassRefused):
        return False
    return True
