"""Two people changed the same record: the second is shown the difference, field by field, and chooses."""

from collections.abc import Callable
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from errors import Difference, EditConflict
from screens import frame
from screens.card import STYLE
from screens.record_words import field_words, title, words

KEYS: Final = "registro_conflict_"
MINE, THEIRS = "la mia", "quella di adesso"


def show(fault: EditConflict, leave: Callable[[], Any]) -> dict[str, bool] | None:
    """The difference as a table and a choice for each field that both changed.

    Gives back, once it is pressed to save, field → whether to keep one's own.
    """
    st.html(
        f'{STYLE}<div class="atlante-card" role="alert"><h2>Non salvato: qualcun altro ha cambiato questa scheda'
        f"</h2><p>{escape(title(fault.kind, fault.key))}</p></div>"
    )
    st.write(
        "Mentre scrivevi la scheda è cambiata. Ecco che cosa è diverso; niente si sovrascrive senza che tu lo scelga."
    )
    table = pd.DataFrame([_row(fault, name, one) for name, one in fault.differences.items()]).set_index(
        "Campo"
    )
    frame.table(table, "Differenze fra quello che hai letto, quello che c'è adesso e quello che vuoi tu")
    for name in fault.clashing:
        st.radio(
            f"{field_words(name)}: quale versione tenere", [THEIRS, MINE], key=f"{KEYS}{fault.version}_{name}",
            horizontal=True, index=None,
        )  # fmt: skip
    picked = {name: st.session_state.get(f"{KEYS}{fault.version}_{name}") for name in fault.clashing}
    if not fault.clashing:
        st.caption("I tuoi cambiamenti riguardano altri campi: si possono salvare insieme a quelli.")
    with st.container(horizontal=True):
        pressed = st.button(
            "Salva con queste scelte", type="primary", icon=":material/save:", key="registro_conflict_save",
            disabled=None in picked.values(),
        )  # fmt: skip
        st.button("Lascia la scheda com'è adesso", key="registro_conflict_leave", on_click=leave)
    return {name: chosen == MINE for name, chosen in picked.items()} if pressed else None


def _row(fault: EditConflict, name: str, one: Difference) -> dict[str, str]:
    def told(value: Any) -> str:
        return words(fault.kind, name, value)

    mine = told(one.mine) if one.mine != one.seen else "non l'hai cambiato"
    if name == "deleted_at":
        return {"Campo": "Scheda", "Quando l'hai letta": "c'era", "Adesso": "tolta", "Come la vuoi tu": "c'è"}
    return {
        "Campo": field_words(name), "Quando l'hai letta": told(one.seen), "Adesso": told(one.now),
        "Come la vuoi tu": mine,
    }  # fmt: skip
