"""What the batch commands answer, from the same joins as the screens. No Streamlit."""

import functools
import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data import catalog
from data.derived.positions import main_settlements
from data.registry.seed import seed
from data.registry.store import Store, open_store
from data.vocabularies import vocabulary
from errors import CoordinateError, UnknownCode
from geo import calibration, congestion, estimated, free_flow, street_time, travel_time
from geo.crs import DEGREES, check_in_lombardy
from geo.network import ESTIMATED
from geo.streets.make import Area
from geo.streets.store import Streets
from screens import joined, offers, reached
from screens.joined import Table
from screens.living import living
from screens.need import Need
from screens.reached import Setting

COORDINATES: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*")
CODE: Final = re.compile(r"\s*(\d{5,6})\s*")
"""Five figures are a code that lost its first zero in a spreadsheet."""


def tables() -> Table:
    """The way to the tables as the screens have it: from the registry what it keeps, the clean ones otherwise.

    Raises ``RegistryUnavailable`` rather than answer from what the registry may have changed.
    """
    clean = functools.cache(catalog.load)
    return living(registry(clean), clean)


def registry(table: Table = catalog.load) -> Store:
    """The registry of this machine, open and seeded."""
    store = open_store(folder=joined.VAR)
    seed(store, table)
    return store


def setting(asked: Need) -> tuple[Setting, gpd.GeoDataFrame]:
    """What a need is asked of, from the registry and the networks of this machine; and the comuni."""
    clean = functools.cache(catalog.load)
    store = registry(clean)
    table = living(store, clean)
    comuni = joined.comuni(table)
    minutes = reached.desk_minutes(table, joined.networks(table), mode=asked.mode)
    return reached.setting(table, minutes, offers.offers(table, store), comuni, asked), comuni


def minutes_of_pairs(table: Table, pairs: pd.DataFrame, *, mode: str) -> pd.DataFrame:
    """Minutes of each pair of places.

    Parameters
    ----------
    pairs
        Columns ``from`` and ``to``: an ISTAT comune code (its main settlement is meant) or ``lon lat`` in
        degrees; other columns come back as they are.

    Returns
    -------
    answered
        The same rows with ``minutes``, ``low``, ``high`` (one decimal; the 80 % band), ``network`` and
        ``problem``: the reason, in Italian, why a row has no answer; missing where it has one.
    """
    networks = joined.networks(table)
    centres = main_settlements(table("settlements"), table("comuni")).set_index("comune_code").geometry
    ends = {side: [_place(text, centres) for text in pairs[side]] for side in ("from", "to")}
    problem = [_problem(one, other) for one, other in zip(ends["from"], ends["to"], strict=True)]
    good = np.array([reason is None for reason in problem], dtype=bool)
    minutes = np.full(len(pairs), np.nan)
    network = pd.Series(pd.NA, index=pairs.index, dtype="string")
    if good.any():
        start, end = (_points(ends[side], good) for side in ("from", "to"))
        found = travel_time.between(networks, start, end, mode=mode)
        minutes[good], network[good] = found["minutes"].to_numpy(), found["network"].to_numpy()
    low, high = joined.bands_by_network(minutes, network, mode=mode)
    unreached = good & np.isnan(minutes)
    problem = [
        "nessuna via tra i due luoghi" if lost else reason
        for lost, reason in zip(unreached, problem, strict=True)
    ]
    answered = pairs.assign(minutes=minutes.round(1), low=low.round(1), high=high.round(1))
    return answered.assign(
        network=network.mask(np.isnan(minutes)),
        problem=pd.Series(problem, index=pairs.index, dtype="string"),
    )


def _place(text: str, centres: gpd.GeoSeries) -> tuple[float, float] | str:
    """Longitude and latitude of what a cell names, or the reason why it names nothing."""
    if code := CODE.fullmatch(text):
        known = code[1].zfill(6)
        if known not in centres.index:
            return f"il codice «{text.strip()}» non è di un comune della Lombardia (1/1/2025)"
        return float(centres[known].x), float(centres[known].y)
    if not (numbers := COORDINATES.fullmatch(text)):
        return (
            "manca il luogo" if not text.strip() else f"«{text.strip()}» non è un codice ISTAT né «lon lat»"
        )
    lon, lat = float(numbers[1]), float(numbers[2])
    try:
        check_in_lombardy([lon], [lat])
    except CoordinateError:
        return f"«{text.strip()}» è fuori dalla Lombardia (prima la longitudine, poi la latitudine)"
    return lon, lat


def _problem(one: tuple[float, float] | str, other: tuple[float, float] | str) -> str | None:
    faults = [f"{side}: {end}" for side, end in (("from", one), ("to", other)) if isinstance(end, str)]
    return "; ".join(faults) or None


