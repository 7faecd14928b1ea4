"""Legends made by us: small, escaped, readable without seeing the colours."""

from collections.abc import Sequence
from html import escape

from layers.style import Mark

_CLIPS = {
    "circle": "circle(50%)",
    "square": "inset(8%)",
    "diamond": "polygon(50% 0, 100% 50%, 50% 100%, 0 50%)",
    "triangle": "polygon(50% 4%, 100% 94%, 0 94%)",
    "down": "polygon(0 6%, 100% 6%, 50% 96%)",
    "hexagon": "polygon(0 50%, 25% 6%, 75% 6%, 100% 50%, 75% 94%, 25% 94%)",
    "star": "polygon(50% 0, 62% 35%, 98% 35%, 69% 57%, 79% 92%, 50% 71%, 21% 92%, 31% 57%, 2% 35%, 38% 35%)",
    "cross": "polygon(34% 0, 66% 0, 66% 34%, 100% 34%, 100% 66%, 66% 66%, 66% 100%, 34% 100%, 34% 66%,"
    " 0 66%, 0 34%, 34% 34%)",
}

_STYLE = (
    "<style>"
    ".atlante-legend{margin:0 0 .6rem;font-size:.86rem;line-height:1.35;color:#1d2a2e}"
    ".atlante-legend strong{display:block;font-weight:600;margin:0 0 .2rem}"
    ".atlante-legend ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.1rem .9rem}"
    ".atlante-legend li,.atlante-legend p,.atlante-legend strong{font-size:.86rem}"
    ".atlante-legend li{display:flex;align-items:center;gap:.4rem;margin:0;padding:0}"
    ".atlante-legend i{flex:none;display:block;position:relative;width:18px;height:13px}"
    ".atlante-legend i.p{width:14px;height:14px}"
    ".atlante-legend i b{position:absolute;inset:2px}"
    ".atlante-legend p{margin:.2rem 0 0;color:#4a585c;line-height:1.35}"
    "</style>"
)


def _area(mark: Mark) -> str:
    """The swatch of an area: its fill, hatched and outlined as on the map."""
    ground = f"background-color:{mark.fill or 'transparent'};"
    if mark.hatch:
        ground += (
            f"background-image:repeating-linear-gradient(135deg,{mark.hatch} 0 1px,transparent 1px 4px);"
        )
    line = mark.line if mark.line != "#ffffff" else "#8b9699"
    return (
        f'<i aria-hidden="true" style="{ground}border:1px {"dashed" if mark.dash else "solid"} {line}"></i>'
    )


def _point(mark: Mark) -> str:
    """The swatch of a point: its shape in its colours."""
    clip = f"clip-path:{_CLIPS.get(mark.shape, _CLIPS['circle'])}"
    edge = mark.line if mark.line != "#ffffff" else mark.fill
    return (
        f'<i class="p" aria-hidden="true" style="background:{edge};{clip}">'
        f'<b style="background:{mark.fill};{clip}"></b></i>'
    )


def legend_html(title: str, marks: Sequence[Mark], *, note: str = "") -> str:
    """A legend as HTML: a heading, one line a class, an optional note; every text escaped.

    Parameters
    ----------
    title
        What is measured, with its unit.
    marks
        The classes in order; swatches are hidden from screen readers, labels are read.
    note
        One sentence under the classes.

    Examples
    --------
    >>> "&lt;b&gt;" in legend_html("<b>", [Mark("uno", "#000000")])
    True
    """
    rows = "".join(f"<li>{_point(m) if m.shape else _area(m)}{escape(m.label)}</li>" for m in marks)
    foot = f"<p>{escape(note)}</p>" if note else ""
    return (
        f'{_STYLE}<section class="atlante-legend" aria-label="{escape(f"Legenda: {title}", quote=True)}">'
        f"<strong>{escape(title)}</strong><ul>{rows}</ul>{foot}</section>"
    )
