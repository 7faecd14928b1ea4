"""What was found in the rows: each with its row, column, what is wrong, and what to write instead; taken together."""

from collections import Counter
from typing import Final

import pandas as pd
import streamlit as st

from data.registry.imports.amended import can_be_taken
from data.registry.imports.wanted import Found, Level
from screens import downloads, import_words
from screens.import_state import Work

SHOWN = 2000
"""Messages that the page lists; the file to download has them all."""
ORDER: Final[dict[Level, int]] = {"fault": 0, "doubt": 1, "note": 2}


def show(work: Work) -> None:
    """The messages, the suggestions to take, the file of them."""
    st.header("3. Che cosa non torna", anchor=False)
    found = sorted(work.found, key=lambda one: (ORDER[one.level], one.row or 0))
    if work.taken:
        many = len(work.taken)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f":material/check: {_suggestions(many)} già nelle righe; il tuo file resta com'era.")
            st.button("Lascia stare i suggerimenti", on_click=_forget, args=(work,), key="importa_ripensaci")
    if not found:
        st.success("Ogni riga si legge.", icon=":material/check_circle:")
        return
    counted = Counter(one.level for one in found)
    said = [
        f"**{counted[level]}** {(import_words.LEVELS if counted[level] == 1 else import_words.MANY)[level]}"
        for level in ORDER
        if counted[level]
    ]
    st.markdown("; ".join(said) + ".")
    if work.sheet is not None:
        _suggested(work, found)
    _list(found)


def _suggestions(many: int) -> str:
    return "Un suggerimento è" if many == 1 else f"{many} suggerimenti sono"


def _suggested(work: Work, found: list[Found]) -> None:
    """Suggestions to take, column by column and reason by reason, or all of them."""
    groups: dict[tuple[str, str], list[Found]] = {}
    for one in found:
        if can_be_taken(one):
            groups.setdefault((one.column or "", one.why), []).append(one)
    if not groups:
        return
    every = [one for ones in groups.values() for one in ones]
    with st.expander(f"Suggerimenti: {len(every)}", icon=":material/auto_fix_high:", expanded=True):
        st.button(
            f"Accetta tutti i suggerimenti ({len(every)})", type="primary", icon=":material/done_all:",
            on_click=_take, args=(work, every), key="importa_accetta",
        )  # fmt: skip
        for n, ((column, why), ones) in enumerate(sorted(groups.items(), key=lambda item: -len(item[1]))):
            left, right = st.columns([3, 1], vertical_alignment="center")
            left.text(f"{column}: {import_words.why(why)}")
            left.text(
                "   " + "; ".join(f"«{one.value}» → «{import_words.suggested(one)}»" for one in ones[:3])
            )
            right.button(
                f"Accetta ({len(ones)})", on_click=_take, args=(work, ones), key=f"importa_accetta_{n}"
            )


def _take(work: Work, ones: list[Found]) -> None:
    """Read the rows again with these suggestions in place of what was written."""
    work.taken += [one for one in ones if one not in work.taken]
    work.forget_rows()


def _forget(work: Work) -> None:
    work.taken.clear()
    work.forget_rows()


def _list(found: list[Found]) -> None:
    """Every message, and the file of them."""
    table = as_table(found)
    with st.expander(f"Riga per riga: {len(found)} messaggi", icon=":material/list_alt:"):
        columns = sorted({one.column or "" for one in found})
        chosen = st.multiselect(
            "Solo le colonne", columns, format_func=import_words.column, select_all=False, key="importa_solo"
        )
        names = {import_words.column(one) for one in chosen}
        shown = table[table["Colonna"].isin(names)] if chosen else table
        st.dataframe(shown.head(SHOWN), hide_index=True, height=320, alt="Messaggi riga per riga")
        if len(shown) > SHOWN:
            st.caption(f"I primi {SHOWN} di {len(shown)}: il file da scaricare li ha tutti.")
    st.download_button(
        "Scarica i messaggi", lambda: downloads.as_csv(table), "messaggi_importazione.csv", "text/csv",
        icon=":material/download:",
    )  # fmt: skip


def as_table(found: list[Found]) -> pd.DataFrame:
    """Messages as a table: row, column, what it means for the row, what was written, what to write."""
    return pd.DataFrame(
        {
            "Riga": pd.array([one.row for one in found], dtype="Int64"),
            "Colonna": [import_words.column(one.column) for one in found],
            "Effetto": [import_words.LEVELS[one.level] for one in found],
            "Che cosa": [import_words.why(one.why) for one in found],
            "C'è scritto": [one.value for one in found],
            "Suggerimento": [import_words.suggested(one) for one in found],
        }
    )
