"""The screen Tempi di viaggio on the committed tables, without a browser: on the estimated network, then on streets."""

import json
import re

import pytest
from shapely.geometry import shape

from errors import InputError
from geo.network import ESTIMATED
from geo.streets import store
from geo.streets.make import make
from geo.streets.pbf import read_pbf
from layers.style import number
from screens import feeds, joined, memory, reach
from screens.reach import Question
from tests import pages
from tests.pages import words
from tests.streets.towns import Town, street

DESK = "sp-bg-sportello-immigrazione-bergamo"
NETWORK = "paese"
TOWN = Town(
    """
    A---B---C---D---E
    |   |   |   |   |
    F---G---H---I---J
    |   |   |   |   |
    K---L---M---N---O
    """,
    {
        "ABCDE": street(),
        "FGHIJ": street(highway="primary", maxspeed="90"),
        "KLMNO": street(),
        "AFK": street(),
        "BGL": street(),
        "CHM": street(highway="secondary"),
        "DIN": street(),
        "EJO": street(),
    },
)
"""A few streets in the middle of Milano; every point within two kilometres of them goes by them."""
IN_TOWN = (9.191, 45.459)


def opened(**query):
    return pages.opened("tempi", **query)


def rows(app):
    """The cells of the table: head of the row → cells."""
    told = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', words(app))
    return {head.replace("\u00a0", " "): re.findall(r"<td>(.*?)</td>", cells) for head, cells in told}


