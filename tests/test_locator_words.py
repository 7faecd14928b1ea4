"""The words of the public pages: fourteen languages, their catalogues, and no text of ours left out of them."""

import datetime as dt
import functools
import html
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import hypothesis.strategies as st
import pytest
from babel import Locale
from hypothesis import given

from data.vocabularies import vocabulary
from errors import UnknownCode
from locator import catalogues, phone_words, place_search, site, told, visit, words
from locator.words import LANGUAGES, PSEUDO, pseudo
from tests.locator_town import MOMENT, PLANTED, town

TRANSLATED = catalogues.TRANSLATED
HOLE = re.compile(r"\{\w*\}")
FEWEST_WORDS, PLAIN = 5, 60

SCRIPTS = {"ar": "ARABIC", "ur": "ARABIC", "zh": "CJK", "uk": "CYRILLIC", "bn": "BENGALI", "pa": "GURMUKHI"}

MONDAY = {
    "it": "lunedì", "en": "Monday", "fr": "lundi", "es": "lunes", "ar": "الاثنين", "zh": "星期一", "uk": "понеділок",
    "ro": "luni", "sq": "e hënë", "ur": "پیر", "bn": "সোমবার", "pa": "ਸੋਮਵਾਰ", "tl": "Lunes", "pt": "segunda-feira",
}  # fmt: skip

NOVEMBER_12 = {
    "it": "12 novembre 2026", "en": "12 November 2026", "fr": "12 novembre 2026", "es": "12 de noviembre de 2026",
    "ar": "12 نوفمبر 2026", "zh": "2026年11月12日", "uk": "12 листопада 2026\u202fр.", "ro": "12 noiembrie 2026",
    "sq": "12 nëntor 2026", "ur": "12 نومبر، 2026", "bn": "12 নভেম্বর, 2026", "pa": "12 ਨਵੰਬਰ 2026",
    "tl": "Nobyembre 12, 2026", "pt": "12 de novembro de 2026",
}  # fmt: skip

FORMS = {
    "it": "one other", "en": "one other", "fr": "one other", "es": "one other",
    "ar": "zero one two few many other", "zh": "other", "uk": "one few many", "ro": "one few other",
    "sq": "one other", "ur": "one other", "bn": "one other", "pa": "one other", "tl": "one other", "pt": "one other",
}  # fmt: skip


def catalogue(code):
    return catalogues.read(words.LOCALES / f"{code}.po")


def said(message):
    """Every form of a translation that is there."""
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return [text for text in strings if text]


def asked(message):
    return message.id if isinstance(message.id, (list, tuple)) else [message.id]


def messages(catalogue):
    return [message for message in catalogue if message.id]


# By heart


@pytest.mark.parametrize("code", LANGUAGES)
def test_days_and_dates_are_those_of_the_language(code):
    told = words.words(code)
    assert told.weekday(0) == MONDAY[code]
    assert told.date(dt.date(2026, 11, 12)) == NOVEMBER_12[code]
    assert told.date("2026-11-12") == NOVEMBER_12[code]


@pytest.mark.parametrize("code", LANGUAGES)
def test_hours_and_figures_are_as_on_doors_and_dials(code):
    told = words.words(code)
    assert told.span(9 * 60, 12 * 60 + 30) == "09:00–12:30"
    shown = [told.number(1234567), told.km(3.4), told.date("2026-11"), told.date("2026"), told.days(range(7))]
    figures = {letter for letter in "".join(shown) if letter.isdigit()}
    assert figures <= set("0123456789")


def test_only_arabic_and_urdu_run_from_right_to_left():
    assert {code for code in LANGUAGES if words.words(code).dir == "rtl"} == {"ar", "ur"}


def test_tags_say_which_chinese():
    assert [words.words(code).tag for code in ("it", "zh", "tl")] == ["it", "zh-Hans", "tl"]


def test_every_language_names_itself_in_its_own_letters():
    assert [words.words(code).endonym for code in ("it", "ar", "pa", "zh")] == [
        "Italiano",
        "العربية",
        "ਪੰਜਾਬੀ",
        "中文",
    ]
    assert len({words.words(code).endonym for code in LANGUAGES}) == len(LANGUAGES)


