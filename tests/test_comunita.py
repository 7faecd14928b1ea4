"""The page Comunità on the committed tables, without a browser: its sentence, its table, its list, its file."""

import io
import json
import re

import geopandas as gpd
import pandas as pd
import pytest

from analysis import disclosure
from data import catalog
from errors import UnknownCode
from layers import comunita as layer
from layers.style import number
from screens import communities, community_memory, community_words, downloads, encounters, feeds, memory
from screens.communities import REGION, Asked
from tests import pages
from tests.pages import words

QUESTIONS = [
    Asked(),
    Asked("SN"),
    Asked(ambito="milano"),
    Asked("SN", ambito="lodi"),
    Asked("PE", ambito="milano"),
    Asked("PE", "cultura"),
    Asked("AL", "sport", "milano"),
]


def opened(**query):
    return pages.opened("comunita", **query)


def ambiti():
    return memory.ambiti().set_index("ambito_id")["ambito"]


def numbers(sentence):
    return re.findall(r"\*\*([\d.]+)\*\*", sentence)


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_every_number_of_the_sentence_is_of_the_table(asked):
    known, table = community_memory.known(), community_memory.against(asked)
    said = community_words.finding(table, known, asked, ambiti())
    told = community_words.file(table, known, asked, memory.ambiti())
    if asked.citizenship and asked.ambito:
        columns = [
            "residents",
            "found_in_ambito",
            "residents_per_association",
            "found_in_province",
            "found_in_lombardy",
        ]
        expected = [number(each) for each in told[columns].iloc[0] if each > 0]
        assert len(numbers(said)) == len(expected)
    elif asked.citizenship:
        whole, rest = told.iloc[0], told.iloc[1:]
        none = rest[(rest["found_in_ambito"] == 0) & (rest["residents"] >= community_words.LEAST)]
        some = (rest["found_in_ambito"] > 0).sum()
        expected = [
            number(each)
            for each in (whole["residents"], whole["found_in_lombardy"], some, none["residents"].max())
        ]
    else:
        found = "found_in_ambito" if asked.ambito else "found_in_lombardy"
        largest = told.loc[told[found] == 0, "residents"].max()
        expected = [number(each) for each in ((told[found] > 0).sum(), len(told), largest)]
    assert numbers(said)[: len(expected)] == expected


def test_the_largest_community_with_none_found_is_named_and_absence_is_never_claimed():
    said = words(opened())
    assert "La comunità più numerosa con nessuna trovata: Albania, **82.397** residenti" in said
    assert "«nessuna trovata» non vuol dire che non ce ne siano" in said
    assert "non c'è" not in said


def test_a_citizenship_has_its_associations_with_those_of_its_area_after():
    app = opened(cittadinanza="SN")
    found = communities.kept(community_memory.known(), Asked("SN"))
    assert list(app.dataframe[0].value["Nome"]) == list(found["name"])
    assert found["scope"].tolist() == sorted(found["scope"], key=layer.SCOPES.index)
    assert (found["scope"] == "cittadinanza").sum() == 17
    assert "Associazioni trovate (21)" in words(app)


def test_the_table_on_the_page_is_the_file_that_is_taken_away():
    app = opened(cittadinanza="SN")
    told = community_words.file(
        community_memory.against(Asked("SN")), community_memory.known(), Asked("SN"), memory.ambiti()
    )
    file = pd.read_csv(io.BytesIO(downloads.as_csv(told)))
    shown = app.dataframe[1].value
    pd.testing.assert_series_equal(
        shown["Residenti"].astype(float), file["residents"].astype(float), check_names=False
    )
    assert shown["Nell'Ambito"].iloc[1:].tolist() == [
        community_words.found_words(count) for count in file["found_in_ambito"].iloc[1:]
    ]
    assert isinstance(told, gpd.GeoDataFrame)
    drawn = json.loads(downloads.as_geojson(told, id_column="ambito_id", attribution="prova"))
    assert drawn["features"][0]["id"] == REGION
    assert drawn["features"][0]["geometry"] is None
    assert drawn["features"][1]["geometry"] is not None


def test_the_address_opens_the_question_and_follows_it():
    app = opened(cittadinanza="SN", ambito="lodi", attivita="cultura")
    assert "residenti di cittadinanza «Senegal»" in words(app)
    app.selectbox(key="comunita_ambito").set_value(None).run()
    assert "ambito" not in app.query_params
    assert app.query_params["cittadinanza"] == "SN"
    assert app.query_params["attivita"] == "cultura"


def test_what_the_address_does_not_know_is_said_and_left_out():
    app = opened(cittadinanza="ZZ", ambito="atlantide", associazione="nessuna")
    assert "lasciato fuori: ZZ, atlantide, nessuna" in words(app)
    assert "In Lombardia: cittadinanze" in words(app)


def test_where_none_is_found_the_page_says_what_it_means_and_the_way_out():
    app = opened(cittadinanza="SN", ambito="lodi")
    said = words(app)
    assert "Associazioni trovate (0)" in said
    assert "Non vuol dire che non ce ne siano" in said
    assert "nessuna trovata nell'Ambito" in said


