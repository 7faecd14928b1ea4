"""Streets of an area from an Overpass server: OSMnx asks in parts, waits its turn, keeps the answers; we read them.

OSMnx would ask again without end where a server refuses, take an answer that stopped half-way for a whole one, and
wait as long as it is told: every answer passes here first. What it keeps on disk is read straight into ways, since
its graph of a whole Ambito would split each street in segments and take tens of times the memory.
"""

import datetime
import hashlib
import json
import re
import shutil
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import osmnx as ox
import requests
import shapely
from osmnx._errors import CacheOnlyInterruptError
from shapely import MultiPolygon, Polygon

from errors import FileUnwritable, SourceUnavailable
from geo.streets import rules
from geo.streets.gather import Row, gather
from geo.streets.ways import Ways

ENDPOINT: Final = "https://overpass-api.de/api"
"""The public server: for an Ambito now and then. A region is better read from an extract (``geo.streets.pbf``)."""

AGENT: Final = "atlante dei servizi di integrazione, Regione Lombardia (con OSMnx)"
FILTERS: Final = ('["highway"]', '["route"="ferry"]')

PART_KM2: Final = 625.0
"""One request asks for no more than this: what an interruption may cost."""

TIMEOUT_S: Final = 180
"""How long the server may work on a request, and how long we wait for it."""

PAUSES_S: Final = (15.0, 60.0, 120.0)
"""How long to wait before asking again a server that has no room; after the last, we give up."""

PATIENCE_S: Final = 300.0
"""The longest turn we wait for."""

BUSY: Final = (429, 502, 503, 504)
WHOLE: Final = "whole"
"""Beside the answers of an area: none is missing."""

Say = Callable[[str], None]
_settings_are_global = threading.Lock()


class _Busy(Exception):
    """The server has no room for us now; ``pause_s``, how long it asks us to wait."""

    def __init__(self, reason: str, pause_s: float = 0.0) -> None:
        super().__init__(reason)
        self.pause_s = pause_s


class _Refused(Exception):
    """The server answers something else than streets."""


def read_overpass(
    area: Polygon | MultiPolygon,
    *,
    endpoint: str = ENDPOINT,
    cache: Path,
    progress: Say | None = None,
    fresh: bool = False,
    part_km2: float = PART_KM2,
    pauses_s: Sequence[float] = PAUSES_S,
) -> Ways:
    """Streets and ferries of an area, each whole even where it leaves the area.

    Parameters
    ----------
    area
        In degrees, buffer included; OSMnx adds 500 m of its own.
    endpoint
        Address of the server's interface, without ``/interpreter``.
    cache
        Folder of answers. A download that was interrupted goes on from there; one that was finished is not
        asked again, however old (``Ways.date`` tells), unless ``fresh``.
    progress
        Told in Italian of each answer and each wait.
    part_km2
        The area is asked for in parts no larger than this.
    pauses_s
        Seconds to wait between one refusal and the next request.

    Raises
    ------
    SourceUnavailable
        With the reason in Italian: the server cannot be reached, refuses, sends half an answer or something else,
        or knows no street there. What had arrived whole is kept.
    FileUnwritable
        If the answers cannot be kept.
    """
    endpoint = endpoint.rstrip("/").removesuffix("/interpreter")
    folder = cache / _key(area, endpoint, part_km2)
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    _mend(folder)
    if not (folder / WHOLE).is_file():
        say = progress or (lambda _: None)
        _download(partial(_ask, area, folder, endpoint, say, part_km2), folder, endpoint, say, pauses_s)
    ways = _ways(folder)
    if not len(ways.way_id):
        shutil.rmtree(folder, ignore_errors=True)
        raise _unavailable(endpoint, "nell'area chiesta non c'è nessuna strada")
    return ways


def _key(area: Polygon | MultiPolygon, endpoint: str, part_km2: float) -> str:
    """A folder name for all that decides the requests, so that its answers are those of one area."""
    outline = shapely.to_wkt(area, rounding_precision=6, trim=True)
    told = "|".join([outline, endpoint, str(part_km2), *FILTERS, ox.__version__])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _unavailable(endpoint: str, reason: str) -> SourceUnavailable:
    return SourceUnavailable(dataset="OpenStreetMap", file="strade da Overpass", url=endpoint, reason=reason)


