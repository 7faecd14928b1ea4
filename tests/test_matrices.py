"""Minutes kept in files: right, and searched again only where something changed."""

import errno

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import FileUnwritable, UnknownCode
from geo import matrices
from geo.matrices import path_of, renewed
from geo.streets import store
from geo.travel_time import Networks, nearest
from tests.streets.making import in_memory, ways_of
from tests.test_travel_time import ALONE, AT, BOTH, ESTIMATED, STREET, box, points

DESKS = points((1, 0), (3, 0.2), "Mulino", "Colle", "Eremo")
PEOPLE = points((0, 0), (2, 0.5), (4, 0), "Chiesa", "Riva", "Eremo")


def kept(folder, desks=DESKS, networks=BOTH, people=PEOPLE, **how):
    return renewed(folder, networks, desks, people, **({"mode": "car"} | how))


def dense(matrix):
    return np.stack([matrix.row(name) for name in matrix.desks])


def moved(name, place):
    desks = DESKS.copy()
    desks[name] = points(place).iloc[0]
    return desks


def test_a_matrix_says_what_the_door_says_of_every_trip(tmp_path):
    found = kept(tmp_path)
    for name in DESKS.index:
        told = nearest(BOTH, DESKS[[name]], PEOPLE, mode="car")
        np.testing.assert_allclose(found.row(name), told["minutes"], atol=1e-6)
        by_street = told["network"].eq("strade: borgo").to_numpy() & told["minutes"].notna().to_numpy()
        row = found.desks.get_loc(name)
        assert (by_street <= (found.streets[row] & found.street_points)).all()
    minutes, which = found.nearest(np.arange(len(DESKS)))
    told = nearest(BOTH, DESKS, PEOPLE, mode="car")
    np.testing.assert_allclose(minutes, told["minutes"], atol=1e-6)
    assert [found.desks[row] if row >= 0 else None for row in which] == told["nearest"].fillna("").tolist()


def test_beyond_the_limit_nothing_is_kept(tmp_path):
    whole, short = kept(tmp_path / "a"), kept(tmp_path / "b", limit=15)
    expected = dense(whole)
    np.testing.assert_array_equal(dense(short), np.where(expected <= 15, expected, np.nan))
    minutes, which = short.nearest([2])
    assert (np.isnan(minutes) == (which == -1)).all()
    assert np.isnan(short.row("nessuno")).all()
    assert np.isnan(short.nearest([])[0]).all()


def test_what_did_not_change_is_not_searched_again(tmp_path):
    first = kept(tmp_path)
    again = kept(tmp_path)
    assert (first.searched, again.searched) == (5, 0)
    np.testing.assert_array_equal(dense(again), dense(first))


def test_a_desk_that_moved_is_the_only_one_searched_again(tmp_path):
    kept(tmp_path)
    desks = moved("Mulino", (9, 1))
    found = kept(tmp_path, desks)
    assert found.searched == 1
    np.testing.assert_allclose(dense(found), dense(kept(tmp_path / "anew", desks)), atol=1e-9)
    assert kept(tmp_path, desks).searched == 0


def test_a_desk_that_is_gone_takes_its_row_away_and_nothing_is_searched(tmp_path):
    kept(tmp_path)
    fewer = DESKS.drop("Mulino")
    found = kept(tmp_path, fewer)
    assert found.searched == 0
    assert found.minutes.shape == (4, len(PEOPLE))
    assert "Mulino" not in found.desks
    with np.load(path_of(tmp_path, mode="car")) as file:
        assert len(file["spots"]) == 4
    assert kept(tmp_path).searched == 1, "and back it is new"


def test_names_and_order_of_desks_are_free(tmp_path):
    first = kept(tmp_path)
    turned = DESKS[::-1].set_axis(list("edcba"))
    found = kept(tmp_path, turned)
    assert found.searched == 0
    np.testing.assert_array_equal(dense(found), dense(first)[::-1])


def test_two_desks_at_one_place_share_a_search(tmp_path):
    desks = pd.concat([DESKS, DESKS[["Mulino"]].set_axis(["accanto"])])
    found = kept(tmp_path, gpd.GeoSeries(desks, crs=DESKS.crs))
    assert found.searched == 5
    np.testing.assert_array_equal(found.row("accanto"), found.row("Mulino"))


