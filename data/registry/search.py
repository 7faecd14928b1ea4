"""Finding records by words and by what they are: accents and capitals do not matter, beginnings of words do.

All words must be there. Records whose name has them come first; then by how telling the words are, as long as few
records have them; then by name. A page ends with a cursor that opens the next one.
"""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz, process
from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from data.registry import freshness, search_index
from data.registry.folding import asked_words
from data.registry.search_index import CODE, Entry, Word
from data.registry.store import Store
from errors import UnknownCode

RANKED: Final = 2000
"""Up to how many records are put in order by how telling the words are; beyond, words tell little."""
ALMOST: Final = 1e-9
"""What a bound of quality forgives: sums of points are not exact."""
CLOSE: Final = 72
"""How alike (0 to 100) a word must be to be suggested."""


@dataclass(frozen=True)
class Asked:
    """What is looked for; what is left empty does not matter.

    ``states`` are those of ``freshness`` (what is closed has none), ``lowest`` and ``highest`` bound quality, both
    included; ``deleted`` shows what was put aside too; ``public`` leaves out evidence of level D.
    """

    text: str = ""
    kinds: tuple[str, ...] = ("sportelli", "associazioni", "enti", "mediazione")
    ambito_id: str | None = None
    service_kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    deleted: bool = False
    public: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A record that was found; ``state`` is empty for what nobody has to confirm any more."""

    kind: str
    key: str
    name: str
    ambito_id: str | None
    comune_code: str | None
    ente: str | None
    quality: float | None
    state: str
    lon: float | None
    lat: float | None
    service_kind: str | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Page:
    """Some of what was found, how much there is, and the cursor of the next page (missing at the end)."""

    hits: tuple[Hit, ...]
    total: int
    more: str | None


@dataclass(frozen=True)
class Place:
    """Where a page ended: names that match or others, then rank, name and number of the last one."""

    in_name: bool
    rank: float
    sorted_as: str
    number: int


def find(store: Store, asked: Asked, *, limit: int = 50, after: str | None = None) -> Page:
    """A page of what is asked.

    Parameters
    ----------
    limit
        How many on a page.
    after
        The cursor of the page before.

    Raises
    ------
    UnknownCode
        If the cursor is none of ours.
    """
    start = None if after is None else _place(after)
    words, codes, today = asked_words(asked.text), _codes(asked), store.today()
    if codes is None or (asked.text.strip() and not words):
        return Page((), 0, None)
    with store.reading() as session:
        match = MATCHES[session.get_bind().dialect.name]
        by_words = bool(words or codes)
        wide = _what(asked) if by_words else []
        bounds = _of_the_day(asked, today) + ([] if by_words else _bounds(asked))
        counted = select(func.count()).select_from(Entry).where(*bounds) if bounds else None
        total = session.scalar(match(counted, words, codes + wide, None, ranked=False)[0]) or 0
        if ranked := bool(words) and total <= RANKED:
            wide, bounds = [], _of_the_day(asked, today) + _bounds(asked)
        places: list[Place] = []
        for in_name in (True, False) if words else (False,):
            wanted = limit + 1 - len(places)
            if not total or wanted < 1 or (start is not None and in_name > start.in_name):
                continue
            beyond = start if start is not None and start.in_name == in_name else None
            few = select(Entry.sorted_as, Entry.number).where(*bounds)
            rows, rank = match(few, words, codes + wide, in_name if words else None, ranked=ranked)
            places += _tier(session, rows, rank if ranked else None, in_name, beyond, wanted)
        hits = _hits(session, places[:limit], today)
    more = _cursor(places[limit - 1]) if len(places) > limit else None
    return Page(hits, total, more)


def _tier(
    session: Session,
    rows: Select[Any],
    rank: ColumnElement[float] | None,
    in_name: bool,
    beyond: Place | None,
    most: int,
) -> list[Place]:
    """The next places of one tier: a few are put in order here, many by the database's index of names."""
    if rank is not None:
        said = session.execute(rows.add_columns(rank.label("rank")))
        found = sorted(
            (Place(in_name, round(one.rank, 6), one.sorted_as, one.number) for one in said), key=_order
        )
        return [one for one in found if beyond is None or _order(one) > _order(beyond)][:most]
    if beyond is not None:
        last = tuple_(literal(beyond.sorted_as), literal(beyond.number))
        rows = rows.where(tuple_(Entry.sorted_as, Entry.number) > last)
    rows = rows.order_by(Entry.sorted_as, Entry.number).limit(most)
    return [Place(in_name, 0.0, one.sorted_as, one.number) for one in session.execute(rows)]


