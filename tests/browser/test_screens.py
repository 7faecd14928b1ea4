"""Every screen in a real browser: opens without a fault, asks nobody else, can be read by everyone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SCREENS = [
    "/",
    "/mappa",
    "/mappa?sfondo=minutes&livelli=sportelli,scuole",
    "/ambito",
    "/ambito?ambito=lodi",
    "/fonti",
]


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_opens_without_a_fault_for_everyone(visit, size, screen):
    visit.open(screen)
    visit.quiet()
    expect(visit.page.get_by_role("heading", level=1).first).to_be_visible()
    if "?" in screen:
        visit.map_frame()
        visit.quiet()
    assert visit.page.get_by_test_id("stException").count() == 0
    assert visit.page.evaluate("document.documentElement.lang") == "it"
    visit.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(visit.page).response["violations"]
    serious = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    assert [(fault["id"], node["html"][:200]) for fault in serious for node in fault["nodes"]] == []
