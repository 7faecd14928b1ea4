"""Exchange standards: what goes out comes back, their schemas are kept, others' files are read as far as they say."""

import copy
import io
import json
import re
import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pyarrow import parquet

from data.registry import checks, editing, model, people, reading, standards
from data.registry.changes import record_of
from data.registry.imports import apply, plan
from data.registry.standards import cells_out, french_words, hsds_read, parcel, records, timetable
from data.vocabularies import vocabulary
from errors import FileUnreadable, UnknownCode
from tests.registry.conftest import opened_at
from tests.registry.many import COUNTS, kept, many

HOUSE = Path(__file__).parents[2]
SCHEMAS = HOUSE.parent / "shared" / "schemas"
ABOUT = records.About("prova", "2027-03-01", None, True, ())
CODES = [one.code for one in standards.formats()]
FIELDS = {
    f"{kind}.{name}"
    for kind in COUNTS
    for name in model.fields(kind)
    if f"{kind}.{name}" not in records.FOLLOWS
}
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas are not beside the project")


@cache
def of_many(code):
    return written(code, many())


def written(code, book):
    return standards.format_of(code).write(book, ABOUT)


def whole(one):
    """What a wanted record says, with what it hangs on."""
    of = {"sessioni": "sportello_id"}.get(one.kind, "ente_id")
    return {**one.said, **({of: one.parent} if one.parent else {})}


def lost(book, wanted):
    """``kind`` for each record that did not come back, ``kind.field`` for each field that came back otherwise."""
    back = {(one.kind, one.external): whole(one) for one in wanted}
    found = Counter()
    for kind, ones in book.items():
        for one in ones:
            said = back.get((kind, one["id"]))
            names = [] if said is None else [n for n in model.fields(kind) if said.get(n) != one[n]]
            found.update([kind] if said is None else [f"{kind}.{name}" for name in names])
    return set(found) - set(records.FOLLOWS)


def test_the_records_of_the_round_trip_are_five_hundred_and_say_everything_now_and_then():
    book = many()
    assert sum(map(len, book.values())) == 500
    for kind, ones in book.items():
        for name in model.fields(kind):
            said = [one[name] is None for one in ones]
            needed = not model.KINDS[kind].__table__.columns[name].nullable
            assert set(said) == ({False} if needed else {True, False}), (kind, name)


@pytest.fixture
def light(pattern_file, tmp_path, clock):
    """An empty registry in a file, for what does not hang on the database."""
    file = shutil.copy(pattern_file, tmp_path / "light.sqlite")
    opened = opened_at(f"sqlite:///{file}", clock)
    yield opened
    opened.close()


def test_the_registry_takes_every_record_of_the_round_trip(light):
    with light.reading() as session:
        for kind, ones in many().items():
            for one in ones:
                said = {name: one[name] for name in model.fields(kind) if name not in checks.REFERENCES}
                said.pop("ambito_id" if kind == "sessioni" else "", None)
                assert checks.faults(session, kind, said) == [], one["id"]
                assert checks.whole(kind, one) == []


@pytest.mark.parametrize("code", CODES)
def test_what_is_lost_on_the_way_out_and_back_is_what_is_declared(code):
    wanted, found = standards.read(code, of_many(code))
    assert lost(many(), wanted) == set(standards.format_of(code).losses)
    assert found == []
    assert {one.external for one in wanted} == {one.key for one in wanted}
    assert [
        one for one in wanted if {"confirmed_on", "confirmed_by", "id", "version"} & one.said.keys()
    ] == []


@pytest.mark.parametrize("code", CODES)
def test_the_same_records_are_the_same_bytes(code):
    assert of_many(code) == written(code, many())


@pytest.mark.parametrize("code", CODES)
def test_losses_name_fields_that_there_are_and_reasons_that_have_words(code):
    one = standards.format_of(code)
    assert {name for name in one.losses if "." in name} <= FIELDS | {
        f"enti.{name}" for name in model.fields("enti")
    }
    assert {name for name in one.losses if "." not in name} <= set(COUNTS)
    assert set(one.losses.values()) | set(one.aside.values()) <= set(standards.WHY)
    assert not set(one.losses) & set(one.aside)


