"""Reports and searches in a real browser: the form without JavaScript, the editors' page, the planners' page."""

import datetime as dt
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from data.registry import people, reports, searches
from data.registry.searches import Search
from data.registry.seed import seed
from data.registry.store import ROME, open_store
from tests.browser.conftest import Visit, serving
from tests.browser.test_entra import serious

NAME, PASSWORD = "redazione", "sale grosso e basilico"
DESK = "sp-lo-sportello-stranieri-lodi"
FORM = f"/sportelli/{{}}/segnala/?scheda=sportelli/{DESK}"
SIZES = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)


@pytest.fixture(scope="module")
def kept(executable, tmp_path_factory):
    """A server of its own, with an account, a report and some searches: its address and its registry."""
    folder = tmp_path_factory.mktemp("segnalazioni")
    store = open_store(folder=folder / "var")
    seed(store)
    people.add(store, name=NAME, role="regione", password=PASSWORD)
    long = "parola" * 60 + "\n<b>grassetto</b> [qui](http://example.org)"
    reports.report(store, "sportelli", DESK, what=["orari", "lingue"], words=long)
    ago = dt.datetime.now(ROME) - dt.timedelta(days=130)
    found = {
        Search("lodi", theme, code, "walk", "none"): 6 for theme in ("lavoro", "") for code in ("ar", "en")
    }
    searches.count_many(replace(store, clock=lambda: ago), found)
    with serving(folder, ATLANTE_VAR=str(folder / "var")) as address:
        yield address, store
    store.close()


@pytest.fixture
def visitor(browser, kept, size):
    """A fresh page of that server; afterwards, no fault in its console and no host but its own."""
    address, _ = kept
    context = browser.new_context(viewport=size, locale="it-IT")
    seen = Visit(context.new_page(), address)
    yield seen
    context.close()
    assert seen.faults == []
    assert seen.hosts <= {urlsplit(address).netloc}


def faults_of(page):
    """What axe finds on a page of ours, and whether it is wider than the window."""
    found = [
        one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}
    ]
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found] + ["too wide"] * wide


@SIZES
@pytest.mark.parametrize("lang", ["it", "ar"])
def test_the_form_is_for_everyone(visitor, size, lang):
    visitor.open(FORM.format(lang))
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    expect(visitor.page.get_by_role("checkbox")).to_have_count(9)
    assert faults_of(visitor.page) == []


@SIZES
def test_a_report_is_sent_without_javascript_and_by_keyboard_alone(browser, kept, size):
    address, store = kept
    context = browser.new_context(viewport=size, locale="it-IT", java_script_enabled=False)
    page = context.new_page()
    page.goto(address + FORM.format("it"))
    page.locator("#testo").fill(f"Ora sono in piazza {size['width']}")
    page.keyboard.press("Tab")
    expect(
        page.get_by_role("button", name="Invia")
    ).to_be_focused()  # nobody comes by the field that nobody sees
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Scegli almeno una voce.")
    expect(page.locator("#testo")).to_have_value(f"Ora sono in piazza {size['width']}")
    page.get_by_label("L'indirizzo è sbagliato").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(3000)  # what a person takes
    page.get_by_role("button", name="Invia").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grazie")
    token = people.sign_in(store, NAME, PASSWORD)
    assert f"Ora sono in piazza {size['width']}" in [one.words for one in reports.listed(store, token)]
    page.get_by_role("link", name="Torna indietro").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sportello Stranieri Lodi")
    context.close()


@SIZES
def test_the_form_with_its_faults_is_for_everyone(browser, kept, size):
    context = browser.new_context(viewport=size, locale="it-IT")
    page = context.new_page()
    page.goto(kept[0] + FORM.format("it"))
    page.get_by_role("button", name="Invia").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("link", name="Scegli almeno una voce.").click()
    expect(page.get_by_role("group", name="Che cosa è sbagliato?")).to_be_focused()
    context.close()


@SIZES
@pytest.mark.parametrize("path", ["/segnalazioni", "/ricerche", "/ricerche?vista=insieme"])
def test_the_pages_open_without_a_fault_for_everyone(visitor, size, path):
    visitor.open(path)
    visitor.quiet()
    title = "Segnalazioni" if "segnala" in path else "Ricerche senza risposta"
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text([title])
    assert visitor.page.get_by_test_id("stException").count() == 0
    expect(visitor.page.get_by_role("button", name="Corretto")).to_have_count(0)
    assert serious(visitor) == []


@SIZES
def test_an_editor_finds_it_settles_it_and_takes_it_back(visitor, size):
    page = visitor.page
    visitor.open("/entra")
    page.get_by_label("Nome").fill(NAME)
    page.get_by_label("Parola d'ordine").fill(PASSWORD)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_role("button", name="Esci")).to_be_visible()
    page.get_by_role("link", name="Segnalazioni", exact=True).click()
    row = page.get_by_text("grassetto")
    expect(row).to_contain_text("<b>grassetto</b> [qui](http://example.org)")
    visitor.quiet()
    assert serious(visitor) == []
    page.get_by_role("button", name="Era giusto").last.click()
    expect(page.get_by_text("Il testo è stato cancellato")).to_be_visible()
    expect(row).to_have_count(0)
    visitor.quiet()
    assert serious(visitor) == []
    page.get_by_role("button", name="Annulla").click()
    expect(page.get_by_text("di nuovo aperta, con il suo testo")).to_be_visible()
    expect(row).to_have_count(1)
