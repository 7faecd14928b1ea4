"""Accesso, who is left out: shares of each group by minutes, how unequally minutes are spread, and what that means."""

from collections.abc import Mapping
from html import escape
from math import isnan
from typing import Final

import pandas as pd
import streamlit as st

from analysis.inequality import DRAWS
from layers.style import MINUTES, MINUTES_FILLS, number, percent
from screens import ask_registry, downloads, frame, groups, memory, need
from screens.groups import BEYOND, CITIZENS, CLASSES, FOREIGN, NOWHERE, PUPILS, RESIDENTS, THIRD, Known
from screens.memory import KEPT_ANSWERS
from screens.need import Need
from screens.offer import offer

PAGE: Final = "accesso"
ENDS: Final = {
    "possible": "Possibile: contando anche ciò che non si sa",
    "confirmed": "Confermato: solo ciò che si sa",
}
END_CODES: Final = {"possibile": "possible", "confermato": "confirmed"}
GROUP_WORDS: Final = {
    RESIDENTS: "Tutti i residenti",
    FOREIGN: "Residenti stranieri",
    THIRD: "Cittadini di Paesi terzi",
    PUPILS: "Alunni delle scuole",
}
MEASURE_WORDS: Final = {
    "gini": "Indice di Gini",
    "palma": "Rapporto di Palma",
    "theil": "Indice di Theil",
    "theil_between": "di cui tra gli Ambiti",
    "theil_within": "di cui dentro gli Ambiti",
    "concentration": "Indice di concentrazione",
    "fgt0": "FGT 0: quanti oltre il limite",
    "fgt1": "FGT 1: quanto oltre",
    "fgt2": "FGT 2: pesa di più chi è più lontano",
}
SOURCES: Final = (
    "residents",
    "foreign_population",
    "citizenship",
    "pupils",
    "income",
    "sportelli",
    "ambito_comuni",
)
SIDE_PX: Final = 270


def show(asked: Need) -> None:
    """The whole view: who is beyond the limit, by group; then how unequal minutes are."""
    st.header("Chi resta fuori", anchor=False)
    citizenship = _ask_citizenship()
    words = _words(citizenship)
    tables = {end: shares(asked, citizenship, end) for end in _ends(asked)}
    for end, table in tables.items():
        if len(tables) > 1:
            st.subheader(ENDS[end], anchor=False)
        st.markdown(headline(table, words, asked, end))
        _bars(table, words)
        frame.table(table_words(table, words, asked), f"Quote dei gruppi per minuti, {end}")
    st.caption(_how(citizenship))
    offer(
        file(tables, asked), "gruppi", f"{asked.mode}-{asked.limit}-minuti",
        title="Quote dei gruppi per classe di minuti allo sportello", source=downloads.SOURCE, id_column="id",
    )  # fmt: skip
    _inequality(asked, citizenship, words)
    frame.sources(*SOURCES, also=frame.minutes_from(asked.mode))


def _ends(asked: Need) -> list[str]:
    """Without conditions what is known and what is possible are the same."""
    return list(ENDS) if asked.conditions else ["possible"]


def _ask_citizenship() -> str:
    codes = groups.choosable(_citizens())
    with st.container(width=320):
        return ask_registry.one("Cittadinanza", "cittadinanza", codes, _name, page=PAGE)


def _name(code: str) -> str:
    names = memory.table("citizenship").drop_duplicates("citizenship_iso2").set_index("citizenship_iso2")
    return str(names["citizenship"].get(code, code))


def _words(citizenship: str) -> dict[str, str]:
    """Every group in words, in order."""
    words = GROUP_WORDS | {CITIZENS: f"Cittadinanza: {_name(citizenship)}"}
    return {group: words[group] for group in groups.GROUPS}


@st.cache_resource(show_spinner=False)
def _citizens() -> pd.DataFrame:
    return groups.citizens(memory.table("citizenship"), memory.comuni())


@st.cache_resource(show_spinner=False, max_entries=8)
def _known(citizenship: str) -> Known:
    of = _citizens()[citizenship]
    return groups.known(memory.table("demand"), memory.comuni(), memory.scuole(), of)


