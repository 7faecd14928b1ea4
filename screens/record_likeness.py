"""Before a new record is saved: those that look like it, and why."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import streamlit as st

from data.registry import duplicates
from data.registry.duplicates import Pair
from layers.style import percent
from screens import memory
from screens.card import STYLE
from screens.duplicate_words import reasons_words
from screens.record_words import title

MOST = 5
"""How many are shown."""


def found(kind: str, said: Mapping[str, Any]) -> list[Pair]:
    """Records that look like what was said, the most alike first; none where nothing is named."""
    if kind not in duplicates.COMPARED or not said.get("name"):
        return []
    pairs = duplicates.like(memory.registry(), kind, said)
    return sorted(pairs, key=lambda one: -one.score)[:MOST]


def show(pairs: Sequence[Pair]) -> bool:
    """What it looks like, each with the way to its card in a window of its own; whether to save all the same."""
    items = "".join(
        f'<li><a href="/registro?scheda={quote(one.kind)}/{quote(one.other)}" target="_blank" rel="noopener">'
        f"{escape(title(one.kind, one.other))}</a> ({escape(percent(one.score, digits=0))}) "
        f"{escape(reasons_words(one))}</li>"
        for one in pairs
    )
    st.html(
        f'{STYLE}<div class="atlante-card" role="alert"><h2>Forse c\'è già</h2><p>Somiglia a queste schede: se è '
        f"una di loro, aprila e aggiornala invece di farne un'altra.</p><ul>{items}</ul></div>"
    )
    return st.button("È un'altra: salva lo stesso", icon=":material/save:", key="registro_another")
