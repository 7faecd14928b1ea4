"""The words of the public pages in fourteen languages: texts, terms of the vocabularies, dates, hours, numbers.

The texts in the code are Italian; the other languages are catalogues in ``locales/`` (``docs/translations.md``). What a
catalogue lacks is said in Italian. Names of languages and countries, days, months and plural rules are those of CLDR
(Unicode Common Locale Data Repository) through Babel.

Hours are written ``09:00`` and all figures are Latin in every language: so they are written on doors, and dialled.
"""

import csv
import datetime as dt
import gettext
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

from babel import Locale, dates, lists, numbers, units
from babel.messages import mofile, pofile
from babel.plural import PluralRule, to_gettext

from data.vocabularies import vocabulary
from errors import UnknownCode

ITALIAN: Final = "it"
LANGUAGES: Final = ("it", "en", "fr", "es", "ar", "zh", "uk", "ro", "sq", "ur", "bn", "pa", "tl", "pt")
PSEUDO: Final = "qps"
"""Code of the pretended language of tests (``pseudo``); private use in BCP 47, so nobody's."""

LOCALES: Final = Path(__file__).parent / "locales"
EXPLAINED: Final = Path(__file__).parent / "explained.csv"

SPOKEN_AS: Final = {"en": "en_GB", "zh": "zh_Hans", "tl": "fil", PSEUDO: "it"}
"""Code → locale of CLDR where it is not the code itself."""

TAGS: Final = {"zh": "zh-Hans"}
CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
NO_NAME_IN_CLDR: Final = (
    "aeb aln apc arq ary arz ber cop dyu fil lah man rif shi skr srr tl tzm wuu zgh".split()
)
"""Languages that CLDR does not name in each of ours, or names as another: the catalogues do."""

PLACEHOLDER: Final = re.compile(r"\{\w*\}|%\(\w+\)s|\s+")
ACCENTS: Final = str.maketrans("aceinostuzACEINOSTUZ", "áćéíñóśţúźÁĆÉÍÑÓŚŢÚŹ")


