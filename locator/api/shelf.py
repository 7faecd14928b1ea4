"""The public records of one snapshot, each written once: answers are put together of bytes that are ready.

A question is answered once a moment and remembered; its pages are cut from the same answer.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from data.label import read_label
from data.registry.store import ROME
from locator.api import cursors, shapes
from locator.api.asking import GEOJSON, Question
from locator.api.cursors import Cursor, Key
from locator.finding import NOW, Ask, Found, every, order, results
from locator.opening import minute_of
from locator.records import Association, Desk
from locator.snapshot import Ambito, Snapshot
from locator.travel import Origin

REMEMBERED: Final = 64
"""How many answers to questions are remembered."""
LABELS: Final = {
    "sportelli": "sportelli",
    "sessioni": "sportelli",
    "associazioni": "associazioni",
    "ambiti": "ambiti",
}
"""Collection → the label that says where its first rows come from."""


class Facts(NamedTuple):
    """What no snapshot says of an Ambito: how it is known that it is there, and its outline as GeoJSON."""

    evidence: str | None
    sources: list[str] | None
    outline: bytes


class Written(NamedTuple):
    """A record as JSON, and its geometry as GeoJSON."""

    said: bytes
    geometry: bytes


class Hit(NamedTuple):
    """A record that answers: its place in the order, its key, and how it answers where it can be asked something."""

    place: Key
    id: str
    found: Found | None


class Hits(NamedTuple):
    """What answers a question in order, and from where."""

    found: Sequence[Hit]
    places: Sequence[Key]
    origin: Origin | None


@dataclass(frozen=True)
class Ground:
    """What answers need beside a snapshot: facts on Ambiti, and the address of the page on licences."""

    ambiti: Callable[[], Mapping[str, Facts]]
    licence_page: str


class Shelf:
    """The records of a snapshot by collection, ready to be sent."""

    def __init__(self, now: Snapshot, ground: Ground) -> None:
        self.now = now
        self.ground = ground
        self.hits = lru_cache(REMEMBERED)(self._hits)
        self._written: dict[tuple[str, str], Written] = {}

    @cached_property
    def records(self) -> Mapping[str, Mapping[str, Desk | Association | Ambito]]:
        """Collection → key → record; a slot is its desk as if it had that slot alone."""
        return {
            "sportelli": self.now.desk,
            "sessioni": self._by_slot,
            "associazioni": self.now.association,
            "ambiti": self.now.ambito,
        }

    def written(self, collection: str, key: str) -> Written:
        """A record that is there, written when it is first asked for."""
        if (collection, key) not in self._written:
            self._written[collection, key] = self._write(collection, self.records[collection][key])
        return self._written[collection, key]

    def _write(self, collection: str, one: Desk | Association | Ambito) -> Written:
        if isinstance(one, Ambito):
            facts = self.ground.ambiti().get(one.id, Facts(None, None, b"null"))
            return Written(_bytes(_ambito(one, facts)), facts.outline)
        if isinstance(one, Association):
            return Written(_bytes(shapes.associazione(one)), _point(one))
        if collection == "sessioni":
            return Written(_bytes(shapes.sessione(one.slots[0], one.id)), _point(one))
        return Written(_bytes(shapes.sportello(one)), _point(one))

    @cached_property
    def _by_slot(self) -> dict[str, Desk]:
        return {slot.id: replace(one, slots=(slot,)) for one in self.now.desks for slot in one.slots}

    @cached_property
    def licences(self) -> Mapping[str, bytes]:
        """Collection → what can be said of its licence."""
        return {name: _bytes(licence(dataset, self.ground.licence_page)) for name, dataset in LABELS.items()}

    def one(self, collection: str, key: str, form: str) -> bytes | None:
        """One record; missing where there is none."""
        if key not in self.records[collection]:
            return None
        found = self.written(collection, key)
        return _feature(key, found.said, found.geometry) if form == GEOJSON else found.said

    def page(self, collection: str, asked: Question, *, now: dt.datetime, here: str) -> bytes:
        """A page of a collection.

        Parameters
        ----------
        now
            The moment; a page after the first is of the moment of the first.
        here
            The address of the collection, for that of the page that follows.
        """
        mark = cursors.of_question(collection, asked.sportello, *vars(asked.asked).values())
        after = cursors.read(asked.cursor, mark) if asked.cursor else None
        minute = 0
        if asked.asked.when == NOW:
            minute = minute_of(now) if after is None else cursors.checked(after.minute, self.now.today)
        hits = self.hits(collection, asked.asked, asked.sportello, minute)
        start = cursors.position(hits.places, after)
        shown = hits.found[start : start + asked.limit]
        following = None
        if start + len(shown) < len(hits.found):
            cursor = cursors.written(Cursor(mark, minute, shown[-1].place))
            following = f"{here}?{urlencode([*asked.told, ('cursore', cursor)])}"
        told = [self._told(collection, one, hits.origin) for one in shown]
        return self._page(collection, told, hits, following, form=asked.form)

    def _told(self, collection: str, one: Hit, origin: Origin | None) -> tuple[str, bytes, bytes]:
        """A record that answers: its key, what it says and what the question adds, and where it is."""
        written = self.written(collection, one.id)
        if one.found is None:
            return one.id, written.said, written.geometry
        more = _bytes(shapes.answer(one.found, origin))
        return one.id, written.said[:-1] + b"," + more[1:], written.geometry

    def _page(
        self,
        collection: str,
        told: Sequence[tuple[str, bytes, bytes]],
        hits: Hits,
        following: str | None,
        *,
        form: str,
    ) -> bytes:
        """Records in their envelope."""
        origin = hits.origin
        start = None if origin is None else shapes.departure(origin, self.now.travel.network).model_dump()
        around = {"versione": self.now.mark, "giorno": self.now.today.isoformat(), "totale": len(hits.found)}
        head = _json({**around, "partenza": start, "successivo": following})
        head = head[:-1] + b',"licenza":' + self.licences[collection]
        if form == GEOJSON:
            features = b",".join(_feature(*one) for one in told)
            return b'{"type":"FeatureCollection",' + head[1:] + b',"features":[' + features + b"]}"
        return head + b',"dati":[' + b",".join(said for _, said, _ in told) + b"]}"

    def _hits(self, collection: str, asked: Ask, sportello: str, minute: int) -> Hits:
        """What answers a question, as the pages answer it, at a minute since 1970 where ``now`` is asked."""
        if collection in {"associazioni", "ambiti"}:
            return _by_key(self._listed(collection, asked.ambito))
        moment = dt.datetime.fromtimestamp(minute * 60, ROME)
        of_slot = {key: one for key, one in self._by_slot.items() if not sportello or one.id == sportello}
        desks = self.now.desks if collection == "sportelli" else tuple(of_slot.values())
        answered = every(results(desks, self.now.travel, asked, now=moment))
        origin = self.now.travel.origins[self.now.travel.row[asked.origin]] if asked.origin else None
        found = [_hit(one, collection, asked.mode, origin) for one in answered]
        return _in_order(found, origin)

    def _listed(self, collection: str, ambito: str) -> list[str]:
        if collection == "ambiti":
            return [key for key in self.now.ambito if ambito in {"", key}]
        return [one.id for one in self.now.associations if ambito in {"", one.place.ambito_id}]


def _hit(one: Found, collection: str, mode: str, origin: Origin | None) -> Hit:
    """A desk, or the one slot of it, that answers: in order of minutes where somebody starts somewhere, else of key."""
    slot = one.desk.slots[0].id if collection == "sessioni" else ""
    minutes, car, km, desk = order(one, mode)
    place: Key = (minutes, car, km, desk, slot) if origin else (0, 0, 0.0, slot or desk, "")
    return Hit(place, slot or desk, one)


def _by_key(keys: Sequence[str]) -> Hits:
    return _in_order([Hit((0, 0, 0.0, key, ""), key, None) for key in keys], None)


def _in_order(found: Sequence[Hit], origin: Origin | None) -> Hits:
    ordered = sorted(found, key=lambda one: one.place)
    return Hits(ordered, [one.place for one in ordered], origin)


def _ambito(one: Ambito, facts: Facts) -> shapes.Ambito:
    return shapes.Ambito(
        id=one.id,
        name=one.name,
        province=one.province,
        lab_impact=one.lab_impact,
        comuni=[shapes.Comune(code=place.comune_code, name=place.comune) for place in one.comuni],
        evidence=facts.evidence,
        sources=facts.sources,
        reference_date=read_label("ambiti").reference_date,
    )


def licence(dataset: str, page: str) -> shapes.Licence:
    """What can be said of the licence of a dataset: what its label says, no more."""
    label = read_label(dataset)
    return shapes.Licence(testo=label.licence, attribuzione=label.attribution, pagina=page)


def _point(one: Desk | Association) -> bytes:
    if one.place.lon is None:
        return b"null"
    return _json({"type": "Point", "coordinates": [one.place.lon, one.place.lat]})


def _feature(key: str, said: bytes, geometry: bytes) -> bytes:
    head = b'{"type":"Feature","id":' + _json(key) + b',"geometry":' + geometry
    return head + b',"properties":' + said + b"}"


def _bytes(shape: shapes.Shape) -> bytes:
    return shape.model_dump_json(by_alias=True).encode()


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
