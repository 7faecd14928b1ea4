"""Pages without a browser: opened by an address, and what they say."""

import functools
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.caching.cache_resource_api import get_resource_cache_stats_provider
from streamlit.testing.v1 import AppTest

from screens import feeds, memory

APP = str(Path(__file__).parents[1] / "app.py")
STILL = ("_clean", "_seeds", "comuni", "ambiti", "scuole", "cpia", "grid", "lombardy")
"""What is remembered of the clean tables alone: neither the registry nor the streets in use change it."""


def other_memory(patch: pytest.MonkeyPatch, held: dict[Any, Any] | None = None) -> dict[Any, Any]:
    """For a test on other streets or tables: what the pages remember is set aside, and is there again afterwards.

    ``held`` is what they remember meanwhile, nothing at first; it can be given to the next test of the same kind.
    """
    held = {None: {}} if held is None else held
    patch.setattr(get_resource_cache_stats_provider(), "_function_caches", held)
    patch.setattr(feeds, "_made", functools.lru_cache(maxsize=256)(feeds._made.__wrapped__))
    patch.setattr(memory, "_in_use", {})
    return held


def of_the_tables() -> dict[Any, Any]:
    """What is remembered now of the clean tables, for ``other_memory``."""
    now = get_resource_cache_stats_provider()._function_caches.get(None, {})
    return {None: {key: kept for key, kept in now.items() if kept.display_name.rpartition(".")[2] in STILL}}


def opened(page: str, **query: str) -> AppTest:
    """The app at a page, with what the address says; no error is shown."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page(f"screens/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.error
    return app


def words(app: AppTest) -> str:
    """Everything the page says, but its tables and controls."""
    kinds = ("header", "info", "markdown", "caption")
    said = [each.value for kind in kinds for each in getattr(app, kind)]
    return "\n".join([*said, *(each.proto.body for each in app.get("html"))])
