"""Ricerche senza risposta: what people looked for on the public pages and did not find, for whoever plans services."""

from typing import Final

import pandas as pd
import streamlit as st

from analysis.disclosure import FEW
from analysis.tallies import SEVERAL, months
from data.registry import searches
from data.vocabularies import vocabulary
from layers.style import number
from screens import ask_registry, frame, memory, search_words, signing
from screens.offer import offer
from screens.search_words import HEADS, month_words

PAGE: Final = "ricerche"
VIEWS: Final = {
    "ambito": "Per Ambito",
    "bisogno": "Per bisogno",
    "lingua": "Per lingua",
    "insieme": "Tutto insieme",
}
BY: Final = {
    "ambito": ("ambito_id",), "bisogno": ("theme",), "lingua": ("language",),
    "insieme": ("ambito_id", "theme", "language"),
}  # fmt: skip
BARS: Final = 12
FILL, VAGUE = "#4a94b0", "#c3ccce"
HOW: Final = (
    f"Ogni cifra è fatta di gruppi di almeno {FEW} ricerche uguali: un gruppo si vede quando è completo. A fine "
    "trimestre quelle rimaste si uniscono a ricerche simili («lingue diverse»); le ultime, meno di "
    f"{FEW}, aspettano. Per questo le somme possono essere un po' più basse del vero."
)


def show() -> None:
    """The whole screen: fetch, ask, show."""
    st.title("Ricerche senza risposta", anchor=False)
    frame.lead(
        "Quante ricerche, nelle pagine pubbliche, non hanno trovato niente, o solo sportelli lontani: dove, per quale "
        "bisogno, in quale lingua."
    )
    signing.door()
    since = searches.since(memory.registry())
    found = search_words.told()
    if since is None or found.empty:
        _nothing(None if since is None else f"{since:%d/%m/%Y}")
        return
    shown = _asked(found, f"{since:%Y-%m}")
    view = frame.choice("Vista", "vista", list(VIEWS), "ambito", VIEWS.__getitem__, page=PAGE)
    if shown.empty:
        st.markdown(f"Qui non c'è nessun gruppo di almeno {FEW} ricerche. Si conta dal {since:%d/%m/%Y}.")
    else:
        _figures(shown)
        _bars(shown, view)
        _table(shown, view)
    st.caption(HOW)
    frame.sources(also=f"Pagine pubbliche dell'atlante; si conta dal {since:%d/%m/%Y}. {_NOTHING_KEPT}")


_NOTHING_KEPT: Final = (
    "Di chi cerca non si tiene niente, né chi è né dov'è: solo Ambito, bisogno, lingua e mese"
)


def _nothing(since: str | None) -> None:
    """What is said while there is nothing to show."""
    if since is None:
        st.markdown("**Non si conta ancora**: le pagine pubbliche non sono state accese.")
    else:
        st.markdown(
            f"**Ancora niente da mostrare.** Le ricerche si contano dal {since}; si vedono da {FEW} uguali in su."
        )
    st.caption(f"{_NOTHING_KEPT}.")


def _asked(found: pd.DataFrame, first: str) -> pd.DataFrame:
    """The groups of the months and codes that are asked."""
    every = months(min(first, found["month"].min()), search_words.month_now())
    one, two, three, four, five = st.columns([1.3, 1.3, 1.3, 1, 1])
    with one:
        ambito = _code("ambito", "ambito_id", found)
    with two:
        theme = _code("bisogno", "theme", found)
    with three:
        language = _code("lingua", "language", found)
    with four:
        since = ask_registry.one("Da", "da", every, month_words, page=PAGE)
    with five:
        until = ask_registry.one("A", "a", every[::-1], month_words, page=PAGE)
    return search_words.kept(
        found, since=since, until=until, ambito_id=ambito, theme=theme, language=language
    )


def _code(parameter: str, name: str, found: pd.DataFrame) -> str:
    """One of the codes that were looked for; empty for all."""
    there = set(found[name]) - {"", SEVERAL}
    vocabularies = {"theme": "themes", "language": "languages"}
    known = list(ask_registry.names()) if name == "ambito_id" else list(vocabulary(vocabularies[name]).index)
    every = {"ambito_id": "Tutta la Lombardia", "theme": "Tutti", "language": "Tutte"}[name]
    return ask_registry.one(
        HEADS[name], parameter, ["", *(code for code in known if code in there)],
        lambda code: search_words.words(name, code) if code else every, page=PAGE,
    )  # fmt: skip


def _figures(shown: pd.DataFrame) -> None:
    every, none = int(shown["n"].sum()), int(shown.loc[shown["outcome"] == searches.NONE, "n"].sum())
    far = int(shown.loc[shown["outcome"] == searches.FAR, "n"].sum())
    told = (
        ("Ricerche senza risposta", every, "nei mesi scelti"),
        ("Nessun risultato", none, "nessuno sportello com'era chiesto"),
        ("Solo lontano", far, "più di un'ora con il mezzo scelto e più di 45 minuti in auto"),
    )
    for column, (name, count, said) in zip(st.columns(3), told, strict=True):
        column.metric(name, number(count))
        column.caption(said)


def _bars(shown: pd.DataFrame, view: str) -> None:
    """The codes most looked for as bars; of all together there is only the table."""
    if len(BY[view]) > 1:
        return
    st.header(VIEWS[view], anchor=False)
    summed = search_words.table(shown, BY[view]).head(BARS)
    longest = max(int(summed["Ricerche"].max()), 1)
    vague = set(search_words.SEVERAL_OF.values())
    rows = summed[[HEADS[BY[view][0]], "Ricerche"]].itertuples(index=False, name=None)
    frame.bars(
        [(name, n / longest, VAGUE if name in vague else FILL, f"{number(n)} ricerche") for name, n in rows]
    )


def _table(shown: pd.DataFrame, view: str) -> None:
    """The same as a table, to read and to take away: both are the same figures."""
    table = search_words.table(shown, BY[view])
    st.header("Tabella", anchor=False)
    st.dataframe(
        frame.figures(table), hide_index=True, height=min(420, 38 + 35 * len(table)),
        alt=f"Ricerche senza risposta {VIEWS[view].lower()}",
    )  # fmt: skip
    offer(
        table, "ricerche-senza-risposta", view, title=f"Ricerche senza risposta {VIEWS[view].lower()}",
        source=f"Pagine pubbliche dell'atlante al {memory.registry().today():%d/%m/%Y}",
        id_column=str(table.columns[0]),
    )  # fmt: skip


if __name__ == "__main__":
    show()