@dataclass(frozen=True)
class Words:
    """What the pages say in one language.

    Parameters
    ----------
    code
        One of ``LANGUAGES``: how addresses name it.
    locale
        CLDR's, for dates and names.
    reviewed_by
        The person who has read the translation; missing while nobody has. Italian is the original.
    texts
        The compiled catalogue.
    ours
        What is done to each text of ours on its way out; nothing, save in tests.
    """

    code: str
    locale: Locale
    reviewed_by: str | None
    texts: gettext.NullTranslations = field(repr=False)
    ours: Callable[[str], str] = field(default=str, repr=False)

    @property
    def dir(self) -> str:
        """``ltr`` or ``rtl``, as HTML wants it."""
        return self.locale.text_direction

    @property
    def tag(self) -> str:
        """The language tag (BCP 47) of ``<html lang>``."""
        return TAGS.get(self.code, self.code)

    @property
    def endonym(self) -> str:
        """The language's own name of itself, with a capital where it has any."""
        name = endonym_of(self.code)
        return self.ours(name[:1].upper() + name[1:])

    @property
    def original(self) -> bool:
        """Whether the texts were written in this language, not translated."""
        return self.code == ITALIAN

    def gettext(self, text: str) -> str:
        """An Italian text of ours in this language."""
        return self.ours(self.texts.gettext(text))

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The form of a text that goes with a number; ``{n}`` is left in for the caller to fill (``number``)."""
        return self.ours(self.texts.ngettext(one, many, n))

    def pgettext(self, context: str, text: str) -> str:
        """An Italian text that means one thing in this context and another elsewhere."""
        return self.ours(self.texts.pgettext(context, text))

    def term(self, name: str, code: str) -> str:
        """What a code of a vocabulary is called.

        >>> words("it").term("themes", "alloggio")
        'Casa'
        """
        return self.pgettext(name, str(_row(name, code)["label"]))

    def explained(self, name: str, code: str) -> str:
        """What a code of a vocabulary means for who needs it; empty where its name says it all.

        >>> words("it").explained("targets", "donne")
        ''
        """
        text = plainly(name, code)
        return self.pgettext(name, text) if text else ""

    def language(self, code: str) -> str:
        """What a language of the vocabulary is called.

        >>> words("it").language("ary"), words("fr").language("ar")
        ('arabo marocchino', 'arabe')
        """
        if code == PSEUDO:
            return self.ours(code)
        label = str(_row("languages", code)["label"])
        if self.code == ITALIAN or code in NO_NAME_IN_CLDR:
            return self.pgettext("languages", label)
        return self.ours(self.locale.languages[code])

    def community(self, value: str) -> str:
        """What a community is called: CLDR's name of the country where it is one.

        >>> words("en").community("Marocco")
        'Morocco'
        """
        row = _row("communities", value)
        if self.code != ITALIAN and is_a_country(value):
            return self.ours(self.locale.territories[row["citizenships"]])
        return self.pgettext("communities", str(row["label"]))

    def date(self, day: dt.date | str) -> str:
        """A day; from text also a month or a year alone. What is none of these is said as it is.

        >>> words("it").date(dt.date(2026, 11, 12)), words("it").date("2022-03"), words("en").date("2022")
        ('12 novembre 2026', 'marzo 2022', '2022')
        """
        if isinstance(day, str):
            return self._dated(day)
        return self.ours(dates.format_date(day, "long", locale=self.locale))

    def _dated(self, text: str) -> str:
        parts = text.split("-")
        if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
            return text
        try:
            day = dt.date.fromisoformat("-".join([*parts, "01", "01"][:3]))
        except ValueError:
            return text
        if len(parts) == 3:
            return self.date(day)
        shape = "y" if len(parts) == 1 else "yMMMM"
        return self.ours(dates.format_skeleton(shape, day, locale=self.locale))

    def time(self, minutes: int) -> str:
        """A time of the day in minutes from midnight, as written on doors: 24 hours, Latin figures, any language.

        >>> words("en").time(14 * 60 + 5), words("ar").time(24 * 60)
        ('14:05', '24:00')
        """
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def span(self, start: int, end: int) -> str:
        """From one time to another; to be shown left to right in every language.

        >>> words("it").span(540, 750)
        '09:00–12:30'
        """
        return f"{self.time(start)}–{self.time(end)}"

    def weekday(self, day: int, width: str = "wide") -> str:
        """A day of the week, from Monday as 0; ``width`` is ``wide`` or ``abbreviated``."""
        return self.ours(self._weekday(day, width))

    def _weekday(self, day: int, width: str) -> str:
        # Babel writes what it inherits of "stand-alone" names into what all languages share: only "format" is safe
        return str(self.locale.days["format"][width][day])

    def days(self, days: Iterable[int]) -> str:
        """Days of the week, shortened; three or more in a row as from and to.

        >>> words("it").days([0, 1, 2, 3, 5]), words("it").days([1, 3])
        ('lun–gio e sab', 'mar e gio')
        """
        said = [
            f"{self._weekday(run[0], 'abbreviated')}–{self._weekday(run[-1], 'abbreviated')}"
            if len(run) > 2
            else [self._weekday(day, "abbreviated") for day in run]
            for run in _runs(days)
        ]
        flat = [name for one in said for name in ([one] if isinstance(one, str) else one)]
        return self.ours(lists.format_list(flat, locale=self.locale))

    def number(self, n: float) -> str:
        """A number with the marks of the language, at most one decimal.

        >>> words("it").number(12345), words("en").number(0.25)
        ('12.345', '0.2')
        """
        return _number(round(n, 1), self.locale)

    def km(self, x: float) -> str:
        """A distance in kilometres, with a decimal below ten.

        >>> words("it").km(3.44), words("it").km(12.7)
        ('3,4 km', '13 km')
        """
        rounded = round(x, 1) if x < 10 else round(x)
        return self.ours(units.format_unit(rounded, "length-kilometer", "short", locale=self.locale))

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """CLDR's categories of whole numbers, in the order of the catalogue's plural forms."""
        return plural_forms(self.locale)

    @cached_property
    def plural_table(self) -> str:
        """Which form goes with n = 0 … 199, a figure each; for a greater n that of 100 + n % 100."""
        return "".join(str(self.form(n)) for n in range(200))

    def form(self, n: int) -> int:
        """Which form goes with a number."""
        return self.forms.index(self.locale.plural_form(n))


@cache
def words(code: str) -> Words:
    """The words of a language; ``UnknownCode`` where it is none of ours. ``PSEUDO`` is that of the tests."""
    if code == PSEUDO:
        return Words(code, Locale.parse(SPOKEN_AS[code]), None, gettext.NullTranslations(), _pretended)
    if code not in LANGUAGES:
        raise UnknownCode(what="lingua della pagina", codes=[code])
    locale = Locale.parse(SPOKEN_AS.get(code, code))
    if code == ITALIAN:
        return Words(code, locale, None, gettext.NullTranslations())
    return Words(code, locale, *_catalogue(code))


def pseudo() -> Words:
    """A language nobody speaks, in which every text of ours is ⟦áććéñţéd⟧: what is not was left out.

    >>> pseudo().gettext("Chiama {n} volte")
    '⟦Ćhíámá {n} vólţé⟧'
    """
    return words(PSEUDO)


@cache
def endonym_of(code: str) -> str:
    """A language's own name of itself; the code where the vocabulary lacks it.

    >>> endonym_of("uk"), endonym_of("ary")
    ('українська', 'الدارجة المغربية')
    """
    table = vocabulary("languages")
    return str(table.loc[code, "description"]) if code in table.index else code


def is_a_country(value: str) -> bool:
    """Whether a community is that of one country, called as the country is."""
    row = _row("communities", value)
    code = str(row["citizenships"])
    named = str(Locale.parse(ITALIAN).territories.get(code, ""))
    return named.replace("’", "'") == row["label"]


def plainly(name: str, code: str) -> str:
    """The Italian explanation of a code for the public: ours where we wrote one, else the vocabulary's."""
    return _explained().get((name, code), str(_row(name, code)["description"]))


