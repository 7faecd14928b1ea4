"""One door to the atlas, with the standard library alone: set up what is missing, then do what was asked.

python3 run.py [--port N] [--host H]   set up and serve the atlas
python3 run.py test [PYTEST OPTIONS]   set up and run every check
python3 run.py COMMAND ...             batch commands; ``python3 run.py --help`` lists them
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Set up what the request needs and pass it on; returns the exit status."""
    if sys.version_info < OLDEST:
        print(f"Serve Python {OLDEST[0]}.{OLDEST[1]} o più recente: questo è {sys.version.split()[0]}.")
        return 2
    os.chdir(ROOT)
    testing = arguments[:1] == ["test"]
    try:
        set_up("requirements.txt")
        if testing:
            set_up("requirements-dev.txt")
    except subprocess.CalledProcessError:
        print(
            "Non riesco a installare i pacchetti: controllare la rete e riprovare. Niente è stato cambiato."
        )
        return 1
    if testing:
        return test(arguments[1:])
    serving = not arguments or arguments[0] in {"--port", "--host"}
    return call([str(PYTHON), "server.py" if serving else "cli.py", *arguments])


def set_up(requirements: str) -> None:
    """Make the virtual environment and install the pinned packages, unless that was done before."""
    wanted = hashlib.sha256((ROOT / requirements).read_bytes() + sys.version.encode()).hexdigest()
    done = VENV / f".{requirements}.done"
    if done.is_file() and done.read_text() == wanted and PYTHON.exists():
        return
    if not PYTHON.exists():
        print("Preparo l'ambiente virtuale in .venv ...", flush=True)
        make_venv()
    print(f"Installo i pacchetti di {requirements} (la prima volta un minuto o due) ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", requirements], check=True)
    done.write_text(wanted)


def make_venv() -> None:
    """Make ``.venv``; on a Debian without ``python3-venv`` say what is missing and stop."""
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except subprocess.CalledProcessError:
        sys.exit("Manca il modulo venv: su Debian e Ubuntu «apt-get install python3-venv», poi riprovare.")


def test(options: list[str]) -> int:
    """Style, types, then the tests; all three are run, the first failure gives the status."""
    shared = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadscope"]
    checks = [
        [str(PYTHON), "-m", "ruff", "check", "."],
        [str(PYTHON), "-m", "ruff", "format", "--check", "."],
        [str(PYTHON), "-m", "mypy", "."],
        [str(PYTHON), "-m", "pytest", *(options or shared)],
    ]
    return next((status for status in [call(check) for check in checks] if status), 0)


def call(command: list[str]) -> int:
    """Run a command in the foreground; Ctrl-C is the command's to answer."""
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
