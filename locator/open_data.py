"""The page of the open data: the API, the files, what is in them, whose they are."""

from collections.abc import Mapping
from typing import Final

from data.label import read_label
from locator.api.bulk import MIMES
from locator.drawing import render
from locator.visit import Made, Visit
from locator.words import Words

API: Final = "../api/v1"
"""The way from ``/sportelli/`` to the API."""
OPEN: Final = "dati/aperti/"
"""The way from ``/sportelli/`` to the whole files of an export."""
LABELS: Final = ("sportelli", "associazioni", "ambiti", "comuni", "places")
"""Datasets whose licences are told."""


def data(visit: Visit) -> Made:
    """The page; without a server there is no API to point to, and the files lie beside the pages."""
    api = visit.root + API if visit.setting.live else ""
    folder = f"{api}/dati/" if api else visit.root + OPEN
    what = _files(visit.w)
    return render(
        visit,
        "data.html",
        page="data",
        api=api,
        collections=tuple(_collections(visit.w).items()) if api else (),
        files=[(name, folder + name, what.get(name, mime)) for name, mime in MIMES.items()],
        labels=[read_label(name) for name in LABELS],
    )


def _collections(w: Words) -> Mapping[str, str]:
    return {
        "sportelli": w.gettext("gli sportelli"),
        "sessioni": w.gettext("i loro orari"),
        "associazioni": w.gettext("le associazioni"),
        "ambiti": w.gettext("gli Ambiti e i loro comuni"),
    }


def _files(w: Words) -> Mapping[str, str]:
    table, points = w.gettext("tabella"), w.gettext("punti per una mappa")
    catalogue = w.gettext("il catalogo dei file, in DCAT-AP_IT")
    return {
        "sportelli.csv": table,
        "sessioni.csv": table,
        "associazioni.csv": table,
        "sportelli.geojson": points,
        "sportelli.parquet": points,
        "hsds.json": w.gettext("sportelli, enti e associazioni, in Open Referral HSDS"),
        **dict.fromkeys((name for name in MIMES if name.startswith("catalogo")), catalogue),
    }
