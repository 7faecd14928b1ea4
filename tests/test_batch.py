"""The batch commands, run as a planner runs them."""

import csv
import time

import pandas as pd
import pytest

import cli
from screens import memory

MILANO, BERGAMO, MONTE_ISOLA = "015146", "016024", "017111"


def minutes_of(tmp_path, rows, *options, header=("from", "to")):
    pairs, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    with pairs.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    status = cli.main(["minutes", str(pairs), *options, "-o", str(out)])
    return status, pd.read_csv(out, dtype={"from": str, "to": str}) if out.is_file() else None


def test_pairs_of_codes_and_of_coordinates_are_answered(tmp_path):
    rows = [(MILANO, BERGAMO), ("9.19 45.46", "9.67 45.70"), (MILANO, "9.67 45.70")]
    status, out = minutes_of(tmp_path, rows)
    assert status == 0
    assert out.columns.tolist() == ["from", "to", "minutes", "low", "high", "network", "problem"]
    assert out["minutes"].between(35, 80).all()
    assert (out["low"] <= out["minutes"]).all()
    assert (out["minutes"] <= out["high"]).all()
    assert set(out["network"]) == {"stimata"}
    assert out["problem"].isna().all()


def test_a_bad_row_says_why_and_the_others_are_answered(tmp_path):
    rows = [(MILANO, BERGAMO), ("999999", MILANO), ("45.46 9.19", MILANO), ("Milano", ""), (MILANO, MILANO)]
    status, out = minutes_of(tmp_path, rows)
    assert status == 1
    assert out["minutes"].notna().tolist() == [True, False, False, False, True]
    assert out["network"].notna().tolist() == [True, False, False, False, True]
    problems = out["problem"].fillna("").tolist()
    assert "999999" in problems[1]
    assert "prima la longitudine" in problems[2]
    assert "«Milano» non è un codice ISTAT" in problems[3]
    assert "to: manca il luogo" in problems[3]


def test_a_code_that_lost_its_zero_in_a_spreadsheet_is_understood(tmp_path):
    _, out = minutes_of(tmp_path, [("15146", BERGAMO), (MILANO, BERGAMO)])
    assert out["minutes"].iloc[0] == out["minutes"].iloc[1]


def test_other_columns_come_back_as_they_were(tmp_path):
    _, out = minutes_of(tmp_path, [(MILANO, BERGAMO, "à;b")], header=("from", "to", "nota"))
    assert out["nota"].tolist() == ["à;b"]


def test_modes_differ_and_walking_is_slowest(tmp_path):
    answers = {
        mode: minutes_of(tmp_path, [(MILANO, BERGAMO)], "--mode", mode)[1] for mode in ("car", "bike", "walk")
    }
    times = {mode: out["minutes"].iloc[0] for mode, out in answers.items()}
    assert times["car"] < times["bike"] < times["walk"]


def test_a_file_without_the_columns_is_told_in_a_sentence(tmp_path, capsys):
    status, out = minutes_of(tmp_path, [(MILANO, BERGAMO)], header=("da", "a"))
    assert (status, out) == (2, None)
    assert "mancano le colonne: from, to" in capsys.readouterr().err


def test_short_and_long_rows_lose_nobody(tmp_path):
    status, out = minutes_of(tmp_path, [(MILANO,), (MILANO, BERGAMO, "3"), (BERGAMO, MILANO)])
    assert status == 1
    assert out["minutes"].notna().tolist() == [False, True, True]
    assert out["problem"].iloc[0] == "to: manca il luogo"


def test_a_table_with_semicolons_is_read_too(tmp_path):
    pairs, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    pairs.write_text(f"\ufefffrom;to;nota\n{MILANO};{BERGAMO};a,b\n", encoding="utf-8")
    assert cli.main(["minutes", str(pairs), "-o", str(out)]) == 0
    assert pd.read_csv(out)["nota"].tolist() == ["a,b"]


@pytest.mark.parametrize(("option", "says"), [(["--kind", "foo"], "foo"), (["--evidence", "Z"], "Z")])
def test_codes_that_nobody_knows_are_told_not_answered(tmp_path, capsys, option, says):
    assert cli.main(["access", *option, "-o", str(tmp_path / "o.csv")]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize("limit", ["-5", "0", "nan", "inf", "presto"])
def test_a_limit_that_is_no_number_of_minutes_is_refused(tmp_path, limit):
    with pytest.raises(SystemExit):
        cli.main(["access", f"--limit={limit}", "-o", str(tmp_path / "o.csv")])


def test_a_missing_file_and_an_impossible_place_are_told_in_a_sentence(tmp_path, capsys):
    assert cli.main(["minutes", str(tmp_path / "none.csv"), "-o", str(tmp_path / "o.csv")]) == 2
    assert "non si legge" in capsys.readouterr().err
    assert cli.main(["access", "-o", str(tmp_path / "no" / "o.csv")]) == 2
    assert "non si può scrivere" in capsys.readouterr().err


def test_a_thousand_pairs_are_answered_and_the_time_is_told(tmp_path, record_property):
    codes = memory.table("comuni")["comune_code"]
    rows = list(zip(codes.sample(1000, random_state=1), codes.sample(1000, random_state=2), strict=True))
    start = time.perf_counter()
    status, out = minutes_of(tmp_path, rows)
    record_property("seconds", time.perf_counter() - start)
    assert status == 0
    assert out["minutes"].notna().all()


def test_access_gives_one_row_a_comune_and_the_figures_of_the_screen(tmp_path):
    out = tmp_path / "access.csv"
    assert cli.main(["access", "--mode", "car", "--limit", "30", "-o", str(out)]) == 0
    table = pd.read_csv(out, dtype={"comune_code": str})
    assert table.columns.tolist() == [
        "comune_code", "comune", "ambito_id", "foreign_residents", "minutes_median",
        "people_beyond", "share_beyond", "low", "high", "network",
    ]  # fmt: skip
    assert len(table) == 1502
    assert table["foreign_residents"].sum() == 1_221_520
    screen = memory.access(mode="car", limit=30)
    beyond = table.set_index("comune_code")["people_beyond"]
    pd.testing.assert_series_equal(beyond, screen["people_beyond"].round(0), check_names=False)
    shown = table["people_beyond"].dropna()
    assert ((shown == 0) | (shown >= 5)).all()
    assert table.loc[table["people_beyond"].isna(), "share_beyond"].isna().all()


def test_two_runs_of_access_write_the_same_bytes(tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    for path in (one, two):
        cli.main(["access", "--mode", "walk", "--limit", "45", "-o", str(path)])
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("words", [["data", "list"], ["data", "check"]])
def test_the_data_commands_speak(words, capsys):
    assert cli.main(words) == 0
    assert capsys.readouterr().out