def test_italian_is_the_original_and_counts_as_italians_do():
    told = words.words("it")
    assert told.original
    assert [told.ngettext("{n} sportello", "{n} sportelli", n) for n in (0, 1, 2)] == [
        "{n} sportelli",
        "{n} sportello",
        "{n} sportelli",
    ]


def test_a_language_we_lack_is_an_error():
    with pytest.raises(UnknownCode):
        words.words("xx")
    with pytest.raises(UnknownCode):
        words.words("it").term("themes", "niente")
    with pytest.raises(UnknownCode):
        words.words("en").language("niente")


def test_what_a_catalogue_lacks_is_said_in_italian():
    assert (
        words.words("ar").gettext("Un testo che nessuno ha tradotto.") == "Un testo che nessuno ha tradotto."
    )


def test_explanations_for_planners_are_not_told_to_the_public():
    for code in vocabulary("service_kinds").index:
        told = words.plainly("service_kinds", code)
        assert told and "Conta come" not in told and "Non conta" not in told
    for name, code in words._explained():
        assert code in vocabulary(name).index


# Laws


@given(st.text())
def test_any_date_can_be_said(text):
    assert isinstance(words.words("uk").date(text), str)


@pytest.mark.parametrize("text", ["2022-13", "2022-02-30", "0000", "2019-2021", "primavera 2022", ""])
def test_what_is_no_date_is_said_as_it_is(text):
    assert words.words("fr").date(text) == text


@given(st.sets(st.integers(0, 6), min_size=1), st.sampled_from(LANGUAGES))
def test_days_name_the_first_and_the_last_of_them(days, code):
    told = words.words(code)
    text = told.days(days)
    assert told.weekday(min(days), "abbreviated") in text
    assert told.weekday(max(days), "abbreviated") in text


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_and_community_has_a_name_in_every_language(code):
    told = words.words(code)
    named = [told.language(one) for one in vocabulary("languages").index]
    assert all(named)
    assert all(told.community(one) for one in vocabulary("communities").index)


@pytest.mark.parametrize("code", LANGUAGES)
def test_plural_forms_are_those_of_cldr(code):
    told = words.words(code)
    assert " ".join(told.forms) == FORMS[code]
    rule = Locale.parse(words.SPOKEN_AS.get(code, code)).plural_form
    for n in range(2001):
        short = int(told.plural_table[n if n < 200 else 100 + n % 100])
        assert told.forms[short] == rule(n)


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_phone_takes_the_form_that_gettext_takes(code):
    told = words.words(code)
    assert catalogue(code).num_plurals == len(told.forms)
    for n in range(2001):
        assert told.texts.plural(n) == int(told.plural_table[n if n < 200 else 100 + n % 100])


def test_names_do_not_hang_on_which_language_was_asked_first():
    """Babel keeps what languages inherit in one place; what one looked up must not be said by another."""
    ask = (
        "import json, sys; from locator.words import words\n"
        "print(json.dumps({c: [words(c).days(range(2)), words(c).weekday(3), words(c).date('2026-05'), "
        "words(c).date('2026'), words(c).km(2.5), words(c).number(12345.6)] for c in sys.argv[1:]}))"
    )
    root = Path(words.__file__).parent.parent
    orders = [LANGUAGES, LANGUAGES[::-1]]
    running = [
        subprocess.Popen([sys.executable, "-c", ask, *order], cwd=root, stdout=subprocess.PIPE)
        for order in orders
    ]
    one, other = (json.loads(process.communicate()[0]) for process in running)
    assert one == other


# Catalogues


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated(code):
    wanted = {(message.context, *asked(message)) for message in messages(catalogues.texts())}
    there = {(message.context, *asked(message)) for message in messages(catalogue(code))}
    assert sorted(map(str, wanted - there)) == []
    assert [asked(message)[0] for message in catalogues.missing(catalogue(code))] == []


