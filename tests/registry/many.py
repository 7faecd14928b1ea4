"""Five hundred invented records of every kind, with every field now and then missing, the same at each run."""

import datetime as dt
import random
from functools import cache

from data import catalog
from data.registry import areas, changes, checks, model
from data.registry.changes import Act
from data.vocabularies import vocabulary

COUNTS = {"enti": 60, "sportelli": 160, "sessioni": 180, "associazioni": 50, "mediazione": 30, "sostegni": 20}
WORDS = ["accoglienza", "perché", "città", "là", "Übersee", "مرحبا بكم", "中文", "=SOMMA(A1)", "l'ufficio", "“noi”",
         "5 × 2 €", "à la carte", "-1", "+39", "@tutti", "'apice", "a;b", "x, y", "ԲԳ", "e\u0301coute"]  # fmt: skip
HOURS = ["Mo-Fr 09:00-12:30", "Mo,We,Fr 09:00-12:00,14:00-16:00; PH off", "Th[1,3] 14:00-17:00", "Sa 08:30-12:00",
         "Mo-Fr 09:00-12:00; Aug off", 'Tu 10:00-12:00 "su appuntamento"', "24/7", "PH 09:00-11:00",
         "Mo-Th 09:00-12:00; Fr 10:00-13:00", "We[-1] 15:00-18:00", "Mo 9:00-12:00",
         "Jun-Sep Mo-Fr 08:00-14:00", "Su-Tu 10:00-24:00", "week 01-53/2 Mo 09:00-12:00",
         "Tu,Mo 15:00-17:00,09:00-12:00"]  # fmt: skip
PLACED = ("sportelli", "associazioni")


@cache
def many(seed=500):
    """Kind → records as ``standards`` gathers them, all of which the registry takes."""
    return Invented(random.Random(seed)).book()


class Invented:
    def __init__(self, chance):
        self.chance = chance
        self.areas = sorted(areas.known())
        self.comuni = sorted(catalog.load("comuni")["comune_code"])
        self.ambiti = sorted(catalog.load("ambiti")["ambito_id"])

    def book(self):
        book = {}
        for kind, count in COUNTS.items():
            book[kind] = [self.record(kind, number, book) for number in range(count)]
        return book

    def some(self, make, likely=0.6):
        return make() if self.chance.random() < likely else None

    def words(self, most=6):
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(1, most)))

    def line(self):
        return self.words().replace(";", ",")

    def several(self, values, most=4):
        return self.chance.sample(list(values), self.chance.randint(1, most))

    def day(self):
        return dt.date(2026, 1, 1) + dt.timedelta(days=self.chance.randrange(400))

    def closure(self):
        start = self.day()
        why = self.some(lambda: {"why": "ferie"}) or {}
        return {
            "from": start.isoformat(),
            "until": (start + dt.timedelta(days=self.chance.randrange(30))).isoformat(),
            **why,
        }

    def value(self, kind, name):
        chance = self.chance
        if name == "kind":
            return chance.choice(list(vocabulary(checks.KIND_VOCABULARIES[kind]).index))
        if name in {"themes", "targets", "access", "languages"}:
            return self.several(vocabulary(checks.VOCABULARIES[name]).index)
        if name in checks.VOCABULARIES:
            return chance.choice(list(vocabulary(checks.VOCABULARIES[name]).index))
        mail = ["info@uno.example", "due@due.example"]
        made = {
            "name": lambda: self.line() + chance.choice(["", " lungo" * 40]),
            "ambito_id": lambda: chance.choice(self.ambiti),
            "comune_code": lambda: chance.choice(self.comuni),
            "province": lambda: chance.choice(["BG", "MI", "SO"]),
            "postcode": lambda: f"{chance.randrange(20010, 27100)}",
            "phone": lambda: "; ".join(self.several(["02 123456", "+39 02.5550", "0371948130"], 2)),
            "email": lambda: chance.choice(["; ", ";"]).join(self.several(mail, 2)),
            "web": lambda: f"https://a.example/{chance.randrange(99)}?q=%C3%A0",
            "source_url": lambda: f"http://fonte.example/{chance.randrange(99)}",
            "source_date": lambda: chance.choice(["2024", "2025-03", "2026-11-22"]),
            "hours": lambda: chance.choice(HOURS),
            "areas": lambda: self.several(self.areas),
            "closures": lambda: [self.closure() for _ in range(chance.randint(1, 3))],
            "school_id": lambda: f"BGIC{chance.randrange(1000000):06}",
            "capacity": lambda: chance.randint(1, 40),
            "hours_a_year": lambda: chance.randint(1, 900),
            "confirm_every_months": lambda: chance.choice(model.INTERVALS),
            "description": lambda: self.chance.choice(
                [self.words(20), "Due righe\ne\n\nun capoverso: temi; altro", "x" * 4000]
            ),
        }
        listed = name in {"communities", "activities", "settings"}
        return [self.line(), self.words()] if listed else made.get(name, self.words)()

    def record(self, kind, number, book):
        table = model.KINDS[kind].__table__.columns
        said = {
            name: self.value(kind, name)
            if not table[name].nullable
            else self.some(lambda name=name: self.value(kind, name))
            for name in model.fields(kind)
            if name not in {"lon", "lat", "ente_id", "sportello_id"}
        }
        if kind in PLACED:
            point = self.some(lambda: (self.chance.uniform(8.6, 11.4), self.chance.uniform(44.7, 46.6)))
            said["lon"], said["lat"] = point or (None, None)
        if "ente_id" in table:
            enti = [one["id"] for one in book["enti"]][:50]  # ten enti have nothing under them
            free = kind == "sostegni" and self.chance.random() < 0.4
            said["ente_id"] = None if free else self.chance.choice(enti)
        if kind == "sessioni":
            desk = self.chance.choice(book["sportelli"][:120])
            said["sportello_id"], said["ambito_id"] = desk["id"], desk["ambito_id"]
        said = checks.tidied(said)
        if "name" in said:
            said["name"] = f"{said['name']} {number}"
        confirmed = self.some(lambda: self.day().isoformat(), 0.5)
        key = f"{model.PREFIXES[kind]}-{number:03}"
        return {"id": key, **said, "confirmed_on": confirmed, "changed_at": "2027-03-01T10:00:00+01:00"}


def kept(store, book):
    """Put a book into an empty registry."""
    with store.writing() as session:
        act = Act("seme", "seed", store.clock())
        for kind, ones in book.items():
            for one in ones:
                by = "conto:1" if one["confirmed_on"] else None
                changes.born(session, act, kind, one["id"], {**one, "confirmed_by": by})
