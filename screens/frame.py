"""What every page shares: its look, its source lines, its foot, and Italian words for figures."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from data.label import in_words, read_label
from geo import bands
from geo.network import ESTIMATED
from geo.street_time import PEAK
from layers.style import number
from screens import address, memory
from screens.living import FROM_THE_REGISTRY

STYLE = Path(__file__).with_name("frame.css")
"""The look of every page, beyond what Streamlit's theme can say."""

FEW = "pochi"
"""A count that is not shown: under 5, or a part of a comune with fewer than 15 foreign residents."""

ALIKE = 1e-9
"""Figures nearer than this are the same."""

ROUNDED = (
    "Conteggi arrotondati a 5; «pochi» sono meno di 5, o una parte di un comune con meno di 15 stranieri, e non si "
    "mostrano."
)
"""Goes where counts of people are explained (``analysis.disclosure``)."""

PARTNERS, EVIDENCED = 35, 33
"""Lab'Impact's partners by ANCI Lombardia's report, and those a public page names (two Ambiti are one partner)."""


def lead(text: str) -> None:
    """The opening sentence of a page."""
    st.html(f'<p class="atlante-lead">{escape(text)}</p>')


def minutes_from(*modes: str, traffic: str = "del mattino", period: str = PEAK) -> str:
    """What goes under every figure made of minutes: the networks that answer, and what they do not know."""
    said = [_networks_words() + (f", con il traffico {traffic}" if "car" in modes else "")]
    if "car" in modes:
        said.append("in auto la banda tra parentesi contiene il tempo vero circa otto volte su dieci")
    if {"bike", "walk"} & set(modes):
        said.append("in bicicletta e a piedi la banda è ipotizzata, non misurata")
    label = memory.networks().labels[0]
    said += [words for words in dict.fromkeys(bands.caveat(mode, label, period) for mode in modes) if words]
    return f"{'; '.join(said)}; i mezzi pubblici non ci sono"


def _networks_words() -> str:
    """Which networks answer, in words."""
    estimated = "**stimati** su una rete semplificata di centri abitati e strade principali"
    streets = memory.networks().streets
    if streets is None:
        return f"Tempi {estimated}, non su strade reali"
    of = f", dati del {in_words(streets.about.date)}" if streets.about.date else ""
    credit = "© OpenStreetMap contributors, ODbL"
    return f"Tempi sulle strade della rete «{streets.about.name}» ({credit}{of}) dove arriva, altrove {estimated}"


def sources(*datasets: str, also: str = "") -> None:
    """One line under a figure: where it comes from and of when."""
    lines = dict.fromkeys(source_line(name) for name in datasets)
    said = [f"{also}."] * bool(also) + [f"Fonte: {'; '.join(lines)}."] * bool(lines)
    if said:
        st.caption(" ".join(said))


def source_line(dataset: str) -> str:
    """Who says so, and of when; of what people keep in the registry also when they last did."""
    said, day = read_label(dataset).source_line, memory.kept_on() if dataset in FROM_THE_REGISTRY else None
    return said if day is None else f"Registro dell'atlante, modificato il {day:%d/%m/%Y}, nato da: {said}"


def minutes_words(minutes: Any, low: Any, high: Any) -> str:
    """Minutes with their band, rounded to whole minutes; in words where nothing can be reached.

    >>> minutes_words(31.4, 24.2, 41.9)
    '31 min (24–42)'
    """
    if pd.isna(minutes):
        return "non raggiungibile"
    if pd.isna(low) or pd.isna(high):
        return f"{number(minutes)} min"
    return f"{number(minutes)} min ({number(low)}–{number(high)})"


def people_words(people: Any) -> str:
    """A count of people as it may be shown: few people arrive missing (``disclosure.partition``) and are said so.

    >>> people_words(1235.0), people_words(float("nan"))
    ('1.235', 'pochi')
    """
    return FEW if pd.isna(people) else number(people)


def between_words(low: Any, high: Any) -> str:
    """Two counts of people as a range; one where they are the same.

    >>> between_words(10.0, 1200.0), between_words(15.0, 15.0), between_words(float("nan"), 15.0)
    ('tra 10 e 1.200', '15', 'tra pochi e 15')
    """
    one, other = people_words(low), people_words(high)
    return one if one == other else f"tra {one} e {other}"


Code = TypeVar("Code", str, int)


def choice(
    label: str, parameter: str, codes: Sequence[Code], usual: Code, words: Callable[[Any], str], *, page: str
) -> Code:
    """One of a few codes, chosen on a row of buttons; it opens as the address says, and the address follows.

    ``page`` tells it apart from the same question on another page; the usual code is not written in the address.
    """
    by_text = {str(code): code for code in codes}
    key = f"{page}_{parameter}"
    held = st.session_state.get(key)
    now = None if held is None else {} if held == usual else {parameter: str(held)}
    asked = address.opened(page, [parameter], now)
    if asked is not None:
        st.session_state[key] = by_text.get(asked.get(parameter, ""), usual)
    picked = st.segmented_control(label, codes, format_func=words, key=key, required=True)
    chosen = usual if picked is None else picked
    address.keep(page, [parameter], {} if chosen == usual else {parameter: str(chosen)})
    return chosen


