"""The public pages over HTTP: headers on every answer, what is kept and for whom, faults in the visitor's language."""

import asyncio
import gzip
import html
import json
import logging
import re
import threading
import time
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import server
from data.registry import editing, people, reading
from errors import RegistryUnavailable, SettingRefused
from locator import serving, site
from locator import snapshot as keeping
from locator.assets import assets, edition
from locator.faults import visitor_language
from locator.kept import Kept, pack
from locator.serving import Public, PublicPages
from locator.settings import Settings, public_address, settings
from locator.snapshot import Keeper
from locator.visit import Made
from screens import current, memory
from tests.locator_town import MOMENT, PLANTED, town

DESK = "sp-cr-acli-sportello-di-mediazione-abitativa-crema"
GZIP = {"accept-encoding": "gzip"}


class Held:
    """A keeper of one snapshot, or of none."""

    def __init__(self, now=None, fault=None, slow=0.0):
        self.now, self.fault, self.slow, self.asked = now, fault, slow, 0
        self.ready = now is not None and not slow

    def snapshot(self):
        self.asked += 1
        time.sleep(self.slow)
        if self.fault:
            raise self.fault
        self.ready = True
        return self.now

    def clock(self):
        return MOMENT


@dataclass
class Answer:
    status: int
    raw: list
    body: bytes

    @property
    def headers(self):
        return {name.decode(): value.decode() for name, value in self.raw}

    @property
    def text(self):
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


async def asking(app, path, *, method="GET", headers=None, body=b"", query=""):
    told = {"host": "atlante.example", **(headers or {})}
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode("utf-8", "replace"),
        "query_string": query.encode(), "scheme": "https", "root_path": "", "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 80), "http_version": "1.1", "extensions": {}, "state": {},
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in told.items()],
    }  # fmt: skip
    sent, waiting = [], [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return Answer(sent[0]["status"], sent[0]["headers"], b"".join(one.get("body", b"") for one in sent[1:]))


def ask(app, path, **options):
    path, _, query = path.partition("?")
    return asyncio.run(asking(app, path, query=query, **options))


def public(now=None, **more):
    return Public(more.pop("keeper", Held(now or town())), more.pop("settings", Settings()), **more)


@pytest.fixture
def app():
    return public()


# pages


def test_the_first_address_opens_the_language_of_the_browser(app):
    answer = ask(app, "/sportelli/?tema=lavoro", headers={"accept-language": "de, ur-PK;q=0.9, en;q=0.5"})
    assert (answer.status, answer.headers["location"]) == (302, "ur/?tema=lavoro")
    assert answer.headers["vary"] == "Accept-Language"
    assert ask(app, "/sportelli").headers["location"] == "sportelli/"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("", "it"), ("de", "it"), ("en-GB,it;q=0.3", "en"), ("it;q=0.1,ar;q=0.2", "ar"), ("zh-Hant-TW", "zh"),
        ("fil-PH", "tl"), ("fr;q=0, es", "es"), ("*", "it"), (";;q=,\x00", "it"), ("en;q=banana, pt", "pt"),
    ],
)  # fmt: skip
def test_languages_are_read_as_browsers_say_them(told, code):
    assert visitor_language(told) == code


