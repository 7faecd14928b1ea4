"""Small counts: by heart, then laws, then attacks by somebody who has everything that is published and knows the rule.

An attack asks, for each small count (1 to 4 people), which values it may have for all that anybody can tell. It has
found something if it can leave out 1 or less, or 4 or more: "fewer than 5, not nobody" is then more than it says.
Controls: the same attacks do find the counts where only those below 5 are hidden, or all are merely rounded.
"""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis import disclosure
from analysis.disclosure import LITTLE, TINY, count, counts, part, partition, protected, protected_part
from errors import FiguresUnfit
from screens import memory
from screens.errors import UNFIT
from screens.filters import MODES

LIMITS = (15, 30, 45, 60)
ENDS = ("low", "minutes", "high")
CELLS = st.lists(st.lists(st.integers(0, 40) | st.just(0), min_size=4, max_size=4), min_size=1, max_size=6)


def two(some, everybody):
    return pd.DataFrame({"part": some, "rest": np.asarray(everybody) - np.asarray(some)}).astype(float)


def every(total):
    """Every part that a total may have, as ``protected`` tells it."""
    return protected(two(np.arange(total + 1), total))["part"]


# by heart


def test_few_are_not_shown_and_the_rest_does_not_tell_them():
    one, other = (partition(two([some], 1000)).iloc[0].tolist() for some in (1, 4))
    assert one == pytest.approx([math.nan, 1000], nan_ok=True)
    assert one == pytest.approx(other, nan_ok=True)


def test_nobody_and_everybody_are_told_as_they_are():
    assert partition(two([0, 1706], 1706)).to_numpy().tolist() == [[0, 1706], [1706, 0]]


def test_of_a_little_place_only_nobody_and_everybody_are_told_and_of_a_tiny_one_nothing():
    little = partition(two(np.arange(15), 14))
    assert little.dropna()["part"].tolist() == [0, 14]
    assert partition(two(np.arange(6), 5)).isna().all(axis=None)
    assert partition(two([0], 0)).to_numpy().tolist() == [[0, 0]], "a place where nobody lives hides nothing"


def test_classes_between_others_are_told_by_what_they_add_to():
    table = pd.DataFrame([[48, 3, 0, 49], [50, 3, 0, 47], [0, 64, 36, 0]], columns=list("abcd"))
    shown = partition(table)
    assert shown.iloc[0].fillna(-1).tolist() == [50, -1, -1, 50], "nobody between two sums may be somebody"
    assert shown.iloc[1].fillna(-1).tolist() == [50, 5, -1, 45], "a class between others is never exact"
    assert shown.iloc[2].tolist() == [0, 65, 35, 0]


def test_larger_areas_are_sums_of_what_their_places_tell():
    table = two([3, 2, 61, 0], 100)
    area = pd.Series(["a", "a", "b", None], name="ambito_id")
    shown = partition(table, area)
    assert shown["part"].tolist() == [5, 60]
    assert shown.index.name == "ambito_id"
    assert partition(table, pd.Series("all", index=table.index))["part"].tolist() == [65]


def test_one_count_is_a_multiple_of_five_from_ten_up():
    shown = counts(pd.Series([0, 0.3, 4.99, 5, 12.4, 12.5, 1e6, math.nan]))
    assert shown.fillna(-1).tolist() == [0, -1, -1, 10, 10, 15, 1e6, -1]
    assert count(7) == 10


@pytest.mark.parametrize("wrong", [math.nan, -1, math.inf])
def test_counts_that_are_none_are_refused(wrong):
    with pytest.raises(FiguresUnfit) as told:
        protected(pd.DataFrame({"a": [1.0, wrong, 2], "b": [1.0, 1, 1]}))
    assert sum(told.value.faults.values()) == 1
    assert set(told.value.faults) <= set(UNFIT)


# laws


@pytest.mark.parametrize("total", [*range(TINY, 130), 1003])
def test_no_count_can_be_told_from_at_least_three_others(total):
    told = every(total)
    many = told.groupby(told).size()
    assert (many.drop([0.0, float(total)], errors="ignore") >= 4).all()
    assert many[0.0] == many[float(total)] == 1