@pytest.mark.parametrize("code", CODES)
def test_a_file_is_recognised_by_what_is_in_it(code):
    assert standards.of_file(of_many(code)).code == code


def test_through_a_second_registry_nothing_is_lost(store):
    goes_through_a_second_registry("hsds", store)


@pytest.mark.parametrize("code", [code for code in CODES if code != "hsds"])
def test_through_a_second_registry_nothing_mapped_is_lost(code, light):
    goes_through_a_second_registry(code, light)


def goes_through_a_second_registry(code, store):
    token = pass_of_the_region(store)
    wanted, found = standards.read(code, of_many(code))
    told = plan.preview(store, token, wanted, source=code, ambito_id=None, found=found)
    assert {step.action for step in told.steps} <= {"add"}, [s for s in told.steps if s.action != "add"][:3]
    apply.apply(store, token, told, file="prova")
    losses = standards.format_of(code).losses
    out, _ = records.gathered(store, public=False)
    for kind, ones in many().items():
        back = {one["id"]: one for one in out[kind]}
        if kind not in losses:
            assert len(back) == len(ones)
        for one in ones:
            for name in model.fields(kind) if one["id"] in back else ():
                filled = name == "ambito_id" and one[name] is None  # from the comune, where it was not said
                if not filled and f"{kind}.{name}" not in {*losses, *records.FOLLOWS}:
                    assert back[one["id"]][name] == one[name], (one["id"], name)
    again = plan.preview(store, token, wanted, source=code, ambito_id=None, found=found)
    assert {step.action for step in again.steps} == {"same"}


def pass_of_the_region(store):
    people.add(store, name="regione", role="regione", ambiti=[], oidc="https://id.example regione")
    return people.sign_in_vouched(store, "https://id.example regione")


# what leaves


def test_what_is_public_is_what_readers_are_shown(store):
    kept(store, many())
    book, _ = records.gathered(store, public=True)
    for kind in set(COUNTS) - {"enti"}:
        assert [one["id"] for one in book[kind]] == list(reading.table(store, kind, public=True)["id"])
    shown = {one["id"]: one for one in book["enti"]}
    assert set(reading.table(store, "enti", public=True)["id"]) <= set(shown)
    weak = [one["id"] for one in many()["enti"] if one["evidence"] == "D" and one["id"] in shown]
    assert weak
    known = {name for key in weak for name, value in shown[key].items() if value is not None}
    assert known <= {"id", "name", "kind", "ambito_id", "changed_at"}


def test_an_ambito_comes_with_the_enti_it_hangs_on(town):
    book, about = records.gathered(town.store, ambito_id="dalmine")
    assert {kind: [one["id"] for one in ones] for kind, ones in book.items()} == {
        "enti": ["en-tutti"], "sportelli": ["sp-da"], "sessioni": ["se-da"], "associazioni": ["as-da"],
        "mediazione": [], "sostegni": [],
    }  # fmt: skip
    assert (about.ambito_id, about.made_on) == ("dalmine", "2027-03-01")
    assert [one["title"] for one in about.sources] == [
        "Sportelli e uffici per cittadini stranieri", "Associazioni di migranti e per l'integrazione"
    ]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_accounts_the_log_and_what_is_put_aside_never_leave(code, town):
    token = town.passes["bergamo"]
    editing.confirm(
        town.store, token, "sportelli", "sp-bg", version=town.version("sportelli", "sp-bg"), sessioni={}
    )
    editing.delete(town.store, token, "sportelli", "sp-bg2", version=town.version("sportelli", "sp-bg2"))
    with town.store.reading() as session:
        account = changes_by(session)
    out = standards.export(town.store, code, public=False)
    parts = parcel.unpacked(out).values() if parcel.is_zip(out) else [out]
    for secret in (account, "confirmed_by", "sp-bg2", "argon2", "seme"):
        assert all(secret.encode() not in part for part in parts)


