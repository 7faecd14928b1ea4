"""Shares of a whole: by heart, against every order of the players, and the laws that make them Shapley's."""

from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.shapley import fewest, lifts, shares

WORTHS = st.integers(1, 5).flatmap(
    lambda players: st.lists(st.integers(-50, 50), min_size=1 << players, max_size=1 << players)
)


def by_orders(worth):
    """What each player adds on average, over all orders in which they may come."""
    players = len(worth).bit_length() - 1
    found = [0.0] * players
    for order in permutations(range(players)):
        there = 0
        for player in order:
            found[player] += worth[there | 1 << player] - worth[there]
            there |= 1 << player
    return [total / factorial(players) for total in found]


def test_the_two_gloves_of_shapley():
    assert shares([0, 0, 0, 1, 0, 1, 0, 1]).tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert lifts([0, 0, 0, 1, 0, 1, 0, 1]).tolist() == [1, 0, 0]


def test_one_player_has_it_all():
    assert shares([2.0, 9.0]).tolist() == [7.0]


def test_games_stand_side_by_side():
    games = [[[0, 1, 3, 4]], [[0, 0, 0, 10]]]
    assert shares(games).tolist() == [[[1, 3]], [[5, 5]]]
    assert lifts(games).tolist() == [[[1, 3]], [[10, 10]]]


def test_a_number_of_coalitions_that_no_players_have_is_refused():
    with pytest.raises(ValueError, match="mismatch"):
        shares([0, 1, 2])


@given(WORTHS)
def test_shares_are_the_mean_over_all_orders_and_add_up(worth):
    found = shares(worth)
    assert found.tolist() == pytest.approx(by_orders(worth), abs=1e-9)
    assert found.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-9)


@given(WORTHS, WORTHS)
def test_shares_of_a_sum_are_the_sum_of_shares(one, other):
    size = min(len(one), len(other))
    both = [a + b for a, b in zip(one[:size], other[:size], strict=True)]
    expected = shares(one[:size]) + shares(other[:size])
    assert shares(both).tolist() == pytest.approx(expected.tolist(), abs=1e-9)


@given(WORTHS)
def test_a_player_who_adds_nothing_has_nothing(worth):
    idle = [*worth, *worth]
    assert shares(idle).tolist() == pytest.approx([*shares(worth).tolist(), 0], abs=1e-9)
    assert lifts(idle)[-1] == 0


@given(WORTHS)
def test_the_fewest_are_as_few_as_can_be_and_the_best_of_those(worth):
    players, everyone = len(worth).bit_length() - 1, len(worth) - 1
    falls = {
        some: worth[-1] - worth[everyone ^ sum(1 << one for one in some)]
        for size in range(1, players + 1)
        for some in combinations(range(players), size)
    }
    found = fewest(worth)
    helping = {some: fall for some, fall in falls.items() if fall > 0}
    if not helping:
        assert found == ((), 0.0)
        return
    fewest_size = min(map(len, helping))
    assert len(found.players) == fewest_size
    assert found.lift == max(fall for some, fall in helping.items() if len(some) == fewest_size)


def test_of_sets_that_do_the_same_the_heavier_is_named():
    worth = np.array([0, 1, 1, 1, 1, 1, 1, 1])
    worth[0b001] = worth[0b010] = 0
    assert fewest(worth, order=[1, 1, 1]).players == (0, 2)
    assert fewest(worth, order=[0, 5, 1]).players == (1, 2)
