"""Duplicates: what an office would call the same is proposed, and what only looks alike is not."""

import random
import shutil
import time

import pytest

from data.registry import changes, duplicates, likeness, seed
from data.registry.changes import Act
from data.registry.likeness import Rarity, names_alike, traits
from errors import NotAllowed, RecordMissing
from tests.registry.conftest import Clock, opened_at

BASE = {"evidence": "B", "confirm_every_months": 6, "status": "attivo", "kind": "sportello_comunale"}
BG, MI, LO, BS, TV = "016024", "015146", "098031", "017029", "016219"


def desk(name, comune=None, ente=None, **said):
    return {"name": name, "comune_code": comune, "ente_id": ente or "en-x", **said}


SAME = [
    # the same desk as two offices write it
    (desk("Sportello Immigrazione Comune di Bergamo", BG, "en-a", phone="035 399111", address="Via San Lazzaro, 3"),
     desk("Sportello immigrati Bergamo", BG, "en-a", phone="035/399111", address="v. San Lazzaro 3")),
    (desk("Centro di Ascolto Caritas Parrocchia S. Anna", BG, phone="+39 035 247777"),
     desk("Caritas Sant'Anna - centro ascolto", BG, phone="0039035247777")),
    (desk("Patronato A.C.L.I. Treviglio", TV, "en-b", address="P.za Garibaldi 1"),
     desk("Patronato ACLI di Treviglio", TV, "en-b", address="Piazza Garibaldi, 1")),
    (desk("Ufficio Stranieri CGIL Brescia", BS, email="stranieri@cgil.bs.example"),
     desk("CGIL Brescia sportello immigrazione", BS, email="Stranieri@CGIL.bs.example")),
    (desk("Punto Donna Lodi", LO, web="https://www.donna.example/lodi/"),
     desk("Punto donna", LO, web="http://donna.example/lodi")),
    (desk("Sportello Mondinsieme", BS, "en-c", address="Via Saffi 2"),
     desk("Mondinsieme", BS, "en-d", address="via Saffi 2 (primo piano)")),
    (desk("Sportello lavoro Welfare Lodi", LO, "en-e", phone="0371 409500"),
     desk("Sportelo lavoro Wellfare Lodi", LO, "en-e", phone="0371409500")),
    (desk("Consultorio Familiare Don Bosco", MI, phone="02 1234567; 02 1234568"),
     desk("Consultorio don Bosco onlus", MI, phone="02.1234568")),
    (desk("Associazione Lule ODV - sportello", MI, web="https://lule.example/sportello"),
     desk("Lule, sportello per stranieri", None, web="https://lule.example/sportello/")),
    (desk("Casa dei Diritti", MI, "en-f", address="Via De Amicis 10"),
     desk("Casa dei diritti - Comune di Milano", MI, "en-f", address="V.le de Amicis, 10")),
    (desk("Scuola di italiano Penny Wirton", MI, email="penny@wirton.example"),
     desk("Penny Wirton - scuola italiano per migranti", MI, email="penny@wirton.example; altra@wirton.example")),
    (desk("Sportello Bergamo Integra", BG, "en-g", lon=9.6701, lat=45.6951),
     desk("Bergamo integra (sportello)", BG, "en-g", lon=9.6703, lat=45.6952)),
    (desk("Segretariato sociale Città Alta", BG, "en-h"), desk("Segretariato Sociale di Citta' Alta", BG, "en-h")),
    (desk("Ufficio di Piano Treviglio - sportello badanti", TV, "en-i", phone="0363 317500"),
     desk("Sportello badanti Ufficio Piano", TV, "en-i", phone="0363317500")),
    (desk("Croce Rossa Italiana - Comitato di Lodi", LO, phone="0371 431131"),
     desk("CRI Croce Rossa Comitato Lodi", LO, phone="0371 431131")),
    (desk("Naga - Associazione volontaria", MI, address="Via Zamenhof 7/a"),
     desk("NAGA ODV", MI, address="via Zamenhof 7 A")),
    (desk("Sportello Assistenti Familiari", LO, "en-j", address="Via Volturno 4"),
     desk("Sportello assistenza familiare", LO, "en-j", address="Via Volturno 4")),
    (desk("Cooperativa Ruah, sportello legale", BG, web="https://cooperativaruah.example/legale"),
     desk("Sportello legale Ruah soc. coop. sociale", BG, web="https://www.cooperativaruah.example/legale")),
    (desk("Spazio Aperto Servizi", MI, email="info@spazioaperto.example", phone="02 26000000"),
     desk("Spazio Aperto", None, email="info@spazioaperto.example", phone="0226000000")),
    (desk("Welcome Center Brescia", BS, "en-k", address="Largo Torrelunga 7"),
     desk("Welcome center di Brescia", BS, "en-l", address="L.go Torrelunga, 7")),
    (desk("Biblioteca vivente Caversazzi", BG, phone="035399430"),
     desk("Biblioteca Caversazzi", BG, phone="035 39 94 30", address="Via Tasso 4")),
    (desk("Unità mobile Avenida", MI, email="avenida@unita.example"),
     desk("Unita mobile \"Avenida\"", None, email="avenida@unita.example")),
]  # fmt: skip