def test_catalogues_are_as_the_command_writes_them(tmp_path):
    for path in words.LOCALES.glob("*.po"):
        shutil.copy(path, tmp_path)
    states = catalogues.update(folder=tmp_path)
    assert set(states) == {path.stem for path in words.LOCALES.glob("*.po")}
    for path in words.LOCALES.glob("*.po"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_every_hole(code):
    told = words.words(code)
    numbers = [sum(told.form(n) == form for n in range(200)) for form in range(len(told.forms))]
    for message in messages(catalogue(code)):
        holes = {hole for text in asked(message) for hole in HOLE.findall(text)}
        several = isinstance(message.id, (list, tuple))
        for form, text in enumerate(said(message)):
            kept = set(HOLE.findall(text))
            assert kept <= holes, text
            may_lack = {"{n}"} if several and numbers[form] == 1 else set()
            assert holes - kept <= may_lack, text


@pytest.mark.parametrize("code", TRANSLATED)
def test_texts_are_words_not_markup(code):
    for message in messages(catalogue(code)):
        for text in [*asked(message), *said(message)]:
            assert not re.search(r"[<>]|&\w+;|%\(|%s", text), text
            assert text == text.strip(), text


@pytest.mark.parametrize("code", TRANSLATED)
def test_figures_in_texts_are_latin(code):
    for message in messages(catalogue(code)):
        for text in said(message):
            assert {letter for letter in text if unicodedata.category(letter) == "Nd"} <= set("0123456789"), (
                text
            )


@pytest.mark.parametrize("code", SCRIPTS)
def test_translations_are_in_the_letters_of_the_language(code):
    names = {"Caritas", "Privacy", "JavaScript"}
    for message in messages(catalogue(code)):
        letters = {letter for letter in HOLE.sub("", asked(message)[0]) if letter.isalpha()}
        for text in said(message):
            own = any(unicodedata.name(letter, "").startswith(SCRIPTS[code]) for letter in text)
            assert own or not letters or asked(message)[0] in names, text


@pytest.mark.parametrize("code", TRANSLATED)
def test_heads_say_language_origin_and_reviewer(code):
    text = (words.LOCALES / f"{code}.po").read_text(encoding="utf-8")
    assert words.header(text, "Language") == code
    assert words.header(text, "X-Translation-Origin")
    assert '"X-Reviewed-By:' in text
    assert (words.words(code).reviewed_by or "") == words.header(text, "X-Reviewed-By")


def test_a_new_text_is_added_and_a_gone_one_goes(tmp_path):
    path = tmp_path / "uk.po"
    kept = (words.LOCALES / "uk.po").read_text(encoding="utf-8")
    one = '#: gone.py\nmsgid "Un testo che non serve più."\nmsgstr "Непотрібний текст."\n\n'
    kept = kept.replace('"X-Reviewed-By: \\n"', '"X-Reviewed-By: Una Persona\\n"')
    path.write_text(kept + one, encoding="utf-8")
    catalogues.update(["uk"], tmp_path)
    now = path.read_text(encoding="utf-8")
    assert "Un testo che non serve più." not in now
    assert words.header(now, "X-Reviewed-By") == "Una Persona"


def test_a_language_begins_with_every_text_missing(tmp_path):
    state = catalogues.update(["sq"], tmp_path)["sq"]
    assert state.texts == state.missing > 100
    assert catalogues.read(tmp_path / "sq.po").num_plurals == 2


# Plain Italian


def gulpease(text):
    """Readability of Italian from 0 to 100: 89 + (300 · sentences − 10 · letters) / words, never above 100.

    Lucisano P., Piemontese M. E. (1988), «GULPEASE: una formula per la predizione della difficoltà dei testi in lingua
    italiana», Scuola e città 3, 110-124. A hole counts as a word of five letters.
    """
    filled = HOLE.sub("luogo", text)
    found = re.findall(r"[^\W_]+", filled)
    sentences = max(1, len(re.findall(r"[.!?]+(?=\W|$)", filled)))
    return min(100.0, 89 + (300 * sentences - 10 * sum(map(len, found))) / len(found))


def test_gulpease_is_as_its_authors_wrote_it():
    assert gulpease("Il cane corre. Il gatto dorme.") == 100
    assert gulpease("Qui si parla di cose che la gente capisce subito e bene") == 89 + (300 - 10 * 44) / 12


def test_our_italian_is_plain():
    texts = {text for message in messages(catalogues.texts()) for text in asked(message)}
    long = {text: gulpease(text) for text in texts if len(HOLE.sub("luogo", text).split()) >= FEWEST_WORDS}
    worst = sorted((round(ease), text) for text, ease in long.items() if ease < PLAIN)
    assert len(long) > 50
    assert worst == []


# Nothing left out


class Reader(HTMLParser):
    """What a page says outside ⟦⟧, save what is marked as Italian or as another language."""

    SAID_IN = ("title", "alt", "placeholder", "aria-label", "aria-roledescription")
    ALONE = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self):
        super().__init__()
        self.open, self.depth, self.left = [], 0, []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag not in self.ALONE:
            self.open.append(
                (
                    tag,
                    tag in {"script", "style", "bdi", "code", "textarea"}
                    or told.get("lang", PSEUDO) != PSEUDO,
                )
            )
        for name in self.SAID_IN:
            self.alone(told.get(name) or "")
        if tag == "meta" and told.get("name") == "description":
            self.alone(told["content"])
        if tag == "input" and told.get("type") in {"submit", "button"}:
            self.alone(told.get("value") or "")

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        outside = ""
        for letter in data:
            self.depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
            outside += letter if self.depth == 0 else ""
        if any(foreign for _, foreign in self.open) or not any(map(str.isalpha, outside)):
            return
        rest = registered().sub("", outside)
        if any(map(str.isalpha, rest)) and not re.fullmatch(
            r"\s*[A-Z]\s*", rest
        ):  # a letter over the comuni of it
            self.left.append(data.strip())

    def alone(self, text):
        before = self.depth
        if not self.open or not self.open[-1][1]:
            self.handle_data(text)
        assert self.depth == before, text


