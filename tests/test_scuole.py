"""The page Scuole and the tables behind it: minutes by heart, then the rows of mediation, then the page itself."""

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.effective import NO, UNKNOWN, YES
from data import catalog
from data.registry import editing, people
from geo.crs import DEGREES
from geo.travel_time import Networks
from layers.style import number
from screens import feeds, joined, memory, school_mediation, school_memory, school_words, schools
from screens.schools import Asked
from tests import borgo
from tests.pages import words

APP = str(catalog.TABLES.parent.parent / "app.py")
GASPARRI = "MIEE8CR05C"
BORGO = Networks(borgo.town())
RURAL = {"precision": "settlement", "province": "LO"}


def placed(kms, reach_m, **more):
    """Things at kilometres from Piazza, each so many metres around its point."""
    table = pd.DataFrame({"reach_m": reach_m, **more}, index=[f"t{n}" for n in range(len(kms))])
    points = borgo.points(*kms).to_crs(DEGREES)
    return gpd.GeoDataFrame(table, geometry=points.to_numpy(), crs=DEGREES)


def offer(**said):
    row = {
        "province": "MI", "areas": ["ambito:sesto"], "basis": "nominato", "area_note": None, "settings": ["scuole"],
        "at_school": YES,
    }  # fmt: skip
    return pd.DataFrame([row | said], index=["me-prova"])


TOWNS = pd.DataFrame(
    [("015209", "Sesto San Giovanni", "sesto", "MI"), ("015081", "Cologno Monzese", "sesto", "MI"),
     ("016024", "Bergamo", "bergamo", "BG"), ("018001", "Alagna", None, "PV")],
    columns=["comune_code", "comune", "ambito_id", "province"],
)  # fmt: skip


def opened(**query):
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page("screens/scuole.py")
    for name, value in query.items():
        app.query_params[name] = value
    return run(app)


def run(pressed):
    """The page after something on it was changed."""
    app = pressed.run()
    assert not app.exception
    assert not app.error
    return app


def numbers(sentence):
    """The numbers of a sentence that are set in bold, as numbers."""
    return [int(one.replace(".", "")) for one in re.findall(r"\*\*([\d.]+)(?: %| minuti)?\*\*", sentence)]


def sentence(app, start):
    return next(each.value for each in app.markdown if re.search(start, each.value))


def control(app, name):
    kinds = (app.segmented_control, app.selectbox, app.get("button_group"))
    return next(each for kind in kinds for each in kind if each.key == f"scuole_{name}")


@pytest.mark.parametrize("reach_m", [30.0, 2500.0])
def test_how_near_some_support_may_be_equals_asking_of_each_alone(reach_m):
    kms = [(0.5, 0), (3, 1), (9, 0), (20, 0.5), (11, 9)]
    goals = placed(kms, [reach_m, 30.0, 4000.0, 30.0, reach_m], province="LO")
    taught = placed([(0, 0), (4, 0), (10, 0), (0, 10)], [30.0, 30.0, 1500.0, 30.0], province="LO")
    found = schools.near(BORGO, goals, taught, mode="walk")
    demand = taught[["geometry"]].assign(radius_m=taught["reach_m"])
    alone = [
        joined.minutes(
            BORGO, goals.iloc[[place]].rename_axis("sportello_id").reset_index(), demand, mode="walk"
        )
        for place in range(len(goals))
    ]
    lows, highs = (pd.concat([one[end] for one in alone], axis=1) for end in ("low", "high"))
    np.testing.assert_allclose(found["soonest"], lows.min(axis=1))
    np.testing.assert_allclose(found["surest"], highs.min(axis=1))
    assert (found["soonest"] <= found["low"]).all()
    assert (found["surest"] <= found["high"]).all()


def test_a_support_of_unknown_place_may_be_anywhere_in_its_province():
    goals = placed([(20, 0), (0, 0)], 30.0, province=["LO", "CR"])
    goals.loc["t1", "geometry"] = None
    taught = placed([(0, 0), (0, 0)], 30.0, province=["LO", "CR"])
    found = schools.near(BORGO, goals, taught, mode="walk")
    assert found["soonest"].iloc[0] > 30
    assert found["soonest"].iloc[1] == 0


def test_a_school_nobody_can_place_is_not_known_rather_than_far():
    taught = placed([(0, 0), (1, 0)], 30.0, province="LO")
    taught.loc["t1", "geometry"] = None
    found = schools.near(BORGO, placed([(0, 0)], 30.0, province="LO"), taught, mode="walk")
    assert found.loc["t1", ["minutes", "soonest", "surest"]].isna().all()


def test_no_support_at_all_is_out_of_reach():
    taught = placed([(0, 0)], 30.0, province="LO")
    found = schools.near(BORGO, placed([], 30.0, province="LO"), taught, mode="walk")
    assert found.loc["t0", "soonest"] == np.inf


