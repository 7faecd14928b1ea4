"""Importa in a real browser: a messy workbook in, a column corrected, suggestions taken, saved, seen, taken back."""

import pytest
from playwright.sync_api import expect

from data.registry import people
from tests.browser.conftest import visiting
from tests.browser.test_entra import serious
from tests.test_importa import workbook

NAME, PASSWORD = "bergamo", "sale grosso e basilico"


@pytest.fixture(scope="module")
def editor(kept):
    """An account of an Ambito."""
    people.add(kept[1], name=NAME, role="ambito", ambiti=["bergamo"], password=PASSWORD)


@pytest.fixture
def visitor(tab, kept, editor, size):
    """A page of that server."""
    with visiting(tab, kept[0], size) as seen:
        yield seen


@pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
def test_whoever_only_reads_sees_what_the_page_does(visitor, size):
    visitor.open("/importa")
    visitor.quiet()
    expect(visitor.page.get_by_text("Per importare serve l'accesso della redazione")).to_be_visible()
    assert serious(visitor) == []


def test_a_messy_workbook_is_mended_saved_seen_and_taken_back(visitor, tmp_path):
    page, file = visitor.page, tmp_path / "elenco.xlsx"
    file.write_bytes(workbook())
    visitor.open("/entra")
    page.get_by_label("Nome", exact=True).fill(NAME)
    page.get_by_label("Parola d'ordine", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entra").last.click()
    expect(page.get_by_role("button", name="Esci")).to_be_visible()
    visitor.quiet()
    page.get_by_role("link", name="Importa").click()
    expect(page.get_by_role("heading", name="Importa", exact=True)).to_be_visible()
    visitor.quiet()
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_text("Che cosa dice ogni colonna")).to_be_visible()
    visitor.quiet()
    choose(page, "La colonna «Boh» è", "note")
    page.get_by_role("button", name="Leggi le righe").click()
    expect(page.get_by_text("righe scartate")).to_be_visible()
    visitor.quiet()
    choose(page, "Tipo di servizio", "Sportello comunale")
    visitor.quiet()
    page.get_by_role("button", name="Accetta tutti i suggerimenti").click()
    expect(page.get_by_text("già nelle righe")).to_be_visible()
    visitor.quiet()
    assert serious(visitor) == []
    page.get_by_role("button", name="Sì, salva").click()
    expect(page.get_by_text("Salvato: 5 schede nuove.")).to_be_visible()
    visitor.quiet()
    expect(page.get_by_role("link", name="Sportello Riva")).to_be_visible()
    page.get_by_role("button", name="Annulla questa importazione").click()
    expect(page.get_by_text("Importazione annullata: le schede sono com'erano prima.")).to_be_visible()
    expect(page.get_by_text("· annullata")).to_be_visible()


def choose(page, label, words):
    """Choose from a list by what it is called."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=words, exact=True).click()
