"""Scuole in a real browser: it opens, a choice moves the address, a click on a school opens its card."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MAP
from tests.browser.test_map import centre_on, opens_without_a_fault

SCHOOL = "MIEE8CR05C"
PAGES = ["/scuole", f"/scuole?scuola={SCHOOL}&quota=50", "/scuole?vista=mediazione"]


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("path", PAGES)
def test_it_opens_without_a_fault_for_everyone(visit, size, path):
    opens_without_a_fault(visit, path, "Scuole", "places")


def test_the_ranking_is_shown_and_a_choice_moves_the_address_that_opens_the_same_again(visit):
    visit.open("/scuole")
    visit.shows("scuole", "biblioteche")
    visit.quiet()
    finding = visit.page.get_by_text("alunni stranieri:")
    before = finding.inner_text()
    expect(visit.page.get_by_role("heading", name="Quota alta, poco sostegno")).to_be_visible()
    shares = visit.page.get_by_role("radiogroup", name="Alunni stranieri, almeno")
    shares.get_by_role("radio", name="50 %", exact=True).click()
    expect(visit.page).to_have_url(re.compile("quota=50"))
    expect(finding).not_to_have_text(before)
    visit.quiet()
    said = finding.inner_text()
    visit.page.reload()
    expect(finding).to_have_text(said)


def test_a_click_on_a_school_opens_its_card(visit):
    visit.open("/scuole?sostegni=mediazione")
    visit.shows("scuole")
    frame = visit.map_frame()
    visit.quiet()
    visit.page.locator(MAP).scroll_into_view_if_needed()
    x, y, school = centre_on(frame, "scuole")
    box = visit.map_box()
    visit.page.mouse.click(box["x"] + x, box["y"] + y)
    expect(visit.page).to_have_url(re.compile(f"scuola={school}"))
    expect(visit.page.get_by_role("heading", level=3)).to_be_visible()
    expect(visit.page.get_by_role("region", name="Il sostegno più vicino")).to_be_visible()
    visit.page.get_by_role("button", name="Chiudi la scheda").click()
    expect(visit.page).not_to_have_url(re.compile("scuola="))