def shares(asked: Need, citizenship: str, end: str) -> pd.DataFrame:
    """Shares of every group by minutes (``groups.by_class``); ``end`` is ``confirmed`` or ``possible``."""
    return _shares(memory.stamp(), asked, citizenship, end)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _shares(stamp: str, asked: Need, citizenship: str, end: str) -> pd.DataFrame:  # noqa: ARG001
    return groups.by_class(_known(citizenship), memory.effective(asked)[end], limit=asked.limit)


def figures(asked: Need, citizenship: str, end: str, group: str) -> pd.DataFrame:
    """How unequal the minutes of a group are (``groups.figures``)."""
    return _figures(memory.stamp(), asked, citizenship, end, group)


@st.cache_resource(show_spinner="Calcolo gli intervalli…", max_entries=KEPT_ANSWERS)
def _figures(stamp: str, asked: Need, citizenship: str, end: str, group: str) -> pd.DataFrame:  # noqa: ARG001
    minutes = memory.effective(asked)[end]
    table = shares(asked, citizenship, end)
    return groups.figures(_known(citizenship), minutes, group, table, limit=asked.limit)


def headline(table: pd.DataFrame, words: Mapping[str, str], asked: Need, end: str) -> str:
    """Which group is left out most and least, with the figures of the table."""
    beyond = table[BEYOND].drop(index=PUPILS)
    most, least = str(beyond.idxmax()), str(beyond.idxmin())
    sure = "" if not asked.conditions else " nemmeno possibile" if end == "possible" else " confermato"
    way = need.words(asked)
    said = f"Senza uno sportello{sure} {way}: **{percent(beyond[FOREIGN])}** dei residenti stranieri"
    if percent(beyond[most]) == percent(beyond[least]):
        return f"{said}, come degli altri gruppi."
    return (
        f"{said}. Resta fuori più spesso «{words[most]}» (**{percent(beyond[most])}**), meno spesso "
        f"«{words[least]}» ({percent(beyond[least])})."
    )


def _bars(table: pd.DataFrame, words: Mapping[str, str]) -> None:
    longest = float(table[BEYOND].max()) or 1.0
    frame.bars(
        [
            (name, float(table[BEYOND][group]) / longest, MINUTES_FILLS[3], percent(table[BEYOND][group]))
            for group, name in words.items()
        ]
    )


def table_words(table: pd.DataFrame, words: Mapping[str, str], asked: Need) -> pd.DataFrame:
    """The table that people read."""
    heads = [mark.label for mark in MINUTES.marks[: len(CLASSES)]]
    columns = {"Persone": [number(count) for count in table["people"]]}
    columns |= {
        head: [percent(one) for one in table[name]] for head, name in zip(heads, CLASSES, strict=True)
    }
    columns["nessuno"] = [percent(one) for one in table[NOWHERE]]
    columns[f"Oltre {asked.limit} min"] = [percent(one) for one in table[BEYOND]]
    groups_ = pd.Index([words[str(group)] for group in table.index], name="Minuti")
    return pd.DataFrame(columns, index=groups_).map(_unbroken)


def _how(citizenship: str) -> str:
    return (
        "Quote di ogni gruppo. «Nessuno»: nessuno sportello entro due ore. Gli stranieri di ogni comune vivono nei "
        "suoi centri in proporzione agli abitanti (stima). Paesi terzi: quota del comune dove nota, o della provincia. "
        f"{_name(citizenship)}: residenti del comune dove ISTAT li pubblica, altrove quelli della "
        "provincia in proporzione agli stranieri: dove vivono dentro la provincia è una stima. Alunni: tutti quelli "
        "delle scuole che stanno nel comune, non solo gli stranieri, ripartiti come i suoi abitanti; molti vivono "
        "altrove. Le quote nascono da conteggi arrotondati a 5 per comune."
    )


def file(tables: Mapping[str, pd.DataFrame], asked: Need) -> pd.DataFrame:
    """The shares as they leave the house."""
    parts = [
        table.round(4).reset_index().assign(access=end, id=[f"{end}-{group}" for group in table.index])
        for end, table in tables.items()
    ]
    whole = pd.concat(parts, ignore_index=True)
    front = ["id", "access", "group"]
    told = whole[[*front, *(name for name in whole.columns if name not in front)]]
    return told.assign(question=need.words(asked), limit_minutes=asked.limit, source=downloads.SOURCE)


