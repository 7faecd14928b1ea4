"""The weekly grid and the opening hours it writes: by heart, then laws, then what it cannot hold."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import catalog
from data.registry import hours
from data.registry.hours import faults, from_source
from screens import weekly_hours
from screens.weekly_hours import DAYS, HOLIDAYS, SomeWeeks, Week

MORNING, LATE = ("09:00", "12:30"), ("14:00", "17:00")

BY_HEART = {
    "Mo-Fr 09:00-12:30": Week(dict.fromkeys(DAYS[:5], (MORNING,))),
    "Mo,Th 09:00-12:30,14:00-17:00": Week(dict.fromkeys(("Mo", "Th"), (MORNING, LATE))),
    'Tu 14:00-17:00 "appuntamento"': Week({"Tu": (LATE,)}, {"Tu": "appuntamento"}),
    "Th[1,3] 09:00-12:30": Week(some=(SomeWeeks("Th", (1, 3), (MORNING,)),)),
    "Th 14:00-17:00, Th[-1] 09:00-12:30": Week({"Th": (LATE,)}, some=(SomeWeeks("Th", (-1,), (MORNING,)),)),
    "Mo 09:00-12:30; PH 14:00-17:00": Week({"Mo": (MORNING,), "PH": (LATE,)}),
}


@pytest.mark.parametrize(("said", "week"), BY_HEART.items())
def test_a_week_known_by_heart_is_read_and_written(said, week):
    assert weekly_hours.read(said) == week
    assert weekly_hours.write(week) == said


def test_no_hours_are_an_empty_week_and_an_empty_week_is_no_hours():
    assert weekly_hours.read(None) == Week()
    assert weekly_hours.write(Week()) is None


@pytest.mark.parametrize(
    "said",
    [
        "24/7",
        "Jan-Mar Mo 09:00-12:00",
        "2026 Aug 10-2026 Aug 21 off",
        "Mo 09:00-10:00,11:00-12:00,13:00-14:00,15:00-16:00",
        "Th 09:00-12:00; Th[1,3] 14:00-18:00",
        "Th[1] 09:00-12:00; Th[1] 14:00-18:00",
        "Mo 09:00-12:00 || Tu 09:00-10:00",
        "Mo 22:00-26:00",
        "week 1-53/2 Mo 09:00-12:00",
        "lun-ven 9-12",
        "",
        "Th[4,-1] 09:00-12:00",
    ],
)
def test_what_the_grid_cannot_hold_is_not_read(said):
    assert weekly_hours.read(said) is None


def test_the_same_week_keeps_the_letters_it_was_written_with():
    said = "Mo,Tu,We 09:00-12:30; PH off"
    assert weekly_hours.rewritten(said, weekly_hours.read(said)) == said
    assert weekly_hours.rewritten("Mo 09:00-12:30", Week({"Tu": (MORNING,)})) == "Tu 09:00-12:30"


def test_appointment_only_where_every_day_says_it():
    assert weekly_hours.read('Mo 09:00-12:00 "appuntamento"').appointment
    assert not weekly_hours.read('Mo 09:00-12:00 "appuntamento"; Tu 09:00-12:00').appointment
    assert not Week().appointment


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (Week({"Mo": (("12:00", "12:00"),)}), "lunedì"),
        (Week({"Tu": (("09:00", "12:00"), ("11:00", "13:00"))}), "si accavallano"),
        (Week({"PH": (("12:00", "09:00"),)}), "giorni festivi"),
        (Week(some=(SomeWeeks("Th", (), (MORNING,)),)), "settimane del mese"),
        (Week(some=(SomeWeeks("Th", (1,), ()),)), "manca l'orario"),
        (Week({"Mo": (MORNING,)}, {"Mo": 'a"b'}), "virgolette"),
    ],
)
def test_a_week_that_cannot_be_says_which_day(week, words):
    assert words in " ".join(weekly_hours.problems(week))


def test_all_the_hours_of_the_sources_fit_the_grid():
    told = [
        one.hours for text in catalog.load("sportelli")["opening_hours"].dropna() for one in from_source(text)
    ]
    told = [one for one in told if one]
    assert len(told) > 20
    assert [one for one in told if weekly_hours.read(one) is None] == []


TIME = st.integers(0, 95).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
SLOTS = st.lists(TIME, min_size=2, max_size=6, unique=True).map(
    lambda told: tuple(zip(*[iter(sorted(told)[: len(told) // 2 * 2])] * 2, strict=True))
)
NOTE = st.sampled_from(["", "", "appuntamento", "accesso libero"])
SOME = st.builds(
    SomeWeeks,
    st.sampled_from(DAYS),
    st.lists(st.sampled_from((1, 2, 3, 4, 5)), min_size=1, max_size=3, unique=True).map(
        lambda n: tuple(sorted(n))
    ),
    SLOTS,
    NOTE,
)


@st.composite
def weeks(draw):
    times = draw(st.dictionaries(st.sampled_from((*DAYS, HOLIDAYS)), SLOTS, max_size=8))
    notes = {day: note for day in times if (note := draw(NOTE))}
    return Week(times, notes, tuple(draw(st.lists(SOME, max_size=2, unique_by=lambda one: one.day))))


@given(weeks())
def test_what_is_written_is_read_again(week):
    assert weekly_hours.problems(week) == []
    said = weekly_hours.write(week)
    assert said is None or faults(said) == []
    assert weekly_hours.read(said) == week


@settings(max_examples=60)
@given(weeks())
def test_what_is_written_means_what_the_grid_shows(week):
    said = weekly_hours.write(week)
    start = dt.date(2026, 12, 7)
    holidays = {dt.date(2026, 12, day) for day in (8, 25, 26)} | {dt.date(2027, 1, 1)}
    if said is None:
        return
    wanted = []
    for day in (start + dt.timedelta(days=n) for n in range(35 - 7)):
        if day in holidays:
            slots = week.times.get(HOLIDAYS, ())
        else:
            code = DAYS[day.weekday()]
            number = (day.day - 1) // 7 + 1
            slots = (
                *week.times.get(code, ()),
                *(slot for one in week.some if one.day == code and number in one.weeks for slot in one.slots),
            )
        wanted += [minute for slot in slots for minute in minutes(day, slot)]
    got = hours.slots(said, dt.datetime.combine(start, dt.time()), dt.datetime(2027, 1, 4))
    found = [
        minute
        for one in got
        for minute in minutes(one.start.date(), (f"{one.start:%H:%M}", f"{one.end:%H:%M}"))
    ]
    assert sorted(set(found)) == sorted(set(wanted))


def minutes(day, slot):
    start, end = (int(one[:2]) * 60 + int(one[3:]) for one in slot)
    return [(day, minute) for minute in range(start, end, 15)]