def test_each_mode_and_hour_has_a_file_of_its_own(tmp_path):
    kept(tmp_path)
    before = path_of(tmp_path, mode="car").read_bytes()
    assert kept(tmp_path, mode="walk").searched == 5
    assert kept(tmp_path, period="evening").searched == 5
    assert path_of(tmp_path, mode="car").read_bytes() == before
    assert kept(tmp_path).searched == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "car-evening.npz",
        "car-peak.npz",
        "walk-peak.npz",
    ]


@pytest.mark.parametrize(
    "how",
    [
        {"networks": ALONE},
        {"networks": Networks(ESTIMATED, in_memory(ways_of(AT, [([1, 2, 3], STREET)]), name="altra"))},
        {"people": PEOPLE.drop("Riva")},
        {"limit": 30},
    ],
    ids=["without_streets", "other_streets", "other_people", "other_limit"],
)
def test_other_inputs_are_searched_whole(tmp_path, how):
    kept(tmp_path)
    assert kept(tmp_path, **how).searched == 5


def test_other_traffic_is_searched_whole(tmp_path, monkeypatch):
    kept(tmp_path)
    monkeypatch.setattr(matrices.congestion, "terminal_min", lambda mode: 9.0)
    assert kept(tmp_path).searched == 5


def test_the_same_streets_with_another_extent_are_searched_whole(tmp_path):
    def networks(name, extent):
        made = in_memory(ways_of(AT, [([1, 2, 3, 4, 5], STREET)]), name=name, extent=extent)
        return Networks(ESTIMATED, store.read(store.write(tmp_path, made.about, made.graphs)))

    kept(tmp_path / "kept", networks=networks("una", box(-1, -1, 5, 4)))
    assert kept(tmp_path / "kept", networks=networks("pari", box(-1, -1, 5, 4))).searched == 0
    found = kept(tmp_path / "kept", networks=networks("meno", box(-1, -1, 2, 4)))
    assert found.searched == 5
    assert found.streets.tolist() == [True, False, False, False, False]


@pytest.mark.parametrize("spoil", [b"", b"no archive", None], ids=["empty", "no_archive", "cut"])
def test_a_broken_file_is_made_again(tmp_path, spoil):
    first, path = kept(tmp_path), path_of(tmp_path, mode="car")
    path.write_bytes(path.read_bytes()[:-200] if spoil is None else spoil)
    again = kept(tmp_path)
    assert again.searched == 5
    np.testing.assert_array_equal(dense(again), dense(first))
    assert kept(tmp_path).searched == 0


def test_a_file_with_other_things_in_it_is_made_again(tmp_path):
    kept(tmp_path)
    np.savez(path_of(tmp_path, mode="car"), something=np.zeros(3))
    assert kept(tmp_path).searched == 5


def test_a_full_disk_leaves_the_old_file_and_no_part(tmp_path, monkeypatch):
    kept(tmp_path)
    before = path_of(tmp_path, mode="car").read_bytes()

    def full(file, **_):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(FileUnwritable):
        kept(tmp_path, moved("Mulino", (9, 1)))
    assert [path.name for path in tmp_path.iterdir()] == ["car-peak.npz"]
    assert path_of(tmp_path, mode="car").read_bytes() == before
    assert kept(tmp_path).searched == 0


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnwritable):
        kept(tmp_path / "file" / "matrices")


def test_no_desks_and_no_people(tmp_path):
    found = kept(tmp_path, DESKS[:0])
    assert (found.minutes.shape, found.searched) == ((0, 6), 0)
    assert kept(tmp_path, people=PEOPLE[:0]).minutes.shape == (5, 0)


def test_an_hour_nobody_knows_is_refused(tmp_path):
    with pytest.raises(UnknownCode):
        kept(tmp_path, period="night")


@given(st.lists(st.tuples(st.floats(-1, 10), st.floats(-1, 10)), min_size=1, max_size=6), st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_and_goes_the_matrix_is_that_made_anew(tmp_path_factory, spots, data):
    folder = tmp_path_factory.mktemp("matrices")
    for _ in range(2):
        some = data.draw(st.lists(st.sampled_from(spots), min_size=1, max_size=6))
        desks = points(*some)
        np.testing.assert_array_equal(dense(kept(folder, desks)), dense(kept(folder / "anew", desks)))
        for path in (folder / "anew").iterdir():
            path.unlink()
