"""The comuni of Lombardy on 1 January 2025 and their outlines, simplified so that neighbours still touch."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
import shapely
from pandera.engines.geopandas_engine import Geometry

from data.raw import CODE, Cleaned, read_features, reasons, rename
from geo.crs import DEGREES, METRES

NAMES: Final = {
    "PRO_COM_T": "comune_code",
    "COMUNE": "comune",
    "COD_REG": "region",
    "COD_PROV": "province_code",
    "Shape_Area": "area_km2",
    "geometry": "geometry",
}

PROVINCES: Final = {
    "012": "VA", "013": "CO", "014": "SO", "015": "MI", "016": "BG", "017": "BS",
    "018": "PV", "019": "CR", "020": "MN", "097": "LC", "098": "LO", "108": "MB",
}  # fmt: skip

TOLERANCE_M: Final = 60.0
"""Simplification of the outlines: a pixel of a phone's screen when a province fills it."""

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "comune": pa.Column(str),
        "province_code": pa.Column(str, pa.Check.isin(list(PROVINCES))),
        "province": pa.Column(str, pa.Check.isin(list(PROVINCES.values()))),
        "area_km2": pa.Column(float, pa.Check.gt(0)),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def read(path: Path) -> gpd.GeoDataFrame:
    """The GeoPackage of the region, or ISTAT's own zip of the whole country."""
    if path.suffix == ".zip":
        inside = "Limiti01012025_g/Com01012025_g/Com01012025_g_WGS84.shp"
        return gpd.read_file(f"/vsizip/{path}/{inside}")
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """Comuni of the region with names, province and outline in degrees."""
    table = rename("comuni", raw, NAMES)
    aside = reasons(raw.index, {"fuori dalla Lombardia": table["region"] != 3})
    table = table.drop(index=aside.index, columns="region")
    outlines = gpd.GeoSeries(table["geometry"], crs=raw.crs).to_crs(METRES).simplify_coverage(TOLERANCE_M)
    province_code = table["province_code"].astype(int).map("{:03d}".format)
    return Cleaned(
        gpd.GeoDataFrame(
            {
                "comune_code": table["comune_code"],
                "comune": table["comune"],
                "province_code": province_code,
                "province": province_code.map(PROVINCES),
                "area_km2": (table["area_km2"] / 1e6).round(4),
                "geometry": _rounded(outlines.to_crs(DEGREES)),
            },
            crs=DEGREES,
        )
        .sort_values("comune_code")
        .reset_index(drop=True),
        aside,
    )


def _rounded(outlines: gpd.GeoSeries) -> gpd.GeoSeries:
    """Coordinates to the fifth decimal (a metre), vertex by vertex, so that neighbours still share them."""
    rounded = shapely.transform(outlines.array, lambda xy: xy.round(5))
    return gpd.GeoSeries(shapely.make_valid(rounded), index=outlines.index, crs=DEGREES).map(_only_polygons)


def _only_polygons(outline: shapely.Geometry) -> shapely.Geometry:
    """The polygons of an outline, without the stray lines that mending may leave."""
    parts = [part for part in shapely.get_parts(outline) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts) if len(parts) != 1 else parts[0]
