"""Who is left out and why: by heart in a small town, against brute force, and the laws of the parts."""

import functools
from itertools import permutations
from math import factorial

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from analysis import answers, disclosure
from analysis.effective import NO, UNKNOWN, YES, effective, together
from analysis.gaps import (
    causes,
    hours_or_desk,
    left_out,
    play,
    protected,
    ranks,
    reach,
    split,
    unstable,
    worths,
)

FAR = np.inf
PLACES = ["Piazza", "Mulino", "Colle", "Eremo"]
MINUTES = np.array([[5.0, 20.0, 40.0, FAR], [20.0, 5.0, 50.0, FAR]])
"""To the desk in Piazza, open in the evening but without the language, and to the one in Mulino, which speaks it and
does not say when it is open. Colle has the first nearer; nobody comes down from Eremo."""
TRUTHS = {"hours": np.array([[YES], [UNKNOWN]], np.int8), "language": np.array([[NO], [YES]], np.int8)}
HOME = np.zeros(4, dtype=np.int64)
PEOPLE = pd.Series([100.0, 60.0, 40.0, 6.0])
AREA = pd.Series(PLACES, name="place")


def town(limit=30.0, people=PEOPLE, area=AREA, truths=TRUTHS, facts=None):
    game = play(reach(MINUTES, limit=limit, facts=facts), truths, HOME, facts=facts)
    return worths(game, people, area), game.causes


def parts(table):
    return table.filter(like="part_").rename(columns=lambda name: name.removeprefix("part_"))


def test_every_cause_of_the_small_town_is_known_by_heart():
    worth, names = town()
    table = causes(worth, names)
    assert names == ("distance", "hours", "language", "unknown")
    assert table["gap"].to_dict() == {"Piazza": 100, "Mulino": 60, "Colle": 40, "Eremo": 6}
    told = parts(table)
    # one desk lacks the language, of the other the hours are not known: either would do
    assert told.loc["Piazza"].tolist() == pytest.approx([0, 0, 50, 50])
    assert table.loc["Piazza", ["lift_language", "lift_unknown"]].tolist() == [100, 100]
    # nothing near, and the nearest does not speak it: a desk there must come and speak
    assert told.loc["Colle"].tolist() == pytest.approx([20, 0, 20, 0])
    assert table.loc["Colle", "together"] == "distance+language"
    assert table.loc["Colle", "together_lift"] == 40
    assert pd.isna(table.loc["Colle", "first_cause"])
    # out of every reach: any desk may be brought, and then either thing would do
    assert told.loc["Eremo"].tolist() == pytest.approx([4, 0, 1, 1])


def test_the_first_cause_of_the_whole_town_is_the_one_that_helps_most():
    worth, names = town(area=pd.Series(["town"] * 4))
    row = causes(worth, names).loc["town"]
    assert row["gap"] == 206
    assert (row["lift_language"], row["lift_unknown"], row["lift_hours"], row["lift_distance"]) == (
        160,
        160,
        0,
        0,
    )
    assert row["part_language"] > row["part_unknown"]
    assert row["first_cause"] == "language"


def test_what_is_not_known_is_no_fault_of_the_hours():
    hours = {"hours": np.array([[UNKNOWN], [UNKNOWN]], np.int8)}
    worth, names = town(area=pd.Series(["town"] * 4), truths=hours, people=pd.Series([10.0, 0, 0, 0]))
    row = causes(worth, names).loc["town"]
    assert (row["part_hours"], row["part_unknown"]) == (0, 10)
    assert row["first_cause"] == "unknown"


def test_without_a_condition_only_distance_is_left():
    worth, names = town(truths={})
    table = causes(worth, names)
    assert table["part_distance"].to_dict() == {"Piazza": 0, "Mulino": 0, "Colle": 40, "Eremo": 6}
    assert table.loc["Colle", "first_cause"] == "distance"
    assert pd.isna(table.loc["Piazza", "first_cause"])


def test_where_no_desk_counts_nothing_can_be_thought_away():
    nothing = play(reach(np.zeros((0, 4)), limit=30), {}, HOME)
    table = causes(worths(nothing, PEOPLE, AREA), nothing.causes)
    assert table["gap"].tolist() == table["nothing"].tolist() == [40, 6, 60, 100]
    assert (parts(table) == 0).all(axis=None)
    assert table["first_cause"].isna().all()


