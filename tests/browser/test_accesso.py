"""Accesso in a real browser: a control moves the answer, the map and the address; Back and a link bring it again."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MAP
from tests.browser.test_map import opens_without_a_fault

HARD = "/accesso?quando=Sa+10:00&lingua=ar&tema=permesso_soggiorno"


def table(visit):
    return visit.page.get_by_role("region", name="Residenti stranieri per accesso")


def answered(visit, frame, act):
    """Milliseconds from an act to the new table and the new map."""
    before, old = frame.evaluate("atlante.state.synced"), table(visit).inner_text()
    start = time.monotonic()
    act()
    expect(table(visit)).not_to_have_text(old, use_inner_text=True)
    visit.settled(frame, before)
    return (time.monotonic() - start) * 1000


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("path", ["/accesso", f"{HARD}&comune=015146&mostra=differenza"])
def test_it_opens_without_a_fault_for_everyone(visit, size, path):
    opens_without_a_fault(visit, path, "Accesso", "comuni", "sportelli")


def test_a_condition_moves_the_figures_the_map_and_the_address_and_back_undoes_it(visit, say):
    visit.open("/accesso?quando=Mo+10:00")
    frame = visit.map_frame()
    visit.quiet()
    first = table(visit).inner_text()
    limits = visit.page.get_by_role("radiogroup", name="Limite in minuti")
    took = answered(visit, frame, limits.get_by_role("radio", name="15 min").click)
    say(f"from a press on «15 min» to the new figures and map: {took:.0f} ms")
    expect(visit.page).to_have_url(re.compile("limite=15"))
    visit.quiet()
    when = visit.page.get_by_role("radiogroup", name="Quando puoi andare")
    took = answered(visit, frame, when.get_by_role("radio", name="dopo le 17 o il sabato").click)
    say(
        f"from a press on «dopo le 17 o il sabato», a question never asked, to the new figures and map: {took:.0f} ms"
    )
    visit.quiet()
    visit.page.go_back()
    expect(visit.page).to_have_url(re.compile("limite=15&quando=Mo"))
    visit.quiet()
    visit.page.go_back()
    expect(visit.page).to_have_url(re.compile(r"quando=Mo[+%20]+10(:|%3A)00$"))
    expect(table(visit)).to_have_text(first, use_inner_text=True)
    visit.quiet()


def test_a_link_opens_the_same_question_and_a_click_on_the_map_a_comune(visit):
    visit.open(HARD)
    frame = visit.map_frame()
    visit.quiet()
    expect(visit.page.get_by_text("per «Permesso di soggiorno»")).to_be_visible()
    visit.page.locator(MAP).scroll_into_view_if_needed()
    x, y = frame.evaluate(
        "() => { const p = map_div.latLngToContainerPoint([45.0, 10.6]); return [p.x, p.y]; }"
    )
    box = visit.map_box()
    visit.page.mouse.click(box["x"] + x, box["y"] + y)
    expect(visit.page).to_have_url(re.compile(r"comune=\d{6}"))
    near = visit.page.get_by_role("heading", name=re.compile("da vicino"))
    expect(near).to_be_visible()
    name = near.inner_text()
    figures = table(visit).inner_text()
    visit.quiet()
    visit.page.reload()
    expect(near).to_have_text(name)
    expect(table(visit)).to_have_text(figures, use_inner_text=True)
    visit.shows("comuni", "sportelli")
    visit.quiet()


def test_the_table_can_be_taken_away(visit):
    visit.open("/accesso?quando=Mo+10:00&per=comune")
    visit.shows("comuni")
    visit.quiet()
    with visit.page.expect_download() as waited:
        visit.page.get_by_role("button", name="CSV", exact=True).click()
    assert waited.value.suggested_filename == "accesso_comune_car-30-minuti.csv"
