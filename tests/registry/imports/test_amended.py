"""Suggestions that a person took are written in the sheet, and an empty cell says that a thing is unknown."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from data.registry.imports import rows, sheets
from data.registry.imports.amended import amended, can_be_taken, emptied
from data.registry.imports.wanted import Found

COLUMNS = {"Ente": "ente", "Nome": "name", "Comune": "comune", "Lingue": "languages", "Tel": "phone", "Lat": "lat",
           "Lon": "lon", "X": None}  # fmt: skip


def sheet(*lines):
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([list(COLUMNS), *lines])
    [found] = sheets.read(out.getvalue().encode(), "prova.csv")
    return found


def read(one):
    return rows.wanted_of(one, COLUMNS, ambito_id="bergamo")


def desk(one):
    return next(each for each in read(one)[0] if each.kind == "sportelli")


WRONG = sheet(
    ["Ente A", "Uno", "Brgamo", "arabo, inglesse, francese", "035 123456", "9,67", "45,69", "x"],
    ["Ente A", "Due", "Bergamo", "", " ", "", "", ""],
)


def test_what_was_suggested_is_read_the_words_around_it_stay_and_coordinates_change_places():
    found = [one for one in read(WRONG)[1] if can_be_taken(one)]
    assert {one.why for one in found} == {"comune_unknown", "language_unknown", "coordinate_swapped"}
    mended = amended(WRONG, COLUMNS, found)
    assert mended.rows[0][3] == "arabo, inglese, francese"
    wanted, left = read(mended)
    assert not any(can_be_taken(one) for one in left)
    both = desk(mended).said
    assert (both["lon"], both["lat"]) == (9.67, 45.69)
    assert next(one for one in wanted if one.kind == "sessioni").said["languages"] == ["ar", "en", "fr"]
    assert WRONG.rows[0][2] == "Brgamo"


def test_an_empty_cell_of_a_column_that_is_read_says_unknown():
    wanted, _ = read(WRONG)
    said = next(one.said for one in emptied(wanted, WRONG, COLUMNS) if one.said["name"] == "Due")
    assert said["phone"] is None
    assert "email" not in said
    assert "comune_code" in said
    assert said["name"] == "Due"


@given(
    st.text(max_size=8), st.text(max_size=8), st.sampled_from(["fault", "doubt", "note"]), st.integers(0, 5)
)
def test_taking_what_is_not_there_changes_nothing(column, value, level, row):
    one = Found(row, f"?{column}", level, "code_unknown", value, "altro")
    assert amended(WRONG, COLUMNS, [one]) == WRONG
