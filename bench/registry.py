"""The registry with very many desks: how long fifty questions take on each database, and what else is asked of it.

``python bench/registry.py [--desks 100000] [--rounds 5] [--only sqlite|postgresql] [--keep FOLDER]``. Desks are
invented, the same ones every time; PostgreSQL is a private one in a temporary folder, as in the tests.
"""

import argparse
import contextlib
import datetime as dt
import importlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from data import catalog
from data.registry import changes, duplicates, search
from data.registry.books import Change
from data.registry.changes import SEED, Act
from data.registry.freshness import CONFIRMED, NEVER, OVERDUE
from data.registry.model import KINDS, as_text, columns
from data.registry.search import Asked
from data.registry.store import Store, open_store
from data.vocabularies import vocabulary

postgres = importlib.import_module("tests.registry.postgres")
Rows = dict[str, list[dict[str, Any]]]
AT_ONCE = 5000
WHEN = dt.datetime(2026, 9, 1, 8, tzinfo=dt.UTC)
SAINTS = (
    "Ambrogio Anna Bartolomeo Carlo Cristoforo Donato Eufemia Fedele Gervaso Giorgio Lorenzo Rocco".split()
)
FAMILIES = "Alberti Bassani Cattaneo Donadoni Fumagalli Galli Invernizzi Locatelli Manzoni Negri".split()
NAMES = (
    "Sportello immigrazione", "Sportello stranieri", "Punto di ascolto", "Centro di ascolto Caritas",
    "Segretariato sociale", "Sportello lavoro", "Sportello casa", "Spazio donna", "Ufficio stranieri",
    "Welcome center", "Punto informativo", "Scuola di italiano", "Sportello per l'integrazione",
    "Servizio di mediazione",
)  # fmt: skip
TOLD = (
    "Si accede su appuntamento telefonico.", "Accompagna nelle pratiche del permesso di soggiorno.",
    "Corsi di italiano per adulti, con spazio bimbi.", "Aiuto nella ricerca di casa e nella lettura delle bollette.",
    "Orientamento ai servizi sanitari e al pediatra.", "Ascolto e invio ai servizi del territorio.",
    "Consulenza legale gratuita il primo giovedì del mese.", "Per donne sole o con figli, anche in dialetto arabo.",
)  # fmt: skip


