"""The estimated network as two tables: nodes with their paces, edges with their minutes."""

from typing import Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from geo.crs import DEGREES
from geo.estimated import Drawn, build, in_degrees
from geo.network import MODES
from geo.speeds import read_car, timed

NODES: Final = pa.DataFrameSchema(
    {
        "kind": pa.Column(str, pa.Check.isin(["settlement", "pass", "junction"])),
        "settlement_id": pa.Column(str, pa.Check.str_matches(r"^\d{6}-\d{2,3}$"), nullable=True),
        "altitude_m": pa.Column("Int64", pa.Check.in_range(0, 3000)),
        "urbanisation": pa.Column("Int64", pa.Check.in_range(1, 3)),
        "mountain": pa.Column(bool),
        "island": pa.Column(bool, description="reached by boat only; no private cars"),
        "city_size": pa.Column(float, pa.Check.ge(0)),
        "snaps": pa.Column(bool, description="a point may enter the network here"),
        **{f"pace_{mode}": pa.Column(float, pa.Check.gt(0)) for mode in MODES},
        **{f"terminal_{mode}": pa.Column(float, pa.Check.ge(0)) for mode in MODES},
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)

EDGES: Final = pa.DataFrameSchema(
    {
        "a": pa.Column(int, pa.Check.ge(0), description="row of network_nodes"),
        "b": pa.Column(int, pa.Check.ge(0), description="row of network_nodes"),
        "kind": pa.Column(
            str,
            pa.Check.isin(["local", "ramp", "main", "winding", "expressway", "motorway", "abroad", "ferry"]),
        ),
        "km": pa.Column(float, pa.Check.ge(0)),
        "climb_m": pa.Column(float, pa.Check.ge(0)),
        **{f"minutes_{mode}": pa.Column(float, pa.Check.ge(0), nullable=True) for mode in MODES},
    },
    strict=True,
    unique=["a", "b", "kind"],
)

SCHEMAS: Final = {"network_nodes": NODES, "network_edges": EDGES}


def derive(
    settlements: gpd.GeoDataFrame,
    comuni_profile: pd.DataFrame,
    lakes: gpd.GeoDataFrame,
    ridges: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
) -> dict[str, pd.DataFrame]:
    """``network_nodes`` and ``network_edges``, with the calibrated speeds, rounded to the second."""
    nodes, edges = timed(*build(settlements, comuni_profile, Drawn(lakes, ridges, roads)), read_car())
    nodes = in_degrees(nodes).astype({"settlement_id": "str", "urbanisation": "Int64"})
    nodes["altitude_m"] = nodes["altitude_m"].round().astype("Int64")
    paces = [f"{what}_{mode}" for what in ("pace", "terminal") for mode in MODES]
    nodes[["city_size", *paces]] = nodes[["city_size", *paces]].round(3)
    minutes = [f"minutes_{mode}" for mode in MODES]
    edges = edges.round({"km": 3, "climb_m": 0} | dict.fromkeys(minutes, 2)).astype({"kind": "str"})
    return {
        "network_nodes": gpd.GeoDataFrame(nodes[list(NODES.columns)], crs=DEGREES),
        "network_edges": edges[list(EDGES.columns)],
    }
