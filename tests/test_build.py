"""Building clean tables: whole or not at all, twice the same, and nothing lost when a source fails."""

import functools
import http.server
import shutil
import threading
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from data import build, catalog, corrections, fetch
from data.datasets import residents
from data.label import Label, read_label, sources_page
from errors import SourceChanged, SourceUnavailable, TableBroken, TableMissing

MIRROR = catalog.TABLES.parent.parent.parent / "shared" / "opendata"
with_mirror = pytest.mark.skipif(not MIRROR.is_dir(), reason="no mirror of the raw files beside the project")


def label(**changes) -> Label:
    known = vars(read_label("residents")) | changes
    return Label(**known)


@pytest.fixture
def site(tmp_path):
    """A web server of the machine's own with a folder to fill."""
    folder = tmp_path / "site"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@with_mirror
def test_two_builds_give_byte_equal_tables_which_say_what_is_committed(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "download", _nothing_to_be_had)
    folders = [tmp_path / "one", tmp_path / "two"]
    one, two = (build.build(mirror=MIRROR, folder=folder, say=lambda _: None) for folder in folders)
    assert one.kept_old == two.kept_old == {}
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes(), (
            f"{path.name} is not the same twice"
        )
    for name in one.made:
        pd.testing.assert_frame_equal(catalog.load(name, folders[0]), catalog.load(name))


def test_a_raw_file_is_looked_for_in_the_mirror_then_in_the_cache(tmp_path):
    mirror, cache = tmp_path / "mirror", tmp_path / "cache"
    (mirror / "population").mkdir(parents=True)
    cache.mkdir()
    asked = label(file="population/residents.csv", download="")
    (cache / "residents.csv").write_text("cache")
    assert fetch.find_raw(asked, mirror=mirror, cache=cache).read_text() == "cache"
    (mirror / "population" / "residents.csv").write_text("mirror")
    assert fetch.find_raw(asked, mirror=mirror, cache=cache).read_text() == "mirror"


def test_a_file_without_an_address_says_where_to_read_how_to_get_it(tmp_path):
    with pytest.raises(SourceUnavailable, match="etichetta"):
        fetch.find_raw(label(file="nowhere.csv", download=""), mirror=None, cache=tmp_path)


def test_a_download_is_checked_noted_and_told(site, tmp_path):
    folder, address = site
    (folder / "p2.csv").write_bytes(b"x" * 1_000_000)
    said = []
    path = fetch.find_raw(
        label(file="no.csv", download=f"{address}/p2.csv"), mirror=None, cache=tmp_path, say=said.append
    )
    assert path.read_bytes() == b"x" * 1_000_000
    assert any("MB" in line for line in said)
    assert fetch.intact(path)
    path.write_bytes(b"y")
    assert not fetch.intact(path), "a file that changed since its download is not taken"


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html>", b"PK not a zip"])
def test_an_empty_file_a_web_page_and_a_broken_archive_are_refused(site, tmp_path, content):
    folder, address = site
    (folder / "p2.zip").write_bytes(content)
    with pytest.raises(SourceUnavailable):
        fetch.download(label(download=f"{address}/p2.zip"), tmp_path / "p2.zip", say=lambda _: None)
    assert list(tmp_path.glob("p2.zip*")) == []


def test_a_missing_page_and_a_silent_site_are_told_in_one_sentence(site, tmp_path, monkeypatch):
    _, address = site
    monkeypatch.setattr(fetch, "TRIES", 0)
    with pytest.raises(SourceUnavailable, match="risponde 404"):
        fetch.download(label(download=f"{address}/none.csv"), tmp_path / "none.csv", say=lambda _: None)
    with pytest.raises(SourceUnavailable, match="non risponde"):
        fetch.download(label(download="http://127.0.0.1:9/x.csv"), tmp_path / "x.csv", say=lambda _: None)


def test_a_zip_with_one_table_is_read_like_the_table(tmp_path):
    plain = tmp_path / "p2.csv"
    plain.write_text(
        '"Bilancio"\n"Codice comune";"Comune";"Popolazione censita al 1° gennaio - Totale";'
        '"Popolazione al 31 dicembre - Totale"\n"015146";"Milano";"10";"11"\n"001001";"Agliè";"5";"5"\n"Nota";;;\n'
    )
    packed = tmp_path / "p2.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(plain, "p2.csv")
    for path in (plain, packed):
        table, aside = residents.clean(residents.read(path))
        assert table["comune_code"].tolist() == ["015146"]
        assert table["residents"].tolist() == [10]
        assert aside.tolist() == ["fuori dalla Lombardia", "nota del produttore"]


@pytest.fixture
def copied(tmp_path):
    """The committed tables in a folder that may be spoiled."""
    return Path(shutil.copytree(catalog.TABLES, tmp_path / "tables"))


def test_a_source_that_fails_keeps_its_old_table(copied, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "find_raw", _nothing_to_be_had)
    before = {path.name: path.read_bytes() for path in copied.glob("*.parquet")}
    said = []
    outcome = build.build(mirror=None, folder=copied, say=said.append)
    assert "residents" in outcome.kept_old
    assert any("resta la tabella di prima" in line for line in said)
    assert {path.name: path.read_bytes() for path in copied.glob("*.parquet")} == before


def _nothing_to_be_had(label, *_, **__):
    raise SourceUnavailable(dataset=label.dataset, file=label.file, url="", reason="prova")


def test_a_missing_table_and_a_broken_one_are_told_apart(tmp_path):
    with pytest.raises(TableMissing):
        catalog.load("residents", tmp_path)
    (tmp_path / "residents.parquet").write_bytes(b"no parquet")
    with pytest.raises(TableBroken, match="cannot be read"):
        catalog.load("residents", tmp_path)


def test_every_fault_of_a_table_is_named_at_once(tmp_path):
    bad = pd.DataFrame({"comune_code": ["15146", "015146"], "residents": [-1, 2], "extra": [1, 2]})
    bad.to_parquet(tmp_path / "residents.parquet")
    with pytest.raises(TableBroken) as caught:
        catalog.load("residents", tmp_path)
    said = str(caught.value)
    assert "comune_code" in said
    assert "extra" in said
    assert "residents_end" in said


def test_a_correction_whose_source_changed_is_not_made_in_silence(monkeypatch):
    fixes = pd.DataFrame(
        {"key": ["a", "z"], "column": ["name"] * 2, "expected": ["old", "x"], "value": ["new", "y"]}
    )
    monkeypatch.setattr(corrections, "read", lambda _: fixes)
    table = pd.DataFrame({"id": ["a"], "name": ["something else"]})
    with pytest.raises(SourceChanged) as caught:
        corrections.apply("sportelli", table, key="id")
    assert len(caught.value.faults) == 2
    table = pd.DataFrame({"id": ["a", "z"], "name": ["old", "x"]})
    assert corrections.apply("sportelli", table, key="id")["name"].tolist() == ["new", "y"]


def test_comuni_of_any_year_become_those_of_2025():
    codes = corrections.current_code(pd.Series(["012009", "015146", "018002"]))
    assert codes.tolist() == ["012144", "015146", "018026"]


def test_the_sources_page_says_every_licence():
    page = sources_page([read_label(name) for name in catalog.DATASETS])
    assert "ODbL" in page
    assert "© OpenStreetMap contributors" in page
    for name in catalog.DATASETS:
        assert f"`{name}`" in page
