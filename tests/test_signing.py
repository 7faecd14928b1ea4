"""Entra and the line at the top of the registry's pages: who is let in, what is said to whom, what is kept."""

import dataclasses
import datetime as dt

import pytest
import streamlit as st
from argon2 import PasswordHasher
from starlette.datastructures import Headers, QueryParams
from streamlit.testing.v1 import AppTest

import server
from data import catalog
from data.registry import editing, links, people, rights
from data.registry.store import open_store
from errors import NotAllowed
from screens import entra, joined, memory, signing

GOOD, OTHER = "quattro parole a caso", "tutta un'altra frase"
APP = str(catalog.TABLES.parent.parent / "app.py")
DOOR = """
import streamlit as st
from screens import signing
signing.door()
st.text(f"{signing.me()}")
st.text(f"{signing.may('edit', 'sportelli', st.query_params.get('scheda', 'x'))}")
"""

TOO_EASY = (
    "Non salvato: parola d'ordine troppo facile: "
    "servono almeno 12 caratteri, non sempre gli stessi, e senza il nome."
)


@pytest.fixture(autouse=True)
def forgetful(monkeypatch):
    """Quick hashes, no settings of this machine, nothing remembered from one test to the next."""
    for name in ("DATABASE_URL", "ATLANTE_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
    people.nobody.cache_clear()


@pytest.fixture
def store():
    """The registry that the pages open, seen from the machine."""
    opened = open_store(folder=joined.VAR)
    yield opened
    opened.close()


@pytest.fixture
def redazione(store):
    people.add(store, name="redazione", role="regione", password=GOOD)
    return people.sign_in(store, "redazione", GOOD)


@pytest.fixture
def desks(store, redazione):
    """Two desks of Bergamo, by name."""
    found = [one for one in links.offered(store, redazione, "", limit=1000) if one.kind == "sportelli"]
    return [one for one in found if one.ambito_id == "bergamo"][:2]


def page(**query):
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("screens/entra.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def door(**query):
    app = AppTest.from_string(DOOR, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def says(app):
    kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "success", "text", "code")
    said = [str(element.value) for kind in kinds for element in getattr(app, kind)]
    return "\n".join(said + [element.proto.body for element in app.get("html")])


def enters(app, name="redazione", password=GOOD):
    app.text_input(key="entra_name").set_value(name)
    app.text_input(key="entra_password").set_value(password)
    app.button[0].click().run()
    assert not app.exception
    return app


def kept(app):
    """Everything the visit keeps, what widgets said last too."""
    return repr(app.session_state._state)


def test_without_accounts_the_page_says_how_the_first_is_made():
    said = says(page())
    assert "non ancora cambiare" in said
    assert "python3 run.py user add NOME --role regione" in said
    assert "nessuno ha ancora un accesso" in says(door())


def test_the_right_password_opens_and_is_not_kept(redazione):
    app = enters(page())
    assert "Sei redazione. Puoi cambiare tutte le schede del registro." in says(app)
    assert GOOD not in kept(app)
    assert people.PASS_HOURS == 12
    app.run()
    assert GOOD not in kept(app)


def test_an_editor_of_ambiti_is_told_their_names(store):
    people.add(store, name="due", role="ambito", ambiti=["dalmine", "bergamo"], password=GOOD)
    said = says(enters(page(), "due"))
    assert "Puoi cambiare le schede degli Ambiti: " in said
    assert "Dalmine." in said


@pytest.mark.parametrize(("name", "password"), [("redazione", "sbagliata"), ("altra", GOOD), ("", "")])
def test_what_does_not_open_is_told_in_one_sentence_and_not_kept(redazione, name, password):
    app = enters(page(), name, password)
    assert [one.value for one in app.error] == ["Nome o parola d'ordine sbagliati."]
    assert app.text_input(key="entra_password").value == ""
    assert not password or password not in kept(app)
    app.run()
    assert not app.error, "said once"


def test_too_many_wrong_passwords_must_wait(redazione):
    app = page()
    for _ in range(5):
        enters(app, password="sbagliata")
    enters(app)
    assert app.error[0].value.startswith("Troppi tentativi: riprova fra")


def test_going_out_forgets_the_pass(redazione):
    app = enters(page())
    assert signing.TOKEN in app.session_state
    next(one for one in app.button if one.label == "Esci").click().run()
    assert signing.TOKEN not in app.session_state
    assert app.text_input(key="entra_name") is not None


def test_a_pass_that_was_taken_back_is_told_and_reading_goes_on(store, redazione):
    app = enters(page())
    people.sign_out_everywhere(store, "redazione")
    app.run()
    assert app.error[0].value == "L'accesso non vale: è stato ritirato. Entra di nuovo."
    assert app.text_input(key="entra_name") is not None


def changes(app, old, new, again):
    for key, value in (("entra_old", old), ("entra_new", new), ("entra_again", again)):
        app.text_input(key=key).set_value(value)
    next(one for one in app.button if one.label == "Cambia").click().run()
    assert not app.exception
    return app


def test_ones_own_password_is_changed_knowing_the_old_one(store, redazione):
    app = changes(enters(page()), GOOD, OTHER, OTHER)
    assert app.success[0].value.startswith("Cambiata")
    assert "Sei redazione" in says(app), "whoever changed it stays in"
    assert OTHER not in kept(app)
    assert people.sign_in(store, "redazione", OTHER)
    with pytest.raises(people.PassRefused):
        people.myself(store, redazione)


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        ("sbagliata", OTHER, OTHER, "Nome o parola d'ordine sbagliati."),
        (GOOD, OTHER, OTHER + "x", "Non cambiata: le due parole d'ordine nuove non sono uguali."),
        (
            GOOD,
            "corta",
            "corta",
            TOO_EASY,
        ),
        (
            GOOD,
            "redazione redazione",
            "redazione redazione",
            TOO_EASY,
        ),
    ],
)
def test_a_password_that_cannot_be_changed_stays(store, redazione, old, new, again, told):
    app = changes(enters(page()), old, new, again)
    assert [one.value for one in app.error] == [told]
    assert people.sign_in(store, "redazione", GOOD)
    assert not any(word in kept(app) for word in (OTHER, GOOD))


