"""Going about: a click on the map leads on, the Back button leads back, and a page is found as it was left."""

import re

from tests.browser.conftest import MAP


def menu(visit, name):
    visit.page.get_by_test_id("stTopNavLink").filter(has_text=name).click()


def chosen(visit, group):
    """The text of the button that is pressed in a row of buttons."""
    pressed = visit.page.get_by_role("radiogroup", name=group).get_by_role("radio", checked=True)
    return pressed.inner_text()


def press(visit, group, name):
    visit.page.get_by_role("radiogroup", name=group).get_by_role("radio", name=name, exact=True).click()


def wait_query(visit, words):
    visit.page.wait_for_url(lambda url: re.search(words, url) is not None, timeout=20_000)
    visit.quiet()


def test_a_click_on_the_map_of_panorama_leads_to_the_page_of_the_ambito_and_back(visit, say):
    visit.open("/?sfondo=minutes")
    frame = visit.map_frame()
    visit.quiet()
    visit.page.locator(MAP).scroll_into_view_if_needed()
    point = """() => { const p = map_div.latLngToContainerPoint([45.3139, 9.50326]); return [p.x, p.y]; }"""
    x, y = frame.evaluate(point)
    box = visit.map_box()
    visit.page.mouse.click(box["x"] + x, box["y"] + y)
    wait_query(visit, r"/ambito\?ambito=lodi$")
    visit.page.get_by_role("heading", level=1, name="Lodi").wait_for(timeout=20_000)
    visit.page.go_back()
    wait_query(visit, r"/\?sfondo=minutes$")
    assert visit.page.get_by_role("heading", level=1).inner_text() == "Chi vive lontano da uno sportello"
    assert chosen(visit, "La mappa mostra") == "Minuti"


def test_back_shows_the_ambito_of_before(visit):
    visit.open("/ambito?ambito=lodi")
    visit.quiet()
    first = visit.page.get_by_role("heading", level=1).inner_text()
    visit.page.get_by_role("combobox", name="Ambito").click()
    visit.page.get_by_role("combobox", name="Ambito").fill("Crem")
    visit.page.get_by_role("option").first.click()
    visit.page.wait_for_url("**ambito=crem*")
    visit.quiet()
    assert visit.page.get_by_role("heading", level=1).inner_text() != first
    visit.page.go_back()
    wait_query(visit, "ambito=lodi$")
    assert visit.page.get_by_role("heading", level=1).inner_text() == first
    assert visit.page.get_by_role("combobox", name="Ambito").input_value() == first


def test_back_shows_the_panorama_of_before(visit):
    visit.open("/")
    visit.quiet()
    press(visit, "Mezzo", "a piedi")
    wait_query(visit, "mezzo=walk$")
    press(visit, "La mappa mostra", "Minuti")
    wait_query(visit, "sfondo=minutes$")
    visit.page.go_back()
    wait_query(visit, "mezzo=walk$")
    assert chosen(visit, "La mappa mostra") == "Ambiti e partner"
    assert chosen(visit, "Mezzo") == "a piedi"
    visit.page.go_back()
    wait_query(visit, "/$")
    assert chosen(visit, "Mezzo") == "in auto"


def test_pages_are_found_again_as_they_were_left(visit):
    visit.open("/")
    visit.quiet()
    press(visit, "Mezzo", "a piedi")
    wait_query(visit, "mezzo=walk")
    press(visit, "Limite in minuti", "15 min")
    wait_query(visit, "limite=15")
    menu(visit, "Mappa")
    wait_query(visit, "/mappa$")
    visit.page.get_by_test_id("stButtonGroup").get_by_text("Scuole", exact=True).click()
    wait_query(visit, "livelli=sportelli%2Cscuole")
    menu(visit, "Panorama")
    wait_query(visit, "limite=15")
    assert (chosen(visit, "Mezzo"), chosen(visit, "Limite in minuti")) == ("a piedi", "15 min")
    menu(visit, "Fonti")
    wait_query(visit, "/fonti$")
    menu(visit, "Mappa")
    wait_query(visit, "livelli=sportelli%2Cscuole")
    assert "scuole" in visit.map_frame().evaluate("Object.keys(atlante.state.shown)")


def test_back_on_the_map_gives_back_the_filters(visit):
    visit.open("/mappa")
    visit.map_frame()
    visit.quiet()
    visit.page.get_by_test_id("stButtonGroup").get_by_text("Scuole", exact=True).click()
    wait_query(visit, "livelli=")
    visit.page.go_back()
    wait_query(visit, "/mappa$")
    pressed = visit.page.get_by_test_id("stButtonGroup").get_by_role("button", pressed=True)
    assert pressed.all_inner_texts() == ["Sportelli"]


def test_the_keyboard_is_seen_in_the_menu_and_on_the_links(visit):
    visit.open("/ambito?ambito=lodi")
    visit.quiet()
    width = """(one) => {
        const seen = getComputedStyle(one);
        return seen.outlineStyle === "none" ? "0px" : seen.outlineWidth;
    }"""
    for name in ("stTopNavLink", "stPageLink-NavLink"):
        one = visit.page.get_by_test_id(name).last
        one.focus()
        visit.page.keyboard.press("Shift+Tab")
        visit.page.keyboard.press("Tab")
        assert one.evaluate(width) == "3px"


def test_back_from_the_page_of_an_ambito_finds_the_map_as_it_was(visit):
    visit.open("/mappa?sfondo=minutes&livelli=scuole&ambito=milano")
    frame = visit.map_frame()
    visit.quiet()
    x, y = frame.evaluate(
        "() => { map_div.setView([45.3139, 9.50326], 11, { animate: false });"
        " const p = map_div.latLngToContainerPoint([45.30, 9.48]); return [p.x, p.y]; }"
    )
    box = visit.map_box()
    visit.page.mouse.click(box["x"] + x, box["y"] + y)
    panel = visit.page.locator(".atlante-panel")
    panel.get_by_text("Minuti in auto", exact=True).wait_for(timeout=20_000)
    assert re.search(r"\d+ min \(\d+–\d+\)", panel.inner_text())
    visit.quiet()
    visit.page.get_by_test_id("stPageLink-NavLink").filter(has_text="Pagina dell'Ambito").click()
    wait_query(visit, r"/ambito\?ambito=lodi$")
    visit.page.go_back()
    wait_query(visit, "ambito=milano")
    assert "scuole" in visit.map_frame().evaluate("Object.keys(atlante.state.shown)")