def test_a_page_comes_packed_with_a_mark_and_is_not_sent_twice(app):
    first = ask(app, "/sportelli/it/comune/900001/", headers=GZIP)
    assert first.status == 200
    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) == len(first.body)
    assert (first.headers["cache-control"], first.headers["vary"]) == ("no-cache", "Accept-Encoding")
    again = ask(app, "/sportelli/it/comune/900001/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert ask(app, "/sportelli/it/comune/900001/").text == first.text, "who reads no gzip gets the same"
    other = ask(app, "/sportelli/en/comune/900001/", headers={"if-none-match": first.headers["etag"]})
    assert other.status == 200


def test_the_head_alone_is_that_of_the_page(app):
    whole, head = (ask(app, "/sportelli/it/", method=method) for method in ("GET", "HEAD"))
    assert head.body == b""
    assert head.raw == whole.raw


def test_an_address_without_its_slash_moves_there_with_what_was_asked(app):
    answer = ask(app, "/sportelli/it/comune/900001?tema=lavoro")
    assert (answer.status, answer.headers["location"]) == (308, "900001/?tema=lavoro")
    assert ask(app, "/sportelli/it/comune/nulla").status == 404


def test_data_by_the_mark_of_now_may_be_kept_for_ever_and_by_another_not(app):
    now = town()
    for path in ("dati/luoghi.json", "dati/zone/borgo.json", "dati/minuti/borgo.bin", "it/parole.json"):
        assert ask(app, f"/sportelli/{path}?v={now.mark}").headers["cache-control"].endswith("immutable"), (
            path
        )
        assert ask(app, f"/sportelli/{path}?v=other").headers["cache-control"] == "no-cache"
    assert ask(app, f"/sportelli/it/?v={now.mark}").headers["cache-control"] == "no-cache", (
        "a page may change"
    )
    assert len(app.kept) == 5, "the version makes no other answer"


def test_scripts_are_kept_by_their_mark_and_an_old_mark_gets_those_of_now(app):
    of_now = ask(app, f"/sportelli/{assets().folder}/finding.js")
    assert of_now.headers["cache-control"].endswith("immutable")
    assert of_now.headers["content-type"].startswith("text/javascript")
    old = ask(app, "/sportelli/_/0123456789ab/finding.js")
    assert (old.text, old.headers["cache-control"]) == (of_now.text, "no-cache")
    assert ask(app, f"/sportelli/{assets().folder}/leaflet/leaflet.js").status == 200
    assert ask(app, f"/sportelli/{assets().folder}/leaflet/images/marker-icon.png").body[:4] == b"\x89PNG"
    for path in ("nulla.js", "../serving.py", "leaflet", ""):
        assert ask(app, f"/sportelli/{assets().folder}/{path}").status == 404


@pytest.mark.parametrize("name", ["sw.js", "embed.js"])
def test_scripts_for_others_stand_at_the_top_and_are_asked_for_again(app, name):
    answer = ask(app, f"/sportelli/{name}")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")


# headers


def answers(app):
    """Every kind of answer."""
    page = ask(app, "/sportelli/it/")
    return {
        "page": page,
        "moved": ask(app, "/sportelli/"),
        "unchanged": ask(app, "/sportelli/it/", headers={"if-none-match": page.headers["etag"]}),
        "head": ask(app, "/sportelli/it/", method="HEAD"),
        "data": ask(app, "/sportelli/dati/luoghi.json"),
        "script": ask(app, "/sportelli/sw.js"),
        "not found": ask(app, "/sportelli/it/nulla/"),
        "not so": ask(app, "/sportelli/it/", method="DELETE"),
        "host": ask(app, "/sportelli/it/", headers={"host": "a b"}),
        "long": ask(app, "/sportelli/it/?tema=" + "x" * 3000),
        "silent": ask(public(keeper=Held(fault=RegistryUnavailable(reason="spento"))), "/sportelli/it/"),
        "broken": ask(public(make=lambda *_, **__: 1 / 0), "/sportelli/it/"),
        "sent": ask(public(reporting=echo), "/sportelli/it/segnala/", method="POST", body=b"a=b"),
        "too much": ask(public(reporting=echo), "/sportelli/conta", method="POST", body=b"x" * 70_000),
    }


STATUS = {
    "page": 200, "moved": 302, "unchanged": 304, "head": 200, "data": 200, "script": 200, "not found": 404,
    "not so": 405, "host": 400, "long": 414, "silent": 503, "broken": 500, "sent": 200, "too much": 413,
}  # fmt: skip


async def echo(scope, receive, send):
    """An application behind ours, which sets a cookie and a policy of its own."""
    message = await receive()
    headers = [(b"Set-Cookie", b"who=me"), (b"Content-Security-Policy", b"default-src *"), (b"x-own", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send(
        {"type": "http.response.body", "body": scope["path"].encode() + b" " + message.get("body", b"")}
    )


def test_every_answer_of_the_pages_carries_the_headers(app):
    found = answers(app)
    assert {name: one.status for name, one in found.items()} == STATUS
    for name, one in found.items():
        names = [key.decode().lower() for key, _ in one.raw]
        assert len(names) == len(set(names)), f"{name}: a header is said twice"
        told = one.headers
        policy = dict(part.strip().split(" ", 1) for part in told["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'", name
        assert policy["frame-ancestors"] == policy["form-action"] == "'self'", name
        assert policy["object-src"] == policy["base-uri"] == "'none'", name
        assert "unsafe" not in told["content-security-policy"]
        assert told["x-content-type-options"] == "nosniff"
        assert told["referrer-policy"] == "no-referrer"
        assert "geolocation=(self)" in told["permissions-policy"]
        assert told["cross-origin-opener-policy"] == "same-origin"
        assert "set-cookie" not in told


def test_every_answer_of_the_api_may_be_read_by_anybody_and_runs_nothing(app):
    behind = public(api=echo)
    silent = public(keeper=Held(fault=RegistryUnavailable(reason="spento")), api=echo)
    for one, status in (
        (ask(behind, "/api/v1/sportelli", method="OPTIONS"), 204),
        (ask(silent, "/api/v1/sportelli"), 503),
        (ask(app, "/api/v1/"), 404),
    ):
        assert one.status == status
        assert one.headers["access-control-allow-origin"] == "*"
        assert one.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    given = ask(behind, "/api/v1/sportelli")
    assert given.headers["access-control-allow-origin"] == "*"
    assert given.headers["x-own"] == "1"
    assert "set-cookie" not in given.headers
    assert ask(silent, "/api/v1/sportelli").headers["retry-after"] == "60"
    assert ask(behind, "/api/v1/sportelli", method="HEAD").body == b""


def test_only_pages_made_for_it_are_framed_and_by_whom_the_setting_says():
    def framers(app, path):
        return ask(app, path).headers["content-security-policy"].rpartition("frame-ancestors ")[2]

    usual = public()
    assert framers(usual, "/sportelli/it/comune/900001/?cornice=1") == "*"
    assert framers(usual, "/sportelli/it/nulla/?cornice=1") == "*"
    assert framers(usual, "/sportelli/it/comune/900001/") == "'self'"
    told = settings({"ATLANTE_FRAME_ANCESTORS": "https://www.comune.example https://*.lodi.example:8443"})
    some = public(settings=told)
    assert (
        framers(some, "/sportelli/it/?cornice=1")
        == "'self' https://www.comune.example https://*.lodi.example:8443"
    )
    assert framers(some, "/sportelli/it/?cornice=0") == "'self'"
    assert settings({"ATLANTE_FRAME_ANCESTORS": "'none'"}).framing == "'self'"
    assert settings({"ATLANTE_FRAME_ANCESTORS": "*"}).framing == settings({}).framing == "*"


@pytest.mark.parametrize(
    "told",
    [
        "comune.example", "https://a.example; script-src *", "https://a.example/pagina", "javascript:", "data:",
        "* https://a.example", "https://a.example\r\nx: y", "https://*", "https://a b",
    ],
)  # fmt: skip
def test_framing_that_is_none_is_refused(told):
    with pytest.raises(SettingRefused, match="ATLANTE_FRAME_ANCESTORS"):
        settings({"ATLANTE_FRAME_ANCESTORS": told})


@pytest.mark.parametrize(
    "told", ["comune.example", "ftp://a.example", "https://", "https://a.example:x/", "https://a.example/?q=1",
             'https://a.example/"><script>', "https://a@b.example/", "https://a.example/\nx", "https://[::1"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(told):
    with pytest.raises(SettingRefused):
        public_address(told, name="ATLANTE_PUBLIC_URL")


def test_the_public_address_is_that_of_the_setting_then_of_the_atlas_then_of_the_request():
    both = {"ATLANTE_PUBLIC_URL": "https://a.example/cerca", "ATLANTE_ADDRESS": "https://b.example"}
    assert settings(both).base_url("http", "c.example") == "https://a.example/cerca/"
    assert (
        settings({"ATLANTE_ADDRESS": "https://b.example/"}).base_url("http", "c")
        == "https://b.example/sportelli/"
    )
    assert settings({}).base_url("http", "c.example:81") == "http://c.example:81/sportelli/"
    assert settings({}).base_url("http", "") is None


def test_a_setting_written_badly_is_told_at_the_start_and_nothing_is_served(monkeypatch, capsys):
    monkeypatch.setenv("ATLANTE_FRAME_ANCESTORS", "comune.example")
    assert server.main(0) == 1
    assert "ATLANTE_FRAME_ANCESTORS («comune.example»)" in capsys.readouterr().out


# what is kept, and for whom


def test_a_question_never_gets_the_answer_to_another(app):
    seen = {
        query: ask(app, f"/sportelli/it/comune/900001/?{query}").text
        for query in ("", "tema=asilo", "tema=lavoro", "tema=asilo&lingua=ar", "luogo=p2", "mezzo=auto")
    }
    assert len(set(seen.values())) == len(seen)
    fresh = public()
    for query, text in reversed(seen.items()):
        for name in (query, "&".join(reversed(query.split("&"))), f"utm_source=x&{query}"):
            assert ask(app, f"/sportelli/it/comune/900001/?{name}").text == text
            assert ask(fresh, f"/sportelli/it/comune/900001/?{name}").text == text
    assert len(app.kept) == len(seen), "the order of parameters and what others add make no other answer"


def test_pages_that_depend_on_the_moment_are_not_kept():
    made = []

    def make(now, path, query, *, setting, moment):
        made.append(path)
        return Made(f"{len(made)}".encode(), lasting=path != "it/adesso/")

    app = public(make=make)
    assert [ask(app, "/sportelli/it/adesso/").text for _ in range(2)] == ["1", "2"]
    assert [ask(app, "/sportelli/it/").text for _ in range(2)] == ["3", "3"]
    assert [ask(app, "/sportelli/it/?dove=via+Rossi+1").text for _ in range(2)] == ["4", "5"], (
        "nor what was typed"
    )


def test_two_that_ask_the_same_at_once_wait_for_one():
    made, gate = [], threading.Event()

    def make(now, path, query, *, setting, moment):
        made.append(path)
        gate.wait(10)
        return Made(path.encode())

    app = public(make=make)

    async def both():
        waiting = [asyncio.create_task(asking(app, "/sportelli/it/")) for _ in range(8)]
        while not made:
            await asyncio.sleep(0.01)
        gate.set()
        return [one.body for one in await asyncio.gather(*waiting)]

    assert set(asyncio.run(both())) == {b"it/"}
    assert made == ["it/"]


def renamed(now, name):
    desks = [replace(one, name=name) if one.id == "sp-piazza" else one for one in now.desks]
    return replace(now, mark=name, desks=tuple(desks))


def test_a_change_of_the_registry_changes_the_page(monkeypatch):
    monkeypatch.setattr(serving, "OLD_S", 0.0)
    keeper = Held(town())
    app = public(keeper=keeper)
    before = ask(app, "/sportelli/it/sportello/sp-piazza/")
    keeper.now = renamed(town(), "Nome nuovo")
    after = ask(app, "/sportelli/it/sportello/sp-piazza/", headers={"if-none-match": before.headers["etag"]})
    assert after.status == 200
    assert "Nome nuovo" in after.text


def test_for_a_while_after_a_change_who_asks_gets_the_page_of_before_and_nobody_waits():
    keeper, gate, made = Held(town()), threading.Event(), []

    def make(now, path, query, *, setting, moment):
        made.append((now.mark, path))
        if now is not town():
            gate.wait(10)
        return Made(f"{now.mark} {path}".encode())

    app = public(keeper=keeper, make=make)

    async def visits():
        pages = [f"/sportelli/it/tema/{number}/" for number in range(9)]
        for page in pages:
            await asking(app, page)
        keeper.now = renamed(town(), "dopo")
        old = [(await asking(app, page)).text for page in pages]
        assert all(text.startswith(town().mark) for text in old)
        new = asyncio.create_task(asking(app, "/sportelli/it/mai/"))
        gate.set()
        assert (await new).text == "dopo it/mai/", "what nobody asked before is waited for"
        assert len(made) <= 9 + serving.MOST_AHEAD + 1, "few are made ahead, so that who waits waits for few"
        for _ in range(1000):
            if (await asking(app, pages[0])).text.startswith("dopo"):
                break
            await asyncio.sleep(0.01)
        assert (await asking(app, pages[0])).text == "dopo it/tema/0/"
        app._changed -= serving.OLD_S
        assert [(await asking(app, page)).text[:4] for page in pages] == ["dopo"] * 9, "no longer than that"

    asyncio.run(visits())


def test_what_is_kept_has_a_weight_and_the_oldest_goes_first():
    kept = Kept(100)
    for name in "abc":
        kept.put(name, pack(Made(name.encode() * 40)))
        assert kept.get("a") is not None
    assert [name for name in "abc" if kept.get(name)] == ["a", "c"]
    kept.put("d", pack(Made(b"d" * 101)))
    assert kept.get("d") is None


def test_answers_that_weigh_nothing_are_not_kept_without_end(monkeypatch):
    monkeypatch.setattr("locator.kept.MOST", 3)
    kept = Kept(100)
    for name in range(9):
        kept.put(name, pack(Made(b"", status=308, moves_to="x/")))
    assert len(kept) == 3
    assert kept.get(8) is not None


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=60)), max_size=60))
def test_whatever_is_kept_never_weighs_too_much_and_is_what_was_put_last(puts):
    kept, last = Kept(150), {}
    for name, body in puts:
        kept.put(name, pack(Made(body)))
        last[name] = body
        held = {name: found.plain for name in range(10) if (found := kept.get(name))}
        assert kept.bytes == sum(map(len, held.values())) <= 150
        assert all(last[name] == body for name, body in held.items())
        assert held[puts[0][0] if len(last) == 1 else name] is not None


# what strangers send


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_path_and_no_query_break_anything(path, query):
    answer = ask(STRANGE, f"/sportelli/{path.replace('?', '')}?{query}")
    assert answer.status in {200, 302, 303, 308, 400, 404, 414}
    assert "content-security-policy" in answer.headers


STRANGE = public()


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd", "it/../../server.py", "it/\x00", "_/../../errors.py", "it/comune/" + "9" * 400,
        "//evil.example",
        "it/%2e%2e/", "\\evil", "it/sportello/<script>/", "it/javascript:alert(1)", "dati/zone/../zone/borgo.json",
        f"_/{'a' * 12}/../../../pyproject.toml", "it\r\nset-cookie: a=b",
    ],
)  # fmt: skip
def test_paths_that_are_none_are_not_found_and_not_repeated(app, path):
    answer = ask(app, f"/sportelli/{path}")
    assert answer.status == 404
    assert "evil" not in answer.text
    assert "script>" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["//evil.example", "it//evil.example", "it/comune//evil.example", "/\\evil.example"]
)
def test_nobody_is_sent_elsewhere(app, path):
    assert not ask(app, f"/sportelli{path}").headers.get("location", "").startswith(("/", "http", "\\"))


