"""A usual week: when a desk is open in it, and when somebody is free."""

import datetime as dt

import numpy as np
import pytest

from data.registry.usual_week import OPEN, SHUT, SLOTS, UNSURE, free, met, open_in, weekly_hours
from errors import UnknownCode

TODAY = dt.date(2026, 1, 29)
"""The four weeks from 2 February have no holiday."""


def at(week, moment):
    return int(met(week.reshape(1, -1), free(moment))[0])


def test_hours_are_open_from_their_first_minute_and_not_at_their_last():
    week = open_in("Mo 09:00-12:00", today=TODAY)
    assert [at(week, f"Mo {hour}") for hour in ("08:55", "09:00", "11:55", "12:00")] == [
        SHUT,
        OPEN,
        OPEN,
        SHUT,
    ]
    assert at(week, "Tu 10:00") == SHUT


def test_hours_that_are_not_known_may_be_any():
    assert (open_in(None, today=TODAY) == UNSURE).all()


def test_the_first_monday_of_the_month_is_not_usual_and_every_other_week_is():
    assert at(open_in("Mo[1] 09:00-12:00", today=TODAY), "Mo 10:00") == UNSURE
    assert at(open_in("week 1-53/2 Mo 09:00-12:00", today=TODAY), "Mo 10:00") == OPEN


def test_hours_that_say_they_are_doubtful_are_not_known():
    assert at(open_in("Mo 09:00-12:00 unknown", today=TODAY), "Mo 10:00") == UNSURE


def test_a_holiday_in_one_week_changes_nothing_and_a_long_closure_does():
    christmas = dt.date(
        2026, 12, 4
    )  # 8, 25 and 26 December, a Tuesday, a Friday and a Saturday, are holidays
    assert at(open_in("Tu 09:00-12:00", today=christmas), "Tu 10:00") == OPEN
    shut = [{"from": "2026-02-01", "until": "2026-03-31"}]
    assert at(open_in("Tu 09:00-12:00", shut, today=TODAY), "Tu 10:00") == SHUT
    short = [{"from": "2026-02-09", "until": "2026-02-13"}]
    assert at(open_in("Tu 09:00-12:00", short, today=TODAY), "Tu 10:00") == OPEN


def test_somebody_free_after_work_finds_a_desk_that_shuts_late():
    week = open_in("Mo-Fr 09:00-17:00", today=TODAY)
    assert at(week, "Mo-Fr 17:00-22:00; Sa 08:00-20:00") == SHUT
    assert at(open_in("Th 19:30-22:00", today=TODAY), "Mo-Fr 17:00-22:00; Sa 08:00-20:00") == OPEN


def test_whoever_is_free_longer_finds_no_fewer_desks_open():
    weeks = np.vstack([open_in(text, today=TODAY) for text in ("Mo 09:00-12:00", "Sa 15:00-18:00", None)])
    assert (met(weeks, free("Mo-Sa 10:00-18:00")) >= met(weeks, free("Mo 11:00-12:00"))).all()


def test_free_days_are_whole_and_hours_may_pass_midnight():
    assert int(free("Sa").sum()) == 24 * 12
    assert int(free("Fr 22:00-02:00").sum()) == 4 * 12


@pytest.mark.parametrize("text", ["", "domani", "Sa 25:00", "off", "Sa 10:75", "10 di sabato"])
def test_what_names_no_time_is_refused_in_words(text):
    with pytest.raises(UnknownCode):
        free(text)


def test_weekly_hours_are_summed_and_missing_where_nothing_is_known():
    weeks = np.vstack([open_in(text, today=TODAY) for text in ("Mo-Fr 09:00-12:30; Sa 10:00-11:00", None)])
    hours = weekly_hours(weeks)
    assert hours[0] == pytest.approx(18.5)
    assert np.isnan(hours[1])
    assert weeks.shape == (2, SLOTS)
