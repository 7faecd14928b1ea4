"""A page and its address: which of the two wins, also where the browser is late."""

from collections.abc import Iterator

import pytest
import streamlit as st

from screens import address

PAGE, ASKED = "accesso", ("limite", "mezzo")
FAR, NEAR, USUAL = {"limite": "60"}, {"limite": "15"}, dict[str, str]()


class Query(dict[str, str]):
    """What Streamlit says of the address, without a browser."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, told: dict[str, str]) -> None:
        self.clear()
        self.update(told)


@pytest.fixture
def query(monkeypatch) -> Iterator[Query]:
    """An address that can be moved; a visit that starts from nothing."""
    told = Query()
    monkeypatch.setattr(st, "query_params", told)
    monkeypatch.setattr(st, "session_state", {})
    yield told


def drawn(query, said, held):
    """One run: what the page opens; where nothing, the controls hold and the address follows them."""
    query.from_dict(said)
    told = address.opened(PAGE, ASKED, held)
    address.keep(PAGE, ASKED, held if told is None else told)
    return told


def test_a_link_wins_over_what_the_page_said(query):
    assert drawn(query, FAR, None) == FAR
    assert drawn(query, NEAR, FAR) == NEAR


def test_a_control_that_was_moved_wins_over_the_address_of_before(query):
    drawn(query, FAR, None)
    assert drawn(query, FAR, NEAR) is None
    assert query == NEAR
    assert drawn(query, FAR, USUAL) is None  # moved again before the browser had the new address
    assert query == USUAL


def test_two_quick_steps_back_open_the_second_though_the_browser_still_shows_the_controls_of_before(query):
    drawn(query, FAR, None)
    assert drawn(query, NEAR, FAR) == NEAR
    assert drawn(query, USUAL, FAR) == USUAL
    assert query == USUAL


def test_three_quick_steps_back_open_the_third(query):
    drawn(query, FAR, None)
    drawn(query, NEAR, FAR)
    drawn(query, USUAL, FAR)
    assert drawn(query, {"mezzo": "bike"}, FAR) == {"mezzo": "bike"}


def test_a_control_put_back_as_it_was_before_the_step_back_wins(query):
    drawn(query, FAR, None)
    drawn(query, NEAR, FAR)
    assert drawn(query, NEAR, FAR) is None
    assert query == FAR


def test_once_the_browser_has_answered_an_old_setting_is_a_choice_like_any_other(query):
    drawn(query, FAR, None)
    drawn(query, NEAR, FAR)
    drawn(query, NEAR, NEAR)
    drawn(query, NEAR, USUAL)
    assert drawn(query, NEAR, FAR) is None
    assert query == FAR


def test_who_comes_by_the_menu_finds_the_page_as_it_was_left(query):
    address.arrive(PAGE)
    drawn(query, FAR, None)
    query.clear()
    address.arrive("mappa")
    address.arrive(PAGE)
    assert query == FAR


def test_who_comes_by_a_link_finds_what_it_says_alone(query):
    address.arrive(PAGE)
    drawn(query, FAR, None)
    query.from_dict({"vista": "lingue"})
    address.arrive("mappa")
    address.arrive(PAGE)
    assert query == {"vista": "lingue"}


def test_what_the_page_before_wrote_says_nothing_of_this_one(query):
    address.arrive(PAGE)
    drawn(query, FAR, None)
    address.arrive("ambito")
    query.from_dict({"ambito": "lodi"})
    address.keep("ambito", ["ambito"], {"ambito": "lodi"})
    address.arrive(PAGE)
    assert query == FAR
