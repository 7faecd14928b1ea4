"""Accesso, area by area: the table of people and minutes, and the same to take away."""

from functools import partial
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.crs import DEGREES
from screens import access_answers, access_table, accesso_comune, ask_registry, downloads, frame, memory, need
from screens.need import Need
from screens.offer import offer

PAGE: Final = "accesso"
BY_WORDS: Final = {"ambito": "Ambito", "comune": "comune"}
CODE: Final = {"ambito": "ambito_id", "comune": "comune_code"}


def show(asked: Need, ambito: str | None) -> None:
    """The table by Ambito, or by comune; a row opens what it stands for."""
    st.header("Area per area", anchor=False)
    by = "comune"
    if ambito is None:
        by = frame.choice("Una riga per", "per", tuple(BY_WORDS), "ambito", BY_WORDS.__getitem__, page=PAGE)
    found = access_answers.by_area(asked, CODE[by])
    names = _names(by, ambito)
    rows = found.loc[found.index.isin(names.index)].assign(name=names)
    rows = rows.sort_values(["confirmed_beyond", "people"], ascending=False, na_position="last")
    _rows(rows, asked, by)
    _download(asked, by, ambito)


def _names(by: str, ambito: str | None) -> pd.Series:
    """The areas of the table by name."""
    if by == "ambito":
        return pd.Series(ask_registry.names())
    comuni = memory.comuni()
    here = comuni if ambito is None else comuni[comuni["ambito_id"] == ambito]
    names: pd.Series = here.set_index("comune_code")["comune"]
    return names


def _rows(rows: pd.DataFrame, asked: Need, by: str) -> None:
    shown = table_words(rows, asked, by)
    codes = [str(code) for code in rows.index]
    frame.rows_that_open(
        shown,
        codes,
        partial(_open, by),
        key=f"accesso_righe_{by}",
        label=f"Accesso, una riga per {BY_WORDS[by]}",
    )
    opens = "i suoi comuni" if by == "ambito" else "che cosa c'è vicino"
    st.caption(
        f"Prima dove più residenti stranieri non hanno un accesso confermato entro {asked.limit} minuti. Scegli una "
        f"riga per vedere {opens}. Un trattino: pochi"
        + ("; i comuni senza un Ambito noto non ci sono." if by == "ambito" else ".")
    )


def table_words(rows: pd.DataFrame, asked: Need, by: str) -> pd.DataFrame:
    """The table that people read: with no condition, one kind of access alone."""
    columns: dict[str, Any] = {
        BY_WORDS[by].capitalize(): rows["name"],
        "Stranieri": rows["people"].round(),
    }
    if not asked.conditions:
        columns |= {
            f"Oltre {asked.limit} min": rows["confirmed_beyond"].round(),
            "Minuti (mediana)": _medians(rows, "confirmed"),
        }
        return pd.DataFrame(columns)
    columns |= {
        "Confermato": rows["confirmed"].round(),
        "Non si sa": rows["maybe"].round(),
        "Oltre": rows["beyond"].round(),
        "Minuti confermati": _medians(rows, "confirmed"),
        "Minuti possibili": _medians(rows, "possible"),
    }
    return pd.DataFrame(columns)


def _medians(rows: pd.DataFrame, end: str) -> list[str]:
    cells = zip(*(rows[f"{end}_{name}"] for name in ("median", "low", "high")), strict=True)
    return ["oltre due ore" if pd.isna(one[0]) else frame.minutes_words(*one) for one in cells]


def _open(by: str, code: str) -> None:
    """An Ambito shows its comuni, a comune what is near."""
    if by == "ambito":
        st.session_state[f"{PAGE}_ambito"] = code
    else:
        accesso_comune.look_at(PAGE, code)


def _download(asked: Need, by: str, ambito: str | None) -> None:
    """The table to take away: by comune as the command ``access`` writes it."""
    places = memory.comuni() if by == "comune" else memory.ambiti()
    table = access_table.file(access_answers.by_area(asked, CODE[by]), places, by=CODE[by])
    table = table.assign(
        question=need.words(asked), mode=asked.mode, limit_minutes=asked.limit, source=downloads.SOURCE
    )
    if ambito is not None:
        table = table[table["ambito_id"] == ambito].reset_index(drop=True)
    outlines = places.set_index(CODE[by]).geometry
    offer(
        gpd.GeoDataFrame(table, geometry=table[CODE[by]].map(outlines), crs=DEGREES),
        "accesso",
        ambito or by,
        f"{asked.mode}-{asked.limit}-minuti",
        title=f"Accesso a uno sportello {need.words(asked)}",
        source=downloads.SOURCE,
        id_column=CODE[by],
    )