def left_out(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.depth == 0
    return reader.left


def test_the_reader_finds_what_was_left_out():
    assert left_out('<p lang="qps">⟦Ćiáó⟧ <bdi lang="it">Borgo</bdi> ⟦{a} <b>x</b>⟧ 12:30</p>') == []
    assert left_out("<p>Ciao <b>⟦ćiáó⟧</b></p>") == ["Ciao"]
    assert left_out('<p><img alt="Mappa"></p>') == ["Mappa"]


QUESTIONS = (
    {},
    {
        "tema": "permesso_soggiorno",
        "lingua": "ar",
        "quando": "adesso",
        "destinatario": "rifugiati",
        "mezzo": "piedi",
    },
    {"tema": "niente", "lingua": "boh", "quando": "mai", "mezzo": "razzo", "luogo": "p2"},
    {"cornice": "1", "colore": "0b5c6b", "quando": "Sa 10:00"},
)
RECORDS = ("desks", "associations")
LIVE = (
    ("cerca/", {"dove": "borgo"}),
    ("cerca/", {"dove": "zzzz"}),
    ("cerca/", {}),
    ("segnala/", {"scheda": "sportelli/sp-piazza"}),
    ("incorpora/", {}),
    ("incorpora/", {"colore": "ffff00", "altezza": "500"}),
    ("privacy/", {}),
    ("accessibilita/", {}),
)


@functools.cache
def clean_town():
    """The town with another desk, and another association, in place of those with something planted in every field."""
    first = {kind: next(one for one in getattr(town(), kind) if one.name != PLANTED) for kind in RECORDS}
    harmless = {
        kind: tuple(
            replace(first[kind], id=one.id) if one.name == PLANTED else one for one in getattr(town(), kind)
        )
        for kind in RECORDS
    }
    return replace(town(), **harmless)


@functools.cache
def registered():
    """Names in the town's records, and of languages in themselves, the longest first.

    They cannot be marked as of another language in a title or in a choice.
    """
    found = {one.comune for one in town().travel.origins} | {one.name for one in town().travel.origins}
    found |= {one.name for kind in (*RECORDS, "ambiti") for one in getattr(clean_town(), kind)}
    found |= set(told.PROVINCES.values()) | set(vocabulary("languages")["description"])
    return re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))


