"""When a slot is open: the coming weeks to the minute, and the usual week."""

import datetime as dt

import hypothesis.strategies as st
from hypothesis import given

from data.registry import hours
from locator.opening import DAYS_AHEAD, Span, coming, minute_of, usual

MONDAY = dt.date(2026, 2, 2)


def local(*when):
    return minute_of(dt.datetime(*when))


def test_the_coming_times_are_in_utc_whatever_the_season():
    winter = coming("Mo 09:00-12:00", (), today=MONDAY)
    assert winter[0] == (local(2026, 2, 2, 9), local(2026, 2, 2, 12))
    assert winter[0][0] == int(dt.datetime(2026, 2, 2, 8, tzinfo=dt.UTC).timestamp() // 60)
    summer = coming("Mo 09:00-12:00", (), today=dt.date(2026, 7, 6))
    assert summer[0][0] == int(dt.datetime(2026, 7, 6, 7, tzinfo=dt.UTC).timestamp() // 60)


def test_four_weeks_are_told_and_no_more():
    assert len(coming("Mo 09:00-12:00", (), today=MONDAY)) == DAYS_AHEAD // 7


def test_times_that_touch_are_one():
    assert len(coming('Mo 09:00-12:00 "a"; Mo 12:00-13:00 "b"', (), today=MONDAY)) <= 4
    both = coming("Mo 09:00-11:00,11:00-13:00", (), today=MONDAY)
    assert both[0] == (local(2026, 2, 2, 9), local(2026, 2, 2, 13))


def test_hours_that_are_not_sure_have_no_coming_times():
    assert coming("Mo 09:00-12:00 unknown", (), today=MONDAY) is None
    assert coming('Mo 09:00-12:00; Tu 09:00-12:00 unknown "forse"', (), today=MONDAY) is None
    assert usual("Mo 09:00-12:00 unknown", (), today=MONDAY)[0] == (Span(540, 720, False),)


def test_closures_and_holidays_are_shut():
    closure = [{"from": "2026-02-09", "until": "2026-02-13", "why": "ferie"}]
    assert len(coming("Mo 09:00-12:00", closure, today=MONDAY)) == 3
    assert coming("We 09:00-12:00", (), today=dt.date(2026, 12, 21))[0][0] == local(2026, 12, 23, 9)
    assert (
        len(coming("Fr 09:00-12:00", (), today=dt.date(2026, 12, 21))) == 2
    )  # neither at Christmas nor on New Year


def test_the_usual_week_says_what_is_not_so_every_week():
    week = usual("Mo 09:00-12:30,14:00-16:00; Th[1] 09:00-10:00", (), today=MONDAY)
    assert week[0] == (Span(540, 750, True), Span(840, 960, True))
    assert week[3] == (Span(540, 600, False),)
    assert week[1] == week[2] == week[4] == week[5] == week[6] == ()


@given(st.integers(0, 6), st.integers(0, 22), st.integers(0, 59), st.integers(1, 60))
def test_open_now_is_what_the_hours_say(day, hour, minute, longer):
    since = dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour, minute))
    until = since + dt.timedelta(minutes=longer)
    text = f"{hours.WEEK[day]} {since:%H:%M}-{until:%H:%M}"
    told = coming(text, (), today=MONDAY)
    for moment in (since, until - dt.timedelta(minutes=1), until, since - dt.timedelta(minutes=1)):
        inside = any(a <= minute_of(moment) < b for a, b in told)
        assert inside == hours.is_open(text, moment)