def test_a_fact_that_fails_takes_the_offer_away_and_one_not_known_is_unknown():
    said = np.array([[NO], [UNKNOWN]], np.int8)
    worth, names = town(truths={}, facts=said)
    table = causes(worth, names)
    assert table.loc["Piazza", "part_unknown"] == 100
    gone = causes(*town(truths={}, facts=np.array([[NO], [NO]], np.int8)))
    assert (gone["nothing"] == gone["gap"]).all()


def test_points_of_no_area_are_left_out():
    worth, _ = town(area=pd.Series(["a", None, "a", "b"], name="place"))
    assert worth.iloc[:, -1].to_dict() == {"a": 140, "b": 6}


FEWER = settings(max_examples=50)


@st.composite
def towns(draw):
    """Offers, points and homes: truths of up to three conditions, minutes with gaps, people."""
    offers, points, homes = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    times = st.sampled_from([1.0, 27.5, 29.0, 30.0, 31.0, 33.0, 60.0, FAR])
    truths = {
        name: draw(
            hnp.arrays(
                np.int8,
                (offers, draw(st.sampled_from([1, homes]))),
                elements=st.sampled_from([NO, UNKNOWN, YES]),
            )
        )
        for name in draw(
            st.sampled_from([(), ("hours",), ("hours", "language"), ("hours", "language", "theme")])
        )
    }
    facts = draw(st.none() | hnp.arrays(np.int8, (offers, 1), elements=st.sampled_from([NO, UNKNOWN, YES])))
    return (
        draw(hnp.arrays(float, (offers, points), elements=times)),
        truths,
        draw(hnp.arrays(np.int64, points, elements=st.integers(0, homes - 1))),
        facts,
        pd.Series(draw(st.lists(st.integers(0, 90), min_size=points, max_size=points)), dtype=float),
    )


def one_covered(town, point, force, limit=30.0):
    """Whether the people of a point are covered when only some causes are in force, looked at offer by offer."""
    minutes, truths, home, facts, _ = town
    here = minutes[:, point]
    counts = [one for one in range(len(minutes)) if facts is None or facts[one, 0] != NO]
    offers = [one for one in counts if here[one] <= limit]
    if "distance" not in force and not offers:
        offers = [one for one in counts if here[one] == here[counts].min()]
    for one in offers:
        said = {name: truth[one, home[point] if truth.shape[1] > 1 else 0] for name, truth in truths.items()}
        fact = YES if facts is None else facts[one, 0]
        failing = [name for name, truth in said.items() if truth == NO and name in force]
        doubtful = "unknown" in force and UNKNOWN in (*said.values(), fact)
        if not failing and not doubtful:
            return True
    return False


def brute(town):
    """The gap and the part of each cause, person by person and order by order."""
    names = ("distance", *town[1], "unknown")

    @functools.cache
    def uncovered(force):
        return sum(count for point, count in enumerate(town[4]) if not one_covered(town, point, force))

    found = dict.fromkeys(names, 0.0)
    for order in permutations(names):
        for place, name in enumerate(order):
            added = uncovered(frozenset(order[: place + 1])) - uncovered(frozenset(order[:place]))
            found[name] += added / factorial(len(names))
    return uncovered(frozenset(names)), found


def answered(town):
    minutes, truths, home, facts, people = town
    game = play(reach(minutes, limit=30, facts=facts), truths, home, facts=facts)
    worth = worths(game, people, pd.Series(["all"] * len(people)))
    return worth, causes(worth, game.causes).loc["all"]


@FEWER
@given(towns())
def test_parts_are_those_of_brute_force(town):
    gap, expected = brute(town)
    _, row = answered(town)
    assert row["gap"] == gap
    assert {name: row[f"part_{name}"] for name in expected} == pytest.approx(expected, abs=1e-9)


@FEWER
@given(towns())
def test_parts_add_up_to_the_gap_and_the_first_cause_lifts_it_most(town):
    _, row = answered(town)
    told = [row[name] for name in row.index if str(name).startswith("part_")]
    lifted = {str(name)[5:]: row[name] for name in row.index if str(name).startswith("lift_")}
    assert min(told) >= 0
    assert sum(told) == pytest.approx(row["gap"] - row["nothing"], abs=1e-9)
    assert not row["nothing"] or row["nothing"] == town[4].sum()
    if pd.isna(row["first_cause"]):
        assert max(lifted.values()) == 0
        assert pd.isna(row["together"]) == (row["gap"] == row["nothing"])
    else:
        assert lifted[row["first_cause"]] == max(lifted.values()) > 0


