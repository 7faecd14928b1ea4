"""Qualità: how complete and fresh the records are, by Ambito and by criterion; what to mend; whom to call first."""

from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from data.registry.quality import by_area
from layers.style import number
from screens import ask_registry, calls, frame, memory, quality_words, signing
from screens.ask_registry import KINDS, ambito_words
from screens.offer import offer
from screens.quality_words import CRITERIA, name_of, points_words

PAGE: Final = "qualita"
VIEWS: Final = {"schede": "Qualità delle schede", "chiamare": "Chi chiamare per primo"}
JUDGED: Final = ("sportelli", "associazioni", "enti", "mediazione", "sostegni")
"""Kinds with a quality of their own: that of sessioni is in their sportello's."""
SIZE: Final = 15
FILL: Final = "#4a94b0"


def show() -> None:
    """The whole screen: the door, then one of two views."""
    st.title("Qualità", anchor=False)
    frame.lead(
        "Ogni scheda prende da 0 a 1 punto per ciascun criterio che la riguarda; la qualità è la media. "
        "Per ogni punto perso c'è scritto come riprenderlo."
    )
    signing.door()
    view = frame.choice("Vista", "vista", list(VIEWS), "schede", VIEWS.__getitem__, page=PAGE)
    if view == "chiamare":
        calls.show(PAGE)
    else:
        _records()


def _records() -> None:
    """The quality of the records of a kind."""
    left, middle, right = st.columns(3)
    with left:
        ambito = ask_registry.ambito(PAGE)
    with middle:
        kind = ask_registry.one(
            "Tipo di scheda", "tipo", JUDGED, lambda code: KINDS[code].capitalize(), page=PAGE
        )
    with right:
        criterion = ask_registry.one(
            "Criterio",
            "criterio",
            ("", *CRITERIA),
            lambda code: name_of(code) if code else "Tutti",
            page=PAGE,
        )
    known = quality_words.open_records(kind)
    if ambito is not None:
        known = known[known["ambito_id"] == ambito]
    scores = quality_words.scores(kind).reindex(known.index)
    if known.empty:
        st.markdown(f"Nel registro non ci sono {KINDS[kind]} {_where(ambito)}.")
        return
    _figures(scores, kind, ambito)
    if ambito is None:
        _by_ambito(scores["quality"], known["ambito_id"])
    _spread(scores)
    _lowest(scores, known, kind, criterion)
    frame.sources(also=_source())


def _where(ambito: str | None) -> str:
    return "" if ambito is None else f"dell'Ambito {ambito_words(ambito)}"


def _source() -> str:
    return f"Registro dell'atlante al {memory.registry().today():%d/%m/%Y}; le schede chiuse o superate non contano"


def _figures(scores: pd.DataFrame, kind: str, ambito: str | None) -> None:
    one, two, three = st.columns(3)
    one.metric("Qualità media, da 0 a 1", points_words(scores["quality"].mean()))
    one.caption(f"{number(len(scores))} {KINDS[kind]} {_where(ambito)}")
    poor = int((scores["quality"] <= quality_words.CLASSES[0]).sum())
    two.metric("Fino a 0,2", number(poor))
    two.caption("schede con quasi tutto da completare")
    first = quality_words.lost(scores).index[0]
    three.metric("Dove si perde di più", name_of(first))
    three.caption(quality_words.mend(str(first)))


