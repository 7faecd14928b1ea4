"""The open data as whole files: only what is public, safe in a spreadsheet, valid where a standard says what is."""

import csv
import dataclasses
import io
import json
import types
from pathlib import Path

import geopandas as gpd
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pyarrow import parquet
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from data import catalog
from data.registry import editing, people, reading
from data.registry.seed import seed
from data.registry.standards import cells_out
from data.registry.store import open_store
from locator import records
from locator.api import bulk, catalogue, open_files, shapes
from screens.living import living
from tests.locator_town import MOMENT, PLANTED, TODAY, slot, town
from tests.registry.test_standards import SCHEMAS, closed, needs_schemas
from tests.test_locator_api import Held, one, served

DCATAPIT = Namespace("http://dati.gov.it/onto/dcatapit#")
BASE = "https://atlante.example/api/v1/dati/"


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """The registry as it is at the first start, where one desk with hours has been confirmed; and its snapshot."""
    folder = tmp_path_factory.mktemp("bulk")
    store = open_store(f"sqlite:///{folder}/registry.sqlite", folder=folder)
    seed(store, catalog.load)
    people.add(store, name="regione", role="regione", oidc="https://id.example regione")
    token = people.sign_in_vouched(store, "https://id.example regione")
    slots = reading.table(store, "sessioni", public=True)
    table = living(store, catalog.load)
    public = {desk.id for desk in records.desks(table, store)}
    key = next(key for key in slots.loc[slots["hours"].notna(), "sportello_id"] if key in public)
    card = reading.card(store, "sportelli", key)
    editing.confirm(store, token, "sportelli", key, version=card.version, sessioni=card.versions)
    table = living(store, catalog.load)
    desks, associations = records.desks(table, store), records.associations(table)
    now = dataclasses.replace(
        town(), desks=desks, associations=associations, mark="vero", today=store.today()
    )
    yield types.SimpleNamespace(store=store, now=now, confirmed=key)
    store.close()


@pytest.fixture(scope="module")
def written(registry):
    return dict(bulk.files(registry.now, registry.store, base=BASE))


def rows(data):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def hidden(store, kind):
    """Keys of the registry that no public page shows."""
    table = reading.table(store, kind)
    return set(
        table.loc[
            (table["evidence"] == "D") | table["status"].isin(["chiuso", "probabilmente_superato"]), "id"
        ]
    )


# what is in them


def test_every_file_is_there_with_its_words(written):
    assert list(written) == [
        "sportelli.csv", "sessioni.csv", "associazioni.csv", "sportelli.geojson", "sportelli.parquet", "hsds.json",
        "catalogo.ttl", "catalogo.jsonld",
    ]  # fmt: skip
    assert set(written) == set(bulk.MIMES) == set(bulk.ABOUT)


def test_files_hold_the_records_of_the_snapshot_and_no_other(registry, written):
    now = registry.now
    desks, slots = [one.id for one in now.desks], {slot.id for one in now.desks for slot in one.slots}
    assert [row["id"] for row in rows(written["sportelli.csv"])] == desks
    assert {row["id"] for row in rows(written["sessioni.csv"])} == slots
    assert [row["id"] for row in rows(written["associazioni.csv"])] == [one.id for one in now.associations]
    assert [one["id"] for one in json.loads(written["sportelli.geojson"])["features"]] == desks
    assert len(json.loads(written["hsds.json"])["contents"]) == len(desks)


@pytest.mark.parametrize("kind", ["sportelli", "associazioni"])
def test_what_is_weak_or_closed_is_in_no_file(registry, written, kind):
    keys = hidden(registry.store, kind)
    assert keys
    for name, data in written.items():
        if name != "sportelli.parquet":
            assert not [key for key in keys if f'"{key}"'.encode() in data or f"\n{key},".encode() in data], (
                name
            )
    assert not keys & set(parquet.read_table(io.BytesIO(written["sportelli.parquet"]))["id"].to_pylist())