@pytest.mark.parametrize(
    "host", ["evil b", "x'\"><script>", "evil.example/x", "a@evil", "a,evil", "evil:y", "é.evil", "[::1"]
)
def test_a_host_that_is_none_is_refused_and_not_repeated(app, host):
    answer = ask(app, "/sportelli/it/", headers={"host": host})
    assert answer.status == 400
    assert host not in answer.text
    assert len(app.kept) == 0


def test_the_host_of_one_visitor_is_never_told_to_another(app):
    ask(app, "/sportelli/it/comune/900001/", headers={"host": "evil.example"})
    assert "evil.example" not in ask(app, "/sportelli/it/comune/900001/").text
    named = public(settings=Settings("https://atlante.example/sportelli/"))
    assert (
        "evil.example"
        not in ask(named, "/sportelli/it/comune/900001/", headers={"host": "evil.example"}).text
    )


def test_nothing_planted_in_a_record_or_an_address_runs(app):
    for path in ("comune/900001/", "sportello/sp-veleno/", "ambito/borgo/", "comuni/", ""):
        for query in ("", f"tema={PLANTED}&lingua={PLANTED}&luogo={PLANTED}&dove={PLANTED}&colore={PLANTED}"):
            text = ask(app, f"/sportelli/ar/{path}?{query.replace('&lt;', '')}").text
            assert "<script>alert" not in text
            assert "49javascript" not in text, "nothing planted is computed"
            seen = Tags()
            seen.feed(text)
            assert seen.found