def changes_by(session):
    return record_of(session, "sportelli", "sp-bg").confirmed_by


def test_an_unknown_format_is_named(town):
    with pytest.raises(UnknownCode, match="xml"):
        standards.export(town.store, "xml")


# HSDS


def closed(schema):
    """A schema that takes no field it does not name."""
    schema = copy.deepcopy(schema)
    for part in [schema, *schema.get("definitions", {}).values()]:
        part["additionalProperties"] = False
    return schema


@needs_schemas
def test_hsds_keeps_its_schema_and_adds_no_field():
    schema = closed(json.loads((SCHEMAS / "hsds-3.0" / "service_with_definitions.json").read_text()))
    told = json.loads(of_many("hsds"))
    services = Draft202012Validator(schema, format_checker=FormatChecker())
    alone = {"definitions": schema["definitions"], **schema["definitions"]["organization"]}
    organizations = Draft202012Validator(alone, format_checker=FormatChecker())
    assert [fault.message for one in told["contents"] for fault in services.iter_errors(one)] == []
    assert [fault.message for one in told["organizations"] for fault in organizations.iter_errors(one)] == []
    assert len(told["contents"]) == told["total_items"] == 210
    with pytest.raises(AssertionError):  # the schema can refuse
        assert not list(services.iter_errors({"id": "1", "name": "x", "status": "open"}))


def test_what_hsds_has_no_field_for_is_what_stands_in_our_attributes():
    said = {}
    for kind, ones in many().items():
        for name in model.fields(kind):
            said[f"{kind}.{name}"] = any(one[name] is not None for one in ones)
    told = json.loads(of_many("hsds"))
    marked = {}
    for thing in [
        *told["contents"],
        *told["organizations"],
        *(one.get("organization") for one in told["contents"]),
    ]:
        for one in [thing, *((thing or {}).get("schedules") or [])]:
            marks = hsds_read.marks(one)
            for name in marks:
                marked.setdefault(marks.get("record"), set()).add(name)
    for field, why in standards.format_of("hsds").aside.items():
        kind, name = field.split(".")
        assert why == "own_attribute"
        assert name in marked[kind], field


def test_a_service_by_heart():
    book = {kind: [] for kind in COUNTS}
    empty = dict.fromkeys(model.columns("sportelli"))
    book["enti"] = [
        {**dict.fromkeys(model.columns("enti")), "id": "en-1", "name": "Comune", "changed_at": "x"}
    ]
    desk = {"id": "sp-1", "ente_id": "en-1", "name": "Sportello", "kind": "caritas", "status": "attivo",
            "cost": "gratuito", "areas": ["ambito:lodi"], "phone": "0371 1; 0371 2", "confirmed_on": "2027-01-02",
            "changed_at": "2027-01-02T10:00:00+01:00", "address": "Via Roma 1", "comune_code": "098031"}  # fmt: skip
    book["sportelli"] = [{**empty, **desk}]
    slot = {"id": "se-1", "sportello_id": "sp-1", "hours": "Mo-We 09:00-12:30; PH off", "reception": "telefono",
            "languages": ["ar"]}  # fmt: skip
    book["sessioni"] = [{**dict.fromkeys(model.columns("sessioni")), **slot, "changed_at": "x"}]
    [service] = json.loads(written("hsds", book))["contents"]
    assert (service["status"], service["assured_date"]) == ("active", "2027-01-02")
    assert service["last_modified"] == "2027-01-02T10:00:00+01:00"
    assert [one["number"] for one in service["phones"]] == ["0371 1", "0371 2"]
    [cost] = service["cost_options"]
    assert (cost["amount"], cost["option"]) == (0, "gratuito")
    assert [one["uri"] for one in service["service_areas"]] == ["ambito:lodi"]
    [rule] = service["schedules"]
    assert rule.items() >= {
        "freq": "WEEKLY", "byday": "MO,TU,WE", "opens_at": "09:00", "closes_at": "12:30",
        "description": "Mo-We 09:00-12:30; PH off", "attending_type": "by phone",
    }.items()  # fmt: skip
    assert [one["code"] for one in service["languages"]] == ["ar"]
    place = service["service_at_locations"][0]["location"]
    assert place["addresses"][0]["city"] == "Lodi"
    assert "latitude" not in place
    assert "email" not in service


