"""When somebody can go, from controls to the address and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry import usual_week
from screens import free_time
from screens.free_time import FreeTime
from screens.need import DAYS, EVENING_OR_SATURDAY

HOURS = st.builds(
    lambda days, ends: FreeTime(
        free_time.HOURS, days=tuple(day for day in DAYS if day in days), start=min(ends), end=max(ends)
    ),
    st.sets(st.sampled_from(list(DAYS)), min_size=1),
    st.sets(st.sampled_from([*free_time.times(), free_time.MIDNIGHT]), min_size=2, max_size=2),
)  # fmt: skip


@pytest.mark.parametrize(
    ("when", "held"),
    [
        ("", FreeTime()),
        (EVENING_OR_SATURDAY, FreeTime(free_time.EVENING)),
        ("Sa 10:00", FreeTime(free_time.MOMENT, day="Sa", at="10:00")),
        ("Mo-We,Sa 09:00-12:30", FreeTime(free_time.HOURS, days=("Mo", "Tu", "We", "Sa"), start="09:00", end="12:30")),
        ("Mo 09:00-12:00; Tu 14:00-18:00", FreeTime(free_time.OTHER, text="Mo 09:00-12:00; Tu 14:00-18:00")),
        ("Mo 22:00-06:00", FreeTime(free_time.OTHER, text="Mo 22:00-06:00")),
    ],
)  # fmt: skip
def test_the_controls_hold_what_the_address_says(when, held):
    assert free_time.read(when) == held
    assert free_time.write(held) == when


@given(HOURS)
def test_hours_come_back_as_they_were_and_are_hours_of_the_week(free):
    told = free_time.write(free)
    assert free_time.read(told) == free
    start, end = ((int(at[:2]) * 60 + int(at[3:])) // usual_week.SLOT_MIN for at in (free.start, free.end))
    assert int(usual_week.free(told).sum()) == len(free.days) * (end - start)


def test_hours_of_no_day_are_any_time():
    assert free_time.write(FreeTime(free_time.HOURS, days=())) == ""


def test_days_that_go_over_sunday_are_understood():
    assert free_time.read("Sa-Mo 09:00-12:00").days == ("Mo", "Sa", "Su")
    over = usual_week.free("Sa-Mo 09:00-12:00")
    assert np.array_equal(over, usual_week.free(free_time.write(free_time.read("Sa-Mo 09:00-12:00"))))


@given(st.sampled_from(free_time.times()), st.sampled_from([*free_time.times(), free_time.MIDNIGHT]))
def test_hours_always_have_an_end_to_choose(start, held):
    ends = free_time.ends(start, held)
    assert ends
    assert all(at > start for at in ends)
    assert ends[-1] == free_time.MIDNIGHT