OTHER = [
    # desks of one ente at one number, one address, one page
    (desk("Ufficio Migranti CGIL Gallarate", "012070", "en-m", phone="0332 195601", email="migranti@cgil.example"),
     desk("Ufficio Migranti CGIL Saronno", "012119", "en-m", phone="0332 195602", email="migranti@cgil.example")),
    (desk("Sportello Rifugiati Corso Roma", LO, "en-n", address="Corso Roma 73", email="s@lodi.example"),
     desk("Sportello Genitori Corso Roma", LO, "en-n", address="Corso Roma 73", email="s@lodi.example")),
    (desk("Segretariato sociale Loreto", BG, "en-o", phone="035 399888"),
     desk("Segretariato sociale Colognola", BG, "en-o", phone="035 399888")),
    (desk("CPIA 1 Varesina", MI, "en-p"), desk("CPIA 5 Varesina", MI, "en-p")),
    (desk("Municipio 3 - sportello sociale", MI, "en-q"), desk("Municipio 4 - sportello sociale", MI, "en-q")),
    (desk("Sportello casa Corvetto", MI, "en-r", phone="02 88440000"),
     desk("Sportello lavoro Corvetto", MI, "en-r", phone="02 88440000")),
    (desk("Questura di Como - Ufficio passaporti", "013075", "en-s", address="Viale Roosevelt 7"),
     desk("Questura di Como - Ufficio asilo", "013075", "en-s", address="Viale Roosevelt 7")),
    (desk("Patronato INCA Cantù", "013041", "en-t", web="https://inca.example/sedi"),
     desk("Patronato INCA Erba", "013095", "en-t", web="https://inca.example/sedi")),
    (desk("Centro di ascolto San Giorgio", "015077"), desk("Centro di ascolto San Giovanni", "015209")),
    (desk("Sportello stranieri", "017052", "en-u", address="Via Roma 1"),
     desk("Sportello stranieri", "017067", "en-v", address="Via Garibaldi 9")),
    (desk("Oratorio Longuelo", BG, phone="035 250000"), desk("Oratorio Boccaleone", BG, phone="035 311000")),
    (desk("Mensa dei poveri Cappuccini", MI, address="Viale Piave 2"),
     desk("Opera San Francesco", MI, address="Via Kramer 1")),
    (desk("Ambulatorio Oikos", BG, address="Via Borgo Palazzo 130"),
     desk("Sportello Borgo Palazzo", BG, address="Via Borgo Palazzo 130")),
    (desk("Informagiovani Crema", "019035", "en-w", web="https://comune.crema.example"),
     desk("Polizia locale Crema", "019035", "en-w", web="https://comune.crema.example")),
    (desk("Filo d'Arianna", MI), desk("Filo d'Arianna", BG)),
    (desk("Dormitorio Rubattino", MI, "en-y", email="info@coop.example"),
     desk("Docce Isonzo", MI, "en-y", email="info@coop.example")),
    (desk("Sede di Legnano", "015118", "en-z"), desk("Sede di Rho", "015182", "en-z")),
    (desk("Porta Orientale antiviolenza", MI, lon=9.2050, lat=45.4720),
     desk("Porta Romana antiviolenza", MI, lon=9.2060, lat=45.4510)),
    (desk("Prefettura di Pavia - cittadinanza", "018110", "en-aa", phone="0382 5121"),
     desk("Prefettura di Pavia - ricongiungimenti", "018110", "en-aa", phone="0382 5121")),
    (desk("Tavolo Albino", "016004", "en-ab"), desk("Tavolo Alzano", "016008", "en-ab")),
    (desk("Scuola Tenda", MI, address="Via Padova 10"), desk("Scuola Itama", MI, address="Via Padova 100")),
    (desk("Spazio Ponte donne", "015166", "en-ac", phone="02 55000001"),
     desk("Spazio Ponte minori", "015166", "en-ac", phone="02 55000002")),
]  # fmt: skip


