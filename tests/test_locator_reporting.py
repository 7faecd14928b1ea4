"""What visitors send: reports of errors, and counts of searches; what is refused and what is forgotten."""

import asyncio
import datetime as dt
import html
import json
import logging
import re
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from data.registry import changes, searches
from data.registry.books import Report
from data.registry.changes import Act
from data.registry.reports import LONGEST
from data.registry.searches import Search
from data.registry.store import open_store
from data.vocabularies import vocabulary
from errors import RegistryUnavailable
from locator import limits, reporting, tally
from locator.limits import Limit, client_of
from locator.reporting import Reporting, search_of
from locator.serving import Public, PublicPages
from locator.settings import Settings
from locator.words import LANGUAGES, words
from tests.locator_town import MOMENT, PLANTED, town

BASE = {"evidence": "B", "confirm_every_months": 6, "status": "attivo"}
DESK = "sportelli/sp-piazza"
FORM = f"/sportelli/it/segnala/?scheda={DESK}"
GOOD = {"errore": "orari", "testo": "Il martedì è chiuso"}


class Town:
    """The town's registry, and its pages as they are served."""

    def __init__(self, folder, **environment):
        self.moment = MOMENT
        self.store = open_store(folder=folder, clock=lambda: self.moment)
        self.silent = False
        act = Act("seme", "seed", self.moment)
        with self.store.writing() as session:
            changes.born(session, act, "enti", "en-borgo", {**BASE, "name": "Comune di Borgo"})
            desk = {**BASE, "kind": "sportello_comunale", "ente_id": "en-borgo"}
            changes.born(session, act, "sportelli", "sp-piazza", {**desk, "name": "Sportello di piazza"})
            club = {**BASE, "kind": "rete", "name": "Amici di Borgo"}
            changes.born(session, act, "associazioni", "as-amici", club)
        self.reporting = Reporting(self, self.opened, environment, clock=self.seconds)
        for limit in (self.reporting.reports, self.reporting.counts):
            limit.clock = self.seconds
        self.app = Public(self, Settings(), reporting=self.reporting)
        self.ready = True

    def snapshot(self):
        return town()

    def clock(self):
        return self.moment

    def seconds(self):
        return self.moment.timestamp()

    def opened(self):
        if self.silent:
            raise RegistryUnavailable(reason="no answer")
        return self.store

    def go(self, **far):
        self.moment += dt.timedelta(**far)

    def ask(self, path, *, method="GET", sent=None, client="192.0.2.7", headers=None, body=None):
        told = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
        content = body if body is not None else None if sent is None else urlencode(sent, doseq=True)

        async def asking():
            through = httpx.ASGITransport(app=self.app, client=(client, 1))
            async with httpx.AsyncClient(transport=through, base_url="http://atlante.example") as visitor:
                return await visitor.request(method, path, content=content, headers=told)

        return asyncio.run(asking())

    def send(self, said=GOOD, *, wait_s=20, record=DESK, made=None, lang="it", **how):
        """Open the form, take the time that a person takes, and send it as a browser does."""
        address = f"/sportelli/{lang}/segnala/?scheda={record}"
        hidden = {"scheda": record, "inizio": made or hidden_in(self.ask(address).text), "sito": ""}
        self.go(seconds=wait_s)
        return self.ask(address, method="POST", sent={**hidden, **said}, **how)

    def kept(self):
        with self.store.reading() as session:
            return [(one.kind, one.record_id, one.what, one.words, one.times)
                    for one in session.scalars(sa.select(Report).order_by(Report.id))]  # fmt: skip


@pytest.fixture
def borgo(tmp_path):
    made = Town(tmp_path)
    yield made
    made.store.close()


def hidden_in(page):
    return re.search(r'name="inizio" value="([^"]+)"', page)[1]


