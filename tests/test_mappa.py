"""The screen Mappa on the committed tables, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from screens import filters, memory

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
