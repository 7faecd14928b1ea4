"""The accessibility statement and the privacy page: who answers for them, what they say, and in which language."""

import re

import pytest

from locator import site, statements
from locator.visit import Setting
from locator.words import LANGUAGES, words
from tests.locator_town import MOMENT, PLANTED, town

SETTING = Setting("https://atlante.example/sportelli/")


def page(path, setting=SETTING):
    return site.make(town(), path, {}, setting=setting, moment=MOMENT).body.decode().replace("&#39;", "'")


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    monkeypatch.delenv(statements.BODY_NAME, raising=False)
    monkeypatch.delenv(statements.BODY_EMAIL, raising=False)


def named(monkeypatch, name="Comune di Borgo", email="accessibilita@borgo.example"):
    monkeypatch.setenv(statements.BODY_NAME, name)
    monkeypatch.setenv(statements.BODY_EMAIL, email)


def test_who_publishes_answers_for_both_pages(monkeypatch):
    named(monkeypatch)
    for path in ("it/accessibilita/", "it/privacy/"):
        body = page(path)
        assert "Comune di Borgo" in body
        assert 'href="mailto:accessibilita@borgo.example"' in body
        assert "non ancora" not in re.sub(r"<li>.*?</li>", "", body, flags=re.DOTALL)


def test_that_nobody_is_named_is_said():
    assert "nome non ancora indicato" in page("it/accessibilita/")
    assert "recapito non ancora indicato" in page("it/accessibilita/")
    assert "non ha ancora scritto qui il suo nome" in page("it/privacy/")
    assert "mailto:" not in page("it/accessibilita/") + page("it/privacy/")


@pytest.mark.parametrize("email", ["", "  ", "chiedere in portineria", "a@b@c"])
def test_what_is_no_mailbox_is_no_link(monkeypatch, email):
    named(monkeypatch, email=email)
    assert 'href="mailto:' not in page("it/accessibilita/") + page("it/privacy/")


def test_a_name_cannot_bring_html_with_it(monkeypatch):
    named(monkeypatch, PLANTED, PLANTED)
    for path in ("it/accessibilita/", "it/privacy/"):
        assert "<script>alert" not in page(path)
        assert "<img" not in page(path)


def test_the_statement_has_every_part_of_the_model_in_order():
    parts = re.findall(r"<h2>(.*?)</h2>", page("it/accessibilita/"))
    assert parts == [
        "Stato di conformità", "Contenuti non accessibili", "Redazione della dichiarazione", "Feedback e recapiti",
        "Procedura di attuazione", "Informazioni sul sito",
    ]  # fmt: skip


def test_the_statement_names_every_language_that_nobody_has_read():
    unread = [code for code in LANGUAGES if code != "it" and not words(code).reviewed_by]
    body = page("it/accessibilita/")
    assert all(words("it").language(code) in body for code in unread)
    italian = page("it/accessibilita/", Setting(languages=("it",)))
    assert "tradotti da una macchina" not in italian
    assert f"nelle {len(LANGUAGES)} lingue" in body


@pytest.mark.parametrize("lang", [code for code in LANGUAGES if code != "it"])
def test_the_statement_is_italian_inside_a_page_of_any_language(lang):
    body = page(f"{lang}/accessibilita/")
    told = words(lang)
    assert f'<html lang="{told.tag}" dir="{told.dir}">' in body
    legal = body.index('<div lang="it" dir="ltr"')
    assert body.index("<h1>") < legal < body.index("Stato di conformità")
    said = told.gettext("Il testo qui sotto ha valore di legge: per questo è in italiano.")
    assert said.replace("&#39;", "'") in body[:legal]


def test_the_day_of_the_tests_is_the_day_of_the_statement():
    assert words("it").date(statements.TESTED_ON) in page("it/accessibilita/")
