"""A cell as the value of its field, or what is wrong with it and what was probably meant."""

import datetime as dt
import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from data.registry.checks import LONG, LONGEST, LONGEST_LINE, PATTERNS
from data.registry.imports import codes, contacts, figures, places
from data.registry.imports.grids import Cell
from data.registry.imports.wanted import Level
from data.registry.seed import access_modes

WHY: Final = (
    "title_rows", "rows_aside", "hidden_sheet", "head_twice", "needed", "double", "differs", "too_long", "markup",
    "control", "mojibake", "formula", "excel_error", "name_signs",
    "phone_zero", "phone_rounded", "phone_invalid", "phone_words",
    "postcode_zero", "postcode_invalid", "postcode_elsewhere",
    "comune_unknown", "comune_locality", "comune_merged", "comune_elsewhere", "province_unknown", "province_differs",
    "istat_zero", "istat_unknown", "istat_differs", "ambito_unknown", "areas_unknown",
    "email_mended", "email_invalid", "web_mended", "web_invalid", "language_unknown", "code_unknown", "mediator_yes",
    "capacity_invalid", "date_invalid", "date_future",
    "coordinate_invalid", "coordinate_swapped", "coordinate_outside", "coordinate_alone",
    "hours_no_day", "hours_no_time", "hours_reversed", "hours_out_of_day", "hours_afternoon", "hours_open_end",
    "hours_slash", "hours_twice", "hours_fortnight", "hours_date", "hours_closure", "hours_words",
)  # fmt: skip
"""Every word that what is found in a file may give as its reason; ``screens/import_words.py`` has the Italian."""


class Remark(NamedTuple):
    """What is to be said of a cell: how serious, why, what to write instead, which part of it (missing: all)."""

    level: Level
    why: str
    suggestion: str | None = None
    part: str | None = None


@dataclass(frozen=True)
class Value:
    """What a cell gave: a value (missing: unknown, or left out) and remarks."""

    value: Any = None
    remarks: tuple[Remark, ...] = ()


UNKNOWN: Final = frozenset(
    {"nd", "n d", "na", "n a", "np", "n p", "nn", "non disponibile", "non disponibili", "da definire", "non definito",
     "non noto", "non nota", "sconosciuto", "ignoto", "non pervenuto", "non presente", "nessuna", "vuoto", "null",
     "none", "nan", "da inserire", "da completare", "in definizione", "non rilevato", "non comunicato", "da comunicare",
     "x x x", "xxx", "xx", "da verificare", "in attesa", "non so", "non specificato", "tbd", "non indicato"}
)  # fmt: skip
"""Words that say that something is not known."""
EXCEL_ERROR: Final = re.compile(
    r"#(?:N/[DA]|RIF!|REF!|VALORE!|VALUE!|NOME\?|NAME\?|DIV/0!|NUM!|NULL!|NULLO!|#+)$", re.I
)
FORMULA: Final = re.compile(r"\s*(?:=|@\w+\s*\(|@\w+$|[+-]\s*\w+\s*\(|\+[A-Za-z]|-[A-Za-z]+\|)")
FIRST_OF_FORMULA: Final = frozenset("=@+-")
SAYS: Final = re.compile(r"[^\W_]")
MARKS: Final = re.compile(r"[<&]|javascript:", re.IGNORECASE)
MARKUP: Final = re.compile(r"<\s*[A-Za-z/!?]|&#|&\w+;|javascript:", re.IGNORECASE)
MOJIBAKE: Final = re.compile(
    "[\u00c3\u00c2\u00e2][\u0080-\u00bf\u2018-\u203a\u20ac\u2122\u0160\u0161\u017d\u017e\u0152\u0153\u0178\u0192\u02c6\u02dc]"
)
LONGEST_UNKNOWN: Final = max(len(one) for one in UNKNOWN) + 6
NOT_CODES: Final = frozenset({"status", "mediator", "cost"})
"""Fields whose own words may be words for unknown elsewhere."""


def as_text(cell: Cell) -> str:
    """A cell as a person would read it: no exponent, no ``.0``, dates and times in figures.

    Examples
    --------
    >>> as_text(35123456.0), as_text(True), as_text(dt.time(9, 30))
    ('35123456', 'sì', '9:30')
    """
    if isinstance(cell, bool):
        return "sì" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.time):
        return f"{cell.hour}:{cell.minute:02}"
    return str(cell).strip(" \t\r\n")


