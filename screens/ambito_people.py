"""The page of an Ambito, who lives there: how many people, since when, comune by comune."""

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.vocabularies import label
from geo.crs import DEGREES
from layers.style import number, percent
from screens import downloads, frame, memory
from screens.ambito_access import LIMIT
from screens.offer import offer


def figures(chosen: str, facts: pd.Series) -> None:
    """How many people live there, and since when."""
    columns = st.columns(4)
    columns[0].metric("Residenti stranieri", number(facts["foreign_residents"]))
    columns[0].caption(f"{percent(facts['foreign_share'])} di {number(facts['residents'])} residenti")
    columns[1].metric("Di Paesi terzi (stima)", number(facts["third_country"]))
    columns[1].caption("dalla quota del comune, dove nota, o della provincia")
    comuni = memory.comuni()
    here = comuni.loc[comuni["ambito_id"] == chosen, "comune_code"]
    history = memory.table("foreign_history")
    since = history[history["comune_code"].isin(here)].groupby("year")["foreign_residents"].sum()
    columns[2].metric("Dal 2020 al 2025", _signed(int(since.iloc[-1] - since.iloc[0])))
    columns[2].caption(f"erano {number(since.iloc[0])} al 1° gennaio 2020")
    columns[3].metric("Comuni", number(facts["comuni"]))
    columns[3].caption(f"documentati da una pagina pubblica {int(facts['on_page'])} su {facts['comuni']}")
    frame.sources("foreign_population", "foreign_history", "ambito_comuni")


def _signed(count: int) -> str:
    return ("+" if count > 0 else "−" if count < 0 else "") + number(abs(count))


def comuni(chosen: str) -> None:
    """The comuni, with people and minutes."""
    st.header("I comuni", anchor=False)
    names = memory.comuni().set_index("comune_code")
    names = names[names["ambito_id"] == chosen]
    table = names[["comune", "foreign_residents", "foreign_share", "snai_class"]].join(
        memory.access(limit=LIMIT)[["minutes_median", "low", "high", "people_beyond", "network"]]
    )
    table = table.sort_values(["people_beyond", "foreign_residents"], ascending=False)
    shown = pd.DataFrame(
        {
            "Comune": table["comune"],
            "Stranieri": table["foreign_residents"],
            "Su 100 residenti": (table["foreign_share"] * 100).round(1),
            "Minuti in auto": [frame.access_words(row) for row in table.to_dict("records")],
            f"Oltre {LIMIT} min": table["people_beyond"].map(frame.people_words),
            "Area interna": table["snai_class"].map(lambda code: label("snai_classes", code)),
        }
    )
    st.dataframe(frame.figures(shown), hide_index=True, alt="I comuni dell'Ambito con persone e minuti")
    shapes = gpd.GeoDataFrame(
        table.reset_index(), geometry=names.geometry.loc[table.index].to_numpy(), crs=DEGREES
    )
    offer(
        downloads.access_file(shapes, mode="car", limit=LIMIT),
        "comuni",
        chosen,
        title=f"Comuni dell'Ambito {chosen}: persone e minuti in auto allo sportello più vicino",
        source=downloads.SOURCE,
        id_column="comune_code",
    )
    frame.sources("foreign_population", "sportelli", "snai", also=frame.minutes_from("car"))
