"""Personal links for those who run a service: give one for chosen records, see those given, take them back."""

import datetime as dt
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from data.registry import links
from data.registry.links import LONGEST_DAYS, Given, Named
from data.registry.rights import Actor
from data.registry.store import ROME
from errors import AtlasError
from screens import frame, memory, signing
from screens.errors import sentence

ASKED: Final = "dai"
"""The parameter of the address that asks for a link to a record (``kind/id``)."""
KINDS: Final = {
    "enti": "ente, con i suoi sportelli",
    "sportelli": "sportello",
    "sessioni": "sessione",
    "associazioni": "associazione",
    "mediazione": "mediazione",
    "sostegni": "sostegno a scuola",
}
DAYS: Final = 90
FAULT, GIVEN = "links_fault", "links_given"
CHOSEN, LABEL, LASTS = "links_chosen", "links_label", "links_days"


def show(actor: Actor) -> None:
    """The whole part of the page."""
    st.subheader("Collegamenti personali", anchor=False)
    st.caption(
        "Chi gestisce un servizio aggiorna le sue schede con un collegamento, senza parola d'ordine. Vale solo per "
        "le schede scelte, fino al giorno scelto, e si può ritirare."
    )
    _give()
    _list(actor)


def _give() -> None:
    """The form of a new link; the link is shown once."""
    with st.container(border=True):
        st.markdown("**Nuovo collegamento**")
        words = st.text_input(
            "Cerca le schede per nome", key="links_words", placeholder="per esempio: sportello Dalmine"
        )
        by_code = _offered(words)
        st.multiselect(
            "Schede", list(by_code), key=CHOSEN, format_func=lambda code: _words(by_code[code]),
            placeholder="Scegli una o più schede", select_all=False,
            help="Si possono aggiungere schede cercando altri nomi.",
        )  # fmt: skip
        with st.form("links_form", border=False):
            left, right = st.columns([3, 1])
            left.text_input(
                "A chi lo mandi", key=LABEL, placeholder="l'ufficio o l'ente, non il nome di una persona"
            )
            right.number_input("Giorni di validità", 1, LONGEST_DAYS, DAYS, key=LASTS)
            st.form_submit_button("Fai il collegamento", on_click=_answer, icon=":material/add_link:")
    if fault := st.session_state.pop(FAULT, None):
        st.error(signing.plain(fault), icon=":material/error:")
    if made := st.session_state.pop(GIVEN, None):
        label, token = made
        st.success(
            f"Ecco il collegamento per «{signing.plain(label)}». Copialo adesso: non si potrà rivedere."
        )
        st.code(_address(token), language=None, wrap_lines=True)


def _offered(words: str) -> dict[str, Named]:
    """What may be chosen: what was chosen already, what the address asks, what the words find."""
    store, token = memory.registry(), signing.token()
    found = links.offered(store, token, words) if words.strip() else []
    asked = st.query_params.get_all(ASKED)
    kept: dict[str, Named] = st.session_state.setdefault("links_kept", {})
    kept.update({f"{one.kind}/{one.key}": one for one in found})
    if CHOSEN not in st.session_state and asked:
        names = links.names_of(store, asked)
        kept.update({code: Named(*_pair(code), name, None) for code, name in names.items()})
        st.session_state[CHOSEN] = list(names)
    own = [*st.session_state.get(CHOSEN, []), *(f"{one.kind}/{one.key}" for one in found)]
    return {code: kept[code] for code in dict.fromkeys(own) if code in kept}


def _pair(code: str) -> tuple[str, str]:
    kind, _, key = code.partition("/")
    return kind, key


def _words(one: Named) -> str:
    return f"{one.name} ({KINDS[one.kind]})"


def _answer() -> None:
    """Make the link that the form asks for."""
    chosen: Sequence[str] = st.session_state.get(CHOSEN, [])
    records = [_pair(code) for code in chosen]
    label, days = st.session_state[LABEL], st.session_state[LASTS]
    try:
        made = links.give(memory.registry(), signing.token(), records=records, label=label, days=int(days))
    except AtlasError as fault:
        st.session_state[FAULT] = sentence(fault)
        return
    st.session_state[GIVEN] = (label.strip(), made)
    st.session_state[CHOSEN], st.session_state[LABEL] = [], ""


def _address(token: str) -> str:
    """The address to send: of the host that this page was asked at."""
    here = urlsplit(st.context.url or "")
    host = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{host}/registro?{urlencode({signing.INVITATION: token})}"


def _list(actor: Actor) -> None:
    """Those that were given and still hold, each with the way to take it back; then the others."""
    store = memory.registry()
    given = links.given(store, signing.token())
    now = store.clock()
    good = [one for one in given if one.revoked_at is None and one.expires_at > now]
    names = links.names_of(store, [code for one in given for code in one.records])
    if not good:
        st.caption("Nessun collegamento è in vigore.")
    for one in good:
        with st.container(border=True):
            mine = "" if one.created_by == actor.key else " · dato da un'altra redazione"
            said, back = st.columns([6, 1], vertical_alignment="center")
            said.markdown(
                f"**{signing.plain(one.label)}** · fino al {_day(one.expires_at)}{mine}  \n{_listed(one, names)}"
            )
            back.button("Ritira", key=f"links_back_{one.id}", on_click=_take_back, args=(one.id,),
                        help=f"Chi ha il collegamento «{signing.plain(one.label)}» non potrà più usarlo")  # fmt: skip
    over = [one for one in given if one not in good]
    if over:
        with st.expander(f"Scaduti o ritirati: {len(over)}"):
            rows = [(one.label, _listed(one, names, plain=False), _over(one)) for one in over]
            table = pd.DataFrame(rows, columns=["A chi", "Schede", "Finito"]).set_index("A chi")
            frame.table(table, "Collegamenti scaduti o ritirati")


def _listed(one: Given, names: dict[str, str], *, plain: bool = True) -> str:
    said = ", ".join(names.get(code, code) for code in one.records)
    return signing.plain(said) if plain else said


def _over(one: Given) -> str:
    return f"ritirato il {_day(one.revoked_at)}" if one.revoked_at else f"scaduto il {_day(one.expires_at)}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(ROME):%d/%m/%Y}"


def _take_back(link_id: str) -> None:
    try:
        links.take_back(memory.registry(), signing.token(), link_id)
    except AtlasError as fault:
        st.session_state[FAULT] = sentence(fault)
