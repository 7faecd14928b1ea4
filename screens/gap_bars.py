"""Causes as bars: of one place, and one above the other for many, readable without seeing the colours."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from layers.legend import legend_html
from layers.style import CAUSES, number, percent
from screens import frame
from screens.gap_words import causes_in

LOOK: Final = """<style>
.gap-stacks{margin:0!important;padding:0!important;list-style:none;font-size:.9rem}
.gap-stacks li{margin:0!important;display:grid;grid-template-columns:12rem 1fr 6.5rem;gap:.6rem;align-items:center;
padding:.16rem 0}
.gap-stacks i{display:flex;height:.95rem}
.gap-stacks b{display:block;min-width:0;box-shadow:inset -1px 0 #ffffff}
.gap-stacks span:last-child{text-align:right;font-variant-numeric:tabular-nums}
.gap-stacks em{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:640px){.gap-stacks li{grid-template-columns:7.5rem 1fr 4.6rem}}
</style>"""


def colour(cause: str) -> str:
    """The ground of a cause's bar, as CSS says it."""
    mark = CAUSES[cause]
    if not mark.hatch:
        return mark.fill
    return f"repeating-linear-gradient(135deg,{mark.hatch} 0 1px,{mark.fill} 1px 5px)"


def of_place(row: Mapping[Any, Any]) -> None:
    """The parts of one gap as bars, the largest first; nothing where no cause can be told."""
    names = causes_in(row)
    if not names:
        return
    parts = [float(row[f"part_{name}"]) for name in names]
    frame.bars(
        [
            (
                CAUSES[name].label,
                part / max(parts),
                colour(name),
                percent(part / row["gap"], digits=0),
            )
            for name, part in zip(names, parts, strict=True)
        ]
    )


def lifts(row: Mapping[Any, Any]) -> pd.DataFrame:
    """The causes of one gap as a table: the part of each, and what taking it away alone would do."""
    names = [name for name in CAUSES if f"part_{name}" in row]
    order = [*(name for name in causes_in(row) if name in names)]
    order += [name for name in names if name not in order]
    table = {
        "Parte": [number(row[f"part_{name}"]) for name in order],
        "In meno, se tolta": [frame.people_words(row[f"lift_{name}"]) for name in order],
    }
    return pd.DataFrame(table, index=pd.Index([CAUSES[name].label for name in order], name="Causa"))


def stacked(rows: Iterable[tuple[str, Mapping[Any, Any]]]) -> None:
    """The gaps of many places, one bar each: as long as the gap, in the colours of its causes."""
    known = [(name, row) for name, row in rows if not pd.isna(row["gap"])]
    longest = max((float(row["gap"]) for _, row in known), default=0.0)
    if longest <= 0:
        return
    st.html(f'{LOOK}<ul class="gap-stacks">{"".join(_line(name, row, longest) for name, row in known)}</ul>')
    seen = {cause for _, row in known for cause in causes_in(row)}
    st.html(legend_html("Cause", [mark for cause, mark in CAUSES.items() if cause in seen]))


def _line(name: str, row: Mapping[Any, Any], longest: float) -> str:
    parts = [(cause, float(row[f"part_{cause}"])) for cause in CAUSES if cause in causes_in(row)]
    bars = "".join(
        f'<b style="width:{100 * part / longest:.2f}%;background:{escape(colour(cause), quote=True)}" '
        f'title="{escape(CAUSES[cause].label, quote=True)}: {number(part)}"></b>'
        for cause, part in parts
    )
    said = "; ".join(f"{CAUSES[cause].label} {number(part)}" for cause, part in parts)
    return (
        f"<li><span>{escape(name)}</span><i aria-hidden='true'>{bars}</i>"
        f"<span>{number(row['gap'])}<em> ({escape(said)})</em></span></li>"
    )
