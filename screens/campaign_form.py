"""Campaigns on the page: how far each is, and for editors how to start one, write its letters, close it."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from data.registry import campaigns, outbox
from data.registry.campaigns import Progress, Round
from data.registry.rights import Actor
from errors import AtlasError, Fault, FieldsRefused
from screens import ask_registry, frame, memory, signing
from screens.ask_registry import KINDS, ambito_words
from screens.errors import FIELDS, sentence

SAID: Final = "campaign_said"
DAYS: Final = 30
"""How long a campaign lasts unless another end is chosen."""
WRONG: Final = {
    ("kinds", "outside"): "nessuno dei dati chiesti riguarda: {}",
    ("ends_on", "outside"): "la fine ({}) viene prima dell'inizio, o è già passata",
    ("kinds", "needed"): "scegli almeno un tipo di scheda",
    ("title", "needed"): "dai un titolo alla campagna",
}
"""What is wrong with a campaign, where the words for any field say too little."""


def show() -> None:
    """The whole section: fetch, show, ask."""
    st.header("Campagne", anchor=False)
    st.caption(
        "Una campagna chiede a tutti insieme la stessa cosa in un periodo, per esempio gli orari di agosto. Una scheda "
        "è fatta quando qualcuno la conferma o scrive uno dei dati chiesti."
    )
    good, said = st.session_state.get(SAID, (True, ""))
    if said:
        (st.success if good else st.error)(signing.plain(said))
    found = campaigns.every(memory.registry())
    if not found:
        st.markdown("Nessuna campagna, finora.")
    for one in found:
        _campaign(one)
    actor = signing.me()
    if actor is not None and actor.role != "gestore":
        with st.expander("Avvia una campagna", icon=":material/campaign:"):
            _form(actor)


def _campaign(one: Round) -> None:
    """One campaign: what it asks, of whom, until when, and how far it is."""
    store = memory.registry()
    found = campaigns.progress(store, one.key)
    asked, done = sum(each.asked for each in found.values()), sum(each.done for each in found.values())
    with st.container(border=True):
        left, right = st.columns([4, 1.4], vertical_alignment="top")
        left.markdown(f"**{signing.plain(one.title)}** · {state_words(one, store.today())}")
        left.caption(signing.plain(what_words(one)))
        left.progress(done / asked if asked else 0.0, text=progress_words(Progress(asked, done)))
        with right:
            if not one.closed and campaigns.may_run(store, signing.token(), one.key):
                _buttons(one, running=one.under_way(store.today()))
        if len(found) > 1:
            with st.expander("Per Ambito"):
                frame.table(_by_ambito(found), f"Avanzamento di {one.title}")


def state_words(one: Round, today: dt.date) -> str:
    """Where a campaign is on a day."""
    days = f"dal {one.starts_on:%d/%m/%Y} al {one.ends_on:%d/%m/%Y}"
    if one.closed:
        return f"chiusa ({days})"
    if today < one.starts_on:
        return f"deve cominciare ({days})"
    return f"{'in corso' if one.under_way(today) else 'finita'} ({days})"


def what_words(one: Round) -> str:
    """What a campaign asks, of which records, in which Ambiti."""
    what = ", ".join(FIELDS.get(name, name) for name in one.fields) if one.fields else "tutta la scheda"
    where = ", ".join(ambito_words(code) for code in one.ambiti) if one.ambiti else "tutti gli Ambiti"
    return f"Chiede {what} di {', '.join(KINDS[kind] for kind in one.kinds)}; {where}"


def progress_words(found: Progress) -> str:
    """How far a campaign is.

    >>> progress_words(Progress(12, 5))
    '5 fatte su 12, ne restano 7'
    """
    if not found.asked:
        return "nessuna scheda da chiedere"
    return f"{found.done} fatte su {found.asked}, " + (f"ne restano {found.left}" if found.left else "tutte")


def _by_ambito(found: dict[str | None, Progress]) -> pd.DataFrame:
    order = sorted(found, key=lambda code: (-found[code].left, ambito_words(code)))
    rows = [
        {
            "Ambito": ambito_words(code),
            "Chieste": found[code].asked,
            "Fatte": found[code].done,
            "Da fare": found[code].left,
        }
        for code in order
    ]
    return pd.DataFrame(rows).set_index("Ambito")


def _buttons(one: Round, *, running: bool) -> None:
    if running:
        st.button(
            "Scrivi le lettere", key=f"campaign_write_{one.key}", icon=":material/mail:", on_click=_write, args=(one,),
            help="Una lettera a ogni ufficio o redazione, con tutte le schede ancora da fare; mai due volte la stessa.",
            width="stretch",
        )  # fmt: skip
    st.button(
        "Chiudi",
        key=f"campaign_close_{one.key}",
        icon=":material/flag:",
        on_click=_close,
        args=(one,),
        width="stretch",
    )


def _write(one: Round) -> None:
    try:
        done = campaigns.ask(memory.registry(), signing.token(), one.key, outbox.addresses(), in_words)
    except AtlasError as fault:
        st.session_state[SAID] = (False, sentence(fault))
        return
    letters = "Una lettera scritta" if done.letters == 1 else f"{done.letters} lettere scritte"
    nobody = f" Per {len(done.nobody)} schede non c'è nessuno a cui scrivere." if done.nobody else ""
    told = f"{letters} per «{one.title}», su {len(done.records)} schede."
    st.session_state[SAID] = (
        True,
        (told if done.letters else "Non c'è nessuna lettera nuova da scrivere.") + nobody,
    )


def in_words(field: str) -> str:
    """A field as a letter calls it."""
    return FIELDS.get(field, field)


def _close(one: Round) -> None:
    try:
        campaigns.close(memory.registry(), signing.token(), one.key)
    except AtlasError as fault:
        st.session_state[SAID] = (False, sentence(fault))
        return
    st.session_state[SAID] = (True, f"La campagna «{one.title}» è chiusa.")


def _form(actor: Actor) -> None:
    """What to ask, of whom, from when to when."""
    st.text_input("Titolo", key="campaign_title", max_chars=campaigns.LONGEST, placeholder="Orari di agosto")
    left, right = st.columns(2)
    kinds = left.multiselect(
        "Tipi di scheda", list(KINDS), default=["sportelli"], key="campaign_kinds",
        format_func=lambda code: KINDS[code].capitalize(), placeholder="Scegli i tipi",
        select_all=False,
    )  # fmt: skip
    fields = list(dict.fromkeys(name for kind in kinds for name in campaigns.askable(kind)))
    right.multiselect(
        "Dati chiesti",
        fields,
        key="campaign_fields",
        format_func=in_words,
        placeholder="Tutta la scheda",
        select_all=False,
    )
    known = ask_registry.names()
    own = [code for code in known if actor.ambiti is None or code in actor.ambiti]
    st.multiselect(
        "Ambiti", own, default=None if actor.ambiti is None else own, key="campaign_ambiti",
        format_func=known.__getitem__, placeholder="Tutti" if actor.ambiti is None else "Scegli gli Ambiti",
        select_all=False,
    )  # fmt: skip
    today = memory.registry().today()
    one, other = st.columns(2)
    one.date_input("Dal", today, format="DD/MM/YYYY", key="campaign_from")
    other.date_input("Al", today + dt.timedelta(DAYS), format="DD/MM/YYYY", key="campaign_to")
    st.button("Avvia", type="primary", key="campaign_start", on_click=_start, args=(actor,))


def _start(actor: Actor) -> None:
    """Start the campaign that the form says."""
    told = st.session_state
    ambiti: Sequence[str] = told["campaign_ambiti"]
    try:
        campaigns.start(
            memory.registry(), signing.token(), title=told["campaign_title"], kinds=told["campaign_kinds"],
            fields=told["campaign_fields"] or None, ambiti=ambiti or (None if actor.ambiti is None else []),
            starts_on=told["campaign_from"], ends_on=told["campaign_to"],
        )  # fmt: skip
    except FieldsRefused as fault:
        st.session_state[SAID] = (
            False,
            "Non avviata: " + "; ".join(_wrong(one) for one in fault.faults) + ".",
        )
    except AtlasError as fault:
        st.session_state[SAID] = (False, sentence(fault))
    else:
        st.session_state[SAID] = (True, f"La campagna «{told['campaign_title']}» è avviata.")
        for key in ("campaign_title", "campaign_fields"):
            del st.session_state[key]


def _wrong(fault: Fault) -> str:
    """One fault of a campaign, in words."""
    if (fault.field, fault.why) in WRONG:
        return WRONG[fault.field, fault.why].format(KINDS.get(fault.value, fault.value))
    said = sentence(FieldsRefused(kind="campaigns", faults=[fault]))
    return said.removeprefix("Non salvato: ").removesuffix(".")
