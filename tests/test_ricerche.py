"""The page Ricerche senza risposta: only groups of at least five, on the page and in what is taken away."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
import streamlit as st

from analysis import tallies
from data.registry import searches
from data.registry.searches import Search
from data.registry.store import ROME
from data.vocabularies import label
from screens import memory, search_words
from tests.pages import opened, words

WORK = Search("lodi", "lavoro", "ar", "walk", "none")


@pytest.fixture(autouse=True, scope="module")
def forgetful():
    """What was remembered of these registries is not for other tests; each has a mark of its own."""
    yield
    st.cache_resource.clear()


def counted(found, *, months_ago=0):
    """Count searches as if some months ago."""
    store = memory.registry()
    today = store.today()
    at = today.year * 12 + today.month - 1 - months_ago
    moment = dt.datetime(at // 12, at % 12 + 1, 15, 12, tzinfo=ROME)
    searches.count_many(replace(store, clock=lambda: moment), found)


def shown(app):
    (table,) = app.dataframe
    return table.value


def figure(app, name):
    return next(one.value for one in app.metric if one.label == name)


def test_before_anything_is_counted_the_page_says_so():
    app = opened("ricerche")
    assert "Non si conta ancora" in words(app)
    assert "Di chi cerca non si tiene niente" in words(app)


def test_while_there_are_fewer_than_five_it_says_since_when_it_counts():
    counted({WORK: 4})
    app = opened("ricerche")
    since = searches.since(memory.registry())
    assert f"Le ricerche si contano dal {since:%d/%m/%Y}; si vedono da 5 uguali in su." in words(app)
    assert not app.dataframe
    assert not app.metric


def test_from_five_up_they_are_shown_by_ambito_need_and_language():
    counted(
        {WORK: 7, WORK._replace(mode="car", outcome="far"): 10, WORK._replace(theme="salute", language=""): 5}
    )
    app = opened("ricerche")
    assert figure(app, "Ricerche senza risposta") == "20"
    assert figure(app, "Nessun risultato") == "10"
    assert figure(app, "Solo lontano") == "10"
    assert shown(app).to_dict("records") == [
        {"Ambito": "Lodi", "Ricerche": 20, "Nessun risultato": 10, "Solo lontano": 10, "Esiti diversi": 0}
    ]
    by_need = shown(opened("ricerche", vista="bisogno"))
    assert dict(zip(by_need["Bisogno"], by_need["Ricerche"], strict=True)) == {
        label("themes", "lavoro"): 15, label("themes", "salute"): 5,
    }  # fmt: skip
    together = shown(opened("ricerche", vista="insieme", bisogno="salute"))
    assert together.iloc[0, :4].tolist() == ["Lodi", label("themes", "salute"), "nessuna lingua scelta", 5]


def test_months_and_codes_narrow_the_figures():
    counted({WORK: 5}, months_ago=5)
    counted({WORK: 10})
    month = search_words.month_now()
    assert figure(opened("ricerche"), "Ricerche senza risposta") == "15"
    assert figure(opened("ricerche", da=month), "Ricerche senza risposta") == "10"
    first = tallies.months("2020-01", month)[-6]
    assert figure(opened("ricerche", a=first), "Ricerche senza risposta") == "5"
    app = opened("ricerche", da=tallies.months("2020-01", month)[-2], a=tallies.months("2020-01", month)[-2])
    assert "Qui non c'è nessun gruppo di almeno 5 ricerche." in words(app)
    assert figure(opened("ricerche", ambito="lodi", lingua="ar"), "Ricerche senza risposta") == "15"


def test_few_of_many_kinds_are_told_together_at_the_end_of_the_quarter():
    counted({WORK._replace(language=code): 2 for code in ("ar", "en", "fr")}, months_ago=4)
    together = shown(opened("ricerche", vista="insieme"))
    assert together.iloc[0, :4].tolist() == [
        "Lodi",
        label("themes", "lavoro"),
        search_words.words("language", "*"),
        6,
    ]


def test_every_figure_of_every_view_is_made_of_groups_of_five_or_more():
    """Page and file are the same table: no figure, and no difference of two that stand beside each other, is small."""
    found = {}
    for at, theme in enumerate(("lavoro", "salute", "asilo", "alloggio")):
        for other, code in enumerate(("ar", "en", "", "bn")):
            found[Search(("lodi", "bergamo", "")[(at + other) % 3], theme, code, "walk", "none")] = (
                1 + at * other
            )
    counted(found, months_ago=4)
    counted(found)
    told = search_words.told()
    assert (told["n"] >= 5).all()
    views = {}
    for view in ("ambito", "bisogno", "lingua", "insieme"):
        table = shown(opened("ricerche", vista=view))
        counts = table.select_dtypes("number")
        assert ((counts == 0) | (counts >= 5)).all(axis=None)
        assert (counts["Ricerche"] == counts.drop(columns="Ricerche").sum(axis=1)).all()
        views[view] = int(counts["Ricerche"].sum())
    assert set(views.values()) == {int(told["n"].sum())}
    assert sum(found.values()) * 2 > told["n"].sum() > sum(found.values())


def test_words_for_every_code():
    assert search_words.month_words("2026-12") == "dicembre 2026"
    empty = search_words.table(pd.DataFrame(columns=["month", *search_words.CODES, "n"]), ["theme"])
    assert empty.empty
