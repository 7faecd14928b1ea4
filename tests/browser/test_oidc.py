"""Signing in through OpenID Connect: a whole round trip in a real browser, against a small local provider."""

import signal
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from data.registry import changes, links, people, reading
from data.registry.store import open_store
from tests.browser import provider
from tests.browser.conftest import ROOT, STOPPING, free_port, visiting, wait_until_ready
from tests.browser.test_entra import serious

SECRETS = """[auth]
redirect_uri = "{redirect_uri}"
cookie_secret = "una frase lunga che firma i biscotti delle prove"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Home and ``var`` of the server: its settings and its registry are in no folder of ours."""
    made = tmp_path_factory.mktemp("oidc")
    (made / "casa" / ".streamlit").mkdir(parents=True)
    return made


@pytest.fixture(scope="module")
def identities(executable):
    """The provider, and the port that the atlas will have."""
    own, port = free_port(), free_port()
    with provider.running(own, f"http://127.0.0.1:{port}/oauth2callback") as made:
        yield made, port


@pytest.fixture(scope="module")
def registry(folder, identities):
    """The server's registry, seen from the machine: two who may come in, one who may no more."""
    opened = open_store(folder=folder / "var")
    issuer = identities[0].address
    people.add(opened, name="bergamo", role="ambito", ambiti=["bergamo"], oidc=f"{issuer} marta-42")
    people.add(opened, name="fuori", role="regione", oidc=f"{issuer} fuori-1")
    people.add(opened, name="uscita", role="regione", oidc=f"{issuer} uscita-1")
    people.disable(opened, "fuori")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def atlas(folder, identities, registry, tmp_path_factory):
    """The address of a server that knows the provider."""
    known, port = identities
    told = SECRETS.format(
        redirect_uri=known.redirect_uri,
        client=provider.CLIENT,
        secret=provider.SECRET,
        provider=known.address,
    )
    (folder / "casa" / ".streamlit" / "secrets.toml").write_text(told, encoding="utf-8")
    said = folder / "out.txt"
    settings = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "casa"), "ATLANTE_VAR": str(folder / "var")}
    with said.open("w", encoding="utf-8") as out:
        command = [sys.executable, str(ROOT / "server.py"), "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=settings)
        try:
            wait_until_ready(server, said)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=STOPPING)


@pytest.fixture
def here(tab, atlas, identities):
    """Someone on the page Entra, whom nobody knows yet; they talk to the atlas and to the provider only."""
    with visiting(tab, atlas, {"width": 1280, "height": 800}, identities[0].address) as seen:
        seen.open("/entra")
        yield seen


def signs_in(visit, who, button="Accetta"):
    visit.page.get_by_role("button", name="Entra con il servizio del tuo ente").click()
    visit.page.get_by_label("Chi sei").fill(who)
    visit.page.get_by_role("button", name=button, exact=True).click()
    visit.page.wait_for_url("**/entra*")


def says(visit, words):
    expect(visit.page.get_by_text(words).first).to_be_visible()


def stays_outside(visit):
    """The form is there, and a fresh look finds nobody signed in."""
    expect(visit.page.get_by_label("Nome", exact=True)).to_be_visible()
    visit.open("/entra")
    expect(visit.page.get_by_label("Nome", exact=True)).to_be_visible()
    assert visit.page.get_by_text("Puoi cambiare").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_everyone_can_use_the_page_outside_and_inside(here, width):
    here.page.set_viewport_size({"width": width, "height": 844})
    expect(here.page.get_by_label("Nome", exact=True)).to_be_visible()
    here.quiet()
    assert serious(here) == []
    signs_in(here, "marta-42")
    says(here, "Sei bergamo.")
    here.quiet()
    assert serious(here) == []


def test_whoever_the_provider_knows_comes_in_edits_and_goes_out(here, identities, registry):
    signs_in(here, "marta-42")
    says(here, "Sei bergamo. Puoi cambiare le schede dell'Ambito")
    here.open("/entra")
    says(here, "Sei bergamo.")
    here.page.get_by_label("Cerca le schede per nome").fill("bergamo")
    here.page.get_by_label("Cerca le schede per nome").press("Enter")
    here.quiet()
    here.page.get_by_label("Schede", exact=True).click()
    here.page.get_by_role("option").first.click()
    here.page.keyboard.press("Escape")
    here.page.get_by_label("A chi lo mandi").fill("Ufficio di prova")
    here.page.get_by_role("button", name="Fai il collegamento").click()
    says(here, "Ecco il collegamento per «Ufficio di prova»")
    shown = here.page.get_by_test_id("stCode").first.inner_text()
    assert shown.startswith(f"{here.address}/registro?invito=link.")
    editor = people.sign_in_vouched(registry, f"{identities[0].address} uscita-1")
    given = links.given(registry, editor)
    assert [one.label for one in given] == ["Ufficio di prova"]
    assert given[0].created_by == next(one.key for one in people.listed(registry) if one.name == "bergamo")
    here.page.get_by_role("button", name="Esci").click()
    expect(here.page.get_by_label("Nome", exact=True)).to_be_visible()
    assert identities[0].seen[-1] == "out marta-42", "out at the provider too"
    assert not any(one["name"].startswith("_streamlit_user") for one in here.page.context.cookies())
    stays_outside(here)


