"""Divari, the rankings: areas by people left out, and where longer hours would do more than a new desk."""

from functools import partial
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.crs import DEGREES
from layers.style import CAUSES, number
from screens import (
    ask_registry,
    downloads,
    frame,
    gap_answers,
    gap_bars,
    gap_map,
    gap_table,
    gap_words,
    memory,
    need,
    signing,
)
from screens.gap_table import AMBITO, COMUNE, REGION
from screens.need import Need
from screens.offer import offer

PAGE: Final = "divari"
BY: Final = {"ambito": AMBITO, "comune": COMUNE}
BY_WORDS: Final = {"ambito": "Ambito", "comune": "Comune"}
TOP: Final = 12
UNSTABLE: Final = "±"


def bars(asked: Need, ambito: str | None, *, own: bool) -> str:
    """The first areas of the ranking as bars; gives back what a row is, Ambito or comune."""
    by = _by(ambito)
    some, names = _some(asked, by, ambito, own), _names(by)
    if some.empty:
        st.caption("Nessun residente straniero scoperto.")
        return by
    if len(some) > 1:
        st.caption(f"I primi {min(TOP, len(some))} per residenti stranieri scoperti, divisi per causa.")
    gap_bars.stacked(
        [(names[str(code)], row) for code, row in zip(some.index[:TOP], _records(some), strict=False)]
    )
    return by


def _some(asked: Need, by: str, ambito: str | None, own: bool) -> pd.DataFrame:
    """The areas where somebody is left out, or may be."""
    rows = here(gap_answers.table(asked, BY[by], own=own), by, ambito)
    return rows[~(rows["gap"] == 0)]


def table(asked: Need, by: str, ambito: str | None, *, own: bool) -> None:
    """The whole ranking, to choose from and to take away."""
    some = _some(asked, by, ambito, own)
    if some.empty:
        return
    st.header("Tutta la graduatoria", anchor=False)
    _rows(some, _names(by), by)
    many = int(some["unstable"].sum())
    st.caption(
        f"{UNSTABLE}: posto instabile, che con velocità del 10 % più alte o più basse si sposta di più di 3 posti "
        f"({number(many)} su {number(len(some))}). Chi ha gli stessi scoperti ha lo stesso posto. Un trattino: meno "
        "di 5 persone, o un numero che le direbbe per differenza"
        + ("; i comuni senza un Ambito noto non ci sono." if by == "ambito" else ".")
        + (" Il posto è tra tutti i comuni della Lombardia." if ambito is not None else "")
    )
    _download(asked, by, ambito, own)


def _by(ambito: str | None) -> str:
    """What a row is: with an Ambito chosen, its comuni."""
    if ambito is not None:
        return "comune"
    return frame.choice("Una riga per", "per", tuple(BY_WORDS), "ambito", BY_WORDS.__getitem__, page=PAGE)


def here(table: pd.DataFrame, by: str, ambito: str | None) -> pd.DataFrame:
    """The rows of an Ambito's comuni, or all."""
    if by == "ambito" or ambito is None:
        return table
    comuni = memory.comuni()
    return table[table.index.isin(comuni.loc[comuni["ambito_id"] == ambito, "comune_code"])]


def _names(by: str) -> dict[str, str]:
    if by == "ambito":
        return ask_registry.names()
    return {str(code): str(name) for code, name in memory.comuni().set_index("comune_code")["comune"].items()}


