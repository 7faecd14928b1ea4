"""What the browser is sent, and the colours it is drawn in."""

import json
import re
from itertools import pairwise

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon

from data.vocabularies import vocabulary
from layers import (
    ambiti,
    associazioni,
    biblioteche,
    comuni,
    cpia,
    lakes,
    mediazione,
    places,
    scuole,
    sportelli,
    style,
)
from layers.base import Layers, UrlLayer, base_map
from layers.features import collection, tooltip
from layers.legend import legend_html
from layers.style import Mark, contrast, luminance

NASTY = "<img src=x onerror=alert(1)>"


def frame(**columns):
    return gpd.GeoDataFrame(columns, geometry="geometry", crs=4326)


def square(west, south):
    return Polygon([(west, south), (west + 0.1, south), (west + 0.1, south + 0.1), (west, south + 0.1)])


DESKS = frame(
    sportello_id=["a", "b", "c"],
    name=["Sportello uno", NASTY, "Senza luogo"],
    kind=["sportello_comunale", "questura", "nuovo_tipo"],
    comune=["Lodi", None, "Lodi"],
    hours=["lun 09:00-12:00", "", pd.NA],
    precision=["address", "settlement", "unknown"],
    geometry=[Point(9.123456789, 45.987654321), Point(9.2, 45.5), None],
)


def features(told):
    return {feature["id"]: feature for feature in told["features"]}


def test_a_desk_is_where_it_is_longitude_first_with_five_decimals():
    assert features(sportelli.build(DESKS))["a"]["geometry"] == {
        "type": "Point",
        "coordinates": [9.12346, 45.98765],
    }


def test_a_desk_without_a_place_is_not_drawn_at_zero():
    assert set(features(sportelli.build(DESKS))) == {"a", "b"}


def test_a_desk_whose_building_is_known_has_another_class():
    drawn = features(sportelli.build(DESKS))
    exact, vague = drawn["a"]["properties"]["k"], drawn["b"]["properties"]["k"]
    assert sportelli.STYLES[exact].line != sportelli.STYLES[vague].line
    assert "posizione approssimata" in drawn["b"]["properties"]["t"]
    assert "posizione approssimata" not in drawn["a"]["properties"]["t"]


def test_hours_that_are_not_published_are_said_unknown():
    assert "orari non noti" in features(sportelli.build(DESKS))["b"]["properties"]["t"]


def test_only_what_is_shown_is_sent():
    assert all(set(f["properties"]) == {"t", "k"} for f in sportelli.build(DESKS)["features"])


def test_an_unknown_share_of_foreign_pupils_is_not_a_low_one():
    table = frame(
        school_id=["known", "unknown"],
        name=["A", "B"],
        level_name=["Scuola primaria", "Scuola primaria"],
        foreign_share=[0.0, np.nan],
        geometry=[Point(9, 45)] * 2,
    )
    drawn = features(scuole.build(table))
    assert drawn["known"]["properties"]["k"] == 0
    assert drawn["unknown"]["properties"]["k"] == len(scuole.STYLES) - 1
    assert "non nota" in drawn["unknown"]["properties"]["t"]


def test_known_shares_are_drawn_over_unknown_ones():
    table = frame(
        school_id=["x", "y"],
        name=["A", "B"],
        level_name=["Scuola primaria", "Scuola primaria"],
        foreign_share=[0.4, np.nan],
        geometry=[Point(9, 45)] * 2,
    )
    assert [f["id"] for f in scuole.build(table)["features"]] == ["y", "x"]


MEDIATION = pd.DataFrame(
    {
        "ambito_ids": ["lodi", "lodi;crema", "lodi", "crema;cremona", None],
        "ambito_basis": ["nominato", "nominato", "comune", "provincia", "ignoto"],
        "languages": ["ar;en", "ar", None, None, None],
    }
)
AMBITI = pd.DataFrame({"ambito_id": ["lodi", "crema", "cremona", "como"]})


