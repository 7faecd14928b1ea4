"""The controls of the travel times: they open as the address says, the address and the clicks on the map move them."""

from typing import Any, Final

import streamlit as st

from data.vocabularies import label
from geo.congestion import PERIODS
from geo.street_time import PEAK
from layers.style import KIND_GROUPS, number
from screens import address, frame, memory, reach
from screens.filters import MODE_WORDS, MODES
from screens.reach import ABOUT, CODES, Question

PAGE: Final = "tempi"
KEY: Final = "tempi_"
WIDGETS: Final = ("about", "kinds", "desk", "place", "start", "mode", "other", "period")
ABOUT_WORDS: Final = {
    "kind": "Il più vicino",
    "desk": "Uno sportello",
    "point": "Un punto",
}
COMUNE: Final = "tempi_comune"
"""The search of a comune: what it finds becomes the place."""

DESKS: Final = frozenset({"sportelli", "mete"})
"""Layers of the map whose features are desks."""

PERIOD_WORDS: Final = {"peak": "Mattino, ora di punta", "offpeak": "Fuori punta", "evening": "Sera"}


def open_address() -> str:
    """Take the question from the address if it was opened or changed by a link; a sentence on what is odd in it."""
    held = reach.write(asked_now()) if KEY + "about" in st.session_state else None
    told = address.opened(PAGE, reach.PARAMETERS, held)
    if told is None:
        return str(st.session_state.get(KEY + "said", ""))
    known = set(reach.choosable(memory.sportelli())["sportello_id"])
    asked, said = reach.parse(told, desks=known)
    for name in WIDGETS:
        choose(name, getattr(asked, name))
    st.session_state[KEY + "said"] = said
    return said


def choose(name: str, value: Any) -> None:
    """Set one part of the question; runs before the page is drawn again."""
    held = list(value) if name == "kinds" else (value or None) if name == "desk" else value
    st.session_state[KEY + name] = held


def asked_now() -> Question:
    """The question that the controls ask now."""
    usual = Question()
    values = {name: st.session_state.get(KEY + name, getattr(usual, name)) for name in WIDGETS}
    values["kinds"], values["desk"] = tuple(values["kinds"]), values["desk"] or ""
    if values["other"] == values["mode"]:
        values["other"] = ""
    return Question(**values)


def ask() -> Question:
    """Draw the controls and give back the question."""
    for name in WIDGETS:  # Streamlit forgets what it does not draw
        st.session_state[KEY + name] = st.session_state[KEY + name]
    streets = memory.networks().streets
    if streets is None:
        choose("period", PEAK)
    left, right = st.columns([1.15, 1], gap="medium", vertical_alignment="bottom")
    left.segmented_control(
        "Per arrivare a", list(ABOUT), key=KEY + "about", format_func=ABOUT_WORDS.__getitem__, required=True
    )
    with right:
        {"kind": _ask_kinds, "desk": _ask_desk, "point": _ask_place}[st.session_state[KEY + "about"]]()
    with st.container(horizontal=True, gap="medium"):
        st.segmented_control(
            "Mezzo", MODES, key=KEY + "mode", format_func=MODE_WORDS.__getitem__, required=True
        )
        others = ("", *(mode for mode in MODES if mode != st.session_state[KEY + "mode"]))
        if st.session_state[KEY + "other"] not in others:
            choose("other", "")
        st.segmented_control(
            "Confronta con",
            others,
            key=KEY + "other",
            format_func=lambda mode: MODE_WORDS.get(mode, "nessuno"),
            required=True,
        )
        if streets is not None and "car" in asked_now().modes:
            st.segmented_control(
                "Ora (solo sulle strade)",
                PERIODS,
                key=KEY + "period",
                format_func=PERIOD_WORDS.__getitem__,
                required=True,
                help="I tempi stimati conoscono solo il traffico del mattino.",
            )
    asked = asked_now()
    address.keep(PAGE, reach.PARAMETERS, reach.write(asked))
    return asked


def _ask_kinds() -> None:
    st.multiselect(
        "Tipi di sportello",
        CODES,
        key=KEY + "kinds",
        format_func=_kind_words,
        placeholder="Tutti quelli dove si informa e si accompagna",
    )


def _kind_words(code: str) -> str:
    groups = {group.code: group for group in KIND_GROUPS}
    if code not in groups:
        return str(label("service_kinds", code)).capitalize()
    return groups[code].label + (" (tutti)" if len(groups[code].kinds) > 1 else "")


def _ask_desk() -> None:
    desks = reach.choosable(memory.sportelli()).sort_values(["name", "comune"])
    names = {
        code: f"{name} · {comune}" if frame.known(comune) else str(name)
        for code, name, comune in zip(desks["sportello_id"], desks["name"], desks["comune"], strict=True)
    }
    st.selectbox(
        "Sportello",
        list(names),
        key=KEY + "desk",
        index=None,
        format_func=names.__getitem__,
        placeholder="Cerca per nome o comune, o toccalo sulla mappa",
    )


def _ask_place() -> None:
    """The place chosen on the map, or the middle of a comune for who has no pointer."""
    comuni = memory.comuni().sort_values("comune").set_index("comune_code")
    place = st.session_state[KEY + "place"]
    st.selectbox(
        "Tocca la mappa, o cerca un comune" if place is None else f"Punto scelto: {where(place)}",
        list(comuni.index),
        key=COMUNE,
        index=None,
        format_func=comuni["comune"].__getitem__,
        placeholder="Cerca un comune",
        on_change=_to_comune,
    )


def _to_comune() -> None:
    """Put the place in the largest settlement of the comune."""
    code = st.session_state[COMUNE]
    if code is None:
        return
    demand = memory.table("demand")
    middle = demand[demand["comune_code"] == code].nlargest(1, "residents").geometry.iloc[0]
    choose("place", (round(middle.x, 5), round(middle.y, 5)))


def where(place: reach.Place) -> str:
    """A place in words."""
    comune = reach.comune_of(place, memory.comuni())
    lon, lat = (number(one, digits=4) for one in place)
    return f"{comune} ({lat} N, {lon} E)" if comune else f"Fuori dalla Lombardia ({lat} N, {lon} E)"


def clicked(key: str) -> None:
    """A click moves the place asked about; if none is, on a desk it chooses it, elsewhere it asks for the trip."""
    told = st.session_state.get(key) or {}
    facts = (told.get("last_active_drawing") or {}).get("properties", {})
    spot = told.get("last_clicked")
    last = st.session_state.get(f"{key}_click")
    now = (facts.get("click"), spot and (spot["lng"], spot["lat"]))
    st.session_state[f"{key}_click"] = now
    if now == last or not any(now):
        return
    about = st.session_state[KEY + "about"]
    on_desk = facts.get("layer") in DESKS and (last is None or facts["click"] != last[0])
    if on_desk and about != "point":
        choose("about", "desk")
        choose("desk", facts["id"])
        choose("start", None)
    elif spot and (about != "desk" or st.session_state[KEY + "desk"]):
        place = (round(spot["lng"], 5), round(spot["lat"], 5))
        choose("place" if about == "point" else "start", place)
        st.session_state[COMUNE] = None