@lru_cache(maxsize=131072, typed=True)
def read(field: str, cell: Cell) -> Value:
    """The value of a field in a cell.

    Parameters
    ----------
    field
        One of ``heads.FIELDS`` but hours and what needs other cells of the row; ``kind`` with the kind of record
        (``kind:sportelli``).
    cell
        As ``grids`` gives it.

    Examples
    --------
    >>> read("phone", 35123456.0)
    Value(value='035123456', remarks=(Remark(level='note', why='phone_zero', suggestion='035123456', part=None),))
    >>> read("languages", "arabo, inglesse").remarks[0].suggestion
    'inglese'
    """
    said, before = words(cell, field)
    if said is None:
        return Value(None, before)
    if field == "confirmed_on":
        value, why, likely = figures.date(cell, said)
        return Value(value, (*before, Remark("doubt", why, likely)) if why else before)
    reader = READERS.get(field)
    if reader is None:
        return _text(field, said, before)
    found = reader(said)
    return Value(found.value, before + found.remarks)


def words(cell: Cell, field: str = "") -> tuple[str | None, tuple[Remark, ...]]:
    """The words of a cell, mended where they can be; missing where they say nothing or cannot be used."""
    said = as_text(cell)
    if said[:1] == "#" and EXCEL_ERROR.match(said):
        return None, (Remark("doubt", "excel_error"),)
    if said[:1] in FIRST_OF_FORMULA and FORMULA.match(said) and not re.match(r"\+\d", said):
        return None, (Remark("doubt", "formula", _in_formula(said, field)),)
    before: tuple[Remark, ...] = ()
    if not (said.isascii() and said.isprintable()):
        said, before = _readable(said)
    if MARKS.search(said) and MARKUP.search(said):
        plain = " ".join(html.unescape(re.sub(r"<[^>]*>|javascript:", " ", html.unescape(said))).split())
        return None, (*before, Remark("doubt", "markup", plain or None))
    if not SAYS.search(said):
        return None, before
    if len(said) <= LONGEST_UNKNOWN and field not in NOT_CODES and codes.fold(said) in UNKNOWN:
        return None, before
    return said, before


def _readable(said: str) -> tuple[str, tuple[Remark, ...]]:
    """Words without characters that nobody sees, and without UTF-8 that was read as Windows-1252."""
    before: tuple[Remark, ...] = ()
    mended = _decoded_again(said) if MOJIBAKE.search(said) else None
    if mended:
        said, before = mended, (Remark("note", "mojibake", mended.strip()),)
    said = said.replace("_x000D_", " ").replace("\u00a0", " ").replace("\t", " ").replace("\r", "")
    if any(_is_hidden(c) for c in said):
        said = "".join(c for c in said if not _is_hidden(c)).strip()
        before = (*before, Remark("note", "control", said))
    return unicodedata.normalize("NFC", said).strip(), before


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} and character not in "\n\u200d"


def _in_formula(said: str, field: str) -> str | None:
    """The words that a formula shows, or for a site the address it leads to."""
    quoted = re.findall(r'"([^"]*)"', said)
    if not quoted or ("HYPERLINK" not in said.upper() and "COLLEG" not in said.upper()):
        return None
    return str(quoted[0] if field in {"web", "source_url"} else quoted[-1].removeprefix("mailto:")) or None


def _decoded_again(said: str) -> str | None:
    """UTF-8 that was read as Windows-1252, read as it should have been."""
    try:
        return said.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _text(field: str, said: str, before: tuple[Remark, ...] = ()) -> Value:
    said = re.sub(r" {2,}", " ", said) if field in LONG else " ".join(said.split())
    longest = LONGEST if field in LONG else LONGEST_LINE
    if len(said) > longest:
        return Value(None, (*before, Remark("doubt", "too_long", None)))
    if field in {"name", "associazione", "ente"} and not re.fullmatch(PATTERNS["name"], said):
        said = said.replace(";", ",").replace("--", "–").replace("/*", "/ *")
        before = (*before, Remark("note", "name_signs", said))
    return Value(said, before)


def _coded(vocabulary: str) -> Callable[[str], Value]:
    def read_code(said: str) -> Value:
        found = codes.code(vocabulary, said)
        if found is None:
            return Value(None, (Remark("doubt", "code_unknown", codes.likely(vocabulary, said)),))
        return Value(found)

    return read_code


def _several(vocabulary: str, why: str = "code_unknown") -> Callable[[str], Value]:
    def read_codes(said: str) -> Value:
        found, unknown = codes.listed(vocabulary, said)
        remarks = [Remark("doubt", why, codes.likely(vocabulary, one), one) for one in unknown]
        return Value(list(found) or None, tuple(remarks))

    return read_codes


