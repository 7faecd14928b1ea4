"""Mediation in schools: which rows reach which comune, and what the registry knows that a school has itself.

No row found is not known, rather than no mediation. No Streamlit.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from analysis import school_support
from analysis.effective import NO, UNKNOWN, YES
from data.registry import areas, reading
from data.registry.areas import Home
from data.registry.store import Store
from screens import joined

AT_SCHOOL: Final = re.compile(r"scuol|istitut\w+ comprensiv|servizi educativi", re.IGNORECASE)
"""Settings that are schools."""

OWN: Final = {"mediazione": "mediazione", "sportello_scuola": "sportelli"}
"""Kinds of ``school_supports`` → the kind of support that a school with it has near."""
MEDIATOR_HOURS: Final = "mediazione"

COLUMNS: Final = (
    "mediazione_id", "provider", "status", "evidence", "province", "areas", "basis", "area_note", "settings",
    "languages", "hours_note", "figures", "source_url",
)  # fmt: skip


def offers(store: Store | None, clean: pd.DataFrame) -> pd.DataFrame:
    """Rows of mediation that count, indexed by key: open as far as we know, evidence A to C, in schools or perhaps.

    Parameters
    ----------
    store
        The registry; ``None`` where it cannot be read, and the clean table stands in.
    clean
        The clean table ``mediazione``.

    Returns
    -------
    table
        ``COLUMNS``, lists as lists; ``at_school``, ``YES`` where a setting is a school, ``UNKNOWN`` where none is
        known; ``hours_a_year`` as ``school_support.hours_a_year`` reads them, of all settings together.
    """
    rows = _listed(clean) if store is None else _kept(store)
    rows = rows[rows["evidence"].isin(joined.EVIDENCE) & ~rows["status"].isin(joined.GONE)]
    at_school = [_at_school(said) for said in rows["settings"]]
    rows = rows.assign(at_school=pd.Series(at_school, rows.index, dtype="int8"))
    rows = rows[rows["at_school"] != NO]
    note, figures = (school_support.hours_a_year(rows[name]) for name in ("hours_note", "figures"))
    twice = note.notna() & figures.notna() & (note != figures)
    return rows.assign(hours_a_year=note.fillna(figures).mask(twice))


def _kept(store: Store) -> pd.DataFrame:
    found = reading.table(store, "mediazione")
    found["provider"] = found["ente_id"].map(reading.table(store, "enti").set_index("id")["name"])
    named = found.rename(columns={"id": "mediazione_id", "areas_basis": "basis"})
    return named[list(COLUMNS)].set_index("mediazione_id")


def _listed(clean: pd.DataFrame) -> pd.DataFrame:
    """The clean table in the shape of the registry's."""
    lists = {name: clean[name].map(_split) for name in ("ambito_ids", "setting", "languages")}
    told = clean.assign(
        areas=lists["ambito_ids"].map(lambda ids: None if ids is None else [f"ambito:{one}" for one in ids]),
        settings=lists["setting"],
        languages=lists["languages"],
        basis=clean["ambito_basis"],
        area_note=clean["area"],
        hours_note=clean["hours_published"],
    )
    return told[list(COLUMNS)].set_index("mediazione_id")


def _split(cell: Any) -> list[str] | None:
    return cell.split(";") if isinstance(cell, str) and cell else None


def _at_school(settings: Any) -> int:
    if not isinstance(settings, list) or not settings:
        return UNKNOWN
    return YES if any(AT_SCHOOL.search(one) for one in settings) else NO


def reach(rows: pd.DataFrame, comuni: pd.DataFrame) -> pd.DataFrame:
    """Which rows reach which comuni, one line a pair: ``comune_code``, ``mediazione_id``, ``truth``.

    ``YES`` where the row names the Ambito, or the comune itself; ``UNKNOWN`` where it is for the whole province, for
    another comune of the Ambito, or its areas or setting are not known. Pairs that do not meet are not listed.

    Parameters
    ----------
    rows
        As ``offers`` gives them.
    comuni
        Columns ``comune_code``, ``comune``, ``ambito_id`` (missing where not known), ``province``.
    """
    towns = comuni[["comune_code", "comune", "ambito_id", "province"]].to_dict("records")
    pairs = []
    for key, row in rows.to_dict("index").items():
        alone = row["basis"] == "comune" or any(area.startswith("istat:") for area in row["areas"] or ())
        told: dict[
            tuple[str, str, str], int
        ] = {}  # the comuni of an Ambito are alike, but for rows that name one
        for comune in towns:
            home = (comune["comune_code"] * alone, str(comune["ambito_id"]), comune["province"])
            if home not in told:
                told[home] = _reaches(row, comune)
            if told[home] != NO:
                pairs.append((comune["comune_code"], key, told[home]))
    return pd.DataFrame(pairs, columns=["comune_code", "mediazione_id", "truth"]).astype({"truth": "int8"})


def _reaches(row: Mapping[Any, Any], comune: Mapping[Any, Any]) -> int:
    ambito = comune["ambito_id"]
    home = Home(comune["comune_code"], None if pd.isna(ambito) else ambito, comune["province"])
    said = areas.receives(row["areas"] or None, home)
    if said is None:
        return UNKNOWN if row["province"] == home.province else NO
    if not said:
        return NO
    whole = row["basis"] == "provincia" or row["at_school"] != YES
    other = row["basis"] == "comune" and not _named(row, comune)
    return UNKNOWN if whole or other else YES


