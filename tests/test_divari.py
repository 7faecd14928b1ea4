"""The page Divari: sentences, tables, map, calls and file say the same, and tell of nobody in particular."""

import argparse
import re

import numpy as np
import pandas as pd
import pytest

from analysis import coverage, disclosure
from analysis.effective import NO
from errors import UnknownCode
from layers import divari as drawn
from layers import style
from layers.style import CAUSES, luminance, number, percent
from screens import (
    feeds,
    gap_answers,
    gap_bars,
    gap_calls,
    gap_commands,
    gap_comune,
    gap_map,
    gap_ranking,
    gap_table,
    gap_words,
    memory,
    need,
    need_options,
)
from screens.gap_table import AMBITO, COMUNE, REGION
from screens.need import EVENING_OR_SATURDAY, Need
from tests import pages
from tests.pages import words

EVENING = Need(when=EVENING_OR_SATURDAY)
HARD = Need(limit=15, when="Sa 10:00", languages=("ar",), themes=("permesso_soggiorno",), home=True)
NEEDS = [Need(), EVENING, HARD, Need(mode="walk", walk_in=True, fresh=24)]
MILANO, LODI = "015146", "098031"


def opened(**query):
    return pages.opened("divari", **query)


def control(app, name):
    kinds = (app.segmented_control, app.selectbox, app.multiselect, app.toggle, app.button)
    return next(each for kind in kinds for each in kind if each.key == f"divari_{name}")


def figures(text):
    """The numbers of a sentence, as they are written."""
    return re.findall(r"\d+(?:\.\d{3})*(?:,\d+)?", text)


def told_in(row):
    """Every figure of a row, as it may be written."""
    numbers = [cell for cell in row.values() if isinstance(cell, int | float) and not pd.isna(cell)]
    return {number(cell) for cell in numbers} | {percent(row["share"]).removesuffix(" %")}


@pytest.mark.parametrize("asked", NEEDS)
@pytest.mark.parametrize("by", [COMUNE, AMBITO, REGION])
def test_parts_add_up_to_the_gap_that_is_shown_and_the_first_cause_lifts_it_most(asked, by):
    table = gap_answers.table(asked, by)
    parts, lifts = table.filter(like="part_"), table.filter(like="lift_")
    known = table["gap"].notna()
    assert np.allclose(parts[known].sum(axis=1), table["gap"][known])
    assert parts[~known].isna().all(axis=None)
    assert lifts[~known].isna().all(axis=None)
    named = table[table["first_cause"].notna()]
    first = [row[f"lift_{row['first_cause']}"] for row in named.to_dict("records")]
    assert (
        lifts.loc[named.index].max(axis=1).fillna(0) == pd.Series(first, index=named.index).fillna(0)
    ).all()
    assert (lifts[known].max(axis=1).fillna(0) <= table["gap"][known]).all()
    left = table[known & (table["gap"] > 0) & table["first_cause"].isna()]
    assert left["together"].notna().all()
    assert (lifts.loc[left.index] == 0).all(axis=None)


@pytest.mark.parametrize("asked", NEEDS)
def test_no_figure_counts_fewer_than_five(asked):
    for by in (COMUNE, AMBITO, REGION):
        table = gap_answers.table(asked, by)
        shown = table.filter(regex="^(gap|part_|lift_|together_lift)").to_numpy(dtype=float)
        assert not ((shown > 0) & (shown < disclosure.FEW)).any()


@pytest.mark.parametrize("asked", NEEDS)
def test_the_gap_is_that_of_effective_access(asked):
    found, demand = gap_answers.find(asked), memory.table("demand")
    people = demand["foreign_residents"]
    beyond = coverage.people_beyond(memory.effective(asked)["confirmed"], people, limit=asked.limit)
    assert found.gap.sum() == pytest.approx(beyond)
    told = disclosure.part(found.gap, found.people)
    table = gap_answers.table(asked)
    assert table["gap"].reindex(told.index).equals(told.rename("gap"))


