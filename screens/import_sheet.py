"""How a file is read: which sheet, where the heads are, which column is what; said once, remembered for the Ambito."""

from html import escape
from itertools import islice

import pandas as pd
import streamlit as st

from data.registry import standards
from data.registry.imports import amended, cells, heads, rows, sheets
from data.registry.imports.heads import Proposal
from data.registry.imports.sheets import Sheet
from errors import AtlasError, FileUnreadable
from screens import frame, import_words, memory, signing
from screens.errors import sentence
from screens.import_state import Work, going

EXAMPLES = 3
"""Cells of a column that are shown."""


def show(work: Work) -> bool:
    """Ask how the file is read, and read it; whether its rows are here."""
    if work.sheets is None:
        return work.wanted is not None or _standard(work)
    st.header("2. Le colonne", anchor=False)
    _which(work)
    sheet = work.sheet
    if sheet is None:
        return False
    _told(sheet)
    _columns(work, sheet)
    if work.columns is not None and work.wanted is None:
        _read(work, sheet)
    return work.wanted is not None


def _standard(work: Work) -> bool:
    """Read a file of an exchange standard: its fields are known."""
    try:
        form = standards.of_file(work.data, name=work.name)
        work.wanted, work.found = standards.read(form.code, work.data, name=work.name)
    except FileUnreadable as fault:
        st.error(signing.plain(sentence(fault)), icon=":material/error:")
        return False
    return True


def _which(work: Work) -> None:
    """Which sheet, and which row has the heads."""
    found = work.sheets or []
    left, right = st.columns([2, 1]) if len(found) > 1 else st.columns([1, 2])[::-1]
    if len(found) > 1:
        names = [f"{one.name} ({len(one.rows)} righe{', nascosto' if one.hidden else ''})" for one in found]
        at = left.selectbox(
            "Foglio", range(len(found)), format_func=names.__getitem__, key=f"importa_foglio_{work.key}"
        )
        if at != work.at:
            work.at, work.columns = at, None
            work.taken.clear()
            work.forget_rows()
    sheet = found[work.at]
    row = right.number_input(
        "Riga delle intestazioni", 1, 200, sheet.header_row, key=f"importa_riga_{work.key}_{work.at}",
        help="La riga con i nomi delle colonne, come la numera il foglio di calcolo.",
    )  # fmt: skip
    if row != sheet.header_row:
        _other_heads(work, int(row))


def _other_heads(work: Work, row: int) -> None:
    """Read the sheet again with its heads in another row."""
    name = (work.sheets or [])[work.at].name
    try:
        found = sheets.read(work.data, work.name, header_row=row)
    except FileUnreadable as fault:
        st.error(signing.plain(sentence(fault)), icon=":material/error:")
        return
    again = next((one for one in found if one.name == name), None)
    if again is None or work.sheets is None or again.heads == work.sheets[work.at].heads:
        return
    work.sheets[work.at], work.columns = again, None
    work.taken.clear()
    work.forget_rows()


def _told(sheet: Sheet) -> None:
    """What the sheet is, and what was set aside of it."""
    how = [f"{len(sheet.rows)} righe", f"intestazioni alla riga {sheet.header_row}"]
    how += [f"caratteri {sheet.encoding}"] * bool(sheet.encoding)
    how += [f"separate da «{sheet.delimiter}»"] * bool(sheet.delimiter and sheet.delimiter.strip())
    st.caption(f":material/table: {', '.join(how)}.")
    if sheet.notes:
        with st.expander(f"Lasciate fuori dal foglio: {len(sheet.notes)}"):
            said = [(one.row or "", import_words.sentence(one)) for one in sheet.notes]
            table = pd.DataFrame(said, columns=["Riga", "Che cosa"]).set_index("Riga")
            frame.table(table, "Righe lasciate fuori")


def _columns(work: Work, sheet: Sheet) -> None:
    """Each column with what it is, to be corrected by the person."""
    remembered = heads.remembered(memory.registry(), work.ambito_id, sheet)
    proposed = heads.propose(sheet, remembered=remembered)
    with st.expander(
        "Che cosa dice ogni colonna", expanded=work.columns is None, icon=":material/view_column:"
    ):
        if remembered:
            st.caption(
                ":material/history: Le colonne sono come l'ultima volta che un file così è stato importato qui."
            )
        with st.form(f"importa_colonne_{work.key}_{work.at}_{sheet.header_row}", border=False):
            said = {head: _one(work, sheet, n, head, proposed[head]) for n, head in enumerate(sheet.heads)}
            ente = st.text_input(
                "Ente che gestisce, dove il file non lo dice", value=work.ente or "",
                help="Per un elenco tutto di un ente solo, che non ha la colonna dell'ente.",
            )  # fmt: skip
            if st.form_submit_button("Leggi le righe", type="primary", icon=":material/arrow_forward:"):
                work.columns, work.ente = said, ente.strip() or None
                work.taken.clear()
                work.forget_rows()
                st.rerun()


def _one(work: Work, sheet: Sheet, n: int, head: str, proposal: Proposal) -> str | None:
    """One column: its head, some of its cells, and what it is."""
    options: list[str | None] = [None, *heads.FIELDS]
    left, right = st.columns([1.1, 1], vertical_alignment="center")
    with left:
        said = (cells.as_text(row[n]).strip() for row in sheet.rows)
        some = list(islice(filter(None, said), EXAMPLES))
        st.html(
            f"<div><strong>{_escaped(head or 'senza nome')}</strong> "
            f'<small style="color:#4a585c">({escape(import_words.PROPOSED[proposal.why])})</small><br>'
            f'<small style="color:#4a585c">{_escaped(" · ".join(some) or "vuota")}</small></div>'
        )
    with right:
        chosen: str | None = st.selectbox(
            f"La colonna «{signing.plain(head)}» è", options,
            index=options.index((work.columns or {}).get(head, proposal.field)), format_func=_words,
            key=f"importa_colonna_{work.key}_{work.at}_{sheet.header_row}_{n}",
            label_visibility="collapsed",
        )  # fmt: skip
    return chosen


def _words(field: str | None) -> str:
    return import_words.LEAVE_OUT if field is None else import_words.COLUMNS[field]


def _escaped(text: str) -> str:
    return escape(text[:120] + ("…" if len(text) > 120 else ""))


def _read(work: Work, sheet: Sheet) -> None:
    """Read every row, with the suggestions that were taken, and remember what the columns are."""
    columns = work.columns or {}
    mended = amended.amended(sheet, columns, work.taken)
    store = memory.registry()
    with going("Leggo le righe") as told:
        wanted, found = rows.wanted_of(
            mended, columns, ambito_id=work.ambito_id, ente=work.ente, today=store.today(), progress=told
        )
    work.wanted, work.found = amended.emptied(wanted, mended, columns), found
    try:
        heads.remember(store, signing.token(), work.ambito_id, sheet, columns)
    except AtlasError as fault:
        st.warning(signing.plain(sentence(fault)))
