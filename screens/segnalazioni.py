"""Segnalazioni: what people say is wrong with the records, for the editors who can mend them and say how it ended."""

from collections.abc import Sequence
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from data.registry import reports
from data.registry.reports import Told
from data.registry.rights import Actor
from data.vocabularies import label, vocabulary
from errors import AtlasError
from screens import address, ask_registry, frame, memory, report_words, signing
from screens.ask_registry import ONE_OF, ambito_words
from screens.errors import sentence
from screens.offer import offer
from screens.report_words import PAGE

SIZE: Final = 15
SAID, BACK, AT = "reports_said", "reports_back", "reports_at"
"""What the last press did (whether well, in words), what takes it back (number, sealed words), at which row it was."""
VIEWS: Final = {"aperte": "Aperte", "chiuse": "Chiuse"}
RECORD: Final = "scheda"
"""The parameter that asks the reports of one record only."""
ICONS: Final = {
    "corretto": ":material/check:",
    "era_giusto": ":material/verified:",
    "non_chiaro": ":material/help:",
}


def show() -> None:
    """The whole screen: who looks, what waits, what was settled."""
    st.title("Segnalazioni", anchor=False)
    frame.lead(
        "Dalle pagine pubbliche chiunque può dire che in una scheda c'è un errore, senza dire chi è. Qui lo legge chi "
        "tiene le schede di quell'Ambito, corregge, e dice com'è andata."
    )
    signing.door()
    actor = signing.me()
    if actor is None or actor.role == "gestore":
        _closed(actor)
        return
    view = frame.choice("Quali", "quali", list(VIEWS), "aperte", VIEWS.__getitem__, page=PAGE)
    found = reports.listed(memory.registry(), signing.token(), settled=view == "chiuse")
    shown = _asked(found)
    part = ask_registry.page_of(len(shown), size=SIZE, page=PAGE)
    rows = shown[part]
    at = min(st.session_state.get(AT, 0), len(rows))
    for number, one in enumerate(rows):
        if number == at:
            _told()
        _row(one, number)
    if at == len(rows):
        _told()
    if not shown:
        _nothing(found, view)
        return
    offer(
        to_take_away(shown), "segnalazioni", view, title=f"Segnalazioni {view}",
        source=f"Registro dell'atlante al {memory.registry().today():%d/%m/%Y}", id_column="numero",
    )  # fmt: skip
    st.caption(
        "Di chi segnala non si tiene niente. Quando una segnalazione si chiude, il testo si cancella: restano le voci, "
        "le date, l'esito e chi l'ha chiusa. Quelle che nessuno chiude perdono il testo dopo un anno."
    )


def _closed(actor: Actor | None) -> None:
    """What is said to who may not read what was written."""
    if actor is None:
        st.markdown(
            "Quello che scrivono le persone lo legge solo la redazione dell'Ambito della scheda: per vederlo serve un "
            "accesso."
        )
    else:
        st.markdown(
            "Con un collegamento personale le segnalazioni non si vedono: le legge la redazione dell'Ambito."
        )


def _asked(found: Sequence[Told]) -> list[Told]:
    """Those of an Ambito, about a thing, of one record, as asked."""
    record = _record()
    left, right = st.columns(2)
    known = ask_registry.names()
    there = {one.ambito_id for one in found}
    with left:
        ambito = ask_registry.one(
            "Ambito", "ambito", ["", *(code for code in known if code in there)],
            lambda code: known.get(code, "Tutti"), page=PAGE,
        )  # fmt: skip
    with right:
        what = ask_registry.one(
            "Che cosa non va", "voce", ["", *vocabulary(reports.REASONS).index],
            lambda code: label(reports.REASONS, code) if code else "Tutto", page=PAGE,
        )  # fmt: skip
    return [
        one
        for one in found
        if (not ambito or one.ambito_id == ambito)
        and (not what or what in one.what)
        and (not record or f"{one.kind}/{one.key}" == record)
    ]


def _record() -> str:
    """The one record that the address asks about, with the way to all of them; empty for all."""
    asked = st.query_params.get(RECORD, "")
    address.keep(PAGE, [RECORD], {RECORD: asked} if asked else {})
    if asked:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Solo della scheda «{signing.plain(asked)}».", width="content")
            st.button("Mostra tutte", key="reports_all", type="tertiary", on_click=_all)
    return asked


def _all() -> None:
    address.keep(PAGE, [RECORD], {})


def _nothing(found: Sequence[Told], view: str) -> None:
    if found:
        st.markdown("Nessuna segnalazione con queste caratteristiche.")
    elif view == "aperte":
        st.markdown(
            "**Nessuna segnalazione aperta.** Quando qualcuno segnala un errore in una tua scheda, compare qui."
        )
    else:
        st.markdown("Nessuna segnalazione è stata ancora chiusa.")