def filled(store, records, kind="sportelli"):
    with store.writing() as session:
        act = Act("seme", "seed", store.clock())
        for key in sorted({said["ente_id"] for said in records.values() if "ente_id" in said}):
            changes.born(session, act, "enti", key, {**BASE, "name": f"Ente {key}", "kind": None})
        for key, said in records.items():
            changes.born(session, act, kind, key, {**BASE, **said})


def labelled():
    records, same = {}, set()
    for n, (label, (one, other)) in enumerate(
        [(True, pair) for pair in SAME] + [(False, pair) for pair in OTHER]
    ):
        records |= {f"sp-{n:02}-a": one, f"sp-{n:02}-b": other}
        same |= {(f"sp-{n:02}-a", f"sp-{n:02}-b")} if label else set()
    return records, same


def test_what_offices_write_twice_is_found_and_nothing_else(store):
    records, same = labelled()
    filled(store, records)
    found = {(pair.one, pair.other) for pair in duplicates.pairs(store)}
    names = {key: said["name"] for key, said in records.items()}
    missed = [names[one] for one, _ in same - found]
    wrong = [(names[one], names[other]) for one, other in found - same]
    assert len(SAME) + len(OTHER) >= 40
    assert len(found & same) / len(found) >= 0.95, wrong
    assert len(found & same) / len(same) >= 0.9, missed


def test_the_likeliest_comes_first_with_its_reasons(store):
    filled(store, {"sp-1": SAME[0][0], "sp-2": SAME[0][1]})
    (pair,) = duplicates.pairs(store)
    assert (pair.one, pair.other) == ("sp-1", "sp-2")
    assert 0.9 < pair.score <= 1
    assert {reason.word for reason in pair.reasons} == {"name", "phone", "address", "ente", "comune"}
    assert {reason.word for reason in pair.reasons} <= set(likeness.WORDS)
    assert next(one.detail for one in pair.reasons if one.word == "phone") == "+39035399111"


@pytest.mark.parametrize("pair", SAME[:6] + OTHER[:6], ids=range(12))
def test_which_of_the_two_comes_first_does_not_matter(pair):
    rarity = Rarity({}, 100)
    one, other = (traits("sportelli", str(n), said) for n, said in enumerate(pair))
    assert likeness.alike(one, other, rarity)[0] == pytest.approx(likeness.alike(other, one, rarity)[0])
    assert likeness.alike(one, one, rarity)[0] >= likeness.alike(one, other, rarity)[0]


def test_names_are_compared_without_what_says_nothing():
    rarity = Rarity({}, 100)

    def alike(one, other):
        return names_alike(*(traits("enti", "", {"name": name}) for name in (one, other)), rarity)[0]

    assert alike("Cooperativa sociale Ruah Onlus", "RUAH scs") > 0.9
    assert alike("Caritas ambrosiana", "Caritas Ambrosina") > 0.9
    assert alike("Sportello lavoro", "Sportello casa") < 0.3
    assert alike("", "Ruah") == 0


def test_nothing_known_in_common_is_no_pair(store):
    filled(store, {"sp-1": desk("Alfa", MI, "en-1"), "sp-2": desk("Beta", MI, "en-2")})
    assert duplicates.pairs(store, least=0.0) == []