def said_by(page):
    """The words of a page, as a person reads them."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


# the form


def test_the_form_names_the_record_and_asks_for_no_personal_data(borgo):
    answer = borgo.ask(FORM)
    said = said_by(answer.text)
    assert answer.status_code == 200
    assert "Sportello di piazza Via Roma 3, Borgo" in said
    assert "Non scrivere nomi, telefoni o altri dati di persone." in said
    names = set(re.findall(r'name="(\w+)"', answer.text)) - {"viewport", "description"}
    assert names - {"theme", "format"} == {"errore", "testo", "sito", "scheda", "inizio", "robots"}
    offered = re.findall(r'name="errore" value="(\w+)"', answer.text)
    assert offered == list(vocabulary("report_reasons").index)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script|style=|\son\w+=", answer.text)


def test_what_is_sent_is_kept_and_thanked_with_a_way_back(borgo):
    answer = borgo.send({"errore": ["orari", "lingue"], "testo": "  Parlano\r\nanche urdu  "})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "./?scheda=sportelli%2Fsp-piazza&grazie=1",
    )
    assert borgo.kept() == [("sportelli", "sp-piazza", ["orari", "lingue"], "Parlano\nanche urdu", 1)]
    thanks = borgo.ask("/sportelli/it/segnala/" + answer.headers["location"][2:])
    assert "Grazie" in said_by(thanks.text)
    assert (
        'href="../../it/sportello/sp-piazza/"' in thanks.text
        or 'href="../sportello/sp-piazza/"' in thanks.text
    )


def test_an_association_is_reported_as_well_and_the_way_back_is_its_ambito(borgo):
    answer = borgo.send(record="associazioni/as-amici")
    assert answer.status_code == 303
    assert borgo.kept()[0][:2] == ("associazioni", "as-amici")
    assert "ambito/borgo/" in borgo.ask("/sportelli/it/segnala/" + answer.headers["location"][2:]).text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_there_in_every_language(borgo, lang):
    page = borgo.ask(FORM.replace("/it/", f"/{lang}/"))
    assert page.status_code == 200
    assert html.escape(words(lang).gettext("Segnala un errore")) in page.text or lang != "it"
    assert f'dir="{words(lang).dir}"' in page.text
    assert borgo.send(lang=lang).status_code == 303


def test_every_fault_is_named_and_what_was_typed_stays(borgo):
    long = "è tutto sbagliato " * 40
    answer = borgo.send({"errore": ["gatti"], "testo": long})
    said = said_by(answer.text)
    assert answer.status_code == 422
    assert "Una voce scelta non c'è più." in said
    assert f"sono {len(long.strip())} caratteri, al massimo {LONGEST}." in said
    assert long.strip() in said
    assert 'aria-invalid="true"' in answer.text
    answer = borgo.send({"testo": "solo parole"})
    assert "Scegli almeno una voce." in said_by(answer.text)
    assert "solo parole" in said_by(answer.text)
    answer = borgo.send({"errore": "altro"})
    assert "Hai scelto «Altro»." in said_by(answer.text)
    assert re.search(r'value="altro"[^>]* checked', answer.text)
    assert borgo.kept() == []


def test_what_was_planted_is_shown_as_text(borgo):
    answer = borgo.send({"errore": PLANTED, "testo": f"</textarea>{PLANTED}"})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;/textarea&gt;" in answer.text
    assert "{{7*7}}" in answer.text
    for record in ("sportelli/sp-veleno", "associazioni/as-veleno"):
        page = borgo.ask(f"/sportelli/it/segnala/?scheda={record}")
        assert page.status_code == 200
        assert "<script>" not in page.text


@pytest.mark.parametrize("record", ["", "sportelli/", "sportelli/nessuno", "enti/en-borgo", "sp-piazza", "../x",
                                    "associazioni/sp-piazza", PLANTED, "x" * 1000])  # fmt: skip
def test_of_a_record_that_is_not_public_there_is_no_form(borgo, record):
    there = f"/sportelli/it/segnala/?{urlencode({'scheda': record})}"
    assert borgo.ask(there).status_code == 404
    sent = {"scheda": record, "inizio": hidden_in(borgo.ask(FORM).text), **GOOD}
    assert borgo.ask(there, method="POST", sent=sent).status_code == 404
    assert borgo.kept() == []


def test_a_record_that_was_taken_away_meanwhile_is_told(borgo):
    answer = borgo.send(record="sportelli/sp-riva")  # in the pages still, no longer in the registry
    assert answer.status_code == 404


# what is no person


def test_who_fills_in_what_nobody_sees_is_thanked_and_dropped(borgo):
    answer = borgo.send({**GOOD, "sito": "https://spam.example"})
    assert answer.status_code == 303
    assert borgo.kept() == []
    trap = re.search(r'<div class="trap" aria-hidden="true">.*?</div>', borgo.ask(FORM).text, re.DOTALL)[0]
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap


def test_too_fast_is_asked_again_and_then_taken(borgo):
    answer = borgo.send(wait_s=1)
    assert answer.status_code == 422
    assert "Hai fatto molto in fretta." in said_by(answer.text)
    assert "Il martedì è chiuso" in said_by(answer.text)
    assert borgo.kept() == []
    assert borgo.send(wait_s=2, made=hidden_in(answer.text)).status_code == 303


@pytest.mark.parametrize("made", ["x", "forged", "other record", "cut"])
def test_a_form_that_is_not_ours_is_made_again(borgo, made):
    good = hidden_in(borgo.ask(FORM).text)
    other = hidden_in(borgo.ask(FORM.replace(DESK, "associazioni/as-amici")).text)
    shown = {
        "x": "x",
        "forged": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "other record": other,
        "cut": good[:-3],
    }
    answer = borgo.send(made=shown[made])
    assert answer.status_code == 422
    assert "Il modulo era aperto da molto tempo." in said_by(answer.text)
    assert borgo.kept() == []
    assert borgo.send(made=hidden_in(answer.text)).status_code == 303


def test_a_form_holds_for_half_a_day(borgo):
    assert borgo.send(wait_s=reporting.LATEST_S).status_code == 303
    assert borgo.send(wait_s=reporting.LATEST_S + 1).status_code == 422


def test_a_body_without_end_or_with_very_many_fields_is_refused(borgo):
    long = borgo.ask(FORM, method="POST", body=b"testo=" + b"a" * reporting.LONGEST_BODY)
    assert long.status_code == 413
    many = borgo.ask(FORM, method="POST", body=b"&".join(b"errore=orari" for _ in range(100)))
    assert many.status_code == 400
    for body in (b"\xff\xfe\x00", b"%", b"=", b"scheda=%ff&errore=%00", b'{"a": 1}'):
        assert borgo.ask(FORM, method="POST", body=body).status_code in {404, 422}
    assert borgo.kept() == []


# how much


def test_one_visitor_may_send_so_many_an_hour_and_another_may_still(borgo):
    for at in range(reporting.REPORTS_EACH):
        assert borgo.send({"errore": "orari", "testo": f"numero {at}"}).status_code == 303
    answer = borgo.send({"errore": "orari", "testo": "una di più"})
    assert answer.status_code == 429
    assert "Riprova fra un'ora." in said_by(answer.text)
    assert "una di più" in said_by(answer.text)
    assert borgo.send({"errore": "lingue"}, client="192.0.2.8").status_code == 303
    borgo.go(hours=1)
    assert borgo.send({"errore": "orari", "testo": "una di più"}).status_code == 303


def test_all_together_may_send_so_many_an_hour(borgo):
    borgo.reporting.reports.everybody = 3
    told = [borgo.send(client=f"192.0.2.{at}").status_code for at in range(5)]
    assert told == [303, 303, 303, 429, 429]


@pytest.mark.parametrize(
    ("environment", "counted_as"),
    [({}, "192.0.2.7"), ({limits.PROXY: "1"}, "198.51.100.4"), ({limits.PROXY: "0"}, "192.0.2.7")],
)
def test_what_a_visitor_says_of_its_address_is_believed_only_of_our_proxy(environment, counted_as):
    headers = [(b"x-forwarded-for", b"203.0.113.9, 198.51.100.4")]
    scope = {"type": "http", "client": ("192.0.2.7", 1), "headers": headers}
    assert client_of(scope, environment) == counted_as
    assert client_of({"type": "http", "client": None, "headers": []}, environment) == ""


def test_a_line_that_the_visitor_adds_before_that_of_our_proxy_is_not_believed():
    headers = [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-for", b"198.51.100.4")]
    scope = {"type": "http", "client": ("192.0.2.7", 1), "headers": headers}
    assert client_of(scope, {limits.PROXY: "1"}) == "198.51.100.4"


def test_ports_make_no_new_visitors():
    limit = Limit(2, 10)
    told = [limit.allows(f"198.51.100.4:{port}") for port in (5001, 5002, 5003)]
    assert told == [True, True, False]
    assert [limit.allows(f"[2001:db8::{port}]:{port}") for port in (1, 2, 3)] == [True, True, False]


def test_an_address_is_kept_nowhere_and_forgotten_after_an_hour(borgo, caplog):
    with caplog.at_level(logging.DEBUG):
        borgo.send(client="198.51.100.77")
        borgo.silent = True
        borgo.send(client="198.51.100.77", made="x")
        borgo.silent = False
    assert "198.51.100.77" not in caplog.text
    limit = borgo.reporting.reports
    assert b"198.51.100.77" not in repr(vars(limit)).encode()
    assert len(limit._seen) == 1
    dump = "\n".join(map(str, borgo.kept()))
    assert "198.51" not in dump
    borgo.go(hours=1)
    limit.allows("192.0.2.1")
    assert len(limit._seen) == 1


def test_two_processes_do_not_know_the_same_digest():
    one, other = Limit(1, 10), Limit(1, 10)
    for limit in (one, other):
        limit.allows("192.0.2.1")
    assert one._seen.keys().isdisjoint(other._seen)


def test_a_house_with_many_addresses_is_one_visitor():
    limit = Limit(2, 10)
    told = [limit.allows(f"2001:db8::{at}") for at in range(3)]
    assert told == [True, True, False]
    assert limit.allows("2001:db8:0:1::1")
    assert [limit.allows(one) for one in ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1")] == [
        True,
        True,
        False,
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 2000)), max_size=60))
def test_in_no_hour_are_there_more_than_allowed(visits):
    now, allowed = [0.0], []
    limit = Limit(3, 7, clock=lambda: now[0])
    for who, later in visits:
        now[0] += later
        good = limit.allows(f"192.0.2.{who}")
        last = [(at, one) for at, one in allowed if at > now[0] - limits.HOUR_S]
        mine = [at for at, one in last if one == who]
        assert good == (len(mine) < 3 and len(last) < 7)
        if good:
            allowed.append((now[0], who))


# the registry does not answer


def test_when_the_registry_does_not_answer_nothing_typed_is_lost(borgo):
    made = hidden_in(borgo.ask(FORM).text)
    borgo.silent = True
    assert borgo.ask(FORM).status_code == 503
    assert borgo.send(made=made).status_code == 503
    borgo.silent = False
    assert borgo.send(made=made).status_code == 303


# searches

TOLD = {"ambito": "bergamo", "tema": "lavoro", "lingua": "ar", "mezzo": "piedi", "esito": "nessuno"}
COUNTED = Search("bergamo", "lavoro", "ar", "walk", "none")


def count(borgo, told=TOLD, headers=None, **how):
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    kind = {"content-type": "application/json"}
    return borgo.ask("/sportelli/conta", method="POST", body=body, headers={**kind, **(headers or {})}, **how)


def waiting(borgo):
    return dict(borgo.reporting.tally._waiting)


def test_a_search_is_counted_in_memory_and_written_with_the_others(borgo):
    for _ in range(3):
        answer = count(borgo)
        assert (answer.status_code, answer.content) == (204, b"")
    count(borgo, {**TOLD, "ambito": None, "tema": None, "lingua": None, "mezzo": "auto", "esito": "lontano"})
    assert waiting(borgo) == {COUNTED: 3, Search("", "", "", "car", "far"): 1}
    assert searches.unmet(borgo.store).empty
    borgo.reporting.close()
    assert sorted(searches.unmet(borgo.store)["n"]) == [1, 3]
    assert waiting(borgo) == {}
    assert borgo.reporting.tally._timer is None


@pytest.mark.parametrize("told", [
    b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"{" * 299, b"[" * 299, {}, [TOLD], {**TOLD, "mezzo": None},
    {**TOLD, "esito": "vicino"}, {**TOLD, "mezzo": "walk"}, {**TOLD, "tema": "via Roma 3"}, {**TOLD, "tema": ""},
    {**TOLD, "lingua": ["ar"]}, {**TOLD, "lingua": 1}, {**TOLD, "ambito": "Bergamo"}, {**TOLD, "dove": "via Roma"},
    {key: TOLD[key] for key in ("ambito", "mezzo", "esito")}, {**TOLD, "tema": "*"}, {**TOLD, "tema": "x" * 290},
    {**TOLD, "mezzo": {}}, {**TOLD, "esito": []},
], ids=str)  # fmt: skip
def test_anything_else_is_dropped_and_the_answer_is_the_same(borgo, told):
    answer = count(borgo, told)
    assert (answer.status_code, answer.content) == (204, b"")
    assert waiting(borgo) == {}


@pytest.mark.parametrize(
    ("site", "counted"), [("cross-site", 0), ("same-site", 0), ("same-origin", 1), ("none", 1)]
)
def test_what_another_site_sends_is_not_counted(borgo, site, counted):
    assert count(borgo, headers={"sec-fetch-site": site}).status_code == 204
    assert sum(waiting(borgo).values()) == counted


@given(st.binary(max_size=310))
def test_no_body_breaks_the_counter(body):
    assert search_of(body) is None


def test_counting_has_its_measure_and_only_posts_count(borgo):
    borgo.reporting.counts.each = 2
    assert [count(borgo).status_code for _ in range(4)] == [204] * 4
    assert waiting(borgo) == {COUNTED: 2}
    assert borgo.ask("/sportelli/conta").status_code == 404
    assert borgo.ask("/sportelli/conta", method="PUT", body=b"{}").status_code == 405
    borgo.reporting.close()


def test_while_the_registry_is_silent_counts_wait_and_none_is_lost(borgo, monkeypatch):
    monkeypatch.setattr(tally, "MOST", 2)
    count(borgo)
    borgo.silent = True
    borgo.reporting.close()
    assert waiting(borgo) == {COUNTED: 1}
    count(borgo), count(borgo, {**TOLD, "tema": "salute"}), count(borgo, {**TOLD, "tema": "asilo"})
    assert len(waiting(borgo)) == 2, "beyond that, memory is worth more"
    borgo.silent = False
    borgo.reporting.close()
    assert sorted(searches.unmet(borgo.store)["n"]) == [1, 2]


def test_what_waits_is_written_by_itself(borgo):
    borgo.reporting.tally.every_s = 0.01
    count(borgo)
    timer = borgo.reporting.tally._timer
    if timer is not None:
        timer.join(10)
    borgo.reporting.tally.flush()  # waits for one that is writing
    assert list(searches.unmet(borgo.store)["n"]) == [1]


def test_at_its_start_the_server_says_since_when_it_counts_and_at_its_end_loses_nothing(borgo):
    async def behind(scope, receive, send):
        await send({"type": "lifespan.startup.complete"})
        borgo.reporting.tally.add(COUNTED)
        await send({"type": "lifespan.shutdown.complete"})

    sent = []

    async def send(message):
        sent.append(message["type"])

    borgo.reporting.begin = borgo.reporting.tally.begin  # here, not beside
    asyncio.run(PublicPages(behind, borgo.app)({"type": "lifespan"}, None, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert searches.since(borgo.store) == MOMENT.date()
    assert list(searches.unmet(borgo.store)["n"]) == [1]


def test_pages_can_only_be_asked_for_and_sent_to_where_they_are(borgo):
    assert borgo.ask("/sportelli/xx/segnala/?scheda=" + DESK).status_code == 404
    assert borgo.ask(FORM, method="HEAD").status_code == 200
    assert borgo.ask(FORM, method="DELETE").status_code == 405
    assert borgo.ask("/sportelli/it/", method="POST", sent=GOOD).status_code == 405