def test_hours_that_nobody_has_confirmed_are_in_no_file(registry, written):
    said = reading.table(registry.store, "sessioni", public=True)
    unconfirmed = set(said.loc[said["confirmed_on"].isna() & said["hours"].notna(), "hours"])
    confirmed = set(said.loc[said["confirmed_on"].notna(), "hours"])
    assert unconfirmed - confirmed
    assert confirmed
    for name, data in written.items():
        if name != "sportelli.parquet":
            assert not [text for text in unconfirmed - confirmed if text.encode() in data], name
    assert {row["id"] for row in rows(written["sportelli.csv"]) if row["hours"]} == {registry.confirmed}
    told = parquet.read_table(io.BytesIO(written["sportelli.parquet"])).to_pylist()
    assert {row["id"] for row in told if '"hours": "' in (row["sessioni"] or "")} == {registry.confirmed}


def test_words_for_editors_are_in_no_file(registry, written):
    notes = [
        text
        for kind in ("sportelli", "sessioni", "associazioni", "enti")
        for field in ("notes", "caution", "hours_note")
        for text in reading.table(registry.store, kind).get(field, [])
        if text and len(text) > 25
    ]
    assert len(notes) > 20
    told = written["hsds.json"].decode()
    assert not [text for text in notes if json.dumps(text, ensure_ascii=False) in told]


def test_unknown_is_an_empty_cell_and_a_missing_value(registry, written):
    [row] = [row for row in rows(written["sportelli.csv"]) if row["id"] == registry.confirmed]
    known = shapes.sportello(registry.now.desk[registry.confirmed])
    for name, value in row.items():
        if name != "hours":
            assert (value == "") == (getattr(known, name) is None), name


# tables


@pytest.mark.parametrize(
    "planted", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "'già", PLANTED]
)
def test_a_spreadsheet_runs_nothing(planted):
    odd = dataclasses.replace(town().desk["sp-piazza"], name=planted, ente=planted, themes=(planted,))
    data = dict(bulk_tables(dataclasses.replace(town(), desks=(odd,))))["sportelli.csv"]
    [row] = rows(data)
    for name in ("name", "ente", "themes"):
        assert row[name][:1] not in {"=", "@", "\t", "\r", "+", "-"}
    assert cells_out.unguarded(row["name"]) == planted


def bulk_tables(now):
    return [(file.name, file.make(now, None)) for file in open_files.FILES if file.name != "hsds.json"]


def test_a_row_of_the_town_by_heart():
    found = {row["id"]: row for row in rows(dict(bulk_tables(town()))["sportelli.csv"])}
    row = found["sp-piazza"]
    assert (row["themes"], row["languages"], row["remote"], row["lon"], row["radius_m"]) == (
        "permesso_soggiorno; ricongiungimento", "ar; en", "false", "9.67", "100.0",
    )  # fmt: skip
    assert row["hours"] == town().desk["sp-piazza"].slots[0].hours
    assert json.loads(found["sp-ferie"]["closures"]) == [
        {"from": "2026-11-20", "until": "2026-12-05", "why": "lavori"}
    ]


def test_points_in_the_file_are_those_of_the_api():
    told = json.loads(dict(bulk_tables(town()))["sportelli.geojson"])
    answers = one(served(Held()), "sportelli?formato=geojson").json()["features"]
    added = set(shapes.Answer.model_fields)
    for feature in answers:
        feature["properties"] = {
            name: value for name, value in feature["properties"].items() if name not in added
        }
    assert told["features"] == answers
    assert told["atlante"]["sources"][0]["licence"].startswith("CC BY 4.0 per 22 righe")


def test_geoparquet_has_points_lists_days_and_its_box():
    data = dict(bulk_tables(town()))["sportelli.parquet"]
    table = gpd.read_parquet(io.BytesIO(data)).set_index("id")
    assert table.crs.to_epsg() == 4326
    assert (table.geometry["sp-piazza"].x, table.geometry["sp-ignoto"]) == (9.67, None)
    made = parquet.read_table(io.BytesIO(data))
    told = {field.name: str(field.type) for field in made.schema}
    assert (told["themes"], told["confirmed_on"], told["remote"]) == (
        "list<element: string>",
        "date32[day]",
        "bool",
    )
    assert (told["cost"], told["lon"], told["sessioni"]) == ("string", "double", "string")
    [row] = [row for row in made.to_pylist() if row["id"] == "sp-piazza"]
    assert row["languages"] == ["ar", "en"]
    assert json.loads(row["sessioni"])[0]["confirmed_on"] == "2026-11-12"
    assert json.loads(made.schema.metadata[b"atlante"])["public"] is True


