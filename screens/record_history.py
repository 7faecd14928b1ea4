"""The story of a record: who changed what and when, in Italian words, and the way to take one change back."""

from functools import partial
from html import escape
from typing import Any, Final

import streamlit as st

from data.registry import editing, reading, story
from data.registry.story import Told
from errors import RegistryError
from screens import memory, signing
from screens.card import STYLE
from screens.errors import sentence
from screens.record_card import go, notice
from screens.record_words import NOTHING, field_words, moment, title, words

HOW: Final = {
    "create": "ha creato la scheda", "edit": "ha modificato", "confirm": "ha confermato: è ancora vero",
    "delete": "ha tolto la scheda", "restore": "ha ripristinato la scheda", "undo": "ha annullato una modifica",
    "seed": "", "merge": "ha unito due schede", "import": "ha importato",
}  # fmt: skip
"""What was done, after who did it."""
SEED: Final = "Dati di partenza"
MOST: Final = 100
"""How many lines are shown at first."""
QUIET: Final = ("id", "created_at", "sportello_id", "confirmed_by")
"""Fields that say nothing to a person."""


def show(kind: str, key: str) -> None:
    """The whole page."""
    shown = reading.card(memory.registry(), kind, key, deleted=signing.may("restore", kind, key))
    st.button("Torna alla scheda", icon=":material/arrow_back:", key="registro_to_card",
              on_click=partial(go, scheda=f"{kind}/{key}"))  # fmt: skip
    st.html(f'{STYLE}<div class="atlante-card"><h2>Storia di {escape(title(kind, key))}</h2></div>')
    lines = story.story(memory.registry(), signing.token(), kind, key)
    st.caption(
        "La più recente per prima. Annullare una modifica rimette i suoi campi com'erano, e resta scritto qui; "
        "non si può se dopo sono cambiati ancora."
    )
    below = {one.key: n for n, one in enumerate(shown.sessioni, start=1)}
    for one in lines[:MOST]:
        _line(one, below, current=key)
    if len(lines) > MOST:
        st.caption(f"Si vedono le ultime {MOST} modifiche su {len(lines)}.")


def _line(one: Told, below: dict[str, int], *, current: str) -> None:
    """One change: who, when, what; and the button that takes it back."""
    with st.container(border=True):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.html(
            f'{STYLE}<div class="atlante-card"><p><strong>{escape(one.by or SEED)}</strong> '
            f"{escape(HOW.get(one.line.how, one.line.how))}{escape(_of(one, below, current))}"
            f" · {escape(moment(one.line.at))}{' · annullata' if one.undone else ''}</p>{_wrote(one)}</div>"
        )
        if one.may_undo:
            right.button(
                "Annulla", key=f"registro_undo_{one.line.number}", icon=":material/undo:",
                on_click=partial(undo, one.line.number),
                help=f"Annulla la modifica del {moment(one.line.at)}",
            )  # fmt: skip


def _of(one: Told, below: dict[str, int], current: str) -> str:
    """Which sessione a line is of; nothing where it is of the record itself."""
    if one.key == current:
        return ""
    return f" · sessione {below[one.key]}" if one.key in below else " · sessione tolta"


def _wrote(one: Told) -> str:
    """Field by field, from what to what; of a birth only what was given."""
    rows = "".join(
        f"<dt>{escape(field_words(name))}</dt><dd>{_change(one, name, before, after)}</dd>"
        for name, (before, after) in one.line.wrote.items()
        if name not in QUIET and not (one.line.how in {"create", "seed"} and after is None)
    )
    if not rows:
        return ""
    if one.line.how in {"create", "seed"}:
        return f"<details><summary>Che cosa diceva</summary><dl>{rows}</dl></details>"
    return f"<dl>{rows}</dl>"


def _change(one: Told, name: str, before: Any, after: Any) -> str:
    """A field before and after, in words."""
    if name == "deleted_at":
        return "tolta" if after else "ripristinata"
    told = escape(words(one.kind, name, after)) if after is not None else NOTHING
    if one.line.how in {"create", "seed"}:
        return told
    was = escape(words(one.kind, name, before)) if before is not None else NOTHING
    return f"<del>{was}</del> → <ins>{told}</ins>"


def undo(number: int) -> None:
    """Take a change back, or say why not."""
    try:
        editing.undo(memory.registry(), signing.token(), number)
    except RegistryError as fault:
        notice("bad", sentence(fault))
    else:
        notice("good", "Annullata: i campi sono com'erano prima.")
