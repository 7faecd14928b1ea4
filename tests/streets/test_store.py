"""Network files: whole or not at all, and the network in use stays in use whatever happens."""

import errno
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import shapely

from errors import AtlasError, FileUnreadable, FileUnwritable, NetworkOutdated, NetworkOutside, UnknownCode
from geo.network import MODES
from geo.streets import store
from geo.streets.graph import Graph
from tests.streets.making import ROAD, in_memory, ways_of
from tests.streets.towns import place

WAYS = ways_of({1: place(0, 0), 2: place(2, 0), 3: place(2, 1)}, [([1, 2, 3], ROAD)])
OTHERS = ways_of({1: place(0, 0), 2: place(4, 0)}, [([1, 2], ROAD)])
ROME = ways_of({1: (12.49, 41.90), 2: (12.50, 41.91)}, [([1, 2], ROAD)])
FULL = OSError(errno.ENOSPC, "No space left on device")


def written(folder, name="prova", ways=WAYS, **how):
    streets = in_memory(ways, name=name, **how)
    return store.write(folder, streets.about, streets.graphs)


@pytest.fixture
def used(tmp_path):
    """A folder with a network in use."""
    folder = tmp_path / "networks"
    written(folder)
    store.use(folder, "prova")
    return folder


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_network_comes_back_as_it_was_written(tmp_path):
    streets = in_memory(WAYS)
    again = store.read(store.write(tmp_path, streets.about, streets.graphs))
    assert again.about == streets.about
    assert again.modes == MODES
    assert again.label == "strade: prova"
    assert shapely.equals(again.extent, streets.extent)
    for mode in MODES:
        for field in fields(Graph):
            one, other = getattr(again.graphs[mode], field.name), getattr(streets.graphs[mode], field.name)
            np.testing.assert_array_equal(one, other, strict=True)


def test_arrays_stay_in_the_file_until_they_are_looked_at(tmp_path):
    graph = store.read(written(tmp_path)).graphs["car"]
    for field in fields(Graph):
        array = getattr(graph, field.name)
        assert not array.flags.writeable
        assert array.ctypes.data % 8 == 0
        base = array
        while base.base is not None and not isinstance(base, np.memmap):
            base = base.base
        assert isinstance(base, np.memmap), field.name


def test_the_head_alone_says_what_a_network_is(tmp_path):
    assert store.read_about(written(tmp_path)) == in_memory(WAYS).about


def test_the_mark_tells_streets_and_extents_apart_and_nothing_else(tmp_path):
    def mark(name, ways=WAYS, **how):
        return store.read(written(tmp_path, name, ways, **how)).mark

    assert mark("uno") == mark("due")
    assert mark("tre", OTHERS) != mark("uno")
    assert mark("quattro", extent=shapely.box(9.19, 45.45, 9.20, 45.46)) != mark("uno"), (
        "the same streets that answer elsewhere"
    )


@pytest.mark.parametrize("name", ["", "Porto", "../porto", "a b", "-x", "x" * 41, "è", ".x", "a/b", "a.b"])
def test_what_cannot_be_a_name_is_refused(tmp_path, name):
    with pytest.raises(UnknownCode, match="nome di rete"):
        store.path_of(tmp_path, name)


# Files that cannot be read


def spoiled(folder, content):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "guasta.streets"
    path.write_bytes(content)
    return path


def test_a_file_cut_anywhere_is_refused(tmp_path):
    whole = written(tmp_path).read_bytes()
    for size in [*range(0, 2000, 97), *range(2000, len(whole), 1009), len(whole) - 1]:
        path = spoiled(tmp_path, whole[:size])
        for look in (store.read, store.read_about):
            with pytest.raises(FileUnreadable):
                look(path)
    assert "è troncato: mancano 1 byte" in refused(path)


def refused(path):
    with pytest.raises(FileUnreadable) as caught:
        store.read(path)
    assert caught.value.file == str(path)
    return caught.value.reason


def test_what_is_no_network_is_refused(tmp_path):
    assert "non è una rete" in refused(spoiled(tmp_path, b""))
    assert "non è una rete" in refused(spoiled(tmp_path, b"PK\x03\x04 an archive of something else"))
    assert "testata" in refused(spoiled(tmp_path, store.MAGIC + b"0001 0000000010\nno json at all"))
    assert "non c'è più" in refused(tmp_path / "nessuna.streets")
    for head in (b"{}", b"[]", b"7", b'{"bytes": 0}', b'{"bytes": 0, "arrays": {}, "about": {}}'):
        content = store.MAGIC + f"{store.FORMAT:04d} {len(head):010d}\n".encode() + head + b"\0" * 64
        path = spoiled(tmp_path, content)
        assert "guast" in refused(path)
        with pytest.raises(FileUnreadable, match="guast"):
            store.read_about(path)


