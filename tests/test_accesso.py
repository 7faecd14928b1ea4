"""The page Accesso: the question as controls and address, and figures that are those of the tables."""

import json
import re
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from analysis.effective import NO, UNKNOWN, YES
from errors import UnknownCode
from layers import accesso, style
from layers.style import luminance, number
from screens import (
    access_answers,
    access_table,
    accesso_comune,
    accesso_mappa,
    accesso_tabella,
    feeds,
    frame,
    memory,
    need,
    reached,
)
from screens.access_table import ALL, PARTS
from screens.need import Need
from tests import pages
from tests.pages import words

ASKED = Need(when="Mo 10:00")
HARD = Need(when="Sa 10:00", languages=("ar",), themes=("permesso_soggiorno",))
NOBODY = Need(languages=("ar",), home=True)
MILANO = "015146"


def opened(**query):
    return pages.opened("accesso", **query)


def control(app, name):
    kinds = (app.segmented_control, app.selectbox, app.multiselect, app.toggle, app.pills)
    return next(each for kind in kinds for each in kind if each.key == f"accesso_{name}")


def figures(text):
    """The counts of people in a sentence, in bold."""
    return [int(one.replace(".", "")) for one in re.findall(r"\*\*(\d[\d.]*)\*\*", text)]


def test_people_are_told_by_what_is_known_of_their_access():
    times = pd.DataFrame({"confirmed": [10.0, np.nan, 40.0, np.nan], "possible": [10.0, 20.0, 5.0, 31.0]})
    demand = pd.DataFrame({"comune_code": ["a", "a", "b", "b"], "foreign_residents": [100, 20, 7, 3]})
    told = access_table.parts(times, demand, limit=30)
    assert told.to_dict("index") == {
        "a": {"confirmed": 100.0, "maybe": 20.0, "beyond": 0.0},
        "b": {"confirmed": 0.0, "maybe": 7.0, "beyond": 3.0},
    }


@pytest.mark.parametrize("asked", [Need(), ASKED, HARD, NOBODY], ids=str)
def test_parts_add_up_and_a_longer_limit_never_confirms_fewer(asked):
    times, demand = memory.effective(asked), memory.table("demand")
    everybody = demand.groupby("comune_code")["foreign_residents"].sum()
    before = None
    for limit in (15, 30, 60):
        told = access_table.parts(times, demand, limit=limit)
        np.testing.assert_allclose(told.sum(axis=1), everybody)
        if before is not None:
            assert (told["confirmed"] >= before["confirmed"] - 1e-9).all()
            assert (told["beyond"] <= before["beyond"] + 1e-9).all()
        before = told
    if not asked.conditions:
        assert not before["maybe"].any()


@pytest.mark.parametrize("by", ["comune_code", "ambito_id"])
def test_the_table_has_the_minutes_and_counts_of_every_other_page(by):
    ours, others = access_answers.by_area(ASKED, by), memory.effective_by(ASKED, by=by)
    minutes = [f"{end}_{name}" for end in reached.ENDS for name in ("median", "low", "high")]
    pd.testing.assert_frame_equal(ours[["people", *minutes]], others[["people", *minutes]], check_names=False)
    for end in reached.ENDS:
        pd.testing.assert_series_equal(ours[f"{end}_beyond"], others[f"{end}_beyond"], check_names=False)


@pytest.mark.parametrize("by", ["comune_code", "ambito_id"])
def test_small_counts_are_not_in_the_table_and_cannot_be_had_by_subtraction(by):
    found = access_answers.by_area(HARD, by)
    counts = found[[*PARTS, "confirmed_beyond", "possible_beyond"]]
    assert not ((counts > 0) & (counts < 5)).any(axis=None)
    for name in PARTS:
        alone = found[name].isna() & found.drop(columns=name)[
            [one for one in PARTS if one != name]
        ].notna().all(axis=1)
        rest = found["people"] - found[[one for one in PARTS if one != name]].sum(axis=1)
        rounded = found.loc[alone, [one for one in PARTS if one != name]]
        sure = rounded.eq(0) | rounded.eq(found.loc[alone, "people"], axis=0)
        assert not sure.all(axis=1).any()
        assert (rest[alone].abs() <= 10).all() or by == "ambito_id"


