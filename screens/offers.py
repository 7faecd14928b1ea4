"""What desks offer and to whom, condition by condition: yes, no, or not known. No Streamlit.

An offer is a weekly slot where people are received in person (a sessione). A desk of which no such slot is known is one
offer of which hours and languages are not known: it is there, and may be what is asked.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.effective import NO, UNKNOWN, YES, Positions, Truth, by_desk, together, truth_of
from data.registry import areas, reading, usual_week
from data.registry.store import Store
from data.vocabularies import vocabulary
from screens import joined
from screens.card import missing
from screens.filters import EVIDENCE
from screens.joined import Table
from screens.need import Need

CONDITIONS: Final = ("hours", "language", "theme", "eligibility", "walk_in", "capacity", "freshness")
"""Every condition that can be asked of an offer."""

ELSEWHERE: Final = ("telefono", "online")
"""Ways to be received that need no journey: these slots are no offers here."""

EVERYWHERE_SPOKEN: Final = "it"
"""The language that every desk speaks."""

EVERYBODY: Final = "tutti"

COLUMNS: Final = (
    "sportello_id", "sessione_id", "ambito_id", "hours", "languages", "capacity", "evidence", "themes", "targets",
    "access", "areas", "closures", "said_from", "said_until",
)  # fmt: skip


class Offers(NamedTuple):
    """What the open and placed desks offer, in order of desk and slot.

    ``rows``: one row an offer, with ``sportello_id``, ``sessione_id`` (missing where no slot is known), ``hours`` and
    ``languages`` of the slot, ``themes``, ``targets``, ``access`` and ``areas`` of the desk (lists; missing where not
    known), ``said_from`` and ``said_until``: between which days somebody last said or confirmed it.
    ``week``: when each is open in a usual week, shape (offers, ``usual_week.SLOTS``).
    ``desks``: the desks, and ``desk`` the position of each offer's.
    """

    rows: pd.DataFrame
    week: usual_week.Week
    desks: pd.Index
    desk: Positions
    today: dt.date

    def only(self, desks: Iterable[str]) -> "Offers":
        """The offers of some of the desks."""
        kept = self.desks[self.desks.isin(list(desks))]
        here = self.rows["sportello_id"].isin(kept).to_numpy()
        rows = self.rows[here].reset_index(drop=True)
        return Offers(
            rows, self.week[here], kept, kept.get_indexer(pd.Index(rows["sportello_id"])), self.today
        )


def offers(table: Table, store: Store | None) -> Offers:
    """What every desk offers that has a place and that nobody says is closed.

    Parameters
    ----------
    table
        The way to the tables; what the registry keeps comes from it.
    store
        The registry; None where it cannot be read: then no slot is known, nor whom desks receive.
    """
    desks = joined.sportelli(table)
    desks = desks[desks.geometry.notna() & ~desks["status"].isin(joined.GONE)].sort_values("sportello_id")
    today = dt.date.today() if store is None else store.today()
    slots = _slots(store)
    kept = _kept(store).reindex(desks["sportello_id"])
    found = [
        _row(desk, said, slot, kept.loc[desk["sportello_id"]])
        for desk in desks.to_dict("records")
        for said, slot in _of(slots, desk["sportello_id"])
    ]
    rows = pd.DataFrame(found, columns=list(COLUMNS), dtype=object)
    week = np.vstack([usual_week.open_in(*one, today=today) for one in _times(rows)])
    index = pd.Index(desks["sportello_id"])
    return Offers(
        rows.drop(columns="closures"), week, index, index.get_indexer(pd.Index(rows["sportello_id"])), today
    )


def _times(rows: pd.DataFrame) -> Iterable[tuple[str | None, Any]]:
    return zip(rows["hours"], rows["closures"], strict=True)


def _slots(store: Store | None) -> dict[str, list[dict[Any, Any]]]:
    """Desk → its slots where people are received in person."""
    found: dict[str, list[dict[Any, Any]]] = {}
    for one in [] if store is None else reading.table(store, "sessioni").to_dict("records"):
        if one["reception"] not in ELSEWHERE:
            found.setdefault(one["sportello_id"], []).append(one)
    return found


def _kept(store: Store | None) -> pd.DataFrame:
    """What only the registry knows of desks: lists as lists."""
    names = ["themes", "targets", "access", "areas", "closures"]
    if store is None:
        return pd.DataFrame(columns=names, dtype=object)
    return reading.table(store, "sportelli").set_index("id")[names]


def _of(slots: dict[str, list[dict[Any, Any]]], key: str) -> list[tuple[bool, dict[Any, Any]]]:
    known = slots.get(key)
    return [(True, one) for one in known] if known else [(False, {})]


def _row(desk: dict[Any, Any], said: bool, slot: dict[Any, Any], kept: pd.Series) -> dict[str, Any]:
    days = (slot.get("confirmed_on"), desk["confirmed_on"], slot.get("source_date"), desk["source_date"])
    since, until = last(days)
    lists = {name: _list(kept[name], desk.get(name)) for name in ("themes", "targets")}
    return {
        "sportello_id": desk["sportello_id"],
        "sessione_id": slot["id"] if said else None,
        "ambito_id": _or_none(desk["ambito_id"]),
        "hours": slot.get("hours"),
        "languages": slot.get("languages"),
        "capacity": slot.get("capacity"),
        "evidence": desk["evidence"],
        "access": _list(kept["access"]),
        "areas": _list(kept["areas"]),
        "closures": _list(kept["closures"]),
        "said_from": since,
        "said_until": until,
        **lists,
    }


def _list(*cells: Any) -> list[Any] | None:
    """The first cell that says something, as a list."""
    for cell in cells:
        if isinstance(cell, list):
            return cell or None
        if isinstance(cell, str) and cell:
            return cell.split(";")
    return None


def spoken(told: Any) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day that a date may mean; missing where there is none.

    >>> spoken("2022-03"), spoken("2019")
    ((datetime.date(2022, 3, 1), datetime.date(2022, 3, 31)), (datetime.date(2019, 1, 1), datetime.date(2019, 12, 31)))
    """
    if isinstance(told, dt.date):
        return told, told
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", told) if isinstance(told, str) else None
    if not found:
        return None, None
    period = pd.Period(found[0], freq="YMD"[sum(part is not None for part in found.groups()) - 1])
    return period.start_time.date(), period.end_time.date()


