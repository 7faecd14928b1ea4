"""QR codes as SVG inside the page: what brings a printed leaflet back to the page it was printed from."""

from functools import lru_cache
from typing import Final

import segno
from markupsafe import Markup

MASK: Final = 2
"""Pattern that the squares are mixed with; to try all eight for the best takes five times as long a page."""


@lru_cache(maxsize=4096)
def svg(text: str, *, name: str = "") -> Markup:
    """A QR code of a text, as a picture that scales to the box it stands in.

    Parameters
    ----------
    text
        What it says: an address.
    name
        What a screen reader says of it; without one it is decoration, and its address has to stand beside it.

    Examples
    --------
    >>> svg("https://example.org/", name="<QR>")[:78]
    Markup('<svg role="img" aria-label="&lt;QR&gt;" viewBox="0 0 33 33" class="qr"><path s')
    """
    drawn = segno.make_qr(text, error="m", mask=MASK).svg_inline(omitsize=True, svgclass="qr", lineclass=None)
    said = Markup('role="img" aria-label="{}"').format(name) if name else Markup('aria-hidden="true"')
    return Markup(drawn.replace("<svg", f"<svg {said}", 1))
