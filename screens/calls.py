"""Chi chiamare per primo: the desks whose unknown hours or languages matter to most people, Ambito by Ambito."""

from collections.abc import Hashable
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

from analysis import first_calls
from layers.style import number
from screens import ask_registry, frame, joined, memory, quality_words, signing
from screens.ask_registry import ambito_words
from screens.filters import MODE_WORDS, MODES
from screens.offer import offer

SIZE: Final = 15
QUESTIONS: Final = {"hours": "orari", "languages": "lingue"}
"""What to ask, in words."""
SILENT: Final = {"hours": "quando è aperto", "languages": "che lingue parla"}
"""What is not known of a desk, in words."""
HOW: Final = (
    "Conta lo sportello che ciascun residente straniero raggiunge per primo, e quello che raggiunge per secondo, entro "
    "due ore. Il peso di una chiamata somma, per ogni cosa da chiedere, le persone per cui lo sportello è il più "
    "vicino e metà di quelle per cui è il secondo, quando anche il loro più vicino non lo dice."
)


def show(page: str) -> None:
    """The whole view: fetch, ask, show."""
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    with left:
        ambito = ask_registry.ambito(page)
    with right:
        mode = frame.choice("Mezzo", "mezzo", MODES, "car", MODE_WORDS.__getitem__, page=page)
    everything = calls(mode)
    here = everything if ambito is None else everything[everything["area"] == ambito]
    here = here.sort_values(["matters", "nearest"], ascending=False, kind="stable")
    told = first_calls.as_shown(here)
    st.markdown(f"**{summary(here, ambito)}**")
    st.caption(HOW)
    if "divari" in st.session_state["pages"]:
        frame.link("divari", "Per una domanda precisa: quanto cambierebbe ogni risposta", vista="chiamate")
    desks = memory.sportelli().set_index("sportello_id")
    if not told.empty:
        _list(told, desks, page)
        table = printed(told, desks)
        with st.expander("Tabella da stampare", icon=":material/print:"):
            frame.table(table.set_index("Chi chiamare"), "Chi chiamare per primo")
        offer(
            table.assign(scheda=[f"sportelli/{key}" for key in told.index]),
            "chiamare", ambito or "lombardia", mode,
            title="Chi chiamare per primo", source=frame.minutes_from(mode), id_column="scheda",
        )  # fmt: skip
    frame.sources("sportelli", "foreign_population", also=frame.minutes_from(mode))


def calls(mode: str) -> pd.DataFrame:
    """The desks to call (``first_calls.ranked``) as the registry is now; read only."""
    return _calls(mode, memory.stamp(), memory.networks().mark)


@st.cache_resource(show_spinner=False, max_entries=8)
def _calls(mode: str, stamp: str, mark: str) -> pd.DataFrame:  # noqa: ARG001
    desks = joined.counted(memory.sportelli()).set_index("sportello_id")
    spot = spots(desks)
    people = memory.table("demand")["foreign_residents"].reset_index(drop=True)
    rows = first_calls.side_by_side(*two_nearest(mode, spot), people, spot)
    found = first_calls.ranked(*rows, unknown(desks.index), desks["ambito_id"])
    return found.assign(beside=spot.map(spot.value_counts()) - 1)


def spots(desks: gpd.GeoDataFrame) -> pd.Series:
    """Where each desk is, as far as we can tell it from others: its comune where no more is known, else its point."""
    vague = desks["precision"].eq("settlement") & desks["comune_code"].notna()
    return pd.Series(desks["comune_code"].where(vague, desks.geometry.to_wkb(hex=True)), dtype=object)


