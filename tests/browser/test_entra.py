"""Entra in a real browser: for everyone, on a wide and on a narrow window."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_before_there_is_an_account_the_page_says_how_to_make_one(visit, size):
    visit.open("/entra")
    visit.quiet()
    expect(visit.page.get_by_text("python3 run.py user add NOME --role regione")).to_be_visible()
    assert serious(visit) == []


def serious(visit):
    """What everyone should be able to use, and cannot; nor may the page be wider than the window."""
    visit.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    menu = {"exclude": [['[data-testid="stSidebarNav"]']]}  # the same on every page: test_screens looks at it
    found = Axe().run(visit.page, context=menu).response["violations"]
    faults = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    return [(fault["id"], node["html"][:200]) for fault in faults for node in fault["nodes"]]
