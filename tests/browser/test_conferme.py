"""Da confermare and Qualità in a real browser: for everyone; a click confirms, another takes it back; a link opens."""

import pytest
from playwright.sync_api import expect

from data.registry import links, people
from tests.browser.conftest import visiting
from tests.browser.test_entra import serious

NAME, PASSWORD = "redazione", "sale grosso e basilico"
DESK = "sp-lo-sportello-stranieri-lodi"
PAGES = ["/conferme", "/qualita", "/qualita?vista=chiamare&ambito=lodi"]


@pytest.fixture(scope="module")
def editor(kept):
    """The pass of someone who may confirm."""
    people.add(kept[1], name=NAME, role="regione", password=PASSWORD)
    return people.sign_in(kept[1], NAME, PASSWORD)


@pytest.fixture
def visitor(tab, kept, editor, size):
    """A page of that server."""
    with visiting(tab, kept[0], size) as seen:
        yield seen


def confirm_and_take_back(page, name):
    """Press «È ancora vero» on the row of a record, and then «Annulla»."""
    row = page.get_by_test_id("stVerticalBlock").filter(has_text=name).filter(has=page.get_by_role("button"))
    row.get_by_role("button", name="È ancora vero").first.click()
    expect(page.get_by_text("Confermata una scheda")).to_be_visible()
    page.get_by_role("button", name="Annulla").click()
    expect(page.get_by_text("Conferma annullata")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
@pytest.mark.parametrize("path", PAGES)
def test_it_opens_without_a_fault_for_everyone(visitor, size, path):
    visitor.open(path)
    visitor.quiet()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(
        ["Da confermare" if "conf" in path else "Qualità"]
    )
    assert visitor.page.get_by_test_id("stException").count() == 0
    expect(visitor.page.get_by_role("button", name="È ancora vero")).to_have_count(0)
    assert serious(visitor) == []


def test_an_editor_comes_in_confirms_and_takes_it_back(visitor):
    page = visitor.page
    visitor.open("/entra")
    page.get_by_label("Nome").fill(NAME)
    page.get_by_label("Parola d'ordine").fill(PASSWORD)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_role("button", name="Esci")).to_be_visible()
    page.get_by_role("link", name="Da confermare").click()
    expect(page.get_by_text("Avvia una campagna")).to_be_visible()
    visitor.quiet()
    assert serious(visitor) == []
    confirm_and_take_back(page, "Questura di Bergamo")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_personal_link_opens_its_own_records_and_is_not_left_in_the_address(visitor, kept, editor, size):
    given = links.give(kept[1], editor, records=[("sportelli", DESK)], label="Comune di Lodi")
    page = visitor.page
    visitor.open(f"/conferme?invito={given}")
    expect(page.get_by_role("button", name="È ancora vero")).to_have_count(1)
    visitor.quiet()
    assert "invito" not in page.url
    assert serious(visitor) == []
    confirm_and_take_back(page, "Sportello Stranieri Lodi")


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_a_record_opened_among_ones_own_keeps_its_form_while_one_writes(visitor, kept, editor, size):
    given = links.give(kept[1], editor, records=[("sportelli", DESK)], label="Comune di Lodi")
    page = visitor.page
    visitor.open(f"/registro?invito={given}")
    page.get_by_role("button", name="Sportello Stranieri Lodi").click()
    phone = page.get_by_role("textbox", name="Telefono")
    expect(phone).to_be_visible()
    visitor.quiet()
    assert "modo=modifica" in page.url
    phone.fill("0371 409111")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    visitor.quiet()
    expect(phone).to_have_value("0371 409111")
    assert serious(visitor) == []
