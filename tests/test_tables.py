"""The committed clean tables: what the sources are known to say."""

import json

import pandas as pd
import pytest
import shapely

from data import build, catalog
from data.label import read_label

TABLES = [
    name
    for name in catalog.schemas()
    if not (catalog.is_optional(name) and not (catalog.TABLES / f"{name}.parquet").is_file())
]


def table(name):
    return catalog.load(name)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_keeps_its_schema(name):
    assert len(table(name)) > 0


def test_tables_and_labels_are_in_order():
    assert build.check() == []


def test_all_tables_together_weigh_less_than_20_mb():
    assert sum(path.stat().st_size for path in catalog.TABLES.iterdir()) < 20e6


def test_1502_comuni_in_12_provinces():
    comuni = table("comuni")
    assert len(comuni) == 1502
    assert comuni["province"].nunique() == 12
    assert comuni.geometry.is_valid.all()


def test_neighbouring_comuni_still_touch():
    assert shapely.coverage_is_valid(table("comuni").geometry.to_numpy())


def test_simplified_outlines_keep_the_area():
    comuni = table("comuni")
    drawn = comuni.to_crs("EPSG:32632").area / 1e6
    assert drawn.sum() == pytest.approx(comuni["area_km2"].sum(), rel=0.001)


def test_residents_and_foreign_residents_of_2025():
    assert table("residents")["residents"].sum() == 10_033_918
    assert table("foreign_population")["foreign_residents"].sum() == 1_221_520


def test_foreign_residents_by_comune_from_2020_to_2025():
    history = table("foreign_history")
    assert sorted(history["year"].unique()) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert (history.groupby("year")["comune_code"].nunique() == 1502).all()
    last = history[history["year"] == 2025].set_index("comune_code")["foreign_residents"]
    now = table("foreign_population").set_index("comune_code")["foreign_residents"]
    pd.testing.assert_series_equal(last, now, check_names=False)


def test_citizenships_of_12_provinces_and_24_comuni():
    known = table("citizenship")
    provinces = known[known["area_level"] == "provincia"]
    assert provinces["area_code"].nunique() == 12
    assert known.loc[known["area_level"] == "comune", "area_code"].nunique() == 24
    assert provinces["residents"].sum() == 1_221_520
    assert provinces.loc[~provinces["eu"], "residents"].sum() == 995_738
    assert "NA" in set(known["citizenship_iso2"]), "Namibia is not a missing value"


def test_languages_by_citizenship():
    languages = table("citizenship_languages")
    assert len(languages) == 886
    assert languages["citizenship_iso2"].nunique() == 188


def test_93_ambiti_of_which_34_carry_33_evidenced_partners():
    ambiti = table("ambiti")
    assert len(ambiti) == 93
    partners = ambiti[ambiti["lab_impact"]]
    assert len(partners) == 34
    assert partners["lab_impact_evidence"].notna().all()
    assert set(partners["province"]) == set(table("comuni")["province"])


def test_five_comuni_of_pavia_have_no_ambito():
    comuni = table("comuni").set_index("comune_code")
    unassigned = comuni.drop(index=table("ambito_comuni")["comune_code"])
    assert len(unassigned) == 5
    assert set(unassigned["province"]) == {"PV"}
    assert set(table("ambito_comuni")["ambito_id"]) == set(table("ambiti")["ambito_id"])


def test_the_registry_rows_with_their_evidence():
    desks = table("sportelli")
    assert len(desks) == 257
    assert desks["evidence"].value_counts().to_dict() == {"C": 132, "B": 75, "D": 43, "A": 7}
    associations = table("associazioni")
    assert len(associations) == 156
    assert associations["evidence"].value_counts().to_dict() == {"C": 72, "B": 63, "D": 18, "A": 3}
    assert len(table("mediazione")) == 40


def test_registry_comuni_and_ambiti_exist():
    comuni = set(table("comuni")["comune_code"])
    for name in ("sportelli", "associazioni", "scuole", "positions", "demand", "settlements"):
        assert set(table(name)["comune_code"].dropna()) <= comuni
    named = table("mediazione")["ambito_ids"].dropna().str.split(";").explode()
    assert set(named) <= set(table("ambiti")["ambito_id"])