def _mediator(said: str) -> Value:
    if codes.fold(said) in YES - {"presente"}:
        return Value(None, (Remark("doubt", "mediator_yes", codes.label("mediators", "in_presenza")),))
    return _coded("mediators")(said)


YES: Final = frozenset({"si", "s", "x", "vero", "true", "yes", "1", "y", "presente"})
NO: Final = frozenset({"no", "n", "falso", "false", "0"})


def yes_or_no(cell: Cell) -> bool | None:
    """What a cell answers; missing where it is neither yes nor no."""
    said = codes.fold(as_text(cell))
    return True if said in YES else False if said in NO else None


def _comune_code(said: str) -> Value:
    found = places.code_of(said)
    if found is None:
        return Value(None, (Remark("doubt", "istat_unknown"),))
    return Value(found[0], (Remark("note", "istat_zero", found[0]),) if found[1] else ())


def _province(said: str) -> Value:
    found = places.province(said)
    return Value(found) if found else Value(None, (Remark("doubt", "province_unknown"),))


def _postcode(said: str) -> Value:
    found = re.search(r"(?<!\d)\d{5}(?!\d)", said.replace(" ", "") if re.fullmatch(r"[\d ]+", said) else said)
    if found:
        return Value(found[0])
    if re.fullmatch(r"\d{3,4}", said):
        return Value(said.zfill(5), (Remark("note", "postcode_zero", said.zfill(5)),))
    return Value(None, (Remark("doubt", "postcode_invalid"),))


def _access(said: str) -> Value:
    known = [access_modes(one) for one in said.split(";")]
    if all(known):
        return Value(list(dict.fromkeys(code for ones in known for code in ones)))
    found, unknown = codes.listed("access_modes", said)
    if not unknown:
        return Value(list(found))
    plain = codes.fold(said)
    likely = [code for words, code in ACCESS_WORDS if re.search(words, plain)]
    if likely:
        return Value(likely)
    remarks = [Remark("doubt", "code_unknown", codes.likely("access_modes", one), one) for one in unknown]
    return Value(list(found) or None, tuple(remarks))


ACCESS_WORDS: Final = (
    (r"\bliber[oa]\b|\bsenza (?:appuntamento|prenotazione)\b", "libero"),
    (
        r"(?<!senza )\b(?:appuntamento|appuntamenti|prenotazione|prenotare|app to|previo app)\b",
        "appuntamento",
    ),
    (r"\bsegnalazione\b|\binvio (?:dei|da)\b|\btramite\b", "tramite_ente"),
)


def _free_list(said: str) -> Value:
    items = [" ".join(one.split()).strip(" .-•*") for one in re.split(r"[;,\n•]+", said)]
    kept = list(dict.fromkeys(one for one in items if one))
    if any(len(one) > LONGEST_LINE for one in kept):
        return Value(None, (Remark("doubt", "too_long"),))
    return Value(kept or None)


def _figure(reader: Callable[[str], figures.Told]) -> Callable[[str], Value]:
    def read_figure(said: str) -> Value:
        value, why, likely = reader(said)
        return Value(value, (Remark("doubt", why, likely),) if why else ())

    return read_figure


def _contact(reader: Callable[[str], contacts.Told]) -> Callable[[str], Value]:
    def read_contact(said: str) -> Value:
        found = reader(said)
        return Value(found.value, tuple(Remark(*one) for one in found.remarks))

    return read_contact


READERS: Final[dict[str, Callable[[str], Value]]] = {
    "phone": _contact(contacts.phones),
    "email": _contact(contacts.emails),
    "web": _contact(contacts.site),
    "source_url": _contact(contacts.site),
    "postcode": _postcode,
    "province": _province,
    "comune_code": _comune_code,
    "languages": _several("languages", "language_unknown"),
    "themes": _several("themes"),
    "targets": _several("targets"),
    "access": _access,
    "kind:sportelli": _coded("service_kinds"),
    "kind:associazioni": _coded("association_kinds"),
    "ente_kind": _coded("provider_kinds"),
    "cost": _coded("costs"),
    "reception": _coded("receptions"),
    "mediator": _mediator,
    "status": _coded("statuses"),
    "evidence": _coded("evidence"),
    "capacity": _figure(figures.capacity),
    "lat": _figure(figures.coordinate),
    "lon": _figure(figures.coordinate),
    "point": _figure(figures.point),
    "communities": _free_list,
    "activities": _free_list,
}