class Tags(HTMLParser):
    """Refuses what a page of ours never has: inline scripts and styles, handlers, links that run."""

    found = 0

    def handle_starttag(self, tag, attrs):
        self.found += 1
        told = dict(attrs)
        assert tag != "style"
        assert tag != "script" or told.get("src")
        for name, value in attrs:
            assert name != "style"
            assert not name.startswith("on")
            assert name not in {"href", "src", "action"} or not (value or "").strip().startswith(
                "javascript:"
            )


def test_what_is_sent_comes_whole_to_who_reads_it_and_not_to_other_addresses():
    app = public(reporting=echo)
    assert (
        ask(app, "/sportelli/ar/segnala/", method="POST", body=b"testo=ciao").text
        == "/ar/segnala/ testo=ciao"
    )
    assert ask(app, "/sportelli/conta", method="POST", body=b"{}").text == "/conta {}"
    refused = ask(app, "/sportelli/it/", method="POST", body=b"x")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    assert ask(app, "/sportelli/conta", method="PUT").headers["allow"] == "POST"
    assert ask(public(), "/sportelli/conta", method="POST").status == 405, "nobody reads it there"


def test_who_sends_without_end_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(serving, "PATIENCE_S", 0.01)

    async def never():
        await asyncio.sleep(60)

    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/sportelli/conta", "query_string": b"", "headers": [],
        "scheme": "http",
    }  # fmt: skip
    asyncio.run(public(reporting=echo)(scope, never, send))
    assert sent[0]["status"] == 408


