"""The page Doppioni as readers and editors open it: pairs with their reasons, one merged and back, one told apart."""

import pytest
from streamlit.testing.v1 import AppTest

from data import catalog
from data.registry import duplicates, editing, people, reading, soundness
from errors import RecordMissing
from screens import duplicate_words, memory, signing

APP = str(catalog.TABLES.parent.parent / "app.py")
SAID = {
    "ente_id": "en-comune-di-brescia", "ambito_id": "bergamo", "comune_code": "016024", "kind": "sportello_comunale",
    "address": "Via Prova 12", "phone": "035 000111",
}  # fmt: skip


def signed(name="redazione", *ambiti):
    """The pass of an editor of some Ambiti, of all without any."""
    store, role = memory.registry(), "ambito" if ambiti else "regione"
    people.add(store, name=name, role=role, ambiti=ambiti, oidc=f"https://id.example {name}")
    return people.sign_in_vouched(store, f"https://id.example {name}")


def twice(token):
    """One desk written twice, the second time with a number more and a name that would be markdown and HTML."""
    store = memory.registry()
    one = {**SAID, "name": "Sportello *Prova* Borgo", "evidence": "A"}
    other = {
        **SAID,
        "name": "Sportello Prova di Borgo",
        "address": "v. Prova, 12",
        "web": "https://borgo.example/prova",
    }
    keys = [editing.create(store, token, "sportelli", said) for said in (one, other)]
    editing.create(store, token, "sessioni", {"sportello_id": keys[1], "languages": ["ar"]})
    return keys


def opened(token=None, **query):
    app = AppTest.from_file(APP, default_timeout=120)
    if token:
        app.session_state[signing.TOKEN] = token
    app.switch_page("screens/doppioni.py")
    for name, value in query.items():
        app.query_params[name] = value
    return ran(app)


def ran(app):
    app.run()
    assert not app.exception
    return app


def words(app):
    kinds = ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error")
    said = [str(each.value) for kind in kinds for each in getattr(app, kind)]
    return "\n".join([*said, *(each.proto.body for each in app.get("html"))])


def button(app, label):
    return next(one for one in app.button if one.label == label)


def labels(app):
    return [one.label for one in app.button]


def radio(app, label):
    return next(one for one in app.radio if one.label == label)


def test_the_pairs_say_how_likely_they_are_and_why():
    twice(signed())
    app = opened(ambito="bergamo")
    said = words(app)
    assert "Una coppia che sembra un doppione." in said
    assert "Quasi certo" in said
    for why in (
        "stesso telefono (+39035000111)",
        "stesso indirizzo (prova 12)",
        "stesso ente (Comune di Brescia)",
    ):
        assert why in said
    assert "stesso comune (Bergamo" in said
    assert labels(app) == ["Confronta"]


def test_an_ambito_without_pairs_says_so():
    assert "Nessuna coppia" in words(opened(ambito="bergamo"))


def test_two_records_are_merged_and_taken_back():
    token = signed()
    one, other = twice(token)
    before = [reading.card(memory.registry(), "sportelli", key).said for key in (one, other)]
    app = opened(token, ambito="bergamo")
    button(app, "Confronta").click()
    ran(app)
    said = words(app)
    assert app.query_params["coppia"] == ",".join(sorted((one, other)))
    assert "≠ diverso" in said
    assert "= uguale" in said
    assert "passa anche una sessione" in said
    assert radio(app, "Quale scheda resta").value == sorted((one, other)).index(one)
    place = sorted((one, other)).index(other)
    assert radio(app, "Sito").value == place
    radio(app, "Nome").set_value(place)
    ran(app)
    button(app, "Unisci").click()
    ran(app)
    kept = reading.card(memory.registry(), "sportelli", one)
    assert (kept.said["name"], kept.said["web"]) == (
        "Sportello Prova di Borgo",
        "https://borgo.example/prova",
    )
    assert (kept.said["address"], kept.said["evidence"], len(kept.sessioni)) == ("Via Prova 12", "A", 1)
    with pytest.raises(RecordMissing):
        reading.card(memory.registry(), "sportelli", other)
    assert "resta «Sportello Prova di Borgo»." in words(app)
    button(app, "Annulla").click()
    ran(app)
    assert [reading.card(memory.registry(), "sportelli", key).said for key in (one, other)] == before
    assert "di nuovo come prima" in words(app)
    assert "Annulla" not in labels(app)
    assert soundness.faults(memory.registry()) == []