def test_every_id_of_hsds_is_a_uuid_and_stays_the_same():
    ids = re.findall(r'"id":"([^"]*)"', of_many("hsds").decode())
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in ids)
    things = [one["id"] for one in json.loads(of_many("hsds"))["contents"]]
    assert len(set(things)) == len(things)


OTHERS_SERVICE = {
    "id": "ac148810-d857-441c-9679-408f346de14b", "name": "Community Desk", "status": "active",
    "description": "Help with papers", "fees_description": "none", "wait_time": "2 weeks",
    "email": "desk@example.org", "phones": [{"id": "1", "number": "030 123456"}, {"number": 5}, "x"],
    "organization": {"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "Example Org", "description": "d"},
    "languages": [{"id": "2", "name": "Arabic", "code": "ar"}, {"id": "3", "name": "Klingon", "code": "tlh"}],
    "schedules": [{"id": "4", "freq": "WEEKLY", "byday": "MO", "opens_at": "10:00Z", "closes_at": "18:00+01:00"},
                  {"id": "5", "freq": "WEEKLY", "byday": "TU,WE,TH", "opens_at": "09:00", "closes_at": "12:00"}],
    "service_areas": [{"id": "6", "name": "Brescia"}, {"id": "7", "name": "Narnia"}],
    "cost_options": [{"id": "8", "amount": 5}],
    "service_at_locations": [{"id": "9", "location": {"id": "10", "location_type": "physical", "latitude": 45.5,
        "longitude": 10.2, "addresses": [{"id": "11", "address_1": "Via Verdi 3", "city": "BRESCIA",
        "state_province": "BS", "postal_code": "25100", "country": "IT", "address_type": "physical"}]}}],
    "attributes": [{"id": "12", "taxonomy_term": {"id": "13", "name": "Salute", "description": "-"}},
                   {"id": "14", "taxonomy_term": {"id": "15", "name": "Housing", "description": "-"}}],
}  # fmt: skip


def test_a_service_of_somebody_else_is_read_as_far_as_it_says():
    for told in (OTHERS_SERVICE, [OTHERS_SERVICE], {"contents": [OTHERS_SERVICE], "total_items": 1}):
        wanted, found = standards.read("hsds", json.dumps(told).encode())
        assert [(one.kind, one.key, one.parent) for one in wanted] == [
            ("enti", None, None), ("sportelli", None, OTHERS_SERVICE["organization"]["id"]),
            ("sessioni", None, OTHERS_SERVICE["id"]),
        ]  # fmt: skip
        assert wanted[0].said == {"name": "Example Org"}
        assert wanted[1].said == {
            "name": "Community Desk", "status": "non_verificato", "description": "Help with papers",
            "areas": ["istat:comune:017029"], "email": "desk@example.org", "phone": "030 123456", "lon": 10.2,
            "lat": 45.5, "address": "Via Verdi 3", "postcode": "25100", "province": "BS", "comune_code": "017029",
            "cost": "a_pagamento", "themes": ["salute"],
        }  # fmt: skip
        assert wanted[2].said == {"hours": "Mo 10:00-18:00; Tu-Th 09:00-12:00", "languages": ["ar"]}
        assert {(one.why, one.column, one.value) for one in found} == {
            ("kind_not_said", "kind", "Community Desk"), ("area_not_known", "service_areas", "Narnia"),
            ("language_not_known", "languages", "Klingon"), ("term_not_known", "attributes", "Housing"),
            ("field_not_mapped", "fees_description", "service"), ("field_not_mapped", "wait_time", "service"),
        }  # fmt: skip


@needs_schemas
def test_the_service_of_somebody_else_keeps_the_schema():
    schema = json.loads((SCHEMAS / "hsds-3.0" / "service_with_definitions.json").read_text())
    good = {**OTHERS_SERVICE, "phones": [], "organization": {**OTHERS_SERVICE["organization"]}}
    assert list(Draft202012Validator(schema).iter_errors(good)) == []


def test_schedules_that_are_not_plain_stay_as_words():
    rule = {
        "id": "4",
        "freq": "WEEKLY",
        "byday": "MO",
        "interval": 2,
        "opens_at": "10:00",
        "closes_at": "12:00",
    }
    told = {**OTHERS_SERVICE, "schedules": [rule]}
    wanted, found = standards.read("hsds", json.dumps(told).encode())
    assert wanted[2].said == {"hours_note": "MO 10:00 12:00", "languages": ["ar"]}
    assert "schedule_not_read" in {one.why for one in found}


@given(st.lists(st.sampled_from(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]), min_size=1, unique=True),
       st.integers(0, 11), st.integers(12, 23))  # fmt: skip
