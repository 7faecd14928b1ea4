"""Divari, whom to call first: desks whose answers could bring most people under a confirmed answer."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from layers.style import number
from screens import ask_registry, calls, frame, gap_answers, memory, need, signing
from screens.need import Need
from screens.offer import offer

PAGE: Final = "divari"
SIZE: Final = 10
QUESTIONS: Final = {
    "hours": "orari",
    "language": "lingue",
    "theme": "temi",
    "eligibility": "chi riceve",
    "walk_in": "se serve l'appuntamento",
    "capacity": "ore a settimana",
    "freshness": "se è ancora così",
}
"""What to ask, in words."""
HOW: Final = (
    "Le persone di una chiamata sono i residenti stranieri scoperti che lo sportello coprirebbe se rispondesse di sì a "
    "tutto quello che si chiede. La prima chiamata è quella che ne coprirebbe di più; ogni altra, quella che ne "
    "aggiunge di più alle precedenti."
)


def show(asked: Need, ambito: str | None) -> None:
    """The whole view: fetch, show."""
    told = gap_answers.calls(asked, ambito or "")
    told = told[told["gain"] != 0]
    st.markdown(summary(told, asked))
    if told.empty:
        frame.link("qualita", "Chi chiamare, senza una domanda precisa", vista="chiamare")
        return
    desks = memory.sportelli().set_index("sportello_id")
    _list(told, desks)
    table = printed(told, desks)
    with st.expander("Tabella da stampare", icon=":material/print:"):
        frame.table(table.set_index("Chi chiamare"), "Chi chiamare per primo")
    offer(
        table.assign(scheda=[f"sportelli/{key}" for key in told.index], domanda=need.words(asked)),
        "chiamate", ambito or "lombardia", asked.mode,
        title="Chi chiamare per primo", source=frame.minutes_from(asked.mode), id_column="scheda",
    )  # fmt: skip
    st.caption(HOW)


def summary(told: pd.DataFrame, asked: Need) -> str:
    """How many desks are to be called, and what the first calls could change."""
    if told.empty:
        if not asked.conditions:
            return "Senza condizioni non c'è niente da chiedere: aggiungine una alla domanda."
        return "Nessuna risposta cambierebbe niente: di tutti gli sportelli vicini agli scoperti si sa già."
    many = "**Uno sportello potrebbe**" if len(told) == 1 else f"**{number(len(told))} sportelli potrebbero**"
    head = f"{many} andare bene a chi è scoperto, e non si sa."
    useful = [row for row in told.to_dict("records") if row["adds"] != 0]
    if len(useful) == 1:
        return f"{head} Se il primo dice di sì, trovano di sicuro uno sportello altri {_people(useful[0]['upto'])}."
    some, last = useful[min(4, len(useful) - 1)], useful[-1]
    said = f"Se i primi {number(some['call'])} dicono di sì, trovano di sicuro uno sportello altri "
    said += _people(some["upto"])
    if last is not some:
        said += f"; con tutti i primi {number(last['call'])}, {frame.people_words(last['upto'])}"
    return f"{head} {said}."


def _people(count: Any) -> str:
    return f"**{frame.people_words(count)} residenti stranieri**"


def _list(told: pd.DataFrame, desks: pd.DataFrame) -> None:
    """One desk to call after the other, with what to ask and why."""
    part = ask_registry.page_of(len(told), size=SIZE, page=PAGE)
    for key, call in list(told.iterrows())[part]:
        desk = calls.row_of(desks, key)
        with st.container(border=True):
            left, right = st.columns([5, 1], vertical_alignment="center")
            town = f" · {signing.plain(str(desk['comune']))}" if frame.known(desk["comune"]) else ""
            left.markdown(f"**{int(call['call'])}. {signing.plain(str(desk['name']))}**{town}")
            left.markdown(
                f":material/call: {signing.plain(calls.phone(desk))} · da chiedere: **{to_ask(call)}**"
            )
            left.markdown(why(call.to_dict()))
            with right:
                frame.link("registro", "Apri", scheda=f"sportelli/{key}")


def to_ask(call: Mapping[Hashable, Any] | pd.Series) -> str:
    """What to ask, those whose yes alone would do first."""
    open_ = [name for name in QUESTIONS if call.get(f"ask_{name}")]
    return ", ".join(QUESTIONS[name] for name in open_)


def why(call: Mapping[Any, Any]) -> str:
    """What a yes could change, with the figures of the row."""
    said = f"Se dice di sì, copre {_few(call['gain'])} residenti stranieri scoperti"
    if call["call"] == 1:
        return f"{said}."
    if call["adds"] == 0:
        return f"{said}, gli stessi delle chiamate prima."
    return f"{said}: {_few(call['adds'])} in più delle chiamate prima."


def _few(count: Any) -> str:
    return frame.people_words(count)


def printed(told: pd.DataFrame, desks: pd.DataFrame) -> pd.DataFrame:
    """The list as a table: whom to call, where, what to ask, for how many."""
    rows = [(calls.row_of(desks, key), call) for key, call in told.iterrows()]
    return pd.DataFrame(
        {
            "Chi chiamare": [str(desk["name"]) for desk, _ in rows],
            "Comune": frame.told(desks["comune"].reindex(told.index), str, "–"),
            "Recapito": [calls.phone(desk) for desk, _ in rows],
            "Da chiedere": [to_ask(call) for _, call in rows],
            "Persone, se dice di sì": [_few(call["gain"]) for _, call in rows],
            "In più delle chiamate prima": [_few(call["adds"]) for _, call in rows],
            "In tutto fin qui": [_few(call["upto"]) for _, call in rows],
            "Chiamata": [int(call["call"]) for _, call in rows],
        }
    )
