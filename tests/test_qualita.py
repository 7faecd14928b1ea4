"""The page Qualità as editors and readers open it: the figures are the registry's, the words say what to do."""

import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data import catalog
from data.registry import editing, people, quality, reading
from data.vocabularies import vocabulary
from layers.style import number
from screens import calls, memory, qualita, quality_words

APP = str(catalog.TABLES.parent.parent / "app.py")


@pytest.fixture
def regional():
    """The pass of a regional editor."""
    people.add(memory.registry(), name="redazione", role="regione", oidc="https://id.example redazione")
    return people.sign_in_vouched(memory.registry(), "https://id.example redazione")


def opened(token=None, **query):
    app = AppTest.from_file(APP, default_timeout=120)
    if token:
        app.session_state["signing_token"] = token
    app.switch_page("screens/qualita.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.error
    return app


def words(app):
    kinds = ("title", "header", "markdown", "caption")
    said = [str(each.value) for kind in kinds for each in getattr(app, kind)]
    return "\n".join([*said, *(each.proto.body for each in app.get("html"))])


def figure(app, label):
    return next(one.value for one in app.metric if one.label == label)


def test_the_mean_is_that_of_the_open_desks_with_the_precision_of_their_positions():
    app, where = opened(), memory.table("positions")
    precisions = dict(where[where["kind"] == "sportello"].set_index("id")["precision"])
    expected = reading.qualities(memory.registry(), "sportelli", precisions).dropna()
    assert figure(app, "Qualità media, da 0 a 1") == quality_words.points_words(expected.mean())
    assert f"{len(expected)} sportelli" in words(app)
    without = reading.qualities(memory.registry(), "sportelli").dropna()
    assert expected.mean() > without.mean()


def test_each_criterion_tells_how_many_points_are_lost_of_those_it_could_give():
    said = words(opened(ambito="lodi"))
    here = quality_words.open_records("sportelli").query("ambito_id == 'lodi'")
    for name in quality_words.CRITERIA:
        found = []
        for key in here.index:
            where = memory.table("positions").query("kind == 'sportello'").set_index("id")["precision"]
            given = reading.points(memory.registry(), "sportelli", key, precision=where[key])
            found += [point.score for point in given if point.criterion == name]
        lost = sum(1 - score for score in found)
        assert f"<li><span>{quality_words.name_of(name)}</span>" in said
        assert f"<span>{number(lost)} su {len(found)}</span>" in said, name


def test_every_lost_point_has_the_sentence_that_mends_it_and_the_way_to_the_card():
    app = opened(ambito="lodi")
    here = quality_words.open_records("sportelli").query("ambito_id == 'lodi'")
    lists = [each.proto.body for each in app.get("html") if each.proto.body.startswith("<ul style")]
    assert len(lists) == len(here)
    scores = quality_words.scores("sportelli").loc[here.index].sort_values("quality", kind="stable")
    sentences = vocabulary("quality_criteria")["description"]
    for told, (_, row) in zip(lists, scores.iterrows(), strict=True):
        assert told.count("<li>") == sum(row[name] < 1 for name in quality_words.CRITERIA)
    assert sentences["hours"] in lists[0] or sentences["languages"] in lists[0]


def test_a_criterion_lists_only_the_records_that_lose_on_it():
    app = opened(ambito="lodi", criterio="hours")
    here = quality_words.open_records("sportelli").query("ambito_id == 'lodi'")
    lose = (quality_words.scores("sportelli").loc[here.index, "hours"] < 1).sum()
    assert f"Da riprendere: orari ({lose})" in words(app)
    table = qualita.to_take_away(quality_words.scores("sportelli").loc[here.index], here, "sportelli")
    assert list(table["scheda"]) == [f"sportelli/{key}" for key in here.index]
    assert {"qualita", "orari", "da_fare"} <= set(table.columns)


@pytest.mark.parametrize("kind", qualita.JUDGED)
def test_every_kind_opens_for_an_ambito_and_for_all(kind):
    for query in ({}, {"ambito": "bergamo"}):
        assert "Qualità" in words(opened(tipo=kind, **query))


def test_an_edit_is_seen_at_once_and_who_may_edit_is_led_to_the_form(regional):
    key = quality_words.scores("sportelli")["quality"].idxmin()
    before = quality_words.scores("sportelli").loc[key, "quality"]
    seen = reading.card(memory.registry(), "sportelli", key)
    said = {"address": "via Roma 1", "phone": "0371 123456", "email": "ufficio@borgo.example"}
    editing.edit(memory.registry(), regional, "sportelli", key, version=seen.version, said=said)
    assert quality_words.scores("sportelli").loc[key, "quality"] > before
    ways = [link.proto.label for link in opened(regional).get("page_link")]
    assert "Modifica" in ways
    assert "Modifica" not in [link.proto.label for link in opened().get("page_link")]


def test_the_table_of_scores_is_the_points_one_by_one():
    store = memory.registry()
    scores = reading.scores(store, "associazioni")
    for key in list(scores.index)[:20]:
        points = reading.points(store, "associazioni", key)
        assert scores.loc[key].dropna().to_dict() == {one.criterion: one.score for one in points}
    means = scores.mean(axis=1)
    pd.testing.assert_series_equal(means, reading.qualities(store, "associazioni"), check_names=False)


def test_classes_count_everybody_once_and_a_break_is_of_the_lower_class():
    counts = quality_words.classes(pd.Series([0.0, 0.2, 0.21, 0.8, 0.81, 1.0, None]))
    assert counts.tolist() == [2, 1, 0, 1, 2]
    assert list(quality_words.CRITERIA) == [one.__name__ for one in quality.CRITERIA]


def test_whom_to_call_says_in_the_sentence_the_figures_of_the_table():
    said = words(opened(vista="chiamare", ambito="lodi"))
    found = calls.calls("car").query("area == 'lodi'")
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', said)
    assert len(rows) == len(found) == said.count("È lo sportello più vicino per")
    sentences = re.findall(
        r"più vicino per ([\d.]+|nessuno|pochi).*? e il secondo più vicino per ([\d.]+|nessuno|pochi)", said
    )
    for (_, cells), (near, next_) in zip(rows, sentences, strict=True):
        cell = re.findall(r"<td>(.*?)</td>", cells)
        assert [cell[2], cell[3]] == [words.replace("nessuno", "0") for words in (near, next_)]
    asked = found[["hours", "languages"]].sum()
    assert f"gli orari sono da chiedere a {asked['hours']}, le lingue a {asked['languages']}" in said


def test_nobody_calls_who_is_closed_weak_or_has_answered(regional):
    found = calls.calls("car")
    desks = quality_words.records("sportelli").loc[found.index]
    assert not set(desks["status"]) & {"chiuso", "probabilmente_superato"}
    assert "D" not in set(desks["evidence"])
    assert found[["hours", "languages"]].any(axis=1).all()
    called = found.index[found["hours"] & found["languages"]]
    one, other = called[0], called[1]
    store, said = memory.registry(), {"hours": "Mo 09:00-12:00", "languages": ["ar"]}
    editing.create(store, regional, "sessioni", {"sportello_id": one, **said})
    seen = reading.card(store, "sportelli", other)
    editing.edit(store, regional, "sportelli", other, version=seen.version, said={"status": "chiuso"})
    assert not {one, other} & set(calls.calls("car").index)


def test_people_of_lombardy_are_counted_once_a_rank():
    desks = calls.joined.counted(memory.sportelli()).set_index("sportello_id")
    spot = calls.spots(desks)
    people_ = memory.table("demand")["foreign_residents"].reset_index(drop=True)
    rows = calls.first_calls.side_by_side(*calls.two_nearest("car", spot), people_, spot)
    ranks = calls.first_calls.people_by_rank(*rows, list(desks.index))
    assert ranks["nearest"].sum() == pytest.approx(float(people_.sum()))
    listed = calls.calls("car")
    pd.testing.assert_series_equal(listed["nearest"], ranks.loc[listed.index, "nearest"], check_names=False)
    town = desks.index[(desks["ambito_id"] == "lodi") & (desks["precision"] == "settlement")]
    equal = ranks.loc[town, "nearest"]
    assert equal.tolist() == pytest.approx([equal.iloc[0]] * 3), "nobody knows which of them is nearer"
