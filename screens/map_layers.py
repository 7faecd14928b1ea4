"""Which layers the map draws for a question, and the legends that explain them."""

from dataclasses import dataclass

import pandas as pd

from analysis import disclosure
from layers import associazioni, biblioteche, comuni, cpia, mediazione, scuole, sportelli, style
from layers.base import UrlLayer
from layers.style import Mark
from screens import feeds, frame, joined, map_ground, memory
from screens.filters import MODE_WORDS, PARAMETERS, Filters, feed_query, write

GROUND_LABELS = {
    "partner": "Ambiti e partner di Lab'Impact",
    "foreign_residents": "Residenti stranieri",
    "foreign_share": "Quota di residenti stranieri",
    "third_country": "Residenti di Paesi terzi (stima)",
    "minutes": "Minuti allo sportello più vicino (stima)",
    "people_beyond": "Persone oltre il limite (stima)",
    "mediazione": "Mediazione linguistico-culturale",
    "none": "Nessuno sfondo",
}
LAYER_LABELS = {
    "sportelli": "Sportelli",
    "scuole": "Scuole",
    "associazioni": "Associazioni",
    "biblioteche": "Biblioteche",
    "cpia": "CPIA",
}
ACCESS = frozenset({"minutes", "people_beyond"})
"""Grounds that count minutes to a sportello."""

POINTS: dict[str, tuple[Mark, ...]] = {
    "biblioteche": biblioteche.STYLES,
    "scuole": scuole.STYLES,
    "cpia": cpia.STYLES,
    "associazioni": associazioni.STYLES,
    "sportelli": sportelli.STYLES,
}
"""Layers of points, the last nearest to the eye."""


def _access_query(filters: Filters) -> dict[str, str]:
    """The parameters that change the measure of access: mode, kinds, evidence, and for people the limit."""
    limit = ["limit"] * (filters.ground == "people_beyond")
    kept = {PARAMETERS[name] for name in ("mode", "groups", "kinds", "evidence", *limit)}
    return {name: text for name, text in write(filters).items() if name in kept}


def _areas(filters: Filters) -> list[UrlLayer]:
    """What colours the ground, under everything else."""
    ground = filters.ground
    if ground in comuni.MEASURES:
        asked = _access_query(filters) if ground in ACCESS else {}
        lines = map_ground.borders()
        shapes = feeds.url("geojson", "comuni")
        values = feeds.url("json", "comuni", measure=ground, **asked)
        marks = comuni.MEASURES[ground].scale.marks
        return [UrlLayer("comuni", GROUND_LABELS[ground], shapes, marks, values=values), lines]
    measure = "mediazione" if ground == "mediazione" else "partner"
    marks = {"mediazione": style.MEDIATION, "partner": style.PARTNER}.get(ground, style.AMBITI_GROUND)
    shapes = feeds.url("geojson", "ambiti")
    values = feeds.url("json", "ambiti", measure=measure)
    rest = UrlLayer(
        "senza_ambito",
        "Comuni senza Ambito",
        feeds.url("geojson", "unassigned"),
        (style.PARTNER[-1],),
        order=1,
    )
    return [UrlLayer("ambiti", GROUND_LABELS[ground], shapes, marks, values=values), rest]


def _points(filters: Filters) -> list[UrlLayer]:
    """The places shown over the ground."""
    drawn = []
    for order, (name, marks) in enumerate(POINTS.items(), start=30):
        if name not in filters.layers:
            continue
        asked = feed_query(filters) if name == "sportelli" else {}
        address = feeds.url("geojson", name, **asked)
        chosen = filters.selected if name == "sportelli" else ""
        drawn.append(UrlLayer(name, LAYER_LABELS[name], address, marks, "point", order, selected=chosen))
    return drawn


def layers_for(filters: Filters) -> list[UrlLayer]:
    """Every layer that should be on the map for this question."""
    fixed = [
        map_ground.lakes(),
        map_ground.places(),
    ]
    if filters.ambito:
        outline = feeds.url("geojson", "ambito", ambito=filters.ambito)
        fixed.append(UrlLayer("ambito", "Ambito scelto", outline, style.AMBITO_CHOSEN, order=14, click=False))
    return [*_areas(filters), *fixed, *_points(filters)]


@dataclass(frozen=True)
class Legend:
    """What one legend says."""

    title: str
    marks: tuple[Mark, ...]
    note: str = ""


