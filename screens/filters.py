"""What is asked of the map: read from the address, written to it, applied to list and map alike.

The address holds codes, never labels, so that it means the same in every language. A code
nobody knows is left out and said, not an error: old links keep opening.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

import pandas as pd

from layers.style import KIND_GROUPS

Table = TypeVar("Table", bound=pd.DataFrame)

EVIDENCE = ("A", "B", "C", "D")
MODES = ("car", "bike", "walk")
MODE_WORDS = {"car": "in auto", "bike": "in bicicletta", "walk": "a piedi"}
LIMITS = (15, 30, 45, 60)
GROUNDS = (
    "partner",
    "foreign_residents",
    "foreign_share",
    "third_country",
    "minutes",
    "people_beyond",
    "mediazione",
    "none",
)
LAYERS = ("sportelli", "scuole", "associazioni", "biblioteche", "cpia")
QUALITY = {"bassa": (0.0, 0.25), "media": (0.25, 0.5), "buona": (0.5, 0.75), "alta": (0.75, 1.01)}
"""Classes of quality of a record: from, up to but not including."""
GROUPS = tuple(group.code for group in KIND_GROUPS)
KINDS = tuple(kind for group in KIND_GROUPS for kind in group.kinds)


@dataclass(frozen=True)
class Filters:
    """One question to the map; the empty tuple means "all", the empty text "none chosen".

    Parameters
    ----------
    groups, kinds
        Groups of kinds, and single kinds of sportelli; together they widen.
    themes, languages
        Codes of which a desk needs at least one.
    evidence
        Levels A to D that are shown.
    quality
        Classes of ``QUALITY`` that are shown; a record of no known quality is in none.
    ambito
        ``ambito_id``; the desks whose place is in it.
    closed
        Whether desks that the source says are closed are shown.
    mode, limit
        How people travel and for how many minutes, for the measures of access.
    ground
        What colours the areas.
    layers
        Which points are shown.
    selected
        ``sportello_id`` of the desk whose card is open.
    """

    groups: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    quality: tuple[str, ...] = ()
    ambito: str = ""
    closed: bool = False
    mode: str = "car"
    limit: int = 30
    ground: str = "partner"
    layers: tuple[str, ...] = ("sportelli",)
    selected: str = ""

    def all_kinds(self) -> tuple[str, ...]:
        """Every kind asked for, groups opened, in the order of the vocabulary; empty for all."""
        wanted = set(self.kinds).union(*(g.kinds for g in KIND_GROUPS if g.code in self.groups))
        known = tuple(kind for kind in KINDS if kind in wanted)
        return (*known, *sorted(wanted - set(KINDS)))


@dataclass(frozen=True)
class Known:
    """The codes that exist now; ``None`` where any code is taken."""

    groups: Collection[str] | None = GROUPS
    kinds: Collection[str] | None = KINDS
    themes: Collection[str] | None = None
    evidence: Collection[str] | None = EVIDENCE
    languages: Collection[str] | None = None
    quality: Collection[str] | None = tuple(QUALITY)
    ambito: Collection[str] | None = None
    selected: Collection[str] | None = None
    mode: Collection[str] | None = MODES
    limit: Collection[str] | None = field(default=tuple(map(str, LIMITS)))
    ground: Collection[str] | None = GROUNDS
    layers: Collection[str] | None = LAYERS
    closed: Collection[str] | None = ("1",)


PARAMETERS = {
    "groups": "gruppi",
    "kinds": "tipi",
    "themes": "temi",
    "evidence": "prove",
    "languages": "lingue",
    "quality": "qualita",
    "ambito": "ambito",
    "closed": "chiusi",
    "mode": "mezzo",
    "limit": "limite",
    "ground": "sfondo",
    "layers": "livelli",
    "selected": "sportello",
}
"""Field → name of the parameter in the address."""

EMPTY = "nessuno"
"""What the address says where a list is empty on purpose although its default is not."""


def _read(name: str, told: str, known: Collection[str] | None) -> tuple[object, list[str]]:
    """Value of one field from its text, and the codes nobody knows."""
    default = getattr(Filters(), name)
    codes = [] if told == EMPTY else list(dict.fromkeys(code for code in told.split(",") if code))
    strange = [] if known is None else [code for code in codes if code not in known]
    good = [code for code in codes if code not in strange]
    if isinstance(default, tuple):
        return (tuple(good) if good or told == EMPTY else default), strange
    if not good:
        return default, strange
    if isinstance(default, bool):
        return True, strange
    return (int(good[0]) if isinstance(default, int) else good[0]), strange


def parse(query: Mapping[str, str], known: Known = Known()) -> tuple[Filters, str]:
    """The question an address asks, and a sentence on the codes left out (empty if none).

    Examples
    --------
    >>> asked, said = parse({"gruppi": "uffici_stato,luna", "limite": "45"})
    >>> asked.groups, asked.limit
    (('uffici_stato',), 45)
    >>> said
    'Non conosco questo codice dell’indirizzo e non ne tengo conto: luna.'
    """
    values: dict[str, object] = {}
    strange: list[str] = []
    for name, parameter in PARAMETERS.items():
        if query.get(parameter):
            values[name], unknown = _read(name, query[parameter], getattr(known, name))
            strange += unknown
    if not strange:
        return replace(Filters(), **values), ""  # type: ignore[arg-type]
    which = "questo codice" if len(strange) == 1 else "questi codici"
    said = f"Non conosco {which} dell’indirizzo e non ne tengo conto: {', '.join(strange)}."
    return replace(Filters(), **values), said  # type: ignore[arg-type]


def write(filters: Filters) -> dict[str, str]:
    """The parameters of the address that ask this; what is as usual is left out.

    Examples
    --------
    >>> write(Filters(groups=("uffici_stato", "salute"), limit=45))
    {'gruppi': 'uffici_stato,salute', 'limite': '45'}
    """
    usual = Filters()
    out = {}
    for each in fields(filters):
        value = getattr(filters, each.name)
        if value == getattr(usual, each.name):
            continue
        text = ",".join(value) if isinstance(value, tuple) else "1" if value is True else str(value)
        out[PARAMETERS[each.name]] = text or EMPTY
    return out


def _any_of(cells: pd.Series, wanted: Collection[str]) -> pd.Series:
    """Whether each cell of codes apart by ``;`` holds one of the wanted; missing holds none."""
    asked = set(wanted)
    return cells.map(
        lambda cell: False if pd.isna(cell) else not asked.isdisjoint(c.strip() for c in str(cell).split(";"))
    ).astype(bool)


def in_classes(quality: pd.Series, classes: Collection[str]) -> pd.Series:
    """Whether each quality, from 0 to 1, is in one of the classes; missing is in none."""
    found = pd.Series(False, index=quality.index)
    for low, high in (QUALITY[code] for code in classes):
        found |= quality.astype(float).between(low, high, inclusive="left")
    return found


def _masks(sportelli: pd.DataFrame, filters: Filters) -> dict[str, pd.Series]:
    """For each filter that is set, whether each desk passes it."""
    masks: dict[str, pd.Series] = {}
    if kinds := filters.all_kinds():
        masks["kinds"] = sportelli["kind"].isin(kinds)
    if filters.themes:
        masks["themes"] = _any_of(sportelli["themes"], filters.themes)
    if filters.languages:
        masks["languages"] = _any_of(sportelli["languages"], filters.languages)
    if filters.evidence:
        masks["evidence"] = sportelli["evidence"].isin(filters.evidence)
    if filters.quality:
        masks["quality"] = in_classes(sportelli["quality"], filters.quality)
    if filters.ambito:
        masks["ambito"] = sportelli["ambito_id"].eq(filters.ambito).fillna(False).astype(bool)
    if not filters.closed:
        masks["closed"] = sportelli["status"].ne("chiuso").fillna(True).astype(bool)
    return masks


def apply(sportelli: Table, filters: Filters) -> Table:
    """The desks that answer the question, rows in the same order.

    The list on screen and the feed of the map both call this, so they always show the same.
    Columns read: ``kind``, ``themes``, ``languages``, ``evidence``, ``ambito_id``, ``status``,
    and ``quality`` where it is asked for.
    Desks with no published language pass no filter on languages: it asks for what is known.
    """
    keep = pd.Series(True, index=sportelli.index)
    for mask in _masks(sportelli, filters).values():
        keep &= mask
    return sportelli[keep]


def loosened(filters: Filters, name: str) -> Filters:
    """The same question without one of its filters (``kinds`` stands for groups too)."""
    usual = Filters()
    if name == "kinds":
        return replace(filters, groups=(), kinds=())
    if name == "closed":
        return replace(filters, closed=True)
    return replace(filters, **{name: getattr(usual, name)})


def ways_out(sportelli: pd.DataFrame, filters: Filters) -> dict[str, int]:
    """For each filter, how many desks there would be without it; only those that help, best first."""
    counts = {name: len(apply(sportelli, loosened(filters, name))) for name in _masks(sportelli, filters)}
    helping = {name: count for name, count in counts.items() if count}
    return dict(sorted(helping.items(), key=lambda pair: -pair[1]))


def feed_query(filters: Filters) -> dict[str, str]:
    """The parameters that change which desks the feed gives (not what is drawn around them)."""
    kept = ("groups", "kinds", "themes", "evidence", "languages", "quality", "ambito", "closed")
    return {name: text for name, text in write(filters).items() if name in {PARAMETERS[k] for k in kept}}


def short_names(ambiti: pd.DataFrame) -> dict[str, str]:
    """``ambito_id`` → name without "Ambito di", in alphabetical order.

    Examples
    --------
    >>> short_names(pd.DataFrame({"ambito_id": ["oo", "da"], "ambito": ["Ambito 7 Oglio Ovest", "Ambito di Dalmine"]}))
    {'da': 'Dalmine', 'oo': 'Oglio Ovest'}
    """
    prefix = r"^(Ambito|Distretto)( Sociale| distrettuale| Territoriale Distretto)?( \d+)?( di| della)? "
    names = ambiti.set_index("ambito_id")["ambito"].str.replace(prefix, "", regex=True)
    return {str(code): str(name) for code, name in names.sort_values(key=lambda s: s.str.casefold()).items()}
