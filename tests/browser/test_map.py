"""The map in a real browser: quick, its own, usable without seeing colours or holding a mouse."""

import json
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import MAP

READY_S, CHANGE_S = 5.0, 1.0
"""What we promise; asserted four times wider, because test machines are slow, and wider still while shared."""
MARGIN = 4
CHANGE_BYTES = 60_000
BOTH = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)


def centre_on(frame, layer, feature=None):
    """Bring a feature of a layer to the middle of the map, near; where it is on screen, and its id."""
    return frame.evaluate(
        """([layer, wanted]) => {
            const paths = map_div.atlante.get(layer).group.getLayers();
            const far = (p) => Math.min(...paths.filter((q) => q !== p)
                .map((q) => p.getLatLng().distanceTo(q.getLatLng())));
            const path = wanted ? paths.find((p) => p.feature.id === wanted)
                : paths.reduce((best, p) => far(p) > far(best) ? p : best);
            map_div.setView(path.getLatLng(), 12, { animate: false });
            const at = map_div.latLngToContainerPoint(path.getLatLng());
            return [at.x, at.y, path.feature.id];
        }""",
        [layer, feature],
    )


def crowding(work_s=0.2):
    """How many times longer than alone a computation takes now, for others use the processors too."""
    start, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < work_s:
        pass
    return max(1.0, (time.perf_counter() - start) / work_s)


def synced(frame):
    return frame.evaluate("atlante.state.synced")


def press_layer(visit, name):
    visit.page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def opens_without_a_fault(visit, path, title, *layers):
    """A page opens with its map, fits its window, and axe finds nothing serious in it or in its maps."""
    visit.open(path)
    visit.shows(*layers)
    visit.quiet()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text([title])
    assert visit.page.get_by_test_id("stException").count() == 0
    visit.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults_of(visit.page) == []
    for frame in visit.page.locator(MAP).all():
        assert faults_of(frame.element_handle().content_frame()) == []


def faults_of(target):
    """What axe finds serious or critical, one line each."""
    found = Axe().run(target).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


def test_the_map_is_ready_with_its_layers(first_visit, say):
    start = time.monotonic()
    first_visit.open("/mappa")
    frame = first_visit.map_frame()
    took = time.monotonic() - start
    shown = frame.evaluate("atlante.state.shown")
    layers = {url: size for url, size in first_visit.sent.items() if "/layers/" in url}
    say(
        f"map ready in {took * 1000:.0f} ms with {json.dumps(shown)}; layers {sum(layers.values()) / 1000:.0f} KB"
    )
    assert shown["ambiti"] == 93
    assert shown["sportelli"] > 200
    assert took < READY_S * MARGIN * crowding()


def test_a_change_of_layer_measure_and_filter_is_quick_and_does_not_make_the_map_again(visit, say):
    visit.open("/mappa")
    frame = visit.map_frame()
    visit.quiet()
    frame.evaluate("() => { window.same = true; map_div.setView([45.6, 9.6], 10, { animate: false }); }")

    def changed(words, act):
        before, visit.sent = synced(frame), {}
        start = time.monotonic()
        act()
        visit.settled(frame, before)
        took = time.monotonic() - start
        moved = sum(size for url, size in visit.sent.items() if "/layers/" in url)
        say(f"{words}: {took * 1000:.0f} ms, {moved / 1000:.1f} KB")
        assert took < CHANGE_S * MARGIN * crowding()
        return moved

    def measure(name):
        visit.page.get_by_label("Colore delle aree").click()
        visit.page.get_by_role("option", name=name, exact=True).click()

    changed("comuni by foreign residents", lambda: measure("Residenti stranieri"))
    assert changed("comuni by share", lambda: measure("Quota di residenti stranieri")) < CHANGE_BYTES
    visit.page.get_by_role("button", name="Filtri").click()
    groups = visit.page.get_by_test_id("stPopoverBody")
    state = groups.get_by_text("Uffici dello Stato", exact=True)
    state.wait_for()
    assert changed("sportelli of the State only", state.click) < CHANGE_BYTES
    frame.wait_for_function("atlante.state.shown.sportelli < 60")
    expect(visit.page).to_have_url(re.compile("gruppi=uffici_stato"))
    visit.quiet()
    assert frame.evaluate("[window.same, map_div.getZoom()]") == [True, 10]


