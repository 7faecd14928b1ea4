"""The desks inside somebody else's site: as high as what they show, nothing kept, only where it is allowed."""

import contextlib
import functools
import html
import random
import re
import threading
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from locator import colour, embed
from locator.assets import assets
from locator.embed import Choice
from locator.export import export
from locator.serving import Public
from locator.settings import Settings
from locator.visit import Setting
from tests.browser.public import READY, public
from tests.locator_town import MOMENT, town

WINDOW = {"width": 900, "height": 700}
HOST = "<!doctype html><html lang=it><title>Comune di Borgo</title><h1>Comune di Borgo</h1>{}<p id=after>Piede</p>"
CHOICES = [
    Choice(),
    Choice(of="comune:900001", theme="lavoro", page="fr", colour="ffd500"),
    Choice(of="ambito:colle", language="ar", mode="bici", page="ar", height=800),
    Choice(of="comune:900002", theme="alloggio", language="uk", mode="auto", page="zh", colour="7b1fa2"),
]

KEPT = """async () => [
    document.cookie, localStorage.length, sessionStorage.length, (await caches.keys()).length,
    (await indexedDB.databases()).length, (await navigator.serviceWorker.getRegistrations()).length,
]"""
"""All that a page could have left in the browser."""


class Host(BaseHTTPRequestHandler):
    """The site of somebody: one page, the same at every address."""

    def do_GET(self):
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder."""

    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def answering(server):
    """A server in a thread: its address."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextlib.contextmanager
def hosting(inside):
    """A site on another port, and so of another origin, with this in its page: its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.page = HOST.format(inside)
    with answering(server) as address:
        yield address


@pytest.fixture(scope="module")
def served():
    """The public pages of the invented town."""
    with public(town(), moment=MOMENT) as found:
        yield found


@pytest.fixture
def page(browser):
    """A page that notes what goes wrong in it."""
    context = browser.new_context(viewport=WINDOW, locale="it-IT")
    made = context.new_page()
    made.faults = []
    made.on("pageerror", lambda error: made.faults.append(str(error)))
    made.on("console", lambda said: made.faults.append(said.text) if said.type == "error" else None)
    yield made
    context.close()


def line(served, choice):
    """The line of HTML that the page gives for a choice."""
    return embed.code(choice, base_url=served.address, title=embed.title(choice, town()))


def frames(page):
    return [one for one in page.frames if one != page.main_frame]


def heights(page):
    """Of each frame: its height on the host's page, and that of what it shows."""
    return [
        (
            round(one.frame_element().bounding_box()["height"]),
            one.evaluate("document.documentElement.offsetHeight"),
        )
        for one in frames(page)
    ]


def fit(page, count):
    """Wait until all frames have shown what they show, and are as high."""
    expect(page.locator("iframe")).to_have_count(count)
    for one in page.locator("iframe").all():
        one.scroll_into_view_if_needed()
        one.element_handle().content_frame().wait_for_selector(READY)
    page.wait_for_function("() => [...document.querySelectorAll('iframe')].every((one) => one.style.height)")
    for _ in range(100):
        if all(abs(outer - inner) <= 1 for outer, inner in heights(page)):
            return
        page.wait_for_timeout(50)
    pytest.fail(str(heights(page)))


def test_two_frames_follow_what_they_show_and_nothing_is_kept(served, page):
    two = [Choice(of="comune:900001"), Choice(of="ambito:colle", page="ar", colour="7b1fa2")]
    start = len(served.asked)
    with hosting("".join(line(served, one) for one in two)) as host:
        page.goto(host)
        fit(page, 2)
        first, second = heights(page)
        assert first != second
        page.locator("iframe").first.scroll_into_view_if_needed()  # what is out of sight is not drawn
        tall = page.locator("iframe").first.element_handle().content_frame()
        tall.locator("#f-tema").select_option("lavoro")
        page.wait_for_function(f"document.querySelector('iframe').offsetHeight < {first[0]}")
        fit(page, 2)
        page.locator("iframe").first.scroll_into_view_if_needed()
        tall.locator("#search .more summary").click()
        fit(page, 2)
        assert [one.evaluate(KEPT) for one in page.frames] == [["", 0, 0, 0, 0, 0]] * 3
        assert page.context.cookies() == []
    assert page.faults == []
    assert not any("cookie" in one.headers for one in served.asked[start:])


