"""Accesso, one comune from near: which desk answers, how sure that is, what is not known, and whom to ask."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from analysis.effective import NO, UNKNOWN, YES
from layers.style import number
from screens import access_answers, access_table, ask_registry, frame, memory, signing
from screens.access_table import ALL
from screens.card import hours_in_words, languages_in_words
from screens.need import Need

SHOWN: Final = 5
"""How many of the nearest desks are shown."""
NAMES: Final = {
    "hours": "orari",
    "language": "lingua",
    "theme": "tema",
    "eligibility": "chi viene ricevuto",
    "walk_in": "senza appuntamento",
    "capacity": "capienza",
    "freshness": "data di conferma",
}
"""Conditions in words."""
ICONS: Final = {YES: ":material/check:", UNKNOWN: ":material/question_mark:", NO: ":material/close:"}
SAID: Final = {YES: "sì", UNKNOWN: "non si sa", NO: "no"}
ANSWERS: Final = {YES: "risponde per certo", UNKNOWN: "forse risponde"}


def choose(page: str) -> str:
    """Which comune is looked at from near: from a list, or by a click on the map; empty for none."""
    names = memory.comuni().set_index("comune_code")["comune"].sort_values()
    return ask_registry.one(
        "Un comune da vicino (o toccalo)",
        "comune",
        ["", *names.index],
        lambda code: names[code] if code else "Nessuno",
        page=page,
    )


def look_at(page: str, code: str) -> None:
    """Look at a comune; runs before the page is drawn again."""
    st.session_state[f"{page}_comune"] = code


def show(asked: Need, code: str) -> None:
    """What who lives in a comune finds."""
    name = memory.comuni().set_index("comune_code")["comune"][code]
    of, truths = memory.setting(asked), access_answers.truths(asked)
    desks = access_table.near(of, truths, code)
    with st.container(border=True, key="accesso_da_vicino"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.subheader(f"{name}, da vicino", anchor=False)
        right.button("Chiudi", icon=":material/close:", on_click=look_at, args=("accesso", ""))
        st.markdown(people(access_answers.by_area(asked).loc[[code]], asked))
        answers = desks[desks[ALL] > NO]
        within = desks[desks["minutes"] <= asked.limit]
        st.markdown(_nearest(answers, asked))
        if asked.conditions:
            st.markdown(why(within, asked))
        _list(answers, asked)
        st.caption(
            f"Minuti da dove, nel comune, vivono più residenti stranieri; tra parentesi la banda. {frame.ROUNDED}"
        )


def people(found: pd.DataFrame, asked: Need) -> str:
    """The people of the comune, with the figures of its row of the table."""
    row = {
        name: frame.people_words(count)
        for name, count in found.iloc[0].items()
        if name in ("people", *access_table.PARTS)
    }
    head = f"Di **{row['people']}** residenti stranieri, entro {asked.limit} minuti"
    if not asked.conditions:
        return f"{head} ne arrivano a uno sportello **{row['confirmed']}**."
    return (
        f"{head}: **{row['confirmed']}** hanno un accesso confermato, per **{row['maybe']}** non si sa, "
        f"**{row['beyond']}** non ne hanno comunque."
    )


def _nearest(answers: pd.DataFrame, asked: Need) -> str:
    """The nearest desk for sure, and the nearest perhaps."""
    sure, perhaps = answers[answers[ALL] == YES], answers[answers[ALL] == UNKNOWN]
    said = [
        f"Confermato: {_first(sure)}." if len(sure) else "**Nessuno sportello confermato** entro due ore."
    ]
    nearer = len(perhaps) and (not len(sure) or perhaps["minutes"].iloc[0] < sure["minutes"].iloc[0])
    if nearer:
        said.append(f"Possibile: {_first(perhaps)}.")
    elif asked.conditions and not len(answers):
        said.append("Nemmeno contando ciò che non si sa: di tutti si sa che non è come chiedi.")
    return " ".join(said)


def _first(desks: pd.DataFrame) -> str:
    row = desks.iloc[0]
    return f"**{signing.plain(str(_desk(desks.index[0])['name']))}**, {_minutes(row)}"


def _desk(key: Hashable) -> dict[str, Any]:
    table = memory.sportelli()
    return {str(name): cell for name, cell in table[table["sportello_id"] == key].iloc[0].items()}


def _minutes(row: Mapping[Any, Any] | pd.Series) -> str:
    return frame.minutes_words(row["minutes"], row["low"], row["high"])


def why(within: pd.DataFrame, asked: Need) -> str:
    """Why nothing is confirmed near, with the desks counted; what is there where something is."""
    many = len(within)
    if not many:
        return f"Entro {asked.limit} minuti non c'è nessuno sportello di quelli che contano: qui manca la vicinanza."
    sure, perhaps = int((within[ALL] == YES).sum()), int((within[ALL] == UNKNOWN).sum())
    head = f"Entro {asked.limit} minuti " + (
        "c'è 1 sportello" if many == 1 else f"ci sono {number(many)} sportelli"
    )
    parts = [f"{number(sure)} per certo", f"{number(perhaps)} forse", f"{number(many - sure - perhaps)} no"]
    said = f"{head}: {'risponde' if many == 1 else 'rispondono'} {', '.join(parts)}."
    unknown = {name: int((within[name] == UNKNOWN).sum()) for name in NAMES if name in within}
    missing = [f"{NAMES[name]} a {number(count)}" for name, count in unknown.items() if count]
    return said + (f" Che cosa non si sa: {', '.join(missing)}." if missing else "")


def _list(answers: pd.DataFrame, asked: Need) -> None:
    """The nearest desks that answer, with what is known of each."""
    for key, row in answers.head(SHOWN).iterrows():
        left, right = st.columns([5, 1], vertical_alignment="center")
        desk = _desk(key)
        town = f" · {signing.plain(str(desk['comune']))}" if frame.known(desk["comune"]) else ""
        certain = f" · {ANSWERS[int(row[ALL])]}" if asked.conditions else ""
        left.markdown(f"**{_minutes(row)}** · {signing.plain(str(desk['name']))}{town}{certain}")
        if asked.conditions:
            left.caption(
                " · ".join(_condition(name, int(row[name]), desk) for name in NAMES if name in row.index)
            )
        with right:
            frame.link("registro", "Apri", scheda=f"sportelli/{key}")
    rest = len(answers) - SHOWN
    if rest > 0:
        st.caption(f"E altri {number(rest)} entro due ore.")


def _condition(name: str, truth: int, desk: Mapping[str, Any]) -> str:
    """A condition of a desk: whether it holds, and what is known."""
    said = f"{ICONS[truth]} {NAMES[name]}: {SAID[truth]}"
    facts = {
        "hours": hours_in_words(str(desk["opening_hours"])) if frame.known(desk["opening_hours"]) else "",
        "language": languages_in_words(str(desk["languages"])) if frame.known(desk["languages"]) else "",
        "walk_in": str(desk["access"]) if frame.known(desk["access"]) else "",
    }
    told = facts.get(name, "")
    return said + (f" ({signing.plain(told)})" if told else "")