def control(app, name):
    kinds = (app.segmented_control, app.selectbox, app.multiselect)
    return next(each for kind in kinds for each in kind if each.key == f"tempi_{name}")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A street network in Milano, in use; and what the pages remember while it is."""
    folder = tmp_path_factory.mktemp("paese")
    ways = read_pbf(TOWN.write(folder / "paese.osm.pbf"))
    make(folder, NETWORK, ways, source="un paese disegnato")
    store.use(folder, NETWORK)
    return folder, pages.of_the_tables()


@pytest.fixture
def streets(town, monkeypatch):
    """The label of the streets of the town, which answer."""
    folder, remembered = town
    monkeypatch.setattr(joined, "NETWORKS", folder)
    pages.other_memory(monkeypatch, remembered)
    return f"strade: {NETWORK}"


def test_it_opens_on_the_nearest_desk_and_names_its_network():
    app = opened()
    said = words(app)
    assert "Chi risponde: **rete stimata** (non strade reali)." in said
    assert "Tempi **stimati** su una rete semplificata" in said
    demand = memory.table("demand")
    expected = reach.within(memory.minutes(), demand["foreign_residents"], demand["comune_code"])
    assert [cells[0].split("\u00a0(")[0] for cells in rows(app).values()] == [
        number(people) for people in expected["people"]
    ]
    assert list(rows(app)) == ["fino a 15", "fino a 30", "fino a 45", "fino a 60", "oltre 60"]


def test_the_address_of_a_desk_opens_it_and_the_controls_move_the_address():
    app = opened(sportello=DESK, mezzo="bike")
    assert control(app, "about").value == "desk"
    assert control(app, "desk").value == DESK
    assert "in bicicletta a «Sportello immigrazione Bergamo»" in words(app)
    control(app, "mode").set_value("walk").run()
    assert (app.query_params["mezzo"], app.query_params["sportello"]) == ("walk", DESK)
    control(app, "about").set_value("kind").run()
    control(app, "kinds").set_value(["caritas"]).run()
    assert app.query_params["tipi"] == "caritas"
    assert "sportello" not in app.query_params
    control(app, "about").set_value("desk").run()
    assert control(app, "desk").value == DESK


def test_two_modes_are_told_apart_with_their_difference():
    app = opened(punto="9.5,45.31", confronto="walk")
    assert [each.value for each in app.subheader] == ["In auto", "A piedi"]
    assert '<th scope="col">Differenza</th>' in words(app)
    assert all(len(cells) == 5 for cells in rows(app).values())
    assert rows(app)["fino a 60"][4].startswith("−")
    control(app, "mode").set_value("walk").run()
    assert control(app, "other").value == ""
    assert "confronto" not in app.query_params


def test_a_page_without_a_choice_says_what_to_do():
    assert "Scegli uno sportello" in words(opened(verso="sportello"))
    app = opened(verso="punto")
    assert "Tocca la mappa" in words(app)
    assert not rows(app)


def test_who_has_no_pointer_finds_a_place_by_its_comune():
    app = opened(verso="punto")
    control(app, "comune").set_value("098031").run()
    assert not app.exception
    assert "Punto scelto: Lodi (" in control(app, "comune").label
    assert app.query_params["punto"].startswith("9.")
    assert rows(app)


def test_a_place_outside_lombardy_has_a_sentence_not_an_answer():
    app = opened(punto="8.96,46.0")
    assert "fuori dalla Lombardia" in words(app)
    assert not rows(app)
    assert "fuori dalla Lombardia: da lì" in words(opened(da="8.96,46.0"))


def test_kinds_that_no_open_desk_is_of_have_a_sentence(monkeypatch):
    pages.other_memory(monkeypatch, pages.of_the_tables())
    monkeypatch.setattr(joined, "EVIDENCE", ("nessuno",))
    assert "Nessuno sportello di questi tipi" in words(opened(tipi="caritas"))


def test_what_nobody_knows_in_the_address_is_said():
    app = opened(sportello="luna")
    assert "non tengo conto: luna" in words(app)
    assert "sportello" not in app.query_params


def test_from_a_place_the_minutes_have_their_band_and_their_network():
    said = words(opened(sportello=DESK, da="9.5,45.31"))
    assert re.search(r"Da Lodi \(.*?\), in auto: \*\*\d+ min \(\d+–\d+\)\*\* a «.*?» \(rete stimata\)", said)


def test_the_time_of_day_is_not_asked_where_it_changes_nothing():
    assert not any("Ora" in each.label for each in opened().segmented_control)


def test_a_feed_for_a_place_that_is_none_is_refused():
    for params in ({"punto": "qui"}, {"sportello": "luna"}, {"mezzo": "slitta"}):
        with pytest.raises(InputError):
            feeds.feed("geojson", "tempi", params)
    with pytest.raises(InputError):
        feeds.feed("geojson", "tempi_tragitto", {"sportello": DESK})


def test_a_feed_is_the_same_for_who_comes_by_the_page_and_by_the_address():
    asked = Question(about="desk", desk=DESK, other="walk", start=(9.5, 45.31))
    assert feeds.url("geojson", "tempi", **reach.write(asked.by("car"))).startswith(
        f"/layers/tempi.geojson?sportello={DESK}&v="
    )


def test_where_streets_answer_both_networks_are_named_and_told_apart(streets):
    app = opened(punto=reach.written(IN_TOWN))
    said = words(app)
    assert f"**{streets}** (OpenStreetMap)" in said
    assert "**rete stimata** (non strade reali)" in said
    assert "contorno: strade reali" in said
    assert "contorno: tempi stimati" in said
    drawn = memory.isochrones(Question(about="point", place=IN_TOWN))
    assert set(drawn["network"]) == {streets, ESTIMATED}
    times = memory.reached(Question(about="point", place=IN_TOWN))
    shares = reach.answered(times, memory.table("demand")["foreign_residents"])
    assert 0 < shares[streets] < shares[ESTIMATED]


def test_on_streets_the_time_of_day_is_asked_and_the_evening_is_not_slower(streets):
    app = opened(punto=reach.written(IN_TOWN), ora="evening")
    assert control(app, "period").value == "evening"
    assert "traffico della sera sulle strade, del mattino nei tempi stimati" in words(app)
    control(app, "mode").set_value("walk").run()
    assert not any("Ora" in each.label for each in app.segmented_control)
    by_time = [
        memory.reached(Question(about="point", place=IN_TOWN, period=one))["minutes"]
        for one in ("peak", "evening")
    ]
    assert (by_time[1] <= by_time[0] + 1e-9).all()
    assert (by_time[1] < by_time[0] - 1e-9).any()


def test_on_streets_the_way_is_drawn(streets):
    told = {"punto": reach.written(IN_TOWN), "da": "9.1991,45.4562", "verso": "punto"}
    asked, _ = reach.parse(told, desks=())
    trip = memory.trip(asked.by("car"), asked.start)
    assert trip.network == streets
    assert trip.km > 0.3
    drawn = json.loads(feeds.feed("geojson", "tempi_tragitto", told).body)["features"]
    assert [one["geometry"]["type"] for one in drawn] == ["LineString", "Point"]
    assert shape(drawn[0]["geometry"]).length > 0.003


def test_without_a_way_by_streets_only_the_start_is_drawn(streets):
    told = {"punto": reach.written(IN_TOWN), "da": "9.5,45.31"}
    drawn = json.loads(feeds.feed("geojson", "tempi_tragitto", told).body)["features"]
    assert [one["geometry"]["type"] for one in drawn] == ["Point"]
