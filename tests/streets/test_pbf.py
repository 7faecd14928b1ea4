"""Reading extracts: drawn towns by heart, bad files, and the counts of two real cities."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import FileUnreadable, FileUnwritable
from geo.network import MODES
from geo.streets import pbf
from geo.streets.pbf import read_pbf
from tests.streets.towns import SQUARE, Town, place, street

SAMPLES = Path(__file__).parents[3] / "shared" / "opendata" / "osm_samples"
PORTO, PORTO_ALEGRE = SAMPLES / "porto_portugal.osm.pbf", SAMPLES / "porto_alegre.osm.pbf"
needs_samples = pytest.mark.skipif(not PORTO.exists(), reason="the real extracts in ../shared are not here")


def lines(ways, town):
    """Ways as read, by id: the places along each part."""
    letter = {number: name for name, number in town.node.items()}
    found = {}
    for row, way_id in enumerate(ways.way_id.tolist()):
        names = "".join(letter[node] for node in ways.nodes[ways.ptr[row] : ways.ptr[row + 1]].tolist())
        found.setdefault(way_id, []).append(names)
    return found


def profiles(ways):
    """Profiles by id of way."""
    rows = zip(ways.way_id.tolist(), ways.profile, strict=True)
    return {way_id: ways.profiles[row] for way_id, row in rows}


def refused(path):
    """Why a file is refused."""
    with pytest.raises(FileUnreadable) as caught:
        read_pbf(path)
    assert caught.value.file == path.name
    return caught.value.reason


@pytest.fixture(scope="module")
def square(tmp_path_factory):
    return SQUARE.write(tmp_path_factory.mktemp("square") / "square.osm.pbf")


def test_a_town_is_read_as_drawn(square):
    ways = read_pbf(square)
    assert lines(ways, SQUARE) == {
        1001: ["ABC"], 1002: ["ADG"], 1003: ["BE"], 1004: ["DEF"], 1005: ["CFI"], 1007: ["HI"],
    }  # fmt: skip
    kmh = {way_id: one.kmh for way_id, one in profiles(ways).items()}
    assert kmh[1001] == {"car": (40, 0), "bike": (14, 0), "walk": (4.8, 4.8)}
    assert kmh[1002]["car"] == (70, 70)
    assert kmh[1005] == {"car": (110, 0), "bike": (0, 0), "walk": (0, 0)}, "nobody walks on a motorway"
    assert kmh[1007]["car"] == (0, 0)
    assert SQUARE.way("GH") not in kmh, "a private road is nobody's"
    assert {mode: nodes.tolist() for mode, nodes in ways.barred.items()} == {
        "car": [1, 5],
        "bike": [1],
        "walk": [1],
    }
    assert ways.date == "2026-05-01"


def test_arrays_keep_their_contract(square):
    ways = read_pbf(square)
    kinds = (ways.way_id, ways.profile, ways.ptr, ways.nodes, ways.node_id, ways.lon, ways.lat)
    assert [array.dtype for array in kinds] == ["i8", "i4", "i8", "i8", "i8", "f8", "f8"]
    assert ways.ptr[0] == 0
    assert ways.ptr[-1] == len(ways.nodes)
    assert np.array_equal(ways.node_id, np.unique(ways.nodes))
    found = dict(
        zip(ways.node_id.tolist(), zip(ways.lon.tolist(), ways.lat.tolist(), strict=True), strict=True)
    )
    for name, degrees in SQUARE.degrees.items():
        assert found[SQUARE.node[name]] == pytest.approx(degrees, abs=1e-7)


@pytest.mark.parametrize("name", ["square.osm", "upside_down.osm.pbf", "stamped.osm.pbf"])
def test_format_order_and_dates_elsewhere_change_nothing(name, square, tmp_path):
    options = {"upside_down": "upside" in name, "stamped": "stamped" in name}
    again, before = read_pbf(SQUARE.write(tmp_path / name, **options)), read_pbf(square)
    assert lines(again, SQUARE) == lines(before, SQUARE)
    assert profiles(again) == profiles(before)
    assert {mode: nodes.tolist() for mode, nodes in again.barred.items()} == {
        mode: nodes.tolist() for mode, nodes in before.barred.items()
    }
    assert again.date == ("" if name.endswith(".osm") else "2026-05-01"), "our XML has no date in its header"


def test_a_packed_file_is_read_whatever_its_name(tmp_path):
    plain = SQUARE.write(tmp_path / "square.osm")
    packed = tmp_path / "estratto"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert lines(read_pbf(packed), SQUARE) == lines(read_pbf(plain), SQUARE)


LONG = Town(
    "A-B-C-D-E-F-G", {"ABCDEFG": street(), "CG": street(highway="primary"), "FG": street(highway="steps")}
)


@pytest.mark.parametrize(
    ("lacking", "left"),
    [
        ("C", {1001: ["AB", "DEFG"], 1003: ["FG"]}),
        ("CD", {1001: ["AB", "EFG"], 1003: ["FG"]}),
        ("BDF", {1002: ["CG"]}),
        ("A", {1001: ["BCDEFG"], 1002: ["CG"], 1003: ["FG"]}),
        ("G", {1001: ["ABCDEF"]}),
        ("BG", {1001: ["CDEF"]}),
    ],
)
def test_a_way_is_parted_where_a_node_is_lacking(lacking, left, tmp_path):
    ways = read_pbf(LONG.write(tmp_path / "long.osm.pbf", lacking=lacking))
    assert lines(ways, LONG) == left
    assert np.array_equal(ways.node_id, np.unique(ways.nodes))
    assert not np.isnan(ways.lon).any()


def test_a_ferry_that_lost_a_pier_is_dropped_its_minutes_being_of_the_whole(tmp_path):
    boat = {"route": "ferry", "duration": "00:20"}
    lake = Town("A-B~C~D", [("AB", street()), ("BCD", boat), ("BC", {"route": "ferry"})])
    whole = read_pbf(lake.write(tmp_path / "lake.osm.pbf"))
    assert lines(whole, lake) == {1001: ["AB"], 1002: ["BCD"], 1003: ["BC"]}
    assert profiles(whole)[1002].minutes == 35
    assert profiles(whole)[1003].minutes is None
    cut = read_pbf(lake.write(tmp_path / "cut.osm.pbf", lacking="D"))
    assert lines(cut, lake) == {1001: ["AB"], 1003: ["BC"]}


def test_a_repeated_node_stands_once_and_a_point_is_no_way(tmp_path):
    town = Town(
        "A-B-C",
        [("AABBBC", street()), ("AA", street()), ("B", street()), ("ABA", street()), ("ABCA", street())],
    )
    ways = read_pbf(town.write(tmp_path / "town.osm.pbf"))
    assert lines(ways, town) == {1001: ["ABC"], 1004: ["ABA"], 1005: ["ABCA"]}
    lost = read_pbf(town.write(tmp_path / "lost.osm.pbf", lacking="B"))
    assert lines(lost, town) == {1005: ["CA"]}


def test_the_same_meaning_is_kept_once(tmp_path):
    town = Town(
        "A-B-C",
        [("AB", street(name="Via Roma")), ("BC", street(name="Via Milano")), ("AC", street(lit="yes"))],
    )
    assert len(read_pbf(town.write(tmp_path / "town.osm.pbf")).profiles) == 1


def test_every_rule_of_a_drawn_town_reaches_its_way(tmp_path):
    town = Town(
        "A-B-C-D",
        [
            ("AB", street(oneway="yes", **{"oneway:bicycle": "no"})),
            ("BC", street(junction="roundabout")),
            ("CD", street(oneway="-1", maxspeed="IT:urban")),
            ("AC", street(highway="track")),
        ],
        {"B": {"barrier": "gate", "locked": "yes", "foot": "yes"}},
    )
    ways = read_pbf(town.write(tmp_path / "town.osm.pbf"))
    kmh = {way_id: one.kmh for way_id, one in profiles(ways).items()}
    assert kmh[1001] == {"car": (40, 0), "bike": (14, 14), "walk": (4.8, 4.8)}
    assert kmh[1002] == {"car": (40, 0), "bike": (14, 0), "walk": (4.8, 4.8)}
    assert kmh[1003] == {"car": (0, 50), "bike": (0, 14), "walk": (4.8, 4.8)}
    assert kmh[1004] == {"car": (0, 0), "bike": (10, 10), "walk": (4.8, 4.8)}
    assert [ways.barred[mode].tolist() for mode in MODES] == [[2], [2], []]


def test_a_box_keeps_whole_ways_with_a_node_inside(tmp_path):
    path = LONG.write(tmp_path / "long.osm.pbf")
    (west, north), (east, south) = place(-0.5, -0.5), place(2.5, 0.5)
    assert lines(read_pbf(path, box=(west, south, east, north)), LONG) == {1001: ["ABCDEFG"]}
    on_edge = (*LONG.degrees["F"], *LONG.degrees["F"])
    assert set(lines(read_pbf(path, box=on_edge), LONG)) == {1001, 1003}
    with pytest.raises(FileUnreadable, match="riquadro"):
        read_pbf(path, box=(10, 46, 11, 47))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(corners=st.tuples(*[st.integers(-1, 9)] * 2, *[st.integers(-1, 5)] * 2))
def test_a_box_keeps_no_more_and_no_fewer_ways(corners, square):
    west, east = sorted(corners[:2])
    top, bottom = sorted(corners[2:])
    (left, north), (right, south) = place(west - 0.5, top - 0.5), place(east + 0.5, bottom + 0.5)
    inside = {
        name for name, (lon, lat) in SQUARE.degrees.items() if left <= lon <= right and south <= lat <= north
    }
    kept = [names for names, _ in SQUARE.rows if inside & set(names) and names != "GH"]
    expected = {SQUARE.way(names) for names in kept}
    try:
        found = set(lines(read_pbf(square, box=(left, south, right, north)), SQUARE))
    except FileUnreadable:
        found = set()
    assert found == expected


def test_ways_in_many_blocks_are_the_same(square, monkeypatch):
    before = read_pbf(square)
    monkeypatch.setattr(pbf, "BLOCK", 2)
    monkeypatch.setattr(pbf, "REMEMBERED", 1)
    told = []
    again = read_pbf(square, progress=lambda what, count: told.append((what, count)))
    assert lines(again, SQUARE) == lines(before, SQUARE)
    assert profiles(again) == profiles(before)
    assert told == [("nodes", 9), ("ways", 2), ("ways", 4), ("ways", 6), ("ways", 6)]


def test_a_file_cut_anywhere_is_told_in_one_sentence(square, tmp_path):
    whole = square.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for size in [1, 4, 30, *range(40, len(whole), 37), len(whole) - 1]:
        cut.write_bytes(whole[:size])
        assert "troncato o guasto" in refused(cut) or size < 30


def test_what_is_no_extract_is_told_from_a_damaged_one(tmp_path):
    text = tmp_path / "appunti.osm.pbf"
    text.write_text("Sportelli di Milano\n" * 50)
    assert refused(text) == "non è un estratto OpenStreetMap (.osm.pbf o .osm)"
    page = tmp_path / "errore.osm"
    page.write_text("<!DOCTYPE html><html>404</html>")
    assert refused(page) == "non è un estratto OpenStreetMap (.osm.pbf o .osm)"
    assert refused(tmp_path) == "è una cartella"
    assert refused(tmp_path / "nessuno.osm.pbf") == "non esiste"
    empty = tmp_path / "vuoto.osm.pbf"
    empty.touch()
    assert refused(empty) == "è vuoto"
    cut = tmp_path / "cut.osm"
    cut.write_bytes(SQUARE.write(tmp_path / "square.osm").read_bytes()[:400])
    assert "troncato o guasto" in refused(cut)
    cut.write_bytes(gzip.compress(SQUARE.write(tmp_path / "square.osm").read_bytes())[:200])
    assert "troncato o guasto" in refused(cut)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told(square, tmp_path):
    locked = tmp_path / "chiuso.osm.pbf"
    locked.write_bytes(square.read_bytes())
    locked.chmod(0)
    assert refused(locked).startswith("non si apre")


def test_an_extract_without_streets_is_told(tmp_path):
    fields = Town("A-B", {"AB": {"landuse": "meadow"}})
    assert refused(fields.write(tmp_path / "fields.osm.pbf")) == "non contiene strade"
    private = Town("A-B", {"AB": street(access="private")})
    assert refused(private.write(tmp_path / "private.osm.pbf")) == "non contiene strade"
    nowhere = Town("A-B", {"AB": street()})
    assert (
        refused(nowhere.write(tmp_path / "nowhere.osm.pbf", lacking="AB"))
        == "contiene strade ma non i loro nodi"
    )


def test_no_date_is_no_date(tmp_path):
    undated = Town("A-B", {"AB": street()}, date="")
    assert read_pbf(undated.write(tmp_path / "undated.osm.pbf")).date == ""


def test_a_disk_without_room_is_told_before_it_is_full(square, monkeypatch):
    monkeypatch.setattr(pbf.shutil, "disk_usage", lambda _: _Disk)
    with pytest.raises(FileUnwritable, match="servono 32 MB liberi"):
        read_pbf(square)


class _Disk:
    free = 2**20


def test_stopping_stops_and_leaves_nothing_behind(square, tmp_path, monkeypatch):
    monkeypatch.setattr(pbf.tempfile, "tempdir", str(tmp_path))

    def stop(*_):
        assert any(tmp_path.iterdir())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_pbf(square, progress=stop)
    assert not any(tmp_path.iterdir())


@needs_samples
@pytest.mark.parametrize(
    ("path", "counts", "date"),
    [(PORTO, (50405, 420902, 342429), "2015-06-06"), (PORTO_ALEGRE, (14682, 61227, 38946), "2020-08-12")],
)
def test_real_cities_have_their_streets(path, counts, date):
    ways = read_pbf(path)
    assert (len(ways.way_id), len(ways.nodes), len(ways.node_id)) == counts
    assert ways.date == date
    assert set(ways.barred) == set(MODES)
    assert np.isin(ways.barred["car"], ways.node_id).all()


@needs_samples
def test_a_real_city_cut_in_the_middle_is_refused(tmp_path):
    whole = PORTO_ALEGRE.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for share in (0.01, 0.5, 0.999):
        cut.write_bytes(whole[: int(len(whole) * share)])
        assert "troncato o guasto" in refused(cut)
    cut.write_bytes(whole[:400_000] + b"x" * 500 + whole[400_500:])
    assert "troncato o guasto" in refused(cut)


@needs_samples
def test_a_box_in_a_real_city_is_a_part_of_it():
    whole, part = read_pbf(PORTO_ALEGRE), read_pbf(PORTO_ALEGRE, box=(-51.22, -30.05, -51.20, -30.03))
    assert 0 < len(part.way_id) < len(whole.way_id) / 2
    assert np.isin(part.way_id, whole.way_id).all()
