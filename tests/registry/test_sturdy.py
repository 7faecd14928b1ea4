"""A hundred writers killed at random, and twenty editors for a minute: nothing by half, nothing lost, no fault."""

import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from data.registry import editing, reading, search, soundness
from data.registry import store as stores
from data.registry.books import Change, Import
from errors import EditConflict
from tests.registry.town import built

HOUSE = Path(__file__).parents[2]
SECONDS = 60
EDITORS = 20
AT_ONCE, REST_S = 5, 2.0
"""Each saves so many times without a pause, then rests up to so long: people come in crowds, too."""
KILLS = {"sqlite": 100, "postgresql": 30}

WORKER = """
import contextlib, itertools, os, random, signal, sys, tempfile, time
from pathlib import Path
from data import catalog
from data.registry import areas, editing, people, reading, search_index, store as stores
from data.registry.imports.apply import apply
from data.registry.imports.plan import preview
from data.registry.imports.wanted import Wanted


def rows(chance):
    ente = Wanted("enti", "e", {"name": "Ente delle prove"})
    desks = [
        Wanted("sportelli", f"s{n}", {"name": f"Sportello {n}", "kind": "sportello_comunale", "comune_code": "016024",
                                      "notes": f"{chance.random()} {'x' * 60}", "ambito_id": "bergamo"}, parent="e")
        for n in range(chance.randint(1, 6))
    ]
    slots = [Wanted("sessioni", f"o{one.external}", {"hours": f"Mo 09:00-1{chance.randint(0, 8)}:00"},
                    parent=one.external) for one in desks]
    return [ente, *desks, *slots]


def work(store, token, seed, turns):
    chance = random.Random(seed)
    for turn in turns:
        if chance.random() < 0.5 or turn == 1:
            plan = preview(store, token, rows(chance), source="prova", ambito_id="bergamo")
            apply(store, token, plan, file="prova.csv")
        else:
            seen = reading.card(store, "sportelli", "sp-bg")
            said = {"notes": f"{seen.version} {'y' * 600}", "phone": f"035 {chance.randint(100000, 999999)}"}
            editing.edit(store, token, "sportelli", "sp-bg", version=seen.version, said=said)
        os.write(1, b"s")


def opened(folder, address):
    secret = os.environ["ATLANTE_SECRET"]
    return stores.Store(stores._engine(address or f"sqlite:///{folder}/registry.sqlite"), secret)


with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(None):
    known = stores.open_store(folder=Path(folder))  # what is read once is read before the forks
    catalog.load("positions"), search_index.known_precisions(), search_index._comuni(), areas.known()
    people.add(known, name="prova", role="regione", oidc="x")
    made = editing.create(known, people.sign_in_vouched(known, "x"), "enti", {"name": "Una"})
    plan = preview(known, people.sign_in_vouched(known, "x"), rows(random.Random(1)), source="p", ambito_id="bergamo")
    apply(known, people.sign_in_vouched(known, "x"), plan, file="p")
    known.close()

for line in sys.stdin:
    after, folder, address, token, seed = line.rstrip("\\n").split("|")
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(said, 1)
        work(opened(folder, address), token, int(seed), itertools.count())
    os.close(said)
    os.read(heard, 1)  # it has saved once: the moment after that is chance's
    time.sleep(float(after))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(heard) as words:
        print(1 + len(words.read()), flush=True)
"""