def test_no_mediation_row_found_is_not_no_mediation():
    told = mediazione.build(MEDIATION, AMBITI)
    assert told["como"] == [mediazione.NONE, "nessuna riga trovata (non vuol dire nessuna mediazione)"]
    assert style.MEDIATION[mediazione.NONE].hatch


def test_mediation_counts_the_rows_that_name_the_ambito_and_tells_the_others_apart():
    told = mediazione.build(MEDIATION, AMBITI)
    assert told["lodi"] == [mediazione.MANY, "3 righe di mediazione\n2 lingue pubblicate"]
    assert told["crema"] == [
        mediazione.ONE,
        "1 riga di mediazione; 1 riga per tutta la provincia\n1 lingua pubblicata",
    ]
    assert told["cremona"][0] == mediazione.PROVINCE


def test_an_ambito_without_proof_is_not_called_a_non_partner():
    told = ambiti.values(pd.DataFrame({"ambito_id": ["a", "b", "c"], "lab_impact": [True, False, pd.NA]}))
    assert [said[0] for said in told.values()] == [ambiti.PARTNER, ambiti.NOT_PARTNER, ambiti.NOT_PARTNER]
    assert "nessuna prova" in told["b"][1]


def test_values_of_comuni_carry_their_class_their_words_and_their_band():
    index = pd.Index(["015146", "098031"], name="comune_code")
    minutes = pd.Series([15.0, np.nan], index=index)
    told = comuni.values(minutes, measure="minutes", low=minutes - 3, high=minutes + 4)
    assert told == {
        "015146": [0, "15 minuti (tra 12 e 19)"],
        "098031": [5, "non raggiungibile o non noto"],
    }


def test_every_layer_of_points_and_areas_can_be_written_as_json():
    areas = frame(
        comune_code=["1"],
        comune=["Lodi"],
        ambito_id=["l"],
        ambito=[None],
        lake=["Garda"],
        geometry=[square(9, 45)],
    )
    points = frame(
        library_id=["l"], school_id=["s"], associazione_id=["a"], place_id=["p"], name=["N"], address=[None],
        comune=["C"], communities=["Senegal;Mali"], precision=["street"], kind=["city"], comune_code=["015146"],
        residents=[1], level_name=[""],
        geometry=[Point(9, 45)],
    )  # fmt: skip
    told = [
        lakes.build(areas), ambiti.build(areas), comuni.build(areas), places.build(points),
        biblioteche.build(points), cpia.build(points), associazioni.build(points),
    ]  # fmt: skip
    assert all(len(json.loads(json.dumps(one, allow_nan=False))["features"]) == 1 for one in told)


def test_a_chief_town_is_named_from_afar_and_a_village_never():
    table = frame(
        place_id=["mi", "ba", "vi", "so"],
        name=["Milano", "Busto Arsizio", "Villa", "Sondrio"],
        kind=["city", "city", "village", "town"],
        comune_code=["015146", "012026", "012001", "014061"],
        residents=[1_400_000, 83_000, 900, 21_000],
        geometry=[Point(9, 45)] * 4,
    )
    zooms = {f["id"]: f["properties"]["z"] for f in places.build(table)["features"]}
    assert zooms == {"mi": 0.0, "ba": 10.0, "so": 0.0}


def test_an_empty_table_is_an_empty_collection():
    assert collection(DESKS.head(0), ids=[], tips=[]) == {"type": "FeatureCollection", "features": []}


def test_missing_lines_leave_no_gap_in_a_tooltip():
    assert tooltip("uno", None, pd.NA, "", "due") == "uno\ndue"


