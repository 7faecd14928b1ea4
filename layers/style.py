"""Colours, shapes, sizes and class breaks: the same colour means the same thing on every screen.

Each class is told apart by more than its hue: sequential palettes grow darker with the value
(so they survive every kind of colour blindness and a grey printer), kinds of sportelli have a
shape each, and *unknown* is hatched or hollow. Marks are dark enough to be seen on every
ground of ours (3:1 at least, WCAG 1.4.11).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

UNKNOWN_FILL = "#e7e9e9"
UNKNOWN_LINE = "#8b9699"
INK = "#1d2a2e"


@dataclass(frozen=True)
class Mark:
    """How one class is drawn, on the map and in the legend.

    Parameters
    ----------
    label
        Its name in a legend, Italian.
    fill
        Colour inside; empty for none.
    line
        Colour of the outline.
    weight
        Width of the outline in pixels.
    dash
        Dash pattern of the outline as Leaflet wants it; empty for a full line.
    hatch
        Colour of the hatching; empty for none.
    shape
        ``circle``, ``square``, ``diamond``, ``triangle``, ``down``, ``hexagon``, ``star``,
        ``cross``; empty for an area.
    radius
        Radius of a point in pixels.
    """

    label: str
    fill: str
    line: str = "#ffffff"
    weight: float = 0.6
    dash: str = ""
    hatch: str = ""
    shape: str = ""
    radius: float = 6.0

    def drawing(self) -> dict[str, Any]:
        """What the browser needs: everything but the label, and only what is set."""
        facts = {"fill": self.fill, "line": self.line, "weight": self.weight, "dash": self.dash}
        facts |= {"hatch": self.hatch, "shape": self.shape}
        told: dict[str, Any] = {name: value for name, value in facts.items() if value != ""}
        return told | ({"radius": self.radius} if self.shape else {})


UNKNOWN = Mark("dato non noto", UNKNOWN_FILL, hatch=UNKNOWN_LINE)


@dataclass(frozen=True)
class Scale:
    """Classes of a number: the breaks, and one mark a class with *unknown* as the last.

    A value equal to a break belongs to the lower class: 15 minutes are "fino a 15".
    """

    title: str
    breaks: tuple[float, ...]
    marks: tuple[Mark, ...]

    def classify(self, values: pd.Series) -> pd.Series:
        """Class of each value, same index; missing values get the last class, *unknown*.

        Examples
        --------
        >>> MINUTES.classify(pd.Series([0.0, 15.0, 15.1, 99.0, None])).tolist()
        [0, 0, 1, 4, 5]
        """
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        classes = np.searchsorted(np.asarray(self.breaks), numbers.to_numpy(), side="left")
        classes = np.where(numbers.isna().to_numpy(), len(self.marks) - 1, classes)
        return pd.Series(classes, index=values.index, dtype="int64")


def _scale(
    title: str,
    breaks: Sequence[float],
    labels: Sequence[str],
    fills: Sequence[str],
    *,
    unknown: str = UNKNOWN.label,
) -> Scale:
    """A scale of areas, *unknown* added."""
    marks = tuple(Mark(label, fill) for label, fill in zip(labels, fills, strict=True))
    return Scale(title, tuple(breaks), (*marks, replace(UNKNOWN, label=unknown)))


PEOPLE_FILLS = ("#f1f4e3", "#c3dfd0", "#86bfc1", "#4a94b0", "#2a638f", "#1c2f63")
BEYOND_FILLS = ("#ffffff", "#f3d3e0", "#e3a2c6", "#c56aa8", "#8f3484", "#4d1152")
UNSURE_FILLS = ("#ffffff", "#dfe3f1", "#b9c1e0", "#8e98c9", "#6168a6", "#343a73")
MINUTES_FILLS = ("#fdf0d0", "#f8c66f", "#e68a3a", "#b5472b", "#6a1b2a")

MINUTES = Scale(
    "Minuti allo sportello più vicino",
    (15, 30, 45, 60),
    (
        *(
            Mark(label, fill)
            for label, fill in zip(
                ("fino a 15", "15-30", "30-45", "45-60", "oltre 60"), MINUTES_FILLS, strict=True
            )
        ),
        Mark("non raggiungibile o non noto", UNKNOWN_FILL, hatch=UNKNOWN_LINE),
    ),
)
FOREIGN_RESIDENTS = _scale(
    "Residenti stranieri",
    (50, 200, 500, 1_000, 5_000),
    ("fino a 50", "50-200", "200-500", "500-1.000", "1.000-5.000", "oltre 5.000"),
    PEOPLE_FILLS,
)
FOREIGN_SHARE = _scale(
    "Residenti stranieri su 100 abitanti",
    (0.04, 0.08, 0.12, 0.16, 0.20),
    ("fino a 4", "4-8", "8-12", "12-16", "16-20", "oltre 20"),
    PEOPLE_FILLS,
)
PEOPLE_BEYOND = _scale(
    "Residenti stranieri oltre il limite",
    (0, 20, 100, 300, 1_000),
    ("nessuno", "fino a 20", "20-100", "100-300", "300-1.000", "oltre 1.000"),
    BEYOND_FILLS,
    unknown="pochi, o non noto",
)

CITIZENS = _scale(
    "Residenti di questa cittadinanza",
    (0, 20, 100, 500, 2_000),
    ("nessuno", "fino a 20", "20-100", "100-500", "500-2.000", "oltre 2.000"),
    PEOPLE_FILLS,
    unknown="pochi, o non noto",
)
PEOPLE_UNSURE = _scale(
    "Residenti stranieri per cui non si sa",
    (0, 20, 100, 300, 1_000),
    ("nessuno", "fino a 20", "20-100", "100-300", "300-1.000", "oltre 1.000"),
    UNSURE_FILLS,
    unknown="pochi, o non noto",
)

UNCOVERED = replace(PEOPLE_BEYOND, title="Residenti stranieri scoperti")
UNCOVERED_SHARE = _scale(
    "Scoperti su 100 residenti stranieri",
    (0, 0.2, 0.4, 0.6, 0.8),
    ("nessuno", "fino a 20", "20-40", "40-60", "60-80", "oltre 80"),
    BEYOND_FILLS,
    unknown="pochi, o non noto",
)
CAUSES = {
    "distance": Mark("distanza", "#2b2d6e"),
    "hours": Mark("orari", "#c4572a"),
    "language": Mark("lingua", "#1b7a5a"),
    "theme": Mark("tema", "#8a6d00"),
    "eligibility": Mark("chi viene ricevuto", "#8f2d6b"),
    "walk_in": Mark("appuntamento", "#3a86ab"),
    "capacity": Mark("capienza", "#6b4b2a"),
    "unknown": Mark("non si sa", "#d5dada", hatch="#5b6a6e"),
}
"""What keeps people out."""
CAUSE_TOGETHER = Mark("più cause insieme", "#3b4448")
UNCOVERED_NOBODY = Mark("nessuno scoperto", "#ffffff", line="#c9d0ce")

OFFER_AGAINST_ALL = _scale(
    "Rispetto al valore della Lombardia",
    (0, 0.25, 0.5, 1, 2),
    (
        "niente",
        "meno di un quarto",
        "da un quarto a metà",
        "da metà a pari",
        "da pari al doppio",
        "oltre il doppio",
    ),
    PEOPLE_FILLS,
    unknown="non noto",
)
WAY_AGAINST_ALL = _scale(
    "Rispetto al valore della Lombardia",
    (0.75, 1, 1.25, 1.5),
    ("meno di tre quarti", "da tre quarti a pari", "fino a un quarto in più", "fino a metà in più", "oltre"),
    MINUTES_FILLS,
    unknown="non raggiungibile o non noto",
)

PARTNER = (
    Mark("partner di Lab'Impact", "#b3d6c6", line="#ffffff", weight=1.2),
    Mark("nessuna prova che sia partner", "#f4f1e6", line="#ffffff", weight=1.2),
    Mark("comune senza Ambito noto", UNKNOWN_FILL, hatch=UNKNOWN_LINE),
)
MEDIATION = (
    Mark("3 o più righe che nominano l'Ambito", "#3f5f93"),
    Mark("2 righe", "#7f9cc6"),
    Mark("1 riga", "#c2d2ea"),
    Mark("solo righe di tutta la provincia", "#eef2f9", line="#7f9cc6", weight=0.8, dash="3 3"),
    Mark("nessuna riga trovata", UNKNOWN_FILL, hatch=UNKNOWN_LINE),
)

SCHOOL_SHARE = Scale(
    "Alunni stranieri su 100",
    (0.10, 0.20, 0.30, 0.50),
    (
        Mark("fino a 10", "#dfe9c8", line="#5d6b45", weight=0.8, shape="circle", radius=4),
        Mark("10-20", "#a9c77a", line="#46582c", weight=0.8, shape="circle", radius=4.5),
        Mark("20-30", "#6f9a45", line="#33451e", weight=0.8, shape="circle", radius=5),
        Mark("30-50", "#3f6b2b", line="#ffffff", weight=0.8, shape="circle", radius=5.5),
        Mark("oltre 50", "#1d3a17", line="#ffffff", weight=0.8, shape="circle", radius=6),
        Mark(
            "quota non nota o non mostrata", "#ffffff", line="#6e7b80", weight=0.8, shape="circle", radius=2
        ),
    ),
)


SCHOOL_LACKS = (
    Mark("quota alta, niente manca di certo", "#f3d3e0", line="#6d2466", weight=1, shape="circle", radius=5),
    Mark("quota alta, manca un tipo", "#b5529a", line="#2f0a33", weight=1, shape="circle", radius=5.5),
    Mark(
        "quota alta, mancano due tipi o più", "#4d1152", line="#ffffff", weight=1, shape="circle", radius=6.5
    ),
    Mark("quota sotto la soglia", "#c9cfd1", line="#5b6a6e", weight=0.8, shape="circle", radius=3.2),
    Mark("quota non nota", "#ffffff", line="#6e7b80", weight=0.8, shape="circle", radius=2.2),
)
"""Schools: what those with a high share of foreign pupils surely lack."""
SCHOOL_MEDIATION = (
    replace(MEDIATION[0], label="trovata per tutte le scuole"),
    replace(MEDIATION[1], label="trovata per una parte delle scuole"),
    replace(MEDIATION[3], label="solo possibile"),
    MEDIATION[4],
)


@dataclass(frozen=True)
class KindGroup:
    """Kinds of sportelli that people look for together."""

    code: str
    label: str
    kinds: tuple[str, ...]
    fill: str
    shape: str


KIND_GROUPS = (
    KindGroup(
        "sportelli_informativi",
        "Sportelli informativi",
        (
            "sportello_comunale",
            "sportello_ambito",
            "sportello_progetto",
            "welcome_center",
            "centro_interculturale",
        ),
        "#0b5c6b",
        "circle",
    ),
    KindGroup(
        "sindacati_patronati", "Sindacati e patronati", ("sindacato", "patronato"), "#b5391f", "square"
    ),
    KindGroup("terzo_settore", "Terzo settore", ("caritas", "associazione"), "#7d2f7f", "triangle"),
    KindGroup("uffici_stato", "Uffici dello Stato", ("prefettura_sui", "questura"), "#1b2f6e", "diamond"),
    KindGroup(
        "scuola_italiano_gruppo",
        "Scuola e italiano",
        ("cpia", "scuola_italiano", "scuola_intercultura"),
        "#5f6b00",
        "hexagon",
    ),
    KindGroup("accoglienza", "Accoglienza", ("sai",), "#b0447f", "down"),
    KindGroup("salute", "Salute", ("salute",), "#3a3a3a", "cross"),
)
OTHER_KIND = len(KIND_GROUPS)
"""Class of a kind that no group knows."""

DESKS = (
    *(Mark(g.label, g.fill, weight=1.2, shape=g.shape, radius=7) for g in KIND_GROUPS),
    Mark("Altro", "#5b6a6e", weight=1.2, shape="circle", radius=6),
)
DESKS_EXACT = tuple(
    replace(m, label=f"{m.label}, posizione precisa", line="#000000", weight=2) for m in DESKS
)
"""The same with a dark outline, for the few desks of which we know the building."""

ASSOCIATIONS = (Mark("Associazioni", "#d9a521", line="#4d3a05", weight=1.2, shape="star", radius=6),)
ENCOUNTERS = (
    replace(ASSOCIATIONS[0], label="Associazione che nomina la comunità"),
    Mark(
        "Associazione di un'area più ampia", "#f6e3a8", line="#4d3a05", weight=1.2, shape="star", radius=5.5
    ),
    replace(ASSOCIATIONS[0], label="Associazione"),
    Mark("Centro interculturale", "#0b5c6b", line="#ffffff", weight=1.2, shape="hexagon", radius=7),
)
LIBRARIES = (Mark("Biblioteche", "#ffffff", line="#4c6a8a", weight=1.1, shape="square", radius=2.8),)
ADULT_SCHOOLS = (Mark("CPIA e loro sedi", "#c9cf7a", line="#474f00", weight=1.2, shape="hexagon", radius=5),)

LAKES = (Mark("laghi (contorno schematico)", "#cfe0ea", line="#9dbccd", weight=0.8),)
AMBITI_GROUND = (Mark("Ambiti", "#fbfbf8", line="#c9d0ce", weight=0.9),)
AMBITI_LINES = (Mark("confini degli Ambiti", "", line="#5b6a6e", weight=1.1),)
AMBITI_FAINT = (Mark("confini degli Ambiti", "", line="#a48f7c", weight=0.6),)
AMBITO_CHOSEN = (Mark("Ambito scelto", "", line="#111111", weight=2.6),)
PLACES = (Mark("luoghi", INK),)

ISOCHRONE_LINE = Mark("limite di minuti", "", line="#4a2412", weight=1.3, dash="5 4")
"""The line of a limit; dashed on the estimated network."""
ISOCHRONE_STEP = Mark("ogni 5 minuti", "", line="#ffffff99", weight=0.6)
STREETS_EDGE = (Mark("fin dove arriva la rete di strade", "", line="#1b2f6e", weight=2, dash="1 5"),)
GOAL_PLACE = (Mark("punto scelto", "#111111", line="#ffffff", weight=2, shape="diamond", radius=9),)
TRIP_START = Mark("punto di partenza", "#ffffff", line="#111111", weight=3, shape="circle", radius=6)
TRIP_WAY = Mark("via", "", line="#1b2f6e", weight=4)
DESKS_ASIDE = tuple(replace(m, radius=3.2, weight=0.8) for m in DESKS)
"""Desks that can be chosen but are not what is asked about."""
DESKS_ASKED = tuple(replace(m, line="#000000", weight=1, radius=5) for m in DESKS)
DESK_CHOSEN = tuple(replace(m, line="#000000", weight=2.4, radius=10) for m in DESKS)

ANSWERS_PERHAPS = Mark("forse risponde", "#ffffff", line="#0b5c6b", weight=1.6, shape="circle", radius=3.4)
ANSWERS_SURELY = Mark("risponde per certo", "#0b5c6b", line="#ffffff", weight=1.2, shape="circle", radius=5.4)


def group_of(kind: str) -> int:
    """Position in ``KIND_GROUPS`` of a kind of sportello; ``OTHER_KIND`` when no group has it.

    Examples
    --------
    >>> KIND_GROUPS[group_of("questura")].label
    'Uffici dello Stato'
    """
    found = (place for place, group in enumerate(KIND_GROUPS) if kind in group.kinds)
    return next(found, OTHER_KIND)


def number(value: Any, *, digits: int = 0) -> str:
    """A number as Italian readers write it; a dash where it is missing.

    Examples
    --------
    >>> number(1221520), number(12.345, digits=1), number(float("nan"))
    ('1.221.520', '12,3', '–')
    """
    if pd.isna(value):
        return "–"
    return f"{value:,.{digits}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def percent(share: Any, *, digits: int = 1) -> str:
    """A share from 0 to 1 as a percentage in Italian; a dash where it is missing.

    Examples
    --------
    >>> percent(0.1217)
    '12,2 %'
    """
    return "–" if pd.isna(share) else f"{number(share * 100, digits=digits)} %"


def luminance(colour: str) -> float:
    """Relative luminance of a ``#rrggbb`` colour, 0 black to 1 white (WCAG 2.2, 1.4.3)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, 1.4.3).

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