def _order(one: Place) -> tuple[float, str, int]:
    return one.rank, one.sorted_as, one.number


def _quality(today: dt.date) -> ColumnElement[float | None]:
    recency = case((Entry.due_on > today, 1.0), (Entry.half_until > today, 0.5), else_=0.0)
    return (Entry.points + recency) / func.nullif(Entry.criteria, 0)


def _state(today: dt.date) -> ColumnElement[str]:
    return case(
        (Entry.gone, ""),
        (Entry.due_on.is_(None), freshness.NEVER),
        (Entry.due_on <= today, freshness.OVERDUE),
        else_=freshness.CONFIRMED,
    )


def _bounds(asked: Asked) -> list[ColumnElement[bool]]:
    """What an entry must be."""
    found: list[ColumnElement[bool]] = [Entry.kind.in_(_plain(asked.kinds))]
    if not asked.deleted:
        found.append(Entry.aside.is_(False))
    if asked.ambito_id is not None:
        found.append(Entry.ambito_id.in_(_plain([asked.ambito_id])))
    if asked.service_kinds:
        found.append(Entry.service_kind.in_(_plain(asked.service_kinds)))
    return found


def _what(asked: Asked) -> list[list[str]]:
    """The same as codes among the words: where many are found, this is quicker than looking at each."""
    wanted: dict[str, Sequence[str]] = {"k": _plain(asked.kinds) or ["-"]}
    if not asked.deleted:
        wanted["x"] = ["0"]
    if asked.ambito_id is not None:
        wanted["a"] = _plain([asked.ambito_id]) or ["-"]
    if asked.service_kinds:
        wanted["s"] = _plain(asked.service_kinds) or ["-"]
    return [[f"={letter}-{code}" for code in codes] for letter, codes in wanted.items()]


def _of_the_day(asked: Asked, today: dt.date) -> list[ColumnElement[bool]]:
    """What an entry must be today: its state, its quality, and who vouches for it."""
    found: list[ColumnElement[bool]] = []
    if asked.public:
        found.append(Entry.evidence != "D")
    if asked.evidence:
        found.append(Entry.evidence.in_(asked.evidence))
    if asked.states:
        found.append(_state(today).in_(_plain(asked.states)))
    if asked.lowest is not None:
        found.append(_quality(today) >= asked.lowest - ALMOST)
    if asked.highest is not None:
        found.append(_quality(today) <= asked.highest + ALMOST)
    return found


def _plain(codes: Iterable[str]) -> list[str]:
    """The codes that look like codes: no other is anywhere, and no database need hear of it."""
    return [code for code in codes if CODE.fullmatch(code)]


def _codes(asked: Asked) -> list[list[str]] | None:
    """For themes and for languages the codes of which one must be there; missing if none of them can be."""
    found = []
    for letter, codes in (("t", asked.themes), ("l", asked.languages)):
        known = [f"={letter}-{code}" for code in _plain(codes)]
        if codes and not known:
            return None
        found += [known] if known else []
    return found


Matched = tuple[Select[Any], ColumnElement[float]]
"""A question narrowed to what has the words, and how telling they are (less is more).

Without a question: how many have them.
"""


def _on_sqlite(
    rows: Select[Any] | None,
    words: Sequence[str],
    codes: list[list[str]],
    in_name: bool | None,
    *,
    ranked: bool,
) -> Matched:
    """By the full-text table, asked once; every word is quoted, and has letters and digits only."""
    if rows is not None and not words and not codes:
        return rows, literal(0.0)
    wanted = " AND ".join(f'"{word}"*' for word in words)
    everywhere = [f"{{all_words}} : ({wanted})"] if words and not in_name else []
    in_names = [f"{{name_words}} : ({wanted})"] if words and in_name else []
    any_of = [" OR ".join(f'"{code}"' for code in some) for some in codes]
    either = [f"{{all_words}} : ({some})" for some in any_of]
    said = " AND ".join(f"({part})" for part in [*everywhere, *in_names, *either])
    if words and in_name is False:
        said = f"({said}) NOT ({{name_words}} : ({wanted}))"
    full = table("search_full", column("rowid"))
    telling = func.bm25(literal_column("search_full")) if ranked else literal(0.0)
    asked = select(full.c.rowid, telling.label("telling")).where(
        literal_column("search_full").bool_op("MATCH")(said)
    )
    found = asked.cte("found").prefix_with("MATERIALIZED")
    if rows is None:
        return select(func.count()).select_from(found), found.c.telling
    return rows.join(found, found.c.rowid == Entry.number), found.c.telling


