"""Who is left out, by group: by heart in two comuni, then Lombardy, then the view and what it says."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import coverage, disclosure, inequality
from geo.crs import DEGREES
from layers.style import MINUTES
from screens import accesso_gruppi, groups, memory
from screens.accesso_gruppi import END_CODES, figures_words, headline, lorenz_html, sentences, table_words
from screens.groups import BEYOND, CITIZENS, CLASSES, FOREIGN, NOWHERE, PUPILS, RESIDENTS, THIRD, Known
from screens.need import Need
from tests import pages
from tests.pages import words

ASKED = Need(when="Sa 10:00", languages=("ar",))
WORDS = dict(zip(groups.GROUPS, ("R", "S", "T", "C", "A"), strict=True))


def town(foreign=(90, 10, 60, 40), totals=None):
    """Comuni a and b, two points each."""
    demand = gpd.GeoDataFrame(
        {
            "comune_code": ["a", "a", "b", "b"],
            "residents": [900, 100, 500, 500],
            "foreign_residents": list(foreign),
        },
        geometry=gpd.points_from_xy([9, 9.1, 9.2, 9.3], [45] * 4),
        crs=DEGREES,
    )
    usual = {
        RESIDENTS: [1000, 1000],
        FOREIGN: [100, 100],
        THIRD: [50, 0],
        CITIZENS: [0, 20],
        PUPILS: [200, 0],
    }
    table = pd.DataFrame(totals or usual, index=["a", "b"]).astype(float)
    return Known(demand, table, pd.Series({"a": 15e3, "b": 25e3}), pd.Series({"a": "x", "b": "y"}))


TIMES = pd.Series([10.0, 40.0, 10.0, np.nan])


# by heart


def test_a_group_lives_in_a_comune_as_its_foreign_residents_do_and_pupils_as_its_residents():
    of = town()
    assert groups.people(of, THIRD).tolist() == [45, 5, 0, 0]
    assert groups.people(of, CITIZENS).tolist() == [0, 0, 12, 8]
    assert groups.people(of, PUPILS).tolist() == [180, 20, 0, 0]
    assert groups.people(of, FOREIGN).tolist() == of.demand["foreign_residents"].tolist()


def test_shares_by_heart():
    table = groups.by_class(town(), TIMES, limit=30)
    assert table.loc[FOREIGN].to_dict() == pytest.approx(
        {"people": 200, **dict(zip(CLASSES, (0.75, 0, 0.05, 0, 0), strict=True)), NOWHERE: 0.2, BEYOND: 0.25}
    )
    assert table.loc[THIRD, [CLASSES[0], CLASSES[2], BEYOND]].tolist() == pytest.approx([0.9, 0.1, 0.1])
    assert table.loc[CITIZENS, [CLASSES[0], NOWHERE]].tolist() == pytest.approx([0.6, 0.4])
    assert table.loc[PUPILS, BEYOND] == pytest.approx(0.1)


def test_a_group_of_nobody_has_no_shares():
    table = groups.by_class(town(totals={group: [0, 0] for group in groups.GROUPS}), TIMES, limit=30)
    assert (table["people"] == 0).all()
    assert table[[*CLASSES, BEYOND]].isna().all(axis=None)


def test_few_people_of_a_comune_are_told_alike_whoever_of_them_is_far():
    """Of 93 foreign residents 1 to 4 are far: the shares of every group are the same."""
    told = [groups.by_class(town((93 - few, few, 60, 40)), TIMES, limit=30) for few in (1, 2, 4)]
    for other in told[1:]:
        pd.testing.assert_frame_equal(told[0], other)


@given(st.lists(st.integers(1, 300), min_size=4, max_size=4), st.sampled_from([15, 30, 45, 60]))
def test_shares_add_up_and_agree_with_the_limit(foreign, limit):
    of = town(foreign)
    totals = of.totals.assign(**{FOREIGN: [sum(foreign[:2]), sum(foreign[2:])]})
    table = groups.by_class(of._replace(totals=totals), TIMES, limit=limit)
    assert table[[*CLASSES, NOWHERE]].sum(axis=1).to_numpy() == pytest.approx(np.ones(5))
    over = list(CLASSES)[MINUTES.breaks.index(limit) + 1 :]
    assert table[[*over, NOWHERE]].sum(axis=1).to_numpy() == pytest.approx(table[BEYOND].to_numpy())


# Lombardy


@pytest.fixture(scope="module")
def lombardy():
    people = groups.citizens(memory.table("citizenship"), memory.comuni())
    return groups.known(memory.table("demand"), memory.comuni(), memory.scuole(), people["EG"])


def test_every_group_is_counted_whole(lombardy):
    total = lombardy.totals.sum()
    assert total[RESIDENTS] == 10_033_918
    assert total[FOREIGN] == 1_221_520
    assert total[THIRD] == pytest.approx(995_738, abs=1)
    known = memory.table("citizenship").query("area_level == 'provincia' and citizenship_iso2 == 'EG'")
    assert total[CITIZENS] == pytest.approx(known["residents"].sum())
    assert total[PUPILS] == memory.scuole()["pupils"].sum()
    for group in groups.GROUPS:
        assert groups.people(lombardy, group).sum() == pytest.approx(total[group])


def test_citizenships_to_choose_are_those_of_many(lombardy):
    people = groups.citizens(memory.table("citizenship"), memory.comuni())
    codes = groups.choosable(people)
    assert codes[:3] == ["RO", "EG", "MA"]
    assert people[codes].sum().min() >= groups.ENOUGH
    assert people.drop(columns=codes).sum().max() < groups.ENOUGH


def test_shares_hardly_differ_from_the_exact_ones_and_agree_with_panorama(lombardy):
    minutes, people = memory.minutes()["minutes"], lombardy.demand["foreign_residents"].astype(float)
    table = groups.by_class(lombardy, minutes, limit=30, groups=[FOREIGN])
    exact = coverage.classes(minutes, people, breaks=MINUTES.breaks) / people.sum()
    assert table.loc[FOREIGN, CLASSES[0]] == pytest.approx(exact[0], abs=1e-3)
    assert table.loc[FOREIGN, BEYOND] == pytest.approx(exact[[2, 3, 4, -1]].sum(), abs=1e-3)
    by_area = memory.access(by="comune_code")["people_beyond"]
    assert table.loc[FOREIGN, BEYOND] * people.sum() == pytest.approx(by_area.sum(), rel=0.01)


def test_theil_adds_up_and_every_interval_holds_its_figure(lombardy, monkeypatch):
    monkeypatch.setattr(inequality, "DRAWS", 40)
    monkeypatch.setattr(
        inequality.interval, "__kwdefaults__", {**inequality.interval.__kwdefaults__, "draws": 40}
    )
    minutes = memory.minutes()["minutes"]
    table = groups.by_class(lombardy, minutes, limit=30)
    found = groups.figures(lombardy, minutes, FOREIGN, table, limit=30)
    assert tuple(found.index) == groups.MEASURES
    value = found["value"]
    assert value["theil"] == pytest.approx(value["theil_between"] + value["theil_within"], abs=1e-12)
    assert value["fgt0"] == table.loc[FOREIGN, BEYOND]
    assert value["fgt0"] >= value["fgt1"] >= value["fgt2"] > 0
    assert (found["low"] < found["value"]).all()
    assert (found["value"] < found["high"]).all()


def test_how_far_beyond_the_farthest_limit_is_not_known(lombardy, monkeypatch):
    monkeypatch.setattr(
        inequality.interval, "__kwdefaults__", {**inequality.interval.__kwdefaults__, "draws": 2}
    )
    minutes = memory.minutes()["minutes"]
    table = groups.by_class(lombardy, minutes, limit=120)
    found = groups.figures(lombardy, minutes, FOREIGN, table, limit=120)
    assert found.loc[["fgt1", "fgt2"]].isna().all(axis=None)
    assert len(sentences(found, Need(limit=120))) == 5


# what is said


def shown_numbers(table):
    return {number.replace("\u00a0", " ") for number in table.to_numpy().ravel()}


def test_the_headline_says_the_figures_of_the_table():
    table = groups.by_class(town(), TIMES, limit=30)
    told = table_words(table, WORDS, Need())
    said = headline(table, WORDS, ASKED, "confirmed")
    numbers = re.findall(r"\d[\d.]*(?:,\d+)? %", said)
    assert numbers == ["25,0 %", "40,0 %", "10,0 %"]
    assert set(numbers) <= shown_numbers(told[["Oltre 30 min"]])
    assert "«C»" in said
    assert "«T»" in said
    assert "confermato entro 30 minuti in auto, aperto il sabato alle 10:00" in said


FIGURES = pd.DataFrame(
    {"value": [0.2116, 0.741, 0.0829, 0.0589, 0.024, -0.0598, 0.0369, 0.00366, 0.0008]},
    index=list(groups.MEASURES),
)


def test_every_sentence_says_the_figure_of_its_row():
    table = FIGURES.assign(low=FIGURES["value"] - 0.01, high=FIGURES["value"] + 0.01)
    told = figures_words(table)["Valore"]
    lines = sentences(table, Need())
    assert len(lines) == 7
    for line, name in zip(
        lines, ("gini", "palma", "theil", "concentration", "fgt0", "fgt1", "fgt2"), strict=True
    ):
        assert told[accesso_gruppi.MEASURE_WORDS[name]].replace("\u00a0", " ") in line
    assert "0,059 tra un Ambito e l'altro e 0,024 dentro" in lines[2]
    assert "il 71 % della disuguaglianza dipende da dove si vive" in lines[2]
    assert "redditi più bassi" in lines[3]
    assert "**0,3 minuti**" in lines[5]


def test_an_index_that_may_be_zero_says_so_and_none_without_an_answer():
    table = FIGURES.assign(low=-1.0, high=1.0)
    assert "comprende lo zero" in sentences(table, Need())[3]
    assert sentences(table.assign(value=np.nan), Need()) == []
    assert set(figures_words(table.assign(value=np.nan))["Valore"]) == {"–"}


def test_the_curve_is_drawn_by_us_and_read_aloud():
    curve = inequality.lorenz(pd.Series([10.0, 30.0]), pd.Series([3, 1]))
    drawn = lorenz_html(curve)
    assert "0.00% 100.00%, 75.00% 50.00%, 100.00% 0.00%" in drawn
    assert 'role="img" aria-label="Curva di Lorenz' in drawn
    assert not re.search(r"http|<script|<svg|url\(", drawn)


def test_the_file_holds_the_table():
    table = groups.by_class(town(), TIMES, limit=30)
    kept = accesso_gruppi.file({"possible": table, "confirmed": table}, Need())
    assert kept["id"].is_unique
    assert len(kept) == 2 * len(table)
    assert kept.loc[kept["id"] == f"possible-{FOREIGN}", BEYOND].item() == table.loc[FOREIGN, BEYOND]
    assert disclosure.FEW == 5


# the view


def opened(**query):
    return pages.opened("accesso", **{"vista": "gruppi"} | query)


def test_the_view_shows_the_tables_of_the_question():
    app = opened(cittadinanza="EG")
    said = words(app)
    table = accesso_gruppi.shares(Need(), "EG", "possible")
    for name, row in table_words(table, accesso_gruppi._words("EG"), Need()).iterrows():
        assert f'<th scope="row">{name}</th>' + "".join(f"<td>{cell}</td>" for cell in row) in said
    assert "Cittadinanza: Egitto" in said
    assert "Confermato: solo" not in said, "without conditions both are the same"
    for line in sentences(accesso_gruppi.figures(Need(), "EG", "possible", FOREIGN), Need()):
        assert line in said
    assert "Curva di Lorenz" in said


def test_with_conditions_confirmed_and_possible_stand_apart():
    app = opened(quando=ASKED.when, lingua="ar", gruppo=PUPILS, conta="confermato")
    said = words(app)
    assert [each.value for each in app.subheader] == list(accesso_gruppi.ENDS.values())
    for end in END_CODES.values():
        table = accesso_gruppi.shares(ASKED, "RO", end)
        assert headline(table, accesso_gruppi._words("RO"), ASKED, end) in said
    sure, maybe = (accesso_gruppi.shares(ASKED, "RO", end)[BEYOND] for end in ("confirmed", "possible"))
    assert (sure >= maybe).all()
    for line in sentences(accesso_gruppi.figures(ASKED, "RO", "confirmed", PUPILS), ASKED):
        assert line in said
