"""The files that a phone fetches, as they are served and exported: places, zones, minutes."""

import json
from collections.abc import Iterator
from typing import Any, Final

from locator import zones
from locator.snapshot import Snapshot
from locator.visit import Made

PLACES: Final = "dati/luoghi.json"
GROUND: Final = "dati/sfondo.json"
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"


def data_file(now: Snapshot, path: str) -> Made | None:
    """One file by its path below ``/sportelli/``; None where there is no such file."""
    if path == PLACES:
        return Made(packed_json(zones.places_index(now)), JSON)
    if path == GROUND:
        return Made(packed_json(zones.ground()), JSON)
    folder, _, name = path.rpartition("/")
    zone, _, kind = name.rpartition(".")
    if zone not in now.travel.zones:
        return None
    if (folder, kind) == ("dati/zone", "json"):
        return Made(packed_json(zones.feed(now, zone)), JSON)
    if (folder, kind) == ("dati/minuti", "bin"):
        return Made(zones.minutes(now, zone), BYTES)
    return None


def data_paths(now: Snapshot) -> Iterator[str]:
    """The paths of all these files."""
    yield from (PLACES, GROUND)
    for zone in now.travel.zones:
        yield f"dati/zone/{zone}.json"
        yield f"dati/minuti/{zone}.bin"


def packed_json(value: Any) -> bytes:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
