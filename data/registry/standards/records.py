"""What leaves the registry and what comes back: records of one moment, who gives them, and files opened safely."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import JSON, Float, Integer, select

from data import catalog
from data.label import read_label
from data.registry import checks
from data.registry.imports.wanted import Found, Wanted
from data.registry.model import KINDS, Record, columns, content, fields
from data.registry.store import ROME, Store
from errors import FileUnreadable

Said = dict[str, Any]
"""Field → value of one record."""
Book = dict[str, list[Said]]
"""Kind → its records, in order of key."""

NEVER: Final = ("version", "created_at", "deleted_at", "confirmed_by")
"""What no file holds: what the registry keeps for itself, and which account did something."""
NOT_TAKEN_BACK: Final = ("confirmed_on", "changed_at")
"""What files tell and no import writes: nobody vouches for a record by sending a file."""

FOLLOWS: Final = ("sessioni.ambito_id",)
"""What no file has to bring back: a sessione is of whom its sportello is."""

EXPORTER: Final = "Atlante dei servizi per l'integrazione, Lombardia"
SOURCE: Final = "atlante-integrazione-lombardia"
OURS: Final = UUID("5f0f6d5e-5d1c-5b0a-9c53-6d2c1d3f7a10")
"""The space in which our keys become UUIDs: the same key is always the same UUID."""
DATASETS: Final = {"sportelli": "sportelli", "associazioni": "associazioni", "mediazione": "mediazione"}
"""Kind → the label that says under which licence its first rows came."""
LARGEST: Final = 100_000_000
"""Bytes of a file, unpacked, that is still read."""


@dataclass(frozen=True)
class About:
    """What stands on the box of a file: who made it, when, of what, and under which licences."""

    exporter: str
    made_on: str
    ambito_id: str | None
    public: bool
    sources: tuple[Mapping[str, str], ...]

    def said(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "sources": [dict(one) for one in self.sources]}


def uuid_of(*words: str) -> str:
    """The UUID of one of our things.

    Examples
    --------
    >>> uuid_of("sportelli", "sp-1") == uuid_of("sportelli", "sp-1") != uuid_of("sportelli", "sp-2")
    True
    """
    return str(uuid5(OURS, "/".join(words)))


def gathered(store: Store, *, ambito_id: str | None = None, public: bool = True) -> tuple[Book, About]:
    """Every record to give away, as it is at one moment, and what to write on the box.

    Parameters
    ----------
    ambito_id
        Records of one Ambito only, with the enti they hang on wherever those are.
    public
        Whether evidence of level D is left out, as ``reading.table`` does. An ente of level D that a public
        record hangs on comes with its name and kind alone.

    Returns
    -------
    book, about
        Content of the records with ``changed_at`` and without ``NEVER``; what is put aside is never there.
    """
    with store.reading() as session:
        found = {
            kind: [
                _said(one)
                for one in session.scalars(select(model).where(model.deleted_at.is_(None)).order_by(model.id))
            ]
            for kind, model in KINDS.items()
        }
    book = {
        kind: [one for one in ones if _wanted(one, ambito_id, public=public)] for kind, ones in found.items()
    }
    desks = {one["id"] for one in book["sportelli"]}
    book["sessioni"] = [one for one in book["sessioni"] if one["sportello_id"] in desks]
    book["enti"] = _with_needed(book, found["enti"], public=public)
    return book, _about(store, book, ambito_id, public=public)


def _said(record: Record) -> Said:
    said = {name: value for name, value in content(record).items() if name not in NEVER}
    return {**said, "changed_at": record.changed_at.astimezone(ROME).isoformat(timespec="seconds")}


def _wanted(one: Said, ambito_id: str | None, *, public: bool) -> bool:
    return ambito_id in {None, one["ambito_id"]} and not (public and one["evidence"] == "D")


def _with_needed(book: Book, enti: list[Said], *, public: bool) -> list[Said]:
    """The enti asked for, and those that the other records hang on."""
    asked = {one["id"] for one in book["enti"]}
    needed = {one.get("ente_id") for ones in book.values() for one in ones}
    return [
        _stub(one) if public and one["evidence"] == "D" else one
        for one in enti
        if one["id"] in asked | needed
    ]


def _stub(one: Said) -> Said:
    kept = ("id", "name", "kind", "ambito_id", "changed_at")
    return {name: one[name] if name in kept else None for name in one}


def _about(store: Store, book: Book, ambito_id: str | None, *, public: bool) -> About:
    told = ("title", "licence", "attribution", "reference_date")
    sources = tuple(
        {name: getattr(read_label(dataset), name) for name in told}
        for kind, dataset in DATASETS.items()
        if book[kind]
    )
    return About(EXPORTER, store.today().isoformat(), ambito_id, public, sources)


def fault(reason: str, file: str = "") -> FileUnreadable:
    """A file that is not what it was given for; the reason is Italian, for who gave it."""
    return FileUnreadable(file=file, reason=reason)


def json_of(data: bytes) -> Any:
    """The JSON in a file; ``FileUnreadable`` where there is none."""
    if len(data) > LARGEST:
        raise fault("è troppo grande")
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=lambda _: None)
    except UnicodeDecodeError as odd:
        raise fault("non è testo in UTF-8") from odd
    except json.JSONDecodeError as odd:
        raise fault(f"non è JSON (riga {odd.lineno}, colonna {odd.colno})") from odd
    except RecursionError as odd:
        raise fault("è JSON annidato troppo a fondo") from odd


def text_of(thing: Any, name: str) -> str | None:
    """A text of an object of somebody's JSON; missing where it is blank, no text, or the object is none."""
    value = thing.get(name) if isinstance(thing, dict) else None
    return value.strip() or None if isinstance(value, str) else None


