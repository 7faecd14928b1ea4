"""What was imported: what the last import wrote, the list of those before, and taking one back whole."""

import streamlit as st

from data.registry import links, merging
from data.registry.imports import imported
from data.registry.imports.imported import Imported
from errors import AtlasError
from screens import frame, import_state, memory, record_words, signing
from screens.ask_registry import ambito_words
from screens.errors import sentence
from screens.import_state import Work

LINKS = 12
"""Records that are linked to after an import."""
SAID = "importa_detto"
"""What is said once at the top of the list: that something was taken back, or why it could not."""
PLACED = ("enti", "sportelli", "associazioni", "mediazione", "sostegni")
"""Kinds with a card of their own."""


def result(work: Work) -> None:
    """What was done, the way to its records, and back."""
    done = work.applied
    if done is None:
        return
    st.header("Fatto", anchor=False)
    if done.batch is None:
        st.success("Il registro diceva già tutto questo: niente è cambiato.", icon=":material/check_circle:")
    else:
        said = [
            f"{many} {one if many == 1 else more}"
            for many, one, more in (
                (done.added, "scheda nuova", "schede nuove"),
                (done.changed, "cambiata", "cambiate"),
                (done.closed, "chiusa", "chiuse"),
            )
            if many
        ]
        st.success(f"Salvato: {', '.join(said)}.", icon=":material/check_circle:")
        _records(done.batch)
    with st.container(horizontal=True):
        if done.batch is not None:
            st.button(
                "Annulla questa importazione", icon=":material/undo:", on_click=_undo, args=(done.batch,),
                key="importa_annulla",
            )  # fmt: skip
        st.button(
            "Importa un altro file", icon=":material/upload_file:", on_click=_again, key="importa_ancora"
        )
    st.caption("Per un altro file basta anche caricarlo qui sopra.")


def _records(batch: str) -> None:
    """The records that an import wrote, as links to their cards."""
    found = [one for one in imported.records(memory.registry(), signing.token(), batch) if one[0] in PLACED]
    first = sorted(found, key=lambda one: PLACED.index(one[0]) if one[0] != "enti" else len(PLACED))[:LINKS]
    names = links.names_of(memory.registry(), [f"{kind}/{key}" for kind, key in first])
    for kind, key in first:
        name = names.get(f"{kind}/{key}") or record_words.title(kind, key)
        frame.link("registro", signing.plain(name), scheda=f"{kind}/{key}")
    if len(found) > len(first):
        st.caption(f"e altre {len(found) - len(first)}: si cercano nel registro.")


def listed() -> None:
    """The imports done, each with the way back."""
    try:
        found = imported.done(memory.registry(), signing.token())
    except AtlasError:
        return
    st.header("Importazioni fatte", anchor=False)
    if said := st.session_state.pop(SAID, None):
        st.info(signing.plain(said), icon=":material/info:")
    if not found:
        st.caption("Ancora nessuna.")
    for one in found:
        _line(one)


def _line(one: Imported) -> None:
    """One import: when, who, what it did, whether it still holds."""
    whose = ambito_words(one.ambito_id) if one.ambito_id else "Regione"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.text(
            f"{record_words.moment(one.at)} · {one.file}\n"
            f"{whose} · {one.source.partition('/')[2]} · {one.who}\n"
            f"{one.added} nuove, {one.changed} cambiate, {one.closed} chiuse"
            + (" · annullata" if one.undone else "")
        )
        if not one.undone and one.added + one.changed + one.closed:
            with st.popover("Annulla", icon=":material/undo:"):
                st.markdown(
                    "Le schede tornano com'erano prima. Se qualcuna è cambiata dopo, non si annulla niente."
                )
                st.button(
                    "Sì, annulla", on_click=_undo, args=(one.batch,), key=f"importa_annulla_{one.batch}"
                )


def _undo(batch: str) -> None:
    """Take an import back, all of it, and say so."""
    try:
        merging.undo_batch(memory.registry(), signing.token(), batch)
    except AtlasError as fault:
        st.session_state[SAID] = sentence(fault)
        return
    st.session_state[SAID] = "Importazione annullata: le schede sono com'erano prima."
    work = import_state.current()
    if work is not None and work.applied is not None and work.applied.batch == batch:
        work.applied = None
        work.forget_plan()


def _again() -> None:
    """Make room for another file."""
    import_state.begin(None)
    st.session_state["importa_volta"] = st.session_state.get("importa_volta", 0) + 1