def test_the_summary_is_the_sum_of_the_areas_as_they_are_shown():
    told, everybody = access_answers.summary(HARD), memory.table("demand")["foreign_residents"].sum()
    split = access_table.parts(memory.effective(HARD), memory.table("demand"), limit=HARD.limit).sum()
    for name in PARTS:
        assert told["people"][name] == pytest.approx(split[name], abs=800)
    assert told["people"][list(PARTS)].sum() == pytest.approx(everybody, abs=10)
    assert told["people"]["possible"] == pytest.approx(told["people"][["confirmed", "maybe"]].sum(), abs=10)
    for end in reached.ENDS:
        assert told["low"][end] <= told["people"][end] <= told["high"][end]


def test_where_nothing_is_asked_nobody_is_uncertain():
    assert (access_answers.by_area(Need(), "ambito_id")["maybe"] == 0).all()
    assert access_answers.by_area(Need(languages=("ar",)), "ambito_id")["maybe"].gt(0).any()


@pytest.mark.parametrize("asked", [Need(), ASKED, HARD, NOBODY], ids=str)
def test_every_number_in_the_sentence_is_in_the_table(asked):
    told = access_answers.summary(asked)
    said = figures(accesso_mappa.sentence(told, asked))
    assert said
    assert set(said) <= set(told["people"].dropna().astype(int))
    shares = re.findall(r"\(([\d,]+) %\)", accesso_mappa.sentence(told, asked))
    assert set(shares) <= {number(100 * share, digits=1) for share in told["share"]}


def test_where_nobody_is_confirmed_the_sentence_says_so():
    told = access_answers.summary(NOBODY)
    assert told["people"]["confirmed"] == 0
    assert accesso_mappa.sentence(told, NOBODY).startswith("**Nessuno sportello conferma**")


def test_of_every_desk_each_condition_holds_does_not_or_is_not_known():
    of, truths = memory.setting(HARD), access_answers.truths(HARD)
    known = access_table.knowledge(of, truths)
    assert list(known.index) == ["hours", "language", "theme", ALL]
    assert (known.sum(axis=1) == len(of.offers.desks)).all()
    assert known["yes"][ALL] <= known["yes"].drop(ALL).min()
    assert known["no"][ALL] >= known["no"].drop(ALL).max()
    assert not known["depends"].any()


def test_what_depends_on_where_one_lives_is_told_apart():
    of = memory.setting(Need())
    many = len(of.offers.rows)
    truth = np.full((many, len(of.homes)), UNKNOWN, dtype=np.int8)
    truth[:, 0] = YES
    known = access_table.knowledge(of, {"eligibility": truth})
    assert known["depends"]["eligibility"] == len(of.offers.desks)
    assert access_table.knowledge(of, access_table.of_home({"eligibility": truth}, 0))["yes"][ALL] == len(
        of.offers.desks
    )
    assert "dipende dal comune" in accesso_mappa.knowledge_words(known)


def test_the_first_desks_near_a_comune_are_those_of_the_answer():
    of, truths = memory.setting(HARD), access_answers.truths(HARD)
    times = memory.effective(HARD)
    for code in (MILANO, "012001", "098031"):
        point = access_table.main_point(of.demand, code)
        near = access_table.near(of, truths, code)
        assert near["minutes"].is_monotonic_increasing
        answer = times.iloc[point]
        for end, least in (("confirmed", YES), ("possible", UNKNOWN)):
            suits = near[near[ALL] >= least]
            if np.isnan(answer[end]):
                assert suits.empty
                continue
            first = suits.iloc[0]
            assert first["minutes"] == pytest.approx(answer[end])
            assert first["low"] == pytest.approx(answer[f"{end}_low"])
            assert first["high"] == pytest.approx(answer[f"{end}_high"])
            assert answer[f"{end}_desk"] in set(suits.index[suits["minutes"] == first["minutes"]])


def test_why_nothing_is_confirmed_counts_the_desks_within_the_limit():
    near = access_table.near(memory.setting(HARD), access_answers.truths(HARD), MILANO)
    within = near[near["minutes"] <= HARD.limit]
    said = accesso_comune.why(within, HARD)
    sure, perhaps, no = ((within[ALL] == truth).sum() for truth in (YES, UNKNOWN, NO))
    assert f"{len(within)} sportelli: rispondono {sure} per certo, {perhaps} forse, {no} no." in said
    assert f"orari a {(within['hours'] == UNKNOWN).sum()}" in said
    assert "manca la vicinanza" in accesso_comune.why(within.head(0), HARD)


