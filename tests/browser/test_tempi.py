"""Tempi di viaggio in a real browser: a click asks, the answer is quick, a link opens the same again."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from geo.streets import store
from geo.streets.make import make
from geo.streets.pbf import read_pbf
from tests.browser.conftest import MAP, ROOT, STOPPING, free_port, visiting, wait_until_ready
from tests.browser.test_map import centre_on, opens_without_a_fault
from tests.test_tempi import IN_TOWN, NETWORK, TOWN

DESK = "sp-bg-sportello-immigrazione-bergamo"
PAGES = ["/tempi", "/tempi?verso=punto", f"/tempi?sportello={DESK}&confronto=bike&da=9.5,45.6"]


def table(visit):
    return visit.page.get_by_role("region", name="Residenti stranieri per minuti di viaggio")


def click_map(visit, frame, lat, lon):
    """Click on a place of the map, which is in view."""
    visit.page.locator(MAP).first.scroll_into_view_if_needed()
    point = "([lat, lon]) => { const p = map_div.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }"
    x, y = frame.evaluate(point, [lat, lon])
    box = dict(visit.page.locator(MAP).first.bounding_box() or {})
    visit.page.mouse.click(box["x"] + x, box["y"] + y)


def answered(visit, frame, act):
    """Milliseconds from an act to the new table and the new map."""
    before, old = frame.evaluate("atlante.state.synced"), table(visit).inner_text()
    start = time.monotonic()
    act()
    visit.page.wait_for_function(
        "([old]) => { const t = document.querySelector('.atlante-table'); return t && t.innerText !== old; }",
        arg=[old],
    )
    visit.settled(frame, before)
    return (time.monotonic() - start) * 1000


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("path", PAGES)
def test_it_opens_without_a_fault_for_everyone(visit, size, path):
    opens_without_a_fault(visit, path, "Tempi di viaggio", "places")


def test_answers_are_quick(visit, say):
    for which in ("first", "later"):
        start = time.monotonic()
        visit.open("/tempi")
        visit.shows("tempi", "mete")
        frame = visit.map_frame()
        say(f"the whole page with its {which} answer: {(time.monotonic() - start) * 1000:.0f} ms")
        visit.quiet()
    modes = visit.page.get_by_role("radiogroup", name="Mezzo")
    for name in ("a piedi", "in bicicletta", "in auto", "a piedi"):
        took = answered(visit, frame, modes.get_by_role("radio", name=name, exact=True).click)
        say(f"from a press on «{name}» to the new table and map: {took:.0f} ms")


def test_a_click_in_point_mode_asks_about_the_place_and_the_next_one_moves_it(visit, say):
    visit.open("/tempi?verso=punto")
    frame = visit.map_frame()
    visit.quiet()
    expect(visit.page.get_by_text("come se lì ci fosse uno sportello")).to_be_visible()
    click_map(visit, frame, 45.31, 9.5)
    expect(table(visit)).to_be_visible()
    visit.shows("tempi", "mete")
    visit.quiet()
    expect(visit.page).to_have_url(re.compile("punto=9.[45]"))
    for lat, lon in ((45.2, 9.3), (45.45, 9.75), (45.3, 9.4)):
        frame.evaluate("() => { map_div.setView([45.31, 9.5], 9.5, { animate: false }); }")
        took = answered(visit, frame, lambda lat=lat, lon=lon: click_map(visit, frame, lat, lon))
        say(f"from a click on the map (held back 250 ms by the map) to the new table and map: {took:.0f} ms")
        visit.quiet()


def test_a_click_on_a_desk_chooses_it_elsewhere_it_asks_for_the_trip_and_back_undoes_it(visit):
    visit.open("/tempi")
    visit.shows("tempi", "mete")
    frame = visit.map_frame()
    visit.quiet()
    visit.page.locator(MAP).scroll_into_view_if_needed()
    x, y, desk = centre_on(frame, "mete")
    box = visit.map_box()
    visit.page.mouse.click(box["x"] + x, box["y"] + y)
    expect(visit.page).to_have_url(re.compile(f"sportello={desk}$"))
    visit.shows("tempi", "sportelli", "mete")
    visit.quiet()
    lat, lon = frame.evaluate("() => { const c = map_div.getCenter(); return [c.lat + 0.05, c.lng + 0.05]; }")
    click_map(visit, frame, lat, lon)
    expect(visit.page).to_have_url(re.compile("da="))
    expect(visit.page.get_by_text(re.compile(r"in auto: \d+ min \(\d+–\d+\)"))).to_be_visible()
    visit.shows("tragitto")
    visit.page.reload()
    expect(visit.page.get_by_text(re.compile(r"in auto: \d+ min \(\d+–\d+\)"))).to_be_visible()
    visit.shows("tragitto")
    visit.quiet()
    visit.page.go_back()
    expect(visit.page).to_have_url(re.compile(f"sportello={desk}$"))
    expect(visit.page.get_by_text(re.compile(r"in auto: \d+ min"))).to_have_count(0)


def test_two_maps_move_together(visit):
    visit.open(f"/tempi?sportello={DESK}&confronto=walk")
    expect(visit.page.locator(MAP)).to_have_count(2)
    visit.shows("tempi", "mete")
    visit.quiet()
    expect(table(visit).get_by_role("columnheader", name="Differenza")).to_be_visible()
    one, other = (visit.page.locator(MAP).nth(at).element_handle().content_frame() for at in (0, 1))
    other.wait_for_function("window.map_div && map_div.getContainer().dataset.layersReady === 'yes'")
    one.locator("#map_div").focus()
    visit.page.keyboard.press("+")
    zoom = one.evaluate_handle("map_div.getZoom()").json_value()
    other.wait_for_function("zoom => map_div.getZoom() >= zoom", arg=zoom)
    one.wait_for_function("!map_div._animatingZoom")
    other.wait_for_function(
        "zoom => Math.abs(map_div.getZoom() - zoom) < 1e-6", arg=one.evaluate("map_div.getZoom()")
    )


def test_what_is_seen_can_be_taken_away(visit):
    visit.open("/tempi?punto=9.5,45.31")
    visit.shows("tempi")
    visit.quiet()
    for name, ending in (("Tabella (CSV)", ".csv"), ("Isocrone (GeoJSON)", ".geojson")):
        with visit.page.expect_download() as waited:
            visit.page.get_by_role("button", name=name).click()
        assert waited.value.suggested_filename == f"tempi_9-5-45-31_car{ending}"


@pytest.fixture
def town_visit(tab, tmp_path):
    """A page of a server whose street network is a small town in Milano."""
    folder = tmp_path / "var" / "networks"
    make(folder, NETWORK, read_pbf(TOWN.write(tmp_path / "paese.osm.pbf")), source="un paese disegnato")
    store.use(folder, NETWORK)
    port, said = free_port(), tmp_path / "said.txt"
    with said.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py"), "--port", str(port)],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "ATLANTE_VAR": str(tmp_path / "var")},
        )
        try:
            wait_until_ready(server, said)
            with visiting(tab, f"http://127.0.0.1:{port}", {"width": 1280, "height": 1000}) as seen:
                yield seen
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=STOPPING)


def test_on_streets_both_networks_are_named_and_drawn_and_the_way_is_seen(town_visit):
    lon, lat = IN_TOWN
    town_visit.open(f"/tempi?punto={lon},{lat}")
    town_visit.shows("tempi", "strade", "mete")
    town_visit.quiet()
    page = town_visit.page
    expect(page.get_by_text(f"strade: {NETWORK}").first).to_be_visible()
    expect(page.get_by_text("rete stimata", exact=True).first).to_be_visible()
    expect(page.get_by_text("contorno: strade reali")).to_be_visible()
    expect(page.get_by_text("contorno: tempi stimati")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="Ora (solo sulle strade)")).to_be_visible()
    town_visit.open("/tempi?da=9.1991,45.4562")
    town_visit.shows("tempi", "tragitto")
    expect(
        page.get_by_text(re.compile(rf"in auto: \d+ min \(\d+–\d+\), [\d,]+ km a «.*» \(strade: {NETWORK}\)"))
    ).to_be_visible()
    town_visit.map_frame().wait_for_function("atlante.state.shown.tragitto === 2")