def link(page: str, label: str, **query: str) -> None:
    """A link to another page of the atlas, opened at what the query says."""
    st.page_link(
        st.session_state["pages"][page], label=label, icon=":material/arrow_forward:", query_params=query
    )


def bars(rows: Sequence[tuple[str, float, str, str]]) -> None:
    """Horizontal bars that a screen reader reads as a list.

    ``rows``: label, share of the longest bar from 0 to 1, colour, text at the end.
    """
    items = "".join(
        f"<li><span>{escape(label)}</span>"
        f'<b aria-hidden="true" style="width:{100 * share:.1f}%;background:{escape(colour, quote=True)}"></b>'
        f"<span>{escape(text)}</span></li>"
        for label, share, colour, text in rows
    )
    st.html(f'<ul class="atlante-bars">{items}</ul>')


def table(rows: pd.DataFrame, label: str) -> None:
    """A small table to read: it scrolls by keyboard where the window is narrow; every text is escaped.

    The index heads each row; ``label`` is read aloud.
    """
    heads = "".join(
        f'<th scope="col">{escape(str(name))}</th>' for name in [rows.index.name or "", *rows.columns]
    )
    body = "".join(
        f'<tr><th scope="row">{escape(str(head))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
        + "</tr>"
        for head, cells in zip(rows.index, rows.itertuples(index=False, name=None), strict=True)
    )
    st.html(
        f'<div class="atlante-table" role="region" tabindex="0" aria-label="{escape(label, quote=True)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def figures(rows: pd.DataFrame) -> Styler:
    """A table whose numbers ``st.dataframe`` writes as Italian readers do; it still sorts them as numbers.

    Each column has the decimals that its figures need, two at most.

    >>> figures(pd.DataFrame({"Persone": [3208.0], "Per persona": [0.1]})).to_string(delimiter="|").splitlines()[1]
    '0|3.208|0,1'
    """
    columns = [name for name in rows if pd.api.types.is_numeric_dtype(rows[name])]
    return rows.style.format({name: partial(number, digits=_decimals(rows[name])) for name in columns})


def rows_that_open(
    rows: pd.DataFrame, codes: Sequence[str], opens: Callable[[str], None], *, key: str, label: str
) -> None:
    """A table of which a row opens something; after that no row is chosen, so that it can be opened again.

    ``codes``: what each row stands for, given to ``opens``; ``label`` is read aloud.
    """
    turn = st.session_state.get(f"{key}_turn", 0)
    held = f"{key}_{turn}"

    def picked() -> None:
        chosen = st.session_state[held]["selection"]["rows"]
        if chosen:
            opens(codes[chosen[0]])
            st.session_state[f"{key}_turn"] = turn + 1

    st.dataframe(
        figures(rows),
        hide_index=True,
        key=held,
        height=min(420, 38 + 35 * len(rows)),
        placeholder="–",
        selection_mode="single-row",
        on_select=picked,
        alt=label,
    )


def _decimals(column: pd.Series) -> int:
    """How many decimals the figures of a column need, two at most."""
    told = column.dropna().astype(float)
    return next((digits for digits in (0, 1) if ((told - told.round(digits)).abs() < ALIKE).all()), 2)


def footer() -> None:
    """Who made this, what it is not, and where the sources are."""
    st.html(
        '<footer class="atlante-foot">Atlante dei servizi per l\'integrazione · Lombardia. '
        "Gli elenchi raccolgono fatti da pagine pubbliche e non sono un censimento: prima di mettersi in viaggio "
        "conviene chiamare. Nessun dato personale, nessun servizio di terzi. Licenze e fonti nella pagina "
        '<a href="/fonti" target="_self">Fonti</a>. Per chi cerca uno sportello: '
        '<a href="/sportelli/it/" target="_self">le pagine pubbliche</a>.</footer>'
    )


def told(cells: pd.Series, how: Callable[[Any], str], missing: str) -> list[str]:
    """Cells in words, and what to say where they are missing."""
    return [how(cell) if known(cell) else missing for cell in cells]


def access_words(access: Mapping[Any, Any]) -> str:
    """The median minutes of an area and their band; where streets are in use, also who answered."""
    words = minutes_words(access["minutes_median"], access["low"], access["high"])
    if memory.networks().streets is None or pd.isna(access["minutes_median"]):
        return words
    return f"{words}, {network_words(str(access['network']))}"


def network_words(labels: str) -> str:
    """The networks that answered, in few words.

    >>> network_words("strade: lodi"), network_words("stimata; strade: lodi")
    ('su strade', 'su strade e stima')
    """
    streets, estimated = "strade: " in labels, ESTIMATED in labels.split("; ")
    return "su strade e stima" if streets and estimated else "su strade" if streets else "stima"


def known(value: Any) -> bool:
    """Whether a cell says something."""
    return value is not None and not pd.isna(value) and str(value).strip() != ""