def _records(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    return rows.to_dict("records")


def words(rows: pd.DataFrame, names: dict[str, str], by: str) -> pd.DataFrame:
    """The ranking as people read it."""
    firsts = zip(rows["first_cause"], rows["together"], strict=True)
    columns: dict[str, Any] = {
        "Posto": [
            f"{row['rank']} {UNSTABLE}" if row["unstable"] else str(row["rank"]) for row in _records(rows)
        ],
        BY_WORDS[by]: [names[str(code)] for code in rows.index],
        "Stranieri": rows["people"].round().to_numpy(),
        "Scoperti": rows["gap"].to_numpy(),
        "Quota (%)": (100 * rows["share"]).round(1).to_numpy(),
        "Prima causa": [_cause(first, together) for first, together in firsts],
    }
    for name in CAUSES:
        if f"part_{name}" in rows and (rows[f"part_{name}"] > 0).any():
            columns[CAUSES[name].label.capitalize()] = rows[f"part_{name}"].to_numpy()
    return pd.DataFrame(columns)


def _cause(first: Any, together: Any) -> str:
    told = first if not pd.isna(first) else together
    return "–" if pd.isna(told) else " + ".join(CAUSES[one].label for one in str(told).split("+"))


def _rows(rows: pd.DataFrame, names: dict[str, str], by: str) -> None:
    shown = words(rows, names, by)
    codes = [str(code) for code in rows.index]
    frame.rows_that_open(
        shown,
        codes,
        partial(_open, by),
        key=f"divari_righe_{by}",
        label=f"Divari, una riga per {BY_WORDS[by].lower()}",
    )


def _open(by: str, code: str) -> None:
    """An Ambito opens, or a comune."""
    if by == "ambito":
        st.session_state[f"{PAGE}_ambito"] = code
    else:
        gap_map.open_comune(PAGE, code)


def _download(asked: Need, by: str, ambito: str | None, own: bool) -> None:
    """The table to take away, as the command ``gaps`` writes it."""
    places = memory.comuni() if by == "comune" else memory.ambiti()
    table = gap_table.file(gap_answers.table(asked, BY[by], own=own), memory.comuni(), asked, own=own)
    if ambito is not None:
        table = table[table["ambito_id"] == ambito].reset_index(drop=True)
    outlines = places.set_index(BY[by]).geometry
    offer(
        gpd.GeoDataFrame(table, geometry=table[BY[by]].map(outlines), crs=DEGREES),
        "divari",
        ambito or by,
        f"{asked.mode}-{asked.limit}-minuti",
        title=f"Chi non trova di sicuro uno sportello {need.words(asked)}{gap_table.OWN * own}",
        source=downloads.SOURCE,
        id_column=BY[by],
    )


def hours(asked: Need, ambito: str | None, *, own: bool) -> None:
    """Where longer hours at the desks there are would reach more people than a new desk."""
    timed = gap_answers.with_hours(asked)
    by = "comune" if ambito is not None else "ambito"
    table = gap_answers.hours_or_desk(asked, BY[by], own=own)
    rows = here(table, by, ambito).dropna(subset=["answer"])
    if timed != asked:
        st.caption(
            f":material/info: La domanda non dice quando: qui si chiede anche che sia aperto "
            f"{need.when_words(timed.when)}."
        )
    names = _names(by)
    st.markdown(_whole(asked, ambito, own))
    st.markdown(answer(rows, names))
    if rows.empty:
        return
    shown = hours_words(rows, names, by)
    st.dataframe(
        frame.figures(shown),
        hide_index=True,
        height=min(420, 38 + 35 * len(shown)),
        placeholder="–",
        alt="Orari o un nuovo sportello",
    )
    st.caption(
        "«Bastano gli orari»: hanno vicino uno sportello a cui manca solo di essere aperto in quei momenti. «Da "
        "chiedere»: uno vicino forse va bene, non si sa. «Nessuno vicino»: nessuno sportello entro il limite. «Manca "
        "altro»: vicino ce n'è, e manca altro. La risposta è «orari più lunghi» dove bastano a più persone di un nuovo "
        "sportello comunque rispondano gli sportelli, «un nuovo sportello» se è il contrario; altrove dipende dalle "
        "risposte."
    )


def _whole(asked: Need, ambito: str | None, own: bool) -> str:
    """The answer for the place looked at, in one sentence."""
    by, code = (REGION, REGION) if ambito is None else (AMBITO, ambito)
    where = (
        "In Lombardia"
        if ambito is None
        else f"Nell'Ambito {signing.plain(ask_registry.ambito_words(ambito))}"
    )
    table = gap_answers.hours_or_desk(asked, by, own=own)
    return gap_words.hours_or_desk(table.loc[code].to_dict(), where) if code in table.index else ""


def answer(rows: pd.DataFrame, names: dict[str, str]) -> str:
    """Where longer hours would do more, where a new desk would, and where it depends on what is not known."""
    if rows.empty:
        return "Nessuno scoperto, o troppo pochi per dirlo."
    said = []
    for code, head in (
        ("hours", "Orari più lunghi servirebbero a più persone di un nuovo sportello"),
        ("desk", "Un nuovo sportello servirebbe a più persone"),
        ("ask", "Dipende da quello che non si sa: conviene prima chiedere"),
    ):
        some = rows[rows["answer"] == code]
        if len(some):
            first = ", ".join(names[str(one)] for one in some.index[:3])
            more = f" e altri {number(len(some) - 3)}" if len(some) > 3 else ""
            said.append(f"- {head}: **{number(len(some))}** ({first}{more}).")
    return "\n".join(said)


def hours_words(rows: pd.DataFrame, names: dict[str, str], by: str) -> pd.DataFrame:
    """The comparison as people read it."""
    return pd.DataFrame(
        {
            BY_WORDS[by]: [names[str(code)] for code in rows.index],
            "Risposta": [gap_words.ANSWERS[str(code)] for code in rows["answer"]],
            "Scoperti": rows["gap"].to_numpy(),
            "Bastano gli orari": rows["hours"].to_numpy(),
            "Da chiedere": rows["ask"].to_numpy(),
            "Nessuno vicino": rows["desk"].to_numpy(),
            "Manca altro": rows["other"].to_numpy(),
        }
    )
