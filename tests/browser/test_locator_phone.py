"""The public pages on a phone: the journey by keyboard, filters, links, position, trouble, and what is counted."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.public import READY, Served, cards, choose, opened, public
from tests.browser.test_map import faults_of
from tests.locator_town import MOMENT, town

BORGO = "it/comune/900001/"
STATION = {"longitude": 9.6803, "latitude": 45.6802}
ROME = {"longitude": 12.4964, "latitude": 41.9028}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The town, served."""
    with public(town(), moment=MOMENT) as found:
        yield found


@pytest.fixture
def phone(browser, served, request):
    """A phone on which no page was ever opened; afterwards, no fault in its console and no host but ours."""
    settings = {"viewport": {"width": 390, "height": 844}, "locale": "it-IT", "has_touch": True}
    context = browser.new_context(**settings, **getattr(request, "param", {"service_workers": "block"}))
    context.clock.set_fixed_time(MOMENT)
    served.asked.clear()
    seen = Visit(context.new_page(), served.address)
    yield seen
    context.close()
    assert seen.faults == []
    assert seen.hosts <= {f"127.0.0.1:{served.port}"}


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is wanted has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"no way to {selector} with the keyboard")


def test_a_desk_is_found_from_the_first_page_to_the_map_by_keyboard_alone(phone):
    page = phone.page
    phone.open("it/")
    page.wait_for_selector("[role=combobox]")
    tab_to(page, "[name=dove]")
    page.keyboard.type("brogo")
    field = page.get_by_role("combobox", name=re.compile("Dove sei"))
    expect(page.locator("[role=listbox] [role=option]")).to_have_text(["Borgo (BG)"])
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggested-0")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Borgo (BG)")
    expect(field).to_have_attribute("aria-expanded", "false")
    tab_to(page, "[name=tema]")
    page.keyboard.type("Permesso")
    page.keyboard.press("Escape")
    tab_to(page, "#search [type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/comune/900001/?tema=permesso_soggiorno")
    page.wait_for_selector(READY)
    assert cards(page, "sure") == ["sp-piazza", "sp-riva", "sp-colle"]
    tab_to(page, "#show-map")
    page.keyboard.press("Enter")
    page.wait_for_selector("#map .pin[role=button]")
    tab_to(page, "#map .pin")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#map .pin:focus")).to_have_attribute("data-id", "sp-riva")
    page.keyboard.press("Enter")
    expect(page.locator("#d-sp-riva")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#d-sp-riva h3 a")).to_be_focused()


def test_a_filter_needs_no_new_page_keeps_the_focus_and_is_announced(phone, served):
    page = opened(phone, BORGO)
    page.evaluate("window.same = true")
    before = len(served.asked)
    choose(page, lingua="ar")
    assert page.evaluate("document.activeElement.name") == "lingua"
    expect(page.locator("#count[aria-live=polite]")).to_have_text(re.compile("come l[oi] chiedi"))
    assert cards(page, "sure") == ["sp-piazza"]
    assert "sp-riva" in cards(page, "perhaps")
    assert cards(page, "remote") == ["sp-telefono"]
    expect(page.locator("#d-sp-riva [data-unsure]")).to_have_text("Non sappiamo se parla la tua lingua.")
    assert page.evaluate("window.same")
    assert [one.path for one in served.asked[before:] if not one.path.endswith("/schede/borgo.json")] == []


def test_links_and_back_reopen_the_same_filter(phone):
    page = opened(phone, BORGO)
    every = cards(page, "sure")
    choose(page, tema="permesso_soggiorno")
    choose(page, quando="Sa 10:00", mezzo="auto")
    address, found = page.url, [cards(page, name) for name in ("sure", "perhaps", "remote")]
    assert address.endswith("?tema=permesso_soggiorno&mezzo=auto&quando=Sa+10:00")
    page.goto(address)
    page.wait_for_selector(READY)
    assert [cards(page, name) for name in ("sure", "perhaps", "remote")] == found
    expect(page.locator("[name=mezzo]")).to_have_value("auto")
    page.goto(phone.address + BORGO)
    page.wait_for_selector(READY)
    choose(page, tema="lavoro")
    assert cards(page, "sure") == ["sp-ferie"]
    other = page.locator('.tongues a[hreflang="ar"]')
    expect(other).to_have_attribute("href", re.compile(r"/ar/comune/900001/\?tema=lavoro$"))
    page.go_back()
    expect(other).to_have_attribute("href", re.compile(r"/ar/comune/900001/$"))
    expect(page.locator("[name=tema]")).to_have_value("")
    expect(page.locator("#sure .desk")).to_have_count(len(every))
    page.get_by_role("button", name=re.compile("Togli")).first.wait_for(state="detached")
    page.go_forward()
    expect(page.locator("#sure .desk")).to_have_count(1)


def test_another_part_of_the_comune_and_another_time_are_kept_in_the_address(phone):
    page = opened(phone, BORGO)
    choose(page, luogo="p2")
    expect(page.locator("#sure .desk").first).to_have_attribute("data-id", "sp-rifugiati")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sportelli vicino a Stazione")
    choose(page, quando="?")
    page.get_by_label("Giorno").select_option("We")
    page.get_by_label("Ora", exact=True).fill("14:30")
    expect(page.locator("#d-sp-piazza [data-minutes] strong")).to_have_text("circa 20 min a piedi")
    page.wait_for_url(re.compile(r"luogo=p2&quando=We\+14:30"))
    assert cards(page, "sure") == ["sp-piazza"]
    page.reload()
    page.wait_for_selector(READY)
    assert cards(page, "sure") == ["sp-piazza"]
    expect(page.locator("[name=quando] option:checked")).to_have_text("mercoledì, 14:30")


def test_minutes_are_told_for_every_way_and_hours_by_now(phone):
    page = opened(phone, BORGO)
    ways = page.locator("#d-sp-piazza [data-minutes] > *")
    expect(ways).to_have_text(["circa 5 min a piedi", "circa 2 min in bici", "circa 2 min in auto"])
    expect(page.locator("#d-sp-piazza [data-state]")).to_have_text("Aperto ora: chiude alle 12:30")
    expect(page.locator("#d-sp-telefono [data-state]")).to_have_text("Risponde ora: fino alle 20:00")
    expect(page.locator("#d-sp-riva [data-state]")).to_be_hidden()
    far = page.locator("#d-sp-colle [data-minutes] > *")
    expect(far).to_have_text(["Troppo lontano a piedi:", "circa 60 min in bici", "circa 25 min in auto"])
    phone.page.context.clock.set_fixed_time(MOMENT.replace(month=12, day=30))
    page = opened(phone, BORGO)
    expect(page.locator("#d-sp-piazza [data-state]")).to_have_text(re.compile("orari sono vecchi"))
    choose(page, quando="adesso")
    assert "sp-piazza" in cards(page, "perhaps")  # nobody knows any more: not hidden


HERE = {"geolocation": STATION, "permissions": ["geolocation"]}


@pytest.mark.parametrize("phone", [HERE], indirect=True)
def test_the_position_never_leaves_the_phone(phone, served):
    page = phone.page
    phone.open("it/?tema=permesso_soggiorno")
    page.get_by_role("button", name="Usa la mia posizione").click()
    page.wait_for_selector(READY)
    expect(page.locator("#from")).to_contain_text("vicino a Stazione")
    expect(page.locator("#count")).to_be_focused()
    expect(page.locator("#d-sp-piazza [data-minutes] strong")).to_have_text("circa 20 min a piedi")
    assert cards(page, "sure") == ["sp-piazza", "sp-riva", "sp-colle"]
    choose(page, lingua="ar", mezzo="bici")
    expect(page).to_have_url(re.compile(r"/it/\?tema=permesso_soggiorno&lingua=ar&mezzo=bici$"))
    page.locator("#show-map").click()
    page.wait_for_selector("#map .pin[role=button]")
    choose(page, tema="cittadinanza", lingua="zh")  # nothing: this is counted
    page.wait_for_timeout(300)
    told = [one.words for one in served.asked]
    assert served.counted()
    assert any(one.path.endswith("/dati/zone/borgo.json") for one in served.asked)
    assert not any("colle" in one.path for one in served.asked)
    secret = re.compile(r"9[.,]68|45[.,]68|\bp[1-4]\b|luogo=|Stazione|longitude|latitude")
    assert [one for one in told if secret.search(one)] == []
    assert not secret.search(page.evaluate("location.href + JSON.stringify(history.state)"))
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        (
            {"geolocation": ROME, "permissions": ["geolocation"]},
            "Sei lontano dalla Lombardia. Scrivi un comune.",
        ),
        ({"permissions": []}, "Il telefono non dà la posizione. Scrivi il comune."),
    ],
    indirect=["phone"],
    ids=["outside", "denied"],
)
def test_a_position_that_does_not_help_is_told(phone, said):
    phone.open("it/")
    phone.page.get_by_role("button", name="Usa la mia posizione").click()
    expect(phone.page.locator("#locate-here [role=status]")).to_have_text(said)


