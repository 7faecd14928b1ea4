"""Who speaks what, in three comuni of Borgo's province by heart, then by law, then on the committed tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import speakers
from analysis.speakers import HOSTS, RANGE, STATELESS, UNKNOWN
from data import catalog, corrections
from data.vocabularies import vocabulary
from screens import language_need

PIAZZA, COLLE, RIVA = "099001", "099002", "099003"
FOREIGN = pd.Series({PIAZZA: 50, COLLE: 30, RIVA: 10})
COUNTRY = speakers.COUNTRY
EDGE = 1e-9


def counted(*rows):
    return pd.DataFrame(rows, columns=["area_code", "citizenship_iso2", "residents"]).astype(
        {"residents": "Int64"}
    )


CITIZENSHIP = counted(
    ("099", "MA", 60), ("099", "RO", 29), ("099", None, 1), (PIAZZA, "MA", 40), (PIAZZA, "RO", 9), (PIAZZA, None, 1)
)  # fmt: skip
"""Of 90 foreigners 50 are in Piazza, where citizenships are published; 20 MA and 20 RO are left for 40 others."""


def told(*rows):
    """Languages of a citizenship: iso2, language, share (None on a page), official."""
    table = pd.DataFrame(rows, columns=["citizenship_iso2", "language", "share", "official"])
    table["share"] = table["share"].astype(float)
    return table.assign(basis=np.where(table["share"].isna(), "Italy: a page", COUNTRY))


def used(*rows):
    return pd.DataFrame(rows, columns=["citizenship_iso2", "language", "use"], dtype=object)


def weighed(languages, *uses, **asked_as):
    return speakers.weights(languages, pd.Series(asked_as, dtype=object), used(*uses))


def ends(table, iso2, language):
    return table.loc[(iso2, language), RANGE].round(6).tolist()


# by heart


def test_a_comune_whose_citizenships_are_published_has_them():
    people = speakers.citizens(CITIZENSHIP, FOREIGN)
    assert people.loc[PIAZZA].to_dict() == {"MA": 40, "RO": 9, STATELESS: 1}


def test_other_comuni_share_what_is_left_of_the_province():
    people = speakers.citizens(CITIZENSHIP, FOREIGN)
    assert people.loc[COLLE].to_dict() == {"MA": 15, "RO": 15, STATELESS: 0}
    assert people.loc[RIVA].to_dict() == {"MA": 5, "RO": 5, STATELESS: 0}
    assert speakers.known(CITIZENSHIP, FOREIGN).to_dict() == {PIAZZA: True, COLLE: False, RIVA: False}


def test_without_a_page_people_are_counted_once_as_at_home():
    table = weighed(told(("UA", "uk", 0.6, "official"), ("UA", "ru", 0.6, "official")))
    assert ends(table, "UA", "ru") == [0.5, 0.5, 1]
    assert ends(table, "UA", UNKNOWN) == [0, 0, 0]


def test_a_page_moves_the_estimate_half_the_way():
    table = weighed(
        told(("IN", "hi", 0.4, "official"), ("IN", "pa", 0.1, "official"), ("IN", "pa", None, None))
    )
    assert ends(table, "IN", "pa") == [0.1, 0.55, 1]
    assert ends(table, "IN", "hi") == [0, 0.2, 0.4]
    assert ends(table, "IN", UNKNOWN) == [0, 0.25, 0.5]


def test_two_languages_on_a_page_share_the_people_as_at_home():
    languages = told(
        ("LK", "si", 0.6, None), ("LK", "ta", 0.2, None), ("LK", "si", None, None), ("LK", "ta", None, None)
    )
    table = weighed(languages)
    assert ends(table, "LK", "si") == [0.6, 0.675, 1]
    assert ends(table, "LK", "ta") == [0.2, 0.225, 1]


def test_a_language_of_which_only_a_page_speaks_is_everybodys():
    assert ends(weighed(told(("CN", "zh", None, None))), "CN", "zh") == [0, 0.5, 1]


def test_a_learned_language_comes_after_the_own_ones():
    languages = told(("GH", "ak", 0.7, None), ("GH", "en", 0.5, "official"))
    assert ends(weighed(languages, ("GH", "en", "learned")), "GH", "en") == [0.3, 0.3, 0.5]
    full = told(("SN", "wo", 1.0, None), ("SN", "fr", 0.4, "official"), ("SN", "fr", None, None))
    assert ends(weighed(full, ("SN", "fr", "learned")), "SN", "fr") == [0, 0, 1]


def test_a_school_language_is_learned_where_it_is_not_official():
    languages = told(("RO", "ro", 1.0, "official"), ("RO", "en", 0.3, None), ("GB", "en", 1.0, "official"))
    table = weighed(languages, (None, "en", "learned"))
    assert ends(table, "RO", "en") == [0, 0, 0.3]
    assert ends(table, "GB", "en") == [1, 1, 1]


def test_what_is_left_out_is_nobodys():
    table = weighed(told(("EG", "ar", 0.9, "official"), ("EG", "cop", 0.06, None)), ("EG", "cop", "left_out"))
    assert ("EG", "cop") not in table.index


def test_a_doubted_page_moves_the_ends_and_not_the_estimate():
    languages = told(("UA", "uk", 0.6, "official"), ("UA", "ru", 0.4, "official"), ("UA", "uk", None, None))
    table = weighed(languages, ("UA", "uk", "range"))
    assert ends(table, "UA", "uk") == [0.6, 0.6, 1]
    assert ends(table, "UA", "ru") == [0, 0.4, 0.4]


def test_variants_are_one_person_not_two():
    table = weighed(told(("EG", "ar", 0.9, None), ("EG", "arz", 0.6, None)), arz="ar")
    assert ends(table, "EG", "ar") == [0.9, 0.9, 0.9]
    assert "arz" not in table.index.get_level_values("language")


def test_speakers_are_people_times_weights_without_italian():
    languages = told(("MA", "ar", 0.5, None), ("MA", "it", 0.25, None), ("RO", "ro", 0.9, None))
    found = speakers.speakers(speakers.citizens(CITIZENSHIP, FOREIGN), weighed(languages))
    assert found["estimate"].xs(PIAZZA).round(6).to_dict() == {"ar": 20, "ro": 8.1, UNKNOWN: 11.9}
    assert HOSTS not in found.index.get_level_values("language")


def test_the_largest_are_by_estimate_and_the_unknown_is_none_of_them():
    languages = told(("MA", "ar", 0.2, None), ("RO", "ro", 0.9, None))
    found = speakers.speakers(speakers.citizens(CITIZENSHIP, FOREIGN), weighed(languages))
    assert list(speakers.largest(found).index) == ["ro", "ar"]
    assert list(speakers.largest(found, most=1).index) == ["ro"]
    assert speakers.unnamed(found, ["ro"], least=5).round(6).to_dict() == {"ar": 12}
    assert speakers.unnamed(found, ["ro"], least=13).empty


def test_who_is_left_out_follows_where_foreigners_live():
    covered = pd.DataFrame({"confirmed": [False, True, False], "possible": [True, True, False]})
    shares = speakers.left_out(covered, pd.Series([30, 10, 0]), pd.Series([PIAZZA, PIAZZA, RIVA]))
    assert shares.loc[PIAZZA].to_dict() == {"confirmed": 0.75, "possible": 0}
    assert shares.loc[RIVA].isna().all()
    spoken = pd.DataFrame({"low": [4.0], "estimate": [8.0], "high": [12.0]}, index=[PIAZZA])
    found = speakers.unreached(spoken, shares).loc[PIAZZA]
    assert found[["confirmed_low", "confirmed", "confirmed_high", "possible_high"]].tolist() == [3, 6, 9, 0]


# laws

SHARE = st.one_of(st.none(), st.floats(0, 1))
ROW = st.tuples(
    st.sampled_from(["AA", "BB"]), st.sampled_from(["ar", "arz", "en", "fr", HOSTS]), SHARE,
    st.sampled_from([None, "official"]),
)  # fmt: skip
USE = st.tuples(
    st.sampled_from(["AA", "BB", None]), st.sampled_from(["ar", "en", "fr"]),
    st.sampled_from(["learned", "left_out", "range"]),
)  # fmt: skip
ROWS = st.lists(ROW, min_size=1, max_size=9)
USES = st.lists(USE, max_size=4, unique_by=lambda one: one[:2])


@settings(max_examples=40)
@given(ROWS, USES)
def test_ends_are_in_order_and_estimates_add_to_everybody(rows, uses):
    table = weighed(told(*rows), *uses, arz="ar")
    known = table.drop(index=UNKNOWN, level="language")
    assert (known["low"] <= known["estimate"] + EDGE).all()
    assert (known["estimate"] <= known["high"] + EDGE).all()
    assert table.to_numpy().min(initial=0) >= 0
    assert table.to_numpy().max(initial=0) <= 1
    assert table["estimate"].groupby(level=0).sum().round(9).eq(1).all()


@settings(max_examples=15)
@given(ROWS, USES)
def test_the_order_of_rows_never_matters(rows, uses):
    one, other = (weighed(told(*some), *uses, arz="ar") for some in (rows, rows[::-1]))
    pd.testing.assert_frame_equal(one, other)


COMUNI = [PIAZZA, COLLE, RIVA, "098001", "098002"]
PROVINCE = st.fixed_dictionaries({iso2: st.integers(0, 500) for iso2 in ("MA", "RO", "UA")})


@settings(max_examples=50)
@given(st.lists(PROVINCE, min_size=5, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_provinces_and_comuni_come_out_exactly(towns, published):
    truth = pd.DataFrame(towns, index=COMUNI)
    sums = truth.groupby(truth.index.str[:3]).sum()
    shown = pd.concat([sums, truth[published]]).to_dict("index")
    rows = [(area, iso2, n) for area, counts in shown.items() for iso2, n in counts.items() if n]
    foreign = truth.sum(axis=1)
    if not rows:
        return
    people = speakers.citizens(counted(*rows), foreign)
    assert np.allclose(people.sum(axis=1), foreign)
    assert np.allclose(people.groupby(people.index.str[:3]).sum(), sums[people.columns])
    assert (people.to_numpy() >= -EDGE).all()


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 50)), min_size=1, max_size=8))
def test_confirmed_leaves_out_at_least_as_many_as_possible(points):
    covered = pd.DataFrame(
        [(one and other, one) for one, other, _ in points], columns=["confirmed", "possible"]
    )
    shares = speakers.left_out(covered, pd.Series([n for *_, n in points]), pd.Series([PIAZZA] * len(points)))
    spoken = pd.DataFrame({"low": [1.0], "estimate": [5.0], "high": [9.0]}, index=[PIAZZA])
    found = speakers.unreached(spoken, shares).loc[PIAZZA]
    for end in ("_low", "", "_high"):
        assert found[f"possible{end}"] <= found[f"confirmed{end}"] + EDGE
    assert found["confirmed_low"] <= found["confirmed"] <= found["confirmed_high"] <= found["high"]


# the committed tables


@pytest.fixture(scope="module")
def foreign():
    return catalog.load("foreign_population").set_index("comune_code")["foreign_residents"].astype(float)


@pytest.fixture(scope="module")
def real():
    return language_need.spoken(catalog.load).people


def test_lombardys_citizens_add_up_by_comune_and_province(foreign):
    table = catalog.load("citizenship")
    people = speakers.citizens(table, foreign)
    assert np.allclose(people.sum(axis=1), foreign)
    provinces = table[table["area_code"].str.len() == 3]
    iso2 = provinces["citizenship_iso2"].fillna(STATELESS)
    counts = provinces.assign(iso2=iso2).pivot_table(
        "residents", "area_code", "iso2", aggfunc="sum", fill_value=0
    )
    found = people.groupby(people.index.str[:3]).sum()
    assert np.allclose(found, counts[found.columns].astype(float))
    assert people.to_numpy().min() >= 0
    assert int(speakers.known(table, foreign).sum()) == 24


def test_nobody_is_lost_and_ends_are_in_order(real, foreign):
    assert (real["low"] <= real["estimate"] + 1e-6).all()
    assert (real["estimate"] <= real["high"] + 1e-6).all()
    total = real["estimate"].groupby(level="comune_code").sum()
    gap = foreign - total.reindex(foreign.index)
    assert gap.min() > -1e-6
    assert gap.sum() == pytest.approx(989.449, abs=0.01)  # who speaks Italian first: Swiss, Croats, …


def test_the_fifteen_largest_languages(real):
    codes = ["ar", "ro", "es", "sq", "zh", "pa", "tl", "uk", "ru", "bn", "en", "si", "ur", "wo", "fr"]
    assert list(speakers.largest(real).index) == codes


def test_the_vocabulary_has_every_language_of_many_people(real):
    """What it lacks are small languages of the home countries, whose speakers also have a larger one."""
    names = vocabulary("languages").index
    assert speakers.unnamed(real, names, least=2_000).empty
    assert set(speakers.unnamed(real, names, least=1_000).index) == {"rkt", "syl", "ca"}


# the data that says how languages are asked


def test_every_group_is_of_a_language_that_can_be_chosen():
    groups = vocabulary("language_groups")
    assert set(groups["asked_as"]) <= set(vocabulary("languages").index)
    assert not set(groups["asked_as"]) & set(groups.index)
    assert groups["description"].str.len().gt(20).all()


def test_a_variant_has_the_same_name_in_both_vocabularies():
    names, groups = vocabulary("languages")["label"], vocabulary("language_groups")["label"]
    both = names.index.intersection(groups.index)
    assert names[both].to_dict() == groups[both].to_dict()


def test_every_use_is_of_a_row_that_is_there_and_has_its_reason():
    uses = corrections.read("language_uses")
    rows = catalog.load("citizenship_languages")
    there = set(zip(rows["citizenship_iso2"], rows["language"], strict=True))
    named = uses.dropna(subset=["citizenship_iso2"])
    assert set(zip(named["citizenship_iso2"], named["language"], strict=True)) <= there
    assert set(uses["use"]) == {"learned", "left_out", "range"}
    assert uses["reason"].str.len().gt(20).all()
    assert not uses.duplicated(["citizenship_iso2", "language"]).any()