def things_of(thing: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list in an object of somebody's JSON; none where it is something else."""
    value = thing.get(name) if isinstance(thing, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def number_of(thing: Any, name: str) -> float | None:
    """A number of an object of somebody's JSON; missing where it is something else."""
    value = thing.get(name) if isinstance(thing, dict) else None
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def is_text(kind: str, name: str) -> bool:
    """Whether a field holds text, not a list or a number."""
    column = KINDS[kind].__table__.columns.get(name)
    return column is None or not isinstance(column.type, JSON | Integer | Float)


def written(kind: str, name: str, value: Any) -> str:
    """A value as text: texts as they are, everything else as JSON."""
    return value if is_text(kind, name) else json.dumps(value, ensure_ascii=False)


def unwritten(kind: str, name: str, text: str) -> Any:
    """A value from its text; the text itself where it is not what the field holds, for the checks to refuse."""
    if is_text(kind, name):
        return text
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return text


def joined(wanted: Iterable[Wanted], *, pieces: Collection[str] = ("enti",)) -> list[Wanted]:
    """The records, the enti first; what hangs on a record of the same file names it as its parent.

    What is told again in the same words is one record; of the kinds in ``pieces``, what is told in several places
    is put together. Others that have the same name and say different things all stay, for the preview to tell.
    """
    order = {kind: number for number, kind in enumerate(KINDS)}
    whole: dict[tuple[str, str], Said] = {}
    told: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    once: list[Wanted] = []
    for one in wanted:
        name = (one.kind, one.external)
        before = told.setdefault(name, [])
        if one.said not in before and not (before and one.kind in pieces):
            once.append(one)
        before.append(one.said)
        whole[name] = {**one.said, **whole.get(name, {})}
    put = [replace(one, said=whole[one.kind, one.external]) if one.kind in pieces else one for one in once]
    return [_under(one, told.keys()) for one in sorted(put, key=lambda one: order[one.kind])]


def _under(one: Wanted, there: Collection[tuple[str, str]]) -> Wanted:
    said = {name: value for name, value in one.said.items() if name in fields(one.kind)}
    if one.kind == "sessioni":
        said.pop("ambito_id", None)
    for name, kind in checks.REFERENCES.items():
        if name in said and (kind, said[name]) in there:
            parent = said.pop(name)
            return Wanted(one.kind, one.external, said, one.row, parent, one.key)
    return Wanted(one.kind, one.external, said, one.row, one.parent, one.key)


@cache
def comune_names() -> Mapping[str, str]:
    """Code → name of the comuni."""
    table = catalog.load("comuni")
    return dict(zip(table["comune_code"], table["comune"], strict=True))


@cache
def comune_codes() -> Mapping[str, str]:
    """Name in small letters → code, of the comuni whose name nobody else has."""
    names = [name.casefold() for name in comune_names().values()]
    once = {name for name, times in Counter(names).items() if times == 1}
    return {name.casefold(): code for code, name in comune_names().items() if name.casefold() in once}


def told_once(found: Iterable[Found]) -> list[Found]:
    """What was found, each thing of the whole file once."""
    return list(dict.fromkeys(found))


def exported(kind: str) -> list[str]:
    """The fields of a kind that a file of ours may hold, its key first."""
    inside = [name for name in columns(kind) if name not in (*NEVER, *NOT_TAKEN_BACK, "id")]
    return ["id", *inside, *NOT_TAKEN_BACK]
