"""A private PostgreSQL for the tests: made in a temporary folder, on a Unix socket, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

WHERE = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
DEBIAN = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``: the newest Debian has, else what is on the path."""
    newest = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    found = [folder for folder in [*newest, *WHERE] if (folder / "initdb").exists()]
    return found[0] if found else None


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """A running server; gives the address of its databases, with ``{}`` for the name."""
    folder = binaries()
    if folder is None:
        said = (
            "PostgreSQL is not installed here (apt-get install postgresql): its half of the tests is left out"
        )
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    home = Path(tempfile.mkdtemp(prefix="atlante-pg-"))
    someone = _someone()
    try:
        if someone:
            shutil.chown(home, **someone)
        _run(folder / "initdb", "-D", home / "data", "-U", "atlante", "-A", "trust", "-E", "UTF8", "--no-sync",
             "--locale=C.UTF-8", home=home, **someone)  # fmt: skip
        habits = f"-k {home} -c listen_addresses='' -c fsync=off -c max_connections=60"
        _run(folder / "pg_ctl", "-D", home / "data", "-w", "-l", home / "log", "-o", habits, "start",
             home=home, **someone)  # fmt: skip
        try:
            yield f"postgresql+psycopg://atlante@/{{}}?host={home}"
        finally:
            _run(folder / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop", home=home, **someone)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _someone() -> dict[str, str]:
    """Who runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in known else "nobody"}


def _run(*command: object, home: Path, user: str | None = None) -> None:
    who = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(
        [str(word) for word in command], cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, check=False, env={**os.environ, "HOME": str(home)}, **who,
    )  # fmt: skip
    if done.returncode:
        pytest.fail(f"{command[0]}: {done.stderr[-500:]}")
