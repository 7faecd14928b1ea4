"""The page Registro without a browser: list, card, form, conflict, story; and who may do what on it."""

import datetime as dt
import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from data.registry import changes, editing, links, model, people, reading, search, story
from data.registry.changes import Act
from data.registry.model import fields
from data.registry.search import Asked
from data.registry.search_index import SEARCHED
from screens import feeds, memory, record_form, record_place, record_search, record_words, signing
from screens.record_card import LINES

DESK = "sp-cr-acli-sportello-di-mediazione-abitativa-crema"
SESSIONE = "se-cr-acli-sportello-di-mediazione-abitativa-crema-1"
HERE = f"sportelli/{DESK}"
WORD = "una parola lunga assai"
SCRIPT = """
from screens import registro
registro.show()
"""


@pytest.fixture
def registry():
    """The registry of this test."""
    return memory.registry()


def editor(store, name="prova", role="regione", ambiti=()):
    people.add(store, name=name, role=role, ambiti=ambiti, oidc=f"https://id.example {name}")
    return people.sign_in_vouched(store, f"https://id.example {name}")


def opened(token=None, **query):
    app = AppTest.from_string(SCRIPT, default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    if token:
        app.session_state[signing.TOKEN] = token
    return run(app)


def run(pressed):
    """The page after something on it was changed."""
    app = pressed.run()
    assert not app.exception
    return app


def press(app, key):
    return run(app.button(key=key).click())


def html(app):
    return " ".join(each.body for each in app.get("html"))


def words(app):
    """What is said on the page, without the marks that keep it from being markdown."""
    said = (*app.caption, *app.markdown, *app.error, *app.success, *app.warning, *app.info)
    return " ".join(each.value for each in said).replace("\\", "")


def labels(app):
    return [each.label for each in app.button]


def field(app, kind, name):
    """The widget of a field of the form that is open."""
    return next(each for each in getattr(app, kind) if each.key.endswith(f"_{name}"))


def test_the_list_says_how_many_and_a_filter_of_the_address_narrows_it(registry):
    total = search.find(registry, Asked(kinds=SEARCHED), limit=1).total
    app = opened()
    assert f"**{total} schede**, le prime 50" in words(app)
    assert len(app.dataframe[0].value) == 50
    narrower = opened(schede="sportelli", ambito="cremasco", prove="A,B")
    asked = Asked(kinds=("sportelli",), ambito_id="cremasco", evidence=("A", "B"))
    assert list(narrower.dataframe[0].value["Nome"]) == [
        one.name for one in search.find(registry, asked).hits
    ]
    assert len(opened(mostra="100").dataframe[0].value) == 100


def test_what_is_typed_goes_into_the_address_and_a_strange_code_is_said():
    app = opened(temi="luna")
    assert "non ne tengo conto: luna" in words(app)
    run(app.text_input(key="registro_ask_text").set_value("Mediazione abitativa"))
    assert app.query_params["cerca"] == "Mediazione abitativa"
    assert "ACLI - Sportello di mediazione abitativa Crema" in set(app.dataframe[0].value["Nome"])


def test_more_rows_are_asked_by_one_press():
    app = press(opened(), "registro_more")
    assert app.query_params["mostra"] == "100"
    assert len(app.dataframe[0].value) == 100


def test_an_empty_answer_says_what_may_have_been_meant():
    app = opened(cerca="bergmo")
    assert "Cerca invece: bergamo" in labels(app)
    assert len(press(app, "registro_meant").dataframe[0].value) > 0


def test_an_empty_answer_says_which_filter_to_take_away():
    app = opened(cerca="mediazione abitativa", ambito="luino")
    assert len(press(app, "registro_without_ambito_id").dataframe[0].value) == 1


@pytest.mark.parametrize(
    "asked",
    [
        Asked(kinds=SEARCHED),
        Asked("x", ("enti",), "lodi", ("cpia",), ("lavoro",), ("ar", "fr"), ("confermato",), 0.25, 0.75),
        Asked("x y", evidence=("A", "B"), kinds=("sportelli", "enti")),
        Asked(kinds=SEARCHED, deleted=True, lowest=0.05),
    ],
)  # fmt: skip
def test_a_question_is_written_in_the_address_and_read_again(asked):
    assert record_search.parse(record_search.write(asked)) == (asked, "")


@pytest.mark.parametrize("strange", ["nan", "-1", "101", "uno", "1e9"])
def test_a_strange_quality_is_said(strange):
    asked, said = record_search.parse({"qualita_da": strange})
    assert (asked.lowest, said) == (None, strange)


def test_the_map_draws_what_the_list_finds_and_a_change_changes_it(registry):
    told = {"schede": "sportelli", "ambito": "cremasco"}
    names = [one["id"] for one in record_search.shapes(told)["features"]]
    assert HERE in names
    before = feeds.url("geojson", "registro", **told)
    editing.edit(registry, editor(registry), "sportelli", DESK, version=1, said={"name": "Altro nome"})
    assert feeds.url("geojson", "registro", **told) != before
    tips = [one["properties"]["t"] for one in record_search.shapes(told)["features"] if one["id"] == HERE]
    assert tips[0].startswith("Altro nome")


@pytest.mark.parametrize("kind", ["sportelli", "enti", "associazioni", "mediazione"])
def test_the_card_of_every_kind_opens_and_says_what_is_not_known(registry, kind):
    key = search.find(registry, Asked(kinds=(kind,)), limit=1).hits[0].key
    app = opened(scheda=f"{kind}/{key}")
    assert "non si sa" in html(app) or "non noti" in html(app)
    assert record_words.title(kind, key) in html(app).replace("&#x27;", "'").replace("&amp;", "&")
    assert "Modifica" not in labels(app)


def test_the_card_shows_hours_in_words_and_how_to_mend_each_lost_point(registry):
    app = opened(scheda=HERE)
    assert "mer 16:00-18:00" in html(app)
    for point in reading.points(registry, "sportelli", DESK, precision="settlement"):
        assert point.mend in html(app).replace("&#x27;", "'") or not point.mend


def test_a_sessione_opens_the_card_of_its_sportello():
    assert "ACLI - Sportello di mediazione abitativa Crema" in html(opened(scheda=f"sessioni/{SESSIONE}"))


@pytest.mark.parametrize("mode", ["modifica", "storia"])
def test_who_only_reads_gets_the_card_and_a_word_on_why(mode):
    app = opened(scheda=HERE, modo=mode)
    assert "serve un accesso" in words(app)
    assert "registro_save" not in [each.key for each in app.button]


def test_an_editor_of_another_ambito_is_offered_nothing(registry):
    app = opened(editor(registry, "altrove", "ambito", ["luino"]), scheda=HERE)
    assert not {"Modifica", "Togli", "È ancora vero", "Storia"} & set(labels(app))


@pytest.mark.parametrize("kind", list(model.KINDS))
def test_the_form_and_the_card_have_every_field_that_a_person_may_write(kind):
    asked = {name for _, names in record_form.FORMS[kind] for name in names}
    assert asked == set(fields(kind)) - ({"ambito_id", "sportello_id"} if kind == "sessioni" else set())
    assert set(LINES.get(kind, ())) <= set(fields(kind))


@pytest.mark.parametrize("kind", [kind for kind in model.KINDS if kind != "sessioni"])
def test_an_empty_new_form_names_what_is_missing_and_saves_nothing(registry, kind):
    token = editor(registry)
    before = reading.stamp(registry)
    app = press(opened(token, scheda=kind, modo="nuovo"), "registro_save")
    assert "è obbligatorio" in words(app)
    assert reading.stamp(registry) == before


def test_hours_changed_on_the_grid_are_saved_shown_told_and_taken_back(registry):
    token = editor(registry)
    app = opened(token, scheda=HERE, modo="modifica")
    key = field(app, "time_input", "We_0_dalle").key.removesuffix("We_0_dalle")
    app.time_input(key=f"{key}Mo_0_dalle").set_value(dt.time(9))
    run(app.time_input(key=f"{key}Mo_0_alle").set_value(dt.time(12, 30)))
    assert "Si salverà: <strong>lun 09:00-12:30; mer 16:00-18:00" in html(app)
    press(app, f"{key}copy")
    assert "lun-ven 09:00-12:30" in html(app)
    press(app, "registro_save")
    assert "Salvato" in words(app)
    assert reading.card(registry, "sessioni", SESSIONE).said["hours"] == "Mo-Fr 09:00-12:30"
    assert app.query_params["scheda"] == HERE
    assert "modo" not in app.query_params
    run(app.button(key="registro_history").click())
    assert "<strong>prova</strong> ha modificato · sessione 1" in html(app)
    assert "<del>mer 16:00-18:00</del> → <ins>lun-ven 09:00-12:30</ins>" in html(app)
    number = story.story(registry, token, "sportelli", DESK)[0].line.number
    press(app, f"registro_undo_{number}")
    assert "Annullata" in words(app)
    assert reading.card(registry, "sessioni", SESSIONE).said["hours"] == "We 16:00-18:00"


def test_an_undo_that_cannot_be_says_which_field_stands_in_the_way(registry):
    token = editor(registry)
    for version, name in ((1, "Uno"), (2, "Due")):
        editing.edit(registry, token, "sportelli", DESK, version=version, said={"name": name})
    app = opened(token, scheda=HERE, modo="storia")
    first = story.story(registry, token, "sportelli", DESK)[1].line.number
    assert "Non si può annullare: dopo quella modifica sono cambiati ancora nome" in words(
        press(app, f"registro_undo_{first}")
    )


def test_every_fault_is_in_one_sentence_and_the_fields_are_kept(registry):
    app = opened(editor(registry), scheda=HERE, modo="modifica")
    for name, value in {"phone": "abc", "email": "nessuno", "postcode": "12", "web": "sito"}.items():
        field(app, "text_input", name).set_value(value)
    field(app, "text_input", "name").set_value("")
    field(app, "time_input", "Th_0_dalle").set_value(dt.time(9))
    run(app)
    for said in ("Un telefono ha solo cifre", "Il CAP ha cinque cifre", "Un sito comincia con"):
        assert said in words(app)
    press(app, "registro_save")
    assert len(app.error) == 1
    said = app.error[0].value
    for name in ("giovedì", "telefono", "posta elettronica", "CAP", "sito", "nome è obbligatorio"):
        assert name in said
    assert field(app, "text_input", "phone").value == "abc"
    assert reading.card(registry, "sportelli", DESK).version == 1


def test_nothing_changed_saves_nothing(registry):
    before = reading.stamp(registry)
    app = press(opened(editor(registry), scheda=HERE, modo="modifica"), "registro_save")
    assert "Niente da salvare" in words(app)
    assert reading.stamp(registry) == before


def test_sessioni_are_added_and_taken_away_in_the_form_of_their_desk(registry):
    app = opened(editor(registry), scheda=HERE, modo="modifica")
    key = next(each.key for each in app.button if each.key.endswith("_more"))
    press(app, key)
    languages = [each for each in app.multiselect if each.key.endswith("_languages")]
    run(languages[1].set_value(["ar", "fr"]))
    press(app, key.replace("_more", "_drop_0"))
    press(app, "registro_save")
    left = reading.card(registry, "sportelli", DESK).sessioni
    assert [one.said["languages"] for one in left] == [["ar", "fr"]]
    assert "arabo, francese" in html(app)


def test_the_comune_brings_its_province_and_its_ambito(registry):
    app = opened(editor(registry), scheda=HERE, modo="modifica")
    run(field(app, "selectbox", "comune_code").set_value("016024"))
    assert "Provincia di BG · Ambito di Bergamo" in html(app)
    press(app, "registro_save")
    said = reading.card(registry, "sportelli", DESK).said
    assert (said["comune_code"], said["province"], said["ambito_id"]) == ("016024", "BG", "bergamo")


def test_a_new_record_is_made_with_its_sessione_and_one_that_looks_like_another_is_shown_first(registry):
    token = editor(registry)
    app = opened(token, scheda="sportelli", modo="nuovo")
    said = reading.card(registry, "sportelli", DESK).said
    field(app, "text_input", "name").set_value(said["name"])
    field(app, "text_input", "phone").set_value(said["phone"])
    field(app, "selectbox", "kind").set_value("sportello_comunale")
    field(app, "selectbox", "ente_id").set_value(said["ente_id"])
    field(app, "selectbox", "comune_code").set_value(said["comune_code"])
    field(app, "time_input", "Mo_0_dalle").set_value(dt.time(9))
    run(field(app, "time_input", "Mo_0_alle").set_value(dt.time(12)))
    before = search.find(registry, Asked(kinds=("sportelli",)), limit=1).total
    press(app, "registro_save")
    assert "Somiglia a queste schede" in html(app)
    assert DESK in html(app)
    assert search.find(registry, Asked(kinds=("sportelli",)), limit=1).total == before
    press(app, "registro_another")
    assert "Salvato" in words(app)
    made = reading.card(registry, *app.query_params["scheda"].split("/"))
    assert made.key != DESK
    assert [one.said["hours"] for one in made.sessioni] == ["Mo 09:00-12:00"]


def test_a_point_outside_the_comune_is_doubted_and_an_address_is_found():
    assert "Il punto è nel comune di Bergamo" in record_place.doubt((9.67, 45.695, "coordinate"), "098031")
    assert record_place.doubt((9.67, 45.695, "coordinate"), "016024") == ""
    assert "fuori dalla Lombardia" in record_place.doubt((7.0, 45.0, "coordinate"), None)
    library = (
        memory.table("biblioteche")
        .dropna(subset=["address", "geometry"])
        .query("comune_code == '016024'")
        .iloc[0]
    )
    found = record_place.find(library["address"], "016024")
    assert found is not None
    assert found[0][2] == "address"
    assert abs(found[0][0] - library.geometry.x) + abs(found[0][1] - library.geometry.y) < 0.01
    assert record_place.doubt(found[0], "016024") == ""
    assert record_place.find("Via che non esiste da nessuna parte", "016024") is None


def test_a_point_can_be_taken_away(registry):
    token = editor(registry)
    point = {"lon": 9.68, "lat": 45.36, "precision": "coordinate"}
    editing.edit(registry, token, "sportelli", DESK, version=1, said=point)
    app = opened(token, scheda=HERE, modo="modifica")
    press(app, next(each.key for each in app.button if each.key.endswith("_place_off")))
    press(app, "registro_save")
    said = reading.card(registry, "sportelli", DESK).said
    assert (said["lon"], said["lat"], said["precision"]) == (None, None, None)


def test_the_second_of_two_editors_is_shown_the_difference_and_chooses(registry):
    mine = opened(editor(registry), scheda=HERE, modo="modifica")
    other = editor(registry, "altra", "ambito", ["cremasco"])
    editing.edit(
        registry, other, "sportelli", DESK, version=1, said={"phone": "035 111111", "notes": "Nota loro"}
    )
    field(mine, "text_input", "phone").set_value("035 222222")
    field(mine, "text_input", "email").set_value("ufficio@crema.example")
    press(mine, "registro_save")
    assert "Non salvato: qualcun altro ha cambiato questa scheda" in html(mine)
    for said in ("800629802", "035 111111", "035 222222", "Nota loro"):
        assert said in html(mine)
    assert mine.button(key="registro_conflict_save").disabled
    assert reading.card(registry, "sportelli", DESK).said["phone"] == "035 111111"
    run(mine.radio[0].set_value("la mia"))
    press(mine, "registro_conflict_save")
    said = reading.card(registry, "sportelli", DESK).said
    assert (said["phone"], said["email"], said["notes"]) == (
        "035 222222",
        "ufficio@crema.example",
        "Nota loro",
    )


def test_of_a_conflict_the_other_side_can_be_kept(registry):
    mine = opened(editor(registry), scheda=HERE, modo="modifica")
    other = editor(registry, "altra", "ambito", ["cremasco"])
    editing.edit(registry, other, "sportelli", DESK, version=1, said={"phone": "035 111111"})
    run(field(mine, "text_input", "phone").set_value("035 222222"))
    press(mine, "registro_save")
    run(mine.radio[0].set_value("quella di adesso"))
    press(mine, "registro_conflict_save")
    assert reading.card(registry, "sportelli", DESK).version == 2
    assert "rimasta com'era" in words(mine)


def test_it_is_still_true_by_one_press_unless_it_changed_meanwhile(registry):
    token = editor(registry)
    app = opened(token, scheda=HERE)
    press(app, "registro_confirm")
    assert "Confermato: vale ancora oggi" in words(app)
    shown = reading.card(registry, "sportelli", DESK)
    assert {one.said["confirmed_on"] for one in (shown, *shown.sessioni)} == {registry.today().isoformat()}
    assert "(da prova)" in html(app)
    editing.edit(registry, token, "sportelli", DESK, version=2, said={"notes": "x"})
    press(app, "registro_confirm")
    assert "Non confermato" in words(app)


def test_a_record_is_put_aside_and_brought_back(registry):
    token = editor(registry)
    app = press(opened(token, scheda=HERE), "registro_delete")
    assert "è stata tolta" in words(app)
    assert "scheda" not in app.query_params
    assert HERE not in [one["id"] for one in record_search.shapes({"schede": "sportelli"})["features"]]
    press(app, "registro_back")
    assert app.query_params["scheda"] == HERE
    press(app, "registro_delete")
    aside = opened(token, cerca="mediazione abitativa crema", tolte="1")
    assert list(aside.dataframe[0].value["Conferma"]) == ["Tolta"]
    press(opened(token, scheda=HERE), "registro_restore")
    assert reading.card(registry, "sportelli", DESK).said["deleted_at"] is None


def test_who_only_reads_is_never_shown_what_was_put_aside(registry):
    editing.delete(registry, editor(registry), "sportelli", DESK, version=1)
    app = opened(cerca="mediazione abitativa crema", tolte="1")
    assert not app.dataframe
    gone = AppTest.from_string(SCRIPT, default_timeout=120)
    gone.query_params["scheda"] = HERE
    assert gone.run().exception


def test_a_provider_changes_its_desk_and_sees_nothing_it_cannot_change(registry):
    link = links.give(registry, editor(registry), records=[("sportelli", DESK)], label="Ufficio di Crema")
    app = opened(link, scheda=HERE, modo="modifica")
    keys = {each.key.rpartition("_")[2] for each in (*app.selectbox, *app.text_input, *app.text_area)}
    assert not keys & {"evidence", "caution"}
    assert not any(
        each.key.endswith(("_ente_id", "_source_url", "_every_months"))
        for each in (*app.selectbox, *app.text_input)
    )
    run(field(app, "text_input", "phone").set_value("0373 123456"))
    press(app, "registro_save")
    assert reading.card(registry, "sportelli", DESK).said["phone"] == "0373 123456"
    press(app, "registro_history")
    assert "<strong>Ufficio di Crema</strong>" in html(app)
    assert "Nuova scheda" not in html(opened(link))


def test_hours_that_the_grid_cannot_hold_are_kept_unless_written_anew(registry):
    token = editor(registry)
    odd = "Jan-Jun Mo 09:00-12:00; Sep-Dec Tu 09:00-12:00"
    editing.edit(registry, token, "sessioni", SESSIONE, version=1, said={"hours": odd})
    app = opened(token, scheda=HERE, modo="modifica")
    assert "Orari che la griglia non contiene" in html(app)
    run(field(app, "text_input", "phone").set_value("0373 123456"))
    press(app, "registro_save")
    assert reading.card(registry, "sessioni", SESSIONE).said["hours"] == odd
    app = opened(token, scheda=HERE, modo="modifica")
    run(field(app, "checkbox", "hours_again").check())
    field(app, "time_input", "Mo_0_dalle").set_value(dt.time(9))
    run(field(app, "time_input", "Mo_0_alle").set_value(dt.time(12)))
    press(app, "registro_save")
    assert reading.card(registry, "sessioni", SESSIONE).said["hours"] == "Mo 09:00-12:00"


PLANTED = '<b onclick="x()">a</b> [b](https://c.example) **d** :red[e]'


def planted(store):
    """A desk with its sessione, every free text of which says something nasty; written past the checks."""
    with store.writing() as session:
        act = Act("seme", "seed", store.clock())
        texts = (
            "name",
            "address",
            "phone",
            "email",
            "web",
            "description",
            "notes",
            "caution",
            "access_note",
            "source_url",
        )
        base = {"evidence": "B", "confirm_every_months": 6, "ambito_id": "cremasco"}
        changes.born(session, act, "enti", "en-x", {**base, "name": PLANTED, "phone": PLANTED})
        said = {**base, **dict.fromkeys(texts, PLANTED), "ente_id": "en-x", "kind": "sportello_comunale",
                "status": "attivo", "lon": 9.68, "lat": 45.36, "precision": "coordinate", "comune_code": "019035",
                "closures": [{"from": "2027-01-01", "until": "2027-01-02", "why": PLANTED}]}  # fmt: skip
        changes.born(session, act, "sportelli", "sp-x", said)
        changes.born(
            session, act, "sessioni", "se-x", {**base, "sportello_id": "sp-x", "hours_note": PLANTED}
        )
        there = {**base, **dict.fromkeys(("name", "notes", "description"), PLANTED), "kind": "rete", "status": "attivo",
                 "communities": [PLANTED], "activities": [PLANTED]}  # fmt: skip
        changes.born(session, act, "associazioni", "as-x", there)


def shown_raw(app):
    """Where a planted text stands as markup or markdown rather than as text."""
    found = [each.body for each in app.get("html") if "<b onclick" in each.body]
    read = (
        *app.markdown,
        *app.caption,
        *app.error,
        *app.success,
        *app.warning,
        *app.info,
        *app.title,
        *app.subheader,
    )
    told = [*(each.value for each in read), *(each.label for each in app.button)]
    marked = re.compile(r"(?<!\\)(?:\[b|\*\*d|:red|<b onclick)")
    return found + [each for each in told if marked.search(each)]


def test_what_is_planted_in_a_record_is_text_everywhere(registry):
    planted(registry)
    token = editor(registry)
    for query in ({"cerca": "onclick"}, {"scheda": "sportelli/sp-x"}, {"scheda": "associazioni/as-x"},
                  {"scheda": "enti/en-x"}, {"scheda": "sportelli/sp-x", "modo": "storia"},
                  {"scheda": "sportelli/sp-x", "modo": "modifica"},
                  {"scheda": "associazioni/as-x", "modo": "modifica"}):  # fmt: skip
        app = opened(token, **query)
        assert shown_raw(app) == [], query
        if query.get("modo") == "modifica":
            press(app, "registro_save")
            assert shown_raw(app) == [], query
    app = press(opened(token, scheda="associazioni/as-x"), "registro_delete")
    assert "è stata tolta" in words(app)
    assert shown_raw(app) == []
    tips = json.dumps(record_search.shapes({"schede": "sportelli", "cerca": "onclick"}), ensure_ascii=False)
    assert "<b onclick" in tips  # as text: the browser sets it so


def test_a_planted_conflict_is_text_too(registry):
    planted(registry)
    token = editor(registry)
    app = opened(token, scheda="sportelli/sp-x", modo="modifica")
    with registry.writing() as session:
        record = changes.record_of(session, "sportelli", "sp-x")
        changes.changed(session, Act("seme", "edit", registry.clock()), record, {"phone": PLANTED * 2})
    for name, value in {
        "name": "Bene",
        "phone": "035 1234567",
        "email": "a@b.example",
        "web": "https://a.example",
    }.items():
        field(app, "text_input", name).set_value(value)
    for name in ("address",):
        field(app, "text_input", name).set_value("Via Roma 1")
    field(app, "text_input", "source_url").set_value("https://a.example")
    for each in app.text_area:
        each.set_value("bene")
    next(each for each in app.text_input if each.key.endswith("_why")).set_value("ferie")
    run(app)
    press(app, "registro_save")
    assert "Non salvato: qualcun altro ha cambiato" in html(app)
    assert "&lt;b onclick" in html(app)
    assert shown_raw(app) == []