def _row(one: Told, number: int) -> None:
    """One report: of which record, what is wrong, and the buttons that settle it."""
    with st.container(border=True):
        left, right = st.columns([5, 1.2], vertical_alignment="top")
        with left:
            st.markdown(f"**{signing.plain(one.name)}**")
            st.html(f'<p style="margin:0"><b>{escape(report_words.what_words(one))}</b></p>{_words(one)}')
            st.caption(signing.plain(facts(one)))
        with right:
            may_edit = one.outcome is None and not one.gone and signing.may("edit", one.kind, one.key)
            mode = {"modo": "modifica"} if may_edit else {}
            frame.link("registro", "Correggi" if may_edit else "Apri", scheda=f"{one.kind}/{one.key}", **mode)
        with st.container(horizontal=True):
            if one.outcome is None:
                for code in vocabulary(reports.OUTCOMES).index:
                    st.button(
                        label(reports.OUTCOMES, code), key=f"reports_{code}_{one.number}", icon=ICONS[code],
                        on_click=_settle, args=(one, code, number), help=_help(code),
                    )  # fmt: skip
            else:
                st.button(
                    "Riapri", key=f"reports_reopen_{one.number}", icon=":material/undo:", on_click=_reopen,
                    args=(one.number, None, number), help="Torna fra le aperte; il testo è già cancellato",
                )  # fmt: skip


def _words(one: Told) -> str:
    """What somebody wrote, as text, whatever it is."""
    if one.words is None:
        return ""
    return (
        '<blockquote dir="auto" style="margin:.35rem 0 0;padding:.1rem .8rem;border-inline-start:3px solid #b9c6c9;'
        f'white-space:pre-line;overflow-wrap:anywhere">{escape(one.words)}</blockquote>'
    )


def facts(one: Told) -> str:
    """What record it is, whose, when it was said and how it ended."""
    told = [ONE_OF[one.kind].capitalize(), ambito_words(one.ambito_id), report_words.when_words(one)]
    if one.gone:
        told.append("la scheda intanto è stata tolta")
    if one.moved:
        told.append("segnalata di una scheda che è stata unita a questa")
    if one.outcome is not None:
        told.append(report_words.outcome_words(one))
    return " · ".join(told)


def _help(code: str) -> str:
    said = str(vocabulary(reports.OUTCOMES).loc[code, "description"])
    return f"{said} La segnalazione si chiude e il testo si cancella."


def _settle(one: Told, outcome: str, at: int) -> None:
    """Settle a report; what was done is said where it was, with the way back."""
    st.session_state[AT] = at
    try:
        back = reports.settle(memory.registry(), signing.token(), one.number, outcome)
    except AtlasError as fault:
        st.session_state.update({SAID: (False, sentence(fault)), BACK: None})
        return
    said = f"{one.name}: {label(reports.OUTCOMES, outcome).lower()}. Il testo è stato cancellato."
    st.session_state.update({SAID: (True, said), BACK: (one.number, back)})


def _reopen(number: int, back: str | None, at: int) -> None:
    """Open a report again, with its words where they are at hand."""
    st.session_state[AT] = at
    try:
        reports.reopen(memory.registry(), signing.token(), number, back)
    except AtlasError as fault:
        said = False, sentence(fault)
    else:
        said = True, "Annullato: è di nuovo aperta, con il suo testo." if back else "È di nuovo aperta."
    st.session_state.update({SAID: said, BACK: None})


def _told() -> None:
    """What the last press did, with the way back."""
    good, words = st.session_state.get(SAID, (True, ""))
    back = st.session_state.get(BACK)
    if words:
        (st.success if good else st.error)(
            signing.plain(words), icon=":material/check:" if good else ":material/error:"
        )
    if back:
        st.button("Annulla", key="reports_undo", icon=":material/undo:", on_click=_reopen,
                  args=(*back, st.session_state.get(AT, 0)))  # fmt: skip


def to_take_away(found: Sequence[Told]) -> pd.DataFrame:
    """The list as a table of its own; without the words, which stay where they are erased."""
    return pd.DataFrame(
        {
            "numero": [one.number for one in found],
            "scheda": [f"{one.kind}/{one.key}" for one in found],
            "nome": [one.name for one in found],
            "ambito": [ambito_words(one.ambito_id) for one in found],
            "che_cosa": ["; ".join(label(reports.REASONS, code) for code in one.what) for one in found],
            "volte": [one.times for one in found],
            "dal": [one.first_on.isoformat() for one in found],
            "al": [one.last_on.isoformat() for one in found],
            "esito": [one.outcome and label(reports.OUTCOMES, one.outcome) for one in found],
            "chiusa_il": [one.settled_on and one.settled_on.isoformat() for one in found],
        }
    )


if __name__ == "__main__":
    show()
