"""A planner's five questions, from the Panorama: the answer is there, and the link leads to the table it is from."""

import re

import pytest
from playwright.sync_api import expect

from layers.style import number
from screens import accesso_lingue, ask_registry, five_questions, gap_words, school_words
from screens.need import EVENING_OR_SATURDAY
from tests.browser.test_map import faults_of

WORDS = [asked.words for asked in five_questions.QUESTIONS]


def plain(said):
    """A sentence of ours as the page shows it."""
    return said.replace("**", "").replace("\\", "")


def follow(visit, words):
    """Open the Panorama, find the answer in a line, and press its question."""
    visit.open("/")
    asked = five_questions.QUESTIONS[WORDS.index(words)]
    here = visit.page.locator(".st-key-panorama_domande")
    expect(here.get_by_role("link")).to_have_text([re.compile(re.escape(each)) for each in WORDS])
    expect(here.get_by_text(plain(asked.answer()), exact=True)).to_be_visible()
    here.get_by_role("link", name=words).click()


def test_which_ambiti_have_most_people_beyond_thirty_minutes(visit):
    follow(visit, WORDS[0])
    table = five_questions.farthest()
    first = str(table.index[0])
    bars = visit.page.locator(".gap-stacks li")
    expect(bars.first).to_contain_text(ask_registry.ambito_words(first))
    expect(bars.first).to_contain_text(number(table.loc[first, "gap"]))
    expect(
        visit.page.get_by_role("radiogroup", name="La mappa mostra").get_by_role("radio", checked=True)
    ).to_have_text(["Quota"])
    visit.quiet()


def test_where_evening_hours_would_help_more_than_a_new_desk(visit):
    follow(visit, WORDS[1])
    rows = five_questions.hours()
    many = number(int((rows["answer"] == "hours").sum()))
    line = visit.page.get_by_role("listitem").filter(has_text="Orari più lunghi servirebbero")
    expect(line).to_contain_text(f": {many} (")
    for code in rows.index[rows["answer"] == "hours"][:3]:
        expect(line).to_contain_text(ask_registry.ambito_words(str(code)))
    expect(visit.page.get_by_text(gap_words.need.when_words(EVENING_OR_SATURDAY)).first).to_be_visible()
    visit.quiet()


def test_which_languages_are_missing_where(visit):
    follow(visit, WORDS[2])
    expect(visit.page.get_by_role("heading", name="Quali lingue mancano, e dove")).to_be_visible()
    said = plain(accesso_lingue.missing_sentence(five_questions.languages()))
    expect(visit.page.get_by_text(said, exact=True)).to_be_visible()
    visit.quiet()


def test_for_which_schools_no_mediation_is_found(visit):
    follow(visit, WORDS[3])
    said = plain(school_words.mediation_sentence(five_questions.schools()))
    expect(visit.page.get_by_text(said, exact=True)).to_be_visible()
    visit.quiet()


def test_what_is_not_known_and_whom_to_ask(visit):
    follow(visit, WORDS[4])
    table = five_questions.unknown()
    said = f"da chiamare: {number(len(table))} sportelli"
    expect(visit.page.get_by_text(said)).to_be_visible()
    hours, languages = (number(table[name].sum()) for name in ("hours", "languages"))
    expect(visit.page.get_by_text(f"chiedere a {hours}, le lingue a {languages}.")).to_be_visible()
    visit.quiet()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_on_a_phone_the_questions_are_whole_and_back_leads_to_them_again(visit, size):
    follow(visit, WORDS[0])
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(["Divari"])
    visit.quiet()
    visit.page.go_back()
    link = visit.page.get_by_role("link", name=WORDS[0])
    expect(link).to_be_visible()
    visit.quiet()
    inside = "(one) => [one, ...one.querySelectorAll('*')].every((each) => each.scrollWidth <= one.clientWidth + 1)"
    assert link.evaluate(inside)
    visit.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults_of(visit.page) == []