def _download(
    ask: Callable[[], None], folder: Path, endpoint: str, say: Say, pauses_s: Sequence[float]
) -> None:
    """Have OSMnx ask for the parts that are not yet in the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _insist(ask, say, pauses_s)
        (folder / WHOLE).touch()
    except (_Busy, _Refused) as fault:
        raise _unavailable(endpoint, str(fault)) from fault
    except requests.RequestException as fault:
        raise _unavailable(endpoint, _why(fault, endpoint)) from fault
    except OSError as fault:
        raise FileUnwritable(file=str(folder), reason=fault.strerror or str(fault)) from fault


def _insist(ask: Callable[[], None], say: Say, pauses_s: Sequence[float]) -> None:
    """Ask, and ask again after a pause where the server has no room, a few times."""
    for pause in (*pauses_s, None):
        try:
            ask()
        except _Busy as fault:
            if pause is None:
                raise
            wait = max(pause, fault.pause_s)
            say(f"{fault}: si riprova tra {wait:.0f} s")
            time.sleep(wait)
        else:
            return


def _ask(area: Polygon | MultiPolygon, folder: Path, endpoint: str, say: Say, part_km2: float) -> None:
    """One go through all parts; those already in the folder are not asked."""
    ours = {
        "overpass_url": endpoint,
        "overpass_rate_limit": _counts_turns(endpoint),
        "overpass_memory": None,
        "overpass_settings": "[out:json][timeout:{timeout}]{maxsize}",
        "requests_timeout": TIMEOUT_S,
        "requests_kwargs": {"hooks": {"response": _Watch(say)}},
        "max_query_area_size": part_km2 * 1e6,
        "http_user_agent": AGENT,
        "doh_url_template": None,  # nobody else is told what we look for
        "use_cache": True,
        "cache_folder": folder,
        "cache_only_mode": True,
    }
    with _osmnx(ours):
        try:
            ox.graph_from_polygon(area, simplify=False, retain_all=True, custom_filter=list(FILTERS))
        except CacheOnlyInterruptError:
            return  # how OSMnx says that every part is in the folder


@contextmanager
def _osmnx(ours: Mapping[str, Any]) -> Iterator[None]:
    """OSMnx with our settings for a while: they are global, and so is the address book it changes."""
    with _settings_are_global, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="This area is", category=UserWarning)
        before = {name: getattr(ox.settings, name) for name in ours}
        look_up = socket.getaddrinfo
        try:
            for name, value in ours.items():
                setattr(ox.settings, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(ox.settings, name, value)
            socket.getaddrinfo = look_up


def _counts_turns(endpoint: str) -> bool:
    """Whether the server gives each of us a number of turns; where it does not, OSMnx would wait for one forever."""
    answer = requests.get(f"{endpoint}/status", headers={"User-Agent": AGENT}, timeout=30)
    told = re.search(r"Rate limit: *[1-9]|slots? available", answer.text, re.IGNORECASE)
    return answer.status_code in BUSY or (answer.ok and told is not None)


class _Watch:
    """Looks at every answer before OSMnx does."""

    def __init__(self, say: Say) -> None:
        self.say, self.got, self.turns = say, 0, 0

    def __call__(self, answer: requests.Response, *_: object, **__: object) -> None:
        body = answer.content
        if answer.is_redirect:
            return
        if answer.status_code in BUSY:
            pause = answer.headers.get("Retry-After", "")
            wait = float(pause) if pause.isdecimal() else 0.0
            raise _Busy(f"il server è occupato (risponde {answer.status_code})", min(wait, PATIENCE_S))
        if not answer.ok:
            raise _Refused(f"il server risponde {answer.status_code}")
        if urlsplit(answer.url).path.endswith("/status"):
            self._turn(answer.text)
            return
        fault = _fault(body)
        if fault:
            raise _Refused(fault)
        self.got, self.turns = self.got + 1, 0
        self.say(f"risposta {self.got}: {len(body) / 1e6:.1f} MB")

    def _turn(self, told: str) -> None:
        """Raise ``_Busy`` where OSMnx would wait longer than we have patience for."""
        if "slots available now" in told:
            return
        self.turns += 1
        free = re.search(r"Slot available after: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", told)
        wait = 5.0 * self.turns  # OSMnx asks again every five seconds while our requests run
        if free:
            at = datetime.datetime.fromisoformat(free[1])
            wait = (at - datetime.datetime.now(tz=datetime.UTC)).total_seconds()
        if wait > PATIENCE_S:
            raise _Busy("il server non ha un turno libero")


def _fault(body: bytes) -> str:
    """What is wrong with an answer, in Italian; "" where it is whole."""
    try:
        answer = json.loads(body)
    except ValueError:
        return "la risposta è troncata" if body.lstrip().startswith(b"{") else "la risposta non è JSON"
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        return "la risposta non è quella di un server Overpass"
    remark = str(answer.get("remark", ""))
    if "timed out" in remark:
        return "il server non ha finito in tempo e ha mandato solo una parte delle strade"
    if remark:
        return f"il server ha mandato solo una parte delle strade ({remark})"
    return _missing(answer["elements"])


def _missing(elements: Sequence[Mapping[str, Any]]) -> str:
    """Whether each street comes with all its points."""
    try:
        found = {one["id"] for one in elements if one["type"] == "node" and {"lon", "lat"} <= one.keys()}
        used = {node for one in elements if one["type"] == "way" for node in one["nodes"]}
    except (KeyError, TypeError):
        return "la risposta non è quella di un server Overpass"
    lost = len(used - found)
    return f"nella risposta mancano {lost} punti delle strade" if lost else ""


def _why(fault: requests.RequestException, endpoint: str) -> str:
    """The reason in Italian of a request that got no answer."""
    name = urlsplit(endpoint).hostname or endpoint
    if isinstance(fault, requests.Timeout):
        return f"il server {name} non risponde in tempo"
    if isinstance(fault, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "la risposta si è interrotta"
    if isinstance(fault, requests.ConnectionError):
        return f"il server {name} non si raggiunge"
    return f"l'indirizzo «{endpoint}» non è valido"


def _mend(folder: Path) -> None:
    """Remove answers that were not written to the end, so that they are asked again."""
    for path in folder.glob("*.json"):
        if _fault(path.read_bytes()):
            path.unlink()
            (folder / WHOLE).unlink(missing_ok=True)


def _ways(folder: Path) -> Ways:
    """What the answers say; a street that two parts share counts once."""
    rows: dict[int, Row] = {}
    at: dict[int, tuple[float, float]] = {}
    barred: dict[int, Sequence[str]] = {}
    dates = set()
    for path in sorted(folder.glob("*.json")):
        answer = json.loads(path.read_bytes())
        dates.add(str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10])
        for one in answer["elements"]:
            tags = one.get("tags", {})
            if one["type"] == "node":
                at[one["id"]] = (one["lon"], one["lat"])
                if tags and (modes := rules.barred(tags)):
                    barred[one["id"]] = modes
            elif one["type"] == "way" and (profile := rules.profile(tags)) is not None:
                rows[one["id"]] = (one["id"], profile, one["nodes"])
    return gather(rows.values(), at, barred=barred, date=min(dates, default=""))
