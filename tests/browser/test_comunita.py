"""Comunità in a real browser: it opens for everyone, a choice moves map, list and address, a row opens a card."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_map import faults_of, opens_without_a_fault

CARD = "as-bg-asgri"
PAGES = ["/comunita", "/comunita?cittadinanza=SN&ambito=lodi&attivita=cultura"]


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("path", PAGES)
def test_it_opens_without_a_fault_for_everyone(visit, size, path):
    opens_without_a_fault(visit, path, "Comunità e luoghi di incontro", "comuni", "places")


def test_a_choice_moves_the_sentence_the_map_and_the_address(visit):
    visit.open("/comunita")
    visit.shows("comuni", "incontro")
    visit.quiet()
    visit.page.get_by_role("combobox", name="Cittadinanza").click()
    visit.page.keyboard.type("Senegal")
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_text("residenti di cittadinanza «Senegal»").first).to_be_visible()
    visit.page.wait_for_url("**/comunita?cittadinanza=SN")
    expect(visit.page.get_by_role("heading", name="Associazioni trovate (21)")).to_be_visible()
    visit.shows("comuni", "incontro")


def test_a_link_opens_the_card_which_can_be_closed(visit):
    visit.open(f"/comunita?cittadinanza=SN&associazione={CARD}")
    visit.shows("comuni", "incontro")
    card = visit.page.get_by_role("region", name="Scheda", exact=True)
    expect(card.get_by_role("heading", name="ASGRI")).to_be_visible()
    visit.page.get_by_role("button", name="Chiudi la scheda").click()
    expect(card).to_have_count(0)
    visit.page.wait_for_url("**/comunita?cittadinanza=SN")


def test_where_none_is_found_the_way_out_leads_on(visit):
    visit.open("/comunita?cittadinanza=SN&ambito=lodi")
    visit.shows("comuni", "biblioteche")
    visit.page.get_by_role("link", name="Cerca in tutta la Lombardia").click()
    expect(visit.page.get_by_role("heading", name="Associazioni trovate (21)")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_the_page_of_an_ambito_stays_readable(visit, size):
    visit.open("/ambito?ambito=milano")
    visit.quiet()
    for name in ("Accesso effettivo", "Divari e cause", "Lingue", "Comunità"):
        expect(visit.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    visit.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults_of(visit.page) == []
    visit.page.get_by_text("Quali hanno una quota alta e poco sostegno vicino").click()
    expect(visit.page.get_by_text("manca di certo")).to_be_visible()
    assert visit.page.get_by_test_id("stException").count() == 0