def test_what_is_said_of_a_comune_is_its_row_of_the_table():
    row = access_answers.by_area(HARD).loc[[MILANO]]
    said = figures(accesso_comune.people(row, HARD))
    assert said == [int(row.iloc[0][name]) for name in ("people", *PARTS)]


def test_the_map_says_the_class_of_every_comune_and_the_numbers_of_the_table():
    asked = need.write(ASKED)
    for ground in accesso.GROUNDS:
        body = json.loads(feeds.feed("json", "accesso", {**asked, "mostra": ground}).body)["values"]
        assert len(body) == 1502
    row = access_answers.by_area(ASKED).loc[MILANO]
    told = body[MILANO]
    assert told[0] == style.PEOPLE_UNSURE.classify(pd.Series([row["maybe"]]))[0]
    assert f"possibile: {number(row['possible_median'])} minuti" in told[1]


def test_where_nobody_is_reached_the_comune_is_hatched_and_says_so():
    body = json.loads(feeds.feed("json", "accesso", need.write(NOBODY)).body)["values"]
    last = len(style.MINUTES.marks) - 1
    assert style.MINUTES.marks[last].hatch
    assert {told[0] for told in body.values()} == {last}
    assert "confermato: nessuno entro due ore" in body[MILANO][1]


def test_the_desks_on_the_map_are_those_that_may_answer():
    drawn = json.loads(feeds.feed("geojson", "accesso_sportelli", need.write(HARD)).body)["features"]
    known = access_table.knowledge(memory.setting(HARD), access_answers.truths(HARD))
    assert len(drawn) == known["yes"][ALL] + known["unknown"][ALL]
    assert sum(one["properties"]["k"] for one in drawn) == known["yes"][ALL]


@pytest.mark.parametrize(
    "params", [{"mostra": "luna"}, {"lingua": "luna"}, {"quando": "mai"}, {"mezzo": "slitta"}]
)
def test_a_feed_of_a_question_that_nobody_knows_is_refused(params):
    with pytest.raises(UnknownCode):
        feeds.feed("json", "accesso", params)


def test_the_people_of_whom_nobody_knows_grow_darker():
    lights = [luminance(mark.fill) for mark in style.PEOPLE_UNSURE.marks[:-1]]
    assert all(one / other > 1.15 for one, other in pairwise(lights))


def test_it_opens_on_all_desks_and_says_that_nothing_is_asked():
    app = opened()
    said = words(app)
    assert "confermato e possibile coincidono" in said
    assert "Aggiungi una condizione" in said
    assert figures(accesso_mappa.sentence(access_answers.summary(Need()), Need()))[0] in figures(said)
    assert not [each for each in app.button if each.key == "accesso_need_clear"]


def test_the_address_opens_every_control_and_the_controls_move_the_address():
    query = need.write(
        Need(
            mode="walk", limit=45, when="Sa 10:30", languages=("ar", "bn"), themes=("lavoro",), target="donne",
            home=True, walk_in=True, capacity=2.0, evidence="B", fresh=24, kinds=("caritas",),
        )
    )  # fmt: skip
    app = opened(**query)
    assert {name: app.query_params[name] for name in query} == query
    assert control(app, "need_when_kind").value == "moment"
    assert (control(app, "need_when_day").value, control(app, "need_when_at").value) == ("Sa", "10:30")
    assert app.expander[0].label == "Altre condizioni (6)"
    control(app, "need_when_kind").set_value("hours").run()
    control(app, "need_when_days").set_value(["Sa", "Mo"]).run()
    control(app, "need_when_start").set_value("09:00").run()
    assert app.query_params["quando"] == "Mo,Sa 09:00-20:00"
    control(app, "need_when_start").set_value("20:30").run()
    assert app.query_params["quando"] == "Mo,Sa 20:30-22:30"
    control(app, "need_languages").set_value(["bn"]).run()
    assert app.query_params["lingua"] == "bn"
    next(each for each in app.button if each.key == "accesso_need_clear").click().run()
    assert dict(app.query_params) == {"mezzo": "walk", "limite": "45"}
    assert app.expander[0].label == "Altre condizioni"