def test_a_column_of_which_nothing_is_known_keeps_its_type():
    alone = dataclasses.replace(town(), desks=(town().desk["sp-ignoto"],))
    made = parquet.read_table(io.BytesIO(dict(bulk_tables(alone))["sportelli.parquet"]))
    told = {field.name: str(field.type) for field in made.schema}
    assert (told["lon"], told["areas"], told["phone"]) == ("double", "list<element: string>", "string")


def test_several_hours_stand_in_one_cell():
    slots = (slot("a", "Mo 09:00-12:00"), slot("b"), slot("c", "Tu 14:00-16:00"))
    one = dataclasses.replace(town().desk["sp-piazza"], slots=slots)
    [row] = rows(dict(bulk_tables(dataclasses.replace(town(), desks=(one,))))["sportelli.csv"])
    assert row["hours"] == "Mo 09:00-12:00 | Tu 14:00-16:00"


# HSDS


@needs_schemas
def test_hsds_keeps_its_schema(written):
    schema = closed(json.loads((SCHEMAS / "hsds-3.0" / "service_with_definitions.json").read_text()))
    told = json.loads(written["hsds.json"])
    services = Draft202012Validator(schema, format_checker=FormatChecker())
    alone = {"definitions": schema["definitions"], **schema["definitions"]["organization"]}
    organizations = Draft202012Validator(alone, format_checker=FormatChecker())
    assert [fault.message for one in told["contents"] for fault in services.iter_errors(one)] == []
    assert [fault.message for one in told["organizations"] for fault in organizations.iter_errors(one)] == []


def test_hsds_has_schedules_of_hours_only_where_they_are_confirmed(registry, written):
    told = json.loads(written["hsds.json"])["contents"]
    open_ = {
        one["name"]
        for one in told
        for rule in one.get("schedules", ())
        if rule.get("opens_at") or rule.get("description")
    }
    assert open_ == {registry.now.desk[registry.confirmed].name}


# the catalogue


def graph_of(data, form="turtle"):
    return Graph().parse(data=data, format=form)


REQUIRED = {
    DCATAPIT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.modified, DCTERMS.language,
                       DCAT.themeTaxonomy, DCAT.dataset],
    DCATAPIT.Dataset: [DCTERMS.identifier, DCTERMS.title, DCTERMS.description, DCTERMS.modified, DCAT.theme,
                       DCTERMS.rightsHolder, DCTERMS.accrualPeriodicity, DCAT.distribution],
    DCATAPIT.Distribution: [DCTERMS["format"], DCTERMS.license, DCAT.accessURL],
    DCATAPIT.Agent: [FOAF.name, DCTERMS.identifier],
    DCATAPIT.LicenseDocument: [DCTERMS.type, FOAF.name],
}  # fmt: skip
"""What the profile asks of each class."""
ALSO = {
    "Catalog": DCAT.Catalog,
    "Dataset": DCAT.Dataset,
    "Distribution": DCAT.Distribution,
    "Agent": FOAF.Agent,
}


@pytest.mark.parametrize("kind", REQUIRED, ids=lambda kind: kind.fragment)
def test_the_catalogue_has_what_the_profile_asks(written, kind):
    graph = graph_of(written["catalogo.ttl"])
    found = list(graph.subjects(RDF.type, kind))
    assert found
    for thing in found:
        for wanted in REQUIRED[kind]:
            assert list(graph.objects(thing, wanted)), (thing, wanted)
        also = ALSO.get(kind.fragment)
        assert also is None or (thing, RDF.type, also) in graph