def test_schools_pupils_and_the_known_shares_of_milan():
    assert len(table("schools_state")) == 6485
    assert len(table("schools_paritarie")) == 2474
    assert len(table("pupils")) == 7668
    schools = table("scuole")
    known = schools.dropna(subset=["foreign_share"])
    assert len(known) == 304
    assert set(known["comune_code"]) == {"015146"}
    assert known["foreign_pupils"].sum() == 31_187
    assert table("foreign_pupils").geometry.notna().sum() == 302


def test_other_places_and_context():
    assert len(table("biblioteche")) == 1829
    assert len(table("cpia")) == 99
    assert (table("cpia")["kind"] == "cpia").sum() == 20
    assert len(table("snai")) == 1502
    assert len(table("income")) == 1502
    assert len(table("nil")) == 88
    assert len(table("places")) == 3151
    assert len(table("localities")) == 1544
    assert len(table("nursery_positions")) == 3006  # two more lie outside Lombardy


def test_every_raw_row_is_kept_or_set_aside_with_a_reason():
    report = catalog.report()
    for name in catalog.DATASETS:
        if name not in report:
            assert catalog.is_optional(name)
            continue
        said = report[name]
        assert said["rows_in"] == said["kept"] + sum(said["aside"].values())
        assert all(said["aside"]), f"{name} sets rows aside without a reason"


def test_milan_grid_loses_only_cells_where_nobody_lives():
    said = catalog.report()["milan_grid"]
    assert said["rows_in"] == 6687
    assert table("milan_grid")["residents"].sum() == pytest.approx(3_214_630, rel=1e-4)


def test_positions_cover_every_thing_and_say_how_surely():
    positions = table("positions")
    things = len(table("sportelli")) + len(table("associazioni")) + len(table("scuole")) + len(table("cpia"))
    assert len(positions) == things
    placed = positions[positions["precision"] != "unknown"]
    assert placed["radius_m"].notna().all()
    assert positions.loc[positions["precision"] == "unknown", "comune_code"].isna().all()


def test_no_two_desks_lie_on_the_same_spot():
    positions = table("positions")
    desks = positions[positions["kind"].isin(["sportello", "associazione"])].dropna(subset=["geometry"])
    metres = desks.to_crs("EPSG:32632").geometry
    spots = set(zip(metres.x.round(), metres.y.round(), strict=True))
    assert len(spots) == len(desks)


def test_nothing_placed_by_us_lies_in_a_lake():
    positions, lakes = table("positions"), table("lakes").union_all()
    ours = positions[positions["precision"] == "settlement"]
    assert not shapely.contains_xy(lakes, ours.geometry.x, ours.geometry.y).any()


def test_demand_adds_up_to_the_residents_of_every_comune():
    demand = table("demand").groupby("comune_code")[["residents", "foreign_residents", "third_country"]].sum()
    residents = table("residents").set_index("comune_code")["residents"]
    foreign = table("foreign_population").set_index("comune_code")["foreign_residents"]
    pd.testing.assert_series_equal(demand["residents"], residents, check_names=False)
    pd.testing.assert_series_equal(demand["foreign_residents"], foreign, check_names=False)
    assert demand["third_country"].sum() == pytest.approx(995_738, abs=1)


def test_demand_of_the_metropolitan_city_of_milan_lies_on_the_grid():
    demand = table("demand")
    on_grid = demand[demand["comune_code"].str.startswith("015")]
    assert set(on_grid["basis"]) == {"griglia 500 m"}
    assert on_grid["comune_code"].nunique() == 133


def test_each_dataset_has_a_whole_label():
    for name in catalog.DATASETS:
        label = read_label(name)
        assert label.title
        assert label.producer
        assert label.licence
        assert label.attribution
        assert label.reference_date
        assert label.how


def test_the_report_holds_no_clock():
    text = json.dumps(catalog.report())
    assert "built" not in text
    assert "time" not in text
