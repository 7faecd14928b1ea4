"""Which field a column is: by its head, by a head like it, by its cells; and as a person said it last time."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process
from sqlalchemy import select

from data.registry import rights
from data.registry.books import ColumnMap
from data.registry.imports import places
from data.registry.imports.codes import fold, listed, rows
from data.registry.store import Store
from errors import NotAllowed, UnknownCode

if TYPE_CHECKING:
    from data.registry.imports.grids import Cell
    from data.registry.imports.sheets import Sheet

DAYS: Final = ("hours:Mo", "hours:Tu", "hours:We", "hours:Th", "hours:Fr", "hours:Sa", "hours:Su")
FIELDS: Final = (
    "id", "ente", "ente_kind", "name", "associazione", "kind", "address", "civic", "postcode", "comune", "comune_code",
    "province", "ambito", "phone", "email", "web", "lat", "lon", "point", "hours", "days", "opens", "closes", *DAYS,
    "hours_note", "reception", "languages", "themes", "targets", "access", "access_note", "cost", "mediator",
    "capacity", "status", "confirmed_on", "source_url", "evidence", "notes", "description", "areas", "communities",
    "activities",
)  # fmt: skip
"""Every field a column may be; ``screens/import_words.py`` has the Italian for each."""
SEVERAL: Final = frozenset(
    {"phone", "email", "hours", *DAYS, "hours_note", "access_note", "languages", "themes", "targets", "notes",
     "description", "areas", "communities", "activities"}
)  # fmt: skip
"""Fields that more than one column may feed."""
WHY: Final = ("remembered", "name", "like", "content", "private", "taken", "none")
"""Why a field is proposed for a column, or none is."""

SURE: Final = 0.85
LIKE: Final = 86
PERSONS: Final = re.compile(
    r"\b(?:referent[ei]|operator[ei]|operatric[ei]|cognom[ei]|responsabil[ei]|president[ei]|nominativ[oi]|personale"
    r"|coordinat(?:or|ric)[ei]|codice fiscale|compilat(?:o|ore)|rilevatore)\b(?! e servizi)"
)
GROUPS: Final = re.compile(
    r"^(?:recapit[oi]|contatt[oi]|orari[oi]?|giorni(?: e orari)?|sede|sportello|dati(?: sportello)?|anagrafica"
    r"|ubicazione|localizzazione|apertura(?: al pubblico)?|orari[oi]? di apertura|riferimenti|servizio|informazioni"
    r"|dati generali|dove(?: e quando)?|posizione)\s+"
)
"""Words of an upper row of heads, over several columns."""
PART_OF_DAY: Final = re.compile(
    r"\b(?:mattin[ao]|matt|pomeriggi?o?|pom|pomer|am|pm|sera|orari[oi]?|apertura|ore)\b"
)


@dataclass(frozen=True)
class Proposal:
    """The field proposed for a column, from 0 to 1 how surely, and why; no field where it should be left out."""

    field: str | None
    score: float
    why: str


MOBILE: Final = re.compile(r"\b(?:cell|cellulare|mobile|whatsapp)\b")
NOTHING: Final = Proposal(None, 0.0, "none")


@cache
def synonyms() -> dict[str, str]:
    """Every head we know, folded → its field; ``private`` for what the registry does not hold."""
    return {fold(one["header"]): one["field"] for one in rows("column_names")}


@lru_cache(maxsize=4096)
def by_name(head: str) -> Proposal:
    """The field that a head names.

    Examples
    --------
    >>> by_name("ORARI Lun mattina").field, by_name("Indirizo").field, by_name("Referente").why
    ('hours:Mo', 'address', 'private')
    """
    said = fold(re.sub(r" \(\d+\)$", "", head))
    found = synonyms().get(said)
    if found == "private" or (found is None and PERSONS.search(said)):
        return Proposal(None, 1.0, "private")
    if found:
        return Proposal(found, 1.0, "name")
    bare = fold(re.sub(r"\([^)]*\)|\*", " ", head))
    without_group = GROUPS.sub("", bare)
    for less, score in (
        (bare, 0.98),
        (without_group, 0.95),
        (" ".join(PART_OF_DAY.sub(" ", without_group).split()), 0.93),
    ):
        field = synonyms().get(less)
        if field and (score != 0.93 or field in DAYS):
            return Proposal(None, score, "private") if field == "private" else Proposal(field, score, "name")
    if len(said) < 4:
        return NOTHING
    best = process.extractOne(bare, synonyms().keys(), scorer=fuzz.token_sort_ratio, score_cutoff=LIKE)
    if best is None or len(best[0]) < 4:
        return NOTHING
    field = synonyms()[best[0]]
    score = round(best[1] / 100 * 0.95, 2)
    return Proposal(None, score, "private") if field == "private" else Proposal(field, score, "like")


def propose(sheet: "Sheet", *, remembered: Mapping[str, str | None] | None = None) -> dict[str, Proposal]:
    """A field for every column of a sheet; a field that takes one column goes to the surest.

    Parameters
    ----------
    sheet
        The sheet.
    remembered
        Head → field (missing: leave out) as ``remembered`` gives it; it goes before what we think.
    """
    said = remembered or {}
    found = {}
    for n, head in enumerate(sheet.heads):
        if head in said:
            found[head] = Proposal(said[head], 1.0, "remembered")
            continue
        one = by_name(head)
        if one.why == "none" or (one.why == "like" and one.score < SURE):
            by_cells = by_content([row[n] for row in sheet.rows[:300]])
            one = by_cells if by_cells.score > one.score else one
        found[head] = one
    return _associations(_each_once(_mobiles_of_persons(found)))


def _mobiles_of_persons(found: dict[str, Proposal]) -> dict[str, Proposal]:
    """Beside a column that names persons, a mobile is theirs: it is left out unless somebody chooses otherwise."""
    if not any(one.why == "private" for one in found.values()):
        return found
    return {
        head: Proposal(None, one.score, "private")
        if one.field == "phone" and one.why != "remembered" and MOBILE.search(fold(head))
        else one
        for head, one in found.items()
    }


def _each_once(found: dict[str, Proposal]) -> dict[str, Proposal]:
    """The surest of the columns for each field that takes one; the first of equals."""
    best: dict[str, str] = {}
    for head, one in found.items():
        if one.field and one.field not in SEVERAL:
            rival = best.get(one.field)
            if rival is None or one.score > found[rival].score:
                best[one.field] = head
    return {
        head: Proposal(None, one.score, "taken")
        if one.field and one.field not in SEVERAL and best[one.field] != head
        else one
        for head, one in found.items()
    }


def _associations(found: dict[str, Proposal]) -> dict[str, Proposal]:
    """Where a column names associations, no other names sportelli; "attività" of a sportello are its themes."""
    fields = {one.field for one in found.values()}
    if "ente" in fields and "name" in fields and "activities" in fields:
        swap = {"activities": "themes"}
    elif "associazione" in fields and "themes" in fields and "activities" not in fields:
        swap = {"themes": "activities"}
    else:
        return found
    return {
        head: Proposal(swap[one.field], one.score, one.why) if one.field in swap else one
        for head, one in found.items()
    }


CONTENT: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("private", lambda said: bool(re.fullmatch(r"[A-Za-z]{6}\d\d[A-Za-z]\d\d[A-Za-z]\d{3}[A-Za-z]", said))),
    ("email", lambda said: bool(re.search(r"\S+@\S+\.\w", said))),
    ("web", lambda said: bool(re.match(r"(?:https?://|www\.)", said, re.IGNORECASE))),
    ("hours", lambda said: bool(re.search(r"\b(?:lun|mar|mer|gio|ven|sab)\w*\b.*\d", said, re.IGNORECASE))),
    ("comune_code", lambda said: bool(re.fullmatch(r"0?(?:1[2-9]|20|9[78]|108)\d{3}(?:\.0)?", said))
     and places.code_of(said) is not None),
    ("postcode", lambda said: bool(re.fullmatch(r"(?:2\d|46)\d{3}(?:\.0)?", said))),
    ("phone", lambda said: bool(re.fullmatch(r"(?:\+39)?[\s.]*[03]\d[\d\s./-]{4,14}", said))),
    ("province", lambda said: said.upper() in places.PROVINCES),
    ("comune", lambda said: places.named(said) is not None),
    ("languages", lambda said: bool(listed("languages", said)[0]) and not listed("languages", said)[1]),
    ("lat", lambda said: bool(re.fullmatch(r"4[4-6][.,]\d{3,}", said))),
    ("lon", lambda said: bool(re.fullmatch(r"(?:8|9|10|11)[.,]\d{3,}", said))),
    ("address", lambda said: bool(re.match(r"(?i)(?:via|v\.|piazza|p\.zza|corso|viale|v\.le|largo|vicolo)\s", said))),
)  # fmt: skip


def by_content(cells: Sequence["Cell"]) -> Proposal:
    """The field that most cells of a column look like.

    Examples
    --------
    >>> by_content(["info@borgo.example", "", "posta@molo.example"])
    Proposal(field='email', score=0.8, why='content')
    """
    said = list(dict.fromkeys(str(cell).strip() for cell in cells if cell != ""))[:60]
    if not said:
        return NOTHING
    for field, fits in CONTENT:
        share = sum(fits(one) for one in said) / len(said)
        if share >= 0.7:
            score = round(0.8 * share, 2)
            return (
                Proposal(None, score, "private") if field == "private" else Proposal(field, score, "content")
            )
    return NOTHING


def signature(sheet: "Sheet") -> str:
    """The heads, folded and in order."""
    return "|".join(fold(head) for head in sheet.heads)[:4000]


REGION: Final = "regione"
"""Whose a mapping is that belongs to no Ambito."""


def remember(
    store: Store, token: str | None, ambito_id: str | None, sheet: "Sheet", columns: Mapping[str, str | None]
) -> None:
    """Keep how the columns of a sheet are read, for the next sheet with these heads.

    Raises
    ------
    NotAllowed
        If whoever asks edits neither this Ambito nor the Region; of ``ambito_id`` missing, only the Region.
    UnknownCode
        If a column is said to be a field that is none.
    """
    wrong = sorted({field for field in columns.values() if field is not None} - set(FIELDS))
    if wrong:
        raise UnknownCode(what="field", codes=wrong)
    said = {head: columns[head] for head in sheet.heads if head in columns}
    with store.writing() as session:
        actor = rights.who(session, store, token)
        if actor.role == "gestore":
            raise NotAllowed(what="remember columns", why="not_here")
        if actor.ambiti is not None and ambito_id not in actor.ambiti:
            raise NotAllowed(what="remember columns", why="other_ambito" if ambito_id else "regional")
        owner, sign = ambito_id or REGION, signature(sheet)
        found = session.scalar(select(ColumnMap).where(ColumnMap.owner == owner, ColumnMap.signature == sign))
        if found is None:
            found = ColumnMap(owner=owner, signature=sign)
            session.add(found)
        found.columns = json.dumps(said, ensure_ascii=False)
        found.saved_by, found.saved_at = actor.key, store.clock()


def remembered(store: Store, ambito_id: str | None, sheet: "Sheet") -> dict[str, str | None]:
    """How the columns of a sheet with these heads were read last in this Ambito, else in the Region; else nothing."""
    owners = [ambito_id, REGION] if ambito_id else [REGION]
    with store.reading() as session:
        asked = select(ColumnMap).where(ColumnMap.owner.in_(owners), ColumnMap.signature == signature(sheet))
        found = {one.owner: one.columns for one in session.scalars(asked)}
    for owner in owners:
        if owner in found:
            columns: dict[str, str | None] = json.loads(found[owner])
            return {head: field for head, field in columns.items() if field is None or field in FIELDS}
    return {}
