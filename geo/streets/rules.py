"""What OpenStreetMap tags mean for a car, a bicycle and a walker: the table ``rules.toml``, applied."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from geo.network import MODES
from geo.speeds import BIKE_KMH, WALK_KMH
from geo.streets.ways import Profile

FILE: Final = Path(__file__).with_name("rules.toml")
"""The table; its reasons are in ``docs/street-rules.md``."""

Tags = Mapping[str, str]
Both = tuple[float, float]
"""Something along the nodes of a way, and against them."""

RULES: Final[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))

RULES_VERSION: Final[str] = RULES["version"]
"""A network keeps it; another version may give other answers."""


class Road(NamedTuple):
    """A row of the table of classes; ``own`` names the modes that only a tag of their own lets in."""

    kind: str
    car: float
    most: float
    bike: float
    walk: float
    own: frozenset[str]


_PACES: Final = {"ride": BIKE_KMH, "walk": WALK_KMH, **RULES["kmh"]}


def _road(kind: str, car: str, most: float, bike: str, walk: str) -> Road:
    """A row as written, brackets read as "only where its own tag says so"."""
    said = dict(zip(MODES, (car, bike, walk), strict=True))
    own = frozenset(mode for mode, text in said.items() if text.startswith("("))
    bare = {mode: text.strip("()") for mode, text in said.items()}
    return Road(kind, float(bare["car"]), most, _PACES[bare["bike"]], _PACES[bare["walk"]], own)


ROADS: Final = {name: _road(*row) for name, row in RULES["highway"].items()}
"""Every class of ``highway`` that is read."""

_OPEN, _PUSH, _SHUT, _USUAL = "open", "push", "shut", "usual"
_VERDICTS: Final = {value: word for word in (_OPEN, _PUSH, _SHUT) for value in RULES["access"][word]}
_DIRECTIONS: Final = {value: way for way in ("along", "against", "both") for value in RULES["oneway"][way]}


def _keys() -> frozenset[str]:
    """Every key of a way that some rule reads."""
    access, oneway = RULES["access"], RULES["oneway"]
    modes = {key for mode in MODES for key in (*access["own"][mode], *access["general"][mode])}
    one_ways = {key for mode in MODES for key in oneway["own"][mode]}
    shut = {key for mode in MODES for key in RULES["shut"][mode]}
    lanes = {*RULES["contraflow"]["keys"], *RULES["contraflow"]["lane_keys"]}
    rest = "highway route junction service surface tracktype smoothness maxspeed duration interval"
    sided = {f"{key}:{side}" for key in (*modes, "maxspeed") for side in ("forward", "backward")}
    return frozenset({*modes, *one_ways, *shut, *lanes, *rest.split(), *sided, *RULES["limit"]["zone_keys"]})


KEYS: Final = _keys()
"""The keys a reader must hand to ``profile``; all others change nothing."""


def profile(tags: Tags) -> Profile | None:
    """What the tags of a way mean for each mode.

    Parameters
    ----------
    tags
        Tags of the way; those not in ``KEYS`` are not looked at.

    Returns
    -------
    profile
        Class and km/h along and against the nodes for each mode (0 where it may not go), minutes for a
        ferry with a timetable. None where no mode may go, or the way is no road.

    Examples
    --------
    >>> profile({"highway": "residential", "oneway": "yes", "maxspeed": "30"}).kmh["car"]
    (30.0, 0.0)
    >>> profile({"highway": "residential", "access": "private"}) is None
    True
    """
    name = _class(tags)
    if name is None:
        return _ferry(tags) if tags.get("route") == "ferry" else None
    road = ROADS[name]
    kmh = {
        "car": _passable("car", name, tags, _car_kmh(road, tags)),
        "bike": _passable("bike", name, tags, _bike_kmh(road, tags)),
        "walk": _passable("walk", name, tags, (road.walk, road.walk)),
    }
    return Profile(road.kind, kmh) if any(max(both) > 0 for both in kmh.values()) else None


def barred(tags: Tags) -> tuple[str, ...]:
    """Modes that may not pass a node with these tags.

    >>> barred({"barrier": "bollard"}), barred({"barrier": "gate", "access": "private", "foot": "yes"})
    (('car',), ('car', 'bike'))
    """
    barrier = tags.get("barrier")
    if barrier is None:
        return ()
    table = RULES["barrier"]
    usual = set(table.get(barrier, table["unknown"]))
    if tags.get("locked") == "yes":
        usual.update(table["locked"])
    verdicts = {mode: _verdict(mode, tags) for mode in MODES}
    return tuple(
        mode for mode in MODES if verdicts[mode] == _SHUT or (verdicts[mode] == _USUAL and mode in usual)
    )


def _class(tags: Tags) -> str | None:
    """The first class of ``highway`` that we read."""
    value = tags.get("highway")
    if value is None or value in ROADS:
        return value
    return next((name for name in _several(value) if name in ROADS), None)


def _several(value: str) -> list[str]:
    """The values of a tag that may hold several.

    >>> _several("50; 40")
    ['50', '40']
    """
    return [part for part in (text.strip() for text in value.split(";")) if part]


def _passable(mode: str, name: str, tags: Tags, kmh: Both) -> Both:
    """Speeds of a mode, 0 in each direction it may not take."""
    verdict = _verdict(mode, tags)
    if verdict == _SHUT or (verdict == _USUAL and _kept_out(mode, name, tags)):
        return 0.0, 0.0
    if verdict == _PUSH:
        kmh = min(WALK_KMH, kmh[0]), min(WALK_KMH, kmh[1])
    free = _directions(mode, name, tags)
    sides = [_verdict(mode, tags, side) for side in (":forward", ":backward")]
    along, against = (
        speed if side in (_OPEN, _PUSH) or (go and side == _USUAL) else 0.0
        for speed, go, side in zip(kmh, free, sides, strict=True)
    )
    return along, against


def _verdict(mode: str, tags: Tags, side: str = "") -> str:
    """What the access tags say of a mode: open, push, shut; usual where nothing changes what is usual."""
    access = RULES["access"]
    for key in access["own"][mode]:
        found = _said(tags, key + side)
        for word in (_OPEN, _PUSH, _SHUT):
            if word in found:
                return word
    for key in access["general"][mode]:
        found = _said(tags, key + side)
        if _OPEN in found:
            return _USUAL
        if _SHUT in found:
            return _SHUT
    return _USUAL


def _said(tags: Tags, key: str) -> set[str | None]:
    """What the values of an access tag say; None among them for words we do not know."""
    value = tags.get(key)
    return set() if value is None else {_VERDICTS.get(one) for one in _several(value)}


def _kept_out(mode: str, name: str, tags: Tags) -> bool:
    """Whether the class, or a tag that is not about access, keeps a mode out."""
    if mode in ROADS[name].own:
        return True
    if mode == "car" and name == "service" and RULES["service"].get(tags.get("service")) == 0:
        return True
    return any(tags.get(key) in values for key, values in RULES["shut"][mode].items())


def _directions(mode: str, name: str, tags: Tags) -> tuple[bool, bool]:
    """Whether a mode may go along and against the nodes, as far as one-way rules go."""
    table = RULES["oneway"]
    told = (_DIRECTIONS.get(tags.get(key, "")) for key in table["own"][mode])
    way = next((word for word in told if word), None)
    if way is None and mode != "walk":
        implied = table["implied"]
        around = name in implied["highway"] or tags.get("junction") in implied["junction"]
        way = "along" if around else "both"
    if mode == "bike" and "oneway:bicycle" not in tags and _contraflow(tags):
        way = "both"
    return way != "against", way != "along"


def _contraflow(tags: Tags) -> bool:
    """Whether a lane lets bicycles go against a one-way street."""
    table = RULES["contraflow"]
    lanes = any(tags.get(key) in table["values"] for key in table["keys"])
    return lanes or any(tags.get(key) in table["lane_values"] for key in table["lane_keys"])


def _car_kmh(road: Road, tags: Tags) -> Both:
    """Km/h of a car at free flow, whether or not it may go."""
    usual, most = road.car, road.most
    if road.kind == "service" and RULES["service"].get(tags.get("service")):
        usual = float(RULES["service"][tags["service"]])
    ground = min(most, *_caps(tags, 0))
    return tuple(min(limit or usual, ground) for limit in limits(tags))  # type: ignore[return-value]


def _bike_kmh(road: Road, tags: Tags) -> Both:
    """Km/h of a bicycle, whether or not it may go."""
    usual = BIKE_KMH if tags.get("bicycle") == "designated" and road.kind != "steps" else road.bike
    kmh = min(usual, *_caps(tags, 1))
    return kmh, kmh


def _caps(tags: Tags, column: int) -> list[float]:
    """Km/h at most that the ground allows: car in column 0, bicycle in column 1."""
    told = [float("inf")]
    for key in ("surface", "tracktype", "smoothness"):
        rows = (RULES[key].get(value) for value in _several(tags.get(key, "").lower()))
        told += [float(row[column]) for row in rows if row]
    return told


def limits(tags: Tags) -> tuple[float | None, float | None]:
    """Speed limits along and against a way, in km/h; None where no tag tells.

    >>> limits({"maxspeed": "50", "maxspeed:backward": "30 mph"}), limits({"source:maxspeed": "IT:rural"})
    ((50.0, 48.3), (90.0, 90.0))
    """
    general = _limit(tags.get("maxspeed", ""))
    for key in RULES["limit"]["zone_keys"]:
        general = general or _limit(tags.get(key, ""), zone_only=True)
    along, against = (_limit(tags.get(f"maxspeed:{side}", "")) for side in ("forward", "backward"))
    return along or general, against or general


_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?")
_ZONE: Final = re.compile(r"[A-Za-z]{2}:(?:zone:?)?(.+)")
_MILE: Final = 1.609344


def _limit(text: str, *, zone_only: bool = False) -> float | None:
    """The lowest limit in the text of a tag, in km/h."""
    found = [_one_limit(value, zone_only=zone_only) for value in _several(text)]
    return min((kmh for kmh in found if kmh), default=None)


def _one_limit(value: str, *, zone_only: bool) -> float | None:
    """The limit that one value tells: a number, a word, or a zone such as ``IT:urban`` or ``IT:zone:30``."""
    zone, words = _ZONE.fullmatch(value), RULES["limit"]["words"]
    if zone and zone[1] in RULES["limit"]["zones"]:
        return float(RULES["limit"]["zones"][zone[1]])
    if zone_only and not zone:
        return None
    text = zone[1] if zone else value
    if text in words:
        return float(words[text])
    number = _NUMBER.fullmatch(text)
    if not number:
        return None
    return round(float(number[1]) * (_MILE if number[2] == "mph" else 1), 1)


def _ferry(tags: Tags) -> Profile | None:
    """A ferry: who walks may board; bicycles and cars where a tag says so, a bicycle wherever a car may."""
    verdicts = {mode: _verdict(mode, tags) for mode in MODES}
    car = verdicts["car"] == _OPEN or (verdicts["car"] == _USUAL and tags.get("vehicle") == "yes")
    bike = verdicts["bike"] in (_OPEN, _PUSH) or (verdicts["bike"] == _USUAL and car)
    boards = {"car": car, "bike": bike, "walk": verdicts["walk"] != _SHUT}
    if not any(boards.values()):
        return None
    speed = RULES["ferry"]["kmh"]
    kmh = {}
    for mode in MODES:
        along, against = _directions(mode, "ferry", tags)
        kmh[mode] = (speed if boards[mode] and along else 0.0, speed if boards[mode] and against else 0.0)
    sailing = duration_min(tags.get("duration", ""))
    interval = duration_min(tags.get("interval", ""))
    wait = interval / 2 if interval else RULES["ferry"]["wait_min"]
    return Profile("ferry", kmh, sailing + wait if sailing else None)


_CLOCK: Final = re.compile(r"(\d+):(\d{1,2})(?::(\d{1,2}))?")
_ISO: Final = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+)S)?")
_PLAIN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:min|minutes)?")


def duration_min(text: str) -> float | None:
    """Minutes told by ``duration`` or ``interval``; None where they cannot be read, or are none.

    >>> [duration_min(text) for text in ("0:35", "35", "00:35:30", "PT1H5M", "a while")]
    [35.0, 35.0, 35.5, 65.0, None]
    """
    text = text.strip()
    minutes = 0.0
    if clock := _CLOCK.fullmatch(text):
        hours, rest, seconds = (int(part or 0) for part in clock.groups())
        minutes = hours * 60 + rest + seconds / 60
    elif iso := _ISO.fullmatch(text):
        days, hour, minute, second = (float(part or 0) for part in iso.groups())
        minutes = days * 1440 + hour * 60 + minute + second / 60
    elif plain := _PLAIN.fullmatch(text):
        minutes = float(plain[1])
    return minutes or None