def test_a_file_of_another_format_is_to_be_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FORMAT", store.FORMAT + 1)
    path = written(tmp_path)
    monkeypatch.undo()
    for look in (store.read, store.read_about):
        with pytest.raises(NetworkOutdated) as caught:
            look(path)
        assert (caught.value.made_as, caught.value.known) == (store.FORMAT + 1, store.FORMAT)


# In use


def test_the_network_in_use_is_the_one_chosen_last(used):
    assert store.in_use(used) == "prova"
    written(used, "altra", OTHERS)
    store.use(used, "altra")
    assert store.active(used).about.name == "altra"
    assert store.known(used) == ["altra", "prova"]
    store.use(used, None)
    assert store.in_use(used) is None
    assert store.active(used) is None


def test_nothing_is_in_use_where_nothing_was_made(tmp_path):
    assert store.in_use(tmp_path / "none") is None
    assert store.known(tmp_path / "none") == []
    store.use(tmp_path / "none", None)


def one_byte_wrong(folder):
    content = bytearray((folder / "prova.streets").read_bytes())
    content[-64] ^= 0xFF
    spoiled(folder, bytes(content))


@pytest.mark.parametrize(
    ("name", "spoil", "error"),
    [
        ("nessuna", lambda folder: None, UnknownCode),
        ("../prova", lambda folder: None, UnknownCode),
        ("roma", lambda folder: written(folder, "roma", ROME, crs="EPSG:32633"), NetworkOutside),
        ("guasta", lambda folder: spoiled(folder, b"no"), FileUnreadable),
        (
            "guasta",
            lambda folder: spoiled(folder, (folder / "prova.streets").read_bytes()[:-99]),
            FileUnreadable,
        ),
        ("guasta", one_byte_wrong, FileUnreadable),
    ],
    ids=["unknown", "bad_name", "elsewhere", "no_network", "cut", "one_byte_wrong"],
)
def test_a_network_that_cannot_be_used_leaves_the_one_before(used, name, spoil, error):
    spoil(used)
    before = files(used)
    with pytest.raises(error):
        store.use(used, name)
    assert files(used) == before
    assert store.active(used).about.name == "prova"


def test_the_stamp_changes_with_what_is_in_use(used):
    first = store.stamp(used)
    assert store.stamp(used) == first
    written(used, "prova", OTHERS)
    second = store.stamp(used)
    assert second != first
    store.use(used, None)
    assert store.stamp(used) not in (first, second)
    (used / store.ACTIVE).write_text("../altrove")
    assert store.stamp(used)[1] == -1


def test_a_network_in_use_that_goes_away_is_told(used):
    (used / "prova.streets").unlink()
    with pytest.raises(FileUnreadable, match="non c'è più"):
        store.active(used)
    (used / store.ACTIVE).write_bytes(b"\xff\xfe")
    with pytest.raises(AtlasError):
        store.active(used)


# Writing


@pytest.mark.parametrize("fault", [FULL, KeyboardInterrupt()], ids=["full_disk", "ctrl_c"])
def test_a_write_that_stops_half_way_leaves_everything_as_it_was(used, monkeypatch, fault):
    before = files(used)
    really = store._write

    class Half:
        """A file that takes a few pieces only."""

        def __init__(self, file):
            self.file, self.pieces = file, 0

        def write(self, piece):
            self.pieces += 1
            if self.pieces > 6:
                raise fault
            return self.file.write(piece)

        def tell(self):
            return self.file.tell()

    monkeypatch.setattr(store, "_write", lambda file, *rest: really(Half(file), *rest))
    with pytest.raises(KeyboardInterrupt if isinstance(fault, KeyboardInterrupt) else FileUnwritable):
        written(used, "prova", OTHERS)
    assert files(used) == before


@pytest.mark.parametrize("fault", [FULL, KeyboardInterrupt()], ids=["full_disk", "ctrl_c"])
def test_a_choice_that_cannot_be_kept_leaves_the_one_before(used, monkeypatch, fault):
    written(used, "altra", OTHERS)
    before = files(used)

    def stop(path, text, **_):
        path.touch()
        raise fault

    monkeypatch.setattr(Path, "write_text", stop)
    with pytest.raises(KeyboardInterrupt if isinstance(fault, KeyboardInterrupt) else FileUnwritable):
        store.use(used, "altra")
    assert files(used) == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(FileUnwritable):
        written(tmp_path / "var" / "networks")
    with pytest.raises(FileUnwritable):
        store.use(tmp_path / "var" / "networks", None)
