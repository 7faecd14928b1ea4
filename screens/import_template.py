"""A model to fill in: the columns we like with a row of example, and the words that each list takes."""

import io
from typing import Final

import pandas as pd
import streamlit as st
from openpyxl import Workbook

from data.registry.checks import KIND_VOCABULARIES, VOCABULARIES
from data.vocabularies import vocabulary
from screens import downloads

EXAMPLE: Final = {
    "Codice": "1", "Ente gestore": "Comune di Borgo",
    "Nome sportello": "Sportello stranieri (esempio: cancella questa riga)",
    "Tipo di servizio": "Sportello comunale", "Indirizzo": "Via Roma 1", "CAP": "24121", "Comune": "Bergamo",
    "Provincia": "BG", "Telefono": "035 123456", "E-mail": "sportello@comune.example",
    "Sito web": "https://www.comune.example/sportello", "Orari": "lun-ven 9:00-12:30; mar 14:00-16:00",
    "Modalità di ricevimento": "in presenza", "Lingue": "arabo, inglese", "Mediatore": "in presenza", "Posti": "8",
    "Temi": "", "Destinatari": "", "Accesso": "su appuntamento", "Costo": "gratuito", "Zone servite": "tutto l'Ambito",
    "Descrizione": "Che cosa si fa qui e per chi, in due o tre frasi.", "Note": "", "Data aggiornamento": "11/2026",
}  # fmt: skip
"""Column → what an office would write."""
LISTS: Final = {
    "Tipo di servizio": KIND_VOCABULARIES["sportelli"], "Temi": VOCABULARIES["themes"],
    "Destinatari": VOCABULARIES["targets"], "Accesso": VOCABULARIES["access"], "Costo": VOCABULARIES["cost"],
    "Modalità di ricevimento": VOCABULARIES["reception"], "Mediatore": VOCABULARIES["mediator"],
    "Stato": VOCABULARIES["status"], "Lingue": VOCABULARIES["languages"],
}  # fmt: skip
"""Column → the vocabulary of its words."""


def example() -> pd.DataFrame:
    """The model: one row, a column for each thing we keep."""
    words = {**EXAMPLE, "Temi": _some("themes", 2), "Destinatari": _some("targets", 1)}
    return pd.DataFrame([words])


def _some(name: str, many: int) -> str:
    return ", ".join(str(label) for label in vocabulary(name)["label"][:many])


def lists() -> pd.DataFrame:
    """Every word that a column takes, with its code."""
    return pd.DataFrame(
        [
            (column, str(one["label"]), str(code), str(one.get("description", "")))
            for column, name in LISTS.items()
            for code, one in vocabulary(name).iterrows()
        ],
        columns=["Colonna", "Si scrive", "Codice", "Che cosa vuol dire"],
    )


def as_workbook() -> bytes:
    """The model as a workbook: the sheet to fill in, and one with the words."""
    book = Workbook(write_only=True)
    for title, table in (("Sportelli", example()), ("Elenchi", lists())):
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for row in (list(table.columns), *table.itertuples(index=False, name=None)):
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def offer() -> None:
    """The model and the words, to download."""
    with st.expander("Un modello da riempire", icon=":material/description:"):
        st.markdown(
            "Il file che avete già va bene così com'è: le colonne si riconoscono dal nome e si correggono qui. "
            "Se invece si parte da zero, questo modello ha le colonne che il registro conosce."
        )
        with st.container(horizontal=True):
            st.download_button(
                "Modello per Excel",
                as_workbook,
                "modello_sportelli.xlsx",
                downloads.XLSX,
                icon=":material/table:",
            )
            st.download_button(
                "Modello CSV", lambda: downloads.as_csv(example()), "modello_sportelli.csv", "text/csv",
                icon=":material/csv:",
            )  # fmt: skip
            st.download_button(
                "Voci degli elenchi", lambda: downloads.as_csv(lists()), "voci_degli_elenchi.csv", "text/csv",
                icon=":material/list:",
            )  # fmt: skip
