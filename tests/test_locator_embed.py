"""What a site embeds: colours that can be read, the line of HTML, the page that makes it; the foot of a print."""

import dataclasses
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from locator import colour, embed, qr, site
from locator.embed import Choice
from locator.leaflet import LONGEST, leaflet
from locator.visit import Setting, Visit
from locator.words import LANGUAGES
from tests.locator_town import MOMENT, PLANTED, town

BASE = "https://atlante.example/sportelli/"
SETTING = Setting(BASE)
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}")
CHOICES = st.builds(
    Choice,
    of=st.sampled_from(["", "ambito:colle", "comune:900001"]),
    theme=st.sampled_from(["", "alloggio", "lavoro"]),
    language=st.sampled_from(["", "ar", "uk"]),
    page=st.sampled_from(LANGUAGES),
    mode=st.sampled_from(["piedi", "bici", "auto"]),
    colour=COLOURS,
    height=st.sampled_from([0, *embed.HEIGHTS]),
)


class Tags(HTMLParser):
    """Every tag of a text with its attributes, and what is written in each kind of tag."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.inside, self.open = [], {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.open = tag
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.inside[self.open] = self.inside.get(self.open, "") + data

    def one(self, tag):
        (found,) = [attributes for name, attributes in self.tags if name == tag]
        return found


def page(path, setting=SETTING, **query):
    made = site.make(town(), path, query, setting=setting, moment=MOMENT)
    return made.body.decode()


def parameters(choice):
    """What the form sends for a choice."""
    return {name: str(getattr(choice, field)) for field, name in embed.PARAMETERS.items()}


@pytest.mark.parametrize(
    ("one", "told"), [("000000", 21), ("ffffff", 1), ("ff0000", 4.0), ("0000ff", 8.59), ("777777", 4.48)]
)
def test_contrast_with_white_is_that_of_the_guidelines(one, told):
    assert colour.contrast(one) == pytest.approx(told, abs=0.005)


@given(COLOURS)
def test_a_colour_is_made_readable_without_becoming_lighter(one):
    found = colour.readable(one)
    assert colour.contrast(found) >= colour.LEAST
    assert colour.readable(found) == found
    assert all(int(found[at : at + 2], 16) <= int(one[at : at + 2], 16) for at in (0, 2, 4))
    if colour.contrast(one) >= colour.LEAST:
        assert found == one


@pytest.mark.parametrize("text", ["", "red", "#fff", "12345g", "0b5c6b7", "rgb(0,0,0)", "０b5c6b"])
def test_what_is_no_colour_is_none(text):
    assert colour.read(text) is None


def test_the_address_of_a_frame_says_what_was_chosen():
    assert embed.path(Choice()) == "it/?cornice=1"
    chosen = Choice("ambito:colle", "lavoro", "ar", "fr", "auto", "FFD500".lower(), 400)
    assert embed.path(chosen) == "fr/ambito/colle/?cornice=1&tema=lavoro&lingua=ar&mezzo=auto&colore=846e00"


@given(CHOICES)
def test_the_line_of_html_is_one_frame_and_one_script(choice):
    line = embed.code(choice, base_url=BASE, title=embed.title(choice, town()))
    read = Tags(line)
    frame = read.one("iframe")
    assert "\n" not in line
    assert frame["src"] == BASE + embed.path(choice)
    assert frame["title"] and frame["loading"] == "lazy" and frame["allow"] == "geolocation"
    scripts = [attributes["src"] for name, attributes in read.tags if name == "script"]
    if choice.height:
        assert (frame["height"], scripts) == (str(choice.height), [])
    else:
        assert (frame["height"], scripts) == ("600", [BASE + "embed.js"])


@settings(max_examples=20)
@given(CHOICES)
def test_the_frame_shows_a_page_that_is_there_with_the_same_filter(choice):
    address = urlsplit(embed.path(choice))
    told = {name: values[0] for name, values in parse_qs(address.query).items()}
    shown = site.make(town(), address.path, told, setting=SETTING, moment=MOMENT)
    assert shown.status == 200
    body = shown.body.decode()
    assert 'class="embed"' in body
    for name, value in (("tema", choice.theme), ("lingua", choice.language), ("mezzo", choice.mode)):
        field = re.search(rf'<select id="f-{name}".*?</select>', body, re.DOTALL)[0]
        assert not value or f'value="{value}" selected' in field
    links = [attributes for name, attributes in Tags(body).tags if name == "a"]
    inside = [one["href"] for one in links if "target" not in one and not re.match("[a-z]+:|#", one["href"])]
    assert inside and all("cornice=1" in link for link in inside)


@settings(max_examples=20)
@given(CHOICES)
def test_the_page_makes_the_code_from_its_address(choice):
    body = page("it/incorpora/", **parameters(choice))
    said = embed.title(choice, town())
    read = Tags(body)
    assert read.inside["textarea"].strip() == embed.code(choice, base_url=BASE, title=said)
    assert read.one("iframe")["src"] == "../../" + embed.path(choice)
    assert read.one("iframe")["title"] == said
    assert "note" not in read.one("form")
    kept = embed.read(parameters(choice), town(), usual=Choice(), languages=LANGUAGES)
    assert kept == (choice, ())


def test_what_nobody_knows_is_said_and_the_rest_is_kept():
    body = page("it/incorpora/", cosa="comune:000000", tema="lavoro", colore="red", altezza="1", pagina="xx")
    assert "cosa=comune:000000, pagina=xx, colore=red, altezza=1" in body
    code = Tags(body).inside["textarea"]
    assert "it/?cornice=1&amp;tema=lavoro" in code
    for planted in (PLANTED, f"comune:{PLANTED}"):
        told = page("it/incorpora/", cosa=planted, colore=planted, pagina=planted, tema=planted)
        assert "<script>alert" not in told and "<img" not in told


def test_a_colour_too_light_is_told_and_darkened():
    assert "troppo chiaro: contrasto 1,4 a 1. Usiamo" in page("it/incorpora/", colore="#FFD500")
    assert "Il colore si legge bene sul bianco: contrasto 7,6 a 1." in page("it/incorpora/")


def test_without_a_public_address_the_page_says_so_and_writes_no_code():
    body = page("it/incorpora/", Setting(None))
    assert "L'indirizzo pubblico di queste pagine non è impostato." in body.replace("&#39;", "'")
    assert Tags(body).inside["textarea"].strip() == ""


def test_a_name_cannot_leave_the_line_of_html():
    first, *others = town().ambiti
    planted = dataclasses.replace(town(), ambiti=(dataclasses.replace(first, name=PLANTED), *others))
    choice = Choice(of=f"ambito:{first.id}")
    line = embed.code(choice, base_url=BASE, title=embed.title(choice, planted))
    assert [name for name, _ in Tags(line).tags] == ["iframe", "script"]
    assert PLANTED.rstrip("&lt;") in Tags(line).one("iframe")["title"]


@pytest.mark.parametrize(
    ("framing", "said"),
    [
        ("", "Qualsiasi sito può mostrare l'elenco."),
        ("'none'", "Per ora nessun altro sito può mostrare l'elenco."),
        ("https://www.borgo.example", "Solo questi siti possono mostrare l'elenco:"),
    ],
)
def test_the_page_says_who_may_embed(monkeypatch, framing, said):
    monkeypatch.setenv("ATLANTE_FRAME_ANCESTORS", framing)
    assert said in page("it/incorpora/").replace("&#39;", "'")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_frame_has_its_title_in_the_language_of_its_page(lang):
    assert "{" not in embed.title(Choice(of="comune:900001", page=lang), town())
    assert "Borgo" in embed.title(Choice(of="comune:900001", page=lang), town())


def modules(picture):
    """The dark squares of a QR code, read back from its picture."""
    drawing = ET.fromstring(picture).find("path").get("d")
    x = y = 0.0
    dark = set()
    for letter, told in re.findall(r"([Mmhv])([^Mmhv]*)", drawing):
        numbers = [float(one) for one in re.findall(r"-?\d*\.?\d+", told)]
        if letter in "Mm":
            x, y = numbers if letter == "M" else (x + numbers[0], y + numbers[1])
        else:
            dark |= {(int(x + step), int(y)) for step in range(int(numbers[0]))}
            x += numbers[0]
    return dark


@settings(max_examples=30)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200))
def test_a_code_draws_every_dark_square_and_no_other(text):
    wanted = segno.make_qr(text, error="m", mask=qr.MASK).matrix_iter(border=4)
    assert modules(qr.svg(text)) == {
        (x, y) for y, row in enumerate(wanted) for x, one in enumerate(row) if one
    }


def test_a_code_has_a_name_or_is_decoration_and_nothing_inline():
    assert ET.fromstring(qr.svg("a", name=PLANTED)).get("aria-label") == PLANTED
    assert ET.fromstring(qr.svg("a")).get("aria-hidden") == "true"
    assert "style" not in qr.svg("a") and "xmlns" not in qr.svg("a")


def foot(setting=SETTING, path="ar/comune/900001/", **query):
    return leaflet(Visit(town(), setting, path[:2], path, MOMENT, query))


def test_a_printed_page_leads_back_to_the_same_filter():
    told = foot(tema="lavoro", mezzo="bici", cornice="1", colore="ffd500", dove="Borgo", altro="x")
    assert told.query == "?tema=lavoro&mezzo=bici"
    assert told.address == BASE + "ar/comune/900001/?tema=lavoro&mezzo=bici"
    assert told.code == qr.svg(told.address)


def test_no_code_without_an_address_or_for_one_too_long():
    assert foot(Setting(None), tema="lavoro") == ("?tema=lavoro", None, None)
    assert foot(tema="x" * LONGEST).code is None
    assert 'class="qr"' not in page("it/comune/900001/", Setting(None))
    assert page("it/comune/900001/").count('class="qr"') == 1