def test_inside_there_is_no_header_and_links_stay_on_the_same_filter(served, page):
    choice = Choice(of="comune:900001", theme="permesso_soggiorno", colour="ffd500")
    with hosting(line(served, choice)) as host:
        page.goto(host)
        fit(page, 1)
        (inside,) = frames(page)
        for hidden in (".brand", ".skip", ".bottom ul"):
            expect(inside.locator(hidden)).to_be_hidden()
        accent = inside.evaluate(
            "getComputedStyle(document.querySelector('#search .send button')).backgroundColor"
        )
        assert accent == "rgb({}, {}, {})".format(*bytes.fromhex(colour.readable("ffd500")))
        inside.locator("h3 a").first.click()
        inside.wait_for_url(re.compile(r"/sportello/.*cornice=1"))
        assert "colore=846e00" in inside.url
        expect(inside.locator(".brand")).to_be_hidden()
        inside.evaluate("history.back()")
        inside.wait_for_url(re.compile("/comune/900001/"))
        fit(page, 1)
        inside.locator(".tongues summary").click()
        inside.get_by_role("link", name="Français").click()
        inside.wait_for_url(re.compile("/fr/comune/900001/.*cornice=1"))
        assert "tema=permesso_soggiorno" in inside.url
        fit(page, 1)
        with page.context.expect_page() as waited:
            inside.locator(".full-page a").click()
        whole = waited.value
        expect(whole.locator(".brand")).to_be_visible()
        assert whole.url == f"{served.address}fr/comune/900001/?tema=permesso_soggiorno"
    assert page.faults == []