@given(st.integers(0, 3000), st.data())
def test_a_part_and_its_rest_are_told_alike(total, data):
    told = every(total)
    assert (told + told[::-1].to_numpy() == total).all()
    assert told.is_monotonic_increasing
    some = data.draw(st.integers(0, total))
    assert abs(told[some] - some) <= 10


@given(CELLS, st.integers(1, 3))
def test_a_count_is_told_the_same_way_in_every_table(rows, cut):
    table = pd.DataFrame(rows)
    told = protected(table)
    assert (told.sum(axis=1) == table.sum(axis=1)).all()
    assert (told >= 0).all(axis=None)
    first = protected_part(table.iloc[:, :cut].sum(axis=1), table.sum(axis=1))
    pd.testing.assert_series_equal(told.iloc[:, :cut].sum(axis=1), first, check_names=False)
    backwards = protected(table.iloc[:, ::-1])
    pd.testing.assert_frame_equal(backwards[table.columns], told)


@given(CELLS)
def test_what_is_shown_follows_from_what_is_protected_and_never_is_a_small_count(rows):
    table = pd.DataFrame(rows)
    whole = pd.Series("all", index=table.index)
    shown = pd.concat([partition(table), partition(table, whole)])
    assert not ((shown > 0) & (shown < 5)).any(axis=None)
    total = pd.concat([table.sum(axis=1), pd.Series([table.to_numpy().sum()])])
    assert ((shown % 5 == 0) | shown.isna() | shown.eq(total.to_numpy(), axis=0)).all(axis=None)


# attacks on invented tables: every world that would publish the same


def ours(worlds):
    """What is published of places in several worlds (world, place, cell): their rows, each limit, and their sum."""
    of_all = []
    size, places, cells = worlds.shape
    flat = pd.DataFrame(worlds.reshape(-1, cells))
    world = pd.Series(np.repeat(np.arange(size), places))
    of_all.append(partition(flat).to_numpy().reshape(size, -1))
    of_all.append(partition(flat, world).to_numpy())
    for cut in range(1, cells):
        some, everybody = flat.iloc[:, :cut].sum(axis=1), flat.sum(axis=1)
        of_all.append(part(some, everybody).to_numpy().reshape(size, -1))
        of_all.append(part(everybody - some, everybody).to_numpy().reshape(size, -1))
        of_all.append(part(some, everybody, world).to_numpy()[:, None])
    return np.concatenate(of_all, axis=1)


def hidden_only(worlds):
    """The old way: counts below 5 are hidden, in rows and in the sum."""
    everything = np.concatenate([worlds, worlds.sum(axis=1, keepdims=True)], axis=1).astype(float)
    return np.where((everything > 0) & (everything < 5), np.nan, everything).reshape(len(worlds), -1)


def rounded_only(worlds):
    """Each count hidden or rounded by itself, sums of the exact ones too."""
    everything = np.concatenate([worlds, worlds.sum(axis=1, keepdims=True)], axis=1).astype(float)
    return counts(pd.Series(everything.ravel())).to_numpy().reshape(len(worlds), -1)


def compositions(total, cells):
    """Every way to divide a total among some cells."""
    cuts = itertools.combinations(range(total + cells - 1), cells - 1)
    ends = np.array([(-1, *cut, total + cells - 1) for cut in cuts])
    return np.diff(ends, axis=1) - 1


def alike(one, other):
    """Which rows publish the same."""
    return ((one == other) | (np.isnan(one) & np.isnan(other))).all(axis=1)


def found(truth, publish):
    """The fewest and most people that each cell may have, in all worlds that publish the same; totals are public."""
    rows = []
    for place in truth:
        ways = compositions(place.sum(), len(place))
        rows.append(ways[alike(publish(ways[:, None, :]), publish(place[None, None, :]))])
    chosen = itertools.product(*(range(len(ways)) for ways in rows))
    worlds = np.array([[ways[at] for ways, at in zip(rows, which, strict=True)] for which in chosen])
    same = worlds[alike(publish(worlds), publish(truth[None]))]
    return same.min(axis=0), same.max(axis=0)


