"""Places typed with errors: what surely is one place, what may be several, what is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import catalog
from data.registry.folding import fold
from locator.place_search import ELSEWHERE, certain, exonyms, places
from locator.travel import Origin, Travel
from tests.locator_town import town

COMUNI = {  # name → people
    "Milano": 1_300_000, "Milzano": 1_700, "Sesto San Giovanni": 79_000, "Sesto Calende": 11_000, "Cantù": 40_000,
    "Trezzo sull'Adda": 12_000, "Trezzone": 200, "San Giuliano Milanese": 39_000, "Como": 83_000, "Covo": 4_000,
    "Cinisello Balsamo": 75_000, "Lodi": 45_000, "Gallarate": 53_000, "Garlate": 2_600, "Rho": 50_000,
}  # fmt: skip
CODES = {"Milano": "015146"}


def _origin(name, comune, people, *, main):
    code = CODES.get(comune, f"{list(COMUNI).index(comune) + 900100}")
    key = f"{code}-{name}"
    return Origin(key, name, code, comune, "MI", None, "x", 9.0, 45.0, people, main)


PARTS = [("Duomo", "Milano"), ("Baggio", "Milano"), ("San Giuliano", "Como"), ("Balsamo", "Cinisello Balsamo"),
         ("Breccia", "Como"), ("Duomo", "Como")]  # fmt: skip
ORIGINS = (
    *(_origin(name, name, people, main=True) for name, people in COMUNI.items()),
    *(_origin(name, comune, 500, main=False) for name, comune in PARTS),
)
NOW = replace(town(), travel=Travel(ORIGINS, (), {}, ""))


def found(typed):
    """The place surely meant: its name and comune; the names of those it may be where it is not sure."""
    matches = places(NOW, typed)
    place = certain(matches)
    return f"{place.name}, {place.comune}" if place else [one.origin.name for one in matches]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Milano", "Milano, Milano"),
        ("  milano (MI) ", "Milano, Milano"),
        ("20121 MILANO", "Milano, Milano"),
        ("comune di Cantu", "Cantù, Cantù"),
        ("como", "Como, Como"),  # not Covo, which is a slip away
        ("Milan", "Milano, Milano"),
        ("galarate", "Gallarate, Gallarate"),
        ("gallarte", "Gallarate, Gallarate"),  # not Garlate, which is two slips away
        ("sesto san giovani", "Sesto San Giovanni, Sesto San Giovanni"),
        ("trezzo", "Trezzo sull'Adda, Trezzo sull'Adda"),
        ("calende", "Sesto Calende, Sesto Calende"),
        ("Baggio, Milano", "Baggio, Milano"),
        ("milano baggio", "Baggio, Milano"),
        ("balsamo", "Balsamo, Cinisello Balsamo"),
        ("Мілан", "Milano, Milano"),
        ("米兰", "Milano, Milano"),
        ("ميلانو", "Milano, Milano"),
    ],
)
def test_a_place_that_is_surely_meant(typed, meant):
    assert found(typed) == meant


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sesto", ["Sesto San Giovanni", "Sesto Calende"]),  # more people first
        ("san giuliano", ["San Giuliano", "San Giuliano Milanese"]),  # a part, or the comune that begins so
        ("duomo", ["Duomo", "Duomo"]),
        ("via Roma 3, Lodi", ["Lodi"]),  # the place is told among other words
        ("mi", ["Milano", "Milzano"]),
    ],
)
def test_a_place_that_may_be_several_is_asked_about(typed, first):
    names = found(typed)
    assert isinstance(names, list) and names[: len(first)] == first


@pytest.mark.parametrize("typed", ["", "  ", "xyzzy", "?!", "20121", "\x00", "<script>"])
def test_what_is_no_place_finds_none(typed):
    assert places(NOW, typed) == []


BIG = {  # part → its comune and people
    "Lodi - Corvetto": ("Milano", 40_000), "San Siro": ("Milano", 30_000), "Bologna": ("Perledo", 200),
    "Loreto - Casoretto": ("Milano", 40_000), "Loreto": ("Bergamo", 4_000), "Cardano": ("Grandola ed Uniti", 400),
}  # fmt: skip
WHOLE = {"Milano": 20_000, "Corbetta": 18_000, "San Siro": 600, "Perledo": 300, "Lecco": 3_000,
         "Cardano al Campo": 9_000, "Grandola ed Uniti": 0, "Bergamo": 9_000, "Treviso Bresciano": 500}  # fmt: skip


def _real(name, comune, people, *, main):
    code = f"{list(WHOLE).index(comune) + 900100}"
    return Origin(f"{code}-{name}", name, code, comune, "MI", None, "x", 9.0, 45.0, people, main)


HOMONYMS = replace(
    town(),
    travel=Travel(
        (
            *(_real(name, name, people, main=True) for name, people in WHOLE.items() if people),
            *(_real(name, comune, people, main=not WHOLE[comune]) for name, (comune, people) in BIG.items()),
        ),
        (),
        {},
        "",
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Corvetto", "Lodi - Corvetto"),  # a quarter as it is written, not Corbetta with two slips
        ("San Siro", "San Siro"),  # far more people live in the quarter than in the comune
        ("Loreto", "Loreto"),  # a small quarter of Bergamo, or the one of Milano
        ("Cardano", "Cardano"),  # where the town hall of Grandola ed Uniti is, or Cardano al Campo
        ("Bologna", "Bologna"),  # not the hamlet of Perledo
        ("Lecce", "Lecco"),
        ("treviso", "Treviso Bresciano"),
    ],
)
def test_nobody_is_sent_to_a_place_that_only_looks_like_theirs(typed, told):
    matches = places(HOMONYMS, typed)
    assert certain(matches) is None
    assert told in [one.origin.name for one in matches]


def test_slips_still_lead_to_a_comune_where_no_place_is_called_so():
    for typed, meant in {
        "corbeta": "Corbetta",
        "lecc": "Lecco",
        "treviso bresciano": "Treviso Bresciano",
    }.items():
        assert certain(places(HOMONYMS, typed)).name == meant


def test_a_large_comune_two_slips_away_takes_nobody_from_a_quarter():
    quarter = _real("Corbella", "Milano", 4_000, main=False)
    now = replace(HOMONYMS, travel=replace(HOMONYMS.travel, origins=(*HOMONYMS.travel.origins, quarter)))
    assert "Corbetta" in [one.origin.name for one in places(now, "Corbella")]
    assert certain(places(now, "Corbella")) == quarter


def test_no_comune_here_is_called_as_a_town_elsewhere():
    assert not {fold(name) for name in catalog.load("comuni")["comune"]} & ELSEWHERE


def test_a_comune_is_told_once_not_with_each_of_its_parts():
    assert [one.origin.name for one in places(NOW, "milano")].count("Milano") == 1
    assert "Baggio" not in [one.origin.name for one in places(NOW, "milano")]


def test_names_in_other_languages_are_of_comuni_that_exist():
    assert ("015146", "Milan") in exonyms()
    known = catalog.load("ambito_comuni")["comune_code"]
    assert {code for code, _ in exonyms()} <= set(known)


@given(st.sampled_from(list(COMUNI)), st.data())
def test_one_slip_in_a_name_still_finds_it(name, data):
    at = data.draw(st.integers(1, len(name) - 1))
    letter = data.draw(st.sampled_from("aeiolnrst"))
    slip = data.draw(st.sampled_from(["lost", "twice", "other"]))
    typed = {
        "lost": name[:at] + name[at + 1 :],
        "twice": name[:at] + name[at] + name[at:],
        "other": name[:at] + letter + name[at + 1 :],
    }[slip]
    if len(typed) >= 6:
        assert name in [one.origin.comune for one in places(NOW, typed)]


@given(st.sampled_from(list(COMUNI)))
def test_a_name_as_it_is_written_is_always_sure(name):
    assert found(name) == f"{name}, {name}"
    assert found(name.upper()) == f"{name}, {name}"


@given(st.text(max_size=120))
def test_nothing_typed_is_a_fault(typed):
    matches = places(NOW, typed)
    assert len(matches) <= 8 and len({one.origin.id for one in matches}) == len(matches)
    assert [one.score for one in matches] == sorted((one.score for one in matches), reverse=True)
