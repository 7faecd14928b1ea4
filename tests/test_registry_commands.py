"""``user ...`` and ``registry ...`` as whoever keeps the machine runs them."""

import argparse
import datetime as dt
import getpass
import io
import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from data.registry import changes, editing, outbox, people, reports
from data.registry.books import Letter
from data.registry.changes import Act
from data.registry.store import open_store
from errors import AtlasError, SignInRefused
from screens import joined, registry_commands
from screens.errors import sentence
from tests.registry.town import RECORDS

GOOD = "quattro parole a caso"


@pytest.fixture(autouse=True)
def own(monkeypatch, tmp_path):
    """An empty registry, no settings of this machine, quick hashes."""
    monkeypatch.setattr(joined, "VAR", tmp_path / "vuoto")
    for name in ("DATABASE_URL", "ATLANTE_SECRET", "ATLANTE_SMTP", "ATLANTE_MAIL_FROM", "ATLANTE_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
    people.nobody.cache_clear()


@pytest.fixture
def run(capsys):
    """Runs a command as ``cli.main`` does; gives back status, what it said, what it complained of."""

    def do(*words):
        top = argparse.ArgumentParser()
        registry_commands.add_to(top.add_subparsers(required=True))
        options = top.parse_args([str(word) for word in words])
        try:
            status = options.do(options)
        except AtlasError as fault:
            return 2, capsys.readouterr().out, sentence(fault)
        told = capsys.readouterr()
        return status, told.out, told.err

    return do


@pytest.fixture
def typed(monkeypatch):
    """What is typed where a password is asked."""

    def type_in(*words):
        waiting = list(words)
        monkeypatch.setattr(getpass, "getpass", lambda _: waiting.pop(0))

    return type_in


@pytest.fixture
def store():
    opened = open_store(folder=joined.VAR)
    with opened.writing() as session:
        born = Act("seme", "seed", dt.datetime(2026, 1, 10, tzinfo=dt.UTC))
        for kind, key, said in RECORDS:
            changes.born(session, born, kind, key, said)
    yield opened
    opened.close()


def test_a_user_is_added_and_can_enter(run, typed, store):
    typed(GOOD, GOOD)
    status, said, _ = run("user", "add", "redazione", "--role", "regione", "--email", "red@atlante.example")
    assert (status, said) == (0, "redazione può entrare.\n")
    assert people.sign_in(store, "redazione", GOOD)
    _, said, _ = run("user", "list")
    assert re.fullmatch(r"redazione +regione +parola d'ordine +attivo +red@atlante.example\n", said)


def test_a_user_of_an_ambito_comes_in_by_oidc(run, store):
    status, _, _ = run("user", "add", "dalmine", "--role", "ambito", "--ambito", "dalmine", "--ambito", "bergamo",
                       "--oidc", "https://id.example 42")  # fmt: skip
    assert status == 0
    assert people.sign_in_vouched(store, "https://id.example 42")
    assert "OpenID Connect   attivo                     bergamo dalmine\n" in run("user", "list")[1]


def test_the_password_is_never_an_argument(run, capsys):
    with pytest.raises(SystemExit):
        run("user", "add", "redazione", "--role", "regione", "--password", GOOD)
    assert "unrecognized arguments: --password quattro" in capsys.readouterr().err


def test_a_password_can_come_from_a_pipe(run, store, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(GOOD + "\n"))
    assert run("user", "add", "redazione", "--role", "regione", "--password-stdin")[0] == 0
    assert people.sign_in(store, "redazione", GOOD)


@pytest.mark.parametrize(
    ("words", "password", "told"),
    [
        (["redazione", "--role", "regione"], (GOOD, "un'altra"), "non sono uguali"),
        (["redazione", "--role", "regione"], ("corta", "corta"), "parola d'ordine troppo facile"),
        (["Redazione!", "--role", "regione"], (GOOD, GOOD), "nome («Redazione!») non ha la forma giusta"),
        (["dalmine", "--role", "ambito"], (GOOD, GOOD), "Ambiti è obbligatorio"),
        (
            ["dalmine", "--role", "ambito", "--ambito", "luna"],
            (GOOD, GOOD),
            "Ambiti («luna») non c'è nel registro",
        ),
    ],
)
def test_who_cannot_be_added_is_told_why(run, typed, store, words, password, told):
    typed(*password)
    status, _, fault = run("user", "add", *words)
    assert status == 2
    assert told in fault
    assert people.listed(store) == []


def test_a_user_is_disabled_enabled_signed_out_and_given_another_password(run, typed, store):
    people.add(store, name="redazione", role="regione", password=GOOD)
    assert run("user", "disable", "redazione")[0] == 0
    with pytest.raises(SignInRefused):
        people.sign_in(store, "redazione", GOOD)
    assert "disattivato il" in run("user", "list")[1]
    assert run("user", "enable", "redazione")[0] == 0
    shown = people.sign_in(store, "redazione", GOOD)
    assert run("user", "sign-out", "redazione")[0] == 0
    with pytest.raises(AtlasError):
        people.myself(store, shown)
    typed("tutta un'altra frase", "tutta un'altra frase")
    assert run("user", "password", "redazione")[0] == 0
    assert people.sign_in(store, "redazione", "tutta un'altra frase")


@pytest.mark.parametrize("action", ["disable", "enable", "sign-out"])
def test_a_user_who_is_not_there_is_told(run, action):
    status, _, told = run("user", action, "nessuno")
    assert status == 2
    assert "non c'è «nessuno»" in told


def test_nobody_is_told_how_to_begin(run):
    assert "user add NOME --role regione" in run("user", "list")[1]


def test_a_good_registry_is_said_so_and_a_bad_one_told_fault_by_fault(run, store):
    assert run("registry", "check")[:2] == (0, "Registro in ordine.\n")
    with store.writing() as session:
        session.execute(text("UPDATE sportelli SET name = 'di nascosto' WHERE id = 'sp-bg'"))
        session.execute(text("UPDATE enti SET name = 'di nascosto' WHERE id = 'en-bg'"))
    status, said, _ = run("registry", "check")
    assert status == 1
    assert said == "enti en-bg\nsportelli sp-bg\n2 difetti.\n"


def test_a_back_up_goes_and_comes_back(run, store, tmp_path):
    people.add(store, name="redazione", role="regione", password=GOOD)
    status, said, _ = run("registry", "backup", "-o", tmp_path / "copia.zip")
    assert status == 0
    assert "va custodita" in said
    assert "registry.secret" in said
    shown = people.sign_in(store, "redazione", GOOD)
    editing.create(store, shown, "enti", {"name": "Ente di poi"})
    status, _, told = run("registry", "restore", tmp_path / "copia.zip")
    assert status == 2
    assert "--yes" in told
    assert "Enti          3\n" in run("registry", "info")[1]
    status, said, _ = run("registry", "restore", tmp_path / "copia.zip", "--yes")
    assert status == 0
    [aside] = (joined.VAR / "backups").iterdir()
    assert f"Il registro di prima è in {aside}." in said
    assert "Enti          2\n" in run("registry", "info")[1]
    assert run("registry", "check")[0] == 0
    assert run("registry", "restore", aside, "--yes")[0] == 0
    assert "Enti          3\n" in run("registry", "info")[1]


def test_a_broken_back_up_is_told_and_changes_nothing(run, store, tmp_path):
    (tmp_path / "copia.zip").write_text("ciao")
    before = run("registry", "info")
    status, _, told = run("registry", "restore", tmp_path / "copia.zip", "--yes")
    assert status == 2
    assert told.endswith("non si può ripristinare: non è una copia del registro. Il registro resta com'era.")
    assert run("registry", "info") == before


def test_info_says_where_what_and_when(run, store, tmp_path):
    said = run("registry", "info")[1]
    assert f"Database      sqlite:///{joined.VAR}/registry.sqlite (revisione v" in said
    assert "Sportelli     3\n" in said
    assert "Modifiche     10, l'ultima il 10/01/2026 alle 01:00\n" in said
    assert said.endswith("Copia         nessuna fatta da qui\n")
    run("registry", "backup", "-o", tmp_path / "copia.zip")
    assert str(tmp_path / "copia.zip") in run("registry", "info")[1]


def test_reminders_are_written_once_and_wait_without_a_server(run, store):
    status, said, told = run("registry", "remind", "--base-url", "https://atlante.example/")
    assert status == 1
    assert said.startswith("1 lettere scritte, 3 schede ricordate.\n")
    assert "La posta non è configurata" in said
    assert "Nessuno a cui scrivere per sportelli/sp-da" in told
    with store.reading() as session:
        letter = session.query(Letter).one()
    assert "https://atlante.example/registro?scheda=sportelli/sp-bg" in letter.body
    assert run("registry", "remind")[1].startswith("0 lettere scritte, 0 schede")
    listed = run("registry", "outbox")[1]
    assert re.search(r" 1  \d\d/\d\d/\d{4}  in attesa +ufficio@borgo.example +", listed)
    assert listed.endswith("1 lettere non partite.\n")


def test_editors_are_written_to_about_what_was_reported_without_the_words(run, store):
    run("registry", "remind")
    reports.report(store, "sportelli", "sp-da", what=["orari"], words="mai aperto")
    status, said, told = run("registry", "remind")
    assert status == 1
    assert "lettere scritte per gli errori" not in said
    assert "Nessuno a cui scrivere per sportelli/sp-da" in told
    people.add(store, name="dalmine", role="ambito", ambiti=["dalmine"], oidc="https://id.example dalmine",
               email="dalmine@ambito.example")  # fmt: skip
    said = run("registry", "remind")[1]
    assert "1 lettere scritte per gli errori segnalati.\n" in said
    with store.reading() as session:
        letter = session.query(Letter).order_by(Letter.id.desc()).first()
    assert letter.recipient == "dalmine@ambito.example"
    assert "Gli orari sono sbagliati" in letter.body
    assert "mai aperto" not in letter.body


def test_send_without_a_server_says_what_is_missing(run):
    status, _, told = run("registry", "send")
    assert status == 2
    assert "ATLANTE_SMTP" in told


def test_a_letter_that_failed_is_told_and_tried_again(run, store, monkeypatch):
    with store.writing() as session:
        session.add(
            Letter(recipient="a@b.example", subject="Ciao", body="Sì", written_on=store.today(), attempts=0)
        )
    monkeypatch.setenv("ATLANTE_SMTP", "smtp://localhost:2525")
    monkeypatch.setenv("ATLANTE_MAIL_FROM", "atlante@atlante.example")
    answers = ["il server rifiuta"] * 5 + [None]
    monkeypatch.setattr(outbox, "_give", lambda *_: answers.pop(0))
    for _ in range(5):
        assert run("registry", "send")[:2] == (1, "0 lettere partite, 1 non riuscite.\n")
    assert run("registry", "send")[:2] == (0, "0 lettere partite, 0 non riuscite.\n")
    assert "troppi tentativi" in run("registry", "outbox")[1]
    assert "il server rifiuta" in run("registry", "outbox", "--retry", 1)[1]
    assert run("registry", "send")[:2] == (0, "1 lettere partite, 0 non riuscite.\n")
    assert run("registry", "outbox")[1] == "0 lettere non partite.\n"
    assert run("registry", "outbox", "--retry", 1)[0] == 2, "it has gone"
