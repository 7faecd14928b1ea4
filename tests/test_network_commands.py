"""``network ...`` as a planner runs it: what it makes, and one Italian sentence for whatever goes wrong.

Whatever goes wrong, the network in use before stays in use and no half-written file is left behind.
"""

import contextlib
import errno
import tomllib

import geopandas as gpd
import numpy as np
import osmnx as ox
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

import cli
from data import catalog
from errors import FileUnreadable, NetworkOutside
from geo import congestion
from geo.crs import DEGREES
from geo.streets import make as making
from geo.streets import store
from screens import batch, joined, memory, network
from tests import pages
from tests.streets.making import ROAD, in_memory, speeds, ways_of
from tests.streets.test_make import TOWN
from tests.streets.towns import Town, street

ELSEWHERE = Town("A---B---C", {"ABC": street()})
FULL = OSError(errno.ENOSPC, "No space left on device")


def few(sportelli):
    """The first five desks only."""
    return lambda table: sportelli(table).dropna(subset=["geometry"]).head(5)


@pytest.fixture
def town(tmp_path):
    return TOWN.write(tmp_path / "paese.osm.pbf")


@pytest.fixture
def run(capsys):
    """A command: exit status, what it says, what it says went wrong."""

    def do(*words):
        capsys.readouterr()
        status = cli.main(["network", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return do


@pytest.fixture
def used(town, run):
    """A network in use, called ``prima``."""
    assert run("build", "--pbf", town, "-o", "prima")[0] == 0
    assert run("use", "prima")[0] == 0
    return joined.NETWORKS


@contextlib.contextmanager
def as_before(folder):
    """Whatever happens inside, files and the network in use stay as they were."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    yield
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert store.active(folder).about.name == "prima"


def assert_one_sentence(said):
    """One line of Italian for a person: no trace, no half sentence."""
    assert said.count("\n") == 1
    assert said.strip().endswith(".")
    assert "Traceback" not in said
    assert "Qualcosa non va" not in said, "an error without a sentence of its own"


# What works


def test_a_network_is_built_told_listed_used_and_left(town, run):
    status, out, err = run("build", "--pbf", town, "-o", "paese")
    assert (status, err) == (0, "")
    assert "paese.osm.pbf; © OpenStreetMap contributors, ODbL 1.0" in out
    assert "dati del 2026-05-01" in out
    assert "frammenti isolati" in out
    assert "network use paese" in out
    assert run("info", "paese")[1] in out, "info says what build said at the end"
    assert "* stimata" in run("list")[1]
    assert run("use", "paese")[0] == 0
    listed = run("list")[1].splitlines()
    assert listed[0].startswith("* paese")
    assert listed[1].startswith("  stimata")
    assert run("use", "stimata")[0] == 0
    assert store.in_use(joined.NETWORKS) is None


def test_the_network_in_use_answers_and_is_named(used):
    networks = joined.networks(catalog.load)
    assert networks.streets.about.name == "prima"
    found = batch.minutes_of_pairs(
        catalog.load,
        pd.DataFrame({"from": ["9.19 45.46", "9.19 45.46"], "to": ["9.2 45.456", "016024"]}),
        mode="walk",
    )
    assert found["network"].tolist() == ["strade: prima", "stimata"]
    assert found["minutes"].notna().all()


def test_an_area_keeps_streets_around_it_and_answers_within(town, run):
    box = "9.19,45.4595,9.2063,45.4605"
    assert run("build", "--pbf", town, "--area", box, "--buffer-km", "1", "-o", "dentro")[0] == 0
    made = store.read(store.path_of(joined.NETWORKS, "dentro"))
    np.testing.assert_allclose(made.extent.bounds, [9.19, 45.4595, 9.2063, 45.4605], atol=1e-5)
    assert made.about.counts["walk"].nodes > 15, "streets outside the area are there to go around by"
    assert run("build", "--pbf", town, "--area", box, "--buffer-km", "0", "-o", "solo")[0] == 0
    lone = store.read(store.path_of(joined.NETWORKS, "solo"))
    assert lone.about.counts["walk"].nodes < made.about.counts["walk"].nodes


def test_an_ambito_may_be_the_area(town, run):
    assert run("build", "--pbf", town, "--area", "milano", "--buffer-km", "1", "-o", "milano")[0] == 0
    made = store.read(store.path_of(joined.NETWORKS, "milano"))
    outline = batch.area(catalog.load, "milano")
    assert made.extent.is_valid
    assert made.extent.difference(outline.buffer(2e-5)).area == pytest.approx(0, abs=1e-12)


def test_out_to_osmnx_and_back_the_minutes_are_the_same(used, run, tmp_path):
    out = tmp_path / "fuori.graphml"
    status, said, _ = run("export", "prima", "-o", out)
    assert (status, str(out) in said) == (0, True)
    graph = ox.load_graphml(out)
    original = store.active(used).graphs["car"]
    assert len(graph) == len(original.x)
    assert graph.number_of_edges() == len(original.indices)
    assert run("build", "--graphml", out, "-o", "tornata")[0] == 0
    again = store.read(store.path_of(used, "tornata"))
    assert again.modes == ("car",)
    assert np.asarray(again.graphs["car"].minutes).sum() == pytest.approx(
        float(original.minutes.sum()), rel=1e-3
    )
    part = tmp_path / "parte.graphml"
    assert (
        run("export", "prima", "--mode", "walk", "--area", "9.19,45.4595,9.2063,45.4605", "-o", part)[0] == 0
    )
    assert 0 < len(ox.load_graphml(part)) < len(store.active(used).graphs["walk"].x)


def test_a_graphml_of_another_projection_is_brought_back_and_says_so(used, run, tmp_path):
    graph = ox.graph_from_xml(TOWN.write(tmp_path / "paese.osm"), retain_all=True, simplify=False)
    plain, projected = tmp_path / "gradi.graphml", tmp_path / "metri.graphml"
    ox.save_graphml(graph, plain)
    ox.save_graphml(ox.project_graph(graph, to_crs="EPSG:3003"), projected)
    status, out, _ = run("build", "--graphml", projected, "-o", "metri")
    assert status == 0
    assert "nota: Le coordinate erano in EPSG:3003: sono state riportate in gradi." in out
    assert run("build", "--graphml", plain, "-o", "gradi")[0] == 0
    one, other = (store.read(store.path_of(used, name)).graphs["walk"] for name in ("metri", "gradi"))
    np.testing.assert_allclose(np.sort(one.metres), np.sort(other.metres), rtol=1e-4)
    assert store.active(used).about.name == "prima"


def test_matrices_are_renewed_only_where_something_changed(run, monkeypatch):
    monkeypatch.setattr(joined, "sportelli", few(joined.sportelli))
    places = len(joined.sportelli(catalog.load).geometry.drop_duplicates())
    first, again = run("matrices")[1], run("matrices")[1]
    assert first.count(f"5 sportelli, {places} luoghi") == 3
    assert again.count("5 sportelli, 0 luoghi") == 3
    assert len(list(joined.MATRICES.iterdir())) == 3


def test_the_network_in_use_is_not_replaced_by_one_that_could_not_be_used(used):
    rome = ways_of({1: (12.49, 41.90), 2: (12.50, 41.91)}, [([1, 2], ROAD)])
    with as_before(used), pytest.raises(NetworkOutside):
        making.make(used, "prima", rome, source="x")


def test_no_network_takes_the_name_of_the_estimated_one(run, town):
    status, _, err = run("build", "--pbf", town, "-o", "stimata")
    assert status == 2
    assert "stimata" in err


@pytest.mark.parametrize(
    ("fault", "status"), [(FULL, 2), (KeyboardInterrupt(), 130)], ids=["full_disk", "ctrl_c"]
)
def test_minutes_that_cannot_be_kept_leave_no_half_file(run, monkeypatch, fault, status):
    monkeypatch.setattr(joined, "sportelli", few(joined.sportelli))
    monkeypatch.setattr(np, "savez", stop(fault))
    found, _, err = run("matrices")
    assert found == status
    assert_one_sentence(err)
    assert list(joined.MATRICES.iterdir()) == []


def test_traffic_is_calibrated_on_the_lengths_of_a_street_network(run, monkeypatch, tmp_path):
    known = batch._official(catalog.load)
    streets = star(
        known.to_crs(DEGREES).geometry, gpd.GeoSeries(known["pole"], crs=known.crs).to_crs(DEGREES)
    )
    store.write(joined.NETWORKS, streets.about, streets.graphs)
    file, really = tmp_path / "congestion.toml", congestion.write
    monkeypatch.setattr(congestion, "write", lambda found: really(found, file))
    status, out, err = run("calibrate", "stella")
    assert (status, err) == (0, "")
    assert "strade: stella" in out
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    assert written["fitted"]["network"] == "strade: stella"
    assert written["error"]["trips"] == len(known)
    assert written["offpeak"] == congestion.read()["offpeak"], "assumptions stay"


def star(starts, ends):
    """A straight road from each start to its end, and the ends joined: an invented network of all Lombardy."""
    at = {number: (spot.x, spot.y) for number, spot in enumerate([*starts, *ends], start=1)}
    half = len(starts)
    pairs = [(one, one + half) for one in range(1, half + 1)] + [
        (one, one + 1) for one in range(half + 1, 2 * half)
    ]
    road = ROAD._replace(kind="primary", kmh=speeds((70.0, 70.0)))
    ways = ways_of(at, [(pair, road) for pair in pairs])
    return in_memory(ways, name="stella", extent=shapely.box(8.4, 44.6, 11.5, 46.7))


# What goes wrong


def cut_pbf(folder):
    path = TOWN.write(folder / "rotto.osm.pbf")
    path.write_bytes(path.read_bytes()[:-40])
    return ["--pbf", path]


def wrong_graphml(folder):
    """Metres that the file calls degrees."""
    graph = ox.graph_from_xml(TOWN.write(folder / "paese.osm"), retain_all=True, simplify=False)
    graph = ox.project_graph(graph, to_crs="EPSG:3003")
    graph.graph["crs"] = "epsg:4326"
    ox.save_graphml(graph, folder / "storto.graphml")
    return ["--graphml", folder / "storto.graphml"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (cut_pbf, "troncato"),
        (lambda folder: ["--pbf", folder / "manca.osm.pbf"], "non esiste"),
        (lambda folder: ["--graphml", folder / "manca.graphml"], "non c'è"),
        (wrong_graphml, "non sono quelle che il file dichiara"),
        (lambda folder: ["--pbf", "{town}", "--area", "10.5,45,10.6,45.1"], "riquadro chiesto"),
        (lambda folder: ["--pbf", "{town}", "--area", "9.3,45.5,9.1,45.4"], "ovest,sud,est,nord"),
        (lambda folder: ["--pbf", "{town}", "--area", "9.1,45.5,9.3,45.4"], "ovest,sud,est,nord"),
        (lambda folder: ["--pbf", "{town}", "--area", "atlantide"], "atlantide"),
        (lambda folder: ["--ambito", "atlantide"], "atlantide"),
        (lambda folder: ["--pbf", "{town}", "-o", "../fuori"], "nome di rete"),
        (lambda folder: ["--pbf", "{town}", "-o", "Nome Brutto"], "nome di rete"),
    ],
    ids=["cut_pbf", "no_pbf", "no_graphml", "wrong_projection", "empty_area", "box_turned", "box_upside_down",
         "unknown_area", "unknown_ambito", "name_outside", "bad_name"],
)  # fmt: skip
def test_what_cannot_be_built_is_one_sentence(used, town, run, tmp_path, words, says):
    asked = [str(word).format(town=town) for word in words(tmp_path)]
    with as_before(used):
        status, _, err = run("build", "-o", "prima", *asked)
    assert status == 2
    assert says in err
    assert_one_sentence(err)


@pytest.mark.parametrize("km", ["-1", "nan", "inf", "tanti"])
def test_a_buffer_is_a_number_from_zero_up(town, km):
    with pytest.raises(SystemExit) as left:
        cli.main(["network", "build", "--pbf", str(town), "--area", "milano", "--buffer-km", km, "-o", "x"])
    assert left.value.code == 2


def test_a_network_elsewhere_is_built_but_not_taken_into_use(used, run):
    rome = ways_of({1: (12.49, 41.90), 2: (12.50, 41.91)}, [([1, 2], ROAD)])
    making.make(used, "roma", rome, source="x")
    with as_before(used):
        status, _, err = run("use", "roma")
    assert status == 2
    assert "non tocca la Lombardia" in err
    assert_one_sentence(err)


def older(folder, monkeypatch):
    monkeypatch.setattr(store, "FORMAT", 0)
    streets = in_memory(ways_of({1: (9.19, 45.46), 2: (9.20, 45.46)}, [([1, 2], ROAD)]), name="altra")
    store.write(folder, streets.about, streets.graphs)
    monkeypatch.undo()


def shortened(folder, _):
    (folder / "altra.streets").write_bytes((folder / "prima.streets").read_bytes()[:-500])


def no_network(folder, _):
    (folder / "altra.streets").write_text("appunti")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (older, "di un formato più vecchio"),
        (shortened, "troncato"),
        (no_network, "non è una rete di strade"),
        (lambda folder, _: None, "Valore che non conosciamo (rete): altra"),
    ],
    ids=["older", "cut", "no_network", "unknown"],
)
def test_what_cannot_be_opened_is_one_sentence(used, run, tmp_path, spoil, says):
    with pytest.MonkeyPatch.context() as patch:
        spoil(used, patch)
    for words in (["use", "altra"], ["info", "altra"], ["export", "altra", "-o", tmp_path / "x.graphml"],
                  ["calibrate", "altra"]):  # fmt: skip
        with as_before(used):
            status, _, err = run(*words)
        assert status == 2
        assert says in err
        assert_one_sentence(err)
    status, out, _ = run("list")
    assert status == 0
    assert "* prima" in out
    assert says in out or spoil.__name__ == "<lambda>", "the list says it too, and goes on"


@pytest.mark.parametrize("action", [["use"], ["info"], ["calibrate"], ["export", "-o", "x.graphml"]])
def test_a_bad_name_is_one_sentence(used, run, action):
    with as_before(used):
        status, _, err = run(*action, "../../etc/passwd")
    assert status == 2
    assert_one_sentence(err)


def test_an_area_without_streets_and_a_mode_without_a_network_cannot_be_exported(used, run, tmp_path):
    out = tmp_path / "x.graphml"
    status, _, err = run("export", "prima", "--area", "10,45,10.1,45.1", "-o", out)
    assert status == 2
    assert_one_sentence(err)
    feet = in_memory(ways_of({1: (9.19, 45.46), 2: (9.20, 45.46)}, [([1, 2], ROAD._replace(kmh=speeds()))]))
    store.write(used, feet.about, feet.graphs)
    status, _, err = run("export", "prova", "--mode", "car", "-o", out)
    assert (status, "walk" in err) == (2, True)
    assert not out.exists()


def test_too_few_trips_to_calibrate_on_change_nothing(used, run, monkeypatch):
    monkeypatch.setattr(congestion, "write", lambda found: pytest.fail("something was written"))
    status, _, err = run("calibrate", "prima")
    assert status == 2
    assert "troppo pochi" in err
    assert_one_sentence(err)


def stop(fault):
    def raises(*_, **__):
        raise fault

    return raises


@pytest.mark.parametrize("what", ["build", "use"])
def test_a_full_disk_is_one_sentence(used, town, run, monkeypatch, what):
    if what == "build":
        monkeypatch.setattr(store, "_write", stop(FULL))
        words = ["build", "--pbf", town, "-o", "prima"]
    else:
        making.make(used, "altra", ways_of({1: (9.19, 45.46), 2: (9.20, 45.46)}, [([1, 2], ROAD)]), source="")
        monkeypatch.setattr("pathlib.Path.replace", stop(FULL))
        words = ["use", "altra"]
    with as_before(used):
        status, _, err = run(*words)
    assert status == 2
    assert "non si può scrivere" in err
    assert_one_sentence(err)


def test_a_full_disk_for_an_export_leaves_no_half_file(used, run, tmp_path, monkeypatch):
    monkeypatch.setattr(ox, "save_graphml", stop(FULL))
    folder = tmp_path / "esportate"
    folder.mkdir()
    status, _, err = run("export", "prima", "-o", folder / "x.graphml")
    assert status == 2
    assert_one_sentence(err)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (network, "read_pbf"),
        (making, "build_graph"),
        (making, "extent_of"),
        (store, "_write"),
        (store, "read"),
    ],
    ids=["reading", "building", "measuring", "writing", "opening"],
)
def test_ctrl_c_half_way_leaves_everything_as_it_was(used, town, run, monkeypatch, where, name):
    monkeypatch.setattr(where, name, stop(KeyboardInterrupt()))
    words = ["use", "prima"] if name == "read" else ["build", "--pbf", town, "-o", "prima"]
    before = {path.name: path.read_bytes() for path in used.iterdir()}
    status, _, err = run(*words)
    assert status == 130
    assert err.startswith("Interrotto")
    assert_one_sentence(err)
    assert {path.name: path.read_bytes() for path in used.iterdir()} == before
    assert not list(used.glob(".*"))


# What the atlas shows meanwhile


@pytest.fixture
def forgetful(monkeypatch):
    pages.other_memory(monkeypatch)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "prima.streets").unlink(),
        lambda folder: (
            shortened(folder, None) or (folder / "altra.streets").replace(folder / "prima.streets")
        ),
        lambda folder: (folder / store.ACTIVE).write_text("../prima"),
    ],
    ids=["gone", "cut", "bad_name"],
)
def test_a_broken_network_in_use_leaves_the_estimated_one_answering(used, forgetful, spoil):
    assert memory.network_fault() is None
    assert memory.networks().streets.about.name == "prima"
    memory.renewed()
    spoil(used)
    assert memory.renewed(), "what was remembered is forgotten"
    assert memory.network_fault() is not None
    assert memory.networks().streets is None


def test_the_pages_say_that_the_network_in_use_is_broken(used, forgetful):
    shortened(used, None)
    (used / "altra.streets").replace(used / "prima.streets")
    app = AppTest.from_file(str(catalog.TABLES.parent.parent / "app.py"), default_timeout=120)
    app.run()
    assert not app.exception
    assert "troncato" in app.warning[0].value
    assert "risponde la sola rete stimata" in app.warning[0].value


def test_a_network_put_right_is_taken_at_the_next_page(used, forgetful):
    whole = (used / "prima.streets").read_bytes()
    (used / "prima.streets").write_bytes(whole[:-100])
    assert isinstance(memory.network_fault(), FileUnreadable)
    memory.renewed()
    assert memory.networks().streets is None
    (used / "prima.streets").write_bytes(whole)
    memory.renewed()
    assert memory.networks().streets.about.name == "prima"


def test_a_network_left_before_the_first_page_is_not_remembered(used, forgetful, monkeypatch):
    monkeypatch.setattr(memory, "_in_use", {})
    assert memory.networks().streets.about.name == "prima", "opened while the server warms its feeds"
    store.use(used, None)
    assert memory.renewed()
    assert memory.networks().streets is None
