"""The form of a record, a sportello with its sessioni: filled in, checked at once, saved together or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Any, Final

import streamlit as st

from data.registry import checks, reading, together
from data.registry.reading import Card
from data.registry.rights import NOT_FOR_PROVIDERS, Actor
from data.registry.together import Wish
from errors import EditConflict, Fault, RegistryError
from screens import hours_grid, memory, record_conflict, record_likeness, record_place, signing
from screens.card import STYLE
from screens.errors import fault_words, sentence
from screens.record_card import go, notice
from screens.record_fields import (
    ambito_words,
    ask,
    ask_areas,
    ask_closures,
    comuni,
    provinces,
    start,
)
from screens.record_search import KIND_WORDS
from screens.record_words import title
from screens.signing import plain

DRAFT: Final = "registro_draft"
PLACE: Final = ("comune_code", "province", "address", "postcode", "lon", "lat", "precision", "ambito_id")
SOURCE: Final = ("evidence", "source_url", "source_date", "source_kind", "caution")
WHEN: Final = "Quando"
"""The section where the sessioni of a sportello are."""
Sections = tuple[tuple[str, tuple[str, ...]], ...]
FORMS: Final[Mapping[str, Sections]] = {
    "sportelli": (
        ("Che cosa è", ("name", "kind", "ente_id", "status", "description", "themes", "targets")),
        ("Dove", PLACE),
        ("Recapiti", ("phone", "email", "web")),
        ("Come si accede", ("access", "access_note", "cost", "areas")),
        (WHEN, ("closures",)),
        ("Note e conferma", ("notes", "confirm_every_months")),
        ("Da dove viene il dato", SOURCE),
    ),
    "sessioni": (
        ("", ("hours", "hours_note", "reception", "languages", "mediator", "capacity", "notes")),
        ("Da dove viene il dato", ("confirm_every_months", *SOURCE)),
    ),
    "enti": (
        ("Che cosa è", ("name", "kind", "ambito_id")),
        ("Recapiti", ("phone", "email", "web")),
        ("Note e conferma", ("notes", "confirm_every_months")),
        ("Da dove viene il dato", SOURCE),
    ),
    "associazioni": (
        ("Che cosa è", ("name", "kind", "status", "description", "communities", "activities", "languages")),
        ("Dove", PLACE),
        ("Recapiti", ("phone", "email", "web")),
        ("Note e conferma", ("notes", "confirm_every_months")),
        ("Da dove viene il dato", SOURCE),
    ),
    "mediazione": (
        ("Che cosa è", ("ente_id", "status", "settings", "languages", "services", "hours_note", "figures", "web")),
        ("Dove", ("ambito_id", "province", "area_note", "areas", "areas_basis")),
        ("Note e conferma", ("notes", "confirm_every_months")),
        ("Da dove viene il dato", SOURCE),
    ),
    "sostegni": (
        ("Che cosa è", ("school_id", "kind", "status", "ente_id", "languages", "hours_a_year", "description")),
        ("Dove", ("ambito_id",)),
        ("Note e conferma", ("notes", "confirm_every_months")),
        ("Da dove viene il dato", SOURCE),
    ),
}  # fmt: skip
"""Kind → sections of its form and their fields, in order."""
WHOLE_WIDTH: Final = ("description", "notes", "access_note", "hours_note", "services", "figures", "caution")
TOO_MANY: Final = 12
"""Sessioni that a form has room for."""


@dataclass
class Draft:
    """A form that is being filled in: of which record as it was read, and its sessioni."""

    kind: str
    key: str
    read: Card | None
    turn: int
    below: list[tuple[int, Card | None]] = field(default_factory=list)
    gone: list[Card] = field(default_factory=list)
    alike: list[Any] = field(default_factory=list)
    conflict: EditConflict | None = None
    wishes: tuple[Wish, ...] = ()
    fault: str = ""

    @property
    def said(self) -> Mapping[str, Any]:
        """What the record said when it was read; what a new one begins with."""
        return self.read.said if self.read else BEGINS


BEGINS: Final = {"status": "attivo", "evidence": "C", "confirm_every_months": 6}


def draft_of(kind: str, key: str) -> Draft:
    """The form that is open, or a fresh one if another record is asked."""
    held: Draft | None = st.session_state.get(DRAFT)
    if held is not None and (held.kind, held.key) == (kind, key):
        return held
    turn = 1 + int(st.session_state.get(f"{DRAFT}_turns", 0))
    st.session_state[f"{DRAFT}_turns"] = turn
    shown = reading.card(memory.registry(), kind, key) if key else None
    fresh = Draft(kind, key, shown, turn)
    fresh.below = list(enumerate(shown.sessioni)) if shown else []
    if kind == "sportelli" and not key:
        fresh.below = [(0, None)]
    st.session_state[DRAFT] = fresh
    return fresh


def forget() -> None:
    """Let go of the form that is open."""
    st.session_state.pop(DRAFT, None)


def leave(**where: str) -> None:
    """Close the form without saving."""
    forget()
    go(**where)


def show(kind: str, key: str, actor: Actor) -> None:
    """The whole form; after a conflict, the choice between what is there now and what was wanted."""
    draft = draft_of(kind, key)
    if draft.conflict is not None:
        keep = record_conflict.show(draft.conflict, partial(_look_again, draft))
        if keep is not None:
            _choose(draft, keep)
            st.rerun()
        return
    there = {"scheda": f"{kind}/{key}"} if key else {}
    st.button("Lascia senza salvare", icon=":material/arrow_back:", key="registro_leave",
              on_click=partial(leave, **there))  # fmt: skip
    name = title(kind, key) if key else f"Nuova scheda: {KIND_WORDS[kind].lower()}"
    st.html(f'{STYLE}<div class="atlante-card"><h2>{escape(name)}</h2></div>')
    st.caption(
        "Niente è salvato finché non premi Salva; se lasci la pagina si perde solo quello che hai scritto qui."
    )
    wishes, wrong = _ask(draft, actor)
    another = bool(draft.alike) and record_likeness.show(draft.alike)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Salva", icon=":material/save:", type="primary", key="registro_save")
        st.caption(_changed_words(draft, wishes))
    if pressed or another:  # not in a callback: it would see the fields as they were when last drawn
        save(draft, wishes, wrong, another=another)
        st.rerun()
    if draft.fault:
        st.error(plain(draft.fault), icon=":material/error:")
        draft.fault = ""


def _changed_words(draft: Draft, wishes: Sequence[Wish]) -> str:
    if not draft.key:
        return "La scheda sarà visibile a tutti."
    many = sum(len(one.said) for one in wishes) + len(draft.gone)
    return (
        "Niente è cambiato." if not many else "Un campo cambiato." if many == 1 else f"{many} campi cambiati."
    )


def _ask(draft: Draft, actor: Actor) -> tuple[list[Wish], list[str]]:
    """Draw the form; gives back what is wanted of each record, and what is already known to be wrong."""
    key = f"registro_form_{draft.turn}"
    kept: dict[str, Any] = {}
    wrong: list[str] = []
    for heading, names in FORMS[draft.kind]:
        asked = _asked(names, actor)
        if not asked:
            continue
        st.subheader(heading, anchor=False)
        if heading == WHEN:
            below, problems = _sessioni(draft, actor)
            wrong += problems
        kept |= _section(draft.kind, asked, draft.said, key, wrong, actor)
    wishes = [_wish(draft.kind, draft.read, kept)]
    if draft.kind == "sportelli":
        wishes += below
    return wishes, wrong


def _asked(names: Sequence[str], actor: Actor) -> list[str]:
    """The fields that whoever fills in the form can change."""
    return [name for name in names if actor.role != "gestore" or name not in NOT_FOR_PROVIDERS]


def _wish(kind: str, read: Card | None, kept: Mapping[str, Any], *, below: bool = False) -> Wish:
    """Of a new record all that was said; of one that was read only what is different."""
    told = checks.tidied(kept)
    if read is None:
        return Wish(
            kind, said={name: value for name, value in told.items() if value is not None}, below=below
        )
    fresh = {name: value for name, value in told.items() if value != read.said[name]}
    return Wish(kind, read.key, read.version, fresh)


def _section(
    kind: str, names: Sequence[str], said: Mapping[str, Any], key: str, wrong: list[str], actor: Actor
) -> dict[str, Any]:
    """The fields of a section, two beside each other where they are short."""
    kept: dict[str, Any] = {}
    if "comune_code" in names:
        return _where(said, key, actor, wrong)
    short = [name for name in names if name not in {*WHOLE_WIDTH, "areas", "closures", "hours"}]
    if "hours" in names:
        kept["hours"], problems = hours_grid.ask(said.get("hours"), key=key)
        wrong += problems
    columns = st.columns(2, gap="medium") if short else []
    for n, name in enumerate(short):
        with columns[n % 2]:
            kept[name] = ask(kind, name, said.get(name), key=key)
    for name in names:
        if name in WHOLE_WIDTH:
            kept[name] = ask(kind, name, said.get(name), key=key)
    if "areas" in names:
        kept["areas"] = ask_areas(said.get("areas"), key=key)
    if "closures" in names:
        kept["closures"], problems = ask_closures(said.get("closures"), key=key)
        wrong += problems
    return kept


def _where(said: Mapping[str, Any], key: str, actor: Actor, wrong: list[str]) -> dict[str, Any]:
    """Comune, address and point; province and Ambito follow the comune."""
    names = comuni()
    left, right = st.columns(2, gap="medium")
    with left:
        code = st.selectbox(
            "Comune", list(names), index=None, key=start(f"{key}_comune_code", said.get("comune_code")),
            format_func=lambda one: names.get(one, one), placeholder="Non si sa: cerca per nome",
        )  # fmt: skip
    kept: dict[str, Any] = {"comune_code": code}
    table = memory.comuni().set_index("comune_code")
    with right:
        if code is None:
            kept["province"] = st.selectbox(
                "Provincia", list(provinces()), index=None, placeholder="Non si sa",
                key=start(f"{key}_province", said.get("province")),
            )  # fmt: skip
        else:
            kept["province"] = str(table.loc[code, "province"])
        if actor.role != "gestore":
            kept["ambito_id"] = _ambito(said, code, table, key)
    with left:
        kept["address"] = ask("sportelli", "address", said.get("address"), key=key)
    with right:
        kept["postcode"] = ask("sportelli", "postcode", said.get("postcode"), key=key)
    point = record_place.ask(said, key=f"{key}_place", comune_code=code, address=kept["address"])
    if point["lon"] is not None and record_place.doubt((point["lon"], point["lat"], ""), None):
        wrong.append("il punto è fuori dalla Lombardia")
    return kept | point


def _ambito(said: Mapping[str, Any], code: str | None, table: Any, key: str) -> str | None:
    """Whose it is: the Ambito of its comune, else one that is chosen."""
    belongs = table.loc[code, "ambito_id"] if code else None
    if isinstance(belongs, str) and (
        code != said.get("comune_code") or said.get("ambito_id") in {None, belongs}
    ):
        told = f"Provincia di {table.loc[code, 'province']} · {ambito_words(belongs)}: seguono il comune."
        st.html(f'<p style="font-size:.92rem;color:#4a585c;margin:0">{escape(told)}</p>')
        return belongs
    value: str | None = ask("sportelli", "ambito_id", said.get("ambito_id"), key=key)
    return value


def _sessioni(draft: Draft, actor: Actor) -> tuple[list[Wish], list[str]]:
    """The sessioni in the form of their sportello: what is wanted of each, and what is wrong."""
    st.markdown("**Sessioni**")
    st.caption(
        "Una per ogni combinazione di orari, lingue e mediatore. Senza sessioni non si sa quando è aperto."
    )
    wishes: list[Wish] = []
    wrong: list[str] = []
    for place, (row, read) in enumerate(draft.below, start=1):
        with st.container(border=True):
            head, button = st.columns([4, 1], vertical_alignment="center")
            head.markdown(f"**Sessione {place}**")
            button.button("Togli", icon=":material/delete:", key=f"registro_form_{draft.turn}_drop_{row}",
                          help=f"Togli la sessione {place}: si salva con il resto",
                          on_click=partial(_drop, draft, row))  # fmt: skip
            kept, problems = _sessione(draft, actor, row, read)
        wrong += [f"sessione {place}, {words}" for words in problems]
        of = {together.PARENT: draft.key} if draft.key and read is None else {}
        wishes.append(_wish("sessioni", read, kept | of, below=not draft.key))
    st.button("Aggiungi una sessione", icon=":material/add:", key=f"registro_form_{draft.turn}_more",
              on_click=partial(_more, draft), disabled=len(draft.below) >= TOO_MANY)  # fmt: skip
    for gone in draft.gone:
        st.caption("Una sessione sarà tolta al salvataggio.")
        wishes.append(Wish("sessioni", gone.key, gone.version, gone=True))
    return wishes, wrong


def _sessione(draft: Draft, actor: Actor, row: int, read: Card | None) -> tuple[dict[str, Any], list[str]]:
    said = read.said if read else {"evidence": "C", "confirm_every_months": 6}
    key, wrong = f"registro_form_{draft.turn}_s{row}", list[str]()
    (_, first), (heading, rest) = FORMS["sessioni"]
    kept = _section("sessioni", first, said, key, wrong, actor)
    more = _asked(rest, actor)
    if more:
        with st.expander(heading):
            kept |= _section("sessioni", more, said, key, wrong, actor)
    return kept, wrong


def _more(draft: Draft) -> None:
    rows = [row for row, _ in draft.below] + list(range(len(draft.read.sessioni) if draft.read else 0))
    draft.below.append((max(rows, default=-1) + 1, None))


def _drop(draft: Draft, row: int) -> None:
    for one in [one for one in draft.below if one[0] == row]:
        draft.below.remove(one)
        if one[1] is not None:
            draft.gone.append(one[1])


def save(draft: Draft, wishes: Sequence[Wish], wrong: Sequence[str], *, another: bool = False) -> None:
    """Check everything, name every fault in one sentence; else save all of it together."""
    found = together.judged(memory.registry(), wishes)
    told = [*wrong, *(_fault_words(place, fault, wishes) for place, fault in found)]
    if told:
        draft.fault = f"Non salvato: {'; '.join(told)}."
        return
    draft.alike = [] if draft.key or another else record_likeness.found(draft.kind, wishes[0].said)
    if not draft.alike:
        _send(draft, [one for one in wishes if one.said or one.gone or one.key is None])


def _fault_words(place: int, fault: Fault, wishes: Sequence[Wish]) -> str:
    """A fault, and of which sessione where it is not of the record itself."""
    told = fault_words(fault)
    return told if place == 0 or wishes[place].kind != "sessioni" else f"sessione {place}, {told}"


def _send(draft: Draft, wishes: Sequence[Wish]) -> None:
    """Save all of it, or keep the form and say why not."""
    store, token = memory.registry(), signing.token()
    try:
        keys = together.save_together(store, token, wishes)
    except EditConflict as fault:
        draft.conflict, draft.wishes = fault, tuple(wishes)
    except RegistryError as fault:
        draft.fault = sentence(fault)
    else:
        key = draft.key or keys[0]
        forget()
        go(scheda=f"{draft.kind}/{key}")
        notice("good", "Salvato." if wishes else "Niente da salvare: la scheda è rimasta com'era.")


def _choose(draft: Draft, keep: Mapping[str, bool]) -> None:
    """Save on the version that is there now: of each field that both changed, the one that was chosen."""
    fault = draft.conflict
    if fault is None:
        return
    draft.conflict = None
    wishes = []
    for one in draft.wishes:
        if (one.kind, one.key) == (fault.kind, fault.key):
            said = {name: value for name, value in one.said.items() if keep.get(name, True)}
            wishes.append(Wish(one.kind, one.key, fault.version, said, gone=one.gone))
        else:
            wishes.append(one)
    _send(draft, [one for one in wishes if one.said or one.gone or one.key is None])


def _look_again(draft: Draft) -> None:
    """Let go of what was wanted, and open the card as it is now."""
    leave(scheda=f"{draft.kind}/{draft.key}")