def test_only_accounts_with_a_password_change_it(store, redazione, desks):
    people.add(store, name="fuori", role="regione", oidc="https://id.example 1")
    vouched = people.sign_in_vouched(store, "https://id.example 1")
    with pytest.raises(NotAllowed):
        people.change_password(store, vouched, GOOD, OTHER)
    link = links.give(store, redazione, records=[(one.kind, one.key) for one in desks], label="Ufficio")
    for shown in (link, None, "", "abc"):
        with pytest.raises(people.PassRefused):
            people.change_password(store, shown, GOOD, OTHER)


def test_what_oidc_vouched_for_long_ago_or_before_going_out_no_longer_counts(store):
    now = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
    moments = [now]
    registry = dataclasses.replace(store, clock=lambda: moments[-1])
    people.add(registry, name="fuori", role="regione", oidc="https://id.example 1")
    shown = people.sign_in_vouched(registry, "https://id.example 1", at=now - dt.timedelta(hours=11))
    with pytest.raises(people.PassRefused, match="expired"):
        people.sign_in_vouched(registry, "https://id.example 1", at=now - dt.timedelta(hours=12))
    moments.append(now + dt.timedelta(hours=1))
    with pytest.raises(people.PassRefused, match="expired"):
        people.myself(registry, shown)
    people.sign_out_everywhere(registry, "fuori")
    for before in (0, 1, 3600):
        with pytest.raises(people.PassRefused, match="revoked"):
            people.sign_in_vouched(
                registry, "https://id.example 1", at=moments[-1] - dt.timedelta(seconds=before)
            )
    moments.append(moments[-1] + dt.timedelta(seconds=2))
    fresh = people.sign_in_vouched(registry, "https://id.example 1", at=moments[-1] - dt.timedelta(seconds=1))
    assert people.myself(registry, fresh).name == "fuori"


def test_an_editor_gives_a_link_sees_it_once_and_takes_it_back(store, redazione, desks):
    app = enters(page())
    app.text_input(key="links_words").set_value(desks[0].name).run()
    app.multiselect(key="links_chosen").set_value([f"sportelli/{desks[0].key}"]).run()
    app.text_input(key="links_label").set_value("Ufficio *stranieri*")
    app.number_input(key="links_days").set_value(30)
    next(one for one in app.button if one.label == "Fai il collegamento").click().run()
    assert not app.exception
    shown = app.code[0].value
    token = shown.partition("/registro?invito=")[2]
    assert rights.known_as(store, token).records == {f"sportelli/{desks[0].key}"}
    assert "Ufficio \\*stranieri\\*" in says(app), "a label is no markdown"
    app.run()
    assert not app.code, "shown once"
    assert token not in kept(app)
    next(one for one in app.button if one.label == "Ritira").click().run()
    with pytest.raises(people.PassRefused, match="revoked"):
        rights.known_as(store, token)
    assert "ritirato il" in says(app)


def test_a_link_asked_from_a_card_has_its_record_chosen(redazione, desks):
    app = page()
    app.query_params["dai"] = f"sportelli/{desks[0].key}"
    assert enters(app).multiselect(key="links_chosen").value == [f"sportelli/{desks[0].key}"]


def test_a_link_to_nothing_or_for_nobody_is_not_made(store, redazione):
    app = enters(page())
    next(one for one in app.button if one.label == "Fai il collegamento").click().run()
    assert "schede è obbligatorio" in app.error[0].value
    assert "a chi è obbligatorio" in app.error[0].value
    assert links.given(store, redazione) == []


