"""How each field of a record is asked: one widget a field, vocabularies as lists, what is odd said as it is typed.

Every widget keeps its value under a key made of the form's and the field's; what comes back is what the record
would hold, missing where nothing was said.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

import streamlit as st

from data.registry import story
from data.registry.areas import REGION
from data.registry.checks import KIND_VOCABULARIES, LONG, LONGEST, LONGEST_LINE, PATTERNS, VOCABULARIES
from data.registry.model import INTERVALS, KINDS
from data.vocabularies import label, vocabulary
from screens import memory
from screens.errors import FIELDS
from screens.filters import short_names

NEEDED: Final = ("name", "kind", "ente_id", "status", "school_id", "evidence", "confirm_every_months")
MANY: Final = ("themes", "targets", "access", "languages")
FREE: Final = ("communities", "activities", "settings")
"""Lists of words that are in no vocabulary."""
NUMBERS: Final = ("capacity", "hours_a_year")

SHAPES: Final = {
    "phone": "Un telefono ha solo cifre, come 035 123456; due si separano con ;",
    "email": "Un indirizzo di posta è come ufficio@comune.example",
    "web": "Un sito comincia con https://",
    "source_url": "La pagina comincia con https://",
    "source_date": "Una data è come 2026-11-22, o 2026-11, o 2026",
    "postcode": "Il CAP ha cinque cifre",
    "school_id": "Il codice ministeriale ha dieci lettere e cifre maiuscole",
    "name": "Un nome non contiene punto e virgola né due trattini di fila",
}
"""What to say of a text that has not the shape of its field."""
HELP: Final = {
    "name": "Il nome del servizio o dell'ufficio: mai quello di una persona.",
    "phone": "Quello pubblico dell'ufficio: mai un numero privato.",
    "email": "Quella pubblica dell'ufficio: mai una casella personale.",
    "description": "Che cosa si fa qui, per chi, come ci si presenta: bastano due o tre frasi.",
    "access_note": "Come si entra, con le parole di chi lo gestisce.",
    "hours_note": "Quello che la griglia non dice: «su chiamata», «5 ore alla settimana».",
    "confirm_every_months": "Dopo quanti mesi la scheda torna fra quelle da confermare.",
    "capacity": "Quante persone si ricevono in una sessione; vuoto se non si sa.",
    "caution": "Che cosa tenere presente di questo dato; si mostra sulla scheda.",
    "areas_basis": "Da che cosa si capisce quali zone serve.",
    "area_note": "La zona con le parole della fonte.",
    "school_id": "Per esempio BGIC000001.",
    "communities": "Scrivi e premi Invio per aggiungere una voce.",
    "activities": "Scrivi e premi Invio per aggiungere una voce.",
    "settings": "Dove si fa mediazione: scuole, servizi, ospedali…",
    "source_url": "La pagina da cui viene il dato.",
}  # fmt: skip
SOURCE_KINDS: Final = {
    "official": "Sito ufficiale", "press": "Stampa", "opendata": "Dati aperti", "document": "Documento",
}  # fmt: skip
OF_KIND: Final = {("sessioni", "hours_note"): "Note sugli orari", ("enti", "name"): "Nome dell'ente"}


def title(name: str, kind: str = "") -> str:
    """What a field is called on a form; whether it must be there.

    Examples
    --------
    >>> title("postcode"), title("name")
    ('CAP', 'Nome (obbligatorio)')
    """
    words = OF_KIND.get((kind, name)) or FIELDS.get(name, name)
    return f"{words[0].upper()}{words[1:]}" + (" (obbligatorio)" if name in NEEDED else "")


def start(key: str, value: Any) -> str:
    """Give a widget its first value; gives back its key."""
    st.session_state.setdefault(key, value)
    return key


def ask(kind: str, name: str, value: Any, *, key: str) -> Any:
    """Ask one field; gives back what the record would hold."""
    key = f"{key}_{name}"
    told: dict[str, Any] = {"label": title(name, kind), "key": key, "help": _help(kind, name)}
    if name in MANY:
        return ask_codes(VOCABULARIES[name], value, **told)
    if name in FREE:
        start(key, list(value or ()))
        words = st.multiselect(options=list(value or ()), accept_new_options=True, **told)
        return list(words) or None
    if name in NUMBERS:
        start(key, value)
        return st.number_input(min_value=1, max_value=_most(name), step=1, value=None, **told)
    if name in CHOICES or (name == "kind" and kind in KIND_VOCABULARIES):
        return _one(kind, name, value, told)
    return _text(name, value, told)


def _most(name: str) -> int:
    return 1000 if name == "capacity" else 100_000


def _help(kind: str, name: str) -> str | None:
    """What a field is for; the words of a short vocabulary, each with its meaning."""
    vocabulary_name = KIND_VOCABULARIES.get(kind) if name == "kind" else VOCABULARIES.get(name)
    if name in HELP or vocabulary_name in {None, "languages"}:
        return HELP.get(name)
    words = vocabulary(str(vocabulary_name))
    return "\n".join(f"- **{one['label']}**: {one['description']}" for one in words.to_dict("records"))


def _text(name: str, value: Any, told: dict[str, Any]) -> str | None:
    """A line or a few, and what is odd in it."""
    start(told["key"], value or "")
    if name in LONG:
        words = st.text_area(max_chars=LONGEST, height=110 if name == "description" else 80, **told)
    else:
        words = st.text_input(max_chars=LONGEST_LINE, **told)
    words = (words or "").strip()
    if words and name in PATTERNS and not re.fullmatch(PATTERNS[name], words):
        st.caption(f":material/error: {SHAPES[name]}.")
    return words or None


def _enti() -> dict[str, str]:
    return story.enti(memory.registry())


def _words(name: str) -> dict[str, str]:
    return {str(code): str(words) for code, words in vocabulary(name)["label"].items()}


def _one(kind: str, name: str, value: Any, told: dict[str, Any]) -> Any:
    """One code of a list; a code that the list lacks stays to be chosen."""
    words = _words(KIND_VOCABULARIES[kind]) if name == "kind" else CHOICES[name]()
    if value is not None:
        words.setdefault(value, str(value))
    start(told["key"], value)
    return st.selectbox(
        options=list(words), index=None, format_func=lambda code: words.get(code, str(code)),
        placeholder="Non si sa" if KINDS[kind].__table__.columns[name].nullable else "Scegli", **told,
    )  # fmt: skip


def ask_codes(words: str, value: Any, *, label: str, key: str, help: str | None = None) -> list[str] | None:  # noqa: A002
    """Some codes of a vocabulary, chosen by name; missing where none is."""
    start(key, list(value or ()))
    codes = dict.fromkeys([*vocabulary(words).index, *(value or ())])
    found = st.multiselect(
        label,
        list(codes),
        key=key,
        help=help,
        format_func=named(words),
        placeholder="Non si sa",
        select_all=False,
    )
    return list(found) or None


def named(words: str) -> Callable[[str], str]:
    """The function that calls a code of a vocabulary by its label."""
    return lambda code: label(words, code)


@cache
def ambiti() -> dict[str, str]:
    """Key → short name of every Ambito, in order of name."""
    return dict(sorted(short_names(memory.ambiti()).items(), key=lambda one: one[1].casefold()))


def ambito_words(code: str) -> str:
    """An Ambito by its whole name; its code where there is none."""
    table = memory.ambiti().set_index("ambito_id")["ambito"]
    return str(table.get(code, code))


@cache
def comuni() -> dict[str, str]:
    """Code → name and province of every comune, in order of name."""
    table = memory.comuni().sort_values("comune")
    return {
        str(code): f"{name} ({province})"
        for code, name, province in zip(table["comune_code"], table["comune"], table["province"], strict=True)
    }


@cache
def provinces() -> dict[str, str]:
    """The provinces of Lombardy."""
    return {code: code for code in sorted(set(memory.comuni()["province"]))}


CHOICES: Final[Mapping[str, Callable[[], dict[Any, str]]]] = {
    "status": lambda: _words("statuses"),
    "cost": lambda: _words("costs"),
    "reception": lambda: _words("receptions"),
    "mediator": lambda: _words("mediators"),
    "areas_basis": lambda: _words("area_bases"),
    "evidence": lambda: {code: f"{code} · {words}" for code, words in _words("evidence").items()},
    "source_kind": lambda: dict(SOURCE_KINDS),
    "confirm_every_months": lambda: {n: "ogni mese" if n == 1 else f"ogni {n} mesi" for n in INTERVALS},
    "ente_id": _enti,
    "ambito_id": ambiti,
    "province": provinces,
}
"""Fields with one code out of a few, and the words for each."""


def comune_words(code: str | None) -> str:
    """A comune by name; its code where there is none."""
    return comuni().get(code, code) if code else ""


LEVELS: Final[Sequence[tuple[str, str, Callable[[], dict[str, str]]]]] = (
    ("istat:comune", "Chi abita in questi comuni", comuni),
    ("ambito", "Chi abita in questi Ambiti", ambiti),
    ("provincia", "Chi abita in queste province", provinces),
)


def ask_areas(value: Sequence[str] | None, *, key: str) -> list[str] | None:
    """Whom it receives by where they live, one picker a level; none chosen is unknown, never "everywhere"."""
    key = f"{key}_areas"
    st.markdown("**Zone servite**")
    st.caption(
        "Chi viene accolto, secondo dove abita. Se non si sa, lascia tutto vuoto: non vuol dire «tutti»."
    )
    held = [one.rpartition(":") for one in value or ()]
    found: list[str] = []
    for column, (level, words, known) in zip(st.columns(3), LEVELS, strict=True):
        names = known()
        own = start(f"{key}_{level}", [code for of, _, code in held if of == level])
        options = list(dict.fromkeys([*names, *st.session_state[own]]))
        with column:
            chosen = st.multiselect(
                words, options, key=own, format_func=partial(_called, names),
                placeholder="Nessuno", select_all=False)  # fmt: skip
        found += [f"{level}:{code}" for code in chosen]
    if st.checkbox("Tutta la Lombardia", key=start(f"{key}_regione", f"regione:{REGION}" in (value or ()))):
        found.append(f"regione:{REGION}")
    same = value is not None and set(found) == set(value)
    return list(value or ()) if same else found or None


def _called(names: Mapping[str, str], code: str) -> str:
    return names.get(code, code)


def area_words(area: str) -> str:
    """An area in words.

    Examples
    --------
    >>> area_words("regione:03"), area_words("provincia:BG")
    ('tutta la Lombardia', 'provincia di BG')
    """
    level, _, code = area.rpartition(":")
    if level == "istat:comune":
        return comune_words(code)
    if level == "ambito":
        return ambito_words(code)
    return "tutta la Lombardia" if level == "regione" else f"provincia di {code}"


def ask_closures(value: Sequence[Mapping[str, str]] | None, *, key: str) -> tuple[Any, list[str]]:
    """Temporary closures, each with two dates and a reason; and what is wrong with them, in words."""
    key = f"{key}_closures"
    rows: list[int] = st.session_state.setdefault(f"{key}_rows", list(range(len(value or ()))))
    st.markdown("**Chiusure temporanee**")
    found: list[dict[str, str]] = []
    problems: list[str] = []
    for row in rows:
        held = (value or ())[row] if row < len(value or ()) else {}
        one, wrong = _closure(held, key=f"{key}_{row}", drop=partial(rows.remove, row))
        found += [one] if one else []
        problems += wrong
    st.button(
        "Aggiungi una chiusura", icon=":material/add:", key=f"{key}_add",
        on_click=lambda: rows.append(max([*rows, len(value or ()) - 1]) + 1),
    )  # fmt: skip
    return found or None, problems


def _closure(held: Mapping[str, str], *, key: str, drop: Callable[[], None]) -> tuple[Any, list[str]]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dates = []
        for side, words in (("from", "Dal"), ("until", "Al")):
            start(f"{key}_{side}", dt.date.fromisoformat(held[side]) if side in held else None)
            dates.append(
                st.date_input(words, value=None, key=f"{key}_{side}", format="DD/MM/YYYY", width=150)
            )
        why = st.text_input(
            "Motivo", key=start(f"{key}_why", held.get("why", "")), max_chars=120, width=220,
            placeholder="per esempio: ferie",
        )  # fmt: skip
        st.button("Togli", key=f"{key}_drop", icon=":material/delete:", on_click=drop)
    first, last = dates
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return None, ["una chiusura non ha le due date"]
    wrong = ["una chiusura finisce prima di cominciare"] if last < first else []
    one = {"from": first.isoformat(), "until": last.isoformat()}
    return one | ({"why": why.strip()} if why and why.strip() else {}), wrong
