"""The batch on a cluster of two worker processes: what one process says, also when a worker dies half-way."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from distributed import Client

import cli
from errors import AtlasError, ClusterFailed
from geo import travel_time
from screens import cluster
from screens.cluster import connected
from screens.errors import sentence
from tests.test_parts import networks, places, same

ROOT = Path(__file__).parents[1]
LONG_S = 120
"""Longer than anything takes on a slow machine."""


class Cluster:
    """A scheduler and its workers, each a process of its own on the loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes, self.workers = folder, [], []
        told = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(told))
        for _ in range(LONG_S * 10):
            if told.is_file() and told.stat().st_size:
                break
            time.sleep(0.1)
        self.address = pd.read_json(told, typ="series")["address"]

    def work(self, *, within: Path = ROOT) -> None:
        """One worker more, started in a folder."""
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder)]
        self.workers.append(self._start("worker", self.address, *options, within=within))

    def _start(self, *command: str, within: Path = ROOT) -> subprocess.Popen:
        common = ["--host", "127.0.0.1", "--no-dashboard"]
        with (self.folder / "log.txt").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command, *common], cwd=within, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def wait(self, workers: int) -> None:
        """Until so many workers are there."""
        with Client(self.address, timeout=LONG_S, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=LONG_S)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@contextmanager
def started(folder: Path, *, workers: int):
    made = Cluster(folder)
    try:
        for _ in range(workers):
            made.work()
        if workers:
            made.wait(workers)
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A cluster of two workers."""
    with started(tmp_path_factory.mktemp("two"), workers=2) as made:
        yield made


@pytest.fixture(scope="module")
def asked():
    """Networks, desks and points, on the streets and around them."""
    return networks(), places(20, seed=3, about=3000), places(2000, seed=4, about=3000)


def test_the_cluster_says_what_one_process_says(two, asked):
    done = []
    with connected(two.address, lambda *told: done.append(told), at_once=150) as nearest:
        for mode in ("car", "walk"):
            same(nearest(*asked, mode=mode), travel_time.nearest(*asked, mode=mode))
    assert done[-1] == (2000, 2000)
    assert len(done) > 20


def test_the_batch_writes_the_same_file_on_a_cluster(two, tmp_path, capsys):
    assert cli.main(["access", "--scheduler", two.address, "-o", str(tmp_path / "cluster.csv")]) == 0
    assert "luoghi su" in capsys.readouterr().err
    assert cli.main(["access", "-o", str(tmp_path / "here.csv")]) == 0
    assert (tmp_path / "cluster.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()


def test_a_worker_that_dies_half_way_costs_only_its_parts(two, asked):
    with Client(two.address, timeout=LONG_S, set_as_default=False) as watch:
        pids, lost = watch.run(os.getpid), set()

        def kill_one(done: int, _: int) -> None:
            busy = {worker: keys for worker, keys in watch.processing().items() if keys}
            if not lost and done > 500 and busy:
                worker, keys = next(iter(busy.items()))
                os.kill(pids[worker], signal.SIGKILL)
                lost.update(map(str, keys), map(str, watch.has_what()[worker]))

        with connected(two.address, kill_one, at_once=50) as nearest:
            found = nearest(*asked, mode="car")
        begun = watch.run_on_scheduler(
            lambda dask_scheduler: [
                str(one[0]) for one in dask_scheduler.transition_log if one[2] == "processing"
            ]
        )
        assert len(watch.nthreads()) == 1
    same(found, travel_time.nearest(*asked, mode="car"))
    twice = {key for key, times in Counter(begun).items() if times > 1}
    assert lost
    assert len(twice) <= cluster.AHEAD * 2 + 1
    assert len(begun) > 40
    two.work()
    two.wait(2)


def test_where_no_scheduler_answers_one_sentence_says_so_and_nothing_is_written(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(cluster, "PATIENCE_S", 1.0)
    out = tmp_path / "out.csv"
    assert cli.main(["access", "--scheduler", "tcp://127.0.0.1:1", "-o", str(out)]) == 2
    said = capsys.readouterr()
    assert "«tcp://127.0.0.1:1» non risponde" in said.err
    assert (said.err.count("\n"), said.out, out.exists()) == (1, "", False)


@pytest.mark.parametrize("address", ["", "qui", "http://127.0.0.1:8786", "tcp://127.0.0.1:porta"])
def test_what_is_no_address_is_told(address):
    with pytest.raises(ClusterFailed, match="non è un indirizzo"), connected(address):
        pass


def test_a_worker_is_no_scheduler(two):
    with Client(two.address, timeout=LONG_S, set_as_default=False) as watch:
        worker = next(iter(watch.nthreads()))
    with pytest.raises(ClusterFailed, match="non è uno scheduler"), connected(worker):
        pass


def test_workers_that_are_missing_or_strange_are_told(tmp_path, asked, monkeypatch):
    """A cluster without workers, then with one that knows nothing of the project."""
    (tmp_path / "elsewhere").mkdir()
    with started(tmp_path, workers=0) as made:
        monkeypatch.setattr(cluster, "PATIENCE_S", 0.5)
        with pytest.raises(ClusterFailed, match="non ha nessun worker"), connected(made.address) as nearest:
            nearest(*asked, mode="car")
        monkeypatch.setattr(cluster, "PATIENCE_S", 10.0)
        made.work(within=tmp_path / "elsewhere")
        made.wait(1)
        with pytest.raises(ClusterFailed, match="fuori dalla cartella"), connected(made.address) as nearest:
            nearest(*asked, mode="car")


def test_a_scheduler_that_goes_away_half_way_is_told(tmp_path, asked):
    with started(tmp_path, workers=1) as made:

        def leave(*_):
            made.scheduler.kill()

        with (
            pytest.raises(ClusterFailed, match="non risponde più") as fault,
            connected(made.address, leave, at_once=50) as nearest,
        ):
            nearest(*asked, mode="car")
    assert isinstance(fault.value, AtlasError)
    assert "cluster" in sentence(fault.value)