@FEWER
@given(towns())
def test_another_cause_in_force_never_covers_more(town):
    worth, _ = answered(town)
    game = worth.loc["all"].to_numpy()
    for one in range(len(game).bit_length() - 1):
        sets = np.arange(len(game))
        assert (game[sets | 1 << one] >= game).all()


@FEWER
@given(towns())
def test_all_causes_leave_out_the_unconfirmed_and_all_but_unknown_the_impossible(town):
    minutes, truths, home, facts, people = town
    everything = {**truths} | ({} if facts is None else {"facts": facts})
    kept = together(np.full((len(minutes), 1), YES, np.int8), *everything.values())
    confirmed, possible = effective(minutes, kept, home)
    worth, _ = answered(town)
    game = worth.loc["all"].to_numpy()
    last = len(game) - 1
    assert game[last] == people[~(confirmed.minutes <= 30)].sum()
    assert game[last >> 1] == people[~(possible.minutes <= 30)].sum()
    assert people[left_out(minutes <= 30, everything, home)].sum() == game[last]


def test_two_hundred_towns_by_brute_force():
    chance = np.random.default_rng(20261123)
    for _ in range(200):
        offers, points, homes = chance.integers(1, 6, size=3)
        town = (
            chance.choice([5.0, 28.0, 30.0, 45.0, FAR], (offers, points)),
            {
                name: chance.integers(0, 3, (offers, width)).astype(np.int8)
                for name, width in (("a", 1), ("b", homes))
            },
            chance.integers(0, homes, points),
            None,
            pd.Series(chance.integers(0, 50, points), dtype=float),
        )
        gap, expected = brute(town)
        _, row = answered(town)
        assert row["gap"] == gap
        assert {name: row[f"part_{name}"] for name in expected} == pytest.approx(expected, abs=1e-9)


@FEWER
@given(towns(), st.integers(0, 60))
def test_protected_counts_are_a_game_still_whose_parts_add_up(town, others):
    worth, row = answered(town)
    absent = 0 if row["nothing"] else others
    everybody = pd.Series([float(town[4].sum() + absent)], index=["all"])
    safe = protected(worth, everybody)
    game = safe.loc["all"].to_numpy()
    for one in range(len(game).bit_length() - 1):
        sets = np.arange(len(game))
        assert (game[sets | 1 << one] >= game - 1e-9).all()
    table = causes(safe, ["distance", *town[1], "unknown"]).loc["all"]
    assert table.filter(like="part_").sum() == pytest.approx(table["gap"] - table["nothing"], abs=1e-9)
    if everybody["all"] >= disclosure.TINY:
        gap = worth.iloc[:, -1]
        assert game[-1] == disclosure.protected_part(gap, everybody)["all"]


def test_a_comune_too_small_to_tell_of_is_put_to_the_causes_of_the_others():
    worth = pd.DataFrame([[0, 50, 0, 50], [0, 2, 0, 2]], index=["a", "b"], dtype=float)
    safe = protected(worth, pd.Series([100.0, 4.0], index=["a", "b"]))
    assert safe.loc["b"].tolist() == [0, 2, 0, 2]
    assert causes(safe, ["distance", "unknown"])["part_unknown"].tolist() == [0, 0]


@given(
    st.integers(1, 400),
    st.lists(st.floats(0, 300), min_size=1, max_size=8).filter(lambda parts: sum(parts) > 1),
)
def test_parts_that_are_shown_add_up_to_the_gap_that_is_shown(steps, some):
    gap = 5.0 * steps
    shown = split(gap, some)
    assert sum(shown) == gap
    assert all(part % 5 == 0 and part >= 0 for part in shown)
    assert all(abs(part - one / sum(some) * gap) <= 5 + 1e-6 for part, one in zip(shown, some, strict=True))


def test_a_gap_that_is_not_shown_has_no_parts():
    assert all(np.isnan(part) for part in split(float("nan"), [1.0, 2.0]))
    assert split(0.0, [0.0, 0.0]) == [0, 0]
    assert split(23.0, [1.0, 1.0, 0.0]) == [13, 10, 0]
    assert split(7.0, [3.4, 3.6]) == [0, 7]  # nothing under five is shown


