"""Divari in a real browser: the finding, the map with its causes, a comune from the map's side, and a phone."""

import re

import pytest
from playwright.sync_api import expect

EVENING = "quando=Mo-Fr 17:00-22:00; Sa 08:00-20:00"


def test_the_page_says_who_is_left_out_and_the_map_shows_it(visit):
    visit.open(f"/divari?{EVENING}&mostra=causa")
    expect(visit.page.get_by_text("non trovano di sicuro uno sportello")).to_be_visible()
    visit.shows("comuni")
    expect(visit.page.get_by_text("più cause insieme")).to_be_visible()
    visit.page.get_by_role("button", name="In arabo").click()
    expect(visit.page).to_have_url(re.compile("lingua=ar"))
    visit.quiet()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_on_a_phone_nothing_is_wider_than_the_window(visit):
    visit.open(f"/divari?{EVENING}&vista=chiamate&ambito=lodi")
    expect(visit.page.get_by_text("potrebbero", exact=False).first).to_be_visible()
    visit.quiet()
    wide = visit.page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth > window.innerWidth + 1"
    )
    assert not wide
