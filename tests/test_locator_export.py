"""The public pages as a folder: complete, with links that lead somewhere, and whole whatever happens meanwhile."""

import functools
import http.server
import json
import multiprocessing
import os
import sys
import threading
import time
import warnings
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import pytest

import cli
from data.registry.store import open_store
from errors import FileUnwritable, FolderTaken
from locator import commands, export, site, swap
from locator.api import bulk
from locator.assets import assets
from locator.export import CARD, file_of
from locator.visit import Setting
from tests.locator_town import MOMENT, town

SOME = ("it", "ar")


def written(folder, *, languages=SOME, processes=1, address=None, now=None):
    setting = Setting(address, live=False, languages=languages, assets=assets().folder)
    now, files = now or town(), [(name, b"{}") for name in bulk.MIMES]
    return export.export(now, folder, setting=setting, moment=MOMENT, files=files, processes=processes)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def beside(folder):
    """What is beside a folder."""
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The town in two languages."""
    folder = tmp_path_factory.mktemp("web") / "cerca" / "sportelli"
    found = written(folder, address="https://www.borgo.example/cerca/sportelli/")
    return folder, found


class Links(HTMLParser):
    """Where a page leads: to other addresses, and to what it needs."""

    def __init__(self, text):
        super().__init__()
        self.found, self.forms = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self.forms.append(told)
        if tag == "base":
            pytest.fail("a base address would send relative links elsewhere")
        self.found += [told[name] for name in ("href", "src") if told.get(name)]


def test_every_address_is_written_and_the_card_says_of_when(exported):
    folder, found = exported
    setting = Setting(live=False, languages=SOME, assets=assets().folder)
    paths = {file_of(path) for path in site.addresses(town(), setting)}
    held = contents(folder)
    assert paths <= held.keys()
    assert {
        "index.html",
        "sw.js",
        "embed.js",
        "ar/comune/900001/index.html",
        "dati/zone/borgo.json",
    } <= held.keys()
    card = json.loads(held[CARD])
    assert card["mark"] == town().mark
    assert card["languages"] == list(SOME)
    assert card["files"] == found.files == len(held.keys() - {CARD, ".nojekyll"})
    assert card["bytes"] == found.bytes == sum(len(held[name]) for name in held.keys() - {CARD, ".nojekyll"})


def test_every_link_of_every_page_leads_to_a_file_of_the_export(exported):
    folder, _ = exported
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        here = f"/{page.relative_to(folder).as_posix()}"
        seen = Links(page.read_text(encoding="utf-8"))
        for link in seen.found:
            if link.startswith(("https://", "http://", "tel:", "mailto:", "geo:", "data:", "#")):
                continue
            there = urlsplit(urljoin(f"http://x{here}", link))
            target = folder / unquote(there.path).lstrip("/")
            file = target / "index.html" if there.path.endswith("/") else target
            assert file.is_file(), f"{here}: {link}"
            assert not link.startswith("/"), f"{here}: {link} holds only at the top of a site"


def test_no_page_asks_for_a_server(exported):
    folder, _ = exported
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        seen = Links(text)
        assert not any(
            "segnala" in link or "/cerca/" in link for link in seen.found if "borgo.example" not in link
        )
        assert not any("api/v1" in link for link in seen.found)
        assert all(form.get("method", "get").lower() == "get" for form in seen.forms)
        assert all("cerca" not in form.get("action", "") for form in seen.forms)
    assert not (folder / "it" / "cerca").exists()


def test_the_address_that_the_folder_will_have_is_in_its_pages(exported):
    folder, _ = exported
    text = (folder / "it/comune/900001/index.html").read_text(encoding="utf-8")
    assert "https://www.borgo.example/cerca/sportelli/it/comune/900001/" in text


def test_a_plain_web_server_shows_it_under_any_path(exported):
    folder, _ = exported

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    top = folder.parents[1]
    plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=top))
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{plain.server_port}/cerca/sportelli/") as client:
            first = client.get("")
            assert first.status_code == 200
            assert {"it/", "ar/"} <= {link.removeprefix("./") for link in Links(first.text).found}
            page = client.get("ar/comune/900001/")
            assert 'lang="ar"' in page.text
            for link in Links(page.text).found:
                if "_/" in link:
                    assert client.get(urljoin(str(page.url), link)).status_code == 200
            assert client.get("dati/luoghi.json?v=1").json()["mark"] == town().mark
    finally:
        plain.shutdown()
        plain.server_close()


def test_many_processes_write_what_one_does(tmp_path, exported):
    address = "https://www.borgo.example/cerca/sportelli/"
    written(tmp_path / "due", processes=2, address=address)
    assert contents(tmp_path / "due") == contents(exported[0])


def test_a_new_export_takes_the_place_of_the_old_one_and_leaves_nothing_beside(tmp_path):
    folder = tmp_path / "web"
    written(folder)
    (folder / "it" / "vecchia.html").write_text("")
    before = contents(folder)
    written(folder)
    assert contents(folder).keys() == before.keys() - {"it/vecchia.html"}
    assert beside(folder) == []


@pytest.mark.parametrize("what", ["a folder of others", "a file", "a card of others"])
def test_what_is_not_ours_is_refused_and_stays(tmp_path, what):
    folder = tmp_path / "web"
    if what == "a file":
        folder.write_text("mio")
    else:
        folder.mkdir()
        (folder / (CARD if "card" in what else "mio.txt")).write_text('{"what": "altro"}')
    with pytest.raises(FolderTaken):
        written(folder)
    assert folder.read_text() == "mio" if folder.is_file() else len(contents(folder)) == 1
    assert beside(folder) == []


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "web").mkdir()
    written(tmp_path / "web", languages=("it",))
    assert (tmp_path / "web" / "index.html").is_file()


def test_what_fails_half_way_leaves_the_old_one_whole(tmp_path, monkeypatch):
    folder = tmp_path / "web"
    written(folder)
    before = contents(folder)
    real, done = Path.write_bytes, []

    def full(path, data):
        done.append(path)
        if len(done) == 40:
            raise OSError(28, os.strerror(28), str(path))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FileUnwritable, match=os.strerror(28)):
        written(folder)
    assert contents(folder) == before
    assert beside(folder) == []


def test_a_page_that_cannot_be_made_leaves_the_old_one_whole(tmp_path, monkeypatch):
    folder = tmp_path / "web"
    written(folder, languages=("it",))
    before = contents(folder)
    monkeypatch.setattr(export.site, "make", lambda *_, **__: None)
    with pytest.raises(RuntimeError):
        written(folder, languages=("it",))
    assert contents(folder) == before
    assert beside(folder) == []


def killed_at_work(folder):
    """A process that writes the town slowly, killed when its first pages are there."""
    real = site.make

    def slow(*given, **more):
        time.sleep(0.02)
        return real(*given, **more)

    export.site.make = slow
    working = multiprocessing.get_context("fork").Process(target=written, args=(folder,))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads that others left
        working.start()
    export.site.make = real
    end = time.monotonic() + 60
    while not list(folder.parent.glob(f".{folder.name}.*.part/it/comune/*/index.html")):
        assert working.is_alive()
        assert time.monotonic() < end
        time.sleep(0.01)
    working.kill()
    working.join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process like this one")
def test_who_is_killed_leaves_the_old_one_whole_and_the_next_one_sweeps(tmp_path, monkeypatch):
    folder = tmp_path / "web"
    written(folder)
    before = contents(folder)
    killed_at_work(folder)
    assert contents(folder) == before
    left = list(tmp_path.glob(".web.*.part"))
    assert len(left) == 1
    written(folder, languages=("it",))
    assert left[0].exists(), "it may still be at work: it gave a sign of life just now"
    monkeypatch.setattr(swap, "STALE_S", 0.0)
    written(folder, languages=("it",))
    assert list(tmp_path.glob(".web.*")) == []


def test_where_names_cannot_be_exchanged_the_old_one_steps_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    folder = tmp_path / "web"
    for text in ("vecchio", "nuovo"):
        with swap.whole_folder(folder, ours=lambda _: True) as aside:
            (aside / "a").write_text(text)
    assert (folder / "a").read_text() == "nuovo"
    assert beside(folder) == []
    real = Path.rename

    def stuck(path, target):
        if path.suffix == ".part":
            raise PermissionError(13, os.strerror(13), str(path))
        return real(path, target)

    monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(FileUnwritable), swap.whole_folder(folder, ours=lambda _: True) as aside:
        (aside / "a").write_text("mai")
    assert (folder / "a").read_text() == "nuovo"
    assert beside(folder) == []


def test_a_folder_that_lost_its_name_to_a_kill_gets_it_back(tmp_path):
    folder, old = tmp_path / "web", tmp_path / ".web.1.old"
    old.mkdir()
    (old / "a").write_text("vecchio")
    with pytest.raises(ZeroDivisionError), swap.whole_folder(folder, ours=lambda _: True):
        raise ZeroDivisionError
    assert (folder / "a").read_text() == "vecchio"


@pytest.mark.skipif(sys.platform != "linux", reason="names are exchanged in one step on Linux alone")
def test_whoever_looks_meanwhile_always_finds_it_whole(tmp_path):
    folder, seen, missing, stop = tmp_path / "web", [], [], threading.Event()

    def look():
        while not stop.is_set():
            try:
                seen.append((folder / "a").read_text())
            except FileNotFoundError as fault:
                missing.append(fault)

    with swap.whole_folder(folder, ours=lambda _: True) as aside:
        (aside / "a").write_text("0")
    looking = threading.Thread(target=look)
    looking.start()
    for turn in range(1, 10):
        with swap.whole_folder(folder, ours=lambda _: True) as aside:
            (aside / "a").write_text(str(turn))
    stop.set()
    looking.join()
    assert missing == []
    assert set(seen) <= set("0123456789")


# the command


@pytest.fixture
def in_town(monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    monkeypatch.setattr(
        commands, "taken", lambda: (town(), open_store(f"sqlite:///{folder}/r.sqlite", folder=folder))
    )


def test_the_command_writes_and_says_how_much(tmp_path, in_town, capsys):
    folder = tmp_path / "web"
    words = [
        "locator",
        "export",
        str(folder),
        "--url",
        "https://a.example/s",
        "--languages",
        "it, en",
        "--processes=1",
    ]
    assert cli.main(words) == 0
    told = capsys.readouterr().out
    assert " file, " in told
    assert str(folder) in told
    card = json.loads((folder / CARD).read_text())
    assert (card["address"], card["languages"]) == ("https://a.example/s/", ["it", "en"])
    assert not (folder / "ar").exists()
    opened = {path.name: path.read_bytes() for path in (folder / "dati/aperti").iterdir()}
    assert set(opened) == set(bulk.MIMES)
    assert town().desks[0].id in opened["sportelli.csv"].decode()
    assert "https://a.example/s/dati/aperti/sportelli.csv" in opened["catalogo.ttl"].decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--url", "a.example"], "--url («a.example»)"),
        (["--languages", "it,xx"], "--languages («xx»)"),
        (["--languages", ","], "lingue"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(tmp_path, in_town, capsys, words, said):
    assert cli.main(["locator", "export", str(tmp_path / "web"), *words]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_others_is_refused_before_anything_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(commands, "taken", lambda: pytest.fail("made for nothing"))
    (tmp_path / "mio.txt").write_text("")
    assert cli.main(["locator", "export", str(tmp_path)]) == 2
    assert "non è un'esportazione dell'atlante" in capsys.readouterr().err


def test_a_snapshot_is_taken_again_if_the_registry_changed_meanwhile(monkeypatch):
    marks = iter(["1", "2", "3", "3"])
    monkeypatch.setattr(commands, "sources", lambda: SimpleNamespace(store=lambda: "the registry"))
    monkeypatch.setattr(commands, "mark_of", lambda of: next(marks))
    taken = []
    monkeypatch.setattr(commands, "snapshot", lambda of: taken.append(of) or len(taken))
    assert commands.taken() == (2, "the registry")


def test_progress_is_one_line_for_who_looks_and_nothing_for_a_file(capsys, monkeypatch):
    line = commands._Line()
    line(5, 10)
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    line = commands._Line()
    line(5, 10)
    line(10, 10)
    told = capsys.readouterr().out
    assert "5 pagine di 10" in told
    assert "\n" not in told
