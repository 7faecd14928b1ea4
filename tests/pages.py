"""Pages without a browser: opened by an address, and what they say."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[1] / "app.py")


def opened(page: str, **query: str) -> AppTest:
    """The app at a page, with what the address says; no error is shown."""
    app = AppTest.from_file(APP, default_timeout=120).run()
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
