"""The page Segnalazioni and the ways to it: who reads what, one click settles, another takes it back."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.registry import editing, links, people, reports
from screens import memory, segnalazioni
from tests.pages import APP

DESK = "sp-lo-sportello-stranieri-lodi"
WORDS = "Ora è in **via** <b>Roma</b> [qui](javascript:alert(1))"


@pytest.fixture(autouse=True, scope="module")
def forgetful():
    """What was remembered of these registries is not for other tests; each has a mark of its own."""
    yield
    st.cache_resource.clear()


def signed(name, *ambiti):
    """The pass of an editor of some Ambiti, of all without any."""
    role = "ambito" if ambiti else "regione"
    people.add(memory.registry(), name=name, role=role, ambiti=ambiti, oidc=f"https://id.example {name}")
    return people.sign_in_vouched(memory.registry(), f"https://id.example {name}")


def said(what=("indirizzo",), words=WORDS, key=DESK, kind="sportelli"):
    return reports.report(memory.registry(), kind, key, what=what, words=words)


def opened(token=None, page="segnalazioni", **query):
    app = AppTest.from_file(APP, default_timeout=120)
    if token:
        app.session_state["signing_token"] = token
    app.switch_page(f"screens/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return ran(app)


def ran(app):
    app.run()
    assert not app.exception
    return app


def words(app):
    kinds = ("title", "header", "markdown", "caption", "success", "warning", "error")
    told = [str(each.value) for kind in kinds for each in getattr(app, kind)]
    return "\n".join([*told, *(each.proto.body for each in app.get("html"))])


def labels(app):
    return [one.proto.label for one in app.get("page_link")]


def keys(app):
    return [one.key for one in app.button if one.key and one.key.startswith("reports_")]


def press(app, key):
    app.button(key=key).click()
    return ran(app)


def test_who_only_reads_sees_nothing_of_what_was_written():
    said()
    app = opened()
    assert "serve un accesso" in words(app)
    assert "Roma" not in words(app)
    assert keys(app) == []
    assert not [one for one in labels(app) if "apert" in one]
    link = links.give(memory.registry(), signed("redazione"), records=[("sportelli", DESK)], label="Lodi")
    app = opened(link)
    assert "Con un collegamento personale le segnalazioni non si vedono" in words(app)
    assert "Roma" not in words(app)
    assert not [one for one in labels(app) if "apert" in one]


def test_an_editor_reads_it_as_text_settles_it_and_takes_it_back():
    said()
    app = opened(signed("lodi", "lodi"))
    shown = words(app)
    assert "Sportello Stranieri Lodi" in shown
    assert "Ora è in **via** &lt;b&gt;Roma&lt;/b&gt; [qui](javascript:alert(1))" in shown
    assert "<b>Roma" not in shown
    assert f"segnalata il {memory.registry().today():%d/%m/%Y}" in shown.replace("\\", "")
    assert "Correggi" in labels(app)
    press(app, "reports_corretto_1")
    assert "Il testo è stato cancellato" in words(app)
    assert "Nessuna segnalazione aperta." in words(app)
    assert reports.listed(memory.registry(), app.session_state["signing_token"]) == []
    press(app, "reports_undo")
    assert "di nuovo aperta, con il suo testo" in words(app)
    assert "&lt;b&gt;Roma&lt;/b&gt;" in words(app)
    press(app, "reports_non_chiaro_1")
    app.segmented_control(key="segnalazioni_quali").set_value("chiuse")
    ran(app)
    assert "Non chiaro, il" in words(app)
    assert "da lodi" in words(app)
    assert "Roma" not in words(app)
    press(app, "reports_reopen_1")
    assert "È di nuovo aperta." in words(app)


def test_an_editor_sees_only_the_reports_of_its_ambiti():
    said()
    app = opened(signed("bergamo", "bergamo"))
    assert "Nessuna segnalazione aperta." in words(app)
    assert "Roma" not in words(app)


def test_what_is_asked_narrows_the_list_and_stays_in_the_address():
    said()
    said(["telefono"], "altro numero")
    said(["orari"], "lunedì", key="sp-lo-questura-di-lodi-ufficio-immigrazione")
    token = signed("redazione")
    app = opened(token, voce="telefono")
    assert "altro numero" in words(app)
    assert "Roma" not in words(app)
    app = opened(token, scheda=f"sportelli/{DESK}")
    assert "lunedì" not in words(app)
    assert "Solo della scheda" in words(app)
    press(app, "reports_all")
    assert "lunedì" in words(app)
    app = opened(token, voce="non_esiste")
    assert "Nessuna segnalazione con queste caratteristiche." in words(app)


def test_a_pass_that_no_longer_holds_settles_nothing():
    said()
    app = opened(signed("lodi", "lodi"))
    people.disable(memory.registry(), "lodi")
    press(app, "reports_corretto_1")
    assert "disattivato" in words(app)
    people.enable(memory.registry(), "lodi")
    token = people.sign_in_vouched(memory.registry(), "https://id.example lodi")
    assert [one.words for one in reports.listed(memory.registry(), token)] == [WORDS]


def test_of_a_record_that_was_taken_away_it_is_said():
    said()
    token = signed("lodi", "lodi")
    editing.delete(memory.registry(), token, "sportelli", DESK, version=1)
    app = opened(token)
    assert "la scheda intanto è stata tolta" in words(app)
    assert "Correggi" not in labels(app)
    assert "Apri" in labels(app)


def test_the_other_pages_say_how_many_wait_and_the_card_of_the_record_too():
    said()
    said(["orari"], "")
    said(["orari"], "lunedì", key="sp-lo-questura-di-lodi-ufficio-immigrazione")
    token = signed("lodi", "lodi")
    for page in ("qualita", "registro"):
        assert "3 segnalazioni aperte" in labels(opened(token, page=page))
    card = opened(token, page="registro", scheda=f"sportelli/{DESK}")
    assert "2 segnalazioni aperte" in labels(card)
    assert not [one for one in labels(opened(page="registro", scheda=f"sportelli/{DESK}")) if "apert" in one]


def test_what_is_taken_away_has_no_words():
    said()
    said(["orari"], "lunedì")
    found = reports.listed(memory.registry(), signed("redazione"))
    table = segnalazioni.to_take_away(found)
    assert list(table["numero"]) == [2, 1]
    assert "Roma" not in table.to_csv()
    assert "lunedì" not in table.to_csv()