def test_ranks_follow_the_people_and_unstable_places_are_marked():
    table = gap_answers.table(EVENING, AMBITO)
    assert table["rank"].is_monotonic_increasing
    assert table["gap"].fillna(disclosure.FEW / 2).is_monotonic_decreasing
    assert 0 < table["unstable"].sum() < len(table)
    assert not gap_answers.table(EVENING, REGION)["unstable"].any()


@pytest.mark.parametrize("asked", NEEDS)
def test_every_number_in_a_sentence_is_in_the_row(asked):
    for by in (REGION, AMBITO, COMUNE):
        table = gap_answers.table(asked, by)
        for row in table.iloc[:: max(1, len(table) // 60)].to_dict("records"):
            said = gap_words.sentence(row, "Qui", asked)
            assert said.count(need.words(asked)) == 1
            rest = said.replace(need.words(asked), "").replace("meno di 5", "")
            assert set(figures(rest)) <= told_in(row)
            if row["gap"] > 0:
                assert number(row["gap"]) in said


def row(**more):
    usual = {"people": 1000.0, "gap": 100.0, "share": 0.1, "first_cause": "hours", "together": None}
    usual |= {"together_lift": float("nan"), "part_hours": 70.0, "part_unknown": 30.0, "unstable": False}
    return usual | {"lift_hours": 60.0, "lift_unknown": 20.0} | more


def test_a_sentence_names_the_people_the_cause_and_the_parts():
    said = gap_words.sentence(row(), "A Borgo", EVENING)
    assert said == (
        "A Borgo **100 residenti stranieri su 1.000** (10,0 %) non trovano di sicuro uno sportello entro 30 minuti in "
        "auto, aperto dopo le 17 o il sabato. La prima causa è **gli orari**: se gli sportelli vicini di cui si sa che "
        "in quei momenti sono chiusi fossero aperti, gli scoperti calerebbero di 60. Diviso tra le cause, che sommate "
        "lo danno intero: 70 per gli orari e 30 per quello che non si sa."
    )


def test_a_sentence_says_when_two_causes_must_go_together_and_when_nobody_or_everybody_is_left_out():
    both = row(
        first_cause=None, together="hours+unknown", together_lift=100.0, lift_hours=0.0, lift_unknown=0.0
    )
    said = gap_words.sentence(both, "Qui", EVENING)
    assert "Nessuna causa tolta da sola lo riduce" in said
    assert "insieme gli orari e quello che non si sa, e gli scoperti calerebbero di 100" in said
    assert "tutti i 1.000 residenti stranieri trovano" in gap_words.sentence(
        row(gap=0.0, share=0.0), "Qui", EVENING
    )
    assert "meno di 5" in gap_words.sentence(row(gap=float("nan")), "Qui", EVENING)
    assert "nessuno dei 1.000" in gap_words.sentence(row(gap=1000.0, share=1.0), "Qui", EVENING)
    nothing = row(first_cause=None, part_hours=float("nan"), part_unknown=float("nan"))
    assert "Nessuno sportello conta" in gap_words.sentence(nothing, "Qui", EVENING)


def test_the_page_states_the_finding_of_the_region_with_the_figures_of_its_table():
    app = opened(quando=EVENING_OR_SATURDAY)
    said = words(app)
    whole = gap_answers.table(EVENING, REGION).loc[REGION].to_dict()
    assert gap_words.sentence(whole, "In Lombardia", EVENING) in said
    for name in gap_words.causes_in(whole):
        assert f"<td>{number(whole[f'part_{name}'])}</td>" in said
    first = gap_answers.table(EVENING, AMBITO).iloc[0]
    assert f"<span>{number(first['gap'])}<em>" in said
    assert len(app.dataframe[0].value) == (gap_answers.table(EVENING, AMBITO)["gap"] != 0).sum()


def test_ready_questions_are_asked_at_a_press_and_keep_the_way_there():
    app = opened(mezzo="walk", limite="15")
    control(app, "pronta_In arabo").click().run()
    assert not app.exception
    assert app.query_params["lingua"] == "ar"
    assert (app.query_params["mezzo"], app.query_params["limite"]) == ("walk", "15")
    assert "dove si parla arabo" in words(app)
    control(app, "pronta_Solo vicino").click().run()
    assert "lingua" not in app.query_params


def test_an_ambito_opens_on_its_comuni_and_a_comune_on_its_desks():
    app = opened(quando=EVENING_OR_SATURDAY, ambito="lodi")
    assert "Nell'Ambito Lodi" in words(app)
    comuni = memory.comuni()
    here = set(comuni.loc[comuni["ambito_id"] == "lodi", "comune"])
    assert set(app.dataframe[0].value["Comune"]) <= here
    control(app, "comune").set_value(LODI).run()
    assert not app.exception
    said = words(app)
    assert "A Lodi " in said
    assert "Gli sportelli più vicini e che cosa manca a ciascuno" in said
    assert app.query_params["comune"] == LODI


def test_where_nothing_counts_the_page_says_so():
    none = Need(evidence="A", kinds=("patronato",))
    app = opened(**need.write(none))
    assert not memory.setting(none).offers.desks.size
    assert "Nessuno sportello conta" in app.info[0].value


def test_longer_hours_or_a_new_desk_add_up_and_the_sentence_counts_the_rows():
    table = gap_answers.hours_or_desk(Need(), AMBITO)
    assert table.equals(gap_answers.hours_or_desk(EVENING, AMBITO))
    known = table[table["gap"].notna()]
    assert np.allclose(known[["hours", "ask", "desk", "other"]].sum(axis=1), known["gap"])
    assert (known["other"] == 0).all()  # nothing but a time is asked
    app = opened(vista="orari")
    said = words(app)
    assert "qui si chiede anche che sia aperto dopo le 17 o il sabato" in said
    whole = gap_answers.hours_or_desk(EVENING, REGION).loc[REGION].to_dict()
    told = gap_words.hours_or_desk(whole, "In Lombardia")
    assert told in said
    assert set(figures(told)) <= {number(whole[name]) for name in ("gap", "hours", "desk", "ask")}
    answered = table.dropna(subset=["answer"])
    counts = answered["answer"].value_counts()
    told = gap_ranking.answer(answered, {str(code): "X" for code in answered.index})
    heads = {"hours": "Orari più lunghi", "desk": "Un nuovo sportello", "ask": "Dipende"}
    for code, head in heads.items():
        line = next((line for line in told.splitlines() if head in line), "")
        assert bool(line) == (code in counts)
        assert not line or f"**{counts[code]}**" in line
    assert len(app.dataframe[0].value) == len(answered)


def test_calls_are_in_order_of_what_they_add_and_all_together_cover_the_possible():
    table = gap_answers.calls(EVENING)
    assert table["gain"].max() == table["gain"].iloc[0] == table["adds"].iloc[0] == table["upto"].iloc[0]
    assert table["adds"].dropna().is_monotonic_decreasing
    region = gap_answers.table(EVENING, REGION).loc[REGION]
    assert table["upto"].iloc[-1] == region["lift_unknown"]
    said = gap_calls.summary(table[table["gain"] != 0], EVENING)
    assert number(region["lift_unknown"]) in said
    first = table.iloc[0].to_dict()
    assert set(figures(gap_calls.why(first))) == {number(first["gain"])}
    app = opened(quando=EVENING_OR_SATURDAY, vista="chiamate")
    assert said in words(app)
    assert gap_calls.why(first) in words(app)


def test_what_was_said_too_long_ago_is_asked_again():
    old = Need(fresh=1)
    table = gap_answers.calls(old)
    assert table["ask_freshness"].all()
    assert "se è ancora così" in gap_calls.to_ask(table.iloc[0])


def test_without_conditions_there_is_nothing_to_ask():
    assert gap_answers.calls(Need()).empty
    assert "aggiungine una" in words(opened(vista="chiamate"))


def test_the_command_writes_what_the_page_gives(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    gap_commands.add_to(parser.add_subparsers())
    needed = Need(when=EVENING_OR_SATURDAY, languages=("ar",))
    for by, code in gap_commands.BY.items():
        out = tmp_path / f"{by}.csv"
        asked = ["gaps", "--when", EVENING_OR_SATURDAY, "--language", "ar", "--by", by, "-o", str(out)]
        options = parser.parse_args(asked)
        assert options.do(options) == 0
        page = gap_table.file(gap_answers.table(needed, code), memory.comuni(), needed)
        page.to_csv(tmp_path / "page.csv", index=False)
        assert out.read_text() == (tmp_path / "page.csv").read_text()
        assert f"{number(len(page))} righe" in capsys.readouterr().out
        assert page["part_theme"].isna().all()
        assert page["question"].eq(need.words(needed)).all()


def options(*asked):
    parser = argparse.ArgumentParser()
    need_options.add_to(parser)
    return need_options.need_of(parser.parse_args(list(asked)))


def test_options_ask_every_part_of_a_need():
    assert options() == Need()
    words_ = "--mode walk --limit 45 --when|Sa 10:00|--language ar --language fr --theme lavoro --target donne --home "
    words_ += "--walk-in --capacity 1.5 --evidence AB --fresh 12 --kind caritas"
    parts = words_.split("|")
    told = [*parts[0].split(), parts[1], *parts[2].split()]
    assert options(*told) == Need(
        "walk", 45, "Sa 10:00", ("ar", "fr"), ("lavoro",), "donne", True, True, 1.5, "B", 12, ("caritas",)
    )


@pytest.mark.parametrize(
    "asked", [["--language", "luna"], ["--target", "luna"], ["--kind", "luna"], ["--when", "boh"]]
)
def test_options_that_nobody_knows_are_refused(asked):
    with pytest.raises(UnknownCode):
        options(*asked)


@pytest.mark.parametrize(
    "asked", [["--limit", "0"], ["--limit", "999"], ["--limit", "7.5"], ["--capacity", "-1"], ["--fresh", "-1"],
              ["--evidence", "Z"], ["--mode", "razzo"]],
)  # fmt: skip
def test_options_out_of_range_are_refused(asked, capsys):
    with pytest.raises(SystemExit):
        options(*asked)


def test_a_language_asked_and_everybody_in_their_own_do_not_go_together(tmp_path):
    parser = argparse.ArgumentParser()
    gap_commands.add_to(parser.add_subparsers())
    asked = parser.parse_args(["gaps", "--language", "ar", "--own-language", "-o", str(tmp_path / "x.csv")])
    with pytest.raises(UnknownCode):
        asked.do(asked)


def test_everybody_in_one_language_is_that_language():
    arabic = Need(limit=15, languages=("ar",))
    of, one = memory.setting(arabic), gap_answers.find(arabic)
    same = gap_table.in_own_language(of, Need(limit=15), one.people.rename("ar").to_frame())
    pd.testing.assert_frame_equal(same.safe, one.safe)
    half = gap_table.in_own_language(of, Need(limit=15), (one.people / 2).rename("ar").to_frame())
    assert half.safe.iloc[:, -1].sum() == pytest.approx(one.safe.iloc[:, -1].sum() / 2)


def test_everybody_in_their_own_language_adds_up_and_has_its_sentence():
    spoken = gap_table.own_languages(gap_answers.language_answers.spoken())
    table = gap_answers.table(Need(limit=15), REGION, own=True)
    whole = table.loc[REGION].to_dict()
    assert whole["people"] == disclosure.count(float(spoken.sum().sum()))
    assert sum(whole[f"part_{name}"] for name in ("distance", "language", "unknown")) == whole["gap"]
    app = opened(lingue="proprie", limite="15")
    assert gap_words.sentence(whole, "In Lombardia", Need(limit=15), own=True) in words(app)
    assert "loro lingua" in words(app)


@pytest.mark.parametrize("ground", ["persone", "quota", "causa"])
def test_the_map_tells_of_every_comune_what_the_table_says(ground):
    table = gap_answers.table(EVENING)
    told = gap_answers.values({"quando": EVENING_OR_SATURDAY, "mostra": ground})
    marks = drawn.marks(ground)
    assert set(told) == set(table.index)
    for code, (place, said) in told.items():
        of = table.loc[code]
        assert 0 <= place < len(marks)
        if of["gap"] > 0:
            assert f"scoperti: {number(of['gap'])} residenti stranieri su {number(of['people'])}" in said
        if ground == "causa" and of["gap"] > 0 and pd.notna(of["first_cause"]):
            assert marks[place] == CAUSES[of["first_cause"]]
    assert feeds.feed("json", "divari", {"mostra": ground}).body
    with pytest.raises(UnknownCode):
        gap_answers.values({"mostra": "luna"})
    with pytest.raises(UnknownCode):
        gap_answers.values({"lingua": "luna"})


def test_a_click_on_the_map_opens_the_comune_in_its_ambito(monkeypatch):
    state = {
        "divari_carta": {"last_active_drawing": {"properties": {"layer": "comuni", "id": LODI, "click": 7}}}
    }
    monkeypatch.setattr(gap_map.st, "session_state", state)
    gap_map._clicked("divari")
    assert (state["divari_ambito"], state["divari_comune"]) == ("lodi", LODI)
    state["divari_comune"] = ""
    gap_map._clicked("divari")  # the same click again
    assert state["divari_comune"] == ""


def test_causes_are_told_apart_without_their_hue():
    fills = [mark.fill for mark in CAUSES.values() if not mark.hatch]
    assert len(set(fills)) == len(fills)
    assert all(style.contrast(fill, "#ffffff") >= 3 for fill in fills)
    assert CAUSES["unknown"].hatch
    assert luminance(CAUSES["unknown"].fill) > max(map(luminance, fills))
    assert gap_bars.colour("unknown").startswith("repeating-linear-gradient")
    assert set(CAUSES) == set(gap_table.CAUSES) == set(gap_words.IF) == set(gap_words.OF)


def test_the_nearest_desks_say_what_each_lacks():
    app = opened(quando=EVENING_OR_SATURDAY, lingua="ar", comune=LODI)
    asked = Need(when=EVENING_OR_SATURDAY, languages=("ar",))
    truths = gap_answers.memory.setting(asked)
    assert truths.offers.desks.size
    said = words(app)
    assert '<th scope="col">Orari</th>' in said
    assert '<th scope="col">Lingua</th>' in said
    assert '<th scope="col">Tutto</th>' in said
    assert gap_comune.SAID[NO] == "no"


def invented(some):
    """What is found in three comuni of 300, 103 and 4 people: uncovered because of what is not known, and in all."""
    people = pd.Series([300.0, 103.0, 4.0], index=["a", "b", "c"])
    worth = pd.DataFrame([[0, 0, one, other] for one, other in some], index=people.index, dtype=float)
    safe = gap_table.gaps.protected(worth, people)
    gap = worth.iloc[:, -1]
    changed = tuple(disclosure.protected_part(gap, people) for _ in gap_table.SPEEDS)
    ambito = pd.Series(["x", "x", "x"], index=people.index)
    return gap_table.Found(safe, ("distance", "unknown"), gap, people, changed, ambito)


@pytest.mark.parametrize("by", [COMUNE, AMBITO, REGION])
@pytest.mark.parametrize("other", [(1, 1), (2, 2), (3, 4), (4, 4)])
def test_whoever_subtracts_all_that_is_shown_learns_of_no_few_people(by, other):
    few = gap_table.table(invented([(90, 120), (3, 3), (1, 2)]), by)
    told = gap_table.table(invented([(90, 120), other, (0, 4)]), by)
    pd.testing.assert_frame_equal(few, told)


def test_calls_tell_of_no_few_people_either():
    near = np.ones((1, 2), dtype=bool)
    truths = {"hours": np.array([[1]], dtype=np.int8)}
    comune, everybody = pd.Series(["a", "b"]), pd.Series({"a": 300.0, "b": 50.0})
    tables = [
        gap_table.answers.as_shown(
            gap_table.answers.could_change(
                near, truths, np.zeros(2, np.int64), np.array([120.0, few]), desk=np.array([0]), desks=["d"]
            ),
            comune,
            everybody,
        )[["gain", "adds", "upto"]]
        for few in (1.0, 4.0)
    ]
    pd.testing.assert_frame_equal(*tables)
