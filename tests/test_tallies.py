"""Counts of events in groups: by heart, then laws, then somebody who looks every day and subtracts."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import FEW
from analysis.tallies import SEVERAL, by, groups, months

CODES = ["ambito", "theme", "language"]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(months("2026-11", "2027-07")), st.sampled_from("ab"), st.sampled_from("pqr"),
        st.sampled_from(["", "x", "y"]), st.integers(1, 9),
    ),
    max_size=25,
)  # fmt: skip
NOW = "2027-08"


def events(*rows):
    return pd.DataFrame(rows, columns=["month", *CODES, "n"])


def told(rows, now=NOW):
    return groups(events(*rows), codes=CODES, now=now)


def as_rows(found):
    return [tuple(row) for row in found.itertuples(index=False, name=None)]


# by heart


def test_four_are_not_told_and_five_are():
    assert as_rows(told([("2027-07", "a", "p", "x", 4)])) == []
    assert as_rows(told([("2027-07", "a", "p", "x", 5)])) == [("2027-07", "a", "p", "x", 5)]
    assert as_rows(told([("2027-07", "a", "p", "x", 14)])) == [("2027-07", "a", "p", "x", 10)]


def test_what_is_short_waits_for_the_month_that_makes_it_whole():
    rows = [("2027-04", "a", "p", "x", 3), ("2027-05", "a", "p", "x", 3)]
    assert as_rows(told(rows, now="2027-06")) == [("2027-05", "a", "p", "x", 5)]


def test_at_the_end_of_a_quarter_what_waits_joins_what_is_most_alike():
    rows = [("2027-01", "a", "p", "x", 3), ("2027-02", "a", "p", "y", 3), ("2027-03", "a", "q", "x", 4)]
    assert as_rows(told(rows, now="2027-03")) == []
    assert as_rows(told(rows, now="2027-04")) == [("2027-03", "a", "p", SEVERAL, 6)]
    rows = [("2027-01", "a", "p", "x", 3), ("2027-02", "b", "q", "y", 3)]
    assert as_rows(told(rows)) == [("2027-03", SEVERAL, SEVERAL, SEVERAL, 6)]


def test_what_is_still_short_waits_for_another_quarter():
    rows = [("2027-01", "a", "p", "x", 3), ("2027-06", "a", "p", "x", 2)]
    assert as_rows(told(rows)) == [("2027-06", "a", "p", "x", 5)]


def test_by_each_alone_the_most_first_and_what_is_not_told_apart_last():
    rows = [("2027-01", "a", "p", "x", 5), ("2027-01", "b", "q", "x", 10),
            *[("2027-01", "a", theme, "y", 4) for theme in "pqr"]]  # fmt: skip
    found = told(rows)
    assert as_rows(by(found, ["ambito"])) == [("a", 17), ("b", 10)]
    assert as_rows(by(found, ["theme"])) == [("q", 10), ("p", 5), (SEVERAL, 12)]


def test_nothing_counted_is_nothing_told():
    empty = told([])
    assert list(empty.columns) == ["month", *CODES, "n"]
    assert empty.empty
    assert by(empty, ["theme"]).empty


# laws


@given(EVENTS)
@settings(max_examples=40)
def test_every_group_has_at_least_five_and_no_event_is_told_twice(rows):
    found = told(rows)
    assert (found["n"] >= FEW).all()
    came, out = Counter(), Counter()
    for *code, n in ((row[1], row[2], row[3], row[4]) for row in rows):
        came[tuple(code)] += n
    for row in as_rows(found):
        out[row[1:4]] += row[4]
    assert sum(out.values()) <= sum(came.values())
    for code, n in out.items():
        alike = [
            of for of in came if all(one in {SEVERAL, other} for one, other in zip(code, of, strict=True))
        ]
        assert n <= sum(came[of] for of in alike)


@given(EVENTS)
@settings(max_examples=40)
def test_at_the_end_of_a_quarter_fewer_than_five_of_all_are_left_out(rows):
    over = [row for row in rows if row[0] <= "2027-06"]
    assert sum(row[4] for row in over) - told(over, now="2027-07")["n"].sum() < FEW


@given(EVENTS)
@settings(max_examples=40)
def test_what_is_told_of_a_quarter_that_is_over_never_changes(rows):
    later = told(rows, now="2027-12")
    for now in ("2027-01", "2027-04", "2027-08"):
        here = told([row for row in rows if row[0] <= now], now=now)
        last = {"2027-01": "2026-12", "2027-04": "2027-03", "2027-08": "2027-06"}[now]
        assert as_rows(here[here["month"] <= last]) == as_rows(later[later["month"] <= last])


@given(EVENTS)
@settings(max_examples=40)
def test_the_order_in_which_things_are_counted_does_not_matter(rows):
    assert as_rows(told(rows)) == as_rows(told(rows[::-1]))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), st.sampled_from("xy")), max_size=30))
@settings(max_examples=25)
def test_who_looks_after_every_search_sees_no_step_of_fewer_than_five(searches):
    """Live figures of every kind, before and after each single event, in a month that is not over."""
    before, seen = [], []
    for one in searches:
        seen.append(("2027-08", *one, 1))
        now = told(seen)
        steps = [0 if now.empty else now["n"].sum(), *(by(now, [code])["n"].sum() for code in CODES)]
        if before:
            assert all(new == old or new - old >= FEW for new, old in zip(steps, before, strict=True))
        before = steps


@given(EVENTS, st.sampled_from(CODES), st.integers(0, 8), st.integers(0, 8))
@settings(max_examples=40)
def test_no_difference_of_two_spans_of_months_tells_of_fewer_than_five(rows, code, one, other):
    found, every = told(rows), months("2026-11", "2027-07")
    first, last = sorted((one, other))
    wide, narrow = (by(found[found["month"].isin(span)], [code]).set_index(code)["n"]
                    for span in (every[first:], every[last:]))  # fmt: skip
    left = wide.sub(narrow, fill_value=0)
    assert ((left == 0) | (left >= FEW)).all()


@pytest.mark.parametrize("column", [*CODES, "month"])
def test_hiding_small_cells_alone_would_be_found_out(column):
    """The control: totals beside cells of which only the small are hidden do tell of fewer than five."""
    rows = events(("2027-01", "a", "p", "x", 5), ("2027-02", "b", "q", "y", 3))
    cells = rows[rows["n"] >= FEW]
    left = rows["n"].sum() - cells.groupby(column)["n"].sum().sum()
    assert 0 < left < FEW
    assert rows["n"].sum() - told(as_rows(rows))["n"].sum() in range(9)