def test_hours_come_back_from_their_rules_with_the_same_days(days, opens, closes):
    hours = f"{','.join(days)} {opens:02}:00-{closes}:30"
    [rule] = timetable.rules(hours)
    back = timetable.osm([rule])
    assert back is not None
    assert timetable.rules(back) == [rule]


ODD_HOURS = ["24/7", "PH 09:00-11:00", "Mo-Fr 09:00-12:00; Aug off", "Mo 22:00-24:00", "",
             'Tu 10:00-12:00 "su appuntamento"', "Mo-Fr 09:00-12:00; Th[1] 14:00-15:00"]  # fmt: skip


@pytest.mark.parametrize("hours", ODD_HOURS)
def test_hours_that_are_not_plain_have_no_rules(hours):
    assert timetable.rules(hours) == []


# data-inclusion


@needs_schemas
@pytest.mark.parametrize("part", ["structure", "service"])
def test_data_inclusion_keeps_its_schema_and_adds_no_field(part):
    schema = json.loads((SCHEMAS / "data-inclusion-v1" / f"{part}.json").read_text())
    judge = Draft202012Validator({**schema, "additionalProperties": False}, format_checker=FormatChecker())
    told = json.loads(parcel.unpacked(of_many("data-inclusion"))[f"{part}s.json"])
    assert len(told) > 90
    assert [fault.message[-200:] for one in told for fault in judge.iter_errors(one)] == []
    ids = [one["id"] for one in told]
    assert len(set(ids)) == len(ids)


@needs_schemas
def test_the_french_codes_are_those_of_their_vocabularies():
    files = {"themes": "thematiques", "targets": "publics", "kind": "types-de-services", "cost": "frais",
             "access": "modes-mobilisation", "reception": "modes-accueil"}  # fmt: skip
    for field, name in files.items():
        told = json.loads((SCHEMAS / "data-inclusion-v1" / f"{name}.json").read_text())
        codes = set(vocabulary(french_words.TABLES[field])["code"]) - {""}
        assert codes <= {one["value"] for one in told}, field


OUR_WORDS = {"themes": "themes", "targets": "targets", "kind": "service_kinds", "cost": "costs",
             "access": "access_modes", "reception": "receptions"}  # fmt: skip


@pytest.mark.parametrize(("field", "ours"), OUR_WORDS.items())
def test_every_code_of_ours_has_a_line_and_none_without_counterpart_is_silent(field, ours):
    table = vocabulary(french_words.TABLES[field])
    assert list(table.index) == list(vocabulary(ours).index)
    assert (table.loc[table["code"] == "", "description"] != "").all()
    back = table.loc[table["back"] == "true", "code"]
    assert back.is_unique
    assert (back != "").all()


