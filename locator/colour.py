"""Whether a colour can be read on white, and the nearest darker one that can.

The page of an embed does the same by itself (``assets/colour.js``); a test holds the two together.
"""

import re
from typing import Final

LEAST: Final = 4.9
"""Least contrast with white: then it is at least 4.5 (WCAG 2.2, 1.4.3, AA) on the light ground of forms too."""


def contrast(colour: str) -> float:
    """Contrast of a colour with white, from 1 to 21.

    (1 + 0.05) / (L + 0.05), with L the relative luminance of sRGB: W3C, Web Content Accessibility Guidelines (WCAG)
    2.2, 2023, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.

    Parameters
    ----------
    colour
        Red, green and blue as six hexadecimal digits.

    Examples
    --------
    >>> contrast("000000"), contrast("ffffff"), round(contrast("767676"), 2)
    (21.0, 1.0, 4.54)
    """
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def read(text: str) -> str | None:
    """A colour as people and browsers write it, as six small hexadecimal digits; None if it is none.

    >>> read(" #0B5C6B"), read("teal")
    ('0b5c6b', None)
    """
    colour = text.strip().removeprefix("#").lower()
    return colour if re.fullmatch("[0-9a-f]{6}", colour) else None


def readable(colour: str) -> str:
    """The colour itself where its contrast with white is enough, else the first darker one of its hue where it is.

    >>> readable("0b5c6b"), readable("ffd500")
    ('0b5c6b', '846e00')
    """
    percent = 100
    while contrast(darker := _darker(colour, percent)) < LEAST:
        percent -= 1
    return darker


def _darker(colour: str, percent: int) -> str:
    return "".join(f"{channel * percent // 100:02x}" for channel in _channels(colour))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