def two_nearest(mode: str, spot: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The spots, of those of some desks, that each demand point reaches first and second within the matrix's limit.

    ``spot`` as ``spots`` gives it; the first desk of each stands for it.
    """
    known = joined.matrix(memory.table, memory.networks(), mode=mode)
    found = known.two_nearest(np.flatnonzero(known.desks.isin(spot.drop_duplicates().index)))
    names = pd.Series([*spot.reindex(known.desks), None], dtype=object)  # -1, the last, is nowhere
    (_, first), (_, second) = found
    return names.iloc[first].reset_index(drop=True), names.iloc[second].reset_index(drop=True)


def unknown(desks: pd.Index) -> pd.DataFrame:
    """Of each desk, whether its hours and languages are unknown: no sessione has them in a form that can be read."""
    sessioni = quality_words.records("sessioni")
    said = {name: set(sessioni.loc[sessioni[name].notna(), "sportello_id"]) for name in QUESTIONS}
    return pd.DataFrame({name: ~desks.isin(list(told)) for name, told in said.items()}, index=desks)


def summary(here: pd.DataFrame, ambito: str | None) -> str:
    """How many desks are to be called and for what, in one sentence."""
    where = "In Lombardia" if ambito is None else f"Nell'Ambito {ambito_words(ambito)}"
    if here.empty:
        return f"{where} nessuno sportello da chiamare: di tutti si sanno orari e lingue, o non ce ne sono."
    many = "uno sportello" if len(here) == 1 else f"{number(len(here))} sportelli"
    return (
        f"{where} da chiamare: {many}; gli orari sono da chiedere a {number(here['hours'].sum())}, "
        f"le lingue a {number(here['languages'].sum())}."
    )


def _list(told: pd.DataFrame, desks: pd.DataFrame, page: str) -> None:
    """One desk to call after the other, with what to ask and why."""
    part = ask_registry.page_of(len(told), size=SIZE, page=page)
    for place, (key, call) in list(enumerate(told.iterrows(), start=1))[part]:
        desk = row_of(desks, key)
        with st.container(border=True):
            left, right = st.columns([5, 1], vertical_alignment="center")
            town = f" · {signing.plain(str(desk['comune']))}" if frame.known(desk["comune"]) else ""
            left.markdown(f"**{place}. {signing.plain(str(desk['name']))}**{town}")
            left.markdown(f"{_icon(desk)} {signing.plain(phone(desk))} · da chiedere: **{asked(call)}**")
            left.markdown(why(call))
            left.caption(signing.plain(f"Ambito {ambito_words(call['area'])}, {int(call['rank'])}ª chiamata"))
            with right:
                frame.link("registro", "Apri", scheda=f"sportelli/{key}")


def row_of(desks: pd.DataFrame, key: Hashable) -> pd.Series:
    """One desk."""
    return pd.Series(desks.loc[str(key)])


def phone(desk: pd.Series) -> str:
    """The number to call, else another way to the office, else that none is known."""
    ways = [str(desk[name]) for name in ("phone", "email", "web") if frame.known(desk[name])]
    return ways[0] if ways else "nessun recapito noto"


def _icon(desk: pd.Series) -> str:
    return ":material/call:" if frame.known(desk["phone"]) else ":material/alternate_email:"


def asked(call: pd.Series) -> str:
    """What to ask."""
    return " e ".join(words for name, words in QUESTIONS.items() if call[name])


def why(call: pd.Series) -> str:
    """Why this desk, in one sentence, with the figures of the table."""
    silent = " né ".join(words for name, words in SILENT.items() if call[name])
    near = "nessuno" if call["nearest"] == 0 else f"{frame.people_words(call['nearest'])} residenti stranieri"
    next_ = "nessuno" if call["second"] == 0 else frame.people_words(call["second"])
    many = int(call["beside"])
    beside = (
        ""
        if not many
        else " (in parti uguali con "
        + ("un altro sportello" if many == 1 else f"altri {many} sportelli")
        + " dello stesso comune, di cui non si sa la via)"
    )
    return f"È lo sportello più vicino per {near} e il secondo più vicino per {next_}{beside}: non si sa {silent}."


def printed(told: pd.DataFrame, desks: pd.DataFrame) -> pd.DataFrame:
    """The list as a table: whom to call, where, what to ask, for how many."""
    rows = [(row_of(desks, key), call) for key, call in told.iterrows()]
    return pd.DataFrame(
        {
            "Chi chiamare": [str(desk["name"]) for desk, _ in rows],
            "Recapito": [phone(desk) for desk, _ in rows],
            "Da chiedere": [asked(call) for _, call in rows],
            "Più vicino per": [frame.people_words(call["nearest"]) for _, call in rows],
            "Secondo più vicino per": [frame.people_words(call["second"]) for _, call in rows],
            "Peso": ["–" if pd.isna(call["matters"]) else number(call["matters"]) for _, call in rows],
            "Ambito": [ambito_words(call["area"]) for _, call in rows],
            "Chiamata nell'Ambito": [int(call["rank"]) for _, call in rows],
        }
    )