def gives_away(truth, publish, *, cells=(0, -1)):
    """Whether some small count in those cells is told more narrowly than as fewer than 5."""
    least, most = found(truth, publish)
    ends = np.zeros(truth.shape, dtype=bool)
    ends[:, list(cells)] = True
    small = (truth > 0) & (truth < 5) & ends
    enough = np.minimum(4, truth.sum(axis=1, keepdims=True))
    return bool((small & ((least > 1) | (most < enough))).any())


PLACE = st.tuples(st.integers(0, 5), st.integers(0, 30)).map(sorted)
TWO_CELLS = st.lists(PLACE, min_size=1, max_size=3).map(np.array)
THREE_CELLS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 5), st.integers(0, 12)), min_size=1, max_size=2
).map(np.array)


@settings(max_examples=40)
@given(TWO_CELLS)
def test_a_small_part_cannot_be_told_from_all_tables_together(truth):
    assert not gives_away(truth, ours)


@settings(max_examples=20)
@given(THREE_CELLS)
def test_nor_where_several_limits_are_published(truth):
    assert not gives_away(truth, ours)
    least, most = found(truth, ours)
    between = (truth[:, 1] > 0) & (truth[:, 1] < 5)
    assert (least[between, 1] <= 1).all()
    enough = np.minimum(3, truth[between].sum(axis=1))
    assert (most[between, 1] >= enough).all(), "fewer than 5 between two counts that are fewer than 5"


@pytest.mark.parametrize(
    ("truth", "publish"),
    [
        ([[3, 97]], hidden_only),  # 100 less 97
        ([[3, 98]], rounded_only),  # 98 is shown as 100, of 101: fewer than 4
        ([[0, 61], [2, 60]], hidden_only),
        ([[10, 0], [2, 60]], rounded_only),  # the sum of the first cells is 10 and something shown as 10
    ],
)  # fmt: skip
def test_control_hiding_or_rounding_alone_gives_small_counts_away(truth, publish):
    assert gives_away(np.array(truth), publish)
    assert not gives_away(np.array(truth), ours)


# attack on the real people of Lombardy


def tables(**asked):
    """Who is beyond each limit by each mode, at each end of the band: a row a table, a column a demand point."""
    times = [memory.minutes(mode=mode, **asked) for mode in MODES]
    return np.array([~(one[end] <= limit) for one in times for limit in LIMITS for end in ENDS])


def told_of(parts, total):
    """What the rule tells of the parts of a total, taken at its widest: their protected value."""
    return protected_part(pd.Series(parts), pd.Series(float(total), index=range(len(parts)))).to_numpy()


def hidden_of(parts, total):
    """The old way: part and rest, each hidden if small."""
    parts = np.asarray(parts, float)
    small = (parts > 0) & (parts < 5)
    return np.where(small & ((total - parts < 5) & (total > parts)), -1, parts)


def rounded_of(parts, total):
    """Part and rest, each rounded by itself."""
    parts = np.asarray(parts, float)
    both = zip(counts(pd.Series(parts)).fillna(-1), counts(pd.Series(total - parts)).fillna(-1), strict=True)
    return np.array([one + 1e7 * other for one, other in both])


def bounds(beyond, people, tell):
    """For each small part or rest of one comune: (truth, fewest, most) by integer programming.

    The attacker knows the demand points, who of them is beyond each limit, the total, the rule and every value told,
    and looks for people at the points that agree with all of it.
    """
    total = int(people.sum())
    beyond = np.unique(beyond, axis=0)
    parts = beyond @ people
    values = tell(np.arange(total + 1), total)
    seen = [np.flatnonzero(values == one) for one in tell(parts, total)]
    points = np.unique(beyond, axis=1).astype(float)
    least, most = (np.array([edge(one) for one in seen], dtype=float) for edge in (np.min, np.max))
    rules = LinearConstraint(np.vstack([points, np.ones(points.shape[1])]), [*least, total], [*most, total])
    for row, some in zip(points, parts, strict=True):
        for cell, size in ((row, some), (1 - row, total - some)):
            if 0 < size < 5 and 0 < cell.sum() < len(cell):  # everybody of a comune is public
                ends = [
                    sign * milp(sign * cell, constraints=rules, integrality=1, bounds=Bounds(0, total)).fun
                    for sign in (1, -1)
                ]
                yield size, total, *(round(end) for end in ends)


