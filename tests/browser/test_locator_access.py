"""Every public page in every language is for everyone: axe, narrow and enlarged windows, keyboard, motion, paper."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from data.registry.store import open_store
from locator.leaflet import leaflet
from locator.reporting import Reporting
from locator.serving import Public
from locator.settings import Settings
from locator.visit import Setting, Visit
from locator.words import LANGUAGES, words
from tests.browser.public import READY, public
from tests.locator_town import MOMENT, town

LISTED = ("comune/900001/", "ambito/borgo/")
"""Pages whose list the script makes anew: they are looked at when it has."""
TEMPLATES = (
    "",
    "comune/900001/",
    "ambito/borgo/",
    "tema/permesso_soggiorno/",
    "comuni/",
    "sportello/sp-piazza/",
    "cerca/?dove=Bor",
    "dati/",
    "incorpora/?colore=%23ffd500",
    "privacy/",
    "accessibilita/",
    "segnala/?scheda=sportelli/sp-piazza",
    "nessuna-pagina/",
)
"""One page of every template, below ``/sportelli/{lang}/``."""
STATES = (
    "comune/900001/?tema=permesso_soggiorno&lingua=ar&quando=adesso&strano=1",
    "comune/900003/?tema=antidiscriminazione",
    "comune/900001/?cornice=1&colore=ffd500&tema=lavoro",
    "sportello/sp-ignoto/",
    "segnala/?scheda=sportelli/sp-piazza&grazie=1",
)
"""Pages that look different in some state: much asked, nothing found, embedded, nothing known, thanks."""
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
ENLARGED = {"width": 640, "height": 450}
"""What a window of 1280 pixels has at 200 %."""
RULES = {"resultTypes": ["violations"], "preload": False, "rules": {"target-size": {"enabled": True}}}

CUT = """() => {
    const cut = [...document.querySelectorAll("h1, h2, h3, p, li, dd, label, button, .tap, input, select, textarea")]
        .filter((one) => one.checkVisibility() && !one.closest(".hush, .trap, .skip"))
        .filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width && (box.right > innerWidth + 1 || box.left < -1);
        });
    const scrolls = document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [];
    return [...scrolls, ...cut.map((one) => one.outerHTML.slice(0, 120))];
}"""
"""What does not fit in the window."""
STOPS = """() => {
    const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled;
    const every = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe";
    return [...document.querySelectorAll(every)].filter((one) => seen(one) && one.tabIndex >= 0)
        .map((one, number) => one.dataset.stop = String(number));
}"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    return {
        stop: one.dataset.stop || one.tagName,
        frame: one.tagName === "IFRAME",
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        inside: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
    };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The public pages of the invented town, with a registry behind its form for reports."""
    folder = tmp_path_factory.mktemp("reports")
    store = open_store(f"sqlite:///{folder / 'registry.sqlite'}", folder=folder)
    with public(town(), moment=MOMENT) as served:
        served.app = Public(served, Settings(), reporting=Reporting(served, lambda: store, {}))
        yield served.address
    store.close()


@pytest.fixture
def opened(browser, site):
    """A way to pages in windows of any size; afterwards, no fault in any console."""
    faults, contexts = [], []

    def page(viewport=WIDE, dots=1, **settings):
        context = browser.new_context(
            viewport=viewport, device_scale_factor=dots, service_workers="block", locale="it-IT", **settings
        )
        contexts.append(context)
        made = context.new_page()
        made.on("pageerror", lambda error: faults.append(str(error)))
        made.on("console", lambda said: faults.append(said.text) if _fault(said) else None)
        return made

    yield page
    for context in contexts:
        context.close()
    assert faults == []


def _fault(said):
    return said.type == "error" and "Failed to load resource" not in said.text


def go(page, site, lang, path):
    """Open a page, and wait until its script has done what it does at first."""
    page.goto(f"{site}{lang}/{path}")
    if path.startswith(LISTED):
        page.wait_for_selector(READY)


def serious(page):
    """What axe finds that keeps people out: rule and place."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        (fault["id"], node["html"][:160], node["failureSummary"][-160:])
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_in_every_language_keeps_nobody_out(opened, site, lang):
    page, told = opened(dots=2), words(lang)
    for path in (*TEMPLATES, *(STATES if lang in {"it", "ar"} else ())):
        page.set_viewport_size(WIDE)
        go(page, site, lang, path)
        assert page.evaluate("[document.documentElement.lang, document.dir]") == [told.tag, told.dir], path
        assert page.locator("h1").count() == 1, path
        assert serious(page) == [], path
        for window in (ENLARGED, NARROW):
            page.set_viewport_size(window)
            assert page.evaluate(CUT) == [], (path, window)