def counted_words(filters: Filters) -> str:
    """Which desks the minutes count, and which of the filters set do not change them."""
    kinds, levels = filters.all_kinds(), sorted(filters.evidence)
    desks = joined.counted(memory.sportelli(), kinds=kinds, evidence=levels)
    which = "dei tipi scelti" if kinds else "dove si informa e si accompagna"
    proof = ", ".join(levels) or f"{joined.EVIDENCE[0]}-{joined.EVIDENCE[-1]}"
    count = "Conta 1 sportello" if len(desks) == 1 else f"Contano {len(desks)} sportelli"
    everywhere = ", anche fuori dall'Ambito" if filters.ambito else ""
    idle = "I filtri per lingua e tema non cambiano i minuti." if filters.languages or filters.themes else ""
    return f"{count} {which}, con prove {proof}{everywhere}. {idle}".strip()


def area_words(filters: Filters, code: str, *, comune: bool) -> dict[str, str]:
    """What the ground's colour says of one comune or Ambito: heading → words, none where the ground has no figure."""
    ground = filters.ground
    if comune and ground in ACCESS:
        found = feeds.access(filters)
        if code not in found.index:
            return {}
        row = found.loc[code].to_dict()
        mode = MODE_WORDS[filters.mode]
        return {
            f"Minuti {mode}": frame.access_words(row),
            f"Oltre {filters.limit} min": f"{frame.people_words(row['people_beyond'])} residenti stranieri"
            + ("" if pd.isna(row["share_beyond"]) else f" ({style.percent(row['share_beyond'])})"),
        }
    if comune and ground == "third_country":
        known = disclosure.counts(memory.comuni().set_index("comune_code")["third_country"])
        return {"Di Paesi terzi": f"circa {frame.people_words(known[code])}, stima"}
    if not comune and ground == "mediazione":
        told = mediazione.build(memory.table("mediazione"), memory.ambiti())
        return {"Mediazione": told[code][1].replace("\n", "; ")}
    return {}


def _ground_legend(filters: Filters) -> list[Legend]:
    if filters.ground in comuni.MEASURES:
        scale = comuni.MEASURES[filters.ground].scale
        note = {
            "minutes": "Ogni tempo ha una banda di errore, nel riquadro del comune.",
            "people_beyond": f"Oltre {filters.limit} minuti dallo sportello più vicino.",
            "third_country": "Stima: quota di cittadini di Paesi terzi della provincia o del comune.",
        }
        counted = f" {counted_words(filters)}" if filters.ground in ACCESS else ""
        return [Legend(scale.title, scale.marks, note.get(filters.ground, "") + counted)]
    if filters.ground == "mediazione":
        return [
            Legend(
                "Righe di mediazione trovate, per Ambito",
                style.MEDIATION,
                "Nessuna riga trovata non vuol dire nessuna mediazione.",
            )
        ]
    if filters.ground == "partner":
        return [Legend("Ambiti territoriali", style.PARTNER, "Di 35 partner, 33 hanno una prova pubblica.")]
    return []


def legends_for(filters: Filters) -> list[Legend]:
    """The legends of what is on the map, ground first."""
    out = _ground_legend(filters)
    if "sportelli" in filters.layers:
        shown = [
            g for g in style.KIND_GROUPS if not filters.all_kinds() or set(g.kinds) & set(filters.all_kinds())
        ]
        marks = tuple(style.DESKS[style.KIND_GROUPS.index(group)] for group in shown)
        out.append(
            Legend(
                "Sportelli",
                marks,
                "Contorno nero: si conosce l'edificio. Gli altri stanno, circa, nel centro abitato o nella via.",
            )
        )
    if "scuole" in filters.layers:
        out.append(Legend(style.SCHOOL_SHARE.title, style.SCHOOL_SHARE.marks))
    others = {"associazioni": style.ASSOCIATIONS, "biblioteche": style.LIBRARIES, "cpia": style.ADULT_SCHOOLS}
    rest = tuple(marks[0] for name, marks in others.items() if name in filters.layers)
    if rest:
        out.append(Legend("Altri luoghi", rest))
    return out


GROUND_SOURCES = {
    "partner": ("ambiti",),
    "foreign_residents": ("foreign_population",),
    "foreign_share": ("foreign_population", "residents"),
    "third_country": ("foreign_population", "citizenship"),
    "minutes": ("foreign_population", "sportelli"),
    "people_beyond": ("foreign_population", "sportelli"),
    "mediazione": ("mediazione",),
    "none": (),
}
LAYER_SOURCES = {
    "scuole": ("schools_state", "schools_paritarie", "foreign_pupils"),
    "associazioni": ("associazioni",),
    "biblioteche": ("biblioteche",),
    "cpia": ("cpia",),
}


def sources_for(filters: Filters) -> tuple[str, ...]:
    """The datasets that the map shows besides the sportelli, whose line is under their list."""
    named = [GROUND_SOURCES[filters.ground], *(LAYER_SOURCES.get(name, ()) for name in filters.layers)]
    return tuple(dict.fromkeys(one for group in named for one in group))
