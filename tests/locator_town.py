"""A small invented town with every sort of desk, for tests of the public pages; every answer is known by heart.

Minutes on foot, by bike, by car from each place (a dash where nobody gets there):

                 Piazza (Borgo)   Stazione (Borgo)   Riva        Colle
    sp-piazza     5   2   2        20   7   5        60  20  10   -  60  25
    sp-riva      55  18   9        45  15   8         4   2   2   -  70  30
    sp-ferie     10   4   3        15   5   4        65  22  11   -  62  26
    sp-rifugiati 25   8   6         5   2   2        50  17   9   -  65  28
    sp-colle      -  60  25         -  62  26         - 70  30    6   2   2
    sp-veleno    12   5   4        12   5   4        66  23  12   -  63  27

``sp-telefono`` answers by telephone only, ``sp-ignoto`` is nobody knows where.
"""

import datetime as dt
import functools
from dataclasses import replace

import numpy as np

from data.registry.store import ROME
from locator.opening import coming, usual
from locator.records import Association, Desk, Place, Said, Slot
from locator.snapshot import Ambito, Snapshot
from locator.travel import FAR, MODES, Origin, Reach, Travel

TODAY = dt.date(2026, 11, 24)
"""A Tuesday."""
MOMENT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=ROME)

PLANTED = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}javascript:alert(3)&lt;"
"""What somebody may plant in any field."""

SAID = Said("A", "https://www.borgo.example/sportello", "2022-03", None)
NOWHERE = Place(None, None, None, None, None, None, None, None, "unknown", None)

ORIGINS = (
    Origin("p1", "Piazza", "900001", "Borgo", "BG", "borgo", "borgo", 9.6700, 45.6900, 9000, True),
    Origin("p2", "Stazione", "900001", "Borgo", "BG", "borgo", "borgo", 9.6800, 45.6800, 3000, False),
    Origin("p3", "Riva", "900002", "Riva sul Lago", "BG", "borgo", "borgo", 9.7100, 45.6900, 2000, True),
    Origin("p4", "Colle", "900003", "Colle", "LO", "colle", "colle", 9.5000, 45.3000, 500, True),
)

MINUTES = {
    "sp-piazza": ((5, 2, 2), (20, 7, 5), (60, 20, 10), (None, 60, 25)),
    "sp-riva": ((55, 18, 9), (45, 15, 8), (4, 2, 2), (None, 70, 30)),
    "sp-ferie": ((10, 4, 3), (15, 5, 4), (65, 22, 11), (None, 62, 26)),
    "sp-rifugiati": ((25, 8, 6), (5, 2, 2), (50, 17, 9), (None, 65, 28)),
    "sp-colle": ((None, 60, 25), (None, 62, 26), (None, 70, 30), (6, 2, 2)),
    "sp-veleno": ((12, 5, 4), (12, 5, 4), (66, 23, 12), (None, 63, 27)),
}
"""Desk → by place, minutes of each of ``MODES``."""


def place(comune="Borgo", *, address=None, lon=9.67, lat=45.69, precision="address"):
    """A place in one of the comuni."""
    home = next(one for one in ORIGINS if one.main and one.comune == comune)
    return Place(
        address, "24100", home.comune_code, comune, home.province, home.ambito_id, lon, lat, precision, 100.0
    )


def slot(key, hours=None, *, languages=None, reception=None, mediator=None, closures=()):
    """A slot; hours were confirmed on 12 November 2026."""
    return Slot(
        id=key,
        reception=reception,
        hours=hours,
        week=usual(hours, closures, today=TODAY) if hours else None,
        coming=coming(hours, closures, today=TODAY) if hours else None,
        languages=languages,
        mediator=mediator,
        confirmed_on=dt.date(2026, 11, 12) if hours else None,
        source_date=None,
    )


def desk(key, name, **said):
    """A desk of which nothing is known but what is said here."""
    unknown = dict.fromkeys(
        "ente phone email web themes targets access access_note cost areas description".split()
    )
    usual_of = {
        "kind": "sportello_comunale",
        "status": "attivo",
        "place": NOWHERE,
        "closures": (),
        "slots": (),
    }
    return Desk(id=key, name=name, **{**unknown, **usual_of, "said": SAID, **said})


