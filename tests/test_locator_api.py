"""The open API: the desks the pages find, paging that loses nobody, marks, refusals, and what it says of itself."""

import asyncio
import dataclasses
import datetime as dt
import functools
import json
import os
import random
import tempfile
import types
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx
import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks
from starlette.applications import Starlette
from starlette.routing import Mount

from data import catalog
from data.registry.store import open_store
from errors import QueryRefused, RegistryUnavailable
from locator.address import MODES as MODE_WORDS
from locator.address import PARAMETERS, read
from locator.api import cursors, make, shapes, shelf
from locator.api.asking import QUESTION, question
from locator.api.described import COLLECTIONS
from locator.finding import NOW, every, order, results
from locator.serving import Public
from locator.settings import Settings
from locator.travel import MODES, Reach, Travel
from tests.locator_town import MOMENT, ORIGINS, PLANTED, TODAY, desk, place, town
from tests.registry.town import built

NAMES = ("sportelli", "sessioni", "associazioni", "ambiti")


class Held:
    """A keeper that holds what it is given."""

    def __init__(self, now=None, *, moment=MOMENT, store=None):
        self.now = now or town()
        self.moment = moment
        self.ready = True
        self.sources = types.SimpleNamespace(table=catalog.load, store=lambda: store or registry())

    def snapshot(self):
        return self.now

    def clock(self):
        return self.moment


