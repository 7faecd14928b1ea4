"""The command ``access`` with conditions, run as a planner runs it; without any, see ``test_batch``."""

import io

import pandas as pd
import pytest

import cli
from data import catalog
from screens import access_answers, access_table, downloads, memory
from screens.need import Need

EXACT = ("--when", "Sa 10:00", "--language", "ar", "--theme", "permesso_soggiorno")
ASKED = Need(when="Sa 10:00", languages=("ar",), themes=("permesso_soggiorno",))


def table_of(tmp_path, *words):
    out = tmp_path / "out.csv"
    assert cli.main(["access", *words, "-o", str(out)]) == 0
    return out.read_text(encoding="utf-8")


def test_the_file_says_what_is_known_and_what_is_possible_as_the_page_does_byte_for_byte(tmp_path):
    told = table_of(tmp_path, *EXACT, "--mode", "walk", "--limit", "45", "--home")
    asked = Need(
        mode="walk", limit=45, home=True, when=ASKED.when, languages=ASKED.languages, themes=ASKED.themes
    )
    page = access_table.file(access_answers.by_area(asked), memory.comuni())
    assert told == page.to_csv(index=False)
    taken = pd.read_csv(io.BytesIO(downloads.as_csv(page)), dtype=str)
    pd.testing.assert_frame_equal(taken, pd.read_csv(io.StringIO(told), dtype=str))
    found = pd.read_csv(io.StringIO(told), dtype={"comune_code": str})
    assert tuple(found.columns) == access_table.COLUMNS
    assert len(found) == 1502
    assert found["comune_code"].is_monotonic_increasing
    assert (found["possible_median"].fillna(999) <= found["confirmed_median"].fillna(999)).all()
    counts = found[["confirmed_beyond", "possible_beyond"]]
    assert not ((counts > 0) & (counts < 5)).any(axis=None)
    assert not (counts["possible_beyond"] > counts["confirmed_beyond"]).any()


def test_every_condition_can_be_asked(tmp_path):
    words = ["--target", "donne", "--walk-in", "--evidence", "AB"]
    more = ["--capacity", "2", "--fresh", "36", "--kind", "sportello_comunale"]
    asked = Need(
        target="donne", walk_in=True, evidence="B", capacity=2.0, fresh=36, kinds=("sportello_comunale",)
    )
    page = access_table.file(access_answers.by_area(asked), memory.comuni())
    assert table_of(tmp_path, *words, *more) == page.to_csv(index=False)


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_written(tmp_path, capsys):
    out = tmp_path / "o.csv"
    wrong = ["--when", "mai", "--language", "luna", "--theme", "sole", "--kind", "foo", "--target", "tu"]
    more = ["--limit", "300", "--evidence", "BD", "--scheduler", "tcp://127.0.0.1:1"]
    assert cli.main(["access", *wrong, *more, "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    for one in ("«mai»", "«luna»", "«sole»", "«foo»", "«tu»", "«300»", "«BD»", "--scheduler"):
        assert one in said
    assert not out.exists()


@pytest.mark.parametrize("words", [["--limit", "22.5"], ["--evidence", "C"], ["--evidence", "AZ"]])
def test_what_can_only_be_asked_without_conditions_is_refused_with_one(tmp_path, words):
    assert cli.main(["access", *EXACT, *words, "-o", str(tmp_path / "o.csv")]) == 2


@pytest.mark.parametrize("words", [["--capacity", "-1"], ["--capacity", "tanta"], ["--fresh", "-6"]])
def test_numbers_that_are_none_are_refused(tmp_path, words):
    with pytest.raises(SystemExit):
        cli.main(["access", *words, "-o", str(tmp_path / "o.csv")])


def test_without_conditions_the_limit_may_be_any_and_the_columns_are_those_of_always(tmp_path):
    found = pd.read_csv(io.StringIO(table_of(tmp_path, "--limit", "22.5", "--evidence", "AC")))
    assert "confirmed_median" not in found
    assert len(found) == len(catalog.load("comuni"))
