"""The other two views of the page Scuole: comuni whose schools have no known share, and mediation by Ambito."""

from typing import Final

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from geo.crs import DEGREES
from layers import comuni as areas
from layers import style
from layers.base import Layers, UrlLayer, base_map
from layers.legend import legend_html
from screens import (
    downloads,
    feeds,
    frame,
    map_ground,
    memory,
    school_mediation,
    school_memory,
    school_words,
    schools,
)
from screens.filters import MODE_WORDS
from screens.offer import offer

MAP: Final = "scuole_carta_"


def comuni(ambito: str, mode: str) -> None:
    """Comuni where nothing is known of the shares: what is known there, and no estimate."""
    around, near = school_memory.around(), school_memory.near(mode)
    table = schools.of_comuni(around.schools, near, around.mediation, memory.comuni(), ambito=ambito)
    if table.empty:
        st.info(
            "Di ogni comune di questo Ambito si conosce la quota di almeno una scuola.",
            icon=":material/info:",
        )
        return
    st.markdown(school_words.comuni_sentence(table))
    st.caption(
        "La quota di stranieri è quella dei **residenti**, non degli alunni: quanti alunni siano stranieri non si "
        "sa, e non lo stimiamo. I minuti sono la mediana tra le scuole del comune."
    )
    _map(
        "comuni",
        "Residenti stranieri su 100",
        UrlLayer(
            "comuni",
            "Residenti stranieri",
            feeds.url("geojson", "comuni"),
            areas.MEASURES["foreign_share"].scale.marks,
            values=feeds.url("json", "comuni", measure="foreign_share"),
        ),
        table if ambito else None,
    )
    st.header("Comuni senza una quota nota", anchor=False)
    st.dataframe(
        frame.figures(school_words.comuni_words(table)),
        hide_index=True,
        height=420,
        alt="Comuni di cui non si conosce la quota di alunni stranieri di nessuna scuola",
    )
    offer(
        _file(table, mode),
        "scuole-comuni",
        ambito or "lombardia",
        mode,
        title=f"Comuni senza una quota nota di alunni stranieri: scuole e sostegni {MODE_WORDS[mode]}",
        source=downloads.SOURCE,
        id_column="comune_code",
    )
    frame.sources(
        "foreign_population", "schools_state", "schools_paritarie", "pupils", "sportelli", "mediazione",
        also=frame.minutes_from(mode),
    )  # fmt: skip


def _file(table: gpd.GeoDataFrame, mode: str) -> gpd.GeoDataFrame:
    minutes = [name for name in table if str(name).endswith(("_minutes", "_low", "_high"))]
    told = table.round(dict.fromkeys(minutes, 1) | {"foreign_share": 4}).reset_index()
    codes = {2: "found", 1: "possible", 0: "none_found"}
    told["mediation"] = told["mediation"].map(codes)
    told = told.rename(columns={"foreign_share": "foreign_share_of_residents"})
    return gpd.GeoDataFrame(told.assign(mode=mode, source=downloads.SOURCE), geometry="geometry", crs=DEGREES)


def mediation(ambito: str) -> None:
    """Which schools lack mediation, as far as rows were found: by Ambito, with the hours that are published."""
    around, ambiti = school_memory.around(), memory.ambiti()
    table = school_mediation.by_ambito(around.schools, around.reached, ambiti, ambito=ambito)
    st.markdown(school_words.mediation_sentence(table))
    chosen = ambiti[ambiti["ambito_id"] == ambito]
    _map(
        "mediazione",
        "Mediazione a scuola, per Ambito",
        UrlLayer(
            "ambiti",
            "Mediazione a scuola",
            feeds.url("geojson", "ambiti"),
            style.SCHOOL_MEDIATION,
            values=feeds.url("json", "ambiti", measure="mediazione_scuole"),
        ),
        None if chosen.empty else chosen,
    )
    st.header("Mediazione a scuola, Ambito per Ambito", anchor=False)
    st.dataframe(
        frame.figures(school_words.mediation_words(table)),
        hide_index=True,
        height=420,
        alt="Mediazione a scuola per Ambito, prima dove più alunni non ne hanno trovata",
    )
    st.caption(
        "«Trovata»: una riga nomina l'Ambito, o il comune della scuola. «Solo possibile»: vale per tutta la provincia, "
        "per un altro comune dell'Ambito, o non dice per dove. Contano le righe con prove A, B e C in scuole."
    )
    offer(
        pd.DataFrame(table.reset_index()).assign(source=frame.source_line("mediazione")),
        "scuole-mediazione",
        ambito or "lombardia",
        title="Mediazione a scuola per Ambito",
        source=frame.source_line("mediazione"),
        id_column="ambito_id",
    )
    _hours()
    frame.sources("mediazione", "schools_state", "schools_paritarie", "pupils", "ambito_comuni")


def _hours() -> None:
    around = school_memory.around()
    hours = school_mediation.hours(around.offers, around.reached, around.schools)
    st.header("Ore pubblicate", anchor=False)
    if hours.empty:
        st.markdown("Nessuna riga dice senza dubbi quante ore l'anno fa.")
    else:
        frame.table(school_words.hours_words(hours), "Ore di mediazione pubblicate")
    silent = len(around.offers) - len(hours)
    st.caption(
        f"{silent} righe su {len(around.offers)} non dicono, senza dubbi, quante ore l'anno fanno. Le ore sono di "
        "tutti i luoghi in cui si lavora, non solo delle scuole: gli alunni stranieri per ora sono quindi un minimo."
    )


def _map(name: str, title: str, layer: UrlLayer, there: gpd.GeoDataFrame | None) -> None:
    drawn = [
        layer,
        *map_ground.under(),
    ]
    st_folium(
        base_map(label=f"Mappa: {title}; gli stessi dati sono nella tabella della pagina"),
        key=MAP + name,
        height=430,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=Layers(
            drawn, view=None if there is None else [float(edge) for edge in there.total_bounds]
        ),
    )
    st.html(legend_html(title, layer.styles))