@given(st.lists(st.floats(0, 1e6) | st.none(), max_size=30))
def test_a_larger_number_is_never_in_a_lower_class(numbers):
    values = pd.Series(numbers, dtype="float64")
    for scale in (style.MINUTES, style.FOREIGN_RESIDENTS, style.FOREIGN_SHARE, style.PEOPLE_BEYOND):
        classes = scale.classify(values)
        known = classes[values.notna()]
        assert known[values.dropna().sort_values().index].is_monotonic_increasing
        assert (classes[values.isna()] == len(scale.marks) - 1).all()
        assert (known < len(scale.marks) - 1).all()


@pytest.mark.parametrize(
    "scale",
    [style.MINUTES, style.FOREIGN_RESIDENTS, style.FOREIGN_SHARE, style.PEOPLE_BEYOND, style.SCHOOL_SHARE],
)
def test_a_scale_grows_darker_so_that_hue_is_not_needed(scale):
    lights = [luminance(mark.fill) for mark in scale.marks[:-1]]
    assert lights == sorted(lights, reverse=True)
    assert all(one / other > 1.15 for one, other in pairwise(lights))
    assert len(scale.marks) == len(scale.breaks) + 2


def test_every_kind_of_desk_has_a_shape_of_its_own_and_is_seen_on_white():
    assert len({group.shape for group in style.KIND_GROUPS}) == len(style.KIND_GROUPS)
    assert len({group.fill for group in style.KIND_GROUPS}) == len(style.KIND_GROUPS)
    assert all(contrast(mark.fill, "#ffffff") >= 4.5 for mark in style.DESKS)
    assert all(contrast(mark.fill, ground.fill) >= 3 for mark in style.DESKS for ground in style.PARTNER)


def test_unknown_is_never_told_by_colour_alone():
    for marks in (style.MINUTES.marks, style.FOREIGN_SHARE.marks, style.PARTNER, style.MEDIATION):
        assert marks[-1].hatch


def test_the_groups_of_kinds_are_those_of_the_vocabulary():
    kinds = vocabulary("service_kinds")
    assert {g.code: g.label for g in style.KIND_GROUPS} == vocabulary("kind_groups")["label"].to_dict()
    for group in style.KIND_GROUPS:
        assert set(group.kinds) == set(kinds.index[kinds["group"] == group.code])


def test_a_legend_says_everything_in_words_and_escapes_them():
    html = legend_html(
        NASTY, [Mark(NASTY, "#000000", shape="star"), Mark("area", "#ffffff", hatch="#000000")], note=NASTY
    )
    assert "<img" not in html
    assert html.count('aria-hidden="true"') == 2


def test_the_map_asks_nobody_else_for_anything():
    drawn = base_map()
    page = drawn.get_root().render()
    assert not re.findall(r"""(?:src|href)=["']https?://""", page)
    assert all(url.startswith("/assets/") for _, url in (*folium.Map.default_js, *folium.Map.default_css))
    assert "tileLayer" not in page


def test_tiles_come_only_when_the_configuration_names_a_server():
    tiles = {
        "ATLANTE_TILES_URL": "https://tiles.example/{z}/{x}/{y}.png",
        "ATLANTE_TILES_ATTRIBUTION": "© Qualcuno",
    }
    assert "https://tiles.example" in base_map(environment=tiles).get_root().render()


def test_the_zoom_buttons_speak_italian_and_the_map_has_a_name():
    page = base_map(label='Mappa di "prova"').get_root().render()
    assert r"Mappa di \u0022prova\u0022" in page or r"Mappa di \"prova\"" in page


def test_a_layer_is_an_address_and_the_page_holds_no_data():
    layer = UrlLayer(
        "punti", "Punti </script>", "/layers/sportelli.geojson?v=1", style.DESKS, "point", selected="a"
    )
    drawn = base_map()
    Layers([layer], view=(9.0, 45.0, 9.5, 45.5)).add_to(drawn)
    page = drawn.get_root().render()
    assert "/layers/sportelli.geojson?v=1" in page
    assert "Punti </script>" not in page
    assert "[[45.0, 9.0], [45.5, 9.5]]" in page
    assert page.index("L.map(") < page.index("atlante.sync(")
