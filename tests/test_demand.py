"""People shared out among places: whole, exact, in proportion."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data.derived.demand import shared_out, third_country_share


def test_a_village_of_three_hamlets_by_heart():
    groups = pd.Series(["a", "a", "a", "b"])
    shared = shared_out(pd.Series([10.0, 10, 10, 3]), pd.Series([1.0, 1, 1, 5]), groups)
    assert shared.tolist() == [4, 3, 3, 3]


def test_places_without_weights_are_shared_evenly():
    groups = pd.Series(["a", "a"])
    assert shared_out(pd.Series([5.0, 5]), pd.Series([0.0, 0]), groups).tolist() == [3, 2]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1e4)), min_size=1, max_size=40), st.integers(0, 10_000)
)
def test_sums_are_exact_and_nobody_is_negative(places, people):
    groups = pd.Series([group for group, _ in places])
    weights = pd.Series([weight for _, weight in places])
    shared = shared_out(pd.Series(float(people), index=groups.index), weights, groups)
    assert (shared >= 0).all()
    assert (shared.groupby(groups).sum() == people).all()


@given(st.integers(1, 5000))
def test_a_place_with_twice_the_weight_gets_twice_the_people_to_one(people):
    shared = shared_out(pd.Series([float(people)] * 2), pd.Series([2.0, 1.0]), pd.Series(["a", "a"]))
    assert abs(shared.iloc[0] - 2 * people / 3) <= 1


def test_third_country_shares_add_up_to_the_province():
    citizenship = pd.DataFrame(
        {
            "area_code": ["099", "099", "099001", "099001"],
            "eu": [True, False, True, False],
            "residents": [40, 60, 5, 15],
        }
    )
    foreign = pd.Series({"099001": 20, "099002": 50, "099003": 30})
    share = third_country_share(foreign, citizenship)
    assert share["099001"] == 0.75
    assert share["099002"] == share["099003"] == 45 / 80
    assert (share * foreign).sum() == 60
