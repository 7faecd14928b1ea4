"""A fault that nobody foresaw, on the real server: one Italian sentence on the page, the trace in the log."""

import signal
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from screens.errors import UNEXPECTED
from tests.browser.conftest import ROOT, STOPPING, Visit, free_port, wait_until_ready

SCRIPTS = {
    "script": "import streamlit as st\nst.title('Prova')\n1 / 0\n",
    "callback": "import streamlit as st\nst.title('Prova')\nst.button('Premi', on_click=lambda: 1 / 0)\n",
}
START = "import sys, server; server._warm = lambda: None; sys.exit(server.main({port}, script={script!r}))"
"""It shows none of our pages: nothing is made ready for them."""


@pytest.mark.parametrize("where", SCRIPTS)
def test_a_fault_is_a_sentence_on_the_page_and_a_trace_in_the_log(browser, tmp_path, where):
    script, log, port = tmp_path / "app.py", tmp_path / "log.txt", free_port()
    script.write_text(SCRIPTS[where], encoding="utf-8")
    with log.open("w", encoding="utf-8") as out:
        command = [sys.executable, "-c", START.format(port=port, script=str(script))]
        running = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(running, log)
            page = browser.new_page()
            seen = Visit(page, f"http://127.0.0.1:{port}")
            seen.open("/")
            if where == "callback":
                page.get_by_role("button", name="Premi").click()
            expect(page.get_by_test_id("stAlert").get_by_text(UNEXPECTED)).to_be_visible()
            seen.quiet()
            assert page.get_by_test_id("stException").count() == 0
            page.close()
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(timeout=STOPPING)
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