def _by_ambito(quality: pd.Series, area: pd.Series) -> None:
    """Mean quality of each Ambito."""
    st.header("Per Ambito", anchor=False)
    summed = by_area(quality, area).sort_values(["quality", "records"])
    shown = pd.DataFrame(
        {
            "Ambito": [ambito_words(str(code)) for code in summed.index],
            "Qualità media": summed["quality"].to_numpy(),
            "Schede": summed["records"].to_numpy(),
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=320,
        column_config={
            "Qualità media": st.column_config.ProgressColumn(
                format="%.2f", min_value=0, max_value=1, width="medium"
            )
        },
        alt="Qualità media e numero di schede per Ambito, dalla più bassa",
    )
    silent = len(memory.ambiti()) - len(summed)
    if silent > 0:
        st.caption(f"Altri {silent} Ambiti non hanno schede di questo tipo.")


def _spread(scores: pd.DataFrame) -> None:
    """How records are spread over the classes, and which criteria cost most points."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Quante schede per qualità", anchor=False)
        counts = quality_words.classes(scores["quality"])
        longest = max(float(counts.max()), 1.0)
        frame.bars(
            [
                (str(words), count / longest, fill, f"{number(count)} schede")
                for (words, count), fill in zip(counts.items(), quality_words.QUALITY_FILLS, strict=True)
            ]
        )
    with right:
        st.header("Punti persi per criterio", anchor=False)
        lost = quality_words.lost(scores)
        applies = scores[list(CRITERIA)].notna().sum().to_dict()
        longest = max(float(lost.max()), 1.0)
        frame.bars(
            [
                (name_of(name), points / longest, FILL, f"{number(points)} su {number(applies[name])}")
                for name, points in lost.items()
                if applies[name]
            ]
        )


def _lowest(scores: pd.DataFrame, known: pd.DataFrame, kind: str, criterion: str) -> None:
    """The records to begin with, each with what to do."""
    order = scores.assign(key=scores.index)
    if criterion:
        order = order[order[criterion] < 1].sort_values([criterion, "quality", "key"])
        st.header(f"Da riprendere: {name_of(criterion).lower()} ({len(order)})", anchor=False)
        st.caption(quality_words.mend(criterion))
    else:
        order = order[order["quality"] < 1].sort_values(["quality", "key"])
        st.header(f"Da completare, dalla qualità più bassa ({len(order)})", anchor=False)
    if order.empty:
        st.markdown("Niente da riprendere.")
        return
    part = ask_registry.page_of(len(order), size=SIZE, page=PAGE)
    for key, row in order.iloc[part].iterrows():
        _row(str(key), row, pd.Series(known.loc[str(key)]), kind)
    table = to_take_away(order, known, kind)
    offer(
        table,
        "qualita",
        kind,
        criterion,
        title=f"Qualità: {KINDS[kind]}",
        source=_source(),
        id_column="scheda",
    )


def _row(key: str, row: pd.Series, record: pd.Series, kind: str) -> None:
    with st.container(border=True):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(
            f"**{signing.plain(str(record['name']))}** · qualità {points_words(float(row['quality']))}"
        )
        left.caption(signing.plain(ambito_words(record["ambito_id"])))
        with right:
            verb = "Modifica" if signing.may("edit", kind, key) else "Apri"
            frame.link(
                "registro",
                verb,
                scheda=f"{kind}/{key}",
                **({"modo": "modifica"} if verb == "Modifica" else {}),
            )
        items = "".join(
            f"<li><b>{escape(name_of(name))}</b> <small>(−{escape(points_words(points))})</small>: "
            f"{escape(quality_words.mend(name))}</li>"
            for name, points in quality_words.lost_by(row).items()
        )
        with st.expander(f"Che cosa fare ({len(quality_words.lost_by(row))})"):
            st.html(f'<ul style="margin:0;padding-left:1.1rem;font-size:.92rem">{items}</ul>')


def to_take_away(order: pd.DataFrame, known: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The list as a table of its own: one column a criterion, and what to do in words."""
    here = known.loc[order.index]
    told = {
        "scheda": [f"{kind}/{key}" for key in order.index],
        "nome": here["name"].to_numpy(),
        "ambito": [ambito_words(code) for code in here["ambito_id"]],
        "qualita": order["quality"].round(3).to_numpy(),
        **{name_of(name).lower(): order[name].round(3).to_numpy() for name in CRITERIA},
        "da_fare": [
            " ".join(quality_words.mend(name) for name in quality_words.lost_by(row))
            for _, row in order.iterrows()
        ],
    }
    return pd.DataFrame(told)


if __name__ == "__main__":
    show()
