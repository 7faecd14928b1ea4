"""The page of one desk: all that is known of it, and what is near."""

from typing import Final

from data.vocabularies import vocabulary
from locator.drawing import render
from locator.finding import km_between
from locator.records import Desk
from locator.snapshot import Snapshot
from locator.visit import Made, Visit

NEAR: Final = 5
"""Other desks that the page of a desk links to."""


def desk(visit: Visit, key: str) -> Made | None:
    """The page of a desk; nothing where there is no such desk."""
    one = visit.now.desk.get(key)
    if one is None:
        return None
    place = one.place
    return render(
        visit,
        "desk.html",
        page="desk",
        zone=_zone(visit.now, one),
        desk=one,
        themes=[code for code in one.themes or () if code in vocabulary("themes").index],
        start=visit.now.comuni.get(place.comune_code or ""),
        ambito=visit.now.ambito.get(place.ambito_id or ""),
        near=near(visit.now, one),
    )


def _zone(now: Snapshot, one: Desk) -> str:
    start = now.comuni.get(one.place.comune_code or "")
    return "" if start is None else start.zone


def near(now: Snapshot, one: Desk) -> list[tuple[Desk, float]]:
    """The nearest other desks with their kilometres as the crow flies; none where it has no point."""
    if one.place.lon is None or one.place.lat is None:
        return []
    at = one.place.lon, one.place.lat
    found = [
        (km, other)
        for other in now.desks
        if other.id != one.id and (km := km_between(at, (other.place.lon, other.place.lat))) is not None
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    return [(other, km) for km, other in found[:NEAR]]
