"""What the phone is given to work with: its words, all of them and no others; the ground of its map."""

import gzip
import re

import pytest

from locator.assets import OWN
from locator.data_files import packed_json
from locator.finding import REASONS
from locator.phone_words import told
from locator.travel import MODES
from locator.words import LANGUAGES, PSEUDO, words
from locator.zones import GROUND_UNIT, ground

SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted(OWN.glob("*.js")))
ASKED = re.compile(r'(?:words\.(?:text|count|named)|\btext|\bitem)\((?:"[^"]*", )?"(\w+)"')
MADE = {
    *(f"unsure_{why}" for why in REASONS), *MODES, *(f"far_{mode}" for mode in MODES), "sure", "perhaps", "remote",
    "nearest", "all", "tag", "dir", "plural", "offline", "not_kept", "first_page", "here_denied", "here_unable", "none",
    "only_remote", "too_far", "no_point", "open", "shut", "far", "failed",
}  # fmt: skip
"""Keys that the scripts put together or choose among."""
OPENING = re.compile(r"(away_)?(open|open_until|opens_today|opens_tomorrow|opens_weekday|opens_date)")


def test_every_text_the_scripts_ask_for_is_there_and_none_is_idle():
    keys = set(told(words("it")))
    asked = set(ASKED.findall(SCRIPTS))
    assert asked - keys == set()
    assert {key for key in keys - asked - MADE if not OPENING.fullmatch(key)} == set()
    assert keys >= MADE


@pytest.mark.parametrize("lang", [*LANGUAGES, PSEUDO])
def test_each_language_has_every_text_with_its_gaps_and_plural_forms(lang):
    italian, other = told(words("it")), told(words(lang))
    assert list(other) == list(italian)
    forms = len(set(words(lang).plural_table))
    for key, text in italian.items():
        if isinstance(text, list):
            assert len(other[key]) == forms, key
        elif key not in {"tag", "dir", "plural", "credit"}:
            assert set(re.findall(r"{\w+}", other[key])) == set(re.findall(r"{\w+}", text)), key


def test_the_ground_is_light_and_lies_in_lombardy():
    assert len(gzip.compress(packed_json(ground()), 6)) < 60_000
    drawn = ground()
    for name in ("region", "borders", "lakes"):
        assert drawn[name]
        for line in drawn[name]:
            x = y = 0
            for dx, dy in zip(line[::2], line[1::2], strict=True):
                x, y = x + dx, y + dy
                assert 8.4 < x * GROUND_UNIT < 11.5
                assert 44.6 < y * GROUND_UNIT < 46.7
