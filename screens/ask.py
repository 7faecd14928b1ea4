"""The controls of the map: they open as the address says, and the address follows them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data.vocabularies import label
from layers.style import KIND_GROUPS
from screens import address, filters
from screens.filters import MODE_WORDS, Filters, Known
from screens.map_layers import GROUND_LABELS, LAYER_LABELS

PAGE = "mappa"
KEY = "mappa_"
GROUP_LABELS = {group.code: group.label for group in KIND_GROUPS}
FILTER_LABELS = {
    "kinds": "il tipo di sportello",
    "themes": "il tema",
    "languages": "la lingua",
    "evidence": "il livello di prova",
    "quality": "la qualità della scheda",
    "ambito": "l'Ambito",
    "closed": "l'esclusione degli sportelli chiusi",
}
WIDGETS = (
    "groups",
    "kinds",
    "themes",
    "evidence",
    "languages",
    "quality",
    "ambito",
    "closed",
    "mode",
    "limit",
    "ground",
    "layers",
)


def codes(cells: Iterable[Any]) -> list[str]:
    """The different codes in cells of codes apart by ``;``, in order."""
    found = {c.strip() for cell in cells if not pd.isna(cell) for c in str(cell).split(";")}
    return sorted(found - {""})


def known_codes(sportelli: pd.DataFrame, ambiti: pd.DataFrame) -> Known:
    """The codes that the tables have now."""
    return Known(
        kinds=sorted({*filters.KINDS, *sportelli["kind"].dropna()}),
        themes=codes(sportelli["themes"]),
        languages=codes(sportelli["languages"]),
        ambito=list(ambiti["ambito_id"]),
        selected=set(sportelli["sportello_id"]),
    )


def open_address(known: Known) -> str:
    """Take the question from the address if it was opened or changed by a link; a sentence on odd codes."""
    held = filters.write(asked_now()) if KEY + "ground" in st.session_state else None
    asked = address.opened(PAGE, filters.PARAMETERS.values(), held)
    if asked is None:
        return str(st.session_state.get(KEY + "said", ""))
    opened, said = filters.parse(asked, known)
    for name in (*WIDGETS, "selected"):
        choose(name, getattr(opened, name))
    st.session_state[KEY + "other"] = None
    st.session_state[KEY + "turn"] = st.session_state.get(KEY + "turn", 0) + 1
    st.session_state[KEY + "said"] = said
    st.session_state[KEY + "opened"] = filters.write(opened)
    return said


def write_address(asked: Filters) -> None:
    """Make the address say what is asked; other parameters are left alone."""
    told = filters.write(asked)
    address.keep(PAGE, filters.PARAMETERS.values(), told)
    if st.session_state.get(KEY + "opened") != told:
        st.session_state[KEY + "said"] = ""


def choose(name: str, value: Any) -> None:
    """Set one field from a button or a click; runs before the page is drawn again."""
    st.session_state[KEY + name] = list(value) if isinstance(value, tuple) else value


def choose_all(asked: Filters) -> None:
    """Set every control to a question; runs before the page is drawn again."""
    for name in WIDGETS:
        choose(name, getattr(asked, name))


def _label_of(vocabulary: str) -> Any:
    return lambda code: label(vocabulary, code).capitalize()


def _narrow(known: Known) -> None:
    """Which sportelli are shown, in the list and on the map."""
    st.pills(
        "Tipi di sportello",
        filters.GROUPS,
        key=KEY + "groups",
        selection_mode="multi",
        format_func=GROUP_LABELS.__getitem__,
    )
    st.multiselect(
        "Tipo preciso",
        known.kinds or (),
        key=KEY + "kinds",
        format_func=_label_of("service_kinds"),
        placeholder="Tutti",
        select_all=False,
    )
    st.multiselect(
        "Temi",
        known.themes or (),
        key=KEY + "themes",
        format_func=_label_of("themes"),
        placeholder="Tutti",
        select_all=False,
    )
    st.multiselect(
        "Lingue parlate",
        known.languages or (),
        key=KEY + "languages",
        format_func=_label_of("languages"),
        placeholder="Tutte",
        help="Pochi sportelli pubblicano le lingue: gli altri restano fuori da questo filtro.",
        select_all=False,
    )
    st.multiselect(
        "Livello di prova",
        filters.EVIDENCE,
        key=KEY + "evidence",
        format_func=lambda level: f"{level} · {label('evidence', level).lower()}",
        placeholder="Tutti",
        select_all=False,
    )
    st.pills(
        "Qualità della scheda",
        filters.QUALITY,
        key=KEY + "quality",
        selection_mode="multi",
        format_func=str.capitalize,
        help="Da 0 a 1: quanto la scheda è completa, recente e provata. Bassa fino a 0,25, alta da 0,75.",
    )
    st.toggle("Mostra anche gli sportelli chiusi", key=KEY + "closed")


def _first_row() -> tuple[Any, Any, list[Any], Any]:
    """Places for the ground, the Ambito, the questions on access (as many as needed), the filters."""
    questions = {"minutes": 1, "people_beyond": 2}.get(st.session_state[KEY + "ground"], 0)
    for hidden in ("mode", "limit")[questions:]:  # Streamlit forgets what it does not draw
        choose(hidden, st.session_state[KEY + hidden])
    ground, *access, ambito, more = st.columns(
        [1.5, *[0.7] * questions, 1.2, 0.8], vertical_alignment="bottom"
    )
    return ground, ambito, access, more


def ask(known: Known, ambiti: Mapping[str, str]) -> Filters:
    """Draw the controls and give back the question.

    Parameters
    ----------
    known
        The codes that exist.
    ambiti
        ``ambito_id`` → name.
    """
    ground, ambito, access, more = _first_row()
    ground.selectbox(
        "Colore delle aree", filters.GROUNDS, key=KEY + "ground", format_func=GROUND_LABELS.__getitem__
    )
    if access:
        access[0].selectbox("Mezzo", filters.MODES, key=KEY + "mode", format_func=MODE_WORDS.__getitem__)
    if len(access) > 1:
        access[1].selectbox("Limite (minuti)", filters.LIMITS, key=KEY + "limit")
    ambito.selectbox(
        "Ambito",
        ("", *ambiti),
        key=KEY + "ambito",
        format_func=lambda code: ambiti.get(code, "Tutta la Lombardia"),
    )
    with more.popover(_filter_words(), icon=":material/tune:", width="stretch"):
        _narrow(known)
    st.pills(
        "Livelli",
        filters.LAYERS,
        key=KEY + "layers",
        selection_mode="multi",
        format_func=LAYER_LABELS.__getitem__,
    )
    return asked_now()


def _filter_words() -> str:
    """ "Filtri", with how many are set."""
    named = ("groups", "kinds", "themes", "languages", "evidence", "quality", "closed")
    count = sum(bool(st.session_state.get(KEY + name)) for name in named)
    return f"Filtri ({count})" if count else "Filtri"


def asked_now() -> Filters:
    """The question that the controls ask now."""
    usual = Filters()
    values: dict[str, Any] = {}
    for name in (*WIDGETS, "selected"):
        value = st.session_state.get(KEY + name, getattr(usual, name))
        values[name] = tuple(value) if isinstance(value, list) else value
    return Filters(**values)
