"""The catalogues of the public pages: every text of ours, found in the code, and what each language says for it.

``update`` finds the texts in templates, modules and vocabularies and writes ``locales/*.po`` anew: sorted, without line
numbers, each translation kept as long as its Italian text stands. How to translate and review is told in
``docs/translations.md``.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final, NamedTuple

from babel import Locale
from babel.messages import extract, pofile
from babel.messages.catalog import Catalog, Message

from data.vocabularies import vocabulary
from locator import words
from screens.joined import GONE

ROOM: Final = Path(__file__).parent
METHODS: Final = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS: Final = {"templates/**.html": {"silent": "false"}}
"""A template that cannot be read is an error, not a catalogue without its texts."""

KEYWORDS: Final = {**extract.DEFAULT_KEYWORDS, "_forms": (2, 3)}
"""Calls that say a text; ``_forms(w, one, many)`` of ``phone_words`` among them."""

NAMED: Final = (
    "access_modes", "activity_groups", "association_kinds", "costs", "mediators", "receptions", "report_reasons",
    "service_kinds", "statuses", "targets", "themes",
)  # fmt: skip
"""Vocabularies whose labels the public reads."""

TOLD: Final = tuple(name for name in NAMED if name != "activity_groups")
"""Vocabularies of which the public may also read what a code means."""

HEAD: Final = """\
# {language}: the words of the public pages.
# Reviewed by a person? Write who in X-Reviewed-By and when in X-Reviewed-On: docs/translations.md says how.
msgid ""
msgstr ""
"Project-Id-Version: atlante\\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"
"X-Translation-Origin: {origin}\\n"
"X-Reviewed-By: {by}\\n"
"X-Reviewed-On: {on}\\n"

"""
"""The head of a catalogue: no clock in it, so that what did not change is not written as changed."""

TRANSLATED: Final = tuple(code for code in words.LANGUAGES if code != words.ITALIAN)


class State(NamedTuple):
    """How many texts a catalogue has, and how many of them it does not say yet."""

    texts: int
    missing: int


def update(codes: Iterable[str] = TRANSLATED, folder: Path = words.LOCALES) -> dict[str, State]:
    """Write the catalogues anew from the texts in the code; each language with what it still lacks.

    A text that nobody uses any more goes, with its translations; a changed one is a new one.
    """
    wanted = texts()
    return {code: _renew(folder / f"{code}.po", code, wanted) for code in codes}


def renew(_: argparse.Namespace) -> int:
    """``locator words``: write the catalogues anew, and say what each language lacks."""
    for code, state in update().items():
        lacks = f"ne mancano {state.missing}" if state.missing else "completa"
        sys.stdout.write(f"{code}: {state.texts} testi, {lacks}\n")
    return 0


def texts() -> Catalog:
    """Every text of ours: those of templates, modules and vocabularies. Italian; each with the files that use it."""
    found = Catalog()
    for file, _, message, _, context in extract.extract_from_dir(ROOM, METHODS, OPTIONS, KEYWORDS):
        found.add(message, locations=[(f"locator/{Path(file).as_posix()}", 0)], context=context)
    for name, text in vocabulary_texts():
        found.add(text, locations=[(f"data/vocabularies/{name}.csv", 0)], context=name)
    return found


def vocabulary_texts() -> Iterator[tuple[str, str]]:
    """Vocabulary and text, of all that pages say through ``Words.term``, ``explained``, ``language``, ``community``."""
    for name in NAMED:
        for code in vocabulary(name).index.difference(list(GONE), sort=False):
            yield name, str(vocabulary(name).loc[code, "label"])
            if name in TOLD and words.plainly(name, code):
                yield name, words.plainly(name, code)
    for code in words.NO_NAME_IN_CLDR:
        yield "languages", str(vocabulary("languages").loc[code, "label"])
    for value, row in vocabulary("communities").iterrows():
        if not words.is_a_country(str(value)):
            yield "communities", str(row["label"])


def read(path: Path) -> Catalog:
    """A catalogue as its file has it."""
    return pofile.read_po(StringIO(path.read_text(encoding="utf-8")))


def missing(catalogue: Catalog) -> list[Message]:
    """The texts that a catalogue does not say, or not in every plural form."""
    return [message for message in catalogue if message.id and not _said(message)]


def write(path: Path, code: str, catalogue: Catalog) -> None:
    """Write a catalogue, its head with the reviewer that the file names now."""
    body = BytesIO()
    pofile.write_po(
        body,
        catalogue,
        width=0,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    aside = path.with_suffix(".new")
    aside.write_text(_head(path, code) + body.getvalue().decode(), encoding="utf-8")
    aside.replace(path)


def _renew(path: Path, code: str, wanted: Catalog) -> State:
    catalogue = read(path) if path.exists() else pofile.read_po(StringIO(_head(path, code)))
    catalogue.update(wanted, no_fuzzy_matching=True)
    for message in catalogue:
        message.flags &= {"fuzzy"}
    write(path, code, catalogue)
    return State(len(catalogue), len(missing(catalogue)))


def _said(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return bool(strings) and all(strings) and not message.fuzzy


def _head(path: Path, code: str) -> str:
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    locale = Locale.parse(words.SPOKEN_AS.get(code, code))
    return HEAD.format(
        language=locale.english_name,
        code=code,
        plural=words.plural_rule(locale),
        origin=words.header(old, "X-Translation-Origin") or "automatic",
        by=words.header(old, "X-Reviewed-By"),
        on=words.header(old, "X-Reviewed-On"),
    )
