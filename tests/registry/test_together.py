"""Many at once, and a process that dies: no change is lost, none is there by half."""

import functools
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import catalog
from data.registry import editing, reading, seed, soundness
from data.registry import store as stores
from data.registry.books import Seeding
from data.registry.model import Sportello
from errors import EditConflict

load = functools.cache(catalog.load)
HOUSE = Path(__file__).parents[2]


def test_eight_editors_at_once_lose_no_change(town):
    """Each adds its word to the same field, ten times, trying again when it is told of a conflict."""
    token, told = town.passes["regione"], []

    def work(who):
        for turn in range(10):
            while True:
                seen = reading.card(town.store, "sportelli", "sp-bg")
                said = f"{seen.said['notes'] or ''} {who}.{turn}"
                try:
                    editing.edit(
                        town.store, token, "sportelli", "sp-bg", version=seen.version, said={"notes": said}
                    )
                    break
                except EditConflict as fault:
                    told.append(fault)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    words = town.said("sportelli", "sp-bg")["notes"].split()
    assert sorted(words) == sorted(f"{who}.{turn}" for who in range(8) for turn in range(10))
    assert town.version("sportelli", "sp-bg") == 81
    assert all(list(fault.differences) == ["notes"] for fault in told)
    assert soundness.faults(town.store) == []


def test_of_two_who_save_the_same_version_exactly_one_is_told(town):
    ready = threading.Barrier(2)

    def work(phone):
        ready.wait()
        try:
            return editing.edit(
                town.store, town.passes["regione"], "sportelli", "sp-bg", version=1, said={"phone": phone}
            )
        except EditConflict as fault:
            return fault.differences["phone"].mine

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, ["035 111111", "035 222222"])
    assert sorted([str(first), str(second)])[1] == "2"
    assert town.said("sportelli", "sp-bg")["phone"] != min(str(first), str(second))


def test_readers_see_one_view_while_others_write(town):
    with town.store.reading() as session:
        before = session.get(Sportello, "sp-bg").version
        editing.edit(
            town.store, town.passes["regione"], "sportelli", "sp-bg", version=1, said={"phone": "035 111111"}
        )
        session.expire_all()
        assert session.get(Sportello, "sp-bg").version == before
    assert town.version("sportelli", "sp-bg") == 2


def test_two_that_start_together_migrate_and_seed_once(tmp_path, clock):
    def start(_):
        store = stores.open_store(folder=tmp_path, clock=clock)
        told = seed.seed(store, load)
        store.close()
        return sum(len(done.added) for done in told.values())

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == [0, 0, 0, 669]


WRITER = """
import functools, os, signal, sys, tempfile, time
from pathlib import Path
from data import catalog
from data.registry import changes, seed, store as stores
from data.registry.changes import Act

load = functools.cache(catalog.load)


def edit(folder, address):
    store, turn = stores.open_store(address, folder=Path(folder)), 0
    while True:
        with store.writing() as session:
            act = Act("conto-1", "edit", store.clock())
            for key in ("sp-bg", "sp-bg2", "sp-da"):
                record = changes.record_of(session, "sportelli", key)
                changes.changed(session, act, record, {"notes": f"{record.version} {'x' * 2000}"})
        turn += 1
        os.write(said, b"%d " % turn)


def first_start(folder, address):
    seed.seed(stores.open_store(address, folder=Path(folder)), load)
    os.write(said, b"1 ")
    time.sleep(60)


with tempfile.TemporaryDirectory() as folder:
    seed.rows(load)  # what is read once is read before the forks
    stores.open_store(folder=Path(folder)).close()

for line in sys.stdin:
    what, after, folder, address = line.rstrip("\\n").split("|")
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        {"edit": edit, "first start": first_start}[what](folder, address or None)
    os.close(said)
    told = os.read(heard, 2) if what == "edit" else b""
    time.sleep(float(after))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(heard) as words:
        print(((told.decode() + words.read()).split() or ["0"])[-1], flush=True)
"""


@pytest.fixture(scope="module")
def killer():
    """A process that starts a writer and kills it (SIGKILL) after some time; gives how often it said "saved"."""
    settings = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ATLANTE_VAR"}
    }
    with subprocess.Popen(
        [sys.executable, "-c", WRITER],
        cwd=HOUSE, env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip

        def kill(what, after, folder, address):
            process.stdin.write(f"{what}|{after}|{folder}|{address or ''}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield kill
        process.stdin.close()


def test_a_writer_killed_at_any_moment_leaves_whole_changes(town, tmp_path, address, killer):
    chance, before = random.Random(4), 1
    for _ in range(10):
        saved = killer("edit", chance.uniform(0, 0.2), tmp_path, address)
        assert soundness.faults(town.store) == []
        versions = {town.version("sportelli", key) for key in ("sp-bg", "sp-bg2", "sp-da")}
        assert len(versions) == 1, "the three are written together"
        now = versions.pop()
        assert before + saved <= now <= before + saved + 1, "what was said to be saved is saved"
        before = now
    editing.confirm(town.store, town.passes["regione"], "sportelli", "sp-bg", version=before)


def test_a_first_start_killed_at_any_moment_can_be_done_again(tmp_path, killer):
    chance, ends = random.Random(5), set()
    for number in range(6):
        folder = tmp_path / str(number)
        killer("first start", chance.uniform(0.02, 1.2), folder, "")
        store = stores.open_store(folder=folder)
        with store.reading() as session:
            desks = session.scalar(select(func.count()).select_from(Sportello))
            seedings = session.scalar(select(func.count()).select_from(Seeding))
        ends.add((desks, seedings))
        assert soundness.faults(store) == []
        if number == 5:
            seed.seed(store, load)
            assert (len(reading.table(store, "sportelli")), soundness.faults(store)) == (257, [])
        store.close()
    assert ends <= {(0, 0), (257, 1)}
