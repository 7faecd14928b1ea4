"""Doppioni: records that may be one and the same, side by side; merged or told apart by a person, and back."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from data.registry import duplicates, merging, reading
from data.registry.duplicates import COMPARED, Pair
from data.registry.reading import Card
from errors import EditConflict, RecordMissing
from layers.style import number, percent
from screens import address, ask_registry, duplicate_words, frame, memory, signing
from screens.duplicate_words import compared, differing, proposed, reasons_words, score_words, value_words
from screens.errors import sentence
from screens.record_words import field_words, title, words
from screens.signing import plain

PAGE: Final = "doppioni"
KIND, PAIR = "schede", "coppia"
KIND_WORDS: Final = {"sportelli": "Sportelli", "associazioni": "Associazioni", "enti": "Enti"}
DONE: Final = "doppioni_done"
"""What was done last in this visit: what to say, the card that stayed, how to take it back."""
SEEN: Final = "doppioni_seen"
"""The versions of the two records as they were first shown: nobody merges what they have not seen."""
MOST: Final = 30
"""How many pairs are listed at once."""
MOVES: Final = {
    "sessioni": ("una sessione", "sessioni"), "sportelli": ("uno sportello", "sportelli"),
    "mediazione": ("un'offerta di mediazione", "offerte di mediazione"), "sostegni": ("un sostegno", "sostegni"),
}  # fmt: skip


def show() -> None:
    """The whole screen: the pairs, or the one that the address opens."""
    st.title("Doppioni", anchor=False)
    frame.lead(
        "Lo stesso sportello scritto da due uffici conta due volte e invecchia due volte. Qui sono le schede che si "
        "somigliano: se sono la stessa si uniscono, e si può sempre tornare indietro."
    )
    signing.door()
    _done()
    keys = st.query_params.get(PAIR, "").split(",")
    if len(keys) == 2:
        kind = st.query_params.get(KIND, COMPARED[0])
        _pair(kind if kind in COMPARED else COMPARED[0], keys)
    else:
        kind = frame.choice("Schede", KIND, COMPARED, COMPARED[0], KIND_WORDS.__getitem__, page=PAGE)
        _list(kind, ask_registry.ambito(PAGE))


def _list(kind: str, ambito: str | None) -> None:
    """The pairs, the likeliest first."""
    found = duplicates.pairs(memory.registry(), kind=kind, ambito_id=ambito)
    if not found:
        st.info(
            "Nessuna coppia di schede si somiglia abbastanza da sembrare un doppione.",
            icon=":material/check:",
        )
        return
    many = f"{number(len(found))} coppie che sembrano doppioni."
    st.caption("Una coppia che sembra un doppione." if len(found) == 1 else many)
    for pair in found[:MOST]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.html(_told(pair))
            opened = f"{pair.one},{pair.other}"
            st.button(
                "Confronta",
                key=f"doppioni_open_{opened}",
                icon=":material/compare:",
                on_click=_open,
                args=(opened,),
            )
    if len(found) > MOST:
        st.caption(f"Sono mostrate le prime {MOST}: le altre vengono dopo che queste sono decise.")


def _told(pair: Pair) -> str:
    names = " e ".join(f"<b>{escape(title(pair.kind, key))}</b>" for key in (pair.one, pair.other))
    said = f"{score_words(pair.score)} ({percent(pair.score, digits=0)}). {reasons_words(pair)}."
    return f"{names}<br><small>{escape(said)}</small>"


def _open(pair: str | None) -> None:
    """Open a pair, or go back to the list."""
    st.session_state.pop(SEEN, None)
    st.session_state.pop("doppioni_keep", None)
    address.keep(PAGE, [PAIR], {PAIR: pair} if pair else {})


def _pair(kind: str, keys: Sequence[str]) -> None:
    """Two records side by side, and what to do with them."""
    st.button("Tutte le coppie", icon=":material/arrow_back:", on_click=_open, args=(None,))
    try:
        cards = [reading.card(memory.registry(), kind, key) for key in keys]
    except RecordMissing:
        st.info("Una delle due schede non c'è più: forse sono già state unite.", icon=":material/info:")
        return
    seen = st.session_state.setdefault(SEEN, {card.key: card.version for card in cards})
    for column, card in zip(st.columns(2), cards, strict=True):
        with column:
            frame.link("registro", plain(title(kind, card.key)), scheda=f"{kind}/{card.key}")
            st.caption(f"Prova {words(kind, 'evidence', card.said['evidence'])}")
    names = differing(kind, cards[0].said, cards[1].said)
    _side_by_side(kind, cards, names)
    actor = signing.me()
    free = actor is not None and actor.role != "gestore"
    may = [free and signing.may("delete", kind, card.key) for card in cards]
    if all(may):
        _merging(kind, cards, names, seen)
    elif free:
        st.caption("Per unirle serve un accesso che valga per entrambe: una è di un altro Ambito.")
    else:
        st.caption("Per unirle, o per dire che non sono la stessa, serve un accesso da redazione.")
    if any(may) and st.button("Non sono lo stesso", icon=":material/call_split:"):
        duplicates.not_the_same(memory.registry(), signing.token(), kind, *keys)
        _say(
            "Segnato: queste due schede non sono la stessa e non saranno più proposte.",
            kind,
            None,
            "apart",
            list(keys),
        )


def _side_by_side(kind: str, cards: Sequence[Card], names: Sequence[str]) -> None:
    """What the two say, field by field; where they differ a word says so."""
    rows = {
        _called(name): [
            "≠ diverso" if name in names else "= uguale",
            *(value_words(kind, name, card.said) for card in cards),
        ]
        for name in sorted(compared(kind), key=lambda name: name not in names)
        if name in names or any(card.said[name] is not None for card in cards)
    }
    heads = ["Confronto", "Prima scheda", "Seconda scheda"]
    frame.table(pd.DataFrame.from_dict(rows, orient="index", columns=heads), "Le due schede, campo per campo")


def _called(name: str) -> str:
    return "Posizione" if name == "lon" else field_words(name)


def _merging(kind: str, cards: Sequence[Card], names: Sequence[str], seen: dict[str, int]) -> None:
    """Which one stays, which value of each differing field, what moves; and the button."""
    st.subheader("Unisci", anchor=False)
    kept = st.radio(
        "Quale scheda resta",
        [0, 1],
        index=duplicate_words.better(cards),
        format_func=lambda place: ("Prima: ", "Seconda: ")[place] + plain(title(kind, cards[place].key)),
        key="doppioni_keep",
    )
    said: dict[str, Any] = {}
    for name in names:
        place = st.radio(
            _called(name),
            [0, 1],
            index=proposed(name, cards),
            format_func=_valued(kind, name, cards),
            key=f"doppioni_{duplicate_words.mark(kind, cards)}_{name}",
            horizontal=True,
        )
        if place != kept:
            said |= duplicate_words.taken(name, cards[place].said)
    dropped = 1 - kept
    st.caption(_will_move(kind, cards[dropped].key))
    if st.button("Unisci", type="primary", icon=":material/join:"):
        _merge(kind, cards[kept].key, cards[dropped].key, seen, said)


def _valued(kind: str, name: str, cards: Sequence[Card]) -> Callable[[int], str]:
    """The words of a value as a choice: an address of the web is no link there."""
    return lambda place: plain(value_words(kind, name, cards[place].said)).replace("//", "\u2060//")


def _will_move(kind: str, key: str) -> str:
    found = merging.moves(memory.registry(), kind, key)
    told = [
        MOVES[other][0] if many == 1 else f"{number(many)} {MOVES[other][1]}" for other, many in found.items()
    ]
    verb = "passa" if sum(found.values()) == 1 else "passano"
    moves = f"Alla scheda che resta {verb} anche {', '.join(told)}. " if told else ""
    return f"{moves}L'altra viene messa da parte con la sua storia, e si può riprendere."


def _merge(kind: str, keep: str, drop: str, seen: dict[str, int], said: dict[str, Any]) -> None:
    store, token = memory.registry(), signing.token()
    try:
        batch = merging.merge(store, token, kind, keep=keep, versions=seen, drop=drop, said=said)
    except EditConflict as fault:
        st.session_state.pop(SEEN, None)
        st.warning(
            f"{sentence(fault)} Guarda di nuovo le due schede prima di unirle.",
            icon=":material/sync_problem:",
        )
        return
    _say(f"Unite: resta «{title(kind, keep)}».", kind, keep, "merged", batch)


def _say(said: str, kind: str, key: str | None, how: str, back: Any) -> None:
    """Remember what was done, and go back to the list, where it is told."""
    st.session_state[DONE] = (said, kind, key, how, back)
    _open(None)
    st.rerun()


def _done() -> None:
    """What was done last, with the way to take it back."""
    if DONE not in st.session_state:
        return
    said, kind, key, how, back = st.session_state[DONE]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {plain(said)}")
        if key:
            frame.link("registro", "Apri la scheda", scheda=f"{kind}/{key}")
        if how != "told" and st.button("Annulla", icon=":material/undo:"):
            store, token = memory.registry(), signing.token()
            if how == "merged":
                merging.undo_batch(store, token, back)
            else:
                duplicates.same_after_all(store, token, kind, *back)
            st.session_state[DONE] = (
                "Annullato: le due schede sono di nuovo come prima.",
                kind,
                None,
                "told",
                None,
            )
            st.rerun()


if __name__ == "__main__":
    show()
