"""The public pages: every link leads somewhere, nothing planted becomes markup, and what each says of each desk."""

import datetime as dt
import functools
import html
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import pytest

from data.registry.store import ROME
from locator.assets import assets
from locator.contacts import directions, emails, geo, phones
from locator.finding import Found, Results
from locator.pages import BRIEF, FULL, nearer
from locator.site import Setting, addresses, make
from locator.told import area, more_of_entry
from tests.locator_town import MOMENT, PLANTED, place, town

LANGUAGES = ("it", "ar")
SETTING = Setting(languages=LANGUAGES, assets=assets().folder)
BASE = "http://atlas.test/sportelli/"
VOID = {"meta", "link", "input", "br", "path", "img", "hr"}
IN_A_LINE = {"p", "h1", "h2", "h3", "h4", "span", "strong", "a", "bdi", "label", "dt", "summary", "button"}
BLOCKS = {
    "p",
    "ul",
    "ol",
    "div",
    "section",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "form",
    "table",
    "article",
    "details",
}
PARENTS = {"li": {"ul", "ol"}, "dt": {"div", "dl"}, "dd": {"div", "dl"}, "option": {"select", "optgroup"}}


class Page(HTMLParser):
    """A page taken apart: its elements with their attributes, its text, and what is wrong with how they nest."""

    def __init__(self, body):
        super().__init__()
        self.elements, self.open, self.faults, self.text = [], [], [], []
        self.feed(body.decode() if isinstance(body, bytes) else body)
        self.close()
        self.faults += [f"{name} is never closed" for name in self.open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        parent = self.open[-1] if self.open else ""
        if parent in IN_A_LINE and tag in BLOCKS:
            self.faults.append(f"{tag} in {parent}")
        if tag in PARENTS and parent and parent not in PARENTS[tag]:
            self.faults.append(f"{tag} in {parent}")
        if tag == "a" and "a" in self.open:
            self.faults.append("a link in a link")
        self.faults += [f"{name} twice" for name, n in Counter(name for name, _ in attrs).items() if n > 1]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        self.text.append(data)

    @property
    def said(self):
        return re.sub(r"\s+", " ", "".join(self.text))

    @property
    def ids(self):
        return [told["id"] for _, told in self.elements if "id" in told]

    def links(self):
        return [
            (tag, told[name])
            for tag, told in self.elements
            for name in ("href", "src", "action")
            if name in told
        ]


def made(path, now=None, setting=SETTING, **query):
    return make(now or town(), path, query, setting=setting, moment=MOMENT)


def page(path, now=None, **query):
    return Page(made(path, now, **query).body)


def section(path, name, now=None, **query):
    """The text of one section of a page, empty where it is hidden."""
    body = made(path, now, **query).body.decode()
    found = re.search(rf'<section id="{name}"( hidden)?>(.*?)</section>', body, re.DOTALL)
    return "" if found[1] else Page(found[2]).said


def shown(path, name="sure", **query):
    """Desks of a section, in their order."""
    body = made(path, **query).body.decode()
    inside = re.search(rf'<section id="{name}"[^>]*>(.*?)</section>', body, re.DOTALL)[1]
    return re.findall(r'data-id="([^"]+)"', inside)


def card(path, desk, **query):
    """The text of one card."""
    body = made(path, **query).body.decode()
    return Page(re.search(rf'<li class="desk[^"]*" id="d-{desk}".*?\n</li>', body, re.DOTALL)[0]).said


@functools.cache
def whole_site():
    """Every page that an export writes, and one of each that only a server has."""
    live = [f"{lang}/cerca/?dove={typed}" for lang in LANGUAGES for typed in ("", "Bo", "xyz")]
    asked = [f"{lang}/comune/900001/?tema=permesso_soggiorno&lingua=ar&quando=adesso&mezzo=auto&cornice=1"
             for lang in LANGUAGES]  # fmt: skip
    pages = {}
    for address in [*addresses(town(), SETTING), *live, *asked]:
        path, _, query = address.partition("?")
        found = made(path, **dict(parse_qsl(query, keep_blank_values=True)))
        assert found is not None, address
        if found.mime.startswith("text/html"):
            pages[address] = Page(found.body)
    return pages


def test_every_page_is_well_formed_and_its_ids_are_unique():
    for address, found in whole_site().items():
        assert not found.faults, (address, found.faults)
        assert len(found.ids) == len(set(found.ids)), (address, Counter(found.ids).most_common(1))


def test_every_link_of_every_page_leads_to_a_page_that_exists():
    known, ids = {}, {address: set(found.ids) for address, found in whole_site().items()}
    for address, found in whole_site().items():
        for tag, href in found.links():
            to = urlsplit(urljoin(BASE + address, href))
            if to.scheme in {"tel", "mailto", "geo"} or to.netloc not in {"atlas.test"}:
                assert to.scheme in {"tel", "mailto", "geo", "https"}, (address, href)
                assert tag == "a", (address, href)
                continue
            path = to.path.removeprefix("/sportelli/")
            if path.startswith("/api/v1") or re.fullmatch(r"(it|ar)/segnala/", path):
                continue
            if path.startswith("_/"):
                assert path.split("/", 2)[2] in assets().files, (address, href)
                continue
            key = path, to.query
            if key not in known:
                known[key] = made(unquote(path), **dict(parse_qsl(to.query)))
            assert known[key] is not None and known[key].status in {200, 303}, (address, href)
            if to.fragment and to.path == urlsplit(BASE + address).path:
                assert unquote(to.fragment) in ids[address], (address, href)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere():
    for address, found in whole_site().items():
        for tag, told in found.elements:
            assert not [name for name in told if name.startswith("on") or name == "style"], (
                address,
                tag,
                told,
            )
            assert tag not in {"style", "img", "base", "object", "embed"}, address
            if tag == "script":
                assert told["src"].startswith("../"), address
            if tag == "link" and told["rel"] == "stylesheet":
                assert not urlsplit(told["href"]).netloc, address


def test_what_is_planted_in_every_field_is_text_wherever_it_comes_out():
    met = set()
    for address, found in whole_site().items():
        if PLANTED in "".join(found.text):
            met.add(address.split("/")[1])
        assert all("javascript:" not in (href.split(":", 1)[0] + ":") for _, href in found.links()), address
        assert not [told for _, told in found.elements if told.get("src") == "x"], address
    assert {"comune", "ambito", "sportello"} <= met
    assert "{{7*7}}" in PLANTED and "49" not in page("it/sportello/sp-veleno/").said


def test_what_is_planted_stays_text_in_the_cards_that_phones_fetch():
    told = json.loads(made("it/schede/borgo.json").body)
    assert set(told["cards"]) == set(town().desk) and told["mark"] == town().mark
    planted = Page(told["cards"]["sp-veleno"])
    assert PLANTED in planted.said and not planted.faults
    assert {tag for tag, _ in planted.elements} <= {
        "li", "h3", "a", "bdi", "p", "strong", "dl", "div", "dt", "dd", "span", "br"
    }  # fmt: skip


@pytest.mark.parametrize("typed", [PLANTED, "<b>", "{{ 7*7 }}", "%3Cscript%3E"])
def test_what_is_typed_or_asked_comes_back_as_text(typed):
    for path in ("it/cerca/", "it/comune/900001/", "it/", "it/ambito/borgo/", "it/tema/lavoro/"):
        found = page(path, dove=typed, tema=typed, lingua=typed, luogo=typed, colore=typed, cornice=typed)
        assert not found.faults and not [one for one in found.elements if one[0] in {"img", "b"}]
        assert "49" not in found.said


def test_languages_have_their_direction_their_tag_and_each_other():
    found = page("ar/comune/900001/", tema="lavoro")
    assert found.elements[0] == ("html", {"lang": "ar", "dir": "rtl"})
    other = [told for tag, told in found.elements if told.get("hreflang") == "it" and tag == "a"]
    assert urljoin(BASE + "ar/comune/900001/", other[0]["href"]) == BASE + "it/comune/900001/?tema=lavoro"
    chinese = Page(make(town(), "zh/", {}, setting=Setting(languages=("it", "zh")), moment=MOMENT).body)
    assert chinese.elements[0][1]["lang"] == "zh-Hans"
    assert made("zh/") is None  # not among the languages of this site


def test_every_page_says_where_it_is_if_the_address_is_known():
    setting = replace(SETTING, base_url=BASE)
    found = Page(made("it/comune/900001/", setting=setting, tema="lavoro").body)
    told = [one for tag, one in found.elements if tag == "link"]
    assert {"rel": "canonical", "href": BASE + "it/comune/900001/"} in told
    assert {"rel": "alternate", "hreflang": "ar", "href": BASE + "ar/comune/900001/"} in told
    assert "canonical" not in made("it/comune/900001/").body.decode()


def test_desks_come_by_minutes_with_those_at_a_distance_apart():
    assert shown("it/comune/900001/") == [
        "sp-piazza", "sp-ferie", "sp-veleno", "sp-rifugiati", "sp-riva", "sp-colle", "sp-ignoto"
    ]  # fmt: skip
    assert shown("it/comune/900001/", "remote") == ["sp-telefono"]
    assert not section("it/comune/900001/", "perhaps")
    assert "circa 5 min a piedi" in card("it/comune/900001/", "sp-piazza")
    assert "Troppo lontano a piedi: circa 60 min in bici" in card("it/comune/900001/", "sp-colle")
    assert "min" not in card("it/comune/900001/", "sp-telefono")


def test_a_part_of_the_comune_is_another_start():
    assert shown("it/comune/900001/", luogo="p2")[:2] == ["sp-rifugiati", "sp-veleno"]
    assert "Sportelli vicino a Stazione" in page("it/comune/900001/", luogo="p2").said
    elsewhere = page("it/comune/900001/", luogo="p3")
    assert "luogo=p3" in elsewhere.said and "Sportelli vicino a Borgo" in elsewhere.said


def test_with_a_condition_the_sure_come_apart_from_those_we_do_not_know():
    asked = {"lingua": "ar", "tema": "permesso_soggiorno"}
    assert shown("it/comune/900001/", **asked) == ["sp-piazza"]
    assert shown("it/comune/900001/", "perhaps", **asked) == ["sp-riva", "sp-colle", "sp-ignoto"]
    assert shown("it/comune/900001/", "remote", **asked) == ["sp-telefono"]
    assert "Non sappiamo se parla la tua lingua." in card("it/comune/900001/", "sp-riva", **asked)
    said = page("it/comune/900001/", **asked).said
    assert "5 sportelli" in said and "Non mostriamo 3 sportelli: non sono come li chiedi." in said


def test_open_now_hides_only_what_is_known_to_be_shut_and_does_not_last():
    found = made("it/comune/900001/", quando="adesso")
    assert not found.lasting and made("it/comune/900001/", quando="Sa 10:00").lasting
    assert shown("it/comune/900001/", quando="adesso") == ["sp-piazza"]
    unknown = shown("it/comune/900001/", "perhaps", quando="adesso")
    assert unknown == ["sp-veleno", "sp-rifugiati", "sp-riva", "sp-ignoto"]
    assert shown("it/comune/900001/", quando="Sa 10:00") == ["sp-colle"]


def test_hours_are_told_only_with_who_confirmed_them_and_the_unknown_is_said():
    piazza = card("it/comune/900001/", "sp-piazza")
    assert "lun, mar, gio e ven 09:00–12:30 mer 14:00–17:00" in piazza
    assert "Orari confermati: 12 novembre 2026." in piazza and "Un mediatore è allo sportello." in piazza
    assert "Confermato: 12 novembre 2026." in piazza
    riva = card("it/comune/900001/", "sp-riva")
    assert "Orari non noti: chiama prima di andare." in riva
    assert "Lingue non note: vai o chiama lo stesso." in riva
    assert "Nessuno ha ancora confermato. Fonte: marzo 2022." in riva
    assert "Indirizzo non noto: tempo fino al centro di Riva sul Lago (BG)" in riva
    assert "Orari non noti. " in card("it/comune/900001/", "sp-ignoto")


def test_a_desk_that_is_shut_for_a_while_says_until_when():
    ferie = card("it/comune/900001/", "sp-ferie")
    assert "Chiuso dal giorno 20 novembre 2026 al giorno 5 dicembre 2026. lavori" in ferie
    assert "Su appuntamento" in ferie and "Si prenota per telefono" in ferie


def test_the_page_of_a_desk_says_all_of_it_and_what_is_not_known():
    found = page("it/sportello/sp-piazza/")
    for words in (
        "Aiuta a compilare il kit.",
        "Accesso libero",
        "Cittadini stranieri",
        "Gratuito",
        "035 399111",
    ):
        assert words in found.said
    hrefs = {href for _, href in found.links()}
    assert {"tel:+39035399111", "mailto:sportello@borgo.example", "https://www.borgo.example/"} <= hrefs
    assert "https://www.openstreetmap.org/directions?to=45.69%2C9.67" in hrefs
    assert "geo:45.69,9.67?q=45.69,9.67" in hrefs
    assert "../../segnala/?scheda=sportelli%2Fsp-piazza" in hrefs
    bare = page("it/sportello/sp-ignoto/").said
    assert bare.count("Non noto") >= 4 and "Non conosciamo il telefono né la posta elettronica." in bare
    assert "La notizia è vecchia: chiama prima di andare." in bare
    assert "Ambito di Borgo" in page("it/sportello/sp-rifugiati/").said  # whom it receives


def test_a_theme_is_told_by_province_and_comune():
    found = made("it/tema/permesso_soggiorno/").body.decode()
    said = Page(found).said
    assert (
        said.index("Provincia di Bergamo")
        < said.index("Sportello di piazza")
        < said.index("Sportello di riva")
    )
    assert (
        said.index("Sportello di riva") < said.index("Provincia di Lodi") < said.index("Sportello del sabato")
    )
    assert shown("it/tema/permesso_soggiorno/", "remote") == ["sp-telefono"]
    assert shown("it/tema/permesso_soggiorno/", "perhaps") == ["sp-ignoto"]
    assert shown("it/tema/permesso_soggiorno/", lingua="ar") == ["sp-piazza"]
    assert "Puoi provare così" in page("it/tema/visti/", replace(town(), desks=())).said


def test_an_ambito_has_its_desks_its_associations_and_its_comuni():
    found = page("it/ambito/borgo/")
    assert {"d-sp-piazza", "d-sp-riva", "a-as-amici"} <= set(found.ids) and "d-sp-colle" not in found.ids
    assert "Comunità: Senegal" in found.said and "Attività: Cultura e incontro" in found.said
    assert "../../comune/900002/" in {href for _, href in found.links()}
    assert "Non conosciamo ancora sportelli in questi comuni." in page(
        "it/ambito/colle/", replace(town(), desks=())
    ).said  # fmt: skip
    assert "Amici di Borgo" in page("it/comune/900001/").said
    assert "Amici di Borgo" not in page("it/comune/900003/").said


def test_comuni_are_listed_by_their_first_letter():
    found = page("it/comuni/")
    assert {"l-B", "l-C", "l-R"} <= set(found.ids)
    assert "Borgo (BG)" in found.said and "Riva sul Lago (BG)" in found.said


def test_where_nothing_is_found_the_page_says_what_to_do_next():
    empty = replace(
        town(), desks=tuple(one for one in town().desks if one.id in {"sp-piazza", "sp-telefono"})
    )
    found = page("it/comune/900001/", empty, tema="visti", lingua="zh")
    assert "Nessuno sportello risponde a tutto quello che chiedi." in found.said
    assert "Cerca senza «Visti»" in found.said and "Cerca senza «cinese»" in found.said
    hrefs = {href for _, href in found.links()}
    assert {"./?lingua=zh", "./?tema=visti", "../../ambito/borgo/", "../../tema/visti/"} <= hrefs
    far = page("it/comune/900003/", empty)  # one desk, an hour away by bike
    assert "Sono tutti lontani." in far.said and "./?mezzo=auto" in {href for _, href in far.links()}
    assert "questi rispondono per telefono" in far.said


def test_each_condition_can_be_taken_away_and_the_rest_is_kept():
    hrefs = {
        href
        for _, href in page(
            "it/comune/900001/", tema="lavoro", quando="adesso", mezzo="auto", luogo="p2"
        ).links()
    }
    assert {"./?luogo=p2&mezzo=auto&quando=adesso", "./?luogo=p2&tema=lavoro&mezzo=auto"} <= hrefs


def test_what_an_address_asks_and_nobody_knows_is_said_and_the_rest_holds():
    found = page("it/comune/900001/", tema="lavoro", lingua="luna", mezzo="razzo", quando="boh")
    assert "lingua=luna, mezzo=razzo, quando=boh" in found.said
    assert shown("it/comune/900001/", tema="lavoro", lingua="luna") == ["sp-ferie"]


def test_one_certain_place_leads_to_its_page_with_the_other_parameters():
    found = made("it/cerca/", dove="borgo", tema="lavoro", lingua="", mezzo="piedi", cornice="1")
    assert (found.status, found.moves_to) == (303, "../comune/900001/?tema=lavoro&cornice=1")
    part = made("it/cerca/", dove="Stazione, Borgo")
    assert part.moves_to == "../comune/900001/?luogo=p2"
    chosen = made("it/cerca/", dove="Borgo (BG)", luogo="p2", quando="adesso")
    assert chosen.moves_to == "../comune/900001/?quando=adesso&luogo=p2"
    elsewhere = made("it/cerca/", dove="Colle", luogo="p2")  # the field says another comune than the list
    assert elsewhere.moves_to == "../comune/900003/"


def test_a_doubtful_place_is_asked_about_and_an_unknown_one_has_a_way_on():
    assert "Scrivi dove sei" in page("it/cerca/").said
    doubtful = page("it/cerca/", dove="Ri", tema="lavoro")
    assert "Non siamo sicuri" in doubtful.said
    assert "../comune/900002/?tema=lavoro" in {href for _, href in doubtful.links()}
    unknown = page("it/cerca/", dove="Atlantide")
    assert "«Atlantide»" in unknown.said and "../comuni/" in {href for _, href in unknown.links()}


def test_a_frame_keeps_its_look_from_link_to_link():
    found = page("it/ambito/borgo/", cornice="1", colore="112233", lingua="ar")
    inside = [
        href for tag, href in found.links() if tag == "a" and ("comune/" in href or "sportello/" in href)
    ]
    assert inside and all("cornice=1&colore=112233" in href for href in inside)
    assert {"name": "cornice", "type": "hidden", "value": "1"} in [
        told for tag, told in found.elements if tag == "input"
    ]
    assert "../../../it/ambito/borgo/?lingua=ar" in {href for _, href in found.links()}  # the whole page


def test_an_export_has_nothing_that_needs_a_server():
    setting = replace(SETTING, live=False)
    for path in ("it/", "it/comune/900001/", "it/sportello/sp-piazza/", "it/dati/", "it/ambito/borgo/"):
        body = Page(made(path, setting=setting).body)
        assert not [href for _, href in body.links() if re.search(r"segnala|cerca/|/api/", href)], path
        assert ("body", "0") in [(tag, told.get("data-live")) for tag, told in body.elements if tag == "body"]
    assert made("it/cerca/", setting=setting) is None
    assert not [one for one in addresses(town(), setting) if "cerca" in one or "segnala" in one]


def test_addresses_that_are_none_are_not_made():
    for path in ("it/comune/999999/", "it/tema/luna/", "it/ambito/x/", "it/sportello/", "it/x/", "de/", "it/comuni//",
                 "it/comune/900001/x/", "it/schede/x.json", "dati/zone/x.json", "it/comuni/x/"):  # fmt: skip
        assert made(path) is None, path


def test_a_page_without_its_slash_is_sent_there():
    assert (made("it/comuni").status, made("it/comuni").moves_to) == (308, "comuni/")
    assert made("it/comune/900001", tema="lavoro").moves_to == "900001/?tema=lavoro"
    assert made("it").moves_to == "it/"


def test_a_page_shows_the_nearest_in_full_and_counts_the_rest():
    many = tuple(replace(town().desk["sp-ignoto"], id=f"sp-{n:03}") for n in range(FULL + BRIEF + 7))
    body = made("it/comune/900001/", replace(town(), desks=many)).body.decode()
    assert body.count('<li class="desk"') == FULL and body.count('<li class="desk brief"') == BRIEF
    assert "Ci sono altri 7 sportelli più lontani." in html.unescape(body)


def test_the_first_page_offers_themes_comuni_and_ambiti():
    found = page("it/")
    hrefs = {href for _, href in found.links()}
    assert {"tema/permesso_soggiorno/", "comune/900001/", "ambito/borgo/", "comuni/", "../ar/"} <= hrefs
    assert "tema/visti/" not in hrefs  # nobody deals with it
    assert "Provincia" not in found.said and "Ambiti in provincia di Bergamo" in found.said


def test_the_time_asked_is_in_the_form_in_the_words_of_the_page():
    options = [told for tag, told in page("it/comune/900001/", quando="Mo 11:30").elements if tag == "option"]
    assert {"value": "Mo 11:30", "selected": None} in options
    assert "lunedì, 11:30" in page("it/comune/900001/", quando="Mo 11:30").said


def test_telephones_that_cannot_be_called_are_text():
    assert phones("0245375420; 0245375421")[1].href == "tel:+390245375421"
    assert phones("020202")[0].href is not None
    assert phones("<b>1</b>")[0].href is None and phones(None) == ()
    assert emails("a@b.example, c") == (("a@b.example", "mailto:a@b.example"), ("c", None))
    assert emails("a@b.example?cc=x@y")[0].href is None


def test_directions_lead_to_a_door_only_where_it_is_known():
    assert directions(place(address="Via Roma 3")).endswith("directions?to=45.69%2C9.67")
    rough = place(address="Via Roma 3", precision="street")
    assert directions(rough).endswith("search?query=Via+Roma+3%2C+Borgo") and geo(rough) is None
    assert directions(place(precision="settlement")) is None


def test_a_note_on_how_to_get_in_is_told_without_what_its_code_says():
    desk = replace(
        town().desk["sp-ferie"], access_note="appuntamento; al citofono B; gratuito", cost="gratuito"
    )
    assert more_of_entry(desk) == "al citofono B"
    assert more_of_entry(replace(desk, access_note="gratuito", cost=None)) == "gratuito"
    assert more_of_entry(replace(desk, access_note=None)) == ""


def test_areas_are_told_by_name():
    now = town()
    assert (
        area("istat:comune:900001", now).name == "Borgo"
        and area("ambito:colle", now).name == "Ambito di Colle"
    )
    assert area("provincia:LO", now).name == "Lodi" and area("luna", now) == ("", "luna")


def test_the_moment_is_that_of_who_asks():
    evening = dt.datetime(2026, 11, 24, 21, 0, tzinfo=ROME)
    found = make(town(), "it/comune/900001/", {"quando": "adesso"}, setting=SETTING, moment=evening)
    assert 'data-id="sp-piazza"' not in found.body.decode()


def test_a_near_desk_to_be_asked_first_is_told_only_where_the_sure_ones_are_far():
    def found(walk, car):
        told = {"walk": walk, "bike": None, "car": car}
        return Found(
            town().desks[0], {mode: n and (n, n, n) for mode, n in told.items()}, None, unsure=("language",)
        )

    far, near, by_car = found(None, 46), found(60, 5), found(61, 45)
    assert nearer(Results((far,), (far, near), (), 0), "walk") is near
    assert nearer(Results((far,), (by_car,), (), 0), "walk") is by_car
    assert nearer(Results((far,), (far,), (), 0), "walk") is None
    assert nearer(Results((by_car, far), (near,), (), 0), "walk") is None
    assert nearer(Results((), (near,), (), 0), "walk") is None
    assert nearer(Results((far,), (near,), (), 0), "car") is None  # 46 minutes by car are an hour at most