def test_every_status_has_a_word_of_hsds():
    assert list(vocabulary("hsds_statuses").index) == list(vocabulary("statuses").index)
    assert set(hsds_read.STATUS_OUT.values()) <= set(hsds_read.STATUS_IN)


def test_closed_services_are_not_sent_to_data_inclusion():
    told = parcel.unpacked(of_many("data-inclusion"))["services.json"].decode()
    for one in many()["sportelli"]:
        assert (f"--{one['id']}" in told) == (one["status"] not in {"chiuso", "probabilmente_superato"})


OTHERS_STRUCTURE = {"source": "dora", "id": "dora--1", "nom": "Maison", "date_maj": "2025-02-14",
                    "adresse": "Via Roma 2", "commune": "Lodi", "telephone": "0371 999",
                    "siret": "13003013300016"}  # fmt: skip
OTHERS_OFFER = {"source": "dora", "structure_id": "dora--1", "id": "dora--s1", "nom": "Accueil",
                "description": "Pour tous", "date_maj": "2025-02-14", "type": "information",
                "contact_nom_prenom": "Marie Dupont", "publics": ["familles", "jeunes"], "frais": "gratuit",
                "modes_accueil": ["en-presentiel"], "horaires_accueil": "Mo-Fr 08:30-12:30; PH off",
                "thematiques": ["sante--acces-aux-soins", "mobilite--preparer-un-permis"]}  # fmt: skip
MINIMAL = [{"source": "x", "id": "1", "nom": "Nom", "date_maj": "2025-01-01"},
           {"source": "x", "id": "2", "structure_id": "1", "nom": "Offre", "description": "Aide",
            "date_maj": "2025-01-01"}]  # fmt: skip


def test_a_service_of_data_inclusion_is_read_with_the_place_of_its_structure():
    told = {"structures": [OTHERS_STRUCTURE], "services": [OTHERS_OFFER]}
    wanted, found = standards.read("data-inclusion", json.dumps(told).encode())
    ente, desk, slot = wanted
    assert ente.said == {"name": "Maison", "phone": "0371 999"}
    assert desk.parent == "dora--1"
    assert desk.said == {"name": "Accueil", "description": "Pour tous", "address": "Via Roma 2",
                         "comune_code": "098031", "phone": "0371 999", "targets": ["famiglie"],
                         "themes": ["salute"], "cost": "gratuito"}  # fmt: skip
    assert slot.parent == "dora--s1"
    assert slot.said == {"hours": "Mo-Fr 08:30-12:30; PH off", "reception": "in_presenza"}
    assert {(one.why, one.value) for one in found} == {
        ("kind_not_said", "Accueil"), ("person_left_out", ""), ("field_not_mapped", ""), ("term_not_known", "jeunes"),
        ("term_not_known", "mobilite--preparer-un-permis"),
    }  # fmt: skip
    assert "Dupont" not in repr(wanted) + repr(found)


def test_required_fields_alone_are_enough():
    wanted, _ = standards.read("data-inclusion", json.dumps(MINIMAL).encode())
    assert [(one.kind, dict(one.said)) for one in wanted] == [
        ("enti", {"name": "Nom"}), ("sportelli", {"name": "Offre", "description": "Aide"})
    ]  # fmt: skip


# open tables


def test_no_cell_is_a_formula_and_every_text_comes_back():
    csv = parcel.unpacked(of_many("csv"))["sportelli.csv"].decode("utf-8-sig")
    assert not re.search(r'(?:^|,)"?[=@]', csv)


@given(st.text())
def test_guarded_texts_come_back(text):
    guarded = cells_out.guarded(text)
    assert cells_out.unguarded(guarded) == text
    assert guarded[:1] not in {"=", "@", "\t", "\r"}


