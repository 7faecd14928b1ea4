"""Opening hours: what is good, what they mean on holidays and in closures, what sources give."""

import datetime as dt

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from data.registry import hours

WEEK = "Mo-Fr 09:00-12:00"


@pytest.mark.parametrize(
    "good",
    [WEEK, "Mo,Th 10:00-15:00", "Th[1,3] 09:00-12:30", "Mo-Th 09:00-12:00,14:00-16:00; PH off", "24/7", "Mo-Su off",
     'Th 08:30-12:00 "appuntamento"; Sa 08:30-12:00', "Sep-Jun Mo 09:00-12:00", "Mo 09:00-24:00", "PH 10:00-12:00"],
)  # fmt: skip
def test_good_hours(good):
    assert hours.faults(good) == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("lun-ven 9-12", "hours_syntax"), ("", "hours_syntax"), ("Mo 25:00-26:00", "hours_syntax"),
        ("09:00-12:00", "hours_no_day"), ("Mo-Fr 09:00-12:00; 14:00-16:00", "hours_no_day"),
        ("Mo", "hours_no_time"), ('"sempre"', "hours_no_time"), ("Mo 09:00-12:00 || Tu", "hours_no_time"),
        ("Mo 12:00-09:00", "hours_past_midnight"), ("Mo 10:00-10:00", "hours_past_midnight"),
        ("Mo 22:00-26:00", "hours_past_midnight"), ("Mo 14:30+", "hours_open_end"),
        ("Mo-Fr 09:00-12:00; Tu 14:00-16:00", "hours_twice"), ("Fr-Mo 09:00-12:00; Su 14:00-16:00", "hours_twice"),
    ],
)  # fmt: skip
def test_hours_that_a_desk_cannot_mean(bad, why):
    assert why in hours.faults(bad)


def test_unknown_hours_are_neither_open_nor_closed():
    assert hours.is_open(None, dt.datetime(2027, 3, 1, 10)) is None
    assert hours.is_open(WEEK, dt.datetime(2027, 3, 1, 10)) is True
    assert hours.is_open(WEEK, dt.datetime(2027, 3, 1, 12)) is False


@pytest.mark.parametrize("year", range(2026, 2036))
def test_italian_holidays_are_honoured(year):
    fixed = [(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (10, 4), (11, 1), (12, 8), (12, 25), (12, 26)]
    days = {dt.date(year, *day) for day in fixed} | {easter(year), easter(year) + dt.timedelta(1)}
    shut = hours.slots("Mo-Su 09:00-12:00", dt.datetime(year, 1, 1), dt.datetime(year + 1, 1, 1))
    every = {dt.date(year, 1, 1) + dt.timedelta(n) for n in range(366)} - {dt.date(year + 1, 1, 1)}
    assert every - {slot.start.date() for slot in shut} == days


def test_hours_that_speak_of_holidays_are_taken_at_their_word():
    liberation = dt.datetime(2027, 4, 25, 11)
    assert hours.is_open("Mo-Su 09:00-12:00; PH 10:00-12:00", liberation) is True
    assert hours.is_open('Mo-Su 09:00-12:00 "PH"', liberation) is False, "a comment is not a rule"


def test_a_closure_ends_by_itself():
    closures = [{"from": "2027-08-09", "until": "2027-08-20", "why": 'ferie "lunghe"'}]
    days = [dt.date(2027, 8, 6), dt.date(2027, 8, 9), dt.date(2027, 8, 20), dt.date(2027, 8, 23)]
    ten = [dt.datetime.combine(day, dt.time(10)) for day in days]
    assert [hours.is_open(WEEK, moment, closures) for moment in ten] == [True, False, False, True]
    assert [len(hours.running(closures, day)) for day in days] == [1, 1, 1, 0]


def test_the_slots_of_a_week_with_what_is_said_of_them():
    found = hours.slots('Mo 09:00-12:00 "appuntamento"', dt.datetime(2027, 3, 1), dt.datetime(2027, 3, 8))
    assert found == [(dt.datetime(2027, 3, 1, 9), dt.datetime(2027, 3, 1, 12), "appuntamento")]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("We 09:00-12:00", [("We 09:00-12:00", None, None)]),
        ("Mo-Th 09:00-12:00 (URP)", [('Mo-Th 09:00-12:00 "URP"', None, None)]),
        ("telefono Mo-Fr 10:00-13:00", [("Mo-Fr 10:00-13:00", "telefono", None)]),
        ("Mo-Fr 08:30-18:30 (sede)", [(None, None, "Mo-Fr 08:30-18:30 (sede)")]),
        ("Tu,Th pomeriggio; Sa mattina", [(None, None, "Tu,Th pomeriggio; Sa mattina")]),
        ("Tu,Fr 14:30+", [(None, None, "Tu,Fr 14:30+")]),
    ],
)
def test_hours_as_sources_write_them(text, read):
    assert hours.from_source(text) == read


DAYS = st.sampled_from(["Mo", "Tu,Th", "Fr", "Sa", "We[2]", "Aug Mo-Fr"])
TIMES = st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(lambda ends: ends[0] < ends[1])


@given(st.lists(st.tuples(DAYS, TIMES), min_size=1, max_size=4, unique_by=lambda one: one[0]))
def test_hours_written_by_a_grid_are_good_and_open_only_when_they_say(rules):
    said = "; ".join(
        f"{day} {a // 2:02}:{a % 2 * 30:02}-{b // 2:02}:{b % 2 * 30:02}" for day, (a, b) in rules
    )
    assert hours.faults(said) == []
    for slot in hours.slots(said, dt.datetime(2027, 3, 1), dt.datetime(2027, 3, 29)):
        assert slot.start < slot.end <= dt.datetime.combine(slot.start, dt.time()) + dt.timedelta(days=7)


@given(st.text(max_size=40))
def test_whatever_is_written_is_answered(text):
    assert isinstance(hours.faults(text), list)
