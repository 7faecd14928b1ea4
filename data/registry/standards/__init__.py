"""Exchange standards: the registry as HSDS, data-inclusion and open tables, and such files read back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from data.registry.imports.wanted import Found, Wanted
from data.registry.standards import cells_out, data_inclusion, hsds, parcel, tables
from data.registry.standards.records import About, Book, fault, gathered, json_of
from data.registry.store import Store
from errors import FileUnreadable, UnknownCode

__all__ = ["FORMATS", "Format", "Positions", "export", "file_name", "format_of", "formats", "of_file", "read"]

Positions = tables.Positions


@dataclass(frozen=True)
class Format:
    """A way out and in.

    Parameters
    ----------
    code, ending, mime
        What it is called, how its files end, what browsers call it.
    write
        Records as a file of it; ``positions`` only where ``placed``.
    read
        What such a file wants of the registry, and what was found while reading.
    losses
        What it cannot hold: ``kind.field`` (or ``kind`` where whole records are left out) → why, a code.
    aside
        What it has no field for and is kept in a corner that only we read → why, a code.
    placed
        Whether it draws points, and takes estimated positions.
    """

    code: str
    ending: str
    mime: str
    write: Callable[..., bytes]
    read: Callable[[bytes], tuple[list[Wanted], list[Found]]]
    losses: Mapping[str, str]
    aside: Mapping[str, str] = field(default_factory=dict)
    placed: bool = False


def _data_inclusion(book: Book, about: About) -> bytes:
    return parcel.packed(data_inclusion.files(book, about), day=about.made_on)


FORMATS: Final = (
    Format("hsds", "json", "application/json", hsds.write, hsds.read, hsds.LOSSES, hsds.ASIDE),
    Format("data-inclusion", "zip", "application/zip", _data_inclusion, data_inclusion.read,
           data_inclusion.LOSSES, data_inclusion.ASIDE),
    Format("csv", "zip", "application/zip", tables.write_csv, tables.read_csv, tables.NO_LOSS),
    Format("sportelli", "csv", "text/csv", tables.write_flat, tables.read_flat, tables.FLAT_LOSSES, placed=True),
    Format("geojson", "geojson", "application/geo+json", tables.write_geojson, tables.read_geojson,
           tables.PLACED_LOSSES, placed=True),
    Format("geoparquet", "parquet", "application/vnd.apache.parquet", tables.write_geoparquet,
           tables.read_geoparquet, tables.PLACED_LOSSES, placed=True),
)  # fmt: skip
"""Every format, the standards first."""

WHY: Final = (
    "no_field", "french_codes", "only_with_hours", "closed_left_out", "no_counterpart", "only_with_a_desk", "no_place",
    "only_its_name", "only_in_words", "another_table", "own_attribute", "own_line",
)  # fmt: skip
"""Every word that ``losses`` and ``aside`` may give as their reason; ``screens/scambio.py`` has the Italian."""
FOUND: Final = (
    "no_id", "needed", "kind_not_said", "ente_not_said", "field_not_mapped", "term_not_known", "schedule_not_read",
    "area_not_known", "language_not_known", "person_left_out", "column_unknown", "file_not_read", "not_number",
    "no_properties", "not_a_point",
)  # fmt: skip
"""Every word of ``Found.why`` that reading a standard may give."""


def formats() -> tuple[Format, ...]:
    """Every format, the standards first."""
    return FORMATS


def format_of(code: str) -> Format:
    """A format by its code; ``UnknownCode`` names it where there is none."""
    for one in FORMATS:
        if one.code == code:
            return one
    raise UnknownCode(what="formato", codes=[code])


def export(
    store: Store,
    code: str,
    *,
    ambito_id: str | None = None,
    public: bool = True,
    positions: Positions | None = None,
) -> bytes:
    """The registry, or an Ambito of it, as a file.

    Parameters
    ----------
    public
        Whether evidence of level D is left out; accounts, the log and what is put aside never leave.
    positions
        Positions estimated elsewhere, for formats that draw points: told apart from those that people put.
    """
    one = format_of(code)
    book, about = gathered(store, ambito_id=ambito_id, public=public)
    return one.write(book, about, positions) if one.placed else one.write(book, about)


def file_name(code: str, day: str, ambito_id: str | None = None) -> str:
    """What the file of a format is called.

    Examples
    --------
    >>> file_name("hsds", "2026-11-22", "lodi")
    'registro_hsds_lodi_2026-11-22.json'
    """
    return (
        "_".join(["registro", code, *([ambito_id] if ambito_id else []), day]) + f".{format_of(code).ending}"
    )


def read(code: str, data: bytes, *, name: str = "") -> tuple[list[Wanted], list[Found]]:
    """What a file wants of the registry; ``FileUnreadable`` with the file's name where it is not of that format."""
    try:
        return format_of(code).read(data)
    except FileUnreadable as odd:
        raise FileUnreadable(file=name or odd.file, reason=odd.reason) from odd


def of_file(data: bytes, *, name: str = "") -> Format:
    """Which format a file is of, by what is in it; ``FileUnreadable`` where it is of none."""
    try:
        return format_of(_recognised(data))
    except FileUnreadable as odd:
        raise FileUnreadable(file=name, reason=odd.reason) from odd


def _recognised(data: bytes) -> str:
    if data[:4] == b"PAR1":
        return "geoparquet"
    if parcel.is_zip(data):
        inside = parcel.unpacked(data)
        return "data-inclusion" if {"structures.json", "services.json"} & inside.keys() else "csv"
    if data.removeprefix(cells_out.MARK).lstrip()[:1] in {b"{", b"["}:
        told = json_of(data)
        first = told[0] if isinstance(told, list) and told else told
        if isinstance(first, dict) and first.get("type") == "FeatureCollection":
            return "geojson"
        french = isinstance(first, dict) and {"nom", "structures", "structure_id"} & first.keys()
        return "data-inclusion" if french else "hsds"
    if b"," in data[:200] or b";" in data[:200]:
        return "sportelli"
    raise fault("non è di nessun formato che l'atlante sa leggere")