def test_what_keeps_people_out_would_be_seen(opened, site):
    page = opened()
    go(page, site, "it", "privacy/")
    page.evaluate(
        """() => {
            document.querySelector("h1").style.color = "#ddd";
            document.querySelector(".brand a").textContent = "";
            document.querySelector("main").style.width = "500px";
        }"""
    )
    assert {rule for rule, *_ in serious(page)} == {"color-contrast", "link-name"}
    page.set_viewport_size(NARROW)
    assert page.evaluate(CUT) != []


def test_a_form_sent_back_says_what_is_wrong_to_everyone(opened, site):
    page = opened()
    go(page, site, "ar", "segnala/?scheda=sportelli/sp-piazza")
    page.locator("form.report button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert serious(page) == []


def test_suggestions_the_map_and_the_open_menu_keep_nobody_out(opened, site):
    page = opened()
    go(page, site, "it", "comune/900001/")
    page.locator(".tongues summary").click()
    page.locator("#search details summary").click()
    page.locator("#show-map").click()
    expect(page.locator("#map .leaflet-control-zoom-in")).to_be_visible()
    page.locator("#f-dove").fill("Riv")
    expect(page.locator(".suggested li").first).to_be_visible()
    assert serious(page) == []


@pytest.mark.parametrize("path", [*TEMPLATES, *STATES])
def test_every_control_is_reached_by_keyboard_and_shows_that_it_is(opened, site, path):
    page = opened(reduced_motion="reduce")
    go(page, site, "it", path)
    page.wait_for_load_state("networkidle")  # scripts add controls of their own
    stops, met = page.evaluate(STOPS), []
    for _ in range(3 * len(stops) + 10):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        if focused["frame"]:
            met.append(focused["stop"])
            page.evaluate("document.querySelector('.bottom a').focus()")
            focused = page.evaluate(FOCUSED)
        assert focused["inside"], focused
        assert focused["outlined"], focused
        met.append(focused["stop"])
    assert sorted(set(met), key=int) == stops
    order = [int(one) for one in met]
    assert order == sorted(order)


def test_motion_is_only_for_who_does_not_mind_it(opened, site):
    for wish, scrolling in (("reduce", "auto"), ("no-preference", "smooth")):
        page = opened(reduced_motion=wish)
        go(page, site, "it", "comune/900001/")
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == scrolling
        moving = page.evaluate(
            """() => [...document.querySelectorAll("*")].map((one) => getComputedStyle(one))
                .filter((one) => one.animationName !== "none" || parseFloat(one.transitionDuration) > 0).length"""
        )
        assert moving == 0


def foot_of(site, path, **query):
    lang = path.partition("/")[0]
    return leaflet(Visit(town(), Setting(site), lang, path, MOMENT, query))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_page_is_printed_as_a_leaflet(opened, site, scripts):
    page = opened(java_script_enabled=scripts)
    page.goto(f"{site}it/comune/900001/?tema=permesso_soggiorno")
    if scripts:
        page.wait_for_selector(READY)
    foot = page.locator("#leaflet")
    expect(foot).to_be_hidden()
    page.emulate_media(media="print")
    expect(foot.locator("svg.qr")).to_be_visible()
    expect(foot.locator(".address")).to_have_text(f"{site}it/comune/900001/?tema=permesso_soggiorno")
    expect(page.get_by_role("link", name="035 399111").first).to_be_visible()
    for hidden in ("#search", ".tongues", ".bottom", "#show-map", "#print", ".said a"):
        for one in page.locator(hidden).all():
            expect(one).to_be_hidden()
    for card in page.locator(".desk:visible").all():
        assert card.evaluate("one => getComputedStyle(one).breakInside") == "avoid"
    colours = page.evaluate(
        """() => [...new Set([...document.querySelectorAll("main *, .leaflet *")].filter((one) => one.checkVisibility())
            .map((one) => getComputedStyle(one).color))]"""
    )
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(34, 34, 34)"}


def test_a_list_filtered_since_is_printed_with_a_code_that_leads_to_it(opened, site):
    page = opened()
    go(page, site, "fr", "comune/900001/")
    page.evaluate(
        "window.print = () => { window.dispatchEvent(new Event('beforeprint')); document.title = 'printed'; }"
    )
    page.locator("#f-tema").select_option("lavoro")
    expect(page).to_have_url(re.compile("tema=lavoro"))
    page.locator("#print").click()
    expect(page).to_have_title("printed")
    told = foot_of(site, "fr/comune/900001/", tema="lavoro")
    drawn = page.locator("#leaflet .qr path").get_attribute("d")
    assert f'd="{drawn}"' in told.code
    expect(page.locator("#leaflet .address")).to_have_text(told.address)
    expect(page.locator("#leaflet .printed")).to_have_text(re.compile(r"\d{4}"))
    page.locator("#f-tema").select_option("")
    expect(page).not_to_have_url(re.compile("tema="))
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")  # as the browser's own menu does
    expect(page.locator("#leaflet .qr")).to_have_count(0)
    expect(page.locator("#leaflet .where")).to_have_text(f"{site}fr/comune/900001/")