@pytest.fixture(scope="module")
def killer():
    """A process that starts a worker and kills it some time after its first save; gives how often it saved."""
    settings = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "ATLANTE_VAR"}}
    settings["ATLANTE_SECRET"] = "il segreto delle prove"
    with subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=HOUSE, env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip

        def kill(after, folder, address, token, seed):
            process.stdin.write(f"{after}|{folder}|{address or ''}|{token}|{seed}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield kill
        process.stdin.close()


def test_writers_killed_at_random_leave_whole_imports_and_whole_edits(
    request, tmp_path, address, killer, monkeypatch
):
    monkeypatch.setenv("ATLANTE_SECRET", "il segreto delle prove")
    store = stores.open_store(address, folder=tmp_path)  # the clock goes: passes hold for the workers too
    token = built(store).passes["bergamo"]
    chance, saved = random.Random(7), Counter()
    kills = KILLS["sqlite" if address is None else "postgresql"]
    for number in range(kills):
        saved["told"] += killer(chance.uniform(0, 0.12), tmp_path, address, token, number)
        if number % 20 == 9:
            assert soundness.faults(store) == []
            assert halves(store) == []
    lines, imports = counts(store)
    done = imports + lines
    assert saved["told"] <= done <= saved["told"] + kills, (
        "what was said to be saved is, and at most one more each"
    )
    assert imports > 10
    assert lines > 10
    seen = reading.card(store, "sportelli", "sp-bg")
    editing.edit(store, token, "sportelli", "sp-bg", version=seen.version, said={"notes": "viva"})
    store.close()


def halves(store):
    """Imports whose lines in the log are not as many as their report says, and batches without a report."""
    with store.reading() as session:
        batches = Counter(session.scalars(select(Change.batch).where(Change.how == "import")))
        told = {
            one.batch: sum(n for n in json.loads(one.report).values() if isinstance(n, int))
            for one in session.scalars(select(Import))
        }
    return [batch for batch in batches.keys() | told.keys() if batches.get(batch, 0) != told.get(batch, 0)]


def counts(store):
    """How many edits of the one desk, how many imports that changed something."""
    with store.reading() as session:
        edits = list(
            session.scalars(select(Change.id).where(Change.how == "edit", Change.record_id == "sp-bg"))
        )
        imports = set(session.scalars(select(Change.batch).where(Change.how == "import")))
    return len(edits), len(imports)


@pytest.fixture
def two_towns(request, tmp_path, emptied):
    """The town on SQLite and on PostgreSQL, both open."""
    opened = {
        "sqlite": stores.open_store(folder=tmp_path / "sqlite"),
        "postgresql": stores.open_store(emptied(), folder=tmp_path / "postgresql"),
    }
    yield {name: built(store) for name, store in opened.items()}
    for store in opened.values():
        store.close()


def test_twenty_editors_for_a_minute_lose_nothing_and_see_no_fault(two_towns):
    """Each adds to a counter of its own inside one field they all share, and looks, searches and confirms between."""
    until = time.monotonic() + SECONDS
    done: dict[str, Counter] = {name: Counter() for name in two_towns}
    held = threading.Lock()

    def work(job):
        name, who = job
        town, chance = two_towns[name], random.Random(who)
        token = town.passes[["regione", "bergamo", "due"][who % 3]]
        for turn in itertools.count():
            if turn % AT_ONCE == 0:
                time.sleep(chance.uniform(0, REST_S))
            if time.monotonic() > until:
                return
            key = chance.choice(["sp-bg", "sp-bg2"])
            seen = reading.card(town.store, "sportelli", key)
            tally = json.loads(seen.said["notes"] or "{}")
            tally[str(who)] = tally.get(str(who), 0) + 1
            try:
                editing.edit(
                    town.store,
                    token,
                    "sportelli",
                    key,
                    version=seen.version,
                    said={"notes": json.dumps(tally)},
                )
                what = f"{key} {who}"
            except EditConflict:
                what = "told"
            with held:
                done[name][what] += 1
            assert search.find(town.store, search.Asked(text="borgo")).total >= 1

    jobs = [(name, who) for name in two_towns for who in range(EDITORS)]
    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(work, jobs))  # any error of any editor is raised here
    for name, town in two_towns.items():
        assert soundness.faults(town.store) == []
        for key in ("sp-bg", "sp-bg2"):
            tally = json.loads(town.said("sportelli", key)["notes"])
            mine = {what.split()[1]: n for what, n in done[name].items() if what.startswith(f"{key} ")}
            assert tally == mine, "every save that was told as done is there, once"
        assert done[name]["told"] > 0, "some were told of a conflict: they did meet"