def test_an_account_edits_its_ambito_and_no_other(here, registry):
    """Role and Ambiti are the registry's: the provider only said who it is."""
    signs_in(here, "marta-42")
    says(here, "Sei bergamo.")
    desks = reading.table(registry, "sportelli")
    own = desks[desks["ambito_id"] == "bergamo"].iloc[0]
    other = desks[desks["ambito_id"] == "lodi"].iloc[0]
    here.open(f"/registro?scheda=sportelli/{own['id']}&modo=modifica")
    here.page.get_by_role("textbox", name="Descrizione").fill("Si entra dal cortile.")
    here.page.get_by_role("textbox", name="Descrizione").press("Tab")
    here.page.get_by_role("button", name="Salva", exact=True).click()
    expect(here.page.get_by_role("button", name="Salva", exact=True)).to_have_count(0)
    expect(here.page.get_by_text("Si entra dal cortile.").first).to_be_visible()
    with registry.reading() as session:
        last = changes.history_of(session, "sportelli", own["id"])[0]
    assert last.who == next(one.key for one in people.listed(registry) if one.name == "bergamo")
    here.open(f"/registro?scheda=sportelli/{other['id']}&modo=modifica")
    here.quiet()
    expect(here.page.get_by_text(other["name"]).first).to_be_visible()
    assert here.page.get_by_role("button", name="Salva", exact=True).count() == 0


def test_an_identity_that_no_account_has_is_told_to_whom_to_send_it(here, identities):
    signs_in(here, "sconosciuta")
    says(here, "nessun utente attivo del registro ha la tua identità")
    says(here, f"{identities[0].address} sconosciuta")
    here.page.get_by_role("button", name="Esci").click()
    here.page.wait_for_url("**/entra*")
    here.quiet()
    stays_outside(here)


def test_a_disabled_account_stays_outside(here):
    signs_in(here, "fuori-1")
    says(here, "nessun utente attivo del registro ha la tua identità")
    assert here.page.get_by_text("Puoi cambiare").count() == 0


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("Rifiuta", "L'accesso è stato rifiutato o interrotto"),
        ("Altera", "L'accesso non è riuscito"),
        ("Altro nonce", "L'accesso non è riuscito"),
        ("Altra chiave", "L'accesso non è riuscito"),
    ],
)
def test_an_answer_that_is_not_the_one_expected_lets_nobody_in(here, button, told):
    signs_in(here, "marta-42", button)
    says(here, told)
    stays_outside(here)


def test_a_cookie_that_we_did_not_sign_lets_nobody_in(here, identities):
    signs_in(here, "marta-42")
    says(here, "Sei bergamo.")
    [cookie] = [one for one in here.page.context.cookies() if one["name"] == "_streamlit_user"]
    start, _, rest = cookie["value"].partition(".")
    here.page.context.add_cookies(
        [{**cookie, "value": f"{start[:-2]}{'AA' if start[-2:] != 'AA' else 'BB'}.{rest}"}]
    )
    here.open("/entra")
    expect(here.page.get_by_label("Nome", exact=True)).to_be_visible()


def test_who_is_signed_out_from_the_machine_must_be_vouched_for_again(here, registry):
    signs_in(here, "uscita-1")
    says(here, "Sei uscita.")
    here.page.wait_for_timeout(1100)  # tokens tell their moment in whole seconds
    people.sign_out_everywhere(registry, "uscita")
    here.open("/entra")
    says(here, "Il riconoscimento non vale più: è stato ritirato")
    here.page.wait_for_timeout(1100)
    signs_in(here, "uscita-1")
    says(here, "Sei uscita.")


def test_a_provider_that_does_not_answer_is_told(here, identities):
    identities[0].down = True
    try:
        here.page.get_by_role("button", name="Entra con il servizio del tuo ente").click()
        says(here, "Il servizio che identifica non risponde")
    finally:
        identities[0].down = False
    stays_outside(here)
