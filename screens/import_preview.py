"""What the import would do, before it does it: what is new, changes, closes; what stays out and why; then the yes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from data.registry.checks import KIND_VOCABULARIES
from data.registry.imports import imported
from data.registry.imports.apply import apply
from data.registry.imports.plan import preview
from data.registry.imports.planner import Where
from data.registry.imports.steps import WRITING, Plan, Step
from data.registry.imports.wanted import Found
from data.vocabularies import label, vocabulary
from errors import AtlasError
from layers.style import percent
from screens import import_words, memory, record_words, signing
from screens.ask_registry import ONE_OF, ambito_words
from screens.duplicate_words import reasons_words
from screens.errors import sentence
from screens.import_state import Work, going

TABS: Final = {
    "add": "Nuove", "change": "Cambiano", "close": "Chiudono", "like": "Somigliano a", "refused": "Rifiutate",
    "double": "Dette due volte", "same": "Uguali",
}  # fmt: skip
"""Action → what its tab is called; ``like`` are new ones that may be there already."""
MAIN: Final = (
    "kind", "address", "comune_code", "phone", "email", "web", "hours", "hours_note", "reception", "languages",
    "themes", "status", "ambito_id",
)  # fmt: skip
"""What is told first of a new record."""
PAIRS: Final = 20
"""Likely pairs that are asked at a time."""
SHOWN: Final = 2000
"""Rows of a tab that are listed."""
OTHER: Final = "un'altra scheda"
OWN: Final = "regione"
WITH_KIND: Final = {
    "sportelli": "Tipo di servizio, dove né il file né il nome lo dicono",
    "associazioni": "Tipo di associazione, dove il file non lo dice",
}


def show(work: Work) -> None:
    """The source and what is asked, the plan, the yes."""
    st.header("4. L'anteprima", anchor=False)
    asked = _asked(work)
    plan = _plan(work, asked)
    if plan is None:
        return
    counts = plan.counts()
    like = [step for step in plan.steps if step.like]
    for column, action in zip(st.columns(4), ("add", "change", "close", "refused"), strict=True):
        column.metric(TABS[action], counts[action])
    _tabs(work, plan, like)
    _yes(work, plan)


@dataclass(frozen=True)
class Asked:
    """What a preview is asked with; ``kinds`` of those whose row does not tell it."""

    source: str
    close_missing: bool
    empties: bool
    kinds: tuple[tuple[str, str], ...]


def _asked(work: Work) -> Asked:
    """What the list is called, and what is done with what is not in it."""
    owner = work.ambito_id or OWN
    known, like = _sources(owner, work.name)
    stem = (work.name.rpartition(".")[0] or work.name)[:80]
    options = list(dict.fromkeys([*known[:like], stem, *known[like:]]))
    source = st.selectbox(
        "Come si chiama questo elenco", options, accept_new_options=True, key=f"importa_fonte_{work.key}",
        help="Lo stesso elenco, più aggiornato, si chiama sempre uguale: le sue righe ritrovano le loro schede.",
    )  # fmt: skip
    kinds = [_kind(work, kind) for kind in WITH_KIND if _unsaid(work, kind)]
    close = st.checkbox(
        "Chiudi quello che veniva da questo elenco e non c'è più", key=f"importa_chiudi_{work.key}",
        help="Gli sportelli e le associazioni diventano «chiuso», le sessioni si tolgono. Si può annullare.",
    )  # fmt: skip
    empties = st.checkbox("Svuota ciò che nel file è vuoto", key=f"importa_svuota_{work.key}")
    return Asked(f"{owner}/{source or stem}", close, empties, tuple(one for one in kinds if one[1]))


def _unsaid(work: Work, kind: str) -> bool:
    """Whether some rows of a kind do not say of which type they are."""
    return any(one.kind == kind and not one.said.get("kind") for one in work.wanted or ())


def _kind(work: Work, kind: str) -> tuple[str, str]:
    """Of which type the records are whose row and names do not tell it."""
    name = KIND_VOCABULARIES[kind]
    chosen = st.selectbox(
        WITH_KIND[kind],
        ["", *vocabulary(name).index],
        format_func=lambda code: label(name, code) if code else "non si sa: quelle righe restano fuori",
        key=f"importa_tipo_{work.key}_{kind}",
    )
    return kind, str(chosen)


def _sources(owner: str, file: str) -> tuple[list[str], int]:
    """What earlier lists of this Ambito were called, those of files named like this one first; how many these are."""
    try:
        found = imported.done(memory.registry(), signing.token())
    except AtlasError:
        return [], 0
    own: dict[str, bool] = {}
    for one in found:
        if one.source.startswith(f"{owner}/"):
            name = one.source.partition("/")[2]
            own[name] = own.get(name, False) or _bare(one.file) == _bare(file)
    names = sorted(own, key=lambda name: not own[name])[:20]
    return names, sum(own[name] for name in names)


def _bare(file: str) -> str:
    """A file's name without its ending, dates and marks, by which next month's is known again.

    Examples
    --------
    >>> _bare("Sportelli Lodi 2026-11 (2).xlsx") == _bare("sportelli_lodi_2026-12.csv"), _bare("11.csv")
    (True, '11')
    """
    stem = (file.rpartition(".")[0] or file).casefold()
    return re.sub(r"[\d\W_]+", "", stem) or stem


def _plan(work: Work, asked: Asked) -> Plan | None:
    """What would be done, made again when what is asked has changed."""
    if work.plan is not None and work.asked == (asked,):
        return work.plan
    try:
        with going("Confronto con il registro") as told:
            work.plan = preview(
                memory.registry(), signing.token(), work.wanted or [], source=asked.source, ambito_id=work.ambito_id,
                found=work.found, close_missing=asked.close_missing, empties=asked.empties,
                usual_kinds=dict(asked.kinds), same_as=work.same_as,
                apart=work.apart, progress=told,
            )  # fmt: skip
    except AtlasError as fault:
        st.error(signing.plain(sentence(fault)), icon=":material/error:")
        return None
    work.asked = (asked,)
    return work.plan


def _tabs(work: Work, plan: Plan, like: list[Step]) -> None:
    """Each group of steps in its tab, those that are empty left out."""
    groups: dict[str, list[Step]] = {"like": like}
    for step in plan.steps:
        groups.setdefault(step.action, []).append(step)
    there = [name for name in TABS if groups.get(name)]
    if not there:
        st.info("Nel file non c'è niente da portare nel registro.", icon=":material/info:")
        return
    for name, tab in zip(
        there, st.tabs([f"{TABS[name]} ({len(groups[name])})" for name in there]), strict=True
    ):
        with tab:
            if name == "like":
                _pairs(work, groups[name])
            else:
                SHOW.get(name, _others)(work, plan, groups[name])


def _chosen(work: Work, plan: Plan, steps: list[Step]) -> None:
    """Steps that write: each can be left out."""
    name = steps[0].action
    table = work.tables.get(name)
    if table is None:
        table = work.tables[name] = _table(plan, steps[:SHOWN])
    others = [column for column in table.columns if column != "Sì"]
    st.data_editor(
        table, hide_index=True, disabled=others, key=_editor(work, plan, name), height=_height(table),
        column_config={"Sì": st.column_config.CheckboxColumn(width="small", help="Togli la spunta a ciò che non vuoi")},
    )  # fmt: skip
    if len(steps) > SHOWN:
        st.caption(f"Le prime {SHOWN} di {len(steps)}: si salvano tutte.")


def _height(table: pd.DataFrame) -> int:
    return min(420, 38 + 35 * len(table))


def _table(plan: Plan, steps: list[Step]) -> pd.DataFrame:
    """Steps that write, in words."""
    told = _told(plan)
    return pd.DataFrame(
        {
            "Sì": True,
            "Riga": pd.array([_row(step) for step in steps], dtype="Int64"),
            "Che cos'è": [ONE_OF[step.kind] for step in steps],
            "Nome": [_name(step) for step in steps],
            "Che cosa cambia" if steps[0].action != "add" else "Che cosa dice": [
                told(step) for step in steps
            ],
        }
    )


def _others(_work: Work, plan: Plan, steps: list[Step]) -> None:
    """Steps that write nothing, and why."""
    rest, steps = steps, steps[:SHOWN]
    parents = {one.wanted.external: one.name for one in plan.steps if one.wanted and one.name}
    table = pd.DataFrame(
        {
            "Riga": pd.array([_row(step) for step in steps], dtype="Int64"),
            "Che cos'è": [ONE_OF[step.kind] for step in steps],
            "Nome": [step.name or _parent(step, parents) for step in steps],
            "Perché": [
                "; ".join(_fault(one, _parent(step, parents)) for one in step.faults) for step in steps
            ],
        }
    )
    shown = table if any(step.faults for step in steps) else table.drop(columns="Perché")
    st.dataframe(shown, hide_index=True, height=_height(shown))
    if len(rest) > SHOWN:
        st.caption(f"Le prime {SHOWN} di {len(rest)}.")


SHOW: Final[Mapping[str, Callable[[Work, Plan, list[Step]], None]]] = dict.fromkeys(WRITING, _chosen)


def _editor(work: Work, plan: Plan, action: str) -> str:
    return f"importa_scelte_{work.key}_{plan.digest[:8]}_{len(plan.steps)}_{action}"


def left_out(work: Work, plan: Plan) -> list[int]:
    """Places in the plan of the steps whose tick was taken away."""
    found = []
    for action in WRITING:
        places = [n for n, step in enumerate(plan.steps) if step.action == action]
        edited = st.session_state.get(_editor(work, plan, action), {}).get("edited_rows", {})
        found += [places[int(n)] for n, said in edited.items() if said.get("Sì") is False]
    return found


def _parent(step: Step, names: Mapping[str, str]) -> str:
    """What the file calls that on which a row hangs: never the name that it has for us."""
    return names.get((step.wanted.parent if step.wanted else None) or "", "")


def _fault(one: Found, parent: str) -> str:
    """Why a row is refused; what it hangs on and its Ambito by name."""
    if (one.column, one.why) == ("kind", "needed"):
        return "tipo: non si capisce, si sceglie qui sopra"
    value = parent if one.why == "parent_refused" else one.value
    if one.column == "ambito_id" and value:
        value = ambito_words(value)
    where = f"{import_words.column(one.column)}: " if one.column else ""
    return f"{where}{import_words.why(one.why)}" + (f" («{value}»)" if value else "")


def _row(step: Step) -> int | None:
    return step.wanted.row if step.wanted else None


def _name(step: Step) -> str:
    return step.name or (step.wanted.external if step.wanted else "")


def _told(plan: Plan) -> Callable[[Step], str]:
    """What a step writes, in words; records that are not there yet by the name they will have."""
    region = plan.ambito_id is None
    new = {step.key: step.name for step in plan.steps if step.action == "add" and step.key}

    def words(kind: str, name: str, value: Any) -> str:
        return (
            new[value] if isinstance(value, str) and value in new else record_words.words(kind, name, value)
        )

    def told(step: Step) -> str:
        after, before = step.after or {}, step.before
        if step.action == "close" and not after:
            return "si toglie dal registro"
        if before is None:
            names = [name for name in MAIN if after.get(name) is not None and (name != "ambito_id" or region)]
            return "; ".join(
                f"{import_words.column(name)}: {words(step.kind, name, after[name])}" for name in names
            )
        lines = [
            f"{import_words.column(name)}: {words(step.kind, name, before.get(name))} → {words(step.kind, name, value)}"
            for name, value in after.items()
            if name != "deleted_at"
        ]
        return "; ".join([*["torna nel registro"] * ("deleted_at" in after), *lines])

    return told


def _pairs(work: Work, steps: list[Step]) -> None:
    """New ones that may be there already: for each, which of them it is, or that it is another."""
    st.caption("Queste righe somigliano a schede che ci sono già. Senza una scelta diventano schede nuove.")
    with st.form(f"importa_coppie_{work.key}", border=False):
        said = {place: _pair(work, step) for place, step in enumerate(steps[:PAIRS])}
        if len(steps) > PAIRS:
            st.caption(f"Le prime {PAIRS} di {len(steps)}: scelte queste, vengono le altre.")
        if st.form_submit_button("Rifai l'anteprima con queste scelte", icon=":material/refresh:"):
            for place, chosen in said.items():
                _choose(work, steps[place], chosen)
            work.forget_plan()
            st.rerun()


def _pair(work: Work, step: Step) -> str | None:
    """One of them: what it says, and those it may be."""
    keys = [pair.other for pair in step.like]
    words = {pair.other: _likely(step.kind, pair) for pair in step.like}
    st.text(f"Riga {_row(step)}: {step.name}" if _row(step) else step.name)
    words[OTHER] = "È un'altra: scheda nuova"
    return st.radio(
        f"«{_plain(step.name)}» è",
        [*keys, OTHER],
        index=None,
        key=f"importa_coppia_{work.key}_{step.kind}_{_external(step)}",
        format_func=words.__getitem__,
        label_visibility="collapsed",
    )


def _likely(kind: str, pair: Any) -> str:
    name = _plain(record_words.title(kind, pair.other))
    return f"È «{name}» ({percent(pair.score, digits=0)}: {_plain(reasons_words(pair))})"


def _plain(text: str) -> str:
    return signing.plain(text)


def _external(step: Step) -> str:
    return step.wanted.external if step.wanted else ""


def _choose(work: Work, step: Step, chosen: str | None) -> None:
    where: Where = (step.kind, _external(step))
    if chosen == OTHER:
        work.apart[where] = {pair.other for pair in step.like}
    elif chosen is not None:
        work.same_as[where] = chosen


def _yes(work: Work, plan: Plan) -> None:
    """The yes: what it will do, and the doing."""
    out = left_out(work, plan)
    many = sum(step.action in WRITING for step in plan.steps) - len(out)
    if not many:
        st.info(
            "Il registro dice già tutto questo: non c'è niente da salvare.", icon=":material/check_circle:"
        )
        return
    st.header("5. Il sì", anchor=False)
    whose = ambito_words(work.ambito_id) if work.ambito_id else "tutta la Lombardia"
    words = "verrà scritta **una scheda**" if many == 1 else f"verranno scritte **{many} schede**"
    st.markdown(f"Nel registro ({_plain(whose)}) {words}. L'importazione si potrà annullare.")
    if st.button("Sì, salva", type="primary", icon=":material/save:", key=f"importa_si_{work.key}"):
        try:
            with going("Salvo") as told:
                work.applied = apply(
                    memory.registry(), signing.token(), plan, file=work.name, leave_out=out, progress=told
                )
        except AtlasError as fault:
            work.forget_plan()
            st.error(signing.plain(sentence(fault)), icon=":material/error:")
            return
        st.rerun()