# faults


@pytest.mark.parametrize(
    ("path", "accepted", "words"),
    [
        ("/sportelli/it/nulla/", "en", '<html lang="it" dir="ltr">'),
        ("/sportelli/ar/comune/x/", "en", '<html lang="ar" dir="rtl">'),
        ("/sportelli/xx/", "ur", '<html lang="ur" dir="rtl">'),
        ("/sportelli/nulla", "", "Questa pagina non c"),
    ],
)
def test_a_page_that_is_not_there_says_so_in_the_language_of_the_visitor(app, path, accepted, words):
    answer = ask(app, path, headers={"accept-language": accepted})
    assert answer.status == 404
    assert words in answer.text
    lang = re.search(r'href="((?:\.\./)*)(\w+)/"', answer.text)
    assert lang[1].count("../") == path.count("/") - 2, "the way back starts from where the visitor is"
    assert answer.headers["cache-control"] == "no-store"


def test_a_silent_registry_is_told_and_asked_again_only_after_a_while(monkeypatch, caplog):
    keeper = Held(fault=RegistryUnavailable(reason="spento"))
    app = public(keeper=keeper)
    with caplog.at_level(logging.CRITICAL):
        for _ in range(3):
            answer = ask(app, "/sportelli/it/", headers={"accept-language": "it"})
            assert (answer.status, answer.headers["retry-after"]) == (503, "60")
            assert "I dati non sono pronti" in answer.text
        assert keeper.asked == 1
        assert ask(app, "/sportelli/sw.js").status == 200, "what needs no registry is there"
        monkeypatch.setattr(serving, "PAUSE_S", 0)
        keeper.fault, keeper.now = None, town()
        assert ask(app, "/sportelli/it/").status == 200


