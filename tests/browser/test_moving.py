"""Going about: a click on the map leads on, the Back button leads back, and a page is found as it was left."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import MAP


def menu(visit, name):
    visit.page.get_by_test_id("stTopNavLink").filter(has_text=name).click()


def heading(visit):
    return visit.page.get_by_role("heading", level=1)


def expect_chosen(visit, group, name):
    """Wait until this button, and no other, is pressed in a row of buttons."""
    pressed = visit.page.get_by_role("radiogroup", name=group).get_by_role("radio", checked=True)
    expect(pressed).to_have_text([name])


def expect_layers(visit, *names):
    """Wait until these layers, and no other, are on."""
    pressed = visit.page.get_by_test_id("stButtonGroup").get_by_role("button", pressed=True)
    expect(pressed).to_have_text(list(names))


def press(visit, group, name):
    visit.page.get_by_role("radiogroup", name=group).get_by_role("radio", name=name, exact=True).click()


def wait_query(visit, words):
    """Wait for this address; the page may still be the one of before, so what it shows is expected apart."""
    expect(visit.page).to_have_url(re.compile(words))
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
    expect(heading(visit)).to_have_text([re.compile("Lodi")])
    visit.page.go_back()
    wait_query(visit, r"/\?sfondo=minutes$")
    expect(heading(visit)).to_have_text(["Chi vive lontano da uno sportello"])
    expect_chosen(visit, "La mappa mostra", "Minuti")


def test_back_shows_the_ambito_of_before(visit):
    visit.open("/ambito?ambito=lodi")
    visit.quiet()
    expect(heading(visit)).to_have_text([re.compile("Lodi")])
    first = heading(visit).inner_text()
    combobox = visit.page.get_by_role("combobox", name="Ambito")
    combobox.click()
    combobox.fill("Crem")
    visit.page.get_by_role("option").filter(has_text="Crem").first.click()
    wait_query(visit, "ambito=crem[^&]*$")
    expect(heading(visit)).to_have_text([re.compile("Crem")])
    visit.page.go_back()
    wait_query(visit, "ambito=lodi$")
    expect(heading(visit)).to_have_text([first])
    expect(combobox).to_have_value(first)


def test_back_shows_the_panorama_of_before(visit):
    visit.open("/")
    visit.quiet()
    press(visit, "Mezzo", "a piedi")
    wait_query(visit, "mezzo=walk$")
    press(visit, "La mappa mostra", "Minuti")
    wait_query(visit, "sfondo=minutes$")
    visit.page.go_back()
    wait_query(visit, "mezzo=walk$")
    expect_chosen(visit, "La mappa mostra", "Ambiti e partner")
    expect_chosen(visit, "Mezzo", "a piedi")
    visit.page.go_back()
    wait_query(visit, "/$")
    expect_chosen(visit, "Mezzo", "in auto")


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
    expect_chosen(visit, "Mezzo", "a piedi")
    expect_chosen(visit, "Limite in minuti", "15 min")
    menu(visit, "Fonti")
    wait_query(visit, "/fonti$")
    menu(visit, "Mappa")
    wait_query(visit, "livelli=sportelli%2Cscuole")
    expect_layers(visit, "Sportelli", "Scuole")
    visit.shows("sportelli", "scuole")


def test_back_on_the_map_gives_back_the_filters(visit):
    visit.open("/mappa")
    visit.map_frame()
    visit.quiet()
    visit.page.get_by_test_id("stButtonGroup").get_by_text("Scuole", exact=True).click()
    wait_query(visit, "livelli=")
    expect_layers(visit, "Sportelli", "Scuole")
    visit.page.go_back()
    wait_query(visit, "/mappa$")
    expect_layers(visit, "Sportelli")


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
        expect(one).to_be_focused()
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
    expect(panel.get_by_text("Minuti in auto", exact=True)).to_be_visible()
    expect(panel).to_contain_text(re.compile(r"\d+ min \(\d+–\d+\)"))
    visit.quiet()
    visit.page.get_by_test_id("stPageLink-NavLink").filter(has_text="Pagina dell'Ambito").click()
    wait_query(visit, r"/ambito\?ambito=lodi$")
    visit.page.go_back()
    wait_query(visit, "ambito=milano")
    expect(heading(visit)).to_have_text(["Mappa"])
    visit.shows("scuole")


def test_two_quick_steps_back_bring_the_controls_with_the_address(visit):
    visit.open("/accesso")
    visit.quiet()
    for limit in ("15 min", "45 min", "60 min"):
        press(visit, "Limite in minuti", limit)
        wait_query(visit, f"limite={limit[:2]}")
    visit.page.evaluate("() => { history.back(); setTimeout(() => history.back(), 60); }")
    wait_query(visit, r"/accesso\?limite=15$")
    expect_chosen(visit, "Limite in minuti", "15 min")
    visit.quiet()
    expect(visit.page).to_have_url(re.compile(r"/accesso\?limite=15$"))
