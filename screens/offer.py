"""Tables to take away from a screen: three formats, made only when somebody asks for one."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from screens import downloads


def offer(table: pd.DataFrame, *words: str, title: str, source: str, id_column: str) -> None:
    """Buttons for CSV and XLSX, and for GeoJSON where there are places.

    ``words`` make the name of the file; ``title`` and ``source`` stand on the first sheet of the workbook and in
    the GeoJSON; ``id_column`` gives each feature its id.
    """
    makers: dict[str, tuple[Callable[[], Any], str]] = {
        "CSV": (lambda: downloads.as_csv(table), "text/csv"),
        "XLSX": (lambda: downloads.as_xlsx(table, title=title, sources=[source]), downloads.XLSX),
    }
    if isinstance(table, gpd.GeoDataFrame):
        places = table
        makers["GeoJSON"] = (
            lambda: downloads.as_geojson(places, id_column=id_column, attribution=source),
            "application/geo+json",
        )
    with st.container(horizontal=True):
        for name, (make, mime) in makers.items():
            st.download_button(
                name,
                make,
                downloads.file_name(*words, ending=name.lower()),
                mime,
                icon=":material/download:",
                help=f"{title} ({len(table)} righe)",
                on_click="ignore",
                key=f"scarica_{words[0]}_{name}",
            )
