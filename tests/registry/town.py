"""Two Ambiti with a desk each, small enough to know every answer by heart."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from data.registry import changes, links, model, people
from data.registry.books import Change, Link
from data.registry.changes import Act
from data.registry.model import as_text, content
from data.registry.store import Store

BASE = {"evidence": "B", "confirm_every_months": 6}
DESK = {**BASE, "kind": "sportello_comunale", "status": "attivo", "themes": ["lavoro"]}
RECORDS = [
    ("enti", "en-bg", {**BASE, "name": "Comune di Borgo", "ambito_id": "bergamo", "email": "ufficio@borgo.example"}),
    ("enti", "en-tutti", {**BASE, "name": "Patronato di tutti"}),
    ("sportelli", "sp-bg", {**DESK, "name": "Sportello di Borgo", "ambito_id": "bergamo", "ente_id": "en-bg"}),
    ("sportelli", "sp-bg2", {**DESK, "name": "Sportello due", "ambito_id": "bergamo", "ente_id": "en-tutti"}),
    ("sportelli", "sp-da", {**DESK, "name": "Sportello di Molo", "ambito_id": "dalmine", "ente_id": "en-tutti"}),
    ("sessioni", "se-bg", {**BASE, "ambito_id": "bergamo", "sportello_id": "sp-bg", "hours": "Mo 09:00-12:00"}),
    ("sessioni", "se-da", {**BASE, "ambito_id": "dalmine", "sportello_id": "sp-da", "languages": ["ar"]}),
    ("associazioni", "as-da", {**BASE, "name": "Associazione di Molo", "ambito_id": "dalmine",
                               "kind": "rete", "status": "non_verificato"}),
    ("mediazione", "me-bg", {**BASE, "ambito_id": "bergamo", "ente_id": "en-tutti", "status": "attivo",
                             "areas": ["ambito:bergamo"]}),
    ("sostegni", "so-bg", {**BASE, "ambito_id": "bergamo", "school_id": "BGIC000001", "kind": "mediazione",
                           "status": "attivo"}),
]  # fmt: skip

EDITORS = {"regione": [], "bergamo": ["bergamo"], "dalmine": ["dalmine"], "due": ["bergamo", "dalmine"]}


@dataclass
class Town:
    """The registry of the town, and the passes of those who edit it."""

    store: Store
    passes: dict[str, str] = field(default_factory=dict)

    def signs_in(self, name):
        """A fresh pass, where days have gone by."""
        self.passes[name] = people.sign_in_vouched(self.store, f"https://id.example {name}")
        return self.passes[name]

    def version(self, kind, key):
        with self.store.reading() as session:
            return changes.record_of(session, kind, key, deleted=True).version

    def said(self, kind, key):
        with self.store.reading() as session:
            return content(changes.record_of(session, kind, key, deleted=True))

    def last_change(self, kind, key):
        with self.store.reading() as session:
            return changes.history_of(session, kind, key)[0].id

    def pulse(self):
        """How many lines the log has, how many links were given and taken back."""
        with self.store.reading() as session:
            counts = [select(func.count(column)) for column in (Change.id, Link.id, Link.revoked_at)]
            return [session.scalar(one) for one in counts]

    def everything(self):
        """Every record and every line of the log, as bytes."""
        with self.store.reading() as session:
            records = [
                (kind, one.id, one.version, as_text(content(one)))
                for kind, table in model.KINDS.items()
                for one in session.scalars(select(table).order_by(table.id))
            ]
            lines = [
                (one.id, one.who, one.how, one.after)
                for one in session.scalars(select(Change).order_by(Change.id))
            ]
        return records, lines


def built(store):
    """The town in an empty registry."""
    with store.writing() as session:
        for kind, key, said in RECORDS:
            changes.born(session, Act("seme", "seed", store.clock()), kind, key, said)
    town = Town(store)
    for name, ambiti in EDITORS.items():
        role = "ambito" if ambiti else "regione"
        people.add(store, name=name, role=role, ambiti=ambiti, oidc=f"https://id.example {name}")
        town.passes[name] = people.sign_in_vouched(store, f"https://id.example {name}")
    give = links.give
    town.passes["gestore"] = give(
        store, town.passes["bergamo"], records=[("sportelli", "sp-bg")], label="Borgo"
    )
    town.passes["ente"] = give(
        store, town.passes["regione"], records=[("enti", "en-tutti")], label="Patronato"
    )
    town.passes["nessuno"] = None
    return town