def test_like_finds_on_entry_what_pairs_finds_in_the_registry(store):
    records, same = labelled()
    filled(store, {key: said for key, said in records.items() if key.endswith("a")})
    wanted = {one for one, _ in same}
    many = [said for key, said in records.items() if key.endswith("b")]
    found = duplicates.alike(store, "sportelli", many)
    assert len({pair.other for some in found for pair in some} & wanted) >= 0.85 * len(wanted)
    for said, some in zip(many, found, strict=True):
        assert duplicates.like(store, "sportelli", said) == some
    (pair,) = found[0]
    assert (pair.one, pair.other) == ("", "sp-00-a")
    assert duplicates.like(store, "sportelli", many[0], but=["sp-00-a"]) == []
    assert duplicates.like(store, "mediazione", {}) == []
    with pytest.raises(RecordMissing):
        duplicates.like(store, "changes", {})


def test_only_pairs_that_touch_the_ambito(store):
    one, other = SAME[0]
    filled(store, {"sp-1": {**one, "ambito_id": "bergamo"}, "sp-2": {**other, "ambito_id": "dalmine"}})
    assert (
        len(duplicates.pairs(store, ambito_id="dalmine"))
        == len(duplicates.pairs(store, ambito_id="bergamo"))
        == 1
    )
    assert duplicates.pairs(store, ambito_id="lodi") == []


def test_what_was_said_not_to_be_the_same_never_returns(town):
    store, passes = town.store, town.passes
    filled(
        store,
        {"sp-1": {**SAME[0][0], "ambito_id": "bergamo"}, "sp-2": {**SAME[0][1], "ambito_id": "dalmine"}},
    )
    (before,) = duplicates.pairs(store)
    for name, why in (("nessuno", "reading_only"), ("gestore", "not_here")):
        with pytest.raises(NotAllowed) as told:
            duplicates.not_the_same(store, passes[name], "sportelli", "sp-1", "sp-2")
        assert told.value.why == why
    duplicates.not_the_same(store, passes["bergamo"], "sportelli", "sp-2", "sp-1")
    duplicates.not_the_same(store, passes["dalmine"], "sportelli", "sp-1", "sp-2")
    assert duplicates.pairs(store) == []
    duplicates.same_after_all(store, passes["dalmine"], "sportelli", "sp-1", "sp-2")
    assert duplicates.pairs(store) == [before]
    with pytest.raises(RecordMissing):
        duplicates.same_after_all(store, passes["dalmine"], "sportelli", "sp-1", "sp-2")


def test_an_editor_of_neither_ambito_decides_nothing(town):
    with pytest.raises(NotAllowed, match="other_ambito"):
        duplicates.not_the_same(town.store, town.passes["dalmine"], "sportelli", "sp-bg", "sp-bg2")
    with pytest.raises(RecordMissing):
        duplicates.not_the_same(town.store, town.passes["bergamo"], "sportelli", "sp-bg", "sp-bg")
    with pytest.raises(RecordMissing):
        duplicates.not_the_same(town.store, town.passes["bergamo"], "sportelli", "sp-bg", "x' OR 1=1")


@pytest.mark.parametrize("kind, most", [("sportelli", 3), ("associazioni", 3), ("enti", 5)])
def test_the_real_tables_are_not_flooded(seeded, kind, most):
    assert len(duplicates.pairs(seeded, kind=kind)) <= most


@pytest.fixture(scope="module")
def seeded(pattern_file, tmp_path_factory):
    file = shutil.copy(pattern_file, tmp_path_factory.mktemp("seeded") / "registry.sqlite")
    store = opened_at(f"sqlite:///{file}", Clock())
    seed.seed(store)
    yield store
    store.close()


def test_many_are_compared_in_no_time(store):
    dice = random.Random(1)
    names = "Alba Bosco Cima Duna Eco Faro Gelso Lago Monte Nido Orto Ponte Rovo Sole Torre Uva Vela Zolla".split()
    records = {}
    for n in range(1500):
        phone = f"035 {dice.randint(100000, 999999)}"
        records[f"sp-{n}"] = desk(
            " ".join(dice.choices(names, k=3)), f"0{dice.randint(16001, 16250)}", phone=phone
        )
    filled(store, records)
    start = time.process_time()
    duplicates.pairs(store)
    duplicates.alike(store, "sportelli", list(records.values())[:300])
    assert time.process_time() - start < 10