@pytest.mark.parametrize(
    ("said", "truths"),
    [
        ({}, {"015209": YES, "015081": YES}),
        ({"basis": "provincia"}, {"015209": UNKNOWN, "015081": UNKNOWN}),
        ({"at_school": UNKNOWN}, {"015209": UNKNOWN, "015081": UNKNOWN}),
        ({"basis": "comune", "area_note": "istituti di Sesto San Giovanni"}, {"015209": YES, "015081": UNKNOWN}),
        ({"areas": ["istat:comune:015209"], "basis": "comune"}, {"015209": YES}),
        ({"areas": None}, {"015209": UNKNOWN, "015081": UNKNOWN}),
        ({"areas": [], "province": "PV"}, {"018001": UNKNOWN}),
        ({"areas": ["ambito:lomellina"], "province": "PV"}, {"018001": UNKNOWN}),
        ({"areas": ["provincia:BG"], "province": "BG"}, {"016024": YES}),
    ],
)  # fmt: skip
def test_a_row_of_mediation_reaches_a_comune_for_sure_perhaps_or_not(said, truths):
    found = school_mediation.reach(offer(**said), TOWNS)
    assert dict(zip(found["comune_code"], found["truth"], strict=True)) == truths


def test_no_row_is_none_found_and_never_counts_as_an_absence():
    codes = TOWNS.set_index("comune_code").index.to_series()
    found = school_mediation.found(school_mediation.reach(offer(), TOWNS), codes)
    assert found.tolist() == [YES, YES, NO, NO]
    assert schools.at_least_unknown(found).tolist() == [YES, YES, UNKNOWN, UNKNOWN]


def test_the_clean_table_and_the_registry_say_the_same():
    clean = memory.table("mediazione")
    listed, kept = (school_mediation.offers(store, clean) for store in (None, memory.registry()))
    assert sorted(listed.index) == sorted(kept.index)
    assert listed["hours_a_year"].dropna().to_dict() == kept["hours_a_year"].dropna().to_dict()
    one, other = (school_mediation.reach(rows.sort_index(), memory.comuni()) for rows in (listed, kept))
    assert one.to_numpy().tolist() == other.to_numpy().tolist()


@pytest.mark.parametrize("asked", [Asked(), Asked("milano", 40, "car", 20, ("cpia", "biblioteche"))])
def test_a_question_is_read_as_it_was_written(asked):
    assert schools.parse(schools.write(asked)) == asked


def test_an_address_that_makes_no_sense_asks_the_usual():
    assert schools.parse({"quota": "33", "mezzo": "treno", "minuti": "x", "sostegni": "banca"}) == Asked()


def test_no_school_with_few_foreign_pupils_is_given_away():
    few = memory.table("scuole").query("0 < foreign_pupils < 5")["school_id"]
    assert len(few) > 0
    for share in schools.SHARES:
        assert not few.isin(school_memory.ranked(Asked(share=share, kinds=("cpia",))).index).any()
    drawn = json.loads(feeds.feed("geojson", "scuole_sostegno", {"ambito": "milano"}).body)
    tips = {one["id"]: one["properties"]["t"] for one in drawn["features"]}
    assert all(re.search(r"\d %", tips[code]) is None for code in few if code in tips)
    on_map = json.loads(feeds.feed("geojson", "scuole", {}).body)
    shown = [one["properties"]["t"] for one in on_map["features"] if one["id"] in set(few)]
    assert len(shown) == len(few)
    assert all(tip.endswith("quota di alunni stranieri non nota o non mostrata") for tip in shown)
    everywhere = memory.scuole().set_index("school_id").loc[few]
    assert everywhere[["foreign_pupils", "foreign_share"]].isna().to_numpy().all()
    assert everywhere["hidden"].all()
    sums = school_mediation.by_ambito(
        school_memory.around().schools, school_memory.around().reached, memory.ambiti(), ambito="milano"
    )
    visible = memory.table("scuole").query("foreign_pupils == 0 or foreign_pupils >= 5")["foreign_pupils"]
    assert sums.loc["milano", "foreign_pupils"] == visible.sum()


def test_it_opens_with_a_finding_whose_numbers_are_those_of_the_table():
    app = opened()
    asked = Asked()
    ranked = school_memory.ranked(asked)
    file = school_words.file(ranked, school_memory.near("walk"), asked, "prova")
    lacking = (file[list(asked.counted)] == "no").any(axis=1).sum()
    unsure = (file[list(asked.counted)] == "unknown").any(axis=1).sum()
    said = sentence(app, "almeno il")
    assert numbers(said) == [len(file), 30, file["foreign_pupils"].sum(), lacking, 15, unsure]
    shown = next(each.value for each in app.dataframe if "Posto" in each.value)
    assert shown["Posto"].tolist() == list(range(1, len(file) + 1)) == file["rank"].tolist()
    assert shown["Stranieri"].tolist() == file["foreign_pupils"].tolist()
    assert (file["foreign_share"] >= 0.3).all()
    assert "tutte statali di Milano" in words(app)


