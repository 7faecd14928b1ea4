"""Travel times without a screen: what an address asks, where to, and who lives within each limit."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import coverage
from geo.congestion import PERIODS
from geo.network import ESTIMATED
from layers import isocrone
from layers.style import MINUTES
from screens import joined, memory, panorama, reach
from screens.filters import MODES
from screens.reach import Question

DESKS = ("a", "b")
PLACE = st.tuples(st.floats(8.5, 11.4), st.floats(44.7, 46.6)).map(
    lambda at: (round(at[0], 5), round(at[1], 5))
)
ASKED = st.builds(
    Question,
    about=st.sampled_from(list(reach.ABOUT)),
    kinds=st.lists(st.sampled_from(reach.CODES), unique=True, max_size=3).map(tuple),
    desk=st.sampled_from(["", *DESKS]),
    place=st.none() | PLACE,
    start=st.none() | PLACE,
    mode=st.sampled_from(MODES),
    other=st.sampled_from(["", *MODES]),
    period=st.sampled_from(PERIODS),
)
TIMES = pd.DataFrame(
    {
        "minutes": [10.0, 15.0, 29.0, 50.0, 70.0, np.nan],
        "low": [8.0, 12.0, 20.0, 40.0, 55.0, np.nan],
        "high": [13.0, 20.0, 40.0, 61.0, 90.0, np.nan],
        "network": [ESTIMATED, ESTIMATED, "strade: x", "strade: x", ESTIMATED, ESTIMATED],
    }
)
ROUNDING = 1e-9
"""What sums of people may differ by when they are added in another order."""
PEOPLE = pd.Series([100.0, 10.0, 3.0, 40.0, 2.0, 45.0])
COMUNE = pd.Series(["x"] * 6)


@given(ASKED)
def test_an_address_opens_the_question_that_wrote_it(asked):
    told = reach.write(asked)
    read, said = reach.parse(told, desks=DESKS)
    assert said == ""
    assert reach.write(read) == ({k: v for k, v in told.items() if (k, v) != ("confronto", asked.mode)})
    assert (read.about, read.mode, read.period) == (asked.about, asked.mode, asked.period)


def test_an_address_without_words_asks_for_the_nearest_desk_by_car():
    assert reach.parse({}, desks=DESKS) == (Question(), "")


def test_what_nobody_knows_in_an_address_is_said_and_left_out():
    asked, said = reach.parse(
        {"sportello": "luna", "punto": "45.4,9.1", "mezzo": "slitta", "tipi": "caritas,razzi"}, desks=DESKS
    )
    assert asked == Question(kinds=("caritas",))
    for word in ("luna", "45.4,9.1", "slitta", "razzi"):
        assert word in said


@pytest.mark.parametrize("told", ["", "qui", "9.1", "9.1,45.4,3", "nan,45", "45.4,9.1", "2.35,48.85"])
def test_only_a_place_in_lombardys_box_is_a_place(told):
    assert reach.read_place(told) is None


def test_a_kind_that_is_alone_in_its_group_is_chosen_by_its_group():
    asked, said = reach.parse({"tipi": "sai"}, desks=DESKS)
    assert (asked.kinds, said) == (("accoglienza",), "")
    assert reach.opened_kinds(asked.kinds) == ("sai",)


def test_the_time_of_day_changes_nothing_on_foot():
    assert Question(mode="walk", period="evening").by("walk") == Question(mode="walk")
    assert Question(period="evening", start=(9.1, 45.4), other="walk").by("car") == Question(period="evening")


def test_people_within_each_limit_by_heart():
    table = reach.within(TIMES, PEOPLE, COMUNE)
    assert list(table.index) == ["15", "30", "45", "60", "oltre"]
    assert table["people"].tolist() == [110, 115, 115, 155, 45]
    assert table["low"].tolist() == [100, 110, 115, 115, 45]
    assert table["high"].tolist() == [110, 115, 155, 155, 85]
    assert table["share"].tolist() == pytest.approx([0.55, 0.575, 0.575, 0.775, 0.225])


def test_few_people_are_not_shown_nor_the_share_that_would_tell_them():
    few = pd.Series([0.0, 0, 3, 40, 0, 0])
    table = reach.within(TIMES, few, COMUNE)
    assert np.isnan(table.loc["30", ["people", "share"]].astype(float)).all()
    assert table.loc["15", "people"] == table.loc["oltre", "people"] == 0
    assert table.loc["60", "people"] == 43


@given(st.lists(st.tuples(st.floats(0, 120), st.integers(0, 500)), min_size=1, max_size=20))
@settings(max_examples=40)
def test_more_time_never_reaches_fewer_and_the_band_holds_the_count(rows):
    minutes, people = (pd.Series(one) for one in zip(*rows, strict=True))
    times = pd.DataFrame({"minutes": minutes, "low": 0.8 * minutes, "high": 1.3 * minutes})
    table = reach.within(times, people, pd.Series("x", index=people.index))
    known = table["people"].iloc[:-1].dropna()
    assert (known.diff().dropna() >= -ROUNDING).all()
    whole = table.dropna()
    assert (whole["low"] <= whole["people"] + ROUNDING).all()
    assert (whole["people"] <= whole["high"] + ROUNDING).all()


def test_the_table_agrees_with_panorama_and_hardly_differs_from_the_exact_sums():
    demand = memory.table("demand")
    people, comune = demand["foreign_residents"], demand["comune_code"]
    times = memory.minutes(mode="bike")
    assert memory.reached(Question(mode="bike")) is times
    table = reach.within(times, people, comune)
    classes = panorama._by_class(times["minutes"], people)
    for place, limit in enumerate(reach.LINES):
        beyond = coverage.people_beyond(times["minutes"], people, limit=limit)
        shown = table.loc[str(limit), "people"]
        assert shown == pytest.approx(classes[list(range(place + 1))].sum(), abs=5 * (place + 1))
        assert shown == pytest.approx(people.sum() - beyond, rel=2e-3)


def test_each_network_is_told_with_the_people_it_answered_for():
    assert reach.answered(TIMES, PEOPLE) == pytest.approx({ESTIMATED: 0.785, "strade: x": 0.215})


def test_only_open_and_placed_desks_may_be_chosen():
    desks = memory.sportelli()
    may = reach.choosable(desks)
    assert set(may["status"]).isdisjoint(joined.GONE)
    closed = str(desks.loc[desks["status"].isin(joined.GONE), "sportello_id"].iloc[0])
    assert reach.goals(Question(about="desk", desk=closed), desks).empty


def test_the_goals_are_the_desks_that_count_of_the_kinds_asked():
    desks = memory.sportelli()
    for kinds in ((), ("uffici_stato",), ("caritas", "sai")):
        goals = reach.goals(Question(kinds=kinds), desks)
        expected = joined.counted(desks, kinds=reach.opened_kinds(kinds))
        assert list(goals["sportello_id"]) == list(expected["sportello_id"])


def test_a_place_is_in_its_comune_and_none_is_in_switzerland():
    assert reach.comune_of((9.19, 45.464), memory.comuni()) == "Milano"
    assert reach.comune_of((8.96, 46.0), memory.comuni()) == ""


def test_one_trip_takes_the_minutes_of_its_start():
    asked = Question(about="desk", desk="sp-bg-sportello-immigrazione-bergamo")
    near, far = (memory.trip(asked, place) for place in ((9.67, 45.695), (9.5, 45.31)))
    assert near.minutes < far.minutes
    assert far.low < far.minutes < far.high
    assert (far.goal, far.network, far.line) == (asked.desk, ESTIMATED, None)


def test_the_files_say_how_they_were_made():
    asked = Question(about="point", place=(9.5, 45.31), other="walk")
    table = reach.table_file(
        asked, {mode: (reach.within(TIMES, PEOPLE, COMUNE), TIMES) for mode in asked.modes}
    )
    assert len(table) == 10
    assert set(table["network"]) == {f"{ESTIMATED}; strade: x"}
    assert set(table["goal"]) == {"9.5,45.31"}
    assert table["side"].tolist().count("beyond") == 2
    file = reach.isochrone_file(asked, {mode: memory.isochrones(asked.by(mode)) for mode in asked.modes})
    assert file["id"].is_unique
    assert len(file) == 2 * len(isocrone.STEPS)
    assert file.geometry.is_valid.all()


def rings(*sizes, network=ESTIMATED):
    squares = [shapely.box(9 - size, 45 - size, 9 + size, 45 + size) for size in sizes]
    limits = isocrone.STEPS[: len(sizes)]
    return gpd.GeoDataFrame({"network": network, "limit": limits}, geometry=squares, crs=4326)


def test_the_widest_isochrone_lies_under_the_others_and_says_its_minutes():
    told = isocrone.build(rings(0.1, 0.2, 0.3), mode="car")["features"]
    assert [one["id"] for one in told] == ["15-0", "10-0", "5-0"]
    assert told[0]["properties"]["t"].startswith("tra 10 e 15 minuti")


def test_an_isochrone_has_the_colour_of_its_minutes_and_the_outline_of_its_network():
    for network, dash in ((ESTIMATED, True), ("strade: x", False)):
        told = isocrone.build(rings(0.1, 0.2, 0.3, 0.4, network=network), mode="car")["features"]
        marks = {one["id"].split("-")[0]: isocrone.STYLES[one["properties"]["k"]] for one in told}
        assert [marks[limit].fill for limit in ("5", "15", "20")] == [
            MINUTES.marks[at].fill for at in (0, 0, 1)
        ]
        assert bool(marks["15"].dash) == dash
        assert marks["15"].line != marks["20"].line


def test_an_isochrone_that_reaches_nothing_is_not_drawn():
    empty = rings(0.1).assign(geometry=[shapely.MultiPolygon()])
    assert isocrone.build(empty, mode="walk")["features"] == []


@pytest.mark.parametrize("mode", MODES)
def test_what_is_drawn_is_where_it_was_found(mode):
    found = memory.isochrones(Question(mode=mode))
    drawn = gpd.GeoDataFrame.from_features(isocrone.build(found, mode=mode), crs=4326)
    for limit in (30, 60):
        was = found[found["limit"] == limit].geometry.iloc[0]
        now = drawn.geometry[[one.startswith(f"tra {limit - 5} e {limit} ") for one in drawn["t"]]].iloc[0]
        both = shapely.intersection(was, shapely.make_valid(now)).area
        assert both > 0.9 * max(was.area, now.area)


def test_isochrones_of_the_estimated_network_stay_in_lombardy():
    outline = memory.lombardy().buffer(1e-6)
    drawn = memory.isochrones(Question(about="point", place=(8.75, 45.66)))
    assert (drawn.geometry.within(outline) | drawn.is_empty).all()
    assert set(drawn.geom_type) == {"MultiPolygon"}
    assert drawn["limit"].tolist() == list(isocrone.STEPS)
