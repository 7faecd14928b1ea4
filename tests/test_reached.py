"""Who reaches a desk that is as somebody needs it: the answers that pages and commands share."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from screens import joined, memory, reached
from screens.need import EVENING_OR_SATURDAY, Need
from screens.reached import ENDS

HARDER = [
    Need(when=EVENING_OR_SATURDAY),
    Need(languages=("ar",)),
    Need(themes=("permesso_soggiorno",)),
    Need(themes=("permesso_soggiorno", "ricongiungimento")),
    Need(target="rifugiati"),
    Need(home=True),
    Need(walk_in=True),
    Need(capacity=1.0),
    Need(fresh=36),
    Need(evidence="A"),
    Need(when="Sa 10:00", languages=("ar",), home=True),
]


def far(minutes):
    return np.nan_to_num(minutes.to_numpy(float), nan=np.inf)


def test_a_need_that_asks_nothing_gives_the_minutes_of_the_other_pages():
    asked, usual = memory.effective(Need()), memory.minutes(mode="car")
    for name in ENDS:
        pd.testing.assert_series_equal(asked[name], usual["minutes"], check_names=False, rtol=1e-9)
    assert asked["confirmed_network"].equals(asked["possible_network"])


@pytest.mark.parametrize("asked", HARDER, ids=str)
def test_asking_more_never_brings_a_desk_nearer(asked):
    usual, harder = memory.effective(Need()), memory.effective(asked)
    for name in ENDS:
        assert (far(harder[name]) >= far(usual[name])).all()
    assert (far(harder["possible"]) <= far(harder["confirmed"])).all()


def test_a_condition_upon_another_never_brings_a_desk_nearer():
    one = memory.effective(Need(when=EVENING_OR_SATURDAY))
    two = memory.effective(Need(when=EVENING_OR_SATURDAY, themes=("permesso_soggiorno",)))
    for name in ENDS:
        assert (far(two[name]) >= far(one[name])).all()


def test_minutes_lie_in_their_band_and_have_a_desk_and_a_network():
    found = memory.effective(Need(when=EVENING_OR_SATURDAY))
    for name in ENDS:
        here = found[found[name].notna()]
        assert (here[f"{name}_low"] <= here[name] + 1e-9).all()
        assert (here[f"{name}_high"] >= here[name] - 1e-9).all()
        for column in (f"{name}_desk", f"{name}_network"):
            assert here[column].notna().all()
            assert found.loc[found[name].isna(), column].isna().all()


def test_the_desk_that_answers_keeps_every_condition_that_is_known():
    asked = Need(when="We 10:00", themes=("permesso_soggiorno",))
    of = memory.setting(asked)
    truths = reached.truths(of, asked)
    sure = np.logical_and.reduce([truth[:, 0] == 2 for truth in truths.values()])
    surely = set(of.offers.rows.loc[sure, "sportello_id"])
    assert set(memory.effective(asked)["confirmed_desk"].dropna()) <= surely


def test_no_desk_that_counts_is_no_answer_and_no_error():
    asked = Need(kinds=("salute",), evidence="A")
    assert memory.setting(asked).offers.desks.empty
    found = memory.effective(asked)
    assert found[list(ENDS)].isna().all().all()
    by = memory.effective_by(asked, by="ambito_id")
    assert by["confirmed_median"].isna().all()


def test_areas_tell_people_once_and_access_twice():
    by = memory.effective_by(Need(when=EVENING_OR_SATURDAY), by="ambito_id")
    demand = memory.table("demand")
    known = memory.area_of("ambito_id").notna()
    assert by["people"].sum() == pytest.approx(demand.loc[known, "foreign_residents"].sum())
    sure, perhaps = (by[f"{name}_share_beyond"].dropna() for name in ENDS)
    both = sure.index.intersection(perhaps.index)
    assert (perhaps[both] <= sure[both] + 1e-9).all()


def test_the_room_of_a_desk_depends_on_who_lives_within_the_limit():
    near, wide = (memory.effective(Need(capacity=0.5, limit=limit)) for limit in (15, 60))
    assert (far(wide["confirmed"]) >= far(near["confirmed"])).all()
    assert (far(wide["confirmed"]) > far(near["confirmed"])).any()


def test_an_area_names_the_networks_that_answered_in_order_and_none_where_none_did():
    network = pd.Series(["strade", "stimata", "stimata", None, "stimata"], index=list("abcde"))
    area = pd.Series(["x", "x", "x", "y", None], index=list("abcde"))
    assert joined.answered(network, area).to_dict() == {"x": "stimata; strade"}
    assert joined.answered(network.mask(network.notna()), area).empty


def test_where_nothing_is_reached_access_names_no_network():
    demand = memory.table("demand")
    lost = pd.DataFrame(np.nan, index=demand.index, columns=["minutes", "low", "high"]).assign(network=None)
    found = joined.access(lost, demand, demand["comune_code"], limit=30)
    assert (found["network"] == "").all()
    assert found["minutes_median"].isna().all()


def test_another_day_is_another_answer(monkeypatch):
    before, today = memory.stamp(), memory.desk_offers().today
    store = memory.registry()
    tomorrow = replace(store, clock=lambda: store.clock() + dt.timedelta(days=1))
    monkeypatch.setattr(memory, "registry", lambda: tomorrow)
    assert memory.stamp() != before
    assert memory.desk_offers().today == today + dt.timedelta(days=1)