def test_a_click_on_a_desk_shows_its_card_and_the_address_keeps_it(visit, say):
    visit.open("/mappa")
    frame = visit.map_frame()
    visit.quiet()
    x, y, desk = centre_on(frame, "sportelli")
    box = visit.map_box()
    start = time.monotonic()
    visit.page.mouse.click(box["x"] + x, box["y"] + y)
    card = visit.page.locator(f'[data-desk="{desk}"]')
    card.wait_for()
    say(f"click to card: {(time.monotonic() - start) * 1000:.0f} ms")
    for heading in ("Dove", "Quando", "Lingue", "Accesso", "Recapiti", "Chi lo dice", "Prova"):
        expect(card.get_by_text(heading, exact=True)).to_have_count(1)
    expect(visit.page).to_have_url(re.compile(f"sportello={desk}"))
    visit.page.reload()
    visit.map_frame()
    expect(card).to_be_visible()
    visit.quiet()
    visit.page.get_by_role("button", name="Chiudi").click()
    expect(visit.page.locator("[data-desk]")).to_have_count(0)
    expect(visit.page).not_to_have_url(re.compile("sportello="))


def test_a_row_of_the_list_opens_the_card_and_brings_the_desk_into_view(visit):
    visit.open("/mappa?ambito=lodi")
    frame = visit.map_frame()
    visit.quiet()
    frame.evaluate("() => { map_div.setView([46.4, 10.3], 12, { animate: false }); }")
    grid = visit.page.get_by_test_id("stDataFrame")
    grid.get_by_test_id("data-grid-canvas").wait_for()
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 20, "y": 52})
    desk = visit.page.locator("[data-desk]").get_attribute("data-desk")
    in_view = """desk => {
        const path = map_div.atlante.get("sportelli").group.getLayers().find((one) => one.feature.id === desk);
        return path && map_div.getBounds().contains(path.getLatLng());
    }"""
    frame.wait_for_function(in_view, arg=desk)


def test_the_first_press_on_the_map_does_not_move_the_page(visit):
    visit.open("/mappa")
    frame = visit.map_frame()
    visit.quiet()
    box = visit.map_box()
    visit.page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
    frame.wait_for_function("document.activeElement.id === 'map_div'")
    visit.quiet()
    assert visit.map_box() == box


@BOTH
def test_everything_can_be_laid_over_the_map(visit, size):
    visit.open("/mappa?livelli=sportelli,scuole,associazioni,biblioteche,cpia&sfondo=mediazione")
    visit.shows("ambiti", "sportelli", "scuole", "associazioni", "biblioteche", "cpia")
    assert min(visit.map_frame().evaluate("atlante.state.shown").values()) > 0
    visit.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_address_opens_what_it_says_and_tells_what_it_does_not_know(visit):
    visit.open("/mappa?gruppi=uffici_stato,luna&ambito=lodi")
    frame = visit.map_frame()
    expect(visit.page.get_by_text("Non conosco questo codice")).to_be_visible()
    visit.shows("ambito")
    frame.wait_for_function("map_div.getZoom() > 9")


def test_an_empty_answer_says_what_to_do(visit):
    visit.open("/mappa?gruppi=salute&prove=A&ambito=lodi")
    visit.map_frame()
    expect(visit.page.get_by_text("Nessuno sportello con questi filtri")).to_be_visible()


def test_the_map_can_be_used_from_the_keyboard_and_speaks_italian(visit):
    visit.open("/mappa")
    frame = visit.map_frame()
    visit.quiet()
    before = frame.evaluate("map_div.getZoom()")
    assert frame.evaluate("document.getElementById('map_div').tabIndex") == 0
    expect(frame.get_by_role("button", name="Ingrandisci")).to_have_count(1)
    expect(frame.get_by_role("button", name="Riduci")).to_have_count(1)
    frame.locator("#map_div").focus()
    visit.page.keyboard.press("+")
    frame.wait_for_function(f"map_div.getZoom() > {before}")
    assert visit.page.evaluate("document.documentElement.lang") == "it"
    assert frame.evaluate("document.documentElement.lang") == "it"


def test_a_layer_that_cannot_be_loaded_is_said(visit):
    visit.broken = "/layers/scuole.geojson"
    visit.page.route(f"**{visit.broken}**", lambda route: route.abort())
    visit.open("/mappa")
    frame = visit.map_frame()
    visit.quiet()
    before = synced(frame)
    press_layer(visit, "Scuole")
    visit.settled(frame, before)
    expect(frame.get_by_text("Non riesco a caricare: Scuole")).to_be_visible()


@BOTH
def test_axe_finds_no_serious_fault(visit, size):
    visit.open("/mappa?sfondo=minutes&sportello=sp-bg-sportello-immigrazione-bergamo")
    frame = visit.map_frame()
    visit.quiet()
    assert faults_of(visit.page) == []
    assert faults_of(frame) == []
    visit.page.get_by_role("button", name="Filtri").click()
    visit.page.get_by_test_id("stPopoverBody").wait_for()
    visit.quiet()
    assert faults_of(visit.page) == []
