"""Registro in a real browser: a reader finds a desk, an editor changes its hours and takes it back, two meet."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from data.registry import people, reading
from tests.browser.conftest import visiting
from tests.browser.test_map import faults_of
from tests.test_registro import DESK, HERE, SESSIONE, WORD, planted

EDITORS = ("prima", "seconda")
CARD = f"/registro?scheda={HERE}"


@pytest.fixture(scope="module")
def registry(kept):
    """A registry with two editors and a desk that says nasty things."""
    for name in EDITORS:
        people.add(kept[1], name=name, role="regione", password=WORD)
    planted(kept[1])
    return kept[1]


@pytest.fixture
def come(browser, tab, kept, registry, size):
    """Someone who comes to the registry; who comes next has a browser of their own. At the end none saw a fault."""
    pages = [tab]

    with contextlib.ExitStack() as visits:

        def opened():
            page = pages.pop() if pages else browser.new_context(locale="it-IT").new_page()
            if page is not tab:
                visits.callback(page.context.close)
            return visits.enter_context(visiting(page, kept[0], size))

        yield opened


def signs_in(visit, name, path):
    """Come in by the page Entra, and back to where one was."""
    visit.open(path)
    visit.quiet()
    visit.page.get_by_test_id("stMain").get_by_role("link", name="Entra").last.click()
    visit.page.get_by_label("Nome").fill(name)
    visit.page.get_by_label("Parola d'ordine").fill(WORD)
    visit.page.get_by_role("button", name="Entra").click()
    expect(visit.page.get_by_role("button", name="Esci")).to_be_visible()
    visit.quiet()
    visit.page.go_back()
    expect(visit.page.get_by_text(f"Redazione regionale: {name}.")).to_be_visible()
    visit.quiet()


def presses(visit, name):
    visit.page.get_by_role("button", name=name, exact=True).first.click()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize(
    "path", ["/registro", "/registro?cerca=zzzqq", CARD, "/registro?scheda=sportelli/sp-x"]
)
def test_it_opens_without_a_fault_for_everyone(come, path):
    visit = come()
    visit.open(path)
    visit.quiet()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(["Registro"])
    assert visit.page.get_by_test_id("stException").count() == 0
    visit.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults_of(visit.page) == []


def test_a_reader_finds_a_desk_opens_its_card_and_goes_back(come):
    visit = come()
    visit.open("/registro")
    visit.shows("registro")
    visit.page.get_by_label("Cerca").fill("mediazione abitativa crema")
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_text("1 scheda", exact=True)).to_be_visible()
    visit.quiet()
    box = visit.page.get_by_test_id("stDataFrame").bounding_box() or {}
    visit.page.mouse.click(box["x"] + 16, box["y"] + 52)
    expect(visit.page.get_by_text("mer 16:00-18:00")).to_be_visible()
    expect(visit.page).to_have_url(re.compile("scheda="))
    expect(visit.page.get_by_role("button", name="Modifica")).to_have_count(0)
    visit.page.go_back()
    expect(visit.page.get_by_text("1 scheda", exact=True)).to_be_visible()
    expect(visit.page.get_by_label("Cerca")).to_have_value("mediazione abitativa crema")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_an_editor_changes_the_hours_on_the_grid_sees_the_story_and_takes_it_back(come, registry, size):
    before = reading.card(registry, "sessioni", SESSIONE).said["hours"]
    visit = come()
    signs_in(visit, EDITORS[0], CARD)
    presses(visit, "Modifica")
    for words, time in (("dalle", "0900"), ("alle", "1230")):
        hour = visit.page.get_by_role("spinbutton", name=f"ora, lunedì, {words} (1ª fascia)")
        hour.click()
        visit.page.keyboard.type(time)
        visit.page.keyboard.press("Tab")
        visit.page.wait_for_timeout(300)
        visit.quiet()
    expect(visit.page.get_by_text("lun 09:00-12:30; mer 16:00-18:00")).to_be_visible()
    visit.quiet()
    assert faults_of(visit.page) == []
    presses(visit, "Salva")
    expect(visit.page.get_by_text("Salvato.")).to_be_visible()
    assert reading.card(registry, "sessioni", SESSIONE).said["hours"] == "Mo 09:00-12:30; We 16:00-18:00"
    presses(visit, "Storia")
    expect(visit.page.get_by_text("ha modificato").first).to_be_visible()
    visit.quiet()
    assert faults_of(visit.page) == []
    presses(visit, "Annulla")
    expect(visit.page.get_by_text("Annullata: i campi sono com'erano prima.")).to_be_visible()
    assert reading.card(registry, "sessioni", SESSIONE).said["hours"] == before


def test_the_second_of_two_editors_is_shown_the_difference_and_nothing_is_lost(come, registry):
    one, other = come(), come()
    for visit, name in zip((one, other), EDITORS, strict=True):
        signs_in(visit, name, CARD)
        presses(visit, "Modifica")
        expect(visit.page.get_by_role("textbox", name="Telefono")).to_be_visible()
        visit.quiet()
    one.page.get_by_role("textbox", name="Telefono").fill("0373 111111")
    presses(one, "Salva")  # at once: the field is left by the press itself
    expect(one.page.get_by_text("Salvato.")).to_be_visible()
    other.page.get_by_role("textbox", name="Telefono").fill("0373 222222")
    presses(other, "Salva")
    expect(other.page.get_by_text("qualcun altro ha cambiato questa scheda")).to_be_visible()
    expect(other.page.get_by_role("cell", name="0373 111111")).to_be_visible()
    other.quiet()
    assert faults_of(other.page) == []
    assert reading.card(registry, "sportelli", DESK).said["phone"] == "0373 111111"
    other.page.get_by_text("la mia", exact=True).click()
    expect(other.page.get_by_role("button", name="Salva con queste scelte")).to_be_enabled()
    presses(other, "Salva con queste scelte")
    expect(other.page.get_by_text("Salvato.")).to_be_visible()
    assert reading.card(registry, "sportelli", DESK).said["phone"] == "0373 222222"


def test_a_click_on_the_map_puts_the_point(come, registry):
    visit = come()
    signs_in(visit, EDITORS[0], CARD)
    presses(visit, "Modifica")
    visit.shows("comuni")
    visit.quiet()
    frame = visit.page.locator('iframe[title="streamlit_folium.st_folium"]')
    frame.scroll_into_view_if_needed()
    frame.click(position={"x": 300, "y": 150})
    expect(visit.page.get_by_role("button", name="Togli il punto")).to_be_visible()
    visit.shows("punto")
    visit.quiet()
    presses(visit, "Salva")
    expect(visit.page.get_by_text("punto messo da una persona")).to_be_visible()
    said = reading.card(registry, "sportelli", DESK).said
    assert said["precision"] == "coordinate"
    assert 9 < said["lon"] < 10.5


def test_what_is_planted_is_text_in_the_card_the_form_and_the_story(come, registry):
    visit = come()
    signs_in(visit, EDITORS[0], "/registro?scheda=sportelli/sp-x")

    def nothing_runs():
        visit.quiet()
        assert visit.page.locator("[onclick], a[href*='c.example']").count() == 0
        assert visit.page.get_by_text('<b onclick="x()">a</b>').count() > 0

    nothing_runs()
    for name in ("Storia", "Torna alla scheda", "Modifica"):
        presses(visit, name)
        visit.page.wait_for_timeout(500)
        visit.quiet()
        assert visit.page.locator("[onclick], a[href*='c.example']").count() == 0
    presses(visit, "Salva")
    expect(visit.page.get_by_text("Salvato.")).to_be_visible()  # only the province, which follows the comune
    nothing_runs()
