"""Importa: a list as an office keeps it becomes records; everything is shown first, nothing is saved before the yes."""

import streamlit as st

from data.registry.rights import Actor
from errors import FileUnreadable
from screens import (
    ask_registry,
    frame,
    import_done,
    import_messages,
    import_preview,
    import_sheet,
    import_state,
    import_template,
    signing,
)
from screens.errors import sentence
from screens.import_state import STANDARDS, Work

SPREADSHEETS = ("csv", "txt", "tsv", "xlsx", "xls", "ods")
REGION = "Regione: tutti gli Ambiti"


def show() -> None:
    """The whole screen: who, which file, how it is read, what would change, yes."""
    st.title("Importa", anchor=False)
    frame.lead(
        "L'elenco degli sportelli che avete già, così com'è, diventa schede del registro: si vede prima che cosa "
        "cambia, e niente è salvato senza il tuo sì."
    )
    signing.door()
    actor = signing.me()
    if actor is None or actor.role == "gestore":
        _for_readers(actor)
        return
    work = _file(_whose(actor))
    if work is not None:
        _steps(work)
    import_done.listed()


def _for_readers(actor: Actor | None) -> None:
    """What the page does, for who may not do it here."""
    who = (
        "Con un collegamento personale si cambiano le proprie schede una per una, dal registro."
        if actor is not None
        else "Per importare serve l'accesso della redazione di un Ambito o della Regione."
    )
    st.info(who, icon=":material/lock:")
    st.markdown(
        "Si carica un file CSV, Excel o OpenDocument; le colonne si riconoscono e si correggono; ogni riga che non "
        "torna si vede con un suggerimento; poi un'anteprima dice che cosa è nuovo, che cosa cambia e che cosa chiude. "
        "Un'importazione si può annullare tutta insieme."
    )
    import_template.offer()


def _whose(actor: Actor) -> str | None:
    """The Ambito whose records they are; missing for the Region."""
    names = ask_registry.names()
    own = [code for code in names if actor.ambiti is None or code in actor.ambiti]
    st.header("1. Il file", anchor=False)
    if actor.ambiti is None:
        chosen = st.selectbox(
            "Di chi sono le schede",
            ["", *own],
            format_func=lambda code: names.get(code, REGION),
            key="importa_ambito",
        )
        return chosen or None
    return str(
        st.selectbox("Di chi sono le schede", own, format_func=names.__getitem__, key="importa_ambito")
    )


def _file(ambito_id: str | None) -> Work | None:
    """The file that was given; another one, or another Ambito, begins again."""
    given = st.file_uploader(
        "L'elenco", type=[*SPREADSHEETS, *STANDARDS], key=f"importa_file_{st.session_state.get('importa_volta', 0)}",
        help="CSV, Excel, OpenDocument; anche HSDS, data-inclusion, GeoJSON e GeoParquet usciti da un altro registro.",
    )  # fmt: skip
    work = import_state.current()
    if given is None:
        if work is not None:
            import_state.begin(None)
        import_template.offer()
        return None
    if work is None or (work.key, work.ambito_id) != (given.file_id, ambito_id):
        work = Work(given.file_id, given.name, given.getvalue(), ambito_id)
        try:
            work.open()
        except FileUnreadable as fault:
            import_state.begin(None)
            st.error(signing.plain(sentence(fault)), icon=":material/error:")
            import_template.offer()
            return None
        import_state.begin(work)
    return work


def _steps(work: Work) -> None:
    """The steps that come after the file, as far as it has got."""
    if work.applied is not None:
        import_done.result(work)
        return
    if not import_sheet.show(work):
        return
    import_messages.show(work)
    import_preview.show(work)


if __name__ == "__main__":
    show()
