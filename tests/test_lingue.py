"""The view by language: its tables by law on the committed tables, then the page without a browser."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import disclosure, speakers
from errors import UnknownCode
from layers import lingue
from layers.style import UNKNOWN_LINE
from screens import (
    access_table,
    accesso_lingue,
    ask_registry,
    feeds,
    frame,
    language_answers,
    language_need,
    memory,
    need,
    reached,
)
from screens.need import Need
from tests import pages
from tests.pages import words

NEED = Need(limit=20)
EDGE = 1e-6


def numbers(words):
    """Every number of some words, as Italian readers write them."""
    return [int(one.replace(".", "")) for one in re.findall(r"\d[\d.]*\d|\d", words)]


@pytest.fixture(scope="module")
def found():
    """The languages looked at by comune, for the whole file."""
    of, spoken = memory.setting(NEED), language_answers.spoken()
    return language_need.by_comune(of, NEED, spoken, language_need.languages(spoken, NEED))


# tables


def test_minutes_are_those_of_the_page_on_access():
    asked = replace(NEED, languages=("ar",), when="Sa 10:00")
    of = memory.setting(asked)
    answer = reached.answer(of, asked)
    pd.testing.assert_frame_equal(language_need.times(of, asked), answer[list(reached.ENDS)])


def test_fewer_reach_a_desk_for_sure_than_perhaps(found):
    for side in ("_low", "", "_high"):
        assert (found[f"possible{side}"] <= found[f"confirmed{side}"] + EDGE).all()
    for low, middle, high in (("low", "estimate", "high"), ("confirmed_low", "confirmed", "confirmed_high")):
        assert (found[low] <= found[middle] + EDGE).all()
        assert (found[middle] <= found[high] + EDGE).all()
    assert (found["confirmed_high"] <= found["high"] + EDGE).all()


def test_more_conditions_leave_out_no_fewer(found):
    asked = replace(NEED, when="Sa 10:00", home=True)
    harder = language_need.by_comune(memory.setting(asked), asked, language_answers.spoken(), ["ar", "zh"])
    here = found.loc[harder.index]
    assert (harder["confirmed"] >= here["confirmed"] - EDGE).all()
    assert (harder["possible"] >= here["possible"] - EDGE).all()
    assert harder["estimate"].equals(here["estimate"])


def test_ambiti_and_comuni_without_one_add_up_to_lombardy(found):
    belongs = memory.comuni().set_index("comune_code")["ambito_id"]
    areas = language_need.by_area(found, belongs)
    rest = found[~found.index.get_level_values("comune_code").isin(belongs.dropna().index)]
    both = areas.groupby(level="language").sum() + rest.groupby(level="language").sum()
    whole = found.groupby(level="language").sum()
    pd.testing.assert_frame_equal(both.sort_index(), whole.sort_index())


def test_shares_tell_no_more_than_the_page_on_access():
    """Who is left out of a comune is told by its class alone: 1 to 4 people look all the same."""
    asked = replace(NEED, languages=("ar",))
    of = memory.setting(asked)
    parts = access_table.parts(language_need.times(of, asked), of.demand, limit=asked.limit)
    few = parts[parts["beyond"].between(1, 4) & (parts.sum(axis=1) >= disclosure.LITTLE)]
    assert len(set(few["beyond"])) > 1
    told = language_need.left_out(of, asked).loc[few.index, "possible"] * few.sum(axis=1)
    assert len(set(told.round(6))) == 1


def test_a_language_of_the_question_is_looked_at_too():
    spoken = language_answers.spoken()
    codes = language_need.languages(spoken, Need(languages=("ti", "arz", "it")))
    assert codes[:15] == language_need.languages(spoken, Need())
    assert codes[15:] == ["ti"]  # Egyptian asks in Arabic, and every desk speaks Italian


def test_desks_that_speak_and_that_are_silent():
    """Counted by hand in the desks of today: six say which languages they speak, all of them Arabic."""
    of = memory.setting(Need())
    assert language_need.desks(of, "ar") == {"speak": 6, "silent": 120}
    assert language_need.desks(of, "arz") == {"speak": 6, "silent": 120}
    assert language_need.desks(of, "wo") == {"speak": 0, "silent": 120}


def test_few_people_are_not_shown_and_nobody_is(found):
    shown = language_need.shown(found)
    for column in language_need.PEOPLE:
        few = (found[column].round(6) > 0) & (found[column].round(6) < disclosure.FEW)
        assert shown[column].isna().equals(few)
        assert (shown[column].dropna() % disclosure.STEP == 0).all()


def test_the_first_missing_language_of_an_ambito_leaves_out_most_people(found):
    areas = language_need.by_area(found, memory.comuni().set_index("comune_code")["ambito_id"])
    rows = language_need.missing(areas)
    shown = language_need.shown(areas)["confirmed"].fillna(0)
    first = rows.reset_index().drop_duplicates("ambito_id").set_index("ambito_id")
    assert first["confirmed"].equals(shown.groupby(level="ambito_id").max().reindex(first.index))
    assert first["confirmed"].is_monotonic_decreasing
    assert rows.groupby(level="ambito_id").size().max() == 3


def test_the_file_says_what_the_table_shows(found):
    table = language_need.by_language(found, memory.setting(NEED))
    file = language_need.file(table)
    shown = language_need.shown(table)
    assert file["language"].tolist() == list(shown.index)
    for column, name in language_need.IN_FILE.items():
        assert np.array_equal(file[name], shown[column], equal_nan=True)
    words = accesso_lingue.table_words(shown)
    assert [numbers(cell)[0] for cell in words["Senza sportello noto"]] == file[
        "confirmed_unreached"
    ].tolist()


# words


def test_every_number_of_a_sentence_is_in_its_row(found):
    shown = language_need.shown(language_need.by_language(found, memory.setting(NEED)))
    for language, row in shown.iterrows():
        said = numbers(accesso_lingue.sentence(row.to_dict(), str(language), NEED))
        there = {int(value) for value in row.dropna()} | {NEED.limit}
        assert set(said) <= there, language
    worst = shown.loc[shown["confirmed"].idxmax()]
    said = numbers(accesso_lingue.headline(shown, NEED))
    told = [worst[name] for name in ("confirmed", "estimate")]
    assert said == [len(shown), *told, NEED.limit, worst["silent"], worst["possible"]]


def test_the_sentence_on_what_is_missing_counts_the_rows_of_its_table(found):
    areas = language_need.by_area(found, memory.comuni().set_index("comune_code")["ambito_id"])
    shown = accesso_lingue.missing_words(language_need.missing(areas))
    said = accesso_lingue.missing_sentence(shown)
    for name, count in re.findall(r"\*\*([a-zà-ù ]+)\*\* in (\d+)", said):
        assert int(count) == (shown["Manca di più"] == name).sum()
    assert numbers(said)[-1] == shown["Persone senza"].max()


def test_words_for_one_desk_and_for_none():
    row = dict.fromkeys(language_need.PEOPLE, 10.0) | {"speak": 0, "silent": 1}
    assert "Nessuno sportello dice di parlarla" in accesso_lingue.sentence(row, "wo", NEED)
    assert "(uno sportello non dice quali lingue parla)" in accesso_lingue.sentence(row, "wo", NEED)
    assert "Un solo sportello" in accesso_lingue.sentence(row | {"speak": 1}, "wo", NEED)
    few = accesso_lingue.sentence(row | {"possible": np.nan, "possible_low": 0.0}, "wo", NEED)
    assert f"**{frame.FEW}** (tra 0 e 10)" in few
    assert "circa **10** persone. Nessuno" in few


# the map


def test_the_map_hatches_what_cannot_be_shown():
    table = pd.DataFrame({name: [0.0, np.nan, 25.0] for name in language_need.PEOPLE}, index=list("abc"))
    told = lingue.values(table, ground="confermato")
    assert [place for place, _ in told.values()] == [0, len(lingue.SCALE.marks) - 1, 2]
    assert lingue.SCALE.marks[-1].hatch == UNKNOWN_LINE
    assert told["a"][1] == "non risulta che qualcuno la parli"
    assert "poche persone" in told["b"][1]


def test_the_feed_colours_what_the_table_counts(found):
    asked = need.write(NEED) | {language_answers.LANGUAGE: "zh", language_answers.GROUND: "possibile"}
    told = language_answers.values(asked)
    shown = language_need.shown(language_need.of_language(found, "zh").droplevel("language"))
    classes = lingue.SCALE.classify(shown["possible"])
    assert {code: place for code, (place, _) in told.items()} == classes.to_dict()


@pytest.mark.parametrize(
    "strange", [{"parlata": "tlh"}, {"parlata": "ar", "senza": "boh"}, {"lingua": "tlh"}]
)
def test_a_feed_of_what_is_not_there_is_refused(strange):
    with pytest.raises(UnknownCode):
        feeds.feed("json", "accesso_lingue", {"parlata": "ar"} | strange)


# the page


def opened(**query):
    return pages.opened("accesso", **{"vista": "lingue"} | query)


def chosen(app):
    return next(one for one in app.selectbox if one.key == "accesso_parlata")


def test_the_page_shows_the_table_and_the_sentences(found):
    app = opened(limite="20")
    shown = language_need.shown(language_need.by_language(found, memory.setting(NEED)))
    told = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', words(app))
    rows = {head: re.findall(r"<td>(.*?)</td>", cells) for head, cells in told}
    table = accesso_lingue.table_words(shown)
    assert {name: rows.get(str(name)) for name in table.index} == {
        name: row.tolist() for name, row in zip(table.index, table.to_numpy(), strict=True)
    }
    assert accesso_lingue.headline(shown, NEED) in words(app)
    assert accesso_lingue.sentence(shown.loc["ar"].to_dict(), "ar", NEED) in words(app)
    ambiti = next(one.value for one in app.dataframe if "La parlano" in one.value)
    assert ambiti["Senza noto"].max() > 0
    assert set(ambiti["Ambito"]) <= set(ask_registry.names().values())


def test_the_language_is_in_the_address():
    app = opened(parlata="zh", senza="possibile")
    assert chosen(app).value == "zh"
    chosen(app).set_value("wo").run()
    assert app.query_params["parlata"] == "wo"
    assert app.query_params["senza"] == "possibile"
    assert "Nessuno sportello dice di parlarla" in words(app)


def test_a_language_that_is_not_looked_at_gives_way_to_the_first():
    assert chosen(opened(parlata="tlh")).value == "ar"


def test_the_language_of_the_question_is_shown_first_whatever_its_variant():
    app = opened(lingua="ti")
    assert chosen(app).value == "ti"
    assert "e quelle della domanda" in words(app)
    assert chosen(opened(lingua="arz")).value == "ar"


def test_the_language_nobody_knows_is_no_row():
    assert speakers.UNKNOWN not in language_need.languages(language_answers.spoken(), Need())