def test_what_the_catalogue_points_to_is_in_it(written):
    graph = graph_of(written["catalogo.ttl"])
    ends = {
        DCAT.dataset: DCATAPIT.Dataset, DCAT.distribution: DCATAPIT.Distribution, DCTERMS.publisher: DCATAPIT.Agent,
        DCTERMS.rightsHolder: DCATAPIT.Agent, DCTERMS.license: DCATAPIT.LicenseDocument,
    }  # fmt: skip
    for link, kind in ends.items():
        assert all((end, RDF.type, kind) in graph for end in graph.objects(None, link)), link


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
def test_turtle_and_json_say_the_same(written):
    assert isomorphic(graph_of(written["catalogo.ttl"]), graph_of(written["catalogo.jsonld"], "json-ld"))


def test_every_file_is_in_the_catalogue_at_its_address(written):
    graph = graph_of(written["catalogo.ttl"])
    addresses = {str(end) for end in graph.objects(None, DCAT.downloadURL)}
    assert addresses == {BASE + file.name for file in open_files.FILES}


def test_no_licence_is_made_up(written):
    graph = graph_of(written["catalogo.ttl"])
    assert set(graph.objects(None, DCTERMS.license)) == {
        URIRef("https://w3id.org/italia/controlled-vocabulary/licences/C1_Unknown")
    }
    told = " ".join(str(one) for one in graph.objects(None, DCTERMS.description))
    assert "CC BY 4.0 per 22 righe (onData); per le altre non dichiarata" in told


def test_who_publishes_is_a_setting(monkeypatch):
    monkeypatch.setenv("ATLANTE_BODY_NAME", "Regione Lombardia")
    monkeypatch.setenv("ATLANTE_BODY_IPA", "r_lombar")
    graph = graph_of(catalogue.catalogue("turtle", base=BASE, modified_on=TODAY))
    [publisher] = set(graph.objects(None, DCTERMS.publisher))
    assert (publisher, FOAF.name, Literal("Regione Lombardia", lang="it")) in graph
    assert (publisher, DCTERMS.identifier, Literal("r_lombar")) in graph


def test_without_an_address_the_catalogue_names_the_files_beside_it():
    text = catalogue.catalogue("turtle", base="", modified_on=TODAY)
    assert b"dcat:downloadURL <sportelli.csv>" in text
    graph = Graph().parse(
        data=text, format="turtle", publicID="https://www.borgo.example/dati/aperti/catalogo.ttl"
    )
    assert URIRef("https://www.borgo.example/dati/aperti/hsds.json") in set(
        graph.objects(None, DCAT.downloadURL)
    )


def test_the_day_of_the_catalogue_is_that_of_the_last_change_by_a_person(registry, var):
    assert catalogue.modified(registry.store) == registry.store.today()
    untouched = open_store(folder=Path(var))
    assert catalogue.modified(untouched).isoformat() == "2026-11-22"
    untouched.close()


# over HTTP


@pytest.fixture
def app(registry):
    return served(Held(registry.now, moment=MOMENT, store=registry.store))


def test_the_api_answers_the_same_files(app, written):
    for name, data in written.items():
        answer = one(app, f"dati/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, bulk.MIMES[name])
        assert f'filename="{name}"' in answer.headers["content-disposition"]
        if name not in bulk.CATALOGUES:
            assert answer.content == data


def downloads(answer):
    return {str(end) for end in graph_of(answer.content).objects(None, DCAT.downloadURL)}


def test_addresses_are_those_of_the_request_or_of_the_setting(app, monkeypatch):
    monkeypatch.delenv("ATLANTE_PUBLIC_URL", raising=False)
    asked = downloads(one(app, "dati/catalogo.ttl"))
    assert "http://atlante.example/api/v1/dati/sportelli.csv" in asked
    monkeypatch.setenv("ATLANTE_PUBLIC_URL", "https://dati.borgo.example/sportelli/")
    assert "https://dati.borgo.example/api/v1/dati/sportelli.csv" in downloads(one(app, "dati/catalogo.ttl"))


@pytest.mark.parametrize("host", ["evil.example/<script>", "a b", 'x"y', ""])
def test_a_host_that_is_none_gets_into_no_address(app, host, monkeypatch):
    monkeypatch.delenv("ATLANTE_PUBLIC_URL", raising=False)
    answer = one(app, "dati/catalogo.ttl", headers={"host": host})
    assert b"downloadURL <sportelli.csv>" in answer.content
    assert b"evil" not in answer.content
