"""Cards: other people's text, escaped; what is not known, said."""

import pandas as pd
import pytest

from screens.card import area_html, association_html, card_html, hours_in_words, link, rows, school_html

NASTY = '<img src=x onerror=alert(1)>"'
DESK = {
    "sportello_id": "sp-1",
    "name": "Sportello stranieri",
    "kind": "sportello_comunale",
    "ente": "Comune di Borgo",
    "address": "via Roma 1",
    "postcode": "20100",
    "comune": "Borgo",
    "province": "MI",
    "opening_hours": "Mo,Th 10:00-15:00",
    "languages": "ar;it",
    "access": "libero",
    "themes": "permesso_soggiorno",
    "phone": "+39 02 000",
    "email": None,
    "web": "https://www.example.org/pagina",
    "status": "non_verificato",
    "evidence": "B",
    "source_url": "https://example.org/fonte",
    "source_date": "2023-05",
    "notes": None,
    "caution": "Verificare alla fonte",
    "compiled": "2026-11-22",
    "precision": "settlement",
    "radius_m": 1500.0,
}


def test_a_card_says_what_where_when_languages_and_who_says_so():
    html = card_html(DESK)
    for words in (
        "Sportello stranieri", "Comune di Borgo", "via Roma 1, 20100 Borgo (MI)", "lun, gio 10:00-15:00",
        "arabo, italiano", "Permesso di soggiorno", "posizione approssimata", "entro circa 1,5 km",
        "del 05/2023", "raccolta il 22/11/2026", "B · ", "Verificare alla fonte",
    ):  # fmt: skip
        assert words in html


def test_what_is_not_known_is_said():
    empty = dict.fromkeys(DESK, pd.NA)
    for words in (
        "temi non noti", "indirizzo non noto", "orari non noti", "lingue non note", "modo di accesso non noto",
        "recapiti non noti", "fonte non nota", "senza data", "livello non noto", "posizione approssimata",
    ):  # fmt: skip
        assert words in card_html(empty)


def test_an_exact_position_is_not_called_approximate():
    assert "approssimata" not in rows(DESK | {"precision": "address"})["Dove"]


@pytest.mark.parametrize(
    "make", [card_html, association_html, school_html, lambda row: area_html(row, comune=True)]
)
def test_no_text_of_the_registry_becomes_html(make):
    html = make(dict.fromkeys([*DESK, "communities", "activities", "level", "management", "ambito"], NASTY) | {
        "radius_m": None, "pupils": None, "foreign_share": None, "residents": None, "foreign_residents": None,
    })  # fmt: skip
    assert "<img" not in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://", "http://[", NASTY]
)
def test_only_web_addresses_become_links(address):
    assert "<a" not in link(address)


def test_a_link_opens_apart_and_tells_where_it_goes():
    assert link("https://www.example.org/a?b=1&c=2") == (
        '<a href="https://www.example.org/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">example.org</a>'
    )


def test_hours_that_are_free_text_stay_as_they_are():
    assert hours_in_words("Tu,Th pomeriggio; Sa mattina") == "mar, gio pomeriggio; sab mattina"
    assert hours_in_words("telefono 9,30") == "telefono 9,30"


def test_comments_on_hours_stand_in_brackets():
    assert hours_in_words('Mo 09:00-12:00 "su appuntamento"') == "lun 09:00-12:00 (su appuntamento)"
    assert hours_in_words('"giorni non pubblicati"') == "giorni non pubblicati"


def test_what_is_asked_of_an_area_comes_first_and_escaped():
    html = area_html({"comune": "Borgo", "residents": 10}, comune=True, more={"Minuti": NASTY})
    assert "<img" not in html
    assert html.index("Minuti") < html.index("Residenti")


def test_an_unknown_share_of_foreign_pupils_is_said_unknown():
    school = {"name": "Scuola", "level": "primaria", "pupils": 100, "foreign_share": pd.NA}
    assert "quota non nota" in school_html(school)
    assert "12,5 %" in school_html(school | {"foreign_share": 0.125})
    assert "pochi: la quota non si mostra" in school_html(school | {"hidden": True})


def test_an_ambito_without_proof_is_not_called_a_non_partner():
    area = {
        "ambito": "Ambito di Borgo",
        "ambito_id": "b",
        "lab_impact": False,
        "residents": 1000,
        "foreign_residents": None,
    }
    html = area_html(area, comune=False)
    assert "nessuna prova che sia partner" in html
    assert "non noti" in html