def test_the_page_shows_the_sentence_and_the_table_of_the_same_answer():
    app = opened(**need.write(HARD))
    told = access_answers.summary(HARD)
    said = words(app)
    assert accesso_mappa.sentence(told, HARD) in said
    for count in told["people"]:
        assert f"<td>{number(count)}</td>" in said
    shown = app.dataframe[0].value
    assert len(shown) == len(access_answers.by_area(HARD, "ambito_id"))
    milano = access_answers.by_area(HARD, "ambito_id").loc["milano"]
    row = shown[shown["Ambito"] == "Milano"].iloc[0]
    assert (row["Confermato"], row["Non si sa"], row["Oltre"]) == tuple(milano[name] for name in PARTS)


def test_what_is_odd_in_the_address_is_left_out_and_said_until_something_else_is_asked():
    app = opened(lingua="ar,luna", quando="mai")
    assert "lingua=luna" in words(app)
    assert "quando=mai" in words(app)
    assert app.query_params["lingua"] == "ar"
    control(app, "need_home").set_value(True).run()
    assert "luna" not in words(app)


def test_hours_that_no_control_holds_are_kept():
    told = "Mo 09:00-12:00; Tu 14:00-18:00"
    app = opened(quando=told)
    assert control(app, "need_when_kind").value == "other"
    control(app, "need_limit").set_value(60).run()
    assert app.query_params["quando"] == told


def test_a_comune_is_seen_from_near_with_whom_to_ask_and_closed_again():
    app = opened(**need.write(HARD), comune=MILANO, mostra="differenza")
    assert [each.value for each in app.subheader] == ["Milano, da vicino"]
    assert "orari: non si sa" in words(app)
    assert control(app, "mostra").value == "differenza"
    next(each for each in app.button if each.label == "Chiudi").click().run()
    assert not app.subheader
    assert "comune" not in app.query_params


def test_an_ambito_shows_its_comuni():
    app = opened(**need.write(ASKED), ambito="lodi")
    comuni = memory.comuni()
    assert len(app.dataframe[0].value) == (comuni["ambito_id"] == "lodi").sum()
    assert "Comune" in app.dataframe[0].value


def test_from_a_click_on_the_map_a_comune_is_looked_at_or_that_of_a_desk(monkeypatch):
    held = {}
    monkeypatch.setattr(accesso_mappa.st, "session_state", held)
    monkeypatch.setattr(accesso_comune.st, "session_state", held)
    desk = memory.setting(Need()).desks.query("comune_code == @MILANO").index[0]
    for turn, (layer, key) in enumerate([("comuni", "012001"), ("sportelli", desk)]):
        facts = {"layer": layer, "id": key, "click": turn + 1}
        held[accesso_mappa.MAP] = {"last_active_drawing": {"properties": facts}}
        accesso_mappa._clicked()
        assert held["accesso_comune"] == ("012001", MILANO)[turn]
    held["accesso_comune"] = ""
    accesso_mappa._clicked()  # the same click is told again at each rerun
    assert held["accesso_comune"] == ""


def test_a_row_of_the_table_opens_an_ambito_or_a_comune(monkeypatch):
    held = {"righe_0": {"selection": {"rows": [1]}}}
    drawn = {}
    monkeypatch.setattr(frame.st, "session_state", held)
    monkeypatch.setattr(frame.st, "dataframe", lambda _, **how: drawn.update(how))
    table = pd.DataFrame({"Comune": ["Agra", "Milano"]})
    for by, codes in (("ambito", ["lodi", "milano"]), ("comune", ["012001", MILANO])):
        held["righe_turn"] = 0
        frame.rows_that_open(table, codes, partial(accesso_tabella._open, by), key="righe", label="")
        drawn["on_select"]()
        assert held["righe_turn"] == 1  # the next table has no row chosen
    assert (held["accesso_ambito"], held["accesso_comune"]) == ("milano", MILANO)


@pytest.mark.parametrize("view", ["lingue", "gruppi", "misure"])
def test_every_view_answers_the_question_above_it(view):
    app = opened(**need.write(ASKED), vista=view)
    assert app.query_params["quando"] == "Mo 10:00"
    assert "aperto il lunedì alle" in words(app)
