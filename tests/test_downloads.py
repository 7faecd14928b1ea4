"""What people take away."""

import csv
import io
import json

import geopandas as gpd
import pandas as pd
from openpyxl import load_workbook
from shapely import Point

from screens.downloads import as_csv, as_geojson, as_xlsx, file_name

TABLE = gpd.GeoDataFrame(
    {
        "sportello_id": ["a", "b"],
        "name": ["=HYPERLINK(1)", "Caffè; «uno»"],
        "phone": ["+39 02 1234", None],
        "radius_m": [30.0, float("nan")],
        "geometry": [Point(9.1234567, 45.5), None],
    },
    geometry="geometry",
    crs=4326,
)


def test_csv_is_read_back_as_it_was_with_formulas_disarmed():
    rows = list(csv.reader(io.StringIO(as_csv(TABLE).decode("utf-8-sig"))))
    assert rows == [
        ["sportello_id", "name", "phone", "radius_m"],
        ["a", "'=HYPERLINK(1)", "+39 02 1234", "30.0"],
        ["b", "Caffè; «uno»", "", ""],
    ]


def test_xlsx_opens_on_who_says_so_and_keeps_texts_as_texts():
    book = load_workbook(io.BytesIO(as_xlsx(TABLE, title="Sportelli", sources=["Fonte: prova, 2026"])))
    assert book.sheetnames == ["Informazioni", "Dati"]
    assert [row[0].value for row in book["Informazioni"]] == ["Sportelli", "Righe: 2", "Fonte: prova, 2026"]
    cell = book["Dati"]["B2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    assert book["Dati"]["D3"].value is None


def test_geojson_carries_its_attribution_and_keeps_rows_without_a_place():
    told = json.loads(as_geojson(TABLE, id_column="sportello_id", attribution="Fonte"))
    assert told["attribution"] == "Fonte"
    assert [f["id"] for f in told["features"]] == ["a", "b"]
    assert told["features"][0]["geometry"] == {"type": "Point", "coordinates": [9.12346, 45.5]}
    assert told["features"][1]["geometry"] is None
    assert told["features"][1]["properties"]["radius_m"] is None


def test_an_empty_table_can_be_taken_away():
    empty = TABLE.head(0)
    assert as_csv(empty).decode("utf-8-sig").strip() == "sportello_id,name,phone,radius_m"
    assert json.loads(as_geojson(empty, id_column="sportello_id", attribution=""))["features"] == []
    assert load_workbook(io.BytesIO(as_xlsx(empty, title="t", sources=[])))["Dati"].max_row == 1


def test_a_plain_table_needs_no_geometry():
    assert as_csv(pd.DataFrame({"n": [1]})).decode("utf-8-sig").split() == ["n", "1"]


def test_a_file_name_has_no_spaces_or_accents():
    assert file_name("sportelli", "", "Cantù 12/3", ending="csv") == "sportelli_cantu-12-3.csv"