def test_all_wait_for_the_first_snapshot_which_is_made_once():
    keeper = Held(town(), slow=0.2)
    app = public(keeper=keeper)

    async def many():
        return await asyncio.gather(
            *(asking(app, f"/sportelli/{lang}/") for lang in ("it", "en", "ar", "zh"))
        )

    assert [one.status for one in asyncio.run(many())] == [200] * 4
    assert keeper.asked <= 5, "one to make it, one an answer"


def test_a_fault_of_ours_is_a_page_and_a_line_of_the_log_and_the_next_one_is_served(caplog):
    broken = []

    def make(*given, **more):
        if not broken:
            broken.append(1)
            raise ZeroDivisionError("secret")
        return site.make(*given, **more)

    app = public(make=make)
    answer = ask(app, "/sportelli/it/")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert ask(app, "/sportelli/it/").status == 200


# with the registry


def test_changing_a_record_changes_its_page_within_the_time_of_a_look(monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_EVERY_S", 0.05)
    real = keeping.travel
    store = memory.registry()
    desk = reading.card(store, "sportelli", DESK)
    known = []  # where desks are does not change here
    monkeypatch.setattr(
        keeping, "travel", lambda *given: known[0] if known else known.append(real(*given)) or known[0]
    )
    keeper = Keeper(server.KEEPER.sources)
    app = public(keeper=keeper)
    assert desk.said["name"] in html.unescape(ask(app, f"/sportelli/it/sportello/{DESK}/").text)
    mark, start = keeper.snapshot().mark, time.monotonic()
    people.add(store, name="prova", role="regione", oidc="https://id.example prova")
    token = people.sign_in_vouched(store, "https://id.example prova")
    editing.edit(store, token, "sportelli", DESK, version=desk.version, said={"name": "Sportello & nuovo"})

    async def waiting():  # in one loop, as a server is: pages of before are made again behind the answers
        while "Sportello &amp; nuovo" not in (await asking(app, f"/sportelli/it/sportello/{DESK}/")).text:
            assert time.monotonic() - start < 60
            await asyncio.sleep(0.1)

    asyncio.run(waiting())
    assert keeper.snapshot().mark != mark


def test_the_real_api_and_the_real_form_answer_behind_the_same_headers():
    app = serving.make_app(Held(town()), {}, store=memory.registry)
    listed = ask(app, "/api/v1/sportelli?comune=900001&tema=permesso_soggiorno", headers=GZIP)
    assert listed.status == 200
    assert json.loads(listed.text)
    assert listed.headers["access-control-allow-origin"] == "*"
    again = ask(app, "/api/v1/sportelli?comune=900001&tema=permesso_soggiorno",
                headers={**GZIP, "if-none-match": listed.headers["etag"]})  # fmt: skip
    assert (again.status, again.body) == (304, b"")
    assert ask(app, "/api/v1").headers["location"] == "v1/"
    assert json.loads(ask(app, "/api/v1/openapi.json").text)["openapi"]
    assert ask(app, "/api/v1/sportelli", method="POST").status == 405
    for path in ("/api/v1/nulla", "/api/v1/../../etc", "/api/v1/sportelli/%00", "/api/v1/sportelli?limite=x"):
        answer = ask(app, path)
        assert answer.status in {404, 422}
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    form = ask(app, "/sportelli/it/segnala/?scheda=sportelli/sp-piazza")
    assert form.status == 200
    assert "<form" in form.text
    assert "script-src 'self'" in form.headers["content-security-policy"]
    assert ask(app, "/sportelli/conta", method="POST", body=b"x").status == 204
    assert ask(app, "/sportelli/it/segnala/", method="POST", body=b"a=b").status == 404


def test_a_silent_registry_gives_an_error_never_the_tables_of_before(monkeypatch):
    fault = RegistryUnavailable(reason="spento")
    monkeypatch.setattr(memory, "registry_fault", lambda: fault)
    monkeypatch.setattr(memory, "table", lambda name: name)
    with pytest.raises(RegistryUnavailable):
        current.table("sportelli")
    with pytest.raises(RegistryUnavailable):
        current.minutes("car")
    assert current.table("comuni") == "comuni", "what the registry does not keep is there"


def test_a_network_taken_into_use_gives_another_mark_and_forgets_the_feeds(monkeypatch):
    forgotten, stamps = [], iter([("una", 1), ("altra", 2)])
    monkeypatch.setattr(memory, "renewed", lambda: True)
    monkeypatch.setattr(current.feeds, "forget", lambda: forgotten.append(1))
    monkeypatch.setattr(current.store, "stamp", lambda _: next(stamps))
    store = memory.registry()
    of = keeping.Sources(current.table, lambda: store, current.minutes, current.network)
    assert keeping.mark_of(of) != keeping.mark_of(of)
    assert forgotten == [1, 1]


# beside the atlas


def test_the_pages_are_told_when_the_server_starts_and_stops():
    told = []

    class Told(Public):
        def begin(self):
            told.append("begin")

        def close(self):
            told.append("close")

    async def inside(scope, receive, send):
        for _ in range(2):
            message = await receive()
            await send({"type": f"{message['type']}.complete"})

    async def lived():
        coming = [{"type": "lifespan.shutdown"}, {"type": "lifespan.startup"}]

        async def receive():
            return coming.pop()

        async def send(message):
            told.append(message["type"])

        await PublicPages(inside, Told(Held(town()), Settings()))({"type": "lifespan"}, receive, send)

    asyncio.run(lived())
    assert sorted(told[:2]) == ["begin", "lifespan.startup.complete"]
    assert sorted(told[2:]) == ["close", "lifespan.shutdown.complete"]


def test_only_its_own_addresses_go_to_the_public_pages():
    async def inside(scope, receive, send):
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    app = PublicPages(inside, public())
    assert ask(app, "/sportelli/it/").status == 200
    for path in ("/", "/sportellini", "/api/v2", "/api/v10/x", "/layers/sportelli.json", "/static/x.js"):
        assert ask(app, path).status == 299, path


def test_the_mark_of_the_edition_is_of_what_pages_are_made_of():
    assert re.fullmatch(r"[0-9a-f]{12}", edition())
    assert edition() != assets().mark