def test_a_link_opens_the_card_of_an_association():
    known = community_memory.known().associations
    app = opened(
        cittadinanza="SN",
        associazione="as-mi-sunugal-milano" if "as-mi-sunugal-milano" in known.index else known.index[0],
    )
    assert 'class="atlante-card"' in words(app)


def test_what_is_not_known_is_counted():
    said, known = words(opened()), community_memory.known()
    told = communities.silent(known)
    assert f"Di **{told.unnamed}** associazioni su {len(known.associations)}" in said
    for word, count in told.words.items():
        assert f"«{word}» {count}" in said
    assert "**368**" in said
    assert "improntalaquila.com" in said


def test_residents_of_an_ambito_are_those_of_its_comuni_rounded():
    known = community_memory.known()
    comuni = memory.comuni().set_index("comune_code")["ambito_id"]
    own = known.citizens.xs("SN", level="citizenship")["residents"]
    lodi = own[own.index.map(comuni.to_dict()) == "lodi"].sum()
    assert known.by_ambito.loc[("lodi", "SN"), "residents"] == disclosure.count(lodi)


def test_all_lombardy_is_what_istat_publishes():
    published = (
        catalog.load("citizenship")
        .query("area_level == 'provincia'")
        .groupby("citizenship_iso2")["residents"]
        .sum()
    )
    region = community_memory.known().region.droplevel("area")["residents"].dropna()
    assert (region - published.reindex(region.index).astype(float)).abs().max() < 1e-6


def test_few_residents_are_not_shown():
    shown = community_memory.known().by_ambito["residents"].dropna()
    assert (shown % disclosure.STEP == 0).all()
    values = feeds.feed("json", "comunita", {"cittadinanza": "SN"})
    told = json.loads(values.body)["values"]
    assert len(told) == len(memory.comuni())
    assert any(words == "pochi, o non noto" for _, words in told.values())


def test_the_map_draws_what_the_list_has_a_place_for():
    asked = Asked("SN")
    drawn = json.loads(feeds.feed("geojson", "comunita", communities.write(asked)).body)["features"]
    found = communities.kept(community_memory.known(), asked)
    stars = {one["id"] for one in drawn if one["properties"]["k"] < layer.SCOPES.index("centro")}
    assert stars == set(found.index[found.geometry.notna()])


def test_a_feed_refuses_codes_that_do_not_exist():
    for kind, params in (
        ("json", {"cittadinanza": "ZZ"}),
        ("geojson", {"ambito": "atlantide"}),
        ("json", {}),
    ):
        with pytest.raises(UnknownCode):
            feeds.feed(kind, "comunita", params)


def test_people_of_a_citizenship_add_up_over_the_points():
    demand, known = memory.table("demand"), community_memory.known()
    who = encounters.people(demand, known.citizens, "SN")
    assert who.sum() == pytest.approx(known.region.loc[(REGION, "SN"), "residents"])
    assert encounters.people(demand, known.citizens, "ZZ").sum() == 0


def test_an_association_that_is_closed_is_neither_counted_nor_drawn():
    rows = memory.associazioni()
    shut = rows.assign(status=rows["status"].where(rows["communities"] != "Senegal", "chiuso"))
    known = communities.gathered(memory.table, shut, memory.comuni(), memory.ambiti())
    assert communities.against(known, Asked("SN"))["named_region"].max() < 17
    assert not communities.kept(known, Asked("SN"))["communities"].eq("Senegal").any()


def test_names_are_escaped_in_the_card_and_in_tooltips():
    nasty = "<img src=x onerror=alert(1)>"
    rows = memory.associazioni()
    known = communities.gathered(
        memory.table, rows.assign(communities=nasty), memory.comuni(), memory.ambiti()
    )
    assert communities.silent(known).words.to_dict() == {nasty: len(rows)}


@pytest.mark.parametrize("beyond", [1, 2, 3, 4])
def test_those_near_do_not_tell_how_few_are_far(beyond):
    demand = pd.DataFrame({"comune_code": ["a", "a"], "foreign_residents": [100 - beyond, beyond]})
    times = pd.DataFrame({"minutes": [15.0, 16.0], "low": 9.0, "high": 30.0, "network": "stimata"})
    here, who = pd.Series([True, True]), demand["foreign_residents"].astype(float)
    told = encounters.within(times, who, here, demand=demand, limit=15)
    assert told["near"] == 100
    assert pd.isna(told["far"])
    assert pd.isna(told["share_within"])
    half = encounters.within(times, who / 2, here, demand=demand, limit=15)
    assert half["near"] == 50


def test_the_share_near_a_place_of_encounter_by_heart():
    demand = pd.DataFrame({"comune_code": list("aab"), "foreign_residents": [60, 40, 100]})
    times = pd.DataFrame({"minutes": [15.0, 15.1, None], "low": 9.0, "high": 30.0, "network": "stimata"})
    who = demand["foreign_residents"].astype(float)
    everywhere = encounters.within(times, who, pd.Series([True] * 3), demand=demand, limit=15)
    assert (everywhere["near"], everywhere["far"], everywhere["share_within"]) == (60, 140, 0.3)
    assert encounters.within(times, who * 0, pd.Series([True] * 3), demand=demand, limit=15) is None