def test_a_place_is_unstable_if_it_moves_by_more_than_three_ranks():
    gap = pd.Series([50.0, 40, 30, 20, 10, 0, 0], index=list("abcdefg"))
    assert ranks(gap).tolist() == [1, 2, 3, 4, 5, 6, 6]
    slow = pd.Series([50.0, 40, 30, 20, 60, 0, 0], index=list("abcdefg"))
    assert unstable(gap, [gap, slow]).to_dict() == dict.fromkeys("abcdfg", False) | {"e": True}
    down = pd.Series([15.0, 40, 30, 20, 10, 0, 0], index=list("abcdefg"))
    assert not unstable(gap, [down]).any()  # from first to fourth: three places
    assert unstable(gap, [down.where(down.index != "a", 5.0)])["a"]


def test_whoever_has_no_gap_either_way_does_not_move():
    gap = pd.Series([9.0, 0, 0, 0, 0, 0])
    more = pd.Series([9.0, 0, 8, 7, 6, 5])
    assert unstable(gap, [more]).tolist() == [False, False, False, False, False, False]
    assert unstable(more, [gap]).tolist() == [False, False, False, False, False, False]
    many = pd.Series([9.0, 0, 8, 7, 6, 5, 4, 3, 2])
    assert unstable(many, [pd.Series([9.0] + [0] * 8)]).tolist() == [False] * 6 + [True] * 3


def test_speeds_move_the_limit_and_not_the_minutes_of_the_nearest():
    near, _ = reach(np.array([[28.0, 32.0, 33.5]]), limit=30)
    faster, _ = reach(np.array([[28.0, 32.0, 33.5]]), limit=30, speed=1.1)
    slower, brought = reach(np.array([[28.0, 32.0, 33.5]]), limit=30, speed=0.9)
    assert near.tolist() == [[True, False, False]]
    assert faster.tolist() == [[True, True, False]]
    assert slower.tolist() == [[False, False, False]]
    assert brought.all()


def test_hours_or_a_desk_by_heart():
    truths = {"hours": np.array([[NO], [UNKNOWN]], np.int8)}
    minutes = np.array([[5.0, 40.0, 5.0, 40.0], [40.0, 5.0, 5.0, 40.0]])
    game = play(reach(minutes, limit=30), truths, HOME)
    people = pd.Series([100.0, 60.0, 40.0, 6.0])
    table = hours_or_desk(worths(game, people, AREA), game.causes)
    assert table.loc["Piazza", ["hours", "ask", "desk", "other"]].tolist() == [100, 0, 0, 0]
    assert table.loc["Mulino", ["hours", "ask", "desk", "other"]].tolist() == [0, 60, 0, 0]
    assert table.loc["Colle", ["hours", "ask", "desk", "other"]].tolist() == [0, 40, 0, 0]
    assert table.loc["Eremo", ["hours", "ask", "desk", "other"]].tolist() == [0, 0, 6, 0]
    assert table["answer"].to_dict() == {"Piazza": "hours", "Mulino": "ask", "Colle": "ask", "Eremo": "desk"}


def test_hours_and_a_desk_of_no_use_are_said():
    truths = {"hours": np.array([[YES]], np.int8), "language": np.array([[NO]], np.int8)}
    game = play(reach(np.array([[5.0]]), limit=30), truths, HOME[:1])
    table = hours_or_desk(worths(game, pd.Series([10.0]), pd.Series(["a"])), game.causes)
    assert table.loc["a", "other"] == 10
    assert table.loc["a", "answer"] == "other"
    covered = play(reach(np.array([[5.0]]), limit=30), {"hours": truths["hours"]}, HOME[:1])
    assert (
        hours_or_desk(worths(covered, pd.Series([10.0]), pd.Series(["a"])), covered.causes)["answer"]
        .isna()
        .all()
    )


@FEWER
@given(towns())
def test_hours_or_a_desk_add_up_to_the_gap(town):
    if "hours" not in town[1]:
        return
    worth, row = answered(town)
    if row["nothing"]:
        return
    table = hours_or_desk(worth, ["distance", *town[1], "unknown"]).loc["all"]
    assert table[["hours", "ask", "desk", "other"]].sum() == pytest.approx(row["gap"])