def test_a_spreadsheet_saved_again_in_italian_habits_is_still_read():
    rows = "id;name;ente_id;kind;status;comune_code;lon;lat;evidence;themes;confirm_every_months;colore\r\n"
    rows += "sp-1;Città;en-1;caritas;attivo;15146;9,19;45,46;B;lavoro;salute;6;blu\r\n".replace(
        "lavoro;salute", '"lavoro; salute"'
    )
    rows += ";Nuovo;en-1;caritas;attivo;15146;est;;B;;sei;\r\n"
    data = parcel.packed({"sportelli.csv": rows.encode("cp1252"), "foto.png": b""}, day="2027-03-01")
    (one, new), found = standards.read("csv", data)
    assert one.key == "sp-1"
    assert {n: one.said[n] for n in ("name", "comune_code", "lon", "themes", "confirm_every_months")} == {
        "name": "Città", "comune_code": "015146", "lon": 9.19, "themes": ["lavoro", "salute"],
        "confirm_every_months": 6,
    }  # fmt: skip
    assert (new.key, new.external, new.row) == (None, "Nuovo", 3)
    assert {(one.row, one.column, one.why) for one in found} == {
        (None, "colore", "column_unknown"), (3, "lon", "not_number"), (3, "confirm_every_months", "not_number"),
        (None, "foto.png", "file_not_read"),
    }  # fmt: skip


ESTIMATED = {"sp-da": (9.6, 45.6, "street")}


@pytest.mark.parametrize("code", ["geojson", "geoparquet"])
def test_an_estimated_point_is_drawn_apart_and_never_taken_back(code, town):
    data = standards.export(town.store, code, positions=ESTIMATED)
    wanted, _ = standards.read(code, data)
    desk = next(one for one in wanted if one.external == "sp-da")
    assert desk.said["lon"] is None
    if code == "geojson":
        one = next(one for one in json.loads(data)["features"] if one["id"] == "sp-da")
        assert one["geometry"] == {"type": "Point", "coordinates": [9.6, 45.6]}
        assert (one["properties"]["position_basis"], one["properties"]["position_precision"]) == (
            "stima",
            "street",
        )
        other = next(one for one in json.loads(data)["features"] if one["id"] == "sp-bg")
        assert other["geometry"] is None


def test_geoparquet_opens_as_others_open_it_with_its_box():
    data = of_many("geoparquet")
    table = gpd.read_parquet(io.BytesIO(data))
    assert table.crs.to_epsg() == 4326
    assert len(table) == COUNTS["sportelli"] + COUNTS["associazioni"]
    known = [one for one in many()["sportelli"] + many()["associazioni"] if one["lon"] is not None]
    assert table.geometry.notna().sum() == len(known)
    first = known[0]
    row = table.set_index("id").loc[first["id"]]
    assert (row.geometry.x, row.geometry.y) == (first["lon"], first["lat"])
    assert json.loads(parquet.read_schema(io.BytesIO(data)).metadata[b"atlante"])["made_on"] == "2027-03-01"


def test_points_of_somebody_else_are_read_by_the_names_people_use():
    told = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [9.5, 45.3]},
         "properties": {"Nome": "Sportello Uno", "Indirizzo": "Via Po 1", "CAP": 26900, "Comune": "Lodi",
                        "telefono": "0371 1", "ente": "Comune di Lodi", "opening_hours": "Mo 09:00-12:00",
                        "foto": "x"}},
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}, "properties": {"name": "Area"}},
        {"type": "Feature", "geometry": None, "properties": {"colore": "blu"}},
        {"type": "Feature"}]}  # fmt: skip
    wanted, found = standards.read("geojson", json.dumps(told).encode())
    assert [(one.kind, one.external, one.parent) for one in wanted] == [
        ("enti", "en-comune-di-lodi", None), ("sportelli", "7", "en-comune-di-lodi"), ("sportelli", "Area", None),
        ("sessioni", "7/1", "7"),
    ]  # fmt: skip
    assert wanted[1].said == {"name": "Sportello Uno", "address": "Via Po 1", "postcode": "26900", "phone": "0371 1",
                              "comune_code": "098031", "lon": 9.5, "lat": 45.3}  # fmt: skip
    assert {(one.row, one.why) for one in found} >= {(2, "not_a_point"), (3, "needed"), (4, "no_properties"),
                                                      (None, "field_not_mapped"), (2, "ente_not_said")}  # fmt: skip