def test_the_list_and_the_map_show_the_same_desks(phone):
    page = opened(phone, BORGO)
    page.locator("#show-map").click()
    page.wait_for_selector("#map .pin[role=button]")

    def on_map():
        return sorted(
            page.locator("#map .pin[role=button]").evaluate_all("all => all.map((one) => one.dataset.id)")
        )

    def in_list():
        return sorted(key for name in ("sure", "perhaps", "remote") for key in cards(page, name))

    nowhere = {"sp-ignoto", "sp-telefono"}
    assert set(in_list()) - nowhere == set(on_map())
    rough = page.locator('#map .pin.rough[data-id="sp-riva"]')
    expect(rough).to_have_attribute("aria-label", re.compile("punto non esatto"))
    choose(page, tema="permesso_soggiorno", quando="adesso")
    expect(page.locator("#map .pin[role=button]")).to_have_count(len(set(in_list()) - nowhere))
    assert set(in_list()) - nowhere == set(on_map())
    page.locator('#map .pin[data-id="sp-piazza"]').click()
    expect(page.locator("#d-sp-piazza")).to_be_focused()


def test_what_nobody_offers_is_told_with_a_way_out_and_counted_once(phone, served):
    page = opened(phone, "it/ambito/borgo/")
    page.wait_for_timeout(300)
    assert served.counted() == []
    for theme in ("cittadinanza", "permesso_soggiorno", "cittadinanza"):
        choose(page, tema=theme)
        page.wait_for_timeout(300)
    empty = {"ambito": "borgo", "tema": "cittadinanza", "lingua": None, "mezzo": "piedi", "esito": "nessuno"}
    assert [json.loads(one) for one in served.counted()] == [empty]
    expect(page.locator("#advice")).to_contain_text("Nessuno sportello")
    page.get_by_role("button", name="Togli tutte le scelte").click()
    expect(page.locator("#advice")).to_be_hidden()
    expect(page).to_have_url(phone.address + "it/ambito/borgo/")


