"""Search without a script: what somebody typed becomes the page of a comune, or a list of places to choose from."""

from typing import Final

from locator import address
from locator.drawing import render
from locator.place_search import certain, places
from locator.search_form import place_words
from locator.search_form import search as form
from locator.travel import Origin
from locator.visit import Made, Visit, with_parameters

OWN: Final = (address.PLACE, address.PARAMETERS["origin"])
"""Parameters that say the place, which the address of the page says instead."""
USUAL: Final = {("mezzo", "piedi")}
"""What a page does anyway."""


def search(visit: Visit) -> Made:
    """One certain place leads to its page with the other parameters; else the places it may be."""
    typed = visit.query.get(address.PLACE, "").strip()
    asked = address.read(visit.query, visit.now.travel)
    told = {
        name: value for name, value in visit.query.items() if (name, value) not in USUAL and name not in OWN
    }
    chosen = _chosen(visit, typed, asked.ask.origin)
    found = [] if chosen else places(visit.now, typed)
    place = chosen or certain(found)
    if place is not None:
        return Made(b"", status=303, moves_to=with_parameters("../" + _page(place), told | _part(place)))
    return render(
        visit,
        "cerca.html",
        page="cerca",
        typed=typed,
        found=[(match, visit.to(_page(match.origin), told | _part(match.origin))) for match in found],
        search=form(visit, asked.ask, typed=typed),
    )


def _chosen(visit: Visit, typed: str, origin: str) -> Origin | None:
    """The part of a comune that was chosen beside the field, where the field still names that comune."""
    if not origin:
        return None
    place = visit.now.travel.origins[visit.now.travel.row[origin]]
    return place if typed == place_words(place) else None


def _page(place: Origin) -> str:
    return f"comune/{place.comune_code}/"


def _part(place: Origin) -> dict[str, str]:
    """The parameter of a part of a comune; none for the one that stands for all of it."""
    return {} if place.main else {"luogo": place.id}
