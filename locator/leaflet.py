"""The foot of a printed page: its address with what was asked there, and the QR code that leads to it."""

from typing import Final, NamedTuple

from markupsafe import Markup

from locator.address import PARAMETERS
from locator.qr import svg
from locator.visit import Visit, with_parameters

LONGEST: Final = 400
"""Characters of an address that a code of the size we print can hold and a phone still reads."""


class Leaflet(NamedTuple):
    """What stands at the foot: ``query`` is what of the address was asked, ``address`` missing where none is known."""

    query: str
    address: str | None
    code: Markup | None


def leaflet(visit: Visit) -> Leaflet:
    """The foot of the page that somebody asks for; an address too long for a code stands there without one."""
    asked = {name: visit.query[name] for name in PARAMETERS.values() if visit.query.get(name)}
    query = with_parameters("", asked)
    page = visit.absolute(visit.lang)
    if page is None:
        return Leaflet(query, None, None)
    whole = page + query
    return Leaflet(query, whole, svg(whole) if len(whole) <= LONGEST else None)