def attack(beyond, people, comune, tell):
    """Every small count of every comune, with the bounds that the attack finds."""
    codes, _ = pd.factorize(comune)
    order = np.argsort(codes, kind="stable")
    found_ = []
    for at in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        inside = beyond[:, at] @ people[at]
        rest = people[at].sum() - inside
        if (((inside > 0) & (inside < 5)) | ((rest > 0) & (rest < 5))).any():
            found_ += bounds(beyond[:, at], people[at], tell)
    return pd.DataFrame(found_, columns=["truth", "total", "least", "most"])


def whole(table):
    """Which counts stay as wide as "fewer than 5" says."""
    return (table["least"] <= 1) & (table["most"] >= np.minimum(4, table["total"]))


def people_and_comuni():
    demand = memory.table("demand")
    return demand["foreign_residents"].to_numpy(float), demand["comune_code"].to_numpy()


def test_nobody_of_lombardy_is_found_by_subtraction():
    people, comune = people_and_comuni()
    beyond = tables()
    table = attack(beyond, people, comune, told_of)
    assert len(table) > 100
    assert whole(table).all()
    control = attack(beyond, people, comune, rounded_of)
    assert (~whole(control)).mean() > 0.1, "rounding alone would not do"
    old = attack(beyond, people, comune, hidden_of)
    assert (old["least"] == old["most"]).mean() > 0.9, "nor would hiding alone"


def test_crossing_many_filters_hardly_narrows_a_small_count():
    people, comune = people_and_comuni()
    asked = [
        {},
        {"evidence": ("A", "B")},
        *({"kinds": (one,)} for one in ("caritas", "patronato", "sindacato")),
    ]
    table = attack(np.concatenate([tables(**one) for one in asked]), people, comune, told_of)
    assert len(table) > 200
    assert whole(table).mean() > 0.95
    assert (table["least"] == table["most"]).mean() < 0.01


def test_nobody_of_a_region_of_small_comuni_is_found_either():
    chance = np.random.default_rng(20261123)
    comune = np.repeat(np.arange(300), 4)
    people = chance.geometric(0.08, 1200).astype(float) - 1
    minutes = chance.gamma(3.0, 12.0, 1200)
    beyond = np.array([~(minutes * pace <= limit) for pace in (0.8, 1, 1.3) for limit in LIMITS])
    table = attack(beyond, people, comune, told_of)
    assert len(table) > 150
    assert whole(table).all()


@pytest.mark.parametrize("by", ["ambito_id", "province", "all"])
def test_larger_areas_publish_the_same_whoever_the_few_are(by):
    """Others in place of the few, any that are told the same way, and not a figure of a larger area changes."""
    people, comune = people_and_comuni()
    of = memory.comuni().set_index("comune_code")
    area = pd.Series("all", index=of.index) if by == "all" else of[by]
    everybody = pd.Series(people).groupby(comune).sum()
    chance = np.random.default_rng(5)
    changed = 0
    for row in tables()[::4]:
        some = pd.Series(np.where(row, people, 0.0)).groupby(comune).sum()
        others = some.copy()
        for code in some.index[(some > 0) & (some < everybody)]:
            same = np.flatnonzero(every(int(everybody[code])) == told_of([some[code]], everybody[code])[0])
            others[code] = chance.choice(same)
        changed += int((others != some).sum())
        pd.testing.assert_series_equal(part(some, everybody, area), part(others, everybody, area))
    assert changed > 100


def test_the_figures_of_larger_areas_stay_close_to_the_exact_ones():
    people, comune = people_and_comuni()
    ambito = memory.comuni().set_index("comune_code")["ambito_id"]
    everybody = pd.Series(people).groupby(comune).sum()
    for row in tables()[1:12:3]:
        some = pd.Series(np.where(row, people, 0.0)).groupby(comune).sum()
        off = (protected_part(some, everybody) - some).groupby(ambito).sum()
        assert off.abs().max() <= 30
        assert abs(off.sum()) <= 100


def test_the_rule_is_that_of_the_decision():
    assert (disclosure.FEW, disclosure.STEP, disclosure.LEAST, LITTLE, TINY) == (5, 5, 10, 15, 6)