def _named(row: Mapping[Any, Any], comune: Mapping[Any, Any]) -> bool:
    """Whether a row for a comune, not for its Ambito, is for this one."""
    if f"istat:comune:{comune['comune_code']}" in row["areas"]:
        return True
    note = row["area_note"]
    return isinstance(note, str) and bool(re.search(rf"\b{re.escape(comune['comune'])}\b", note, re.I))


def found(reached: pd.DataFrame, comune_code: pd.Series) -> pd.Series:
    """The best that rows say of each school: ``YES``, ``UNKNOWN``, or ``NO`` where none was found; same index.

    Parameters
    ----------
    reached
        As ``reach`` gives it.
    comune_code
        The comune of each school.
    """
    best = reached.groupby("comune_code")["truth"].max()
    return comune_code.map(best).fillna(NO).astype("int8").rename("mediazione")


def own(store: Store | None) -> pd.DataFrame:
    """What the registry knows that schools have themselves (``sostegni``), open as far as we know, evidence A to C."""
    if store is None:
        return pd.DataFrame(columns=["school_id", "kind", "languages", "hours_a_year", "description"])
    rows = reading.table(store, "sostegni")
    return rows[rows["evidence"].isin(joined.EVIDENCE) & ~rows["status"].isin(joined.GONE)]


def own_kinds(sostegni: pd.DataFrame) -> pd.DataFrame:
    """School × kind of support: whether it has it itself; schools without any have no line."""
    kinds = sostegni["kind"].map(OWN)
    return pd.crosstab(sostegni["school_id"], kinds) > 0


def own_hours(sostegni: pd.DataFrame) -> pd.Series:
    """School → mediator hours a year; NaN where those of any of its mediation are not known."""
    rows = sostegni[sostegni["kind"] == MEDIATOR_HOURS]
    hours = rows["hours_a_year"].astype(float)
    return hours.groupby(rows["school_id"]).agg(lambda known: known.sum(skipna=False))


def by_ambito(
    schools: pd.DataFrame, reached: pd.DataFrame, ambiti: pd.DataFrame, *, ambito: str = ""
) -> pd.DataFrame:
    """Mediation in the schools of each Ambito, those of comuni without one last; first where most pupils have none.

    Parameters
    ----------
    schools
        As ``schools.sites`` gives them.
    reached
        As ``reach`` gives it.
    ambiti
        Columns ``ambito_id``, ``ambito``.

    Returns
    -------
    table
        Indexed by ``ambito_id``, empty text for none: ``ambito``, ``schools``, ``pupils``, ``foreign_pupils``, how many
        schools know theirs (``pupils_known``, ``foreign_known``), and how many ``found`` mediation for sure, perhaps
        (``possible``) or not (``none``); ``rows``, how many rows are for it or
        perhaps are.
    """
    place = schools["ambito_id"].fillna("").rename("ambito_id")
    here = schools[place == ambito] if ambito else schools
    place = place[here.index]
    table = school_support.by_place(
        place, here["pupils"], here["foreign_pupils"], pd.DataFrame(index=here.index)
    )
    state = found(reached, here["comune_code"])
    for name, code in (("found", YES), ("possible", UNKNOWN), ("none", NO)):
        table[name] = (state == code).groupby(place).sum()
    table["pupils_none"] = here["pupils"].astype(float).where(state == NO).groupby(place).sum()
    meets = reached.merge(
        pd.DataFrame({"comune_code": here["comune_code"], "ambito_id": place}).drop_duplicates()
    )
    table["rows"] = meets.groupby("ambito_id")["mediazione_id"].nunique()
    table["rows"] = table["rows"].fillna(0).astype(int)
    table["ambito"] = ambiti.set_index("ambito_id")["ambito"].reindex(table.index)
    table = table.assign(_last=table.index == "")
    order = table.sort_values(
        ["_last", "pupils_none", "schools"], ascending=[True, False, False], kind="stable"
    )
    return order.drop(columns="_last")


def hours(rows: pd.DataFrame, reached: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Rows of mediation that publish hours a year, with the foreign pupils of the schools they are for.

    The hours are of all the row's settings, so that ``pupils_per_hour`` is the least there can be in schools; NaN
    where no count of foreign pupils is known there.

    Returns
    -------
    table
        Indexed by ``mediazione_id``: ``provider``, ``settings``, ``hours_a_year``, ``schools`` (of comuni that it
        reaches for sure), ``foreign_known`` of them, ``foreign_pupils``, ``pupils_per_hour``.
    """
    told = rows.loc[rows["hours_a_year"].notna(), ["provider", "settings", "hours_a_year"]]
    sure = reached[reached["truth"] == YES]
    counts = {}
    for key in told.index:
        comuni = sure.loc[sure["mediazione_id"] == key, "comune_code"]
        here = schools.loc[schools["comune_code"].isin(comuni), "foreign_pupils"].astype(float)
        counts[key] = (len(here), int(here.notna().sum()), here.sum(min_count=1))
    names = ["schools", "foreign_known", "foreign_pupils"]
    table = told.join(pd.DataFrame.from_dict(counts, orient="index", columns=names))
    return table.assign(
        pupils_per_hour=school_support.pupils_per_hour(table["foreign_pupils"], table["hours_a_year"])
    )