def plural_forms(locale: Locale) -> tuple[str, ...]:
    """CLDR's categories that whole numbers below a million fall into, in gettext's order."""
    met = {locale.plural_form(n) for n in range(1000)}
    return tuple(name for name in CATEGORIES if name in met)


def plural_rule(locale: Locale) -> str:
    """The line ``Plural-Forms`` of a catalogue: CLDR's rule without forms that no whole number below a million takes.

    >>> plural_rule(Locale.parse("sq"))
    'nplurals=2; plural=(((n == 1)) ? 0 : 1);'
    """
    *asked, _ = plural_forms(locale)  # the last one is what remains
    return to_gettext(PluralRule({name: locale.plural_form.rules[name] for name in asked}))


@cache
def _explained() -> dict[tuple[str, str], str]:
    with EXPLAINED.open(encoding="utf-8", newline="") as rows:
        return {(row["vocabulary"], row["value"]): row["text"] for row in csv.DictReader(rows)}


@lru_cache(maxsize=10_000)
def _number(n: float, locale: Locale) -> str:
    return str(numbers.format_decimal(n, locale=locale))


@cache
def _row(name: str, code: str) -> dict[str, str]:
    table = vocabulary(name)
    if code not in table.index:
        raise UnknownCode(what=name, codes=[code])
    return {str(key): str(value) for key, value in table.loc[code].items()}


def _runs(days: Iterable[int]) -> list[list[int]]:
    """Days that follow each other, together."""
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _catalogue(code: str) -> tuple[str | None, gettext.NullTranslations]:
    """Who has reviewed a language's catalogue, and its texts compiled."""
    path = LOCALES / f"{code}.po"
    if not path.exists():
        return None, gettext.NullTranslations()
    text = path.read_text(encoding="utf-8")
    compiled = BytesIO()
    mofile.write_mo(compiled, pofile.read_po(StringIO(text)))
    compiled.seek(0)
    return header(text, "X-Reviewed-By") or None, gettext.GNUTranslations(compiled)


def header(text: str, name: str) -> str:
    r"""A line of a catalogue's head; empty where it is missing.

    >>> header('"Language: en\\n"\n"X-Reviewed-By: \\n"', "Language")
    'en'
    """
    found = re.search(rf'^"{name}: *(.*?) *\\n"$', text, re.MULTILINE)
    return found.group(1) if found else ""


def _pretended(text: str) -> str:
    parts, gaps = PLACEHOLDER.split(text), [*PLACEHOLDER.findall(text), ""]
    return "⟦" + "".join(p.translate(ACCENTS) + gap for p, gap in zip(parts, gaps, strict=True)) + "⟧"