def desks():
    """Every desk, by key."""
    shut = ({"from": "2026-11-20", "until": "2026-12-05", "why": "lavori"},)
    ones = (
        desk(
            "sp-piazza", "Sportello di piazza", ente="Comune di Borgo", place=place(address="Via Roma 3"),
            phone="035 399111", email="sportello@borgo.example", web="https://www.borgo.example/",
            themes=("permesso_soggiorno", "ricongiungimento"), targets=("cittadini_stranieri",),
            access=("libero",), cost="gratuito", said=replace(SAID, confirmed_on=dt.date(2026, 11, 12)),
            slots=(
                slot("s1", "Mo,Tu,Th,Fr 09:00-12:30; We 14:00-17:00", languages=("ar", "en"), mediator="in_presenza"),
            ),
            description="Aiuta a compilare il kit.",
        ),
        desk(
            "sp-riva", "Sportello di riva", status="non_verificato", phone="0364321365",
            place=place("Riva sul Lago", lon=9.71, precision="settlement"), themes=("permesso_soggiorno",),
        ),
        desk(
            "sp-telefono", "Linea verde", kind="associazione", place=place(lon=None, lat=None, precision="unknown"),
            phone="800 290290", themes=("ascolto", "permesso_soggiorno"),
            slots=(slot("s3", "Mo-Sa 08:00-20:00", languages=("fr", "ar", "it"), reception="telefono"),),
        ),
        desk(
            "sp-ferie", "Patronato dei lavori", kind="patronato", place=place(address="Via dei Lavori 8", lon=9.675),
            closures=shut, themes=("lavoro",), access=("appuntamento",), access_note="Si prenota per telefono",
            slots=(slot("s4", "Tu 09:00-13:00", closures=shut),),
        ),
        desk(
            "sp-rifugiati", "Sportello rifugiati", place=place(address="Via Po 1", lon=9.68, lat=45.68),
            themes=("asilo",), targets=("rifugiati",), areas=("ambito:borgo",), slots=(slot("s5", languages=("uk",)),),
        ),
        desk("sp-ignoto", "Ufficio ignoto", status="da_verificare", said=Said("C", None, None, None)),
        desk(
            "sp-colle", "Sportello del sabato", place=place("Colle", address="Via Alta 2", lon=9.5, lat=45.3),
            themes=("permesso_soggiorno", "corsi_italiano"), slots=(slot("s7", "Sa 09:00-12:00; PH off"),),
        ),
        poisoned(),
    )  # fmt: skip
    return tuple(sorted(ones, key=lambda one: one.id))


def poisoned():
    """A desk with something planted in every field, codes too, as if nobody had checked; areas keep to a pattern."""
    return desk(
        "sp-veleno", PLANTED, ente=PLANTED, kind=PLANTED, status="attivo", phone=PLANTED, email=PLANTED, web=None,
        place=replace(place(address=PLANTED), postcode=PLANTED), themes=(PLANTED,), targets=(PLANTED,),
        access=(PLANTED,), access_note=PLANTED, cost=PLANTED, description=PLANTED,
        closures=({"from": "2026-11-20", "until": "2026-12-05", "why": PLANTED},),
        slots=(replace(slot("s8", languages=(PLANTED,)), mediator=PLANTED, reception=PLANTED),),
        said=Said("B", None, PLANTED, None),
    )  # fmt: skip


def associations():
    """One association of which much is known, and one with something planted in every field."""
    known = Association(
        id="as-amici", name="Amici di Borgo", kind="associazione_migranti", status="attivo",
        place=place(address="Via Roma 5"), phone="035399112", email="amici@borgo.example", web=None,
        communities=("Senegal",), activities=("culturale",), languages=("wo",), description=None, said=SAID,
    )  # fmt: skip
    planted = replace(
        known, id="as-veleno", name=PLANTED, kind=PLANTED, place=replace(place(), address=PLANTED), phone=PLANTED,
        email=PLANTED, communities=(PLANTED,), activities=(PLANTED,), languages=(PLANTED,), description=PLANTED,
        said=Said("B", None, PLANTED, None),
    )  # fmt: skip
    return known, planted


def travel():
    """The minutes of the table above; the band is a fifth less and a fifth more."""
    told = np.array([MINUTES[key] for key in sorted(MINUTES)], dtype=object)
    best = np.where(told == None, FAR, told).astype(np.uint8)  # noqa: E711
    low, high = (np.where(best == FAR, FAR, best * share).astype(np.uint8) for share in (0.8, 1.2))
    reach = {
        mode: Reach(*(one[:, :, number].T.copy() for one in (best, low, high)))
        for number, mode in enumerate(MODES)
    }
    return Travel(ORIGINS, tuple(sorted(MINUTES)), reach, "rete di prova")


@functools.cache
def town() -> Snapshot:
    """The snapshot of the town on ``TODAY``: three comuni in two Ambiti, eight desks, two associations.

    Change it with ``dataclasses.replace`` (``replace(town(), desks=…)``); it is shared and never changes itself.
    """
    named = {"borgo": ("Ambito di Borgo", "BG"), "colle": ("Ambito di Colle", "LO")}
    ambiti = tuple(
        Ambito(key, name, province, True, tuple(one for one in ORIGINS if one.main and one.ambito_id == key))
        for key, (name, province) in named.items()
    )
    return Snapshot("borgo1234567", TODAY, desks(), associations(), ambiti, travel())