def _inequality(asked: Need, citizenship: str, words: Mapping[str, str]) -> None:
    """The measures of one group, each with its interval and what it means, and the Lorenz curve."""
    st.header("Quanto sono diseguali i minuti", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        group = frame.choice("Tra", "gruppo", groups.GROUPS, FOREIGN, words.__getitem__, page=PAGE)
        end = "possible"
        if asked.conditions:
            told = frame.choice("Accesso", "conta", tuple(END_CODES), "possibile", str.capitalize, page=PAGE)
            end = END_CODES[told]
    table = figures(asked, citizenship, end, group)
    nowhere = float(shares(asked, citizenship, end)[NOWHERE][group])
    if nowhere >= 0.0005:
        st.markdown(
            f"Per il **{percent(nowhere)}** non c'è nessuno sportello entro due ore: le misure guardano solo gli "
            "altri, tranne le FGT."
        )
    lines = sentences(table, asked)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        frame.table(figures_words(table), "Misure di disuguaglianza con il loro intervallo")
        st.markdown("\n".join(f"- {line}" for line in lines) or "Nessun minuto da confrontare.")
    with right:
        _lorenz(asked, citizenship, end, group)
    st.caption(
        f"Tra parentesi quadre l'intervallo al 95%: i comuni sono estratti a sorte {DRAWS} volte, interi, perché i "
        "punti di uno stesso comune hanno le stesse strade e gli stessi sportelli. Dice quanto la cifra dipende da "
        "quali comuni ci sono, non dall'errore dei tempi. Reddito: imponibile medio per contribuente del comune."
    )
    offer(
        table.round(4).reset_index().assign(
            access=end, group=group, question=need.words(asked), limit_minutes=asked.limit, source=downloads.SOURCE
        ),
        "disuguaglianza", group, f"{asked.mode}-{asked.limit}-minuti",
        title="Disuguaglianza dei minuti allo sportello", source=downloads.SOURCE, id_column="measure",
    )  # fmt: skip


DIGITS: Final = {"palma": 2, "fgt1": 4, "fgt2": 4}


def figure_words(table: pd.DataFrame, name: str, column: str = "value") -> str:
    """One figure as it is written everywhere on the page.

    >>> figure_words(pd.DataFrame({"value": [-0.0598]}, index=["concentration"]), "concentration")
    '−0,060'
    """
    value = float(table[column][name])
    if isnan(value):
        return "–"
    if name == "fgt0":
        return percent(value)
    digits = DIGITS.get(name, 3)
    return ("−" if round(value, digits) < 0 else "") + number(abs(value), digits=digits)


def figures_words(table: pd.DataFrame) -> pd.DataFrame:
    """The measures as people read them."""
    names = list(MEASURE_WORDS)
    columns = {
        "Valore": [figure_words(table, name) for name in names],
        "Intervallo": [
            f"[{figure_words(table, name, 'low')}; {figure_words(table, name, 'high')}]" for name in names
        ],
    }
    return pd.DataFrame(columns, index=pd.Index(MEASURE_WORDS.values(), name="Misura")).map(_unbroken)


def _unbroken(words: str) -> str:
    """The same words on one line."""
    return words.replace(" ", "\u00a0")


def sentences(table: pd.DataFrame, asked: Need) -> list[str]:
    """What each figure means, with its number; none for a figure without an answer."""
    told = {name: figure_words(table, name) for name in table.index}
    value = table["value"]
    spread = need.LONGEST_MIN - asked.limit
    lines = {
        "gini": f"**Gini {told['gini']}** (0 se tutti viaggiano uguale): due persone prese a caso differiscono in "
        f"media del {percent(2 * value['gini'], digits=0)} dei minuti medi.",
        "palma": f"**Palma {told['palma']}**: il 10% che viaggia di più fa {told['palma']} volte i minuti del 40% che "
        "viaggia di meno; sarebbe 0,25 se tutti viaggiassero uguale.",
        "theil": f"**Theil {told['theil']}**: {told['theil_between']} tra un Ambito e l'altro e {told['theil_within']} "
        f"dentro gli Ambiti; {_where(value)}.",
        "concentration": f"**Concentrazione {told['concentration']}**: {_borne(table.T['concentration'])}.",
        "fgt0": f"**{told['fgt0']}** delle persone vive oltre {asked.limit} minuti (FGT 0).",
        "fgt1": f"In media su tutti sono **{number(value['fgt1'] * spread, digits=1)} minuti** oltre il limite, "
        f"contando zero per chi ci arriva e al più due ore (FGT 1, {told['fgt1']}).",
        "fgt2": f"**FGT 2 {told['fgt2']}**: come il precedente, ma chi è molto lontano pesa di più; serve a "
        "confrontare gruppi e domande.",
    }
    return [line for name, line in lines.items() if not pd.isna(value[name])]


def _where(value: pd.Series) -> str:
    """Where the larger part of Theil's index lies."""
    share = value["theil_between"] / value["theil"] if value["theil"] else 0.0
    side = "dipende da dove si vive in Lombardia" if share >= 0.5 else "è tra vicini, dentro lo stesso Ambito"
    return f"il {percent(max(share, 1 - share), digits=0)} della disuguaglianza {side}"


def _borne(row: pd.Series) -> str:
    """Whom the minutes weigh on."""
    if pd.isna(row["low"]) or row["low"] <= 0 <= row["high"]:
        return "l'intervallo comprende lo zero, i minuti non seguono il reddito del comune"
    return (
        "i minuti pesano di più su chi vive in comuni con redditi più "
        + ("bassi" if row["value"] < 0 else "alti")
        + " (0 se non seguono il reddito)"
    )


def _lorenz(asked: Need, citizenship: str, end: str, group: str) -> None:
    """The curve and, beside it, the same as a table."""
    minutes = memory.effective(asked)[end]
    curve, tenths = groups.tenths(_known(citizenship), minutes, group)
    if curve.empty:
        return
    st.html(lorenz_html(curve))
    rows = pd.DataFrame(
        {"fa questi minuti": [percent(share) for share in tenths]},
        index=pd.Index([percent(at, digits=0) for at in tenths.index], name="Chi viaggia di meno"),
    )
    with st.expander("La curva di Lorenz in tabella"):
        frame.table(rows, "Curva di Lorenz: quota dei minuti fatta da chi viaggia di meno")


def lorenz_html(curve: pd.DataFrame) -> str:
    """The Lorenz curve as boxes cut by us: no script, no picture, nothing from elsewhere."""
    step = max(1, len(curve) // 200)
    points = pd.concat([curve.iloc[::step], curve.iloc[[-1]]])
    path = [f"{100 * p:.2f}% {100 - 100 * made:.2f}%" for p, made in points.itertuples(index=False)]
    said = (
        "Curva di Lorenz: in orizzontale le persone da chi viaggia di meno, in verticale i minuti che fanno"
    )
    return _BOX.format(
        label=escape(said, quote=True), path=", ".join(path), side=SIDE_PX, fill=MINUTES_FILLS[2]
    )


_BOX: Final = (
    '<figure style="margin:0;max-width:{side}px;font-size:.84rem;color:#4a585c">'
    '<div style="margin-bottom:.3rem"><strong style="color:#1d2a2e">Curva di Lorenz</strong></div>'
    '<div role="img" aria-label="{label}" style="position:relative;aspect-ratio:1;border:1px solid #8b9699;'
    'background:#ffffff">'
    '<div style="position:absolute;inset:0;background:{fill};clip-path:polygon({path}, 100% 0%, 0% 100%)"></div>'
    '<div style="position:absolute;inset:0;background:linear-gradient(to top left, transparent calc(50% - 1px), '
    '#4a585c calc(50% - 1px), #4a585c 50%, transparent 50%)"></div></div>'
    '<figcaption style="margin-top:.3rem">In orizzontale le persone, da chi viaggia di meno; in verticale la quota dei '
    "minuti che fanno. La diagonale: tutti uguali. L'area colorata è metà dell'indice di Gini.</figcaption></figure>"
)