@functools.cache
def registry():
    """A registry of another town, where only a registry will do; it goes with the process."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["ATLANTE_VAR"]))
    opened = open_store(f"sqlite:///{folder / 'registry.sqlite'}", folder=folder)
    built(opened)
    return opened


def served(keeper):
    """The API where it is mounted."""
    return Starlette(routes=[Mount("/api/v1", make(keeper))])


def asked(app, *addresses, method="GET", headers=None):
    """The answers of an application, asked one after the other."""

    async def ask():
        through = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=through, base_url="http://atlante.example") as client:
            return [await client.request(method, one, headers=headers or {}) for one in addresses]

    return asyncio.run(ask())


def one(app, address, **options):
    """The answer to one address under ``/api/v1/``."""
    [answer] = asked(app, f"/api/v1/{address}", **options)
    return answer


@pytest.fixture(scope="module")
def app():
    return served(Held())


def ids(answer):
    return [record["id"] for record in answer.json()["dati"]]


def walked(app, address, **options):
    """Every page from the first to the last, by the links."""
    found, following = [], f"/api/v1/{address}"
    while following:
        [page] = asked(app, following, **options)
        assert page.status_code == 200, page.text
        found.append(page.json())
        assert len(found) < 100, "it never ends"
        following = found[-1]["successivo"]
    return found


# by heart


def test_desks_come_from_the_nearest_with_their_minutes(app):
    told = one(app, "sportelli?comune=900001&mezzo=piedi").json()
    assert [record["id"] for record in told["dati"]] == [
        "sp-piazza", "sp-ferie", "sp-veleno", "sp-rifugiati", "sp-riva", "sp-colle", "sp-ignoto", "sp-telefono",
    ]  # fmt: skip
    first, sixth = told["dati"][0], told["dati"][5]
    assert first["minuti"]["piedi"] == {"circa": 5, "da": 4, "a": 6}
    assert sixth["minuti"] == {
        "piedi": None,
        "bici": {"circa": 60, "da": 48, "a": 72},
        "auto": {"circa": 25, "da": 20, "a": 30},
    }
    assert told["partenza"] == {
        "luogo": "p1", "nome": "Piazza", "comune_code": "900001", "comune": "Borgo", "rete": "rete di prova"
    }  # fmt: skip
    assert told["totale"] == 8


def test_what_is_asked_and_not_known_is_possible_and_says_what(app):
    found = {one["id"]: one for one in one(app, "sportelli?lingua=ar&quando=adesso").json()["dati"]}
    assert (found["sp-piazza"]["certezza"], found["sp-piazza"]["non_noto"]) == ("sicuro", [])
    assert found["sp-riva"]["certezza"] == "possibile"
    assert found["sp-riva"]["non_noto"] == ["quando", "lingua"]
    assert "sp-ferie" not in found
    assert found["sp-telefono"]["remote"] is True


def test_unknown_is_null_and_what_has_no_point_has_no_geometry(app):
    told = one(app, "sportelli/sp-ignoto").json()
    known = {name for name, value in told.items() if value is not None}
    assert known == {"id", "name", "kind", "status", "evidence", "remote"}
    drawn = one(app, "sportelli/sp-ignoto?formato=geojson").json()
    assert (drawn["type"], drawn["geometry"], drawn["properties"]) == ("Feature", None, told)


def test_precision_and_radius_are_told(app):
    told = one(app, "sportelli/sp-riva").json()
    assert (told["precision"], told["radius_m"]) == ("settlement", 100.0)


def test_every_record_has_its_source_its_dates_and_the_licence_beside_it(app):
    for name in ("sportelli", "sessioni", "associazioni"):
        told = one(app, name).json()
        assert {"evidence", "source_url", "source_date", "confirmed_on"} <= told["dati"][0].keys()
        assert told["licenza"]["pagina"] == "/sportelli/it/dati/"
    assert "CC BY 4.0 per 22 righe" in one(app, "sportelli").json()["licenza"]["testo"]


def test_a_sessione_answers_for_itself(app):
    assert ids(one(app, "sessioni?sportello=sp-piazza")) == ["s1"]
    told = {one["id"]: one for one in one(app, "sessioni?lingua=uk&comune=900001").json()["dati"]}
    assert told["s5"]["certezza"] == "sicuro"
    assert told["s5"]["minuti"]["piedi"]["circa"] == 25
    assert "s1" not in told
    assert told["s4"]["non_noto"] == ["lingua"]


def test_ambiti_are_drawn_with_the_outline_of_their_comuni():
    now = dataclasses.replace(town(), ambiti=(dataclasses.replace(town().ambiti[0], id="lodi"),))
    [drawn] = one(served(Held(now)), "ambiti?formato=geojson").json()["features"]
    assert drawn["geometry"]["type"] in {"Polygon", "MultiPolygon"}
    assert drawn["properties"]["comuni"] == [
        {"code": "900001", "name": "Borgo"},
        {"code": "900002", "name": "Riva sul Lago"},
    ]
    assert drawn["properties"]["evidence"] in {"page", "knowledge"}


def test_geojson_comes_by_name_or_by_accept(app):
    wish = {"accept": "application/geo+json, application/json;q=0.5"}
    by_name, by_wish = one(app, "sportelli?formato=geojson"), one(app, "sportelli", headers=wish)
    assert by_name.headers["content-type"] == by_wish.headers["content-type"] == "application/geo+json"
    assert by_name.json()["features"] == by_wish.json()["features"]
    drawn = {feature["id"]: feature["geometry"] for feature in by_wish.json()["features"]}
    assert drawn["sp-piazza"] == {"type": "Point", "coordinates": [9.67, 45.69]}
    assert drawn["sp-ignoto"] is None
    assert one(app, "sportelli?formato=json", headers=wish).headers["content-type"] == "application/json"


def test_planted_text_stays_text(app):
    told = one(app, "sportelli/sp-veleno")
    assert told.headers["content-type"] == "application/json"
    assert told.json()["name"] == PLANTED


def test_records_say_nothing_but_what_is_described(app):
    for name in NAMES:
        found = COLLECTIONS[name][1]
        fields = {field.serialization_alias or key for key, field in found.model_fields.items()}
        assert set(one(app, name).json()["dati"][0]) == fields
    every_field = {
        field
        for shape in (shapes.Sportello, shapes.Sessione, shapes.Associazione)
        for field in shape.model_fields
    }
    assert not every_field & {"notes", "caution", "confirmed_by", "version", "capacity", "hours_note"}


# the same as the pages


ASKED = st.fixed_dictionaries(
    {},
    optional={
        "tema": st.sampled_from(["permesso_soggiorno", "lavoro", "asilo", "ascolto"]),
        "lingua": st.sampled_from(["ar", "uk", "fr", "it", "zh"]),
        "destinatario": st.sampled_from(["rifugiati", "cittadini_stranieri", "minori_stranieri"]),
        "quando": st.sampled_from(["adesso", "Sa 10:00", "We 15:00", "Mo-Fr 17:00-20:00"]),
        "mezzo": st.sampled_from([*MODE_WORDS]),
        "luogo": st.sampled_from([origin.id for origin in ORIGINS]),
        "ambito": st.sampled_from(["borgo", "colle"]),
    },
)


@given(ASKED)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_api_and_the_pages_find_the_same_desks(app, parameters):
    ask = read(parameters, town().travel).ask
    found = every(results(town().desks, town().travel, ask, now=MOMENT))
    told = one(app, "sportelli?" + urlencode(parameters)).json()
    by_minutes = sorted(found, key=lambda hit: order(hit, ask.mode) if ask.origin else hit.desk.id)
    assert [record["id"] for record in told["dati"]] == [hit.desk.id for hit in by_minutes]
    assert told["totale"] == len(found)
    for hit, record in zip(by_minutes, told["dati"], strict=True):
        assert record["certezza"] == ("possibile" if hit.unsure else "sicuro")
        minutes = record["minuti"] or dict.fromkeys(MODE_WORDS)
        assert [minutes[word] and tuple(minutes[word].values()) for word in MODE_WORDS] == [
            *hit.minutes.values()
        ]


def test_parameters_are_called_as_those_of_the_pages():
    assert set(PARAMETERS.values()) == set(QUESTION) - {"comune"}


def test_a_comune_and_its_main_place_ask_the_same(app):
    by_comune, by_place = (one(app, f"sportelli?{asked}").json() for asked in ("comune=900002", "luogo=p3"))
    assert by_comune == by_place


# refusals


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sportelli?pippo=1&tema=x&lingua=klingon&limite=0", ["«pippo»", "«tema»", "«lingua»", "«limite»"]),
        ("sportelli?quando=sempre&mezzo=cavallo&ambito=atlantide", ["«quando»", "«mezzo»", "«ambito»"]),
        ("sportelli?comune=015146&luogo=g1&destinatario=marziani", ["«comune»", "«luogo»", "«destinatario»"]),
        ("sportelli?comune=900003&luogo=p2", ["«luogo» non può essere «p2»"]),
        ("sportelli?tema=lavoro&tema=asilo&formato=xml", ["«tema» è dato più di una volta", "«formato»"]),
        ("sportelli?limite=501", ["da 1 a 500"]),
        ("sportelli?limite=²", ["da 1 a 500"]),
        ("associazioni?tema=lavoro", ["«tema» non è un parametro"]),
        ("sessioni?sportello=sp-nessuno", ["«sportello»"]),
        ("sportelli/sp-riva?tema=lavoro", ["«tema» non è un parametro (qui ci sono formato)"]),
        ("dati?x=1", ["«x» non è un parametro (qui non ce ne sono)"]),
        (
            f"sportelli?quando={'Mo 10:00-12:00;' * 140}",
            ["i parametri insieme hanno al massimo 2000 caratteri"],
        ),
    ],
)
def test_one_sentence_names_every_fault(app, address, words):
    answer = one(app, address)
    assert answer.status_code == 422
    told = answer.json()
    assert set(told) == {"errore"}
    assert told["errore"].startswith("Richiesta non valida: ")
    assert all(word in told["errore"] for word in words), told


def test_an_empty_parameter_asks_nothing(app):
    assert ids(one(app, "sportelli?tema=&lingua=&luogo=")) == ids(one(app, "sportelli"))


@given(st.text(max_size=80))
@settings(max_examples=100)
def test_a_text_that_is_no_cursor_of_ours_is_refused(text):
    with pytest.raises(QueryRefused):
        cursors.read(text, "abc")


FORGED = [
    ["q", 0, 1, 1, 0.5, "a"], ["q", True, 1, 1, 0.5, "a", ""], ["q", 0, 1, "1", 0.5, "a", ""],
    ["q", 0, 1, 1, [], "a", ""], ["q", 0, 1, 1, 0.5, None, ""], ["q", 0, 1, 1, 10**400, "a", ""], {"q": 1}, 7, None,
]  # fmt: skip


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_a_forged_cursor_is_refused(app, forged):
    text = cursors.base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    answer = one(app, f"sportelli?cursore={text}")
    assert (answer.status_code, answer.json()["errore"]) == (422, f"Richiesta non valida: {cursors.BROKEN}.")


def test_a_cursor_of_another_question_is_refused(app):
    following = one(app, "sportelli?limite=2").json()["successivo"]
    cursor = dict(parse_qsl(following.partition("?")[2]))["cursore"]
    for other in ("sportelli?tema=permesso_soggiorno", "sportelli?comune=900001", "associazioni?ambito="):
        answer = one(app, f"{other}&cursore={cursor}")
        assert (answer.status_code, answer.json()["errore"]) == (
            422,
            f"Richiesta non valida: {cursors.OTHERS}.",
        )


def test_what_is_not_there_is_404_and_nothing_can_be_written(app):
    assert one(app, "sportelli/sp-nessuno").json() == {"errore": "Fra sportelli non c'è «sp-nessuno»."}
    for address in ("sportelli/sp-nessuno", "niente", "docs", "redoc", "sportelli/", "dati/altro.csv"):
        assert one(app, address).status_code == 404, address
    refused = one(app, "sportelli", method="POST")
    assert (refused.status_code, refused.json()["errore"][:20]) == (405, "Qui si può solo legg")
    assert "GET" in refused.headers["allow"]


def test_a_registry_that_does_not_answer_is_503():
    class Silent(Held):
        def snapshot(self):
            raise RegistryUnavailable(reason="spento")

    answer = one(served(Silent()), "sportelli")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "spento" not in answer.text


# now


def test_now_is_the_moment_of_the_first_page_on_every_page():
    many = tuple(dataclasses.replace(town().desk["sp-piazza"], id=f"sp-{n:02}") for n in range(10))
    keeper = Held(dataclasses.replace(town(), desks=many))
    app = served(keeper)
    first = one(app, "sportelli?quando=adesso&limite=6").json()
    keeper.moment = MOMENT.replace(hour=13)
    assert one(app, "sportelli?quando=adesso").json()["totale"] == 0
    [second] = asked(app, first["successivo"])
    assert (first["totale"], len(first["dati"]), ids(second)) == (10, 6, ["sp-06", "sp-07", "sp-08", "sp-09"])


def test_now_goes_on():
    keeper = Held()
    app = served(keeper)
    times = {9: True, 12: True, 13: False}
    for hour, open_ in times.items():
        keeper.moment = MOMENT.replace(hour=hour)
        assert ("sp-piazza" in ids(one(app, "sportelli?quando=adesso"))) is open_


def test_a_cursor_of_yesterday_is_refused_where_now_is_asked():
    keeper = Held()
    app = served(keeper)
    following = {
        asked: one(app, f"sportelli?{asked}&limite=1").json()["successivo"]
        for asked in ("quando=adesso", "tema=lavoro")
    }
    keeper.now = dataclasses.replace(town(), today=TODAY + dt.timedelta(days=1), mark="domani")
    keeper.moment += dt.timedelta(days=1)
    late, whenever = asked(app, *following.values())
    assert (late.status_code, late.json()["errore"]) == (422, f"Richiesta non valida: {cursors.OLD}.")
    assert whenever.status_code == 200


# pages


def crowd(keys):
    """A snapshot with these desks, each somewhere; where and how far follow from the key alone."""
    desks, minutes = zip(*(_somewhere(key) for key in sorted(keys)), strict=True)
    best = np.array([minutes] * len(ORIGINS), dtype=np.uint8)
    reach = {mode: Reach(best, best, best) for mode in MODES}
    travel = Travel(ORIGINS, tuple(one.id for one in desks), reach, "rete di prova")
    return dataclasses.replace(town(), desks=desks, travel=travel, mark=str(hash(frozenset(keys))))


@functools.cache
def _somewhere(key):
    chance = random.Random(key)
    at = place(lon=9.6 + chance.randrange(40) / 100, address="Via Roma 1")
    return desk(key, f"Sportello {key}", place=at), chance.choice([5, 5, 9, 30, 120, 255])


@pytest.mark.parametrize("question", ["limite=450", "comune=900001&limite=450&mezzo=bici"])
def test_paging_5000_records_while_50_come_and_50_go_loses_none_and_doubles_none(question):
    chance = random.Random(5000)
    there = {f"sp-{n:06}" for n in chance.sample(range(1_000_000), 5000)}
    throughout, ever = set(there), set(there)
    keeper = Held(crowd(there))
    app = served(keeper)
    seen, following, pages = [], f"/api/v1/sportelli?{question}", 0
    while following:
        [page] = asked(app, following)
        seen += ids(page)
        following, pages = page.json()["successivo"], pages + 1
        gone = set(chance.sample(sorted(there), 50))
        come = {f"sp-{n:06}" for n in chance.sample(range(1_000_000), 50)} - there
        there = (there - gone) | come
        throughout -= gone
        ever |= come
        keeper.now = crowd(there)
    assert pages >= 11
    assert len(seen) == len(set(seen))
    assert throughout <= set(seen) <= ever


@given(
    st.integers(1, 9),
    st.sampled_from(["", "comune=900001", "luogo=p4&mezzo=auto", "lingua=ar"]),
    st.sampled_from(NAMES[:2]),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_put_together_are_the_whole(app, limit, question, name):
    whole = one(app, f"{name}?{question}").json()
    pages = walked(app, f"{name}?limite={limit}&{question}")
    assert [record for page in pages for record in page["dati"]] == whole["dati"]
    assert all(len(page["dati"]) == limit for page in pages[:-1])
    assert {page["totale"] for page in pages} == {whole["totale"]}


def test_the_link_to_the_next_page_is_in_geojson_too_and_keeps_the_question(app):
    first = one(app, "sportelli?formato=geojson&limite=3&tema=permesso_soggiorno").json()
    assert dict(parse_qsl(first["successivo"].partition("?")[2])).keys() == {
        "formato",
        "limite",
        "tema",
        "cursore",
    }
    [second] = asked(app, first["successivo"])
    both = first["features"] + second.json()["features"]
    assert [one["id"] for one in both] == ids(one(app, "sportelli?tema=permesso_soggiorno"))


# marks


ADDRESSES = ["sportelli", "sportelli?comune=900001", "ambiti", "sportelli/sp-riva", "vocabolari", "openapi.json", "",
             "dati", "dati/sportelli.csv"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_an_answer_is_not_sent_it_again(app, address):
    first = one(app, address)
    assert first.headers["etag"].startswith('"')
    assert "Accept" in first.headers["vary"]
    again = one(app, address, headers={"if-none-match": f'"altro", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert one(app, address, headers={"if-none-match": '"altro"'}).status_code == 200


def test_each_representation_has_a_mark_of_its_own(app):
    plain = one(app, "sportelli", headers={"accept-encoding": "identity"})
    packed = one(app, "sportelli", headers={"accept-encoding": "gzip"})
    drawn = one(app, "sportelli?formato=geojson", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert len({one.headers["etag"] for one in (plain, packed, drawn)}) == 3


def test_a_change_in_the_registry_changes_the_mark():
    keeper = Held()
    app = served(keeper)
    before = one(app, "sportelli")
    keeper.now = dataclasses.replace(town(), desks=town().desks[1:], mark="dopo")
    after = one(app, "sportelli", headers={"if-none-match": before.headers["etag"]})
    assert (after.status_code, after.json()["totale"], after.json()["versione"]) == (200, 7, "dopo")


def test_the_head_alone_is_that_of_the_whole(app):
    whole, head = (one(app, "sportelli", method=method) for method in ("GET", "HEAD"))
    assert head.content == b""
    for name in ("etag", "content-length", "content-type", "vary", "cache-control"):
        assert head.headers[name] == whole.headers[name], name


def test_an_answer_is_made_once(monkeypatch):
    times = []
    found = shelf.results
    monkeypatch.setattr(shelf, "results", lambda *what, **how: times.append(1) or found(*what, **how))
    app = served(Held())
    for _ in range(5):
        one(app, "sportelli?lingua=ar&limite=3")
        one(app, "sportelli?lingua=ar&limite=2")
    assert len(times) == 1


def test_any_page_of_anybody_may_read_it(app):
    assert one(app, "sportelli").headers["access-control-allow-origin"] == "*"
    assert one(app, "sportelli?x=1").headers["access-control-allow-origin"] == "*"


def test_behind_the_public_pages_it_answers_the_same():
    keeper = Held()
    public = Public(keeper, Settings(), api=make(keeper))
    alone = one(served(keeper), "sportelli?comune=900001&limite=2")
    behind, head = (
        one(public, "sportelli?comune=900001&limite=2", method=method) for method in ("GET", "HEAD")
    )
    assert behind.content == alone.content
    assert behind.headers["etag"] == head.headers["etag"] == alone.headers["etag"]
    assert (head.content, head.headers["content-length"]) == (b"", alone.headers["content-length"])
    assert behind.headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in behind.headers
    [second] = asked(public, behind.json()["successivo"])
    assert ids(second) == ["sp-veleno", "sp-rifugiati"]


# its description


def described(app):
    return one(app, "openapi.json").json()


def test_the_description_names_every_address_and_its_parameters(app):
    told = described(app)
    assert told["servers"] == [{"url": "/api/v1"}]
    lists = [one(app, address).json()["dati"] for address in ("", "dati")]
    listed = {thing["indirizzo"].removeprefix("/api/v1") for things in lists for thing in things}
    assert listed <= told["paths"].keys()
    for name in NAMES:
        parameters = {each["name"] for each in told["paths"][f"/{name}"]["get"]["parameters"]}
        assert parameters == set(COLLECTIONS[name][-1])
    for address, path in told["paths"].items():
        assert {"200", "304", "422"} <= path["get"]["responses"].keys(), address


def test_every_reference_of_the_description_leads_somewhere(app):
    told = described(app)
    text = json.dumps(told)
    references = {part.partition('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}
    assert references <= told["components"]["schemas"].keys()
    for shape in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_every_code_of_a_record_is_explained(app):
    told = one(app, "vocabolari").json()["vocabolari"]
    assert {one["value"] for one in told["themes"]} >= {"permesso_soggiorno", "lavoro"}
    assert all(set(word) == {"value", "label", "description"} for words in told.values() for word in words)


CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]
FUZZED = schemathesis.openapi.from_asgi("/api/v1/openapi.json", served(Held()))


@FUZZED.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_the_answer_is_as_described(case):
    case.call_and_validate(checks=CHECKS)


def test_a_question_is_read_the_same_whatever_the_order_of_its_parameters():
    pairs = [("tema", "lavoro"), ("comune", "900001"), ("quando", "adesso"), ("limite", "7")]
    one, other = (
        question(told, town(), allowed=COLLECTIONS["sportelli"][-1]) for told in (pairs, pairs[::-1])
    )
    assert one == other
    assert (one.asked.when, one.asked.origin, one.limit) == (NOW, "p1", 7)