@contextlib.contextmanager
def exported(folder):
    """The exported pages on a web server that only hands out files: the address of ``/sportelli/``."""
    setting = Setting(live=False, languages=("it", "fr"), assets=assets().folder)
    export(town(), folder / "sportelli", setting=setting, moment=MOMENT)
    handler = functools.partial(Quiet, directory=str(folder))
    with answering(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        yield f"{address}sportelli/"


def test_exported_pages_can_be_embedded_as_well(tmp_path, page):
    choice = Choice(of="comune:900001", theme="permesso_soggiorno", colour="ffd500")
    with exported(tmp_path) as base, hosting(embed.code(choice, base_url=base, title="Sportelli")) as host:
        page.goto(host)
        fit(page, 1)
        (inside,) = frames(page)
        expect(inside.locator(".brand")).to_be_hidden()
        inside.locator("#f-tema").select_option("lavoro")
        inside.wait_for_url(re.compile("tema=lavoro"))
        inside.locator(".tongues summary").click()
        inside.get_by_role("link", name="Français").click()
        inside.wait_for_url(re.compile("/fr/comune/900001/.*cornice=1"))
        assert "tema=lavoro" in inside.url and "colore=846e00" in inside.url
        fit(page, 1)
        with page.context.expect_page() as waited:
            inside.locator(".full-page a").click()
        assert waited.value.url == f"{base}fr/comune/900001/?tema=lavoro"
        inside.locator("h3 a").first.click()
        inside.wait_for_url(re.compile("/fr/sportello/.*cornice=1&colore=846e00"))
    assert page.faults == []


def test_only_the_frame_itself_says_how_high_it_is_and_within_bounds(served, page):
    with hosting(line(served, Choice(of="comune:900001"))) as host:
        page.goto(host)
        fit(page, 1)
        before = heights(page)
        page.evaluate("""() => {
            const frame = document.querySelector("iframe");
            for (const height of [7, "300", null, NaN, 1e9]) postMessage({ atlante: "height", height }, "*");
            window.dispatchEvent(new MessageEvent("message", { data: { atlante: "height", height: 7 },
                origin: location.origin, source: frame.contentWindow }));
        }""")
        page.wait_for_timeout(200)
        assert heights(page) == before
        (inside,) = frames(page)
        for said, shown in ((1e9, 30_000), (1, 120), ("900", 120), (None, 120)):
            told = {"atlante": "height", "height": said}
            inside.evaluate("([told, host]) => parent.postMessage(told, host)", [told, host.rstrip("/")])
            page.wait_for_timeout(100)
            assert page.locator("iframe").evaluate("one => parseFloat(one.style.height)") == shown
    assert page.faults == []


def test_the_frame_answers_nobody_but_the_page_around_it(served, page):
    page.goto(f"{served.address}it/comune/900001/?cornice=1")
    page.wait_for_selector(READY)
    heard = page.evaluate("""() => new Promise((done) => {
        const heard = [];
        addEventListener("message", (event) => heard.push(event.data));
        postMessage({ atlante: "ask" }, "*");
        setTimeout(() => done(heard), 300);
    })""")
    assert heard == [{"atlante": "ask"}]


def test_without_the_script_a_frame_keeps_its_height_and_scrolls(served, page):
    with hosting(line(served, Choice(of="comune:900001", height=400))) as host:
        page.goto(host)
        (inside,) = frames(page)
        inside.wait_for_selector(READY)
        ((outer, inner),) = heights(page)
        assert outer == 400 < inner
        assert inside.evaluate("() => { scrollTo({ top: 1e6, behavior: 'instant' }); return scrollY; }") > 0
    assert page.faults == []


def shown(page):
    """Of each frame of a host's page: 1 if it shows our page, 0 where the browser shows that it was refused."""
    for one in page.locator("iframe").all():
        one.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    return [one.locator("main#main h1").count() for one in frames(page)]


@pytest.mark.parametrize(
    ("framing", "pages"),
    [("*", 1), ("'self'", 0), ("https://www.borgo.example", 0), ("http://127.0.0.1:*", 1)],
)
def test_a_host_that_is_not_allowed_shows_nothing(served, page, framing, pages):
    before, served.app = served.app, Public(served, Settings(framing=framing))
    try:
        with hosting(line(served, Choice(of="comune:900001"))) as host:
            page.goto(host)
            assert shown(page) == [pages]
    finally:
        served.app = before


def test_a_page_that_is_not_made_for_a_frame_is_shown_in_none(served, page):
    with hosting(f'<iframe src="{served.address}it/comune/900001/"></iframe>') as host:
        page.goto(host)
        assert shown(page) == [0]


def test_a_phone_and_the_server_find_the_same_readable_colour(served, page):
    chance = random.Random(6)
    asked = ["000000", "ffffff", "0b5c6b", *(f"{chance.randrange(1 << 24):06x}" for _ in range(500))]
    page.goto(f"{served.address}it/incorpora/")
    root = page.evaluate(
        "document.querySelector('script[src*=configurator]').src.replace('configurator.js', '')"
    )
    found = page.evaluate(
        """async ([root, asked]) => {
            const { contrast, read, readable } = await import(`${root}colour.js`);
            return asked.map((one) => [readable(one), contrast(one), read(` #${one.toUpperCase()} `), read(`${one}0`)]);
        }""",
        [root, asked],
    )
    assert [one[0] for one in found] == [colour.readable(one) for one in asked]
    assert [one[1] for one in found] == pytest.approx([colour.contrast(one) for one in asked])
    assert [one[2:] for one in found] == [[one, None] for one in asked]


def choose(page, choice):
    """Fill in the form."""
    for field, name in embed.PARAMETERS.items():
        value = str(getattr(choice, field))
        if field == "colour":
            page.locator(f"#f-{name}").fill(f"#{value}")
        else:
            page.locator(f"#f-{name}").select_option(value)


def test_the_code_follows_every_choice_as_the_server_writes_it(served, page):
    page.goto(f"{served.address}it/incorpora/")
    expect(page.locator(".send")).to_be_hidden()
    for choice in CHOICES:
        choose(page, choice)
        expect(page.locator("#code")).to_have_value(line(served, choice))
        expect(page.locator("#preview")).to_have_js_property("src", served.address + embed.path(choice))
    choose(page, CHOICES[1])
    expect(page.locator("#contrast")).to_contain_text("troppo chiaro: contrasto 1,4 a 1. Usiamo")
    expect(page.locator("#contrast")).to_contain_text("contrasto 4,9 a 1")
    preview = page.locator("#preview").element_handle().content_frame()
    preview.wait_for_url(re.compile("/fr/comune/900001/"))
    preview.wait_for_selector(READY)
    page.wait_for_function(
        """() => { const one = document.getElementById("preview");
            return Math.abs(one.clientHeight - one.contentDocument.documentElement.offsetHeight) <= 1; }"""
    )
    assert page.faults == []


def test_the_code_is_copied(served, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{served.address}it/incorpora/")
    page.get_by_role("button", name="Copia il codice").click()
    expect(page.locator("#copied")).to_have_text("Codice copiato.")
    assert page.evaluate("navigator.clipboard.readText()") == line(served, Choice())


def test_without_javascript_the_button_makes_the_code(browser, served):
    context = browser.new_context(viewport=WINDOW, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.address}it/incorpora/")
    page.locator("#f-cosa").select_option("ambito:colle")
    page.locator("#f-mezzo").select_option("auto")
    page.get_by_role("button", name="Aggiorna codice e anteprima").click()
    choice = Choice(of="ambito:colle", mode="auto")
    assert html.unescape(page.locator("#code").input_value()) == html.unescape(line(served, choice))
    expect(page.frame_locator("#preview").locator("h1")).to_contain_text("Ambito di Colle")
    context.close()
