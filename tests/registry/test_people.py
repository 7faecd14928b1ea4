"""Accounts and ways in."""

import pytest
from argon2 import PasswordHasher

from data.registry import editing, people
from data.registry.books import Account, Attempt
from errors import FieldsRefused, NotAllowed, PassRefused, RecordMissing, SignInRefused, TooManyAttempts

GOOD = "quattro parole a caso"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Hashes as argon2 makes them, with little memory and time."""
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
    people.nobody.cache_clear()


@pytest.fixture
def redazione(store):
    people.add(store, name="redazione", role="regione", password=GOOD, email="redazione@atlante.example")
    return store


def test_a_name_and_its_password_open(redazione):
    token = people.sign_in(redazione, "redazione", GOOD)
    key = editing.create(redazione, token, "enti", {"name": "Ente"})
    assert editing.history(redazione, token, "enti", key)[0].who.startswith("conto-")


def test_the_password_is_kept_as_an_argon2_hash(redazione):
    with redazione.reading() as session:
        kept = session.query(Account).one().password
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept


@pytest.mark.parametrize(
    ("name", "password"),
    [("redazione", "sbagliata"), ("altra", GOOD), ("REDAZIONE", GOOD), ("", ""), ("redazione\x00", GOOD),
     ("' OR 1=1 --", GOOD), ("redazione", "\ud800"), ("redazione", "x" * 100_000)],
    ids=["password", "name", "capitals", "nothing", "nul", "sql", "surrogate", "long"],
)  # fmt: skip
def test_what_does_not_open_is_refused_without_saying_why(redazione, name, password):
    with pytest.raises(SignInRefused) as told:
        people.sign_in(redazione, name, password)
    assert str(told.value) == "wrong name or password"


def test_after_five_wrong_passwords_the_right_one_must_wait(redazione, clock):
    for _ in range(5):
        with pytest.raises(SignInRefused):
            people.sign_in(redazione, "redazione", "sbagliata")
        clock.go(minutes=1)
    with pytest.raises(TooManyAttempts) as told:
        people.sign_in(redazione, "redazione", GOOD)
    assert told.value.minutes == 10
    clock.go(minutes=10)
    assert people.sign_in(redazione, "redazione", GOOD)


def test_a_right_password_wipes_the_wrong_ones_before_it(redazione):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                people.sign_in(redazione, "redazione", "sbagliata")
        people.sign_in(redazione, "redazione", GOOD)
    with redazione.reading() as session:
        assert session.query(Attempt).count() == 12, "those over all names stay"


def test_one_password_on_many_names_must_wait_too(redazione):
    for number in range(60):
        with pytest.raises(SignInRefused):
            people.sign_in(redazione, f"nome{number}", "sbagliata")
    with pytest.raises(TooManyAttempts):
        people.sign_in(redazione, "redazione", GOOD)


def test_a_pass_holds_for_twelve_hours(redazione, clock):
    token = people.sign_in(redazione, "redazione", GOOD)
    clock.go(hours=11, minutes=59)
    editing.create(redazione, token, "enti", {"name": "Ente"})
    clock.go(minutes=1)
    with pytest.raises(PassRefused, match="expired"):
        editing.create(redazione, token, "enti", {"name": "Ente"})


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda s: people.disable(s, "redazione"), "disabled"),
        (lambda s: people.sign_out_everywhere(s, "redazione"), "revoked"),
        (lambda s: people.set_password(s, "redazione", "un'altra frase ancora"), "revoked"),
    ],
    ids=["disabled", "signed out", "another password"],
)
def test_a_pass_can_be_taken_back(redazione, act, why):
    token = people.sign_in(redazione, "redazione", GOOD)
    act(redazione)
    with pytest.raises(PassRefused, match=why):
        editing.create(redazione, token, "enti", {"name": "Ente"})


def test_a_disabled_account_is_refused_as_any_other(redazione):
    people.disable(redazione, "redazione")
    with pytest.raises(SignInRefused):
        people.sign_in(redazione, "redazione", GOOD)


def test_another_password_opens_and_the_old_one_does_not(redazione):
    people.set_password(redazione, "redazione", "un'altra frase ancora")
    assert people.sign_in(redazione, "redazione", "un'altra frase ancora")
    with pytest.raises(SignInRefused):
        people.sign_in(redazione, "redazione", GOOD)
    with pytest.raises(FieldsRefused):
        people.set_password(redazione, "redazione", "corta")
    with pytest.raises(RecordMissing):
        people.set_password(redazione, "nessuno", GOOD)


def test_everything_wrong_with_an_account_is_told_at_once_without_its_password(redazione):
    with pytest.raises(FieldsRefused) as told:
        people.add(redazione, name="Anna Bianchi", role="capo", password="segreta", email="no")
    assert [(one.field, one.why) for one in told.value.faults] == [
        ("name", "pattern"), ("role", "code"), ("password", "too_short"), ("email", "pattern"),
    ]  # fmt: skip
    assert "segreta" not in str(told.value)
    with pytest.raises(FieldsRefused, match="taken"):
        people.add(redazione, name="redazione", role="regione", password=GOOD)
    with pytest.raises(FieldsRefused, match="ambiti needed"):
        people.add(redazione, name="ufficio", role="ambito", password=GOOD)
    with pytest.raises(FieldsRefused, match="not_there"):
        people.add(redazione, name="ufficio", role="ambito", ambiti=["atlantide"], password=GOOD)
    with pytest.raises(FieldsRefused, match="password needed"):
        people.add(redazione, name="ufficio", role="regione")


def test_an_account_that_oidc_vouches_for_has_no_password(redazione):
    people.add(redazione, name="ufficio", role="ambito", ambiti=["bergamo"], oidc="https://id.example 42")
    assert people.sign_in_vouched(redazione, "https://id.example 42")
    with pytest.raises(SignInRefused):
        people.sign_in(redazione, "ufficio", "")
    with pytest.raises(SignInRefused):
        people.sign_in_vouched(redazione, "https://id.example 43")


def test_without_a_pass_nothing_is_written(redazione):
    with pytest.raises(NotAllowed, match="reading_only"):
        editing.create(redazione, None, "enti", {"name": "Ente"})
