"""The planted errors are found where they are, with what was meant; and nothing is found where nothing is wrong."""

import csv
import datetime as dt
import io

import pytest

from data import catalog
from data.registry import checks, hours, model
from data.registry.imports import amended, cells, heads, rows, sheets
from data.vocabularies import label
from screens import import_words
from tests.registry.imports import corpus
from tests.registry.imports.corpus import CLEAN, FILES, NONE

TODAY = dt.date(2026, 11, 22)


def read(file):
    sheet = sheets.read(file.data(), file.name)[0]
    columns = {head: one.field for head, one in heads.propose(sheet).items()}
    return sheet, *rows.wanted_of(sheet, columns, ambito_id=None, today=TODAY)


@pytest.fixture(scope="module")
def told():
    return {file.name: read(file) for file in [*FILES, CLEAN]}


def test_the_corpus_is_large_enough():
    assert len(FILES) >= 8
    assert sum(len(file.planted()) for file in FILES) >= 80
    assert {file.name.rpartition(".")[2] for file in FILES} == {"csv", "xlsx", "ods"}


def test_errors_are_found_at_the_right_row_and_column_with_the_right_suggestion(told):
    missed, wrong, planted, suggested = [], [], 0, 0
    for file in FILES:
        found = told[file.name][2]
        for row, head, error in file.planted():
            here = [one for one in found if (one.row, one.column, one.why) == (row, head, error.why)]
            planted += 1
            missed += [] if here else [(file.name, row, head, error)]
            if error.suggestion != NONE:
                suggested += 1
                good = bool(here) and here[0].suggestion == error.suggestion
                wrong += [] if good else [(file.name, row, head, error)]
    assert len(missed) / planted <= 0.05, missed
    assert len(wrong) / suggested <= 0.20, wrong
    assert suggested >= 40


def test_nothing_is_found_in_rows_without_errors(told):
    clean = {(file.name, row) for file in [*FILES, CLEAN] for row in file.clean_rows()}
    alarms = [
        (name, one) for name, (_, _, found) in told.items() for one in found if (name, one.row) in clean
    ]
    assert len(clean) >= 25
    assert alarms == []


def test_nothing_is_found_in_cells_without_errors(told):
    for file in [*FILES, CLEAN]:
        marked = {(row, head) for row, head, _ in file.planted()}
        assert [one for one in told[file.name][2] if (one.row, one.column) not in marked] == []


def test_a_clean_row_is_a_whole_record(told):
    _, wanted, found = told[CLEAN.name]
    kinds = [one.kind for one in wanted]
    assert found == []
    assert (kinds.count("enti"), kinds.count("sportelli"), kinds.count("sessioni")) == (18, 18, 17)
    desk = next(one for one in wanted if one.kind == "sportelli" and one.row == 4)
    assert desk.said == {
        "name": "Sportello stranieri", "kind": "sportello_comunale", "address": "Via Roma 1", "comune_code": "020002",
        "province": "MN", "ambito_id": "asola", "lon": 10.41, "lat": 45.22, "phone": "0376733011",
        "email": "sportello1@comune.example", "web": "https://www.comune.asola.mn.it",
        "themes": ["permesso_soggiorno"], "targets": ["tutti"], "access": ["libero"], "source_date": "2026-08-31",
    }  # fmt: skip
    slot = next(one for one in wanted if one.kind == "sessioni" and one.row == 4)
    assert slot.parent == desk.external
    assert (slot.said["hours"], slot.said["languages"]) == ("Mo-Fr 09:00-12:30", ["it"])


def test_what_was_read_is_what_a_form_would_take(told):
    for _, wanted, _ in told.values():
        for one in wanted:
            said = {name: value for name, value in one.said.items() if name != "ente"}
            assert checks.tidied(said) == said
            assert set(said) <= set(model.fields(one.kind))
            assert checks.faults(None, one.kind, said) == []


def test_parents_are_there_and_come_first(told):
    for _, wanted, _ in told.values():
        seen = set()
        for one in wanted:
            assert one.parent is None or one.parent in seen
            assert one.external not in seen
            seen.add(one.external)


def test_a_refused_row_wants_nothing(told):
    for name, (_, wanted, found) in told.items():
        refused = {one.row for one in found if one.level == "fault"}
        assert {one.row for one in wanted} & refused == set(), name


def test_a_suggestion_that_is_taken_mends_its_cell(told):
    for file in [*FILES, CLEAN]:
        sheet, _, found = told[file.name]
        columns = {head: one.field for head, one in heads.propose(sheet).items()}
        taken = [one for one in found if amended.can_be_taken(one)]
        again = rows.wanted_of(amended.amended(sheet, columns, taken), columns, ambito_id=None, today=TODAY)[
            1
        ]
        left = {(one.row, one.column, one.why, one.value) for one in again}
        assert left.isdisjoint((one.row, one.column, one.why, one.value) for one in taken), file.name


def test_every_reason_is_known(told):
    assert {one.why for _, _, found in told.values() for one in found} <= set(cells.WHY)
    assert set(cells.WHY) <= set(import_words.SENTENCES)
    assert set(heads.FIELDS) == set(import_words.COLUMNS)
    assert set(heads.WHY) == set(import_words.PROPOSED)


HEADS = {
    "Ente": "ente", "Nome": "name", "Tipo": "kind", "Indirizzo": "address", "CAP": "postcode", "Comune": "comune",
    "Cod. ISTAT": "comune_code", "Prov.": "province", "Telefono": "phone", "E-mail": "email", "Sito": "web",
    "Orari": "opening_hours", "Lingue": "languages", "Temi": "themes", "Destinatari": "targets", "Accesso": "access",
    "Stato": "status", "Fonte": "source_url", "Data": "source_date", "Note": "notes",
}  # fmt: skip
CODED = {
    "kind": "service_kinds",
    "languages": "languages",
    "themes": "themes",
    "targets": "targets",
    "status": "statuses",
}


def test_the_starter_list_written_as_an_office_would_comes_back_nearly_whole():
    table = catalog.load("sportelli").astype(object).where(lambda cells_: cells_.notna(), "")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADS)
    for one in table.to_dict("records"):
        named = {
            name: ", ".join(label(words, code) for code in one[name].split(";") if code)
            for name, words in CODED.items()
        }
        writer.writerow([{**one, **named}[name] for name in HEADS.values()])
    sheet = sheets.read(text.getvalue().encode("cp1252", "replace"), "elenco.csv")[0]
    columns = {head: one.field for head, one in heads.propose(sheet).items()}
    wanted, found = rows.wanted_of(sheet, columns, ambito_id=None)
    desks = [one for one in wanted if one.kind == "sportelli"]
    assert len(desks) == len(table) == 257
    assert len(found) <= 12
    for one, was in zip(desks, table.to_dict("records"), strict=True):
        assert one.said.get("phone", "") == was["phone"]
        assert one.said.get("comune_code", "") == was["comune_code"]
        assert ";".join(one.said["themes"]) == was["themes"]
    read_hours = {one.said["hours"] for one in wanted if "hours" in one.said}
    plain = {said for said in table["opening_hours"] if said and not hours.faults(said)}
    assert plain <= read_hours


def test_corpus_marks_stand_on_rows_that_are_read():
    for file in FILES:
        sheet = sheets.read(file.data(), file.name)[0]
        assert {row for row, _, _ in file.planted()} <= set(sheet.numbers)
        assert {head for _, head, _ in file.planted()} <= set(sheet.heads)
    assert corpus.FIRST
