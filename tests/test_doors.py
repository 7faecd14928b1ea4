"""The doors of the house: who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("geo", "data", "analysis", "layers", "screens", "locator")
MAY_IMPORT = {
    "errors": set(),
    "geo": {"errors", "geo"},
    "data": {"errors", "geo", "data"},
    "analysis": {"errors", "geo", "analysis"},
    "layers": {"errors", "geo", "layers"},
    "screens": {"errors", "geo", "data", "analysis", "layers", "screens"},
    "locator": {"errors", "geo", "data", "analysis", "layers", "screens", "locator"},
    "app": {"errors", "geo", "data", "analysis", "layers", "screens"},
    "server": {"errors", "geo", "data", "analysis", "layers", "screens", "locator"},
    "cli": {"errors", "geo", "data", "analysis", "layers", "screens", "locator"},
    "run": set(),
}
OURS = set(MAY_IMPORT)
SHARED_WITH_LOCATOR = {"joined", "living", "batch", "offers", "reached", "need"}
"""What the public pages take from the screens: tables joined and questions answered, no Streamlit."""


def sources() -> list[tuple[str, Path]]:
    found = [(room, path) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return found + [(name, ROOT / f"{name}.py") for name in ("app", "server", "cli", "errors", "run")]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize(("room", "path"), sources(), ids=lambda value: str(value).removeprefix(str(ROOT)))
def test_imports_point_one_way(room, path):
    assert (imported(path) & OURS) <= MAY_IMPORT[room]


@pytest.mark.parametrize(("room", "path"), sources(), ids=lambda value: str(value).removeprefix(str(ROOT)))
def test_streamlit_and_folium_stay_in_their_rooms(room, path):
    names = imported(path)
    if room not in {"app", "screens", "server"}:
        assert "streamlit" not in names
    if room != "layers":
        assert "folium" not in names


@pytest.mark.parametrize("path", sorted((ROOT / "locator").rglob("*.py")), ids=lambda path: path.name)
def test_the_public_pages_take_from_the_screens_what_has_no_streamlit(path):
    taken = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "screens":
            taken |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("screens."):
            taken.add(node.module.split(".")[1])
    assert taken <= SHARED_WITH_LOCATOR


def test_public_pages_are_made_without_streamlit():
    made = "import sys, locator.site, locator.export; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", made], cwd=ROOT, check=False).returncode == 0


def test_run_needs_the_standard_library_alone():
    assert imported(ROOT / "run.py") <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", [path for _, path in sources()], ids=lambda path: path.name)
def test_no_module_is_a_warehouse(path):
    assert path.stem not in {"utils", "helpers", "common", "manager"}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