def crawl(lang, *, live, questions=QUESTIONS):
    """Address → page, of every page of the town in a language."""
    setting = visit.Setting(base_url="https://borgo.example/sportelli/", live=live, languages=(lang,))
    pages = [path for path in site.addresses(clean_town(), setting) if path.startswith(f"{lang}/")]
    each = [(path, asked) for path in pages for asked in questions]
    each += [(f"{lang}/{path}", asked) for path, asked in LIVE]
    for path, asked_here in each:
        made = site.make(clean_town(), path, asked_here, setting=setting, moment=MOMENT)
        if made is not None and made.body:
            yield f"{path}?{asked_here}", made


def texts_of(made):
    """The pages in what is made: itself, or the cards in a file for phones."""
    if made.mime.startswith("text/html"):
        return [made.body.decode()]
    told = json.loads(made.body) if made.mime.startswith("application/json") else {}
    return list(told["cards"].values()) if "cards" in told else []


@pytest.mark.parametrize("live", [True, False])
def test_no_page_has_a_text_that_is_in_no_catalogue(live):
    found = {}
    pages = 0
    for address, made in crawl(PSEUDO, live=live):
        for page in texts_of(made):
            pages += 1
            for text in left_out(page):
                found.setdefault(text, address)
    assert pages > 50
    assert found == {}


def test_the_phone_is_told_nothing_that_is_in_no_catalogue():
    for key, text_of in phone_words.told(pseudo()).items():
        for text in [text_of] if isinstance(text_of, str) else text_of:
            assert key in {"tag", "dir", "plural", "credit"} or not left_out(f"<p>{html.escape(text)}</p>"), (
                key
            )


def test_every_text_that_a_page_says_was_found_in_the_code(monkeypatch):
    """A text put together while a page is made would be in no catalogue."""
    known = {(message.context, text) for message in messages(catalogues.texts()) for text in asked(message)}
    unknown = set()

    def heard(context, *texts):
        unknown.update((context, text) for text in texts if (context, text) not in known)
        return texts[0]

    texts = pseudo().texts
    monkeypatch.setattr(texts, "gettext", lambda text: heard(None, text))
    monkeypatch.setattr(texts, "pgettext", heard)
    monkeypatch.setattr(texts, "ngettext", lambda one, many, n: heard(None, one, many))
    for _ in crawl(PSEUDO, live=True):
        pass
    phone_words.told(pseudo())
    assert unknown == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_page_says_whether_a_person_has_read_the_translation(code, monkeypatch):
    marked = {
        address: 'class="unreviewed"' in made.body.decode()
        for address, made in crawl(code, live=True, questions=QUESTIONS[:1])
        if made.mime.startswith("text/html") and made.status == 200
    }
    told = words.words(code)
    assert len(marked) > 40
    assert set(marked.values()) == {not told.original and told.reviewed_by is None}
    read = replace(told, reviewed_by="Una Persona")
    monkeypatch.setattr(visit, "words", lambda _: read)
    assert not any('class="unreviewed"' in made.body.decode() for _, made in [next(crawl(code, live=True))])


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_says_its_language_and_direction(code):
    page = next(made.body.decode() for _, made in crawl(code, live=True))
    told = words.words(code)
    assert f'<html lang="{told.tag}" dir="{told.dir}">' in page


# Names of comuni in other languages


def test_comuni_are_found_by_their_names_in_other_languages():
    known = {code for code, _ in place_search.exonyms()}
    assert len(place_search.exonyms()) > 200
    capitals = "016024 017029 013075 019036 097042 098031 020030 015146 108033 018110 014061 012133".split()
    assert set(capitals) <= known
    told = {name: code for code, name in place_search.exonyms()}
    assert {
        told[name] for name in ("Milan", "Mailand", "Milán", "ميلانو", "米兰", "Мілан", "ਮਿਲਾਨ", "মিলান")
    } == {"015146"}
    assert len(told) == len({name for _, name in place_search.exonyms()})


def test_a_name_in_another_language_means_one_comune():
    homes = {}
    for code, name in place_search.exonyms():
        homes.setdefault(name, set()).add(code)
    assert [name for name, codes in homes.items() if len(codes) > 1] == []