def _on_postgres(
    rows: Select[Any] | None,
    words: Sequence[str],
    codes: list[list[str]],
    in_name: bool | None,
    *,
    ranked: bool,
) -> Matched:
    """By the vectors of words; every word is quoted, and has letters and digits only."""
    if rows is not None and not words and not codes:
        return rows, literal(0.0)
    wanted = " & ".join(f"'{word}':*" for word in words)
    any_of = [" | ".join(f"'{code}'" for code in some) for some in codes]
    either = [f"({some})" for some in any_of]
    asked = cast(" & ".join([wanted] * bool(words) + either), TSQUERY)
    rows = select(func.count()).select_from(Entry) if rows is None else rows
    rows = rows.where(Entry.all_words.bool_op("@@")(asked))
    if in_name is not None:
        inside = Entry.name_words.bool_op("@@")(cast(wanted, TSQUERY))
        rows = rows.where(inside if in_name else not_(inside))
    return rows, cast(-func.ts_rank(Entry.all_words, asked), Double) if ranked else literal(0.0)


MATCHES: Final[dict[str, Callable[..., Matched]]] = {"sqlite": _on_sqlite, "postgresql": _on_postgres}
"""Database → how words are found there."""


def _hits(session: Session, places: Sequence[Place], today: dt.date) -> tuple[Hit, ...]:
    """The entries at these places, in their order."""
    asked = select(Entry, _quality(today), _state(today)).where(
        Entry.number.in_([one.number for one in places])
    )
    found = {entry.number: _hit(entry, quality, state) for entry, quality, state in session.execute(asked)}
    return tuple(found[one.number] for one in places)


def _hit(one: Entry, quality: float | None, state: str) -> Hit:
    return Hit(
        one.kind, one.record_id, one.name, one.ambito_id, one.comune_code, one.ente, quality, state, one.lon, one.lat,
        one.service_kind, one.aside,
    )  # fmt: skip


def _cursor(place: Place) -> str:
    said = json.dumps([place.in_name, place.rank, place.sorted_as, place.number])
    return base64.urlsafe_b64encode(said.encode()).decode()


def _place(cursor: str) -> Place:
    """Where a cursor points; it is only ever compared with, never run."""
    try:
        in_name, rank, sorted_as, number = json.loads(base64.urlsafe_b64decode(cursor))
        place = Place(bool(in_name), float(rank), str(sorted_as), int(number))
    except (binascii.Error, ValueError, TypeError) as fault:
        raise UnknownCode(what="page", codes=[cursor[:80]]) from fault
    if "\0" in place.sorted_as or not 0 <= place.number < 2**31:
        raise UnknownCode(what="page", codes=[cursor[:80]])
    return place


def suggest(store: Store, text: str) -> str | None:
    """What may have been meant, where a word of the text begins no word of the index; missing if nothing is like it.

    The suggestion finds something, or is not made.
    """
    with store.reading() as session:
        known = list(session.scalars(select(Word.word).order_by(Word.word)))
    meant, other = [], False
    for word in asked_words(text):
        if any(one.startswith(word) for one in known):
            meant.append(word)
            continue
        near = [one for one in known if abs(len(one) - len(word)) <= 2]
        best = process.extract(word, near, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=20)
        if not best:
            return None
        meant.append(min(best, key=lambda one: (-one[1], one[0][0] != word[0], one[0]))[0])
        other = True
    said = " ".join(meant)
    return said if other and find(store, Asked(said, kinds=search_index.SEARCHED), limit=1).total else None


def reindex(store: Store) -> None:
    """Make the index again from nothing."""
    with store.writing() as session:
        search_index.rebuild(session)