def test_two_that_are_not_the_same_are_not_proposed_until_it_is_taken_back():
    token = signed("bergamasco", "bergamo")
    pair = sorted(twice(token))
    app = opened(token, coppia=",".join(pair))
    button(app, "Non sono lo stesso").click()
    ran(app)
    assert duplicates.pairs(memory.registry()) == []
    button(app, "Annulla").click()
    ran(app)
    assert len(duplicates.pairs(memory.registry())) == 1


def test_who_only_reads_sees_the_pair_and_no_button():
    pair = sorted(twice(signed()))
    app = opened(coppia=",".join(pair))
    assert labels(app) == ["Tutte le coppie"]
    assert "serve un accesso" in words(app)
    assert "≠ diverso" in words(app)


def test_the_editor_of_one_ambito_may_tell_apart_but_not_merge():
    token = signed()
    one, other = twice(token)
    editing.edit(memory.registry(), token, "sportelli", other, version=1, said={"ambito_id": "dalmine"})
    app = opened(signed("dalminese", "dalmine"), coppia=",".join(sorted((one, other))))
    assert labels(app) == ["Tutte le coppie", "Non sono lo stesso"]
    assert "una è di un altro Ambito" in words(app)


def test_what_changed_while_one_looked_is_told_and_nothing_is_merged():
    token = signed()
    one, other = twice(token)
    app = opened(token, coppia=",".join(sorted((one, other))))
    editing.edit(memory.registry(), token, "sportelli", other, version=1, said={"phone": "035 999999"})
    button(app, "Unisci").click()
    ran(app)
    assert "Guarda di nuovo le due schede" in words(app)
    assert reading.card(memory.registry(), "sportelli", other).version == 2
    ran(app)
    button(app, "Unisci").click()
    ran(app)
    assert "Unite" in words(app)


@pytest.mark.parametrize("pair", ["a,b", "x", "'; DROP TABLE enti,--", ",", "sp-1,sp-1"])
def test_an_address_that_points_at_nothing_breaks_nothing(pair):
    app = opened(coppia=pair)
    assert not app.error


def test_what_a_record_says_is_shown_as_it_is_written():
    token = signed()
    pair = sorted(twice(token))
    app = opened(token, coppia=",".join(pair))
    assert any("\\*Prova\\*" in each for each in radio(app, "Nome").options)
    assert "<b>Sportello *Prova*" in words(opened(ambito="bergamo"))


def test_the_better_value_is_proposed():
    def card(key, **said):
        blank = dict.fromkeys(duplicate_words.columns("sportelli"))
        return reading.Card("sportelli", key, 1, {**blank, "evidence": "B", **said})

    known, unknown = card("a", phone="035 1", confirmed_on=None), card("b")
    assert [duplicate_words.proposed("phone", cards) for cards in ((known, unknown), (unknown, known))] == [
        0,
        1,
    ]
    older, newer = card("a", confirmed_on="2026-01-01"), card("b", confirmed_on="2026-05-01")
    assert duplicate_words.better([older, newer]) == 1
    assert duplicate_words.better([card("a", evidence="A"), newer]) == 0
    assert duplicate_words.better([older, card("b", source_date="2025-01-01")]) == 0
    placed = card("a", lon=9.6, lat=45.7, precision="coordinate")
    assert duplicate_words.differing("sportelli", placed.said, unknown.said) == ["lon"]
    assert duplicate_words.taken("lon", placed.said) == {"lon": 9.6, "lat": 45.7, "precision": "coordinate"}