def test_an_ente_told_in_pieces_is_one_and_different_records_of_one_name_are_both_told():
    other = {
        **OTHERS_SERVICE,
        "id": "x",
        "organization": {**OTHERS_SERVICE["organization"], "email": "a@b.example"},
    }
    wanted, _ = standards.read("hsds", json.dumps([OTHERS_SERVICE, other]).encode())
    assert [dict(one.said) for one in wanted if one.kind == "enti"] == [
        {"name": "Example Org", "email": "a@b.example"}
    ]
    twice = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": None, "properties": {"nome": "Uno", "telefono": phone}}
        for phone in "112"]}  # fmt: skip
    wanted, _ = standards.read("geojson", json.dumps(twice).encode())
    assert [one.said["phone"] for one in wanted] == ["1", "2"]


# what is none of it

BROKEN = {
    "hsds": [b"", b"{", b"[]", b"{}", b"12", b"\xff\xfe", b'{"contents": 5}', b"[" * 100_000,
             json.dumps(MINIMAL).encode()],
    "data-inclusion": [b"", b"{}", b"[]", b'{"structures": 5}', b"PK\x03\x04 no",
                       json.dumps([OTHERS_SERVICE]).encode()],
    "csv": [b"", b"a,b", b"PK\x03\x04" + b"\0" * 50, parcel.packed({"x.txt": b""}, day="2027-03-01")],
    "sportelli": [b"", b"una colonna\n1\n", b"a,a\n1,2\n", b"a,b\n1,2\n", b'name,ente_id\n"x'],
    "geojson": [b"", b"{}", b'{"type": "FeatureCollection"}', json.dumps(
        {"type": "FeatureCollection", "crs": {"properties": {"name": "EPSG:32632"}}, "features": []}).encode()],
    "geoparquet": [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1"],
}  # fmt: skip


@pytest.mark.parametrize(("code", "data"), [(code, one) for code, ones in BROKEN.items() for one in ones])
def test_another_file_is_refused_with_a_reason(code, data):
    with pytest.raises(FileUnreadable) as told:
        standards.read(code, data, name="prova")
    assert told.value.file == "prova"
    assert told.value.reason


@settings(deadline=None, max_examples=120)
@given(st.sampled_from(["csv", "data-inclusion", "geoparquet", "sportelli"]), st.data())
def test_a_file_that_was_damaged_is_read_or_refused(code, data):
    broken = bytearray(of_few(code))
    for _ in range(data.draw(st.integers(1, 3))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 40))
    try:
        standards.read(code, bytes(broken[: len(broken) - cut]))
    except FileUnreadable as told:
        assert told.reason


@cache
def of_few(code):
    book = {kind: [] for kind in COUNTS}
    book["enti"] = many()["enti"]
    book["sportelli"] = many()["sportelli"][:3]
    return written(code, book)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "nom", "structure_id", *sorted(hsds_read.UNDERSTOOD["service"])]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


NAMED = ["id", "name", "nom", "status", "structure_id", "organization", "schedules", "attributes", "languages",
         "properties", "geometry", "publics", "service_at_locations"]  # fmt: skip
THINGS = st.lists(st.dictionaries(st.sampled_from(NAMED), JSON), max_size=3)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["hsds", "data-inclusion", "geojson"]), THINGS)
def test_whatever_a_list_of_objects_holds_it_is_read_or_refused(code, things):
    told = {"type": "FeatureCollection", "features": things} if code == "geojson" else things
    try:
        wanted, _ = standards.read(code, json.dumps(told).encode())
    except FileUnreadable:
        return
    assert all(isinstance(one.external, str) and one.kind in model.KINDS for one in wanted)
