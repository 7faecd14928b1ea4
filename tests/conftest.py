"""What all tests share: chance is seeded, no test is judged by the clock, none sees what was made on this machine."""

import os
import sys
import tempfile

import hypothesis
import pytest

hypothesis.settings.register_profile("atlante", deadline=None, derandomize=True)
hypothesis.settings.load_profile("atlante")

_var = tempfile.TemporaryDirectory(prefix="atlante-")  # goes when Python ends
os.environ["ATLANTE_VAR"] = (
    _var.name
)  # before screens.joined is imported; programs started by tests see it too


@pytest.fixture(autouse=True)
def var(tmp_path, monkeypatch):
    """A folder of its own for the street networks and matrices of each test: none is in use unless it makes one."""
    folder = tmp_path / "var"
    monkeypatch.setenv("ATLANTE_VAR", str(folder))
    if joined := sys.modules.get("screens.joined"):
        monkeypatch.setattr(joined, "VAR", folder)
        monkeypatch.setattr(joined, "NETWORKS", folder / "networks")
        monkeypatch.setattr(joined, "MATRICES", folder / "matrices")
    return folder
