"""What registry text becomes when it is a link: telephones to tap, e-mail to write to, the way to a door."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from locator.records import Place

MAPS: Final = "https://www.openstreetmap.org"
"""Where directions and searches of an address open, in the browser of whoever taps them; pages ask it nothing."""

MAILBOX: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


class Contact(NamedTuple):
    """A text to show, and the address it leads to; missing where it leads nowhere."""

    shown: str
    href: str | None


@lru_cache(maxsize=20_000)
def phones(text: str | None) -> tuple[Contact, ...]:
    """The telephones in a text, as Italians write them, with the link that calls them from anywhere.

    >>> phones("035/399111; 112")
    (Contact(shown='035 399111', href='tel:+39035399111'), Contact(shown='112', href='tel:112'))
    >>> phones("chiedere in portineria")
    (Contact(shown='chiedere in portineria', href=None),)
    """
    parts = (part.strip() for part in re.split(r"[;,]", text or ""))
    return tuple(dict.fromkeys(_phone(part) for part in parts if part))


def _phone(text: str) -> Contact:
    try:
        read = phonenumbers.parse(text, "IT")
    except NumberParseException:
        return Contact(text, None)
    plain = re.sub(r"[\s./()-]", "", text)
    if not phonenumbers.is_possible_number(read):
        return Contact(text, f"tel:{plain}" if re.fullmatch(r"\+?\d{3,15}", plain) else None)
    form = PhoneNumberFormat.NATIONAL if read.country_code == 39 else PhoneNumberFormat.INTERNATIONAL
    call = phonenumbers.format_number(read, PhoneNumberFormat.E164)
    return Contact(phonenumbers.format_number(read, form), f"tel:{call}")


@lru_cache(maxsize=20_000)
def emails(text: str | None) -> tuple[Contact, ...]:
    """The addresses of e-mail in a text, with the link that writes to them.

    >>> emails("info@borgo.example; javascript:alert(1)")[1]
    Contact(shown='javascript:alert(1)', href=None)
    """
    parts = (part.strip() for part in re.split(r"[;,]|\s", text or ""))
    return tuple(
        Contact(part, f"mailto:{quote(part, safe='@')}" if MAILBOX.fullmatch(part) else None)
        for part in dict.fromkeys(parts)
        if part
    )


def directions(place: Place) -> str | None:
    """The way to a door on an online map; missing where the door is not known.

    To its point where that is good, else a search of its address.
    """
    if place.exact and place.lat is not None:
        return f"{MAPS}/directions?{urlencode({'to': f'{place.lat},{place.lon}'})}"
    if place.address and place.comune:
        return f"{MAPS}/search?{urlencode({'query': f'{place.address}, {place.comune}'})}"
    return None


def geo(place: Place) -> str | None:
    """A link that opens the maps of the telephone itself at a door; missing where its point is not good."""
    if not place.exact or place.lat is None:
        return None
    return f"geo:{place.lat},{place.lon}?q={place.lat},{place.lon}"
