"""Cells as offices fill them in, by heart: what is read, what is mended, what is doubted and what was meant."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry import checks
from data.registry.imports import cells, places
from data.registry.imports.heads import FIELDS

READ = [
    ("phone", "035 304111", "035304111"),
    ("phone", "Tel. 035/304.111 - 035 304112", "035304111; 035304112"),
    ("phone", "+39 035 304111", "035304111"),
    ("phone", "0039035304111", "035304111"),
    ("phone", "02 1234567 / 347 1234567", "021234567; 3471234567"),
    ("phone", "0376 623036/37", "0376623036; 0376623037"),
    ("phone", 3471234567.0, "3471234567"),
    ("phone", "800.123.456", "800123456"),
    ("phone", "020202", "020202"),
    ("phone", "+41 91 123 45 67", "+41911234567"),
    ("phone", "n.d.", None),
    ("email", "INFO@Comune.Example", "info@comune.example"),
    ("email", "a@b.example; c@d.example", "a@b.example; c@d.example"),
    ("email", "a@b.example, c@d.example", "a@b.example; c@d.example"),
    ("web", "www.comune.example", "https://www.comune.example"),
    ("web", "http://comune.example/a?b=1", "http://comune.example/a?b=1"),
    ("postcode", 24068.0, "24068"),
    ("postcode", "24068 Seriate", "24068"),
    ("province", "Bergamo", "BG"),
    ("province", "(mi)", "MI"),
    ("comune_code", "016024", "016024"),
    ("comune_code", "012028", "012143"),
    ("languages", "arabo/inglese", ["ar", "en"]),
    ("languages", "cinese mandarino", "zh"),
    ("languages", "EN FR", ["en", "fr"]),
    ("languages", "araba e francese", ["ar", "fr"]),
    ("kind:sportelli", "PATRONATO", "patronato"),
    ("kind:sportelli", "sportello_ambito", "sportello_ambito"),
    ("kind:associazioni", "moschea", "comunita_religiosa"),
    ("ente_kind", "Coop. sociale", "cooperativa"),
    ("themes", "permesso di soggiorno; italiano L2", ["permesso_soggiorno", "corsi_italiano"]),
    ("targets", "minori e famiglie", ["minori_stranieri", "famiglie"]),
    ("status", "da verificare", "da_verificare"),
    ("mediator", "no", "nessuno"),
    ("mediator", "su richiesta", "a_chiamata"),
    ("cost", "gratis", "gratuito"),
    ("reception", "on line", "online"),
    ("evidence", "B", "B"),
    ("capacity", "max 3", 3),
    ("capacity", "2,0", 2),
    ("capacity", "tre persone", 3),
    ("confirmed_on", "31/12/2026", "2026-12-31"),
    ("confirmed_on", "31.12.26", "2026-12-31"),
    ("confirmed_on", 46387.0, "2026-12-31"),
    ("confirmed_on", dt.date(2026, 12, 31), "2026-12-31"),
    ("confirmed_on", dt.datetime(2026, 12, 31, 0, 0), "2026-12-31"),
    ("confirmed_on", "aggiornato al 31 dicembre 2026", "2026-12-31"),
    ("confirmed_on", "dicembre 2026", "2026-12"),
    ("lat", "45,4642", 45.4642),
    ("lat", "45°27'51\" N", 45.464167),
    ("point", "45.4642, 9.19", (45.4642, 9.19)),
    ("point", "45,4642; 9,19", (45.4642, 9.19)),
    ("address", "  Via\u00a0Roma   1 ", "Via Roma 1"),
    ("notes", "una\nnota", "una\nnota"),
    ("communities", "senegalese, ivoriana", ["senegalese", "ivoriana"]),
    *[("address", said, None) for said in ("n.d.", "-", "//", "da definire", "?", "N.D", "...", "")],
]

DOUBTS = [
    ("phone", 35123456.0, "phone_zero", "035123456", "035123456"),
    ("phone", "3,5123456E+07", "phone_zero", "035123456", "035123456"),
    ("phone", "3,5123E+07", "phone_rounded", None, None),
    ("phone", "035 12", "phone_invalid", None, None),
    ("phone", "035 3O4111", "phone_invalid", None, "035304111"),
    ("phone", "035 304111 int. 12", "phone_words", "035304111", "035304111"),
    ("phone", "035 304111 chiedere allo sportello", "phone_words", "035304111", "035304111"),
    ("email", "info @borgo.example", "email_mended", "info@borgo.example", "info@borgo.example"),
    ("email", "info at borgo.example", "email_mended", "info@borgo.example", "info@borgo.example"),
    ("email", "info@borgo,it", "email_invalid", None, "info@borgo.it"),
    ("email", "info@borgo..it", "email_invalid", None, "info@borgo.it"),
    ("email", "borgo.it", "email_invalid", None, None),
    ("web", "htp://borgo.example", "web_invalid", None, "http://borgo.example"),
    ("web", "pagina facebook", "web_invalid", None, None),
    ("postcode", "184", "postcode_zero", "00184", "00184"),
    ("postcode", "2406", "postcode_zero", "02406", "02406"),
    ("postcode", "ventiquattro", "postcode_invalid", None, None),
    ("comune_code", 15146.0, "istat_zero", "015146", "015146"),
    ("comune_code", "999999", "istat_unknown", None, None),
    ("province", "TO", "province_unknown", None, None),
    ("languages", "arabo, inglesse", "language_unknown", ["ar"], "inglese"),
    ("languages", "klingon", "language_unknown", None, None),
    ("kind:sportelli", "patronnato", "code_unknown", None, "Patronato"),
    ("themes", "lavoro, giardinaggio", "code_unknown", ["lavoro"], None),
    ("mediator", "sì", "mediator_yes", None, "In presenza"),
    ("capacity", "3-4", "capacity_invalid", None, "3"),
    ("capacity", "0", "capacity_invalid", None, None),
    ("confirmed_on", "31/13/2026", "date_invalid", None, None),
    ("confirmed_on", "12/31/2026", "date_invalid", None, "31/12/2026"),
    ("confirmed_on", "ieri", "date_invalid", None, None),
    ("lat", "nord", "coordinate_invalid", None, None),
    ("name", '=HYPERLINK("https://borgo.example";"Sportello")', "formula", None, "Sportello"),
    ("web", '=HYPERLINK("https://borgo.example";"Sportello")', "formula", None, "https://borgo.example"),
    ("name", "=1+1", "formula", None, None),
    ("name", "@SUM(A1:A2)", "formula", None, None),
    ("phone", "=cmd|'/c calc'!A1", "formula", None, None),
    ("address", "#RIF!", "excel_error", None, None),
    ("address", "Via <b>Roma</b> 1", "markup", None, "Via Roma 1"),
    ("address", "Via Roma\u200b 1", "control", "Via Roma 1", "Via Roma 1"),
    ("name", "CantÃ¹", "mojibake", "Cantù", "Cantù"),
    ("name", "CittÃ\u00a0", "mojibake", "Città", "Città"),
    ("name", "uno; due", "name_signs", "uno, due", "uno, due"),
    ("notes", "a" * 5000, "too_long", None, None),
]


@pytest.mark.parametrize(("field", "cell", "value"), READ)
def test_a_cell_in_order_is_read_without_a_word(field, cell, value):
    found = cells.read(field, cell)
    expected = [value] if field == "languages" and isinstance(value, str) else value
    assert (found.value, found.remarks) == (expected, ())


@pytest.mark.parametrize(("field", "cell", "why", "value", "suggestion"), DOUBTS)
def test_a_cell_out_of_order_is_told_with_what_was_meant(field, cell, why, value, suggestion):
    found = cells.read(field, cell)
    assert found.value == value
    assert [(one.why, one.suggestion) for one in found.remarks] == [(why, suggestion)]


@pytest.mark.parametrize(("field", "cell", "why", "value", "suggestion"), DOUBTS)
def test_a_suggestion_is_taken_as_it_is(field, cell, why, value, suggestion):
    if suggestion is not None and why != "postcode_zero":
        again = cells.read(field, suggestion)
        assert again.value is not None
        assert again.remarks == ()


PLACES = [
    ("CANTU'", "Cantù"), ("Cantu’", "Cantù"), ("S. Donato M.se", "San Donato Milanese"), ("Seriate (BG)", "Seriate"),
    ("24068 Seriate BG", "Seriate"), ("Comune di Erba", "Erba"), ("Cernusco s/N", "Cernusco sul Naviglio"),
    ("Sesto S.G.", "Sesto San Giovanni"), ("S. Angelo Lod.", "Sant'Angelo Lodigiano"),
    ("Villa d'Alme'", "Villa d'Almè"),
    ("Santangelo Lodigiano", "Sant'Angelo Lodigiano"), ("Cinisello B.mo", "Cinisello Balsamo"), ("015146", "Milano"),
    ("15146", "Milano"), ("Romano di L.dia", "Romano di Lombardia"), ("s. giuliano m.se", "San Giuliano Milanese"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "name"), PLACES)
def test_comuni_are_known_as_offices_write_them(words, name):
    found = places.find(words)
    assert (places.names().get(found.code or ""), found.why) == (name, None)


@pytest.mark.parametrize(
    ("words", "why", "suggestion"),
    [
        ("Trevilio", "comune_unknown", "Treviglio"), ("Mandello", "comune_unknown", "Mandello del Lario"),
        ("Redona", "comune_locality", "Bergamo"), ("Maccagno", "comune_merged", "Maccagno con Pino e Veddasca"),
        ("Roma", "comune_elsewhere", None), ("Borgo (TO)", "comune_elsewhere", None), ("Xyz", "comune_unknown", None),
    ],
)  # fmt: skip
def test_a_comune_that_is_none_is_told_with_the_likeliest(words, why, suggestion):
    found = places.find(words)
    assert (found.why, found.suggestion) == (why, suggestion)
    assert (found.code is not None) == (why == "comune_merged")


def test_every_comune_is_known_by_its_name_in_capitals_without_accents_and_by_its_number():
    for code, name in places.names().items():
        plain = (
            name.upper()
            .replace("À", "A'")
            .replace("È", "E'")
            .replace("Ì", "I'")
            .replace("Ò", "O'")
            .replace("Ù", "U'")
        )
        assert places.find(plain).code == code
        assert places.find(f"{name} ({places.province_of()[code]})").code == code
        assert places.code_of(str(int(code)))[0] == code


@pytest.mark.parametrize(
    ("postcode", "comune", "fits"),
    [("24121", "016024", True), ("24100", "016024", False), ("24121", "016198", False), ("24068", "016198", True),
     ("20100", "015146", False), ("20900", "108033", True), ("25068", "016198", False)],
)  # fmt: skip
def test_a_postcode_is_of_its_comune_as_far_as_can_be_told(postcode, comune, fits):
    assert places.fits(postcode, comune, None) is fits


SAID = st.one_of(
    st.text(max_size=60), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(), st.dates(), st.times(), st.text(alphabet="0123456789 ./-+E,", max_size=20),
    st.text(alphabet="a@.,;:/ w", max_size=20),
)  # fmt: skip


@given(st.sampled_from(sorted({*FIELDS, "kind:sportelli", "kind:associazioni"} - {"id"})), SAID)
def test_whatever_a_cell_holds_it_is_read_or_told(field, cell):
    found = cells.read(field, cell)
    assert all(one.why in cells.WHY for one in found.remarks)
    if field in checks.PATTERNS and isinstance(found.value, str):
        assert checks.re.fullmatch(checks.PATTERNS[field], found.value)
    if isinstance(found.value, str):
        assert checks.characters(found.value, longest=4000) == []
