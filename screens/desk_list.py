"""The sportelli as a list: the same that are on the map, with their downloads, or the way out of an empty answer."""

from zlib import crc32

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.vocabularies import label
from screens import ask, filters
from screens.card import cell, hours_in_words, languages_in_words
from screens.filters import Filters
from screens.offer import offer

TITLE = "Sportelli per l'integrazione dei cittadini di Paesi terzi in Lombardia"
COLUMNS = {
    "Sportello": st.column_config.TextColumn(width=330),
    "Tipo": st.column_config.TextColumn(width=170),
    "Comune": st.column_config.TextColumn(width=130),
    "Orari": st.column_config.TextColumn(width=190),
    "Lingue": st.column_config.TextColumn(width=150),
    "Prova": st.column_config.TextColumn(width=60, help="Da A, la più solida, a D"),
    "Qualità": st.column_config.NumberColumn(width=70, format="%.2f", help="Della scheda, da 0 a 1"),
}


def _picked(key: str, ids: list[str]) -> None:
    """A row of the list was chosen or let go: its card opens or closes."""
    rows = st.session_state[key]["selection"]["rows"]
    ask.choose("selected", ids[rows[0]] if rows else "")


def words_of(shown: pd.DataFrame) -> pd.DataFrame:
    """The table that people read: Italian words, "non noti" for what is not published."""
    return pd.DataFrame(
        {
            "Sportello": shown["name"],
            "Tipo": shown["kind"].map(
                {code: label("service_kinds", code) for code in shown["kind"].unique()}
            ),
            "Comune": shown["comune"],
            "Orari": [hours_in_words(cell(hours)) or "non noti" for hours in shown["opening_hours"]],
            "Lingue": [languages_in_words(cell(codes)) or "non note" for codes in shown["languages"]],
            "Prova": shown["evidence"],
            "Qualità": shown["quality"].astype(float),
        }
    )


def desks_words(count: int) -> str:
    """A number of desks in words.

    Examples
    --------
    >>> desks_words(1), desks_words(12)
    ('1 sportello', '12 sportelli')
    """
    return f"{count} sportello" if count == 1 else f"{count} sportelli"


def count_words(shown: gpd.GeoDataFrame, everything: pd.DataFrame, asked: Filters) -> str:
    """How many are shown, how many are not and why."""
    words = f"{desks_words(len(shown))} su {len(everything)} nel registro"
    closed = int(everything["status"].eq("chiuso").sum())
    if not asked.closed and closed:
        words += f"; {closed} {'chiuso non mostrato' if closed == 1 else 'chiusi non mostrati'}"
    unplaced = int((shown.geometry.isna() | shown.geometry.is_empty).sum())
    if unplaced:
        words += f"; {unplaced} senza posizione nota, solo nell'elenco"
    return words


def show_list(shown: gpd.GeoDataFrame, *, turn: int) -> None:
    """One desk a row; a row opens its card. ``turn`` changes when a card was closed elsewhere."""
    ids = list(shown["sportello_id"])
    key = f"mappa_elenco_{crc32(';'.join(ids).encode())}_{turn}"
    st.dataframe(
        words_of(shown),
        hide_index=True,
        key=key,
        height=320,
        column_config=COLUMNS,
        selection_mode="single-row",
        on_select=lambda: _picked(key, ids),
        alt="Elenco degli sportelli mostrati sulla mappa",
    )


def show_nothing(asked: Filters, everything: pd.DataFrame) -> None:
    """No desk answers: which filter to take away, with one button each."""
    helping = filters.ways_out(everything, asked)
    first = next(iter(helping), "")
    st.markdown(
        f"**Nessuno sportello con questi filtri:** togli {ask.FILTER_LABELS.get(first, 'qualche filtro')}."
    )
    for name, count in helping.items():
        st.button(
            f"Togli {ask.FILTER_LABELS[name]} ({desks_words(count)})",
            key=f"mappa_togli_{name}",
            on_click=ask.choose_all,
            args=(filters.loosened(asked, name),),
        )


def show_downloads(shown: gpd.GeoDataFrame, source: str) -> None:
    """The same desks to take away."""
    words = ("sportelli", "lombardia", f"{len(shown)}-righe", str(shown["compiled"].dropna().max()))
    offer(shown, *words, title=TITLE, source=source, id_column="sportello_id")
