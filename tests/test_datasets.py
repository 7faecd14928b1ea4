"""Cleaning, dataset by dataset, where a source has a trap."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from data import catalog
from data.datasets import (
    ambito_comuni,
    comuni,
    foreign_history,
    foreign_pupils_mim,
    income,
    mediazione,
    pupils,
    stops,
)
from data.derived import scuole
from data.raw import read_csv
from errors import SourceChanged

MIM = """ANNOSCOLASTICO,CODICESCUOLA,ORDINESCUOLA,ANNOCORSO,ALUNNI,ALUNNICITTADINANZAITALIANA,\
ALUNNICITTADINANZANONITALIANA,ALUNNICITTADINANZANONITALIANAPAESIUE,ALUNNICITTADINANZANONITALIANAPAESINONUE
202425,BGEE00001A,SCUOLA PRIMARIA,1,20,15,5,1,4
202425,BGEE00001A,SCUOLA PRIMARIA,2,30,20,10,2,8
202425,BGEE00002B,SCUOLA PRIMARIA,1,20,<=3,<=3,<=3,<=3
202425,BGEE00002B,SCUOLA PRIMARIA,2,20,10,10,0,10
202425,TOEE00001A,SCUOLA PRIMARIA,1,20,20,0,0,0
202425,MIEE00003C,SCUOLA PRIMARIA,1,10,10,0,0,0
"""


@pytest.fixture
def ministry(tmp_path):
    path = tmp_path / "ALUITASTRACITSTA20242520250831.csv"
    path.write_text(MIM)
    return foreign_pupils_mim.clean(foreign_pupils_mim.read(path))


def test_the_ministrys_pupils_are_added_up_over_years_of_course(ministry):
    table = catalog.validated("foreign_pupils_mim", ministry.table, foreign_pupils_mim.SCHEMA).set_index(
        "school_id"
    )
    assert table.loc["BGEE00001A", ["pupils", "foreign_pupils", "third_country_pupils"]].tolist() == [
        50,
        15,
        12,
    ]
    assert table.loc["MIEE00003C", "foreign_pupils"] == 0
    assert table.loc["MIEE00003C", "school_year"] == "2024/25"


def test_a_school_with_a_withheld_year_is_set_aside_whole(ministry):
    assert "BGEE00002B" not in set(ministry.table["school_id"])
    assert ministry.aside.value_counts().to_dict() == {
        "scuola con conteggi non pubblicati": 2,
        "fuori dalla Lombardia": 1,
    }


def test_the_ministrys_file_goes_before_the_table_of_milan_and_the_rest_stays_unknown(ministry):
    load = catalog.load
    parts = {name: load(name) for name in catalog.made_from("scuole") if name != "foreign_pupils_mim"}
    milan = parts["foreign_pupils"]["school_id"].iloc[0]
    official = ministry.table.assign(school_id=["BGEE00001A", milan])
    table = scuole.derive(**parts, foreign_pupils_mim=official).set_index("school_id")
    assert table.loc[milan, "foreign_source"] == "foreign_pupils_mim"
    assert table.loc[milan, "foreign_share"] == 0
    assert table["foreign_share"].notna().sum() == 304
    assert table["foreign_share"].isna().sum() > 8000


def test_three_pupils_or_fewer_are_unknown_not_zero():
    table, _ = pupils.clean(
        pd.DataFrame({"CODICESCUOLA": ["A" * 10, "B" * 10], "NUMEROSTUDENTI": ["<=3", "120"]})
    )
    assert table["pupils"].isna().tolist() == [True, False]


def test_a_missing_column_is_named():
    with pytest.raises(SourceChanged, match="NUMEROSTUDENTI"):
        pupils.clean(pd.DataFrame({"CODICESCUOLA": ["A" * 10]}))


def test_comuni_that_merged_are_added_up_in_every_year():
    raw = pd.DataFrame(
        {
            "REF_AREA": ["012009", "012018", "012144", "ITC4"],
            "TIME_PERIOD": ["2020-01-01", "2020-01-01", "2024-01-01", "2020-01-01"],
            "OBS_VALUE": ["10.0", "5.0", "20.0", "1000.0"],
        }
    )
    table, aside = foreign_history.clean(raw)
    assert table.to_dict("records") == [
        {"comune_code": "012144", "year": 2020, "foreign_residents": 15},
        {"comune_code": "012144", "year": 2024, "foreign_residents": 20},
    ]
    assert len(aside) == 1


def test_a_merged_comune_takes_the_least_sure_evidence_of_its_parts():
    raw = pd.DataFrame(
        {
            "ambito_id": ["a", "a", "b", "c"],
            "istat_code": ["012009", "012018", "013228", "013199"],
            "evidence": ["page", "knowledge", "page", "page"],
            "confidence": ["high", "low", "high", "high"],
            "source": [None] * 4,
        }
    )
    table, aside = ambito_comuni.clean(raw)
    assert table[["comune_code", "evidence", "confidence"]].to_numpy().tolist() == [
        ["012144", "knowledge", "low"]
    ]
    assert sorted(aside) == [
        "comune confluito in un altro",
        *["comuni uniti che stavano in Ambiti diversi"] * 2,
    ]


def test_withheld_amounts_stay_missing():
    raw = pd.DataFrame(
        {
            "Codice Istat Comune": ["12001", "015146"],
            "Regione": ["Lombardia"] * 2,
            "Numero contribuenti": ["30", "1000"],
            "Reddito complessivo - Ammontare in euro": [None, "5"],
        }
    )
    table, _ = income.clean(raw)
    assert table["comune_code"].tolist() == ["012001", "015146"]
    assert table["income_eur"].isna().tolist() == [True, False]


def test_a_stop_knows_its_street_and_the_one_beside():
    raw = gpd.GeoDataFrame(
        {"id_amat": [1], "ubicazione": ["Via Matteotti, 19 prima di Via Cavour"]},
        geometry=[Point(9.2, 45.5)],
        crs=4326,
    )
    assert stops.clean(raw).table["address"].tolist() == ["Via Cavour", "Via Matteotti, 19"]


def test_outlines_are_simplified_together():
    metres = [box(500_000, 5_000_000, 501_000, 5_001_000), box(501_000, 5_000_000, 502_000, 5_001_000)]
    raw = gpd.GeoDataFrame(
        {
            "PRO_COM_T": ["015002", "015001"],
            "COMUNE": ["B", "A"],
            "COD_REG": [3, 3],
            "COD_PROV": [15, 15],
            "Shape_Area": [1e6, 1e6],
        },
        geometry=metres,
        crs="EPSG:32632",
    )
    table = comuni.clean(raw).table
    assert table["comune_code"].tolist() == ["015001", "015002"]
    assert table["province"].tolist() == ["MI", "MI"]
    assert table.geometry.iloc[0].touches(table.geometry.iloc[1])


@pytest.mark.parametrize(
    ("date", "status", "level"),
    [
        ("2025-10", "non_verificato", "B"),
        ("2019", "non_verificato", "C"),
        (None, "non_verificato", "C"),
        ("2014-04", "non_verificato", "D"),
        ("2025-10", "da_verificare", "D"),
    ],
)
def test_evidence_of_mediation_by_its_date(date, status, level):
    dates, statuses = pd.Series([date], dtype=str), pd.Series([status])
    assert mediazione.evidence_level(dates, statuses).tolist() == [level]


def test_namibia_is_a_country(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("iso\nNA\n\n")
    assert read_csv(path)["iso"].tolist() == ["NA"]
