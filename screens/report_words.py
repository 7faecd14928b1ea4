"""Reports of errors in words, and the ways to them from the other pages of the registry."""

import datetime as dt
from typing import Final

import streamlit as st

from data.registry import reports
from data.registry.reports import Told
from data.vocabularies import label
from layers.style import number
from screens import address, frame, memory

PAGE: Final = "segnalazioni"
ICON: Final = ":material/flag:"


def open_words(many: int) -> str:
    """How many are open.

    >>> open_words(1), open_words(1200)
    ('1 segnalazione aperta', '1.200 segnalazioni aperte')
    """
    return "1 segnalazione aperta" if many == 1 else f"{number(many)} segnalazioni aperte"


def way(token: str | None) -> None:
    """How many reports wait for whoever shows this pass, with the way to them; nothing where none does."""
    many = sum(_waiting(token).values())
    there = st.session_state.get("pages", {})
    if many and PAGE in there and st.session_state.get(address.HERE) != PAGE:
        st.page_link(there[PAGE], label=open_words(many), icon=ICON)


def way_of(token: str | None, kind: str, key: str) -> None:
    """The open reports of a record, with the way to them, for who may settle them."""
    many = _waiting(token).get((kind, key), 0)
    if many and PAGE in st.session_state.get("pages", {}):
        frame.link(PAGE, open_words(many), scheda=f"{kind}/{key}")


def _waiting(token: str | None) -> dict[tuple[str, str], int]:
    return reports.waiting(memory.registry(), token) if token else {}


def what_words(one: Told) -> str:
    """What is wrong, in a few words."""
    return " · ".join(label(reports.REASONS, code) for code in one.what)


def when_words(one: Told) -> str:
    """When it was said, and how often."""
    if one.times == 1:
        return f"segnalata il {_day(one.first_on)}"
    if one.first_on == one.last_on:
        return f"segnalata {number(one.times)} volte il {_day(one.first_on)}"
    return f"segnalata {number(one.times)} volte, dal {_day(one.first_on)} al {_day(one.last_on)}"


def outcome_words(one: Told) -> str:
    """How it ended, when and by whom."""
    if one.outcome is None or one.settled_on is None:
        return "aperta"
    by = f" da {one.by}" if one.by else ""
    return f"{label(reports.OUTCOMES, one.outcome)}, il {_day(one.settled_on)}{by}"


def _day(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"