def test_what_is_missing_is_farther_than_the_limit_even_at_best():
    near, ranked = school_memory.near("walk"), school_memory.ranked(Asked(limit=10))
    for kind in schools.PLACED:
        ends = near[kind].loc[ranked.index]
        assert (ends.loc[ranked[kind] == NO, "soonest"] > 10).all()
        assert (ends.loc[ranked[kind] == YES, "surest"] <= 10).all()


def test_the_controls_move_the_address_and_the_address_the_controls():
    app = opened(quota="50", mezzo="car", sostegni="cpia,biblioteche")
    assert control(app, "quota").value == 50
    assert control(app, "mezzo").value == "car"
    assert numbers(sentence(app, "almeno il"))[1] == 50
    run(control(app, "quota").set_value(20))
    assert app.query_params["quota"] == "20"
    run(control(app, "minuti").set_value(30))
    assert (app.query_params["minuti"], app.query_params["sostegni"]) == ("30", "cpia,biblioteche")
    run(control(app, "scuola").set_value(GASPARRI))
    assert app.query_params["scuola"] == GASPARRI


def test_a_school_shows_its_nearest_support_and_what_is_not_known():
    said = words(opened(scuola=GASPARRI)).replace("\u00a0", " ")
    facts = school_memory.around().schools.loc[GASPARRI]
    library = school_memory.near("walk")["biblioteche"].loc[GASPARRI]
    assert f"<h3>{facts['name']}</h3>" in said
    assert f"{number(library['minutes'])} min ({number(library['low'])}–{number(library['high'])})" in said
    assert f"{number(facts['foreign_pupils'])} (91,3 %" in said
    assert "Ore di mediazione: non note" in said


def test_a_school_with_few_foreign_pupils_says_that_they_are_few():
    few = memory.table("scuole").query("0 < foreign_pupils < 5")["school_id"].iloc[0]
    assert "meno di 5: la quota non si mostra" in words(opened(scuola=few, ambito="milano"))


def test_support_that_the_registry_knows_of_is_near_and_gives_the_pupils_for_each_hour():
    store = memory.registry()
    people.add(store, name="prova", role="regione", ambiti=(), oidc="https://id.example prova")
    token = people.sign_in_vouched(store, "https://id.example prova")
    before = school_memory.ranked(Asked())
    said = {
        "school_id": GASPARRI, "kind": "mediazione", "status": "attivo", "evidence": "A", "languages": ["ar"],
        "hours_a_year": 40, "description": "mattine & sere", "confirm_every_months": 12, "ambito_id": "milano",
    }  # fmt: skip
    editing.create(store, token, "sostegni", said)
    after = school_memory.ranked(Asked())
    assert (before.loc[GASPARRI, "mediazione"], after.loc[GASPARRI, "mediazione"]) == (UNKNOWN, YES)
    assert after.loc[GASPARRI, "pupils_per_hour"] == after.loc[GASPARRI, "foreign_pupils"] / 40
    shown = words(opened(scuola=GASPARRI))
    assert "Sostegni propri della scuola" in shown
    assert "mattine &amp; sere" in shown
    assert f"all'anno: {number(after.loc[GASPARRI, 'pupils_per_hour'], digits=1)}" in shown


def test_hours_that_one_row_does_not_say_are_not_known():
    rows = pd.DataFrame(
        {"school_id": ["a", "a", "b"], "kind": ["mediazione"] * 3, "hours_a_year": [40, None, 20]},
        dtype=object,
    )
    hours = school_mediation.own_hours(rows)
    assert np.isnan(hours["a"])
    assert hours["b"] == 20


def test_an_ambito_without_a_known_share_says_what_to_do():
    app = opened(ambito="lodi")
    assert "basta il file del Ministero" in words(app)
    assert not any("Posto" in each.value for each in app.dataframe)
    run(next(each for each in app.button if each.label == "Vedi i comuni").click())
    assert app.query_params["vista"] == "comuni"
    assert app.query_params["ambito"] == "lodi"


def test_the_comuni_add_up_to_their_sentence_and_estimate_no_share():
    app = opened(vista="comuni")
    shown = next(each.value for each in app.dataframe)
    said = numbers(sentence(app, "non si conosce"))
    assert said[:3] == [len(shown), shown["Scuole"].sum(), shown["Alunni"].sum()]
    assert "Milano" not in set(shown["Comune"])
    assert not [name for name in shown if "Stranieri" in name]


def test_the_ambiti_add_up_to_the_sentence_on_mediation():
    app = opened(vista="mediazione")
    shown = next(each.value for each in app.dataframe)
    told = ["Scuole", "Scuole: trovata", "solo possibile", "nessuna trovata"]
    assert numbers(sentence(app, "nessuna mediazione"))[:4] == shown[told].sum().tolist()
    assert (shown[told[1:]].sum(axis=1) == shown["Scuole"]).all()
    assert "Cooperativa Progettazione" in words(app)
    values = json.loads(feeds.feed("json", "ambiti", {"measure": "mediazione_scuole"}).body)["values"]
    assert set(values) <= set(memory.ambiti()["ambito_id"])
