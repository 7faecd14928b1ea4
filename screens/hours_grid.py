"""The weekly grid of a sessione: seven days, a few times each, and the words that will be saved."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any, Final

import streamlit as st

from screens.card import hours_in_words
from screens.record_fields import start
from screens.weekly_hours import (
    APPOINTMENT,
    DAYS,
    HOLIDAYS,
    MOST_SLOTS,
    NAMES,
    NOTE_LONGEST,
    WEEKS,
    Slot,
    SomeWeeks,
    Week,
    problems,
    read,
    rewritten,
)

NOTES: Final = {"": "nessuna", APPOINTMENT: "su appuntamento", "own": "per giorno"}
UNTOLD: Final = "orari non noti"


def ask(before: str | None, *, key: str) -> tuple[str | None, list[str]]:
    """Ask the hours of a sessione; gives back what to save and what is wrong, in words.

    Hours that the grid cannot hold stay as they are, unless the person chooses to write them anew.
    """
    key = f"{key}_hours"
    held = read(before)
    if held is None:
        st.html(
            f"<p>Orari che la griglia non contiene: <strong>{escape(hours_in_words(before or ''))}</strong></p>"
        )
        if not st.checkbox(
            "Riscrivi gli orari con la griglia", key=start(f"{key}_again", False),
            help="Finché non la scegli, gli orari restano come sono.",
        ):  # fmt: skip
            return before, []
        before, held = None, Week()
    week, wrong = _grid(held, key=key)
    wrong += problems(week)
    hours = None if wrong else rewritten(before, week)
    _words(hours, wrong)
    return hours, wrong


def _words(hours: str | None, wrong: Sequence[str]) -> None:
    """What will be saved, as it will be read."""
    told = "; ".join(wrong) if wrong else hours_in_words(hours) if hours else UNTOLD
    head = "Da correggere" if wrong else "Si salverà"
    st.html(f'<p class="atlante-hours" role="status">{head}: <strong>{escape(told)}</strong></p>')


def _grid(held: Week, *, key: str) -> tuple[Week, list[str]]:
    """The widgets of the grid, and the week they say; with the times that are only half there."""
    most = max((len(slots) for slots in [*held.times.values(), *(one.slots for one in held.some)]), default=1)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        count = st.segmented_control(
            "Fasce al giorno",
            range(1, MOST_SLOTS + 1),
            key=start(f"{key}_count", max(most, 1)),
            required=True,
        )
        notes = st.segmented_control(
            "Nota", list(NOTES), key=start(f"{key}_notes", _kind_of_notes(held)), required=True,
            format_func=NOTES.__getitem__,
        )  # fmt: skip
        st.button(
            "Copia il lunedì fino a venerdì", icon=":material/content_copy:", key=f"{key}_copy",
            on_click=partial(_copy, key), help="Martedì, mercoledì, giovedì e venerdì diventano come il lunedì.",
        )  # fmt: skip
    count, notes = count or 1, notes or ""
    found: dict[str, tuple[Slot, ...]] = {}
    said: dict[str, str] = {}
    wrong: list[str] = []
    for day in DAYS:
        _row(day, held, count, notes, (found, said, wrong), key=key)
    some = _some_weeks(held, count, notes, wrong, key=key)
    usual = "aperto" if held.times.get(HOLIDAYS) else "chiuso"
    open_then = st.segmented_control(
        "Nei giorni festivi", ["chiuso", "aperto"], key=start(f"{key}_holidays", usual), required=True
    )
    if open_then == "aperto":
        _row(HOLIDAYS, held, count, notes, (found, said, wrong), key=key)
        if HOLIDAYS not in found and not wrong:
            wrong.append("giorni festivi: manca l'orario")
    return Week(found, said, some), wrong


def _kind_of_notes(held: Week) -> str:
    if held.appointment:
        return APPOINTMENT
    return "own" if any(held.notes.values()) or any(one.note for one in held.some) else ""


def _row(
    day: str,
    held: Week,
    count: int,
    notes: str,
    into: tuple[dict[str, tuple[Slot, ...]], dict[str, str], list[str]],
    *,
    key: str,
) -> None:
    """A day of the grid, into the times, the notes and what is wrong."""
    found, said, wrong = into
    slots, half = _times(
        NAMES[day], held.times.get(day, ()), count, f"{key}_{day}", notes=notes, held=held, day=day
    )
    wrong += half
    if slots:
        found[day] = slots
    own = str(st.session_state.get(f"{key}_{day}_note") or "").strip() if notes == "own" else notes
    if slots and own:
        said[day] = own


def _times(
    name: str, slots: Sequence[Slot], count: int, key: str, *, notes: str, held: Week, day: str
) -> tuple[tuple[Slot, ...], list[str]]:
    """The times of a row: from and until, as many as there is room for."""
    found: list[Slot] = []
    wrong: list[str] = []
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.html(f'<span style="font-size:.92rem">{escape(name)}</span>', width=82)
        for n in range(count):
            given = slots[n] if n < len(slots) else (None, None)
            ends = [
                _time(f"{name}, {words} ({n + 1}ª fascia)", value, f"{key}_{n}_{words}")
                for words, value in zip(("dalle", "alle"), given, strict=True)
            ]
            if ends[0] and ends[1]:
                found.append((ends[0], ends[1]))
            elif ends[0] or ends[1]:
                wrong.append(f"{name}: manca l'ora di {'chiusura' if ends[0] else 'apertura'}")
        if notes == "own":
            st.text_input(
                f"{name}, nota", key=start(f"{key}_note", held.notes.get(day, "")), width=190,
                label_visibility="collapsed", placeholder="nota", max_chars=NOTE_LONGEST,
            )  # fmt: skip
    return tuple(sorted(found)), wrong


def _time(words: str, value: str | None, key: str) -> str | None:
    start(key, dt.time.fromisoformat(value) if value else None)
    at = st.time_input(words, value=None, key=key, label_visibility="collapsed", width=100, step=900)
    return None if at is None else f"{at:%H:%M}"


def _copy(key: str) -> None:
    """Make Tuesday to Friday as Monday."""
    state: Any = st.session_state
    monday = f"{key}_Mo_"
    told: Mapping[str, Any] = {
        name.removeprefix(monday): state[name] for name in state if str(name).startswith(monday)
    }
    for day in DAYS[1:5]:
        for name, value in told.items():
            state[f"{key}_{day}_{name}"] = value


def _some_weeks(held: Week, count: int, notes: str, wrong: list[str], *, key: str) -> tuple[SomeWeeks, ...]:
    """Days open only in some weeks of the month, each a row."""
    rows: list[int] = st.session_state.setdefault(f"{key}_some", list(range(len(held.some))))
    found: list[SomeWeeks] = []
    for row in rows:
        given = held.some[row] if row < len(held.some) else None
        own = f"{key}_some_{row}"
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            day = st.selectbox(
                "Giorno", DAYS, key=start(f"{own}_day", given.day if given else DAYS[0]), width=140,
                format_func=NAMES.__getitem__,
            )  # fmt: skip
            weeks = st.multiselect(
                "Settimane del mese", list(WEEKS), key=start(f"{own}_weeks", list(given.weeks) if given else []),
                format_func=WEEKS.__getitem__, width=240, placeholder="Quali",
            )  # fmt: skip
            st.button(
                "Togli", key=f"{own}_drop", icon=":material/delete:", on_click=partial(rows.remove, row)
            )
        name = f"{NAMES[day]}, alcune settimane"
        nothing = Week(notes={day: given.note} if given else {})
        slots, half = _times(
            "orario", given.slots if given else (), count, own, notes=notes, held=nothing, day=day
        )
        wrong += [f"{name}: {words.partition(': ')[2]}" for words in half]
        note = str(st.session_state.get(f"{own}_note") or "").strip() if notes == "own" else notes
        found.append(SomeWeeks(day, tuple(sorted(weeks, key=list(WEEKS).index)), slots, note))
    st.button(
        "Aggiungi un giorno solo in alcune settimane del mese", icon=":material/add:", key=f"{key}_some_add",
        on_click=lambda: rows.append(max([*rows, len(held.some) - 1]) + 1), type="tertiary",
    )  # fmt: skip
    return tuple(found)
