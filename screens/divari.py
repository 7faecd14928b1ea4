"""Divari: who surely reaches no desk as asked, where, why, what would help most, and whom to call first."""

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from screens import (
    ask_need,
    ask_registry,
    frame,
    gap_answers,
    gap_bars,
    gap_calls,
    gap_comune,
    gap_map,
    gap_ranking,
    gap_words,
    map_ground,
    memory,
    signing,
)
from screens.gap_table import AMBITO, COMUNE, REGION
from screens.need import EVENING_OR_SATURDAY, Need

PAGE: Final = "divari"
PRESETS: Final = {
    "Solo vicino": Need(),
    "Dopo le 17 o il sabato": Need(when=EVENING_OR_SATURDAY),
    "In arabo": Need(languages=("ar",)),
    "Per il permesso di soggiorno": Need(themes=("permesso_soggiorno",)),
    "Senza appuntamento": Need(walk_in=True),
}
"""Questions ready to be asked."""
VIEWS: Final = {
    "graduatoria": "Graduatoria",
    "orari": "Orari o nuovo sportello?",
    "chiamate": "Chi chiamare",
}
HOW: Final = (
    "«Scoperto» è chi entro il limite non ha uno sportello di cui si sappia che ha tutto quello che si chiede. Le "
    "parti dicono quanto pesa ogni causa (valore di Shapley: la media, su tutti gli ordini in cui le cause si possono "
    "aggiungere, di quanti ciascuna lascia scoperti) e sommate danno il divario intero. Togliere la distanza vuol dire "
    "portare a chi non ne ha nessuno entro il limite lo sportello più vicino, com'è oggi; togliere un'altra causa, che "
    "gli sportelli di cui si sa di no siano come si chiede; togliere «non si sa», che ogni risposta che manca sia sì. "
    "I conteggi sono arrotondati a 5."
)


def show() -> None:
    """The whole screen: fetch, ask, show."""
    st.html(map_ground.LOOK)
    st.title("Divari", anchor=False)
    frame.lead(
        "Chi non trova di sicuro lo sportello che gli serve, dove, per quale causa, e che cosa aiuterebbe di più."
    )
    _presets()
    asked = ask_need.ask(PAGE)
    if not len(memory.setting(asked).offers.desks):
        st.info("Nessuno sportello conta per questa domanda: togli tipi di sportello o livelli di prova.")
        return
    own = _own(asked)
    ambito, comune = _where()
    _place(asked, ambito, comune, own)
    view = frame.choice("Vista", "vista", tuple(VIEWS), "graduatoria", VIEWS.__getitem__, page=PAGE)
    if view == "orari":
        st.header("Orari più lunghi o un nuovo sportello?", anchor=False)
        gap_ranking.hours(asked, ambito, own=own)
    elif view == "chiamate":
        st.header("Chi chiamare per primo", anchor=False)
        if own:
            st.caption(":material/info: Le chiamate qui non contano la lingua: per contarla, scegline una.")
        gap_calls.show(asked, ambito)
    else:
        chart, side = st.columns([1, 1.1], gap="medium")
        with chart:
            gap_map.show(asked, PAGE, ambito, own=own)
        with side:
            by = gap_ranking.bars(asked, ambito, own=own)
        gap_ranking.table(asked, by, ambito, own=own)
    spoken = ("citizenship", "citizenship_languages") if own else ()
    frame.sources(
        "foreign_population", *spoken, "sportelli", "ambito_comuni", also=frame.minutes_from(asked.mode)
    )


def _presets() -> None:
    """Questions ready to be asked; mode and limit stay as they are."""
    with st.container(horizontal=True, gap="small"):
        for words, preset in PRESETS.items():
            st.button(words, key=f"divari_pronta_{words}", on_click=_ready, args=(preset,))


def _ready(preset: Need) -> None:
    """Ask a question that was ready; runs before the page is drawn again."""
    now = ask_need.asked_now(PAGE)
    ask_need.choose(PAGE, replace(preset, mode=now.mode, limit=now.limit))


def _own(asked: Need) -> bool:
    """Whether everybody asks in a language of their own; not where the question names one."""
    if asked.languages:
        return False
    words = {"chiesta": "come nella domanda", gap_answers.OWN: "ciascuno nella sua"}
    chosen = frame.choice(
        "Lingua delle persone", gap_answers.LANGUAGES, tuple(words), "chiesta", words.__getitem__, page=PAGE
    )
    if chosen != gap_answers.OWN:
        return False
    st.caption(
        "Stima: si contano gli stranieri che parlano una delle 15 lingue più diffuse, secondo le lingue di ogni "
        "cittadinanza, e ciascuno cerca uno sportello che parli la sua; dentro il comune si suppone che vivano dove "
        "vivono gli altri stranieri."
    )
    return True


def _where() -> tuple[str | None, str | None]:
    """Where to look: all Lombardy, an Ambito, a comune."""
    left, right = st.columns(2, gap="medium")
    with left:
        ambito = ask_registry.ambito(PAGE)
    comuni = memory.comuni()
    some = comuni if ambito is None else comuni[comuni["ambito_id"] == ambito]
    names = some.set_index("comune_code")["comune"].sort_values().to_dict()
    with right:
        comune = ask_registry.one(
            "Comune (o toccalo sulla mappa)",
            "comune",
            ["", *names],
            lambda code: str(names[code]) if code else "Tutti",
            page=PAGE,
        )
    return ambito, comune or None


def _place(asked: Need, ambito: str | None, comune: str | None, own: bool) -> None:
    """The finding for the place looked at: one sentence, its causes, and of a comune its desks."""
    row, where, by = _row(asked, ambito, comune, own)
    if row is None:
        st.caption(f"{where} non vive nessun residente straniero.")
        return
    with st.container(border=True, key="divari_luogo"):
        st.markdown(gap_words.sentence(row, where, asked, own=own))
        if by != REGION and (said := gap_words.stability(row)):
            st.caption(f":material/info: {said}")
        if gap_words.causes_in(row):
            left, right = st.columns([1, 1.2], gap="large")
            with left:
                gap_bars.of_place(row)
            with right:
                frame.table(gap_bars.lifts(row), "Cause del divario")
            with st.expander("Come si legge", icon=":material/help:"):
                st.markdown(HOW)
        if comune is not None:
            gap_comune.show(asked, comune)


def _row(
    asked: Need, ambito: str | None, comune: str | None, own: bool
) -> tuple[dict[Any, Any] | None, str, str]:
    """The row of the table of the place looked at, and the place in words."""
    if comune is not None:
        name = memory.comuni().set_index("comune_code")["comune"][comune]
        code, by, where = comune, COMUNE, f"A {signing.plain(str(name))}"
    elif ambito is not None:
        code, by = ambito, AMBITO
        where = f"Nell'Ambito {signing.plain(ask_registry.ambito_words(ambito))}"
    else:
        code, by, where = REGION, REGION, "In Lombardia"
    table = gap_answers.table(asked, by, own=own)
    return (table.loc[code].to_dict() if code in table.index else None), where, by


if __name__ == "__main__":
    show()