def test_an_editor_is_offered_only_what_is_theirs(store, redazione):
    people.add(store, name="dalmine", role="ambito", ambiti=["dalmine"], password=GOOD)
    own = links.offered(store, people.sign_in(store, "dalmine", GOOD), "", limit=1000)
    assert {one.ambito_id for one in own} == {"dalmine"}
    assert len(own) < len(links.offered(store, redazione, "", limit=1000))
    assert [one.name for one in links.offered(store, redazione, "  CITTA ")] == [
        one.name for one in links.offered(store, redazione, "città")
    ]


def test_whoever_opens_a_link_finds_their_records_and_it_leaves_the_address(store, redazione, desks):
    link = links.give(store, redazione, records=[(one.kind, one.key) for one in desks], label="Ufficio")
    app = door(invito=link, scheda=desks[0].key)
    said = says(app)
    assert "Collegamento personale di Ufficio: puoi cambiare 2 schede." in said
    assert "True" in said
    assert signing.INVITATION not in app.query_params
    names = [signing.plain(one.name) for one in desks]
    assert all(name in said for name in names)


def test_an_ente_s_link_names_what_hangs_on_it(store, redazione):
    key = editing.create(store, redazione, "enti", {"name": "Ente di prova", "ambito_id": "bergamo"})
    desk = {
        "name": "Sportello di prova",
        "kind": "sportello_comunale",
        "ambito_id": "bergamo",
        "ente_id": key,
    }
    below = editing.create(store, redazione, "sportelli", desk)
    link = links.give(store, redazione, records=[("enti", key)], label="Ente")
    assert [one.key for one in links.reached(store, link)] == [key, below]
    editing.delete(store, redazione, "sportelli", below, version=1)
    assert [one.key for one in links.reached(store, link)] == [key]


@pytest.mark.parametrize("how", ["forged", "edited", "a pass", "revoked", "expired"])
def test_a_link_that_does_not_hold_is_told_and_the_page_goes_on_reading(
    store, redazione, desks, how, monkeypatch
):
    link = links.give(store, redazione, records=[(desks[0].kind, desks[0].key)], label="Ufficio", days=1)
    if how == "revoked":
        links.take_back(store, redazione, links.given(store, redazione)[0].id)
    if how == "expired":
        late = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
        monkeypatch.setattr("data.registry.store.now", lambda: late)
        monkeypatch.setattr(memory, "registry", lambda: open_store(folder=joined.VAR, clock=lambda: late))
    shown = {"forged": "qualcosa", "edited": link[:-3] + "abc", "a pass": redazione}.get(how, link)
    app = door(invito=shown, scheda=desks[0].key)
    why = {"revoked": "è stato ritirato", "expired": "è scaduto"}.get(how, "non è stato dato da noi")
    assert app.warning[0].value.startswith(f"Il collegamento personale non vale: {why}.")
    said = says(app)
    assert "None" in said
    assert "False" in said
    assert "per cambiarlo serve un accesso" in said


def test_a_label_is_shown_as_it_is_written(store, redazione, desks):
    link = links.give(store, redazione, records=[(desks[0].kind, desks[0].key)], label="Uffici & C. *bene*")
    assert "Collegamento personale di Uffici &amp; C. *bene*" in says(door(invito=link, scheda=desks[0].key))


def test_the_door_says_who_is_in(redazione):
    app = AppTest.from_string(DOOR, default_timeout=60)
    app.session_state[signing.TOKEN] = redazione
    assert "Redazione regionale: redazione." in says(app.run())


def test_without_settings_there_is_no_provider(redazione):
    assert "Entra con" not in says(page())
    assert not st.secrets.load_if_toml_exists()


FAILED, WENT = (
    Headers({"location": "/"}),
    Headers({"location": "/", "set-cookie": "_streamlit_user=abc; Path=/"}),
)


@pytest.mark.parametrize(
    ("path", "asked", "status", "headers", "told"),
    [
        ("/oauth2callback", "code=1&state=2", 302, WENT, None),
        ("/oauth2callback", "code=1&state=2", 302, FAILED, "non-riuscito"),
        ("/oauth2callback", "error=access_denied&state=2", 302, FAILED, "rifiutato"),
        ("/oauth2callback", "", 302, FAILED, None),
        ("/auth/login", "provider=abc", 400, Headers(), "non-risponde"),
        ("/auth/login", "provider=abc", 302, FAILED, "non-riuscito"),
        ("/auth/logout", "", 302, FAILED, None),
        (
            "/oauth2callback",
            "state=2",
            302,
            Headers({"set-cookie": "_streamlit_user=; Max-Age=0"}),
            "non-riuscito",
        ),
    ],
)
def test_how_a_way_through_a_provider_ended_is_told(path, asked, status, headers, told):
    assert server.signed_in_how(path, QueryParams(asked), status, headers) == told
    assert told is None or told in entra.OUTCOMES
