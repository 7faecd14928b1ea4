"""Records that may be one and the same: proposed with a score and the reasons, within and across Ambiti.

Only pairs that share something telling are compared (a telephone, a page, a rare word in the same comune), so that
many records take seconds. What a person said is not the same is never proposed again.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from data import catalog
from data.registry.books import Distinct
from data.registry.changes import record_of
from data.registry.likeness import LEGAL, PLAIN, Rarity, Reason, Traits, traits
from data.registry.likeness import alike as _alike
from data.registry.model import KINDS
from data.registry.rights import Actor, allow, ambito_of, who
from data.registry.search_index import Entry
from data.registry.store import Store
from errors import NotAllowed, RecordMissing

COMPARED: Final = ("sportelli", "associazioni", "enti")
"""The kinds that are compared; what has no name or contacts of its own is not."""
LEAST: Final = 0.75
"""The score from which a pair is proposed."""
STRONG_MOST, WEAK_MOST = 60, 25
"""How many records may share a thing for it to bring pairs together: what more have tells nothing."""
STRONG: Final = frozenset({"phone", "email", "web", "address", "name"})
FIELDS: Final = ("id", "name", "phone", "email", "web", "address", "comune_code", "ente_id", "lon", "lat")


@dataclass(frozen=True)
class Pair:
    """Two records that may be one; ``one`` is empty for a record that is not in the registry yet."""

    kind: str
    one: str
    other: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass
class Known:
    """The records of a kind, ready to be compared."""

    rarity: Rarity
    of: dict[str, Traits] = field(default_factory=dict)
    ambito: dict[str, str | None] = field(default_factory=dict)
    blocks: dict[tuple[str, ...], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: Traits, ambito_id: str | None) -> None:
        """One more record."""
        self.of[one.key], self.ambito[one.key] = one, ambito_id
        for block in blocks(one, self.rarity):
            self.blocks[block].append(one.key)


def pairs(
    store: Store, *, kind: str = "sportelli", ambito_id: str | None = None, least: float = LEAST
) -> list[Pair]:
    """Every pair of a kind that may be one record, the likeliest first.

    Parameters
    ----------
    ambito_id
        Only pairs of which at least one is of this Ambito.
    least
        The lowest score, from 0 to 1.
    """
    with store.reading() as session:
        known = _known(session, kind)
        apart = _distinct(session, kind)
    found = []
    for one, other in _meetings(known):
        if ambito_id is not None and ambito_id not in {known.ambito[one], known.ambito[other]}:
            continue
        score, reasons = _alike(known.of[one], known.of[other], known.rarity)
        if score >= least and (one, other) not in apart:
            found.append(Pair(kind, one, other, round(score, 3), reasons))
    return sorted(found, key=_likeliest)


def like(
    store: Store, kind: str, said: Mapping[str, Any], *, least: float = LEAST, but: Collection[str] = ()
) -> list[Pair]:
    """The records that what is being written may already be, the likeliest first; ``but`` are not meant."""
    with store.reading() as session:
        known = _known(session, kind, near=said)
    return [pair for pair in _matches(known, kind, said, least) if pair.other not in but]


def alike(
    store: Store, kind: str, many: Sequence[Mapping[str, Any]], *, least: float = LEAST
) -> list[list[Pair]]:
    """The same as ``like`` for many at once, one list for each."""
    with store.reading() as session:
        known = _known(session, kind)
    return [_matches(known, kind, said, least) for said in many]


def _likeliest(pair: Pair) -> tuple[float, str, str]:
    return -pair.score, pair.one, pair.other


def _matches(known: Known, kind: str, said: Mapping[str, Any], least: float) -> list[Pair]:
    mine = traits(kind, "", said, _comuni().get(said.get("comune_code") or "", ""))
    met = dict.fromkeys(key for block in blocks(mine, known.rarity) for key in _few(known, block))
    scored = [(key, *_alike(mine, known.of[key], known.rarity)) for key in met]
    found = [
        Pair(kind, "", key, round(score, 3), reasons) for key, score, reasons in scored if score >= least
    ]
    return sorted(found, key=_likeliest)


def _few(known: Known, block: tuple[str, ...]) -> list[str]:
    there = known.blocks.get(block, [])
    return there if len(there) <= (STRONG_MOST if block[0] in STRONG else WEAK_MOST) else []


def _meetings(known: Known) -> Iterator[tuple[str, str]]:
    """Every two records that share something, once."""
    met: set[tuple[str, str]] = set()
    for block in known.blocks:
        there = sorted(_few(known, block))
        for place, one in enumerate(there):
            for other in there[place + 1 :]:
                if (one, other) not in met:
                    met.add((one, other))
                    yield one, other


def blocks(one: Traits, rarity: Rarity) -> list[tuple[str, ...]]:
    """What may bring a record together with another; the first word says of what sort it is."""
    found: list[tuple[str, ...]] = [("phone", each) for each in one.phones]
    found += [("email", each) for each in one.emails]
    if "/" in one.web:
        found.append(("web", one.web))
    elif one.web:
        found.append(("site", one.web))
    telling = sorted(
        (word for word in one.words if word not in LEGAL), key=lambda word: (-rarity(word), word)
    )
    if telling:
        found.append(("name", one.comune, " ".join(sorted(telling))))
    rare = [word for word in telling if word not in PLAIN and word not in one.place][:3]
    found += [("word", one.comune, word[:5]) for word in rare]
    found += [("anywhere", word) for word in rare[:2]]
    if one.street and one.comune:
        found.append(("address", one.comune, min(one.street.split()), one.civic))
    if one.ente and one.comune:
        found.append(("ente", one.ente, one.comune))
    return list(dict.fromkeys(found))


def _known(session: Session, kind: str, near: Mapping[str, Any] | None = None) -> Known:
    """The records of a kind that are not put aside; with ``near`` only those that could be it."""
    model: Any = KINDS.get(kind)
    if model is None:
        raise RecordMissing(kind=kind, key="")
    names = session.scalars(select(Entry.sorted_as).where(Entry.kind == kind, Entry.aside.is_(False))).all()
    known = Known(Rarity(Counter(word for name in names for word in set(name.split())), len(names)))
    if kind not in COMPARED:
        return known
    held = [name for name in FIELDS if name in model.__table__.columns]
    asked = select(*(getattr(model, name) for name in held), model.ambito_id).where(
        model.deleted_at.is_(None)
    )
    if near is not None and near.get("comune_code"):
        asked = asked.where(or_(*_near(kind, model, near)))
    comuni = _comuni()
    for row in session.execute(asked.order_by(model.id)):
        said = dict(zip(held, row, strict=False))
        known.add(traits(kind, said["id"], said, comuni.get(said.get("comune_code") or "", "")), row[-1])
    return known


def _near(kind: str, model: Any, said: Mapping[str, Any]) -> Iterable[ColumnElement[bool]]:
    """What a record must have one of, to be worth comparing: the comune, an unknown one, or a contact."""
    yield model.comune_code == said["comune_code"]
    yield model.comune_code.is_(None)
    for name in ("phone", "email", "web"):
        if said.get(name):
            yield getattr(model, name) == said[name]
    mine = traits(kind, "", said)
    for phone in mine.phones:
        yield model.phone.contains(phone[-4:], autoescape=True)
    if mine.host:
        yield model.web.contains(mine.host, autoescape=True)


@cache
def _comuni() -> Mapping[str, str]:
    names = catalog.load("comuni")
    return dict(zip(names["comune_code"], names["comune"], strict=True))


def _distinct(session: Session, kind: str) -> set[tuple[str, str]]:
    asked = select(Distinct.one, Distinct.other).where(Distinct.kind == kind)
    return {(one, other) for one, other in session.execute(asked)}


def not_the_same(store: Store, token: str | None, kind: str, one: str, other: str) -> None:
    """Have a pair never proposed again; for who may edit one of the two, but not by a link."""
    with store.writing() as session:
        first, second, actor = _both(session, store, token, kind, one, other)
        if session.get(Distinct, (kind, first, second)) is None:
            session.add(Distinct(kind=kind, one=first, other=second, who=actor.key, at=store.clock()))


def same_after_all(store: Store, token: str | None, kind: str, one: str, other: str) -> None:
    """Take back that two records are not the same."""
    with store.writing() as session:
        first, second, _ = _both(session, store, token, kind, one, other)
        said = session.get(Distinct, (kind, first, second))
        if said is None:
            raise RecordMissing(kind="distincts", key=f"{first} {second}")
        session.delete(said)


def _both(
    session: Session, store: Store, token: str | None, kind: str, one: str, other: str
) -> tuple[str, str, Actor]:
    """The two keys in order and who asks, if they may say what these two are."""
    actor = who(session, store, token)
    records = [record_of(session, kind, key, deleted=True) for key in sorted((one, other))]
    if one == other:
        raise RecordMissing(kind=kind, key=other)
    what = f"compare {kind} {one} {other}"
    if actor.role == "gestore":
        raise NotAllowed(what=what, why="not_here")
    theirs = [
        record for record in records if actor.ambiti is None or ambito_of(session, record) in actor.ambiti
    ]
    if not theirs:
        raise NotAllowed(what=what, why="other_ambito")
    allow(session, actor, "edit", theirs[0])
    return records[0].id, records[1].id, actor
