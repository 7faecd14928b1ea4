"""What all tests share: chance is seeded, no test is judged by the clock, none sees what was made on this machine."""

import functools
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from data.registry.seed import seed
from data.registry.store import open_store

hypothesis.settings.register_profile("atlante", deadline=None, derandomize=True)
hypothesis.settings.load_profile("atlante")

_var = tempfile.TemporaryDirectory(prefix="atlante-")  # goes when Python ends
os.environ["ATLANTE_VAR"] = (
    _var.name
)  # before screens.joined is imported; programs started by tests see it too


LONG = {
    "browser": 600,
    "browser, public pages": 200,
    "tests/registry/test_sturdy.py": 90,
    "tests/test_build.py": 35,
    "tests/test_cluster.py": 25,
    "tests/registry/test_search.py": 25,
    "tests/test_disclosure.py": 25,
    "tests/test_network_commands.py": 25,
    "tests/registry/test_together.py": 20,
}
"""Seconds that the longest groups of tests take, roughly: they begin first, so that all processes end together."""
UNKNOWN_S, DOCTESTS_S = 15, 1


class ByFile(LoadScopeScheduling):
    """Where tests are shared among processes: those of one file stay together, so do those that share a server."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        if not file.startswith("tests/browser/"):
            return file
        return "browser, public pages" if "/test_locator_" in file else "browser"

    def _assign_work_unit(self, node):
        self.workqueue.move_to_end(max(self.workqueue, key=_seconds), last=False)
        super()._assign_work_unit(node)


def _seconds(group):
    return LONG.get(group, UNKNOWN_S if group.startswith("tests/") else DOCTESTS_S)


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


@functools.cache
def _seeded():
    """A registry as it is at the first start, made once and copied for each test that may open one."""
    folder = Path(_var.name) / "seeded"
    store = open_store(f"sqlite:///{folder / 'registry.sqlite'}", folder=folder)
    seed(store)
    store.close()
    return folder / "registry.sqlite"


@functools.cache
def _packages_are_read_once():
    """Streamlit looks for components in every package installed, at each page opened without a browser."""
    scanner = importlib.import_module("streamlit.components.v2.manifest_scanner")
    scanner.scan_component_manifests = functools.cache(scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def var(tmp_path_factory, monkeypatch):
    """A folder of its own for what each test makes: no street network in use, the registry as at the first start."""
    folder = tmp_path_factory.mktemp("var")
    monkeypatch.setenv("ATLANTE_VAR", str(folder))
    if "streamlit.testing.v1" in sys.modules:
        _packages_are_read_once()
    if joined := sys.modules.get("screens.joined"):
        monkeypatch.setattr(joined, "VAR", folder)
        shutil.copy(_seeded(), folder / "registry.sqlite")
        monkeypatch.setattr(joined, "NETWORKS", folder / "networks")
        monkeypatch.setattr(joined, "MATRICES", folder / "matrices")
    return folder
