"""The screen Mappa on the committed tables, without a browser."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from data import catalog
from screens import feeds, filters, frame, joined, memory
from screens.map_layers import area_words, layers_for, legends_for

APP = str(catalog.TABLES.parent.parent / "app.py")

SCRIPT = """
from screens import mappa
mappa.show()
"""


def opened(**query):
    app = AppTest.from_string(SCRIPT, default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app):
    return " ".join(each.value for each in (*app.caption, *app.markdown))


def listed(app):
    return list(app.dataframe[0].value["Sportello"])


@pytest.mark.parametrize(
    "query",
    [{}, {"gruppi": "uffici_stato"}, {"prove": "A,B", "ambito": "milano"}, {"lingue": "ar"}, {"chiusi": "1"}],
)
def test_the_list_shows_what_the_address_asks(query):
    asked, _ = filters.parse(query)
    assert listed(opened(**query)) == list(filters.apply(memory.sportelli(), asked)["name"])


def test_a_filter_set_on_the_page_goes_into_the_address():
    app = opened()
    app.multiselect(key="mappa_evidence").set_value(["A"]).run()
    assert app.query_params["prove"] == "A"
    app.multiselect(key="mappa_evidence").set_value([]).run()
    assert "prove" not in app.query_params


def test_a_code_nobody_knows_is_said_and_leaves_the_address():
    app = opened(gruppi="luna")
    assert "non ne tengo conto: luna" in words(app)
    assert "gruppi" not in app.query_params


def test_no_answer_says_what_to_take_away_and_one_press_does_it():
    app = opened(gruppi="salute", ambito="milano")
    assert "Nessuno sportello con questi filtri" in words(app)
    button = next(each for each in app.button if each.label.startswith("Togli l'Ambito"))
    button.click().run()
    assert app.selectbox(key="mappa_ambito").value == ""
    assert len(app.dataframe[0].value) > 0


def test_the_address_of_a_desk_opens_its_card():
    desk = memory.sportelli().iloc[0]
    app = opened(sportello=desk["sportello_id"])
    assert any(desk["sportello_id"] in html.body for html in app.get("html"))
    next(each for each in app.button if each.label == "Chiudi").click().run()
    assert "sportello" not in app.query_params


def test_every_ground_draws():
    app = opened()
    for ground in filters.GROUNDS:
        app.selectbox(key="mappa_ground").set_value(ground).run()
        assert not app.exception


def test_without_the_layer_of_the_sportelli_there_is_no_list():
    app = opened(livelli="scuole")
    assert not app.dataframe
    assert "Accendi il livello Sportelli" in words(app)


def at_page(**query):
    """The whole app at Mappa, with what the address says."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page("screens/mappa.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("ground", filters.GROUNDS)
def test_every_ground_draws_without_layers_and_with_each_of_them(ground):
    app = at_page(sfondo=ground, livelli="nessuno")
    assert app.session_state["mappa_layers"] == []
    for layer in filters.LAYERS:
        app.query_params["livelli"] = layer
        app.run()
        assert app.session_state["mappa_layers"] == [layer]
        assert not app.exception
        assert not app.error


@pytest.mark.parametrize("query", [{}, {"kinds": ("sindacato",)}, {"evidence": ("A", "B")}])
def test_the_legend_of_the_minutes_says_which_desks_they_count(query):
    asked = filters.Filters(ground="minutes", **query)
    counted = joined.counted(
        memory.sportelli(), kinds=query.get("kinds", ()), evidence=query.get("evidence", ())
    )
    note = legends_for(asked)[0].note
    assert f" {len(counted)} sportelli" in note
    assert ", ".join(query.get("evidence", ["A-C"])) in note
    assert "non cambiano i minuti" not in note


def test_the_legend_of_the_minutes_says_which_filters_do_not_change_them():
    note = legends_for(filters.Filters(ground="minutes", ambito="lodi", themes=("lavoro",)))[0].note
    assert "anche fuori dall'Ambito" in note
    assert "I filtri per lingua e tema non cambiano i minuti" in note


def test_the_minutes_do_not_ask_for_a_limit_they_do_not_need():
    def values(ground):
        return layers_for(filters.Filters(ground=ground, limit=45, mode="walk"))[0].values

    assert "limite" not in values("minutes")
    assert "limite=45" in values("people_beyond")
    assert "mezzo=walk" in values("minutes")


def test_a_comune_says_the_number_it_is_coloured_by():
    row = memory.access(mode="car", limit=30).loc["098031"]
    told = area_words(filters.Filters(ground="people_beyond"), "098031", comune=True)
    assert told["Minuti in auto"] == frame.access_words(row)
    assert frame.people_words(row["people_beyond"]) in told["Oltre 30 min"]
    assert (
        "stima"
        in area_words(filters.Filters(ground="third_country"), "098031", comune=True)["Di Paesi terzi"]
    )
    assert "Mediazione" in area_words(filters.Filters(ground="mediazione"), "lodi", comune=False)


def test_a_mode_that_is_not_drawn_is_not_forgotten():
    app = at_page(sfondo="minutes", mezzo="walk")
    app.selectbox(key="mappa_ground").set_value("foreign_share").run()
    app.selectbox(key="mappa_ground").set_value("minutes").run()
    assert app.query_params["mezzo"] == "walk"


def test_what_somebody_has_just_moved_wins_over_an_address_that_came_late():
    app = at_page()
    app.selectbox(key="mappa_ground").set_value("minutes").run()
    del app.query_params["sfondo"]
    app.multiselect(key="mappa_evidence").set_value(["A"]).run()
    assert app.query_params["sfondo"] == "minutes"
    assert app.query_params["prove"] == "A"


def test_an_address_that_goes_back_takes_the_controls_with_it():
    app = at_page()
    app.multiselect(key="mappa_evidence").set_value(["A"]).run()
    del app.query_params["prove"]
    app.run()
    assert app.multiselect(key="mappa_evidence").value == []


def test_a_tooltip_says_the_hours_in_italian():
    told = feeds.SHAPES["sportelli"]({})["features"]
    tips = " ".join(feature["properties"]["t"] for feature in told)
    assert re.search(r"\blun\b", tips)
    assert not re.search(r"\b(Mo|Tu|We|Th|Fr|Sa|Su)\b", tips)