DESK = np.array([0, 0, 1, 2])
DESKS = ["a", "b", "c"]
NEAR = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]], dtype=bool)
ASKED = {
    "hours": np.array([[NO], [UNKNOWN], [UNKNOWN], [YES]], np.int8),
    "language": np.array([[YES], [YES], [UNKNOWN], [YES]], np.int8),
}
"""Desk a has two slots, one shut and one it says nothing of; b says nothing at all; c has all."""


def call(people=(100.0, 60.0, 40.0, 6.0), truths=ASKED):
    return answers.could_change(NEAR, truths, HOME, np.array(people), desk=DESK, desks=DESKS)


def test_a_call_is_worth_those_whom_a_yes_would_cover():
    table = call().table
    assert table.index.tolist() == ["a", "b"]  # c has nothing to be asked
    assert table["gain"].tolist() == [160, 100]
    assert table["adds"].tolist() == [160, 40]
    assert table.loc["a", ["ask_hours", "ask_language"]].tolist() == [True, False]
    assert table.loc["b", ["ask_hours", "ask_language"]].tolist() == [True, True]
    assert table.loc["a", ["gain_hours", "gain_language"]].tolist() == [160, 0]
    assert table.loc["b", ["gain_hours", "gain_language"]].tolist() == [0, 0]  # one answer is not enough


def test_calls_as_shown_are_rounded_and_their_sum_is_what_they_all_cover():
    people = pd.Series([100.0, 60.0, 40.0, 6.0])
    shown = answers.as_shown(call(), AREA, people.groupby(AREA).sum())
    assert shown["gain"].tolist() == [160, 100]
    assert shown["adds"].tolist() == [160, 40]
    assert shown["upto"].tolist() == [160, 200]
    few = answers.as_shown(call((3.0, 0, 0, 0)), AREA, pd.Series(dict.fromkeys(PLACES, 30.0)))
    assert few["gain"].isna().tolist() == [True, False]
    assert few["gain"].tolist()[1] == 0


def yes(town, desk, which):
    """The town after a desk has said yes to everything that it did not say."""
    minutes, truths, home, facts, people = town
    mine = np.isin(desk, which)[:, None]
    told = {
        name: np.where(mine & (truth == UNKNOWN), YES, truth).astype(np.int8)
        for name, truth in truths.items()
    }
    return minutes, told, home, facts, people


@FEWER
@given(towns(), st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_a_call_gains_what_asking_again_after_the_answer_says(town, where):
    minutes, truths, home, _, people = town
    town = (minutes, truths, home, None, people)
    desk = np.array(where[: len(minutes)])
    told = answers.could_change(minutes <= 30, truths, home, people.to_numpy(), desk=desk, desks=DESKS)
    before = answered(town)[1]["gap"]
    for key, row in told.table.iterrows():
        after = answered(yes(town, desk, [DESKS.index(key)]))[1]["gap"]
        assert row["gain"] == pytest.approx(before - after)
    done = []
    for key, row in told.table.iterrows():
        so_far = answered(yes(town, desk, done))[1]["gap"]
        done.append(DESKS.index(key))
        assert row["adds"] == pytest.approx(so_far - answered(yes(town, desk, done))[1]["gap"])
    assert told.table["adds"].is_monotonic_decreasing
    everything = answered(town)[0].loc["all"].to_numpy()
    assert told.table["adds"].sum() == pytest.approx(everything[-1] - everything[len(everything) // 2 - 1])


@pytest.mark.parametrize(
    ("hours", "ask", "desk", "answer"),
    [
        (10, 50, 5, "hours"),
        (10, 50, 10, "hours"),
        (0, 50, 0, "ask"),
        (10, 5, 20, "desk"),
        (10, 15, 20, "ask"),
    ],
)
def test_the_answer_holds_whatever_the_desks_will_say(hours, ask, desk, answer):
    gap = hours + ask + desk
    # columns: none, distance, hours, both, and the same with what is not known
    worth = pd.DataFrame([[0, desk, hours, desk + hours, ask, gap, gap, gap]], index=["a"], dtype=float)
    table = hours_or_desk(worth, ["distance", "hours", "unknown"])
    assert table.loc["a", ["hours", "ask", "desk", "other"]].tolist() == [hours, ask, desk, 0]
    assert table.loc["a", "answer"] == answer