def invented(desks: int) -> Rows:
    """What as many desks say, of one ente every twenty, with one or two sessioni each."""
    dice = random.Random(7)
    comuni, belongs = catalog.load("comuni"), catalog.load("ambito_comuni")
    home = dict(zip(belongs["comune_code"], belongs["ambito_id"], strict=True))
    places = list(zip(comuni["comune_code"], comuni["comune"], comuni["province"], strict=True))
    codes = {
        name: list(vocabulary(name).index) for name in ("service_kinds", "themes", "targets", "languages")
    }

    def common(ambito: str | None) -> dict[str, Any]:
        stamp = dice.random() < 0.6
        return {
            "ambito_id": ambito,
            "evidence": dice.choices("ABCD", [30, 40, 25, 5])[0],
            "confirm_every_months": dice.choice([3, 6, 12]),
            "confirmed_on": (WHEN.date() - dt.timedelta(days=dice.randrange(500))).isoformat()
            if stamp
            else None,
            "confirmed_by": "prova" if stamp else None,
        }

    found: Rows = {"enti": [], "sportelli": [], "sessioni": []}
    for number in range(max(1, desks // 20)):
        _, comune, _ = dice.choice(places)
        name = dice.choice(
            [f"Comune di {comune}", f"Cooperativa {dice.choice(FAMILIES)} {number}", f"Caritas di {comune}"]
        )
        found["enti"].append({"id": f"en-{number}", "name": name, "kind": None, **common(None)})
    for number in range(desks):
        code, comune, province = dice.choice(places)
        said = common(home.get(code))
        found["sportelli"].append(
            {
                **said,
                "id": f"sp-{number}",
                "ente_id": f"en-{dice.randrange(len(found['enti']))}",
                "name": f"{dice.choice(NAMES)} {dice.choice(['di', 'a', '-'])} {comune}",
                "kind": dice.choice(codes["service_kinds"]),
                "status": dice.choices(["attivo", "non_verificato", "chiuso"], [60, 30, 10])[0],
                "themes": dice.choice([None, sorted(dice.sample(codes["themes"], dice.randint(1, 5)))]),
                "targets": dice.choice([None, [dice.choice(codes["targets"])]]),
                "address": f"Via San {dice.choice(SAINTS)} {dice.randint(1, 120)}",
                "comune_code": code,
                "province": province[:2].upper(),
                "phone": dice.choice([None, f"0{dice.randint(2, 39)} {dice.randint(100000, 9999999)}"]),
                "email": dice.choice([None, f"ufficio{number}@ente{number % 977}.example"]),
                "description": " ".join(dice.sample(TOLD, dice.randint(0, 3))) or None,
                "notes": dice.choice([None, f"Referente: ufficio {dice.choice(FAMILIES)}"]),
            }
        )
        for turn in range(dice.randint(1, 2)):
            some = sorted(dice.sample(codes["languages"], dice.randint(1, 4)))
            slot = {"hours": "Mo 09:00-12:00", "languages": dice.choice([None, some])}
            found["sessioni"].append(
                {**said, "id": f"se-{number}-{turn}", "sportello_id": f"sp-{number}", **slot}
            )
    return found


def load(store: Store, rows: Rows) -> None:
    """The records with their lines in the log, many at a time; then the index."""
    act = Act(SEED, "seed", WHEN)
    with store.writing() as session:
        connection = session.connection()
        for kind, ones in rows.items():
            names = columns(kind)
            for start in range(0, len(ones), AT_ONCE):
                some = [
                    {**dict.fromkeys(names), **one, "version": 1, "created_at": WHEN, "changed_at": WHEN}
                    for one in ones[start : start + AT_ONCE]
                ]
                lines = [
                    {"batch": act.batch, "at": act.at, "who": act.who, "how": act.how, "kind": kind,
                     "record_id": one["id"], "version": 1, "before": None, "undoes": None, "after": as_text(_said(one))}
                    for one in some
                ]  # fmt: skip
                dated = [{**one, "confirmed_on": _day(one["confirmed_on"])} for one in some]
                connection.execute(sa.insert(KINDS[kind].__table__), dated)  # type: ignore[arg-type]
                connection.execute(sa.insert(Change.__table__), lines)  # type: ignore[arg-type]


def _said(one: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in one.items() if name not in {"version", "changed_at"}}
    return {**said, "created_at": WHEN.isoformat()}


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def questions() -> list[Asked]:
    """Fifty that people ask: a word as it is typed, a name, a filter, and both; among them the widest there are."""
    texts = (
        "s sp spor sportello|sportello bergamo|sportello immigrazione milano|caritas|centro di ascolto|città|cantù|"
        "san rocco|via san carlo 12|permesso di soggiorno|arabo|arabo bergamo|ucraino lodi|scuola di italiano|donne|"
        "segretariato sociale|"
        "cooperativa manzoni|comune di brescia|di|a|bollette|pediatra crema|consulenza legale gratuita|zzz|sportelo|"
        "ufficio 12"
    )
    words = [*texts.partition("|")[0].split(), *texts.partition("|")[2].split("|")]
    plain = [Asked(text) for text in words]
    desks = ("sportelli",)
    filtered = [
        Asked(),
        Asked(kinds=desks),
        Asked(ambito_id="bergamo"),
        Asked("sportello", ambito_id="bergamo"),
        Asked(themes=("lavoro",)),
        Asked(themes=("lavoro", "alloggio", "salute")),
        Asked("sportello", themes=("lavoro",)),
        Asked(languages=("ar",)),
        Asked(languages=("ar", "uk", "en", "fr")),
        Asked("caritas", languages=("ar",)),
        Asked(states=(OVERDUE,)),
        Asked(states=(NEVER, OVERDUE)),
        Asked(states=(CONFIRMED,), ambito_id="bergamo"),
        Asked("sportello", states=(OVERDUE,)),
        Asked(lowest=0.8),
        Asked(highest=0.3),
        Asked(lowest=0.4, highest=0.6, ambito_id="bergamo"),
        Asked("sportello", lowest=0.5),
        Asked(service_kinds=("sportello_comunale",)),
        Asked("sportello", service_kinds=("sportello_comunale", "caritas")),
        Asked("sportello", themes=("lavoro",), languages=("ar",), states=(OVERDUE,), lowest=0.3),
        Asked(deleted=True),
    ]
    return [*plain, *filtered]


def timed(ask: Callable[[], Any], rounds: int) -> float:
    """Milliseconds, the best of some rounds: what the machine does besides is not counted."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask()
        took.append((time.perf_counter() - start) * 1000)
    return min(took)


@contextlib.contextmanager
def address(database: str) -> Iterator[str | None]:
    """Where an empty registry may be made."""
    if database == "sqlite":
        yield None
        return
    with postgres.cluster() as server:
        engine = sa.create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE prova")
        engine.dispose()
        yield server.format("prova")


def measure(store: Store, rows: Rows, rounds: int) -> None:
    """Load, ask, print."""
    start = time.perf_counter()
    load(store, rows)
    loaded = time.perf_counter()
    search.reindex(store)
    say(f"  loaded in {loaded - start:.0f} s, indexed in {time.perf_counter() - loaded:.0f} s")
    if store.engine.dialect.name == "postgresql":
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE search_rows")
    asked = questions()
    took = [(timed(lambda one=one: search.find(store, one), rounds), one) for one in asked]  # type: ignore[misc]
    took.sort(key=lambda one: one[0])
    figures = [ms for ms, _ in took]
    say(
        f"  {len(asked)} questions: median {statistics.median(figures):.1f} ms, "
        f"95 % {figures[int(len(figures) * 0.95) - 1]:.1f} ms, worst {figures[-1]:.1f} ms"
    )
    for ms, one in took[-5:]:
        said = {name: value for name, value in vars(one).items() if value != getattr(Asked(), name)}
        say(f"    {ms:6.1f} ms  {said}")
    page = search.find(store, Asked("sportello"))
    say(
        f"  next page {timed(lambda: search.find(store, Asked('sportello'), after=page.more), rounds):.1f} ms"
    )
    say(f"  a suggestion {timed(lambda: search.suggest(store, 'sportelo imigrazione'), rounds):.1f} ms")
    say(f"  one edit {timed(lambda: _edit(store), rounds):.1f} ms")
    start = time.perf_counter()
    found = duplicates.pairs(store, kind="sportelli")
    say(f"  duplicates: {len(found)} pairs in {time.perf_counter() - start:.1f} s")


def _edit(store: Store) -> None:
    with store.writing() as session:
        one = changes.record_of(session, "sportelli", "sp-77")
        changes.changed(session, Act("prova", "edit", store.clock()), one, {"notes": f"giro {one.version}"})


def say(line: str) -> None:
    """One line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Each database in turn."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--desks", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", choices=["sqlite", "postgresql"])
    options.add_argument("--keep", type=Path)
    asked = options.parse_args()
    rows = invented(asked.desks)
    for database in [asked.only] if asked.only else ["sqlite", "postgresql"]:
        say(f"{database}, {asked.desks} desks")
        with address(database) as url, tempfile.TemporaryDirectory() as temporary:
            store = open_store(url, folder=asked.keep or Path(temporary), clock=lambda: WHEN)
            measure(store, rows, asked.rounds)
            store.close()


if __name__ == "__main__":
    main()
