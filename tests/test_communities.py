"""Communities against associations: by heart in a town of few, then laws, then the words of the real list."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import communities
from analysis.communities import NAMED, WIDER, Join
from data import catalog
from data.vocabularies import vocabulary
from screens.communities import activities, joins, split

JOINS = {
    "Senegal": Join(NAMED, ("SN",)),
    "Ghana": Join(NAMED, ("GH",)),
    "Africa": Join(WIDER, ("GH", "SN")),
    "multinazionale": Join("altro", ()),
}
WORDS = pd.Series(
    {
        "a": ["Senegal"],
        "b": ["Africa", "Senegal"],
        "c": ["multinazionale", "terrestri"],
        "d": None,
        "e": ["Africa"],
    },
    dtype=object,
)
AMBITO = pd.Series({"a": "lodi", "b": "lodi", "c": "lodi", "d": "crema", "e": None}, dtype=object)
PROVINCE = pd.Series({"a": "LO", "b": "LO", "c": "LO", "d": "CR", "e": "CR"})
PROVINCE_OF = pd.Series({"lodi": "LO", "crema": "CR"})
PEOPLE = pd.DataFrame(
    {"residents": [300.0, 40.0, 100.0]},
    index=pd.MultiIndex.from_tuples(
        [("lodi", "SN"), ("lodi", "GH"), ("crema", "SN")], names=["area", "citizenship"]
    ),
)


def town(words=WORDS):
    tied = communities.ties(words, JOINS)
    return communities.against(PEOPLE, tied, ambito=AMBITO, province=PROVINCE, province_of=PROVINCE_OF)


def test_who_names_the_country_is_apart_from_who_names_an_area():
    table = town()
    lodi = table.loc[("lodi", "SN")]
    assert (lodi["named_ambito"], lodi["named_province"], lodi["named_region"]) == (2, 2, 2)
    assert (lodi["wider_ambito"], lodi["wider_region"]) == (0, 1)
    assert lodi["per_association"] == 150
    ghana = table.loc[("lodi", "GH")]
    assert (ghana["named_region"], ghana["wider_ambito"], ghana["wider_region"]) == (0, 1, 2)


def test_none_found_is_missing_not_infinite_and_not_zero():
    row = town().loc[("crema", "SN")]
    assert row["named_ambito"] == 0
    assert pd.isna(row["per_association"])
    assert row["wider_province"] == 1


def test_an_association_of_unknown_ambito_still_counts_in_its_province_and_in_the_whole():
    row = town().loc[("crema", "SN")]
    assert (row["wider_ambito"], row["wider_province"], row["wider_region"]) == (0, 1, 1)


def test_words_that_join_to_no_citizenship_are_counted_not_dropped():
    assert communities.unjoined(WORDS, JOINS).to_dict() == {"multinazionale": 1, "terrestri": 1}


def test_the_largest_community_with_none_found_comes_first():
    table = town(pd.Series({"d": ["Ghana"]}, dtype=object))
    assert list(communities.none_found(table, least=50).index) == [("lodi", "SN"), ("crema", "SN")]
    assert list(communities.none_found(table, least=200).index) == [("lodi", "SN")]


def test_activities_count_an_association_in_each_of_its_kinds():
    groups = pd.Series({"a": ["cultura", "sport"], "b": ["sport"], "c": ["cultura"], "e": None}, dtype=object)
    table = communities.by_activity(groups, communities.ties(WORDS, JOINS))
    assert table.to_dict("index") == {"SN": {"cultura": 1, "sport": 2}}


WORD = st.sampled_from([*JOINS, "terrestri"])
ANY = st.dictionaries(st.sampled_from(list("abcde")), st.none() | st.lists(WORD, min_size=1, max_size=4))


@settings(max_examples=40)
@given(ANY)
def test_the_ambito_never_has_more_than_its_province_nor_that_than_the_whole(said):
    table = town(pd.Series(said, dtype=object))
    for scope in ("named", "wider"):
        assert (table[f"{scope}_ambito"] <= table[f"{scope}_province"]).all()
        assert (table[f"{scope}_province"] <= table[f"{scope}_region"]).all()


@settings(max_examples=40)
@given(ANY)
def test_no_association_is_lost_between_ties_and_words_that_join_nothing(said):
    words = pd.Series(said, dtype=object)
    tied = set(communities.ties(words, JOINS)["association"])
    lost = {
        key
        for key, told in words.dropna().items()
        if not any(JOINS.get(w, Join("", ())).citizenships for w in told)
    }
    assert tied | lost == set(words.dropna().index)
    assert not tied & lost


@settings(max_examples=40)
@given(ANY)
def test_an_association_is_tied_to_a_citizenship_once(said):
    tied = communities.ties(pd.Series(said, dtype=object), JOINS)
    assert not tied.duplicated(["association", "citizenship"]).any()


def test_nobody_found_at_all_gives_the_residents_with_noughts():
    table = town(pd.Series({"a": None}, dtype=object))
    assert (table.filter(regex="named|wider") == 0).all(axis=None)
    assert table["residents"].equals(PEOPLE["residents"])


@pytest.fixture(scope="module")
def listed():
    return catalog.load("associazioni")


@pytest.fixture(scope="module")
def names():
    known = catalog.load("citizenship").dropna(subset=["citizenship_iso2"])
    return dict(zip(known["citizenship_iso2"], known["citizenship"], strict=True))


def test_every_word_for_a_community_in_the_list_is_in_the_vocabulary(listed):
    said = set(split(listed["communities"]).dropna().explode())
    assert said <= set(vocabulary("communities").index)


def test_every_word_for_an_activity_in_the_list_is_in_a_group(listed):
    said = set(split(listed["activities"]).dropna().explode())
    assert said <= set(activities())


def test_the_vocabulary_of_communities_is_sound(names):
    table = vocabulary("communities")
    assert table.index.is_unique
    assert set(table["scope"]) == {NAMED, WIDER, "altro"}
    assert (table["label"] != "").all()
    assert (table["description"] != "").all()
    for _, row in table.iterrows():
        codes = [code for code in row["citizenships"].split(";") if code]
        assert len(set(codes)) == len(codes)
        assert all(len(code) == 2 and code.isupper() for code in codes)
        assert bool(codes) == (row["scope"] != "altro")
        assert row["scope"] != WIDER or len(codes) > 1
        assert row["scope"] != NAMED or set(codes) <= set(names)


def test_areas_hold_the_countries_they_should():
    codes = vocabulary("communities")["citizenships"].str.split(";")
    assert {"DZ", "EG", "LY", "MA", "TN"} <= set(codes["Nord Africa"]) <= set(codes["Africa"])
    assert set(codes["Africa francofona"]) <= set(codes["Africa"])
    assert len(codes["America Latina"]) == 20
    assert len(codes["mondo arabo"]) == 22


def test_groups_of_activities_have_words_of_their_own():
    table = vocabulary("activity_groups")
    assert table.index.is_unique
    assert table["label"].is_unique
    words = [word for told in table["words"] for word in told.split(";")]
    assert {word for word in words if words.count(word) > 1} == {"salute delle donne"}


def test_a_word_the_vocabulary_lacks_joins_by_the_name_of_the_citizenship(names):
    known = joins(names)
    assert known["Tunisia"] == Join(NAMED, ("TN",))
    assert known["India (Sikh)"] == Join(NAMED, ("IN",))
    assert "terrestri" not in known


def test_cells_become_lists_and_silence_stays_missing():
    cells = pd.Series(["Perù; multinazionale", None, " ; "])
    assert split(cells).tolist() == [["Perù", "multinazionale"], None, None]