def test_desks_far_by_every_way_are_counted_and_another_way_is_offered(phone, served):
    page = opened(phone, "it/comune/900003/?tema=lavoro")
    page.wait_for_timeout(300)
    expect(page.locator("#advice")).to_contain_text("Puoi provare così")
    assert served.counted() == []  # 26 minutes by car are near
    page.get_by_role("button", name="In auto", exact=True).click()
    expect(page.locator("#sure [data-minutes] strong").first).to_have_text("circa 26 min in auto")


def test_a_network_that_fails_leaves_the_list_and_can_be_tried_again(phone):
    phone.broken = "/minuti/"
    page = phone.page
    page.route("**/minuti/**", lambda route: route.abort())
    phone.open(BORGO)
    page.wait_for_selector('body[data-ready="failed"]')
    expect(page.locator("#count")).to_contain_text("La rete non risponde")
    assert page.locator("#sure .desk").count() == 7
    page.unroute("**/minuti/**")
    page.get_by_role("button", name="Riprova").click()
    page.wait_for_selector(READY)
    expect(page.locator("#d-sp-piazza [data-minutes] > *")).to_have_count(3)
    expect(page.locator("#advice")).to_be_hidden()


def test_files_of_two_moments_are_never_mixed(phone, served):
    page = phone.page
    old: list[str] = []

    def first_is_old(route):
        answer = route.fetch()
        body = answer.body()
        if not old:
            old.append(route.request.url)
            body = b"ancient00000" + bytes(255 - one for one in body[12:])
        route.fulfill(response=answer, body=body)

    page.route("**/minuti/**", first_is_old)
    opened(phone, BORGO)
    assert old
    expect(page.locator("#d-sp-piazza [data-minutes] strong")).to_have_text("circa 5 min a piedi")
    assert sum("/minuti/" in one.path for one in served.asked) == 2


def test_axe_finds_nothing_serious_in_what_the_script_makes(phone):
    page = opened(phone, BORGO + "?lingua=zh")
    page.locator("#show-map").click()
    page.wait_for_selector("#map .pin[role=button]")
    page.locator("[name=dove]").fill("riva")
    page.wait_for_selector("[role=listbox] [role=option]")
    assert faults_of(page) == []


def test_the_page_of_a_desk_says_when_it_opens_and_shows_where_it_is(phone):
    page = phone.page
    phone.open("it/sportello/sp-piazza/")
    expect(page.locator("[data-state]")).to_have_text(re.compile("^(Aperto|Chiuso) ora"))
    button = page.locator("#show-map")
    button.click()
    expect(page.locator("#map .pin[role=button]")).to_have_count(1)
    expect(button).to_have_text("Nascondi la mappa")
    expect(page.locator("#map .legend li:visible")).to_have_text(["punto esatto", "punto non esatto"])
    page.locator("#map .pin[role=button]").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    button.click()
    expect(page.locator("#map")).to_be_hidden()
    expect(button).to_have_text("Mostra la mappa")


def test_on_a_phone_the_list_begins_on_the_first_screen(phone):
    page = opened(phone, BORGO)
    page.locator("#sure .desk h3").first.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") == 0


def test_arabic_is_right_to_left_and_nothing_is_wider_than_the_phone(phone):
    page = phone.page
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("ar/", "ar/comune/900001/?tema=permesso_soggiorno", "it/comune/900001/?quando=adesso"):
        phone.open(path)
        page.wait_for_selector("[role=combobox]")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    opened(phone, "ar/comune/900001/")
    page.locator("#show-map").click()
    page.wait_for_selector("#map .pin[role=button]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.dir") == "rtl"


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_the_real_server_answers_the_same_journey(visit):
    page = opened(visit, "/sportelli/it/comune/016024/?tema=permesso_soggiorno")
    choose(page, lingua="ar", mezzo="bici")
    expect(page).to_have_url(re.compile(r"\?tema=permesso_soggiorno&lingua=ar&mezzo=bici$"))
    assert cards(page, "perhaps")
    page.locator("#show-map").click()
    page.wait_for_selector("#map .pin[role=button]")
