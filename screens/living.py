"""The desks, associations and mediation that people keep in the registry, as tables shaped like the clean ones.

What nobody has touched is where the clean table ``positions`` has it; the rest is placed again: at the point a person
put, else by its address (``geo.geocode``). Closed and doubtful rows stay, marked by ``status``. No Streamlit.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from data.derived import positions
from data.registry import hours, reading
from data.registry.store import Store
from geo import geocode
from geo.crs import DEGREES

Table = Callable[[str], Any]

KINDS: Final = {"sportelli": "sportello", "associazioni": "associazione"}
"""Kinds of the registry that have a place → the kind in ``positions``."""
FROM_THE_REGISTRY: Final = ("sportelli", "associazioni", "mediazione", "positions")
BOOK: Final = (
    "scuole", "foreign_pupils", "nursery_positions", "school_addresses", "stops", "biblioteche", "comuni",
)  # fmt: skip
PUT_BY_A_PERSON: Final = "registro"
KEPT: Final = ("ambito_id", "lon", "lat", "confirmed_on", "quality")
"""What the registry adds to the columns of a clean table."""


def living(store: Store, table: Table) -> Table:
    """The way to tables by name: from the registry what it keeps, the others as ``table`` gives them.

    Each is made once and remembered: ask for a new way when the registry has changed.
    """
    makers: dict[str, Callable[[], Any]] = {
        "sportelli": lambda: sportelli(store, table),
        "associazioni": lambda: associazioni(store, table),
        "mediazione": lambda: mediazione(store, table),
        "positions": lambda: placed(table, {kind: found(kind) for kind in KINDS}),
    }
    made: dict[str, Any] = {}

    def found(name: str) -> Any:
        if name not in makers:
            return table(name)
        if name not in made:
            made[name] = makers[name]()
        return made[name]

    return found


def sportelli(store: Store, table: Table) -> pd.DataFrame:
    """Desks of the registry, one row each in order of key: columns of the clean table and ``KEPT``.

    ``opening_hours`` and ``languages`` are those of all the sessioni; missing where none is known.
    """
    clean = table("sportelli").set_index("sportello_id")
    desks = reading.table(store, "sportelli")
    enti = reading.table(store, "enti").set_index("id")["name"]
    slots: dict[str, list[dict[Any, Any]]] = {}
    for one in reading.table(store, "sessioni").to_dict("records"):
        slots.setdefault(one["sportello_id"], []).append(one)
    desks["ente"] = desks["ente_id"].map(enti)
    desks["opening_hours"] = [_hours(slots.get(key, ()), end) for key, end in _ends(desks, store)]
    desks["languages"] = [_languages(slots.get(key, ())) for key in desks["id"]]
    desks["access"] = [_access(one) for one in desks.to_dict("records")]
    desks["quality"] = desks["id"].map(reading.qualities(store, "sportelli", _precisions(table, "sportello")))
    return _shaped(desks, clean.reset_index(), "sportello_id", table)


def _ends(desks: pd.DataFrame, store: Store) -> list[tuple[str, Sequence[Mapping[str, str]]]]:
    today = store.today()
    return [
        (key, hours.running(closures, today))
        for key, closures in zip(desks["id"], desks["closures"], strict=True)
    ]


def _hours(slots: Sequence[Mapping[Any, Any]], closures: Sequence[Mapping[str, str]]) -> str | None:
    """The hours of every sessione, as sources write them; closures that have not ended yet after them."""
    told = []
    for one in slots:
        words = one["hours"] or one["hours_note"]
        if words:
            told.append(
                f"{one['reception']} {words}" if one["reception"] in {"telefono", "online"} else words
            )
    ends = [f"dal {one['from']} al {one['until']} chiuso {one.get('why', '')}".strip() for one in closures]
    return "; ".join([*dict.fromkeys(told), *ends]) or None


def _languages(slots: Sequence[Mapping[Any, Any]]) -> str | None:
    found = dict.fromkeys(code for one in slots for code in one["languages"] or ())
    return ";".join(found) or None


def _access(desk: Mapping[Any, Any]) -> str | None:
    """How to get in: the words of the source, else the codes."""
    return desk["access_note"] or "; ".join(word.replace("_", " ") for word in desk["access"] or ()) or None


def associazioni(store: Store, table: Table) -> pd.DataFrame:
    """Associations of the registry, as the clean table has them."""
    found = reading.table(store, "associazioni")
    found["quality"] = found["id"].map(
        reading.qualities(store, "associazioni", _precisions(table, "associazione"))
    )
    return _shaped(found, table("associazioni"), "associazione_id", table)


def mediazione(store: Store, table: Table) -> pd.DataFrame:
    """Mediation of the registry, as the clean table has it."""
    clean, found = table("mediazione"), reading.table(store, "mediazione")
    enti = reading.table(store, "enti").set_index("id")
    known = clean.set_index("mediazione_id")
    found["provider"] = found["ente_id"].map(enti["name"])
    found["provider_kind"] = found["ente_id"].map(enti["kind"])
    found["ambito_ids"] = [_ambiti(areas) for areas in found["areas"]]
    found["ambito_basis"] = found["areas_basis"].fillna("ignoto")
    found["ambito_named"] = found["id"].map(known["ambito_named"])
    names = {
        "id": "mediazione_id",
        "area_note": "area",
        "settings": "setting",
        "hours_note": "hours_published",
    }
    return _like(found.rename(columns=names), clean)


def _ambiti(areas: Sequence[str] | None) -> str | None:
    codes = [text.removeprefix("ambito:") for text in areas or () if text.startswith("ambito:")]
    return ";".join(codes) or None


def _shaped(found: pd.DataFrame, clean: pd.DataFrame, key: str, table: Table) -> pd.DataFrame:
    """Records as rows of a clean table: names of comuni, lists joined, what only the clean table knows."""
    known = clean.set_index(key)
    names = table("comuni").set_index("comune_code")[["comune", "province"]]
    found = found.rename(columns={"id": key})
    found["comune"] = found["comune_code"].map(names["comune"]).fillna(found[key].map(known["comune"]))
    found["province"] = found["province"].fillna(found["comune_code"].map(names["province"]))
    for column in ("compiled", "ambito_named"):
        if column in known:
            found[column] = found[key].map(known[column])
    return _like(found, clean).join(found.reindex(columns=list(KEPT)))


def _like(found: pd.DataFrame, clean: pd.DataFrame) -> pd.DataFrame:
    """The columns of a clean table, in its order and of its types; lists as texts apart by ``;``."""
    kept = found.reindex(columns=list(clean.columns)).apply(
        lambda column: column.map(lambda cell: ";".join(cell) if isinstance(cell, list) else cell)
    )
    shaped: pd.DataFrame = kept.where(kept.notna(), None).astype(clean.dtypes.to_dict())
    return shaped


def _precisions(table: Table, kind: str) -> dict[str, str]:
    where = table("positions")
    return dict(where[where["kind"] == kind].set_index("id")["precision"])


def placed(table: Table, kept: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """The table ``positions`` for the records as they are now.

    Parameters
    ----------
    table
        The way to the clean tables.
    kept
        Kind of record → its rows, as ``sportelli`` and ``associazioni`` give them.
    """
    clean: gpd.GeoDataFrame = table("positions")
    rest, stay, moved = clean[~clean["kind"].isin(KINDS.values())], [], []
    for name, kind in KINDS.items():
        key = f"{kind}_id"
        now = kept[name].rename(columns={key: "id"}).assign(kind=kind)
        before = table(name).set_index(key)
        same = _same(now, before) & now["id"].isin(clean.loc[clean["kind"] == kind, "id"])
        stay.append(clean[(clean["kind"] == kind) & clean["id"].isin(now.loc[same, "id"])])
        moved.append(now.loc[~same, ["kind", "id", "address", "comune_code", "comune", "lon", "lat"]])
    staying = pd.concat(stay)
    return gpd.GeoDataFrame(
        pd.concat([rest, staying, _again(table, pd.concat(moved, ignore_index=True), staying)]).sort_values(
            ["kind", "id"]
        ),
        geometry="geometry",
        crs=DEGREES,
    ).reset_index(drop=True)


def _same(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """Whether each record is still where the clean table says: no point of its own, same address and comune."""
    same = now["lon"].isna()
    for column in ("address", "comune_code"):
        then = now["id"].map(before[column])
        same &= now[column].eq(then) | (now[column].isna() & then.isna())
    return same


def _again(table: Table, moved: pd.DataFrame, staying: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Positions of records that are elsewhere than the clean table says, or that it does not have."""
    if moved.empty:
        return staying.iloc[:0]
    asked = gpd.GeoDataFrame(
        moved, geometry=gpd.GeoSeries(map(_point, moved["lon"], moved["lat"]), moved.index, crs=DEGREES)
    )
    book = positions.address_book(*map(table, BOOK))
    known = book[book["comune_code"].isin(moved["comune_code"])]
    centres = positions.main_settlements(table("settlements"), table("comuni"))
    found = geocode.place(asked, known=known, centres=centres)
    own = asked.geometry.notna()
    found["source"] = found["source"].mask(own, PUT_BY_A_PERSON).mask(found["source"] == "")
    beside = geocode.beside(
        found.geometry[~own],
        staying.geometry,
        step_m=positions.SPREAD_M,
        water=table("lakes").geometry,
    )
    found.loc[~own, "geometry"] = beside
    placed = moved[["kind", "id", "comune_code"]].join(found)
    return gpd.GeoDataFrame(placed[list(staying.columns)], geometry="geometry", crs=DEGREES)


def _point(lon: Any, lat: Any) -> shapely.Point | None:
    return None if pd.isna(lon) else shapely.Point(float(lon), float(lat))
