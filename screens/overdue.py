"""The list of what is to be confirmed: one click says it is still true, several at once, and it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from data.registry import campaigns, editing, freshness, links, reading
from data.registry.freshness import NEVER, Due
from data.registry.model import INTERVALS
from data.registry.reading import Card
from data.vocabularies import label
from errors import AtlasError, EditConflict
from screens import ask_registry, frame, memory, signing
from screens.ask_registry import KINDS, ONE_OF, ambito_words
from screens.card import hours_in_words
from screens.errors import FIELDS, sentence
from screens.offer import offer

SIZE: Final = 15
SAID, BACK, CLASH = "overdue_said", "overdue_back", "overdue_clash"
"""What the last press did: sentences, the changes that take it back, what others had changed meanwhile."""
EVERY: Final = {1: "ogni mese", 3: "ogni 3 mesi", 6: "ogni 6 mesi", 12: "ogni anno"}
STATES: Final = {
    "mai_confermato": "mai confermata",
    "da_confermare": "da riconfermare",
    "confermato": "confermata",
}


@dataclass(frozen=True)
class Seen:
    """A record as it was shown: nobody vouches for what they have not seen."""

    kind: str
    key: str
    name: str
    version: int
    sessioni: tuple[tuple[str, int], ...]


def show(page: str, ambito: str | None) -> None:
    """The whole list: ask which, show them a page at a time."""
    st.header("Che cosa confermare", anchor=False)
    _told()
    left, right = st.columns(2)
    with left:
        kinds = ask_registry.several(
            "Tipi di scheda",
            "tipi",
            list(KINDS),
            lambda code: KINDS[code].capitalize(),
            page=page,
            placeholder="Tutti",
        )
    with right:
        rounds = {one.key: one for one in campaigns.every(memory.registry())}
        chosen = ask_registry.one(
            "Campagna", "campagna", ["", *rounds], page=page,
            words=lambda key: rounds[key].title if key else "Nessuna: tutto ciò che è da confermare",
        )  # fmt: skip
    found = _asked(ambito, kinds, chosen)
    if not found:
        st.markdown("Niente da confermare: tutto quello che è chiesto qui è stato confermato.")
        return
    part = ask_registry.page_of(len(found), size=SIZE, page=page)
    picked = [seen for one in found[part] if (seen := _row(one)) is not None]
    _several(picked)
    table = to_take_away(found)
    title = "Schede da confermare" + (f": {rounds[chosen].title}" if chosen else "")
    offer(
        table, "da-confermare", ambito or "lombardia", chosen,
        title=title, source=f"Registro dell'atlante al {memory.registry().today():%d/%m/%Y}", id_column="scheda",
    )  # fmt: skip


def _asked(ambito: str | None, kinds: Sequence[str], campaign: str) -> list[Due]:
    """What is to be confirmed, or still to do in a campaign; of a personal link only its records, if asked so."""
    store = memory.registry()
    known = (
        campaigns.left(store, campaign) if campaign else _overdue(memory.stamp(), store.today().isoformat())
    )
    found = [
        one
        for one in known
        if (not kinds or one.kind in kinds) and (ambito is None or one.ambito_id == ambito)
    ]
    actor = signing.me()
    if (
        actor is None
        or actor.role != "gestore"
        or not st.toggle("Solo le mie schede", value=True, key="overdue_own")
    ):
        return found
    own = {(one.kind, one.key) for one in links.reached(store, signing.token())}
    return [one for one in found if (one.kind, one.key) in own]


@st.cache_resource(show_spinner=False, max_entries=2)
def _overdue(stamp: str, day: str) -> list[Due]:  # noqa: ARG001
    return freshness.overdue(memory.registry())


def _row(one: Due) -> Seen | None:
    """One record with what may be done to it; gives it back where it is picked."""
    card = reading.card(memory.registry(), one.kind, one.key)
    seen = Seen(one.kind, one.key, name_of(one, card), card.version, tuple(card.versions.items()))
    mine, picked = signing.may("confirm", one.kind, one.key), False
    mark = f"{one.kind}_{one.key}_{card.version}"
    with st.container(border=True):
        pick, what, every, press, way = st.columns([0.25, 4.2, 1.5, 1.5, 1], vertical_alignment="center")
        if mine:
            picked = pick.checkbox(
                f"Scegli «{signing.plain(seen.name)}»",
                key=f"overdue_pick_{mark}",
                label_visibility="collapsed",
            )
        with what:
            st.markdown(f"**{signing.plain(seen.name)}**")
            if facts := says(card):
                st.html(f'<small style="overflow-wrap:anywhere">{escape(facts)}</small>')
            st.caption(signing.plain(when(one, card)))
        with every:
            _interval(seen, int(card.said["confirm_every_months"]), mark)
        if mine:
            press.button(
                "È ancora vero", key=f"overdue_true_{mark}", icon=":material/check:", on_click=_confirm, args=([seen],),
                help=_with_sessioni(seen), width="stretch",
            )  # fmt: skip
        with way:
            _way(one, card, mine=mine)
    return seen if picked else None


def name_of(one: Due, card: Card) -> str:
    """What a record is called; a sessione by its hours in Italian."""
    hours = card.said.get("hours") or card.said.get("hours_note") if one.kind == "sessioni" else None
    return f"{one.name.removesuffix(f' ({hours})')} ({hours_in_words(hours)})" if hours else one.name


def says(card: Card) -> str:
    """What a record says of where, how to reach it, when and in which languages: what is vouched for."""
    slots = [one.said for one in card.sessioni]
    told = [str(card.said[name]) for name in ("address", "phone", "email", "web") if card.said.get(name)]
    told += [
        hours_in_words(str(words)) for one in slots if (words := one.get("hours") or one.get("hours_note"))
    ]
    spoken = dict.fromkeys(code for one in [card.said, *slots] for code in one.get("languages") or ())
    return " · ".join([*told, *[", ".join(label("languages", code) for code in spoken)] * bool(spoken)])


def when(one: Due, card: Card) -> str:
    """What a record is, whose, when it was confirmed last and by when it is to be again."""
    kind = ONE_OF[one.kind].capitalize()
    last = "mai confermata" if one.state == NEVER else f"confermata il {one.confirmed_on:%d/%m/%Y}"
    due = (
        f"entro il {one.due_on:%d/%m/%Y}"
        if one.due_on > memory.registry().today()
        else f"dal {one.due_on:%d/%m/%Y}"
    )
    many = len(card.sessioni)
    below = f", {'una sessione' if many == 1 else f'{many} sessioni'}" if many else ""
    return f"{kind}{below} · {ambito_words(one.ambito_id)} · {last}, da confermare {due}"


def _with_sessioni(seen: Seen) -> str:
    many = len(seen.sessioni)
    also = "" if not many else " e per la sua sessione" if many == 1 else f" e per le sue {many} sessioni"
    return f"Segna la data di oggi per questa scheda{also}"


def _interval(seen: Seen, months: int, mark: str) -> None:
    """How often it is to be confirmed; chosen by who may change it."""
    actor = signing.me()
    if actor is None or actor.role == "gestore" or not signing.may("edit", seen.kind, seen.key):
        st.caption(EVERY[months])
        return
    key = f"overdue_every_{mark}"
    st.selectbox(
        f"Ogni quanto confermare «{signing.plain(seen.name)}»", INTERVALS, index=INTERVALS.index(months), key=key,
        format_func=EVERY.__getitem__, label_visibility="collapsed", on_change=_every, args=(seen, key),
    )  # fmt: skip


def _way(one: Due, card: Card, *, mine: bool) -> None:
    """The way to its card; of a sessione, to that of its sportello."""
    kind, key = ("sportelli", card.said["sportello_id"]) if one.kind == "sessioni" else (one.kind, one.key)
    asked = {"scheda": f"{kind}/{key}"}
    if mine:
        frame.link("registro", "Modifica", **asked, modo="modifica")
    else:
        frame.link("registro", "Apri", **asked)


def _several(picked: Sequence[Seen]) -> None:
    """Confirm together what was picked on this page of the list."""
    if picked:
        many = "la scheda scelta" if len(picked) == 1 else f"le {len(picked)} schede scelte"
        st.button(
            f"Conferma {many}: sono ancora vere" if len(picked) > 1 else f"Conferma {many}: è ancora vera",
            key="overdue_several", type="primary", icon=":material/done_all:", on_click=_confirm, args=(list(picked),),
        )  # fmt: skip


def _confirm(records: Sequence[Seen]) -> None:
    """Stamp records as they were shown, each by itself: one that was changed meanwhile does not hold up the others."""
    store, token = memory.registry(), signing.token()
    done, faults, back, clash = [], [], [], {}
    for seen in records:
        try:
            now = editing.confirm(
                store, token, seen.kind, seen.key, version=seen.version, sessioni=dict(seen.sessioni)
            )
            done.append(seen.name)
            back += _stamps(seen, now)
        except EditConflict as fault:
            clash[seen.name] = fault
        except AtlasError as fault:
            faults.append(f"{seen.name}: {sentence(fault)}")
    if done:
        many = "Confermata una scheda" if len(done) == 1 else f"Confermate {len(done)} schede"
        faults.insert(0, f"{many}: {', '.join(done)}.")
        # whoever pressed far down the list does not see its top
        st.toast("Fatto: per annullare, torna in cima all'elenco.", icon=":material/check:")
    st.session_state.update({SAID: (bool(done), faults), BACK: back, CLASH: clash})


def _stamps(seen: Seen, version: int) -> list[int]:
    """The lines of the log that a confirmation just wrote: of the record, and of the sessioni stamped with it."""
    store, token = memory.registry(), signing.token()
    wrote = [(seen.kind, seen.key, version), *(("sessioni", key, at + 1) for key, at in seen.sessioni)]
    return [
        line.number
        for kind, key, at in wrote
        for line in editing.history(store, token, kind, key)
        if line.version == at and line.how == "confirm"
    ]


def _undo(numbers: Sequence[int]) -> None:
    """Take the last confirmation back, change by change."""
    taken, faults = 0, []
    for number in reversed(numbers):
        try:
            editing.undo(memory.registry(), signing.token(), number)
            taken += 1
        except AtlasError as fault:
            faults.append(sentence(fault))
    if taken:
        faults.insert(0, "Conferma annullata.")
    st.session_state.update({SAID: (bool(taken), faults), BACK: [], CLASH: {}})


def _every(seen: Seen, key: str) -> None:
    """Write the interval that was chosen."""
    months = st.session_state[key]
    said, good, clash = [f"{seen.name}: da confermare {EVERY[months]}."], True, {}
    try:
        editing.edit(
            memory.registry(), signing.token(), seen.kind, seen.key,
            version=seen.version, said={"confirm_every_months": months},
        )  # fmt: skip
    except EditConflict as fault:
        said, good, clash = [], False, {seen.name: fault}
    except AtlasError as fault:
        said, good = [f"{seen.name}: {sentence(fault)}"], False
    st.session_state.update({SAID: (good, said), BACK: [], CLASH: clash})


def _told() -> None:
    """What the last press did, with the way back; what others had changed meanwhile, field by field."""
    good, said = st.session_state.get(SAID, (True, []))
    for at, words in enumerate(said):
        show_it = st.success if good and at == 0 else st.error
        show_it(signing.plain(words), icon=":material/check:" if good and at == 0 else ":material/error:")
    back: list[int] = st.session_state.get(BACK, [])
    if back:
        st.button("Annulla", key="overdue_undo", icon=":material/undo:", on_click=_undo, args=(back,))
    clash: dict[str, EditConflict] = st.session_state.get(CLASH, {})
    for name, fault in clash.items():
        st.warning(
            f"**{signing.plain(name)}** non è stata toccata: mentre guardavi, qualcun altro l'ha cambiata. "
            "Qui sotto com'è adesso; se è giusta, premi di nuovo.",
            icon=":material/compare_arrows:",
        )
        rows = [
            {"Campo": FIELDS.get(field, field), "Com'era": _words(two.seen), "Com'è adesso": _words(two.now)}
            for field, two in fault.differences.items()
        ]
        frame.table(pd.DataFrame(rows).set_index("Campo"), f"Che cosa è cambiato in {name}")


def _words(value: Any) -> str:
    """A value of a field as people read it."""
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value) if frame.known(value) else "non noto"


def to_take_away(found: Sequence[Due]) -> pd.DataFrame:
    """The whole list as a table of its own."""
    return pd.DataFrame(
        {
            "scheda": [f"{one.kind}/{one.key}" for one in found],
            "tipo": [ONE_OF[one.kind] for one in found],
            "nome": [one.name for one in found],
            "ambito": [ambito_words(one.ambito_id) for one in found],
            "stato": [STATES[one.state] for one in found],
            "ultima_conferma": [one.confirmed_on and one.confirmed_on.isoformat() for one in found],
            "da_confermare_il": [one.due_on.isoformat() for one in found],
        }
    )