def last(told: Iterable[Any]) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day that the latest of several dates may mean; missing where there is none.

    >>> last(["2019", None, "2022-03"])
    (datetime.date(2022, 3, 1), datetime.date(2022, 3, 31))
    """
    known = [(since, until) for since, until in map(spoken, told) if since and until]
    return (max(since for since, _ in known), max(until for _, until in known)) if known else (None, None)


def counted(table: Table, asked: Need) -> list[str]:
    """The desks that count at all: placed, open as far as we know, of the kinds and evidence asked for."""
    levels = EVIDENCE[: EVIDENCE.index(asked.evidence) + 1]
    desks = joined.counted(joined.sportelli(table), kinds=asked.kinds, evidence=levels)
    return [str(key) for key in desks["sportello_id"]]


def conditions(of: Offers, asked: Need, homes: pd.DataFrame, *, in_reach: pd.Series) -> dict[str, Truth]:
    """Whether each offer keeps each condition that is asked.

    Parameters
    ----------
    homes
        Where people may live, one row each: ``comune_code``, ``ambito_id``, ``province`` (missing where not known).
    in_reach
        Foreign residents within the limit of each desk.

    Returns
    -------
    truth
        Key of ``CONDITIONS`` → shape (offers, 1), or (offers, homes) where it depends on where somebody lives.
    """
    asked_of: dict[str, tuple[bool, Callable[[], Truth]]] = {
        "hours": (
            bool(asked.when),
            lambda: _column(usual_week.met(of.week, usual_week.free(asked.when))),
        ),
        "language": (bool(asked.languages), lambda: _spoken(of, asked.languages)),
        "theme": (bool(asked.themes), lambda: _dealt_with(of, asked.themes)),
        "eligibility": (bool(asked.target or asked.home), lambda: _received(of, asked, homes)),
        "walk_in": (asked.walk_in, lambda: _walk_in(of)),
        "capacity": (asked.capacity > 0, lambda: _room(of, asked.capacity, in_reach)),
        "freshness": (asked.fresh > 0, lambda: _fresh(of, asked.fresh)),
    }
    return {name: truth() for name, (wanted, truth) in asked_of.items() if wanted}


def kept(of: Offers, truths: dict[str, Truth]) -> Truth:
    """Whether each desk has an offer that keeps all conditions; shape (desks, 1) or (desks, homes)."""
    everything = np.full((len(of.rows), 1), YES, dtype=np.int8)
    return by_desk(together(everything, *truths.values()), of.desk, desks=len(of.desks))


def _column(truth: Truth) -> Truth:
    return truth.reshape(-1, 1)


def _each(cells: pd.Series, holds: Callable[[list[Any]], bool]) -> Truth:
    """``UNKNOWN`` where a cell is missing, else whether it holds."""
    told = [isinstance(cell, list) for cell in cells]
    found = [isinstance(cell, list) and holds(cell) for cell in cells]
    return _column(truth_of(np.array(told, dtype=bool), np.array(found, dtype=bool)))


@cache
def asked_as(language: str) -> str:
    """The language in which somebody who speaks it asks: that of its group, else itself."""
    groups = vocabulary("language_groups")["asked_as"]
    return str(groups.get(language, language))


def _spoken(of: Offers, languages: Sequence[str]) -> Truth:
    wanted = {asked_as(code) for code in languages}
    if EVERYWHERE_SPOKEN in wanted:
        return np.full((len(of.rows), 1), YES, dtype=np.int8)
    return _each(of.rows["languages"], lambda said: bool(wanted & {asked_as(code) for code in said}))


def _dealt_with(of: Offers, themes: Sequence[str]) -> Truth:
    return _each(of.rows["themes"], lambda said: set(themes) <= set(said))


@cache
def wider(target: str) -> frozenset[str]:
    """A group of people and every group that it is part of.

    >>> sorted(wider("rifugiati"))
    ['cittadini_paesi_terzi', 'cittadini_stranieri', 'rifugiati', 'tutti']
    """
    parents = [code for code in vocabulary("targets")["within"][target].split(";") if code]
    return frozenset({target}).union(*map(wider, parents))


def _received(of: Offers, asked: Need, homes: pd.DataFrame) -> Truth:
    """Whether somebody like that, of each home, is received."""
    truth = np.full((len(of.rows), 1), YES, dtype=np.int8)
    if asked.target:
        like = wider(asked.target) | {EVERYBODY}
        truth = np.minimum(truth, _each(of.rows["targets"], lambda said: bool(like & set(said))))
    if asked.home:
        truth = np.minimum(truth, _of_home(of.rows["areas"], homes))
    return truth


def _of_home(said: pd.Series, homes: pd.DataFrame) -> Truth:
    """Whether people of each home are received; offers with the same areas are asked once."""
    keys = [tuple(cell) if isinstance(cell, list) else None for cell in said]
    if not any(keys):
        return np.full((len(keys), 1), UNKNOWN, dtype=np.int8)
    people = [areas.Home(code, _or_none(ambito), _or_none(province)) for code, ambito, province in
              homes[["comune_code", "ambito_id", "province"]].itertuples(index=False, name=None)]  # fmt: skip
    value = {None: UNKNOWN, False: NO, True: YES}
    rows = {
        key: np.array([value[areas.receives(key, home)] for home in people], dtype=np.int8)
        for key in set(keys)
    }
    return np.vstack([rows[key] for key in keys])


def _or_none(cell: Any) -> str | None:
    return None if missing(cell) else str(cell)


def _walk_in(of: Offers) -> Truth:
    return _each(of.rows["access"], lambda said: bool({"libero", "misto"} & set(said)))


def weekly_hours(of: Offers) -> pd.DataFrame:
    """Hours a week of each desk: ``least``, those known, and ``most``, with all that is not known."""
    week = by_desk(of.week, of.desk, desks=len(of.desks))
    each = usual_week.SLOT_MIN / 60
    hours = {name: (week >= truth).sum(axis=1) * each for name, truth in (("least", YES), ("most", UNKNOWN))}
    return pd.DataFrame(hours, index=of.desks)


def _room(of: Offers, least: float, in_reach: pd.Series) -> Truth:
    """Whether a desk is open long enough for the people within its reach: hours a week for every 1,000 of them."""
    told = weekly_hours(of)
    needed = least * in_reach.reindex(of.desks, fill_value=0.0).to_numpy(float) / 1000
    enough, never = (told["least"] >= needed).to_numpy(bool), (told["most"] < needed).to_numpy(bool)
    return _column(truth_of(enough | never, enough)[of.desk])


def _fresh(of: Offers, months: int) -> Truth:
    """Whether somebody said or confirmed it since then."""
    since = (pd.Timestamp(of.today) - pd.DateOffset(months=months)).date()
    early, late = of.rows["said_from"], of.rows["said_until"]
    surely = np.array([day is not None and day >= since for day in early], dtype=bool)
    never = np.array([day is not None and day < since for day in late], dtype=bool)
    return _column(truth_of(surely | never, surely))


def homes(comuni: gpd.GeoDataFrame) -> pd.DataFrame:
    """Where people may live: every comune, in order of its code."""
    known = comuni[["comune_code", "ambito_id", "province"]].sort_values("comune_code")
    return pd.DataFrame(known).reset_index(drop=True)