def _points(ends: Sequence[tuple[float, float] | str], good: np.ndarray) -> gpd.GeoSeries:
    known = [end for end, fine in zip(ends, good, strict=True) if fine and not isinstance(end, str)]
    return gpd.GeoSeries.from_xy([lon for lon, _ in known], [lat for _, lat in known], crs=DEGREES)


def area(table: Table, text: str) -> Area:
    """The area that a text names, in degrees: an Ambito by its id, or ``west,south,east,north``.

    Raises ``UnknownCode`` for anything else.
    """
    numbers = re.fullmatch(r"\s*" + r"\s*,\s*".join([r"(-?\d+(?:\.\d+)?)"] * 4) + r"\s*", text)
    if numbers:
        west, south, east, north = map(float, numbers.groups())
        if west < east and south < north:
            return shapely.box(west, south, east, north)
    outlines = joined.ambiti(table, joined.comuni(table)).set_index("ambito_id").geometry
    if text not in outlines.index:
        raise UnknownCode(what="area (un Ambito, o «ovest,sud,est,nord» in gradi)", codes=[text])
    found: Area = outlines[text]
    return found


def calibrated(table: Table) -> calibration.Calibration:
    """The estimated network fitted again to the official minutes (see ``geo.calibration``)."""
    drawn = joined.drawn(table)
    nodes, edges = estimated.build(table("settlements"), table("comuni_profile"), drawn)
    return calibration.calibrate(nodes, edges, estimated.walls(drawn), _official(table))


def congested(table: Table, streets: Streets | None = None) -> congestion.Congestion:
    """The traffic on streets fitted again to the official minutes, on the lengths of a street network or, without one,
    of the estimated network. Raises ``NetworkError`` where too few official trips have both ends on the streets.
    """
    known = _official(table)
    if streets is None:
        nodes, edges = estimated.build(table("settlements"), table("comuni_profile"), joined.drawn(table))
        trips = free_flow.trips_by_group(nodes, edges, known, table("settlements"))
        return congestion.calibrate(trips, network=ESTIMATED)
    poles = gpd.GeoSeries(known["pole"], crs=known.crs)
    trips = street_time.minutes_by_group(streets, known.geometry, poles)
    return congestion.calibrate(
        trips.assign(minutes=known["minutes"], fold=known["province"]), network=streets.label
    )


def _official(table: Table) -> gpd.GeoDataFrame:
    """The official trips, from main settlement to main settlement."""
    centres = main_settlements(table("settlements"), table("comuni")).set_index("comune_code").geometry
    return calibration.trips(table("drive_minutes"), centres)


def _check_codes(what: str, asked: Sequence[str], known: Collection[str]) -> None:
    strange = [code for code in asked if code not in known]
    if strange:
        raise UnknownCode(what=what, codes=strange)


COLUMNS: Final = (
    "comune_code", "comune", "ambito_id", "foreign_residents", "minutes_median",
    "people_beyond", "share_beyond", "low", "high", "network",
)  # fmt: skip


def access_of_comuni(
    table: Table,
    *,
    mode: str,
    limit: float,
    kinds: Sequence[str] = (),
    evidence: Sequence[str] = (),
    nearest: Callable[..., pd.DataFrame] = travel_time.nearest,
) -> pd.DataFrame:
    """One row a comune, by code: foreign residents, median minutes to the nearest desk with its band, people
    beyond the limit (as ``disclosure.part`` shows them), and the network that answered.

    ``nearest`` computes the minutes: here, or wherever it says (``screens.cluster``).
    Raises ``UnknownCode`` for kinds or levels of evidence that the vocabularies lack.
    """
    _check_codes("tipo di sportello", kinds, vocabulary("service_kinds").index)
    _check_codes("livello di prova", evidence, vocabulary("evidence").index)
    networks, demand = joined.networks(table), table("demand")
    desks = joined.counted(joined.sportelli(table), kinds=kinds, evidence=evidence)
    times = joined.minutes(networks, desks, demand, mode=mode, nearest=nearest)
    found = joined.access(times, demand, demand["comune_code"], limit=limit)
    comuni = joined.comuni(table).set_index("comune_code")[["comune", "ambito_id", "foreign_residents"]]
    answered = comuni.join(found.drop(columns="people")).reset_index()
    decimals = {"minutes_median": 1, "low": 1, "high": 1, "share_beyond": 4, "people_beyond": 0}
    ordered: pd.DataFrame = answered[list(COLUMNS)].round(decimals).sort_values("comune_code")
    return ordered.reset_index(drop=True)
