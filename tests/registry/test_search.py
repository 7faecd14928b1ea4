"""Search: what is found is what a reader of every record would find, and the index is never behind."""

import dataclasses
import functools
import random

import pytest
import sqlalchemy as sa

from data.registry import books, changes, editing, freshness, reading, search, search_index, seed
from data.registry import store as stores
from data.registry.changes import Act
from data.registry.folding import asked_words, words
from data.registry.search import Asked, find
from data.vocabularies import label
from errors import UnknownCode

BASE = {"evidence": "B", "confirm_every_months": 6}
EVERY = search_index.SEARCHED


def keys(store, text="", **asked):
    return [hit.key for hit in find(store, Asked(text, **asked)).hits]


def agrees(store):
    """Whether the index says what one made from nothing would say."""
    with store.reading() as session:
        kept = search_index.entries(session)
    with store.writing() as session:
        search_index.rebuild(session)
        fresh = search_index.entries(session)
    with store.reading() as session:
        if store.engine.dialect.name == "sqlite":
            session.execute(
                sa.text("INSERT INTO search_full(search_full, rank) VALUES ('integrity-check', 1)")
            )
    return kept == fresh


def write(store, kind, key, said):
    with store.writing() as session:
        changes.born(session, Act("seme", "seed", store.clock()), kind, key, {**BASE, **said})


def test_accents_capitals_and_ends_of_words_do_not_matter(town):
    write(town.store, "enti", "en-c", {"name": "Comunità Montàna dell'Àdda"})
    for said in ("comunita", "COMUNITÀ", "adda", "mont", "dell'adda montana", "  l’Àdda!  "):
        assert keys(town.store, said) == ["en-c"], said
    assert keys(town.store, "ontana") == []


def test_all_words_must_be_there_wherever_they_are(town):
    assert keys(town.store, "sportello molo") == ["sp-da"]
    assert set(keys(town.store, "sportello patronato")) == {"sp-bg2", "sp-da"}
    assert keys(town.store, "sportello lavoro borgo") == ["sp-bg"]
    assert keys(town.store, "sportello lavoro zzz") == []


def test_the_languages_of_its_sessioni_find_a_desk(town):
    assert label("languages", "ar") == "arabo"
    assert keys(town.store, "arabo") == ["sp-da"]
    assert keys(town.store, languages=("ar",)) == ["sp-da"]
    editing.delete(town.store, town.passes["dalmine"], "sessioni", "se-da", version=1)
    assert keys(town.store, "arabo") == []
    editing.restore(town.store, town.passes["dalmine"], "sessioni", "se-da")
    assert keys(town.store, "arabo") == ["sp-da"]


def test_names_come_first(town):
    write(
        town.store,
        "associazioni",
        "as-b",
        {"name": "Aiuto", "kind": "rete", "status": "attivo", "notes": "molo"},
    )
    assert keys(town.store, "molo") == ["as-da", "sp-da", "as-b"]


def test_a_renamed_ente_is_found_by_its_desks_at_once(town):
    editing.edit(town.store, town.passes["regione"], "enti", "en-tutti", version=1, said={"name": "Acli"})
    assert keys(town.store, "acli")[0] in {"en-tutti", "me-bg"}
    assert set(keys(town.store, "acli")) == {"en-tutti", "me-bg", "sp-bg2", "sp-da"}
    assert keys(town.store, "patronato") == []
    assert {hit.ente for hit in find(town.store, Asked("acli", kinds=("sportelli",))).hits} == {"Acli"}


def test_what_was_put_aside_is_shown_only_when_asked_for(town):
    editing.delete(town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1)
    assert "sp-bg" not in keys(town.store)
    assert "sp-bg" in keys(town.store, deleted=True)
    assert [hit.deleted for hit in find(town.store, Asked("borgo sportello", deleted=True)).hits] == [True]


def test_states_follow_the_day_without_touching_the_index(town, clock):
    editing.confirm(town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1)
    assert keys(town.store, states=(freshness.CONFIRMED,)) == ["sp-bg"]
    before = find(town.store, Asked(states=(freshness.CONFIRMED,))).hits[0].quality
    clock.go(days=200)
    assert keys(town.store, states=(freshness.CONFIRMED,)) == []
    assert keys(town.store, states=(freshness.OVERDUE,)) == ["sp-bg"]
    assert find(town.store, Asked(states=(freshness.OVERDUE,))).hits[0].quality == pytest.approx(
        before - 0.05
    )


def test_what_is_closed_has_no_state_and_no_quality(town):
    said = {"status": "chiuso"}
    editing.edit(town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1, said=said)
    hit = next(hit for hit in find(town.store, Asked("borgo", kinds=("sportelli",))).hits)
    assert (hit.state, hit.quality) == ("", None)
    assert "sp-bg" not in keys(town.store, states=(freshness.NEVER,))
    assert "sp-bg" not in keys(town.store, lowest=0.0)


def test_public_search_leaves_out_what_nobody_vouches_for(town):
    write(town.store, "enti", "en-d", {"name": "Voce", "evidence": "D"})
    assert keys(town.store, "voce") == ["en-d"]
    assert keys(town.store, "voce", public=True) == []


NASTY = [
    '"', "'", "''; DROP TABLE enti; --", "*", "borgo*", "NEAR(borgo molo)", "borgo OR molo", "name_words : borgo",
    "=t-lavoro", "t", "^borgo", "(", "borgo AND", "\\", "%", "_", "😀", "\0", "a:*", "!borgo & molo", "<b>borgo</b>",
    "borgo " * 1500, "x" * 10_000, "\u202e", "-", "{all_words}", "مكتب",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_what_a_person_writes_is_words_and_nothing_else(shared_town, text):
    store, asked = shared_town.store, Asked(text, kinds=EVERY)
    anything = not text.strip() or asked_words(text)
    assert find(store, asked).total == (brute(functools.partial(read, store), asked)[1] if anything else 0)
    search.suggest(store, text)


@pytest.mark.parametrize("code", ["'", '"', "lavoro' | 'x", "", "*", "LAVORO", "lavoro\0"])
def test_codes_are_codes_and_nothing_else(shared_town, code):
    for name in ("themes", "languages", "service_kinds", "kinds", "states"):
        assert find(shared_town.store, Asked(**{name: (code,)})).total == 0
    assert find(shared_town.store, Asked(ambito_id=code.replace("\0", "0") or "-")).total == 0
    assert find(shared_town.store, Asked(themes=(code, "lavoro"))).total == 3


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "e30=", "WzEsMiwzLDRd", "é", "WyIiLCAiIiwgIiIsICIiXQ=="])
def test_a_cursor_that_is_not_ours_is_refused(shared_town, cursor):
    if cursor == "WzEsMiwzLDRd":  # [1,2,3,4]: reads, and points at nothing that is there
        assert find(shared_town.store, Asked("borgo"), after=cursor).total == 2
        return
    with pytest.raises(UnknownCode):
        find(shared_town.store, Asked(), after=cursor)


def test_a_misspelt_word_gets_a_suggestion_that_finds_something(town):
    assert search.suggest(town.store, "sportelo") == "sportello"
    assert search.suggest(town.store, "sportello di Brogo") == "sportello borgo"
    assert search.suggest(town.store, "sportello") is None
    assert search.suggest(town.store, "qqqqqq") is None
    assert search.suggest(town.store, "") is None


# --- against every record, read one by one


def filled(store, seed_, *, desks=60):
    """A small registry with a bit of everything, the same for the same number."""
    dice = random.Random(seed_)
    names = [
        "Sportello",
        "Città",
        "Lavoro",
        "Borgo",
        "Molo",
        "Donne",
        "Scuola",
        "Accoglienza",
        "L'Àncora",
        "Sportelli",
    ]

    def name():
        return " ".join(dice.choices(names, k=dice.randint(1, 3)))

    def some(*ones):
        return dice.choice([None, *([one] for one in ones), list(ones)])

    def stamp():
        return {"confirmed_on": f"2026-{dice.randint(3, 12):02}-15", "confirmed_by": "x"}

    def common():
        return {"evidence": dice.choice("ABCD"), "ambito_id": dice.choice([None, "bergamo", "dalmine"]),
                "confirm_every_months": dice.choice([1, 3, 6, 12]),
                "notes": dice.choice([None, name()]), **dice.choice([{}, stamp()])}  # fmt: skip

    status = ["attivo", "chiuso", "non_verificato"]
    with store.writing() as session:
        act = Act("seme", "seed", store.clock())

        def born(table, key, **said):
            changes.born(session, act, table, key, {**common(), **said})

        for n in range(5):
            born("enti", f"en-{n}", name=name(), phone=dice.choice([None, "035 111"]))
        for n in range(desks):
            born("sportelli", f"sp-{n}", name=name(), ente_id=f"en-{dice.randrange(5)}", status=dice.choice(status),
                 kind=dice.choice(["caritas", "sportello_comunale"]), themes=some("lavoro", "salute"),
                 description=dice.choice([None, name() * 5]), address=dice.choice([None, "Via Roma 1"]),
                 comune_code=dice.choice([None, "016024"]))  # fmt: skip
            for m in range(dice.randrange(3)):
                born("sessioni", f"se-{n}-{m}", sportello_id=f"sp-{n}", languages=some("ar", "en"),
                     hours=dice.choice([None, "Mo 09:00-12:00"]))  # fmt: skip
        for n in range(10):
            born("associazioni", f"as-{n}", name=name(), kind="rete", status=dice.choice(status),
                 languages=some("ar", "uk"), activities=some("teatro"))  # fmt: skip
            born("mediazione", f"me-{n}", ente_id=f"en-{dice.randrange(5)}", status=dice.choice(status),
                 languages=some("ar"), area_note=dice.choice([None, "Molo"]))  # fmt: skip
        gone = [changes.record_of(session, "sportelli", f"sp-{n}") for n in range(0, desks, 9)]
        for one in gone:
            changes.changed(session, act, one, {"deleted_at": store.clock()})


VOCABULARIES = {"themes": "themes", "targets": "targets", "languages": "languages"}
KINDS = {"sportelli": "service_kinds", "associazioni": "association_kinds", "enti": "provider_kinds",
         "sostegni": "school_supports"}  # fmt: skip


def read(store, kind, ambito_id):
    """Every record of a kind in an Ambito, with what it is found by."""
    today, found = store.today(), []
    names = reading.table(store, "enti").set_index("id")["name"].to_dict()
    sessioni = reading.table(store, "sessioni")
    qualities = reading.qualities(store, kind)
    for said in reading.table(store, kind, ambito_id=ambito_id).to_dict("records"):
        ente = names.get(said.get("ente_id"))
        own = {
            "mediazione": f"{ente} {said.get('area_note') or ''}",
            "sostegni": str(said.get("school_id")),
        }
        name = own.get(kind, said.get("name"))
        languages = set(said.get("languages") or ())
        if kind == "sportelli":
            for one in sessioni[sessioni["sportello_id"] == said["id"]]["languages"]:
                languages |= set(one or ())
        told = [name, ente, *(said.get(f) for f in search_index.TOLD), *(said.get("activities") or ())]
        told += [label("themes", code) for code in said.get("themes") or ()]
        told += [label("languages", code) for code in languages]
        told += [label(KINDS[kind], said["kind"])] if kind in KINDS and said["kind"] else []
        told += ["Bergamo"] if said.get("comune_code") == "016024" else []
        with store.reading() as session:
            record = changes.record_of(session, kind, said["id"])
        gone = said.get("status") in freshness.GONE
        state = "" if gone else freshness.state(record, today)
        found.append((said, name, told, languages, state, qualities[said["id"]]))
    return found


def brute(known, asked):
    """Keys found by reading every record, those with all words in the name first; and how many.

    ``known`` gives the records of a kind and an Ambito, as ``read`` does.
    """
    found = []
    for kind in asked.kinds:
        for said, name, told, languages, state, score in known(kind, asked.ambito_id):
            holds = [
                not asked.public or said["evidence"] != "D",
                not asked.service_kinds or said.get("kind") in asked.service_kinds,
                not asked.themes or set(asked.themes) & set(said.get("themes") or ()),
                not asked.languages or set(asked.languages) & languages,
                not asked.states or state in asked.states,
                asked.lowest is None or score >= asked.lowest - 1e-9,
                asked.highest is None or score <= asked.highest + 1e-9,
                begin(asked.text, told),
            ]
            if all(holds):
                found.append((not begin(asked.text, [name]), " ".join(words(name)), said["id"]))
    return sorted(found), len(found)


def begin(text, told):
    there = [word for one in told for word in words(one)]
    return all(any(word.startswith(one) for word in there) for one in asked_words(text))


def questions(dice, many):
    for _ in range(many):
        text = dice.choice(
            [
                "",
                "",
                "spor",
                "citta",
                "lavoro",
                "borgo mo",
                "arabo",
                "roma",
                "l'anc",
                "bergamo",
                "sportello la",
            ]
        )
        low = dice.choice([None, None, dice.random()])
        yield Asked(
            text,
            **dice.choice([{}, {"kinds": ("sportelli",)}, {"kinds": EVERY}]),
            ambito_id=dice.choice([None, None, "bergamo"]),
            themes=dice.choice([(), (), ("lavoro",), ("lavoro", "salute")]),
            languages=dice.choice([(), (), ("ar",), ("en", "uk")]),
            states=dice.choice([(), (), (freshness.OVERDUE,), (freshness.NEVER, freshness.CONFIRMED)]),
            service_kinds=dice.choice([(), (), ("caritas",)]),
            lowest=low,
            highest=dice.choice([None, None, (low or 0) + 0.3]),
            public=dice.choice([False, True]),
        )


@pytest.mark.parametrize("number", range(2))
def test_search_finds_what_reading_every_record_finds(store, number, monkeypatch):
    filled(store, number)
    known = functools.cache(functools.partial(read, store))
    for turn, asked in enumerate(questions(random.Random(number), 25)):
        monkeypatch.setattr(search, "RANKED", 2000 if turn % 2 else 3)
        expected, total = brute(known, asked)
        hits, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            page = find(store, asked, limit=7, after=cursor)
            assert page.total == total, asked
            hits, cursor, pages = [*hits, *page.hits], page.more, pages + 1
            assert len(page.hits) == 7 or cursor is None
        assert sorted(hit.key for hit in hits) == sorted(key for *_, key in expected), asked
        in_name = [not begin(asked.text, [hit.name]) for hit in hits]
        assert in_name == sorted(in_name), asked
        for hit in hits:
            score = quality_of(store, hit)
            assert hit.quality == (None if score is None else pytest.approx(score))


def quality_of(store, hit):
    points = reading.points(store, hit.kind, hit.key)
    return sum(one.score for one in points) / len(points) if points else None


def test_the_index_is_as_made_from_nothing_after_everything_one_can_do(town, clock):
    store, token = town.store, town.passes["regione"]
    editing.edit(store, token, "enti", "en-tutti", version=1, said={"name": "Acli", "ambito_id": "bergamo"})
    number = town.last_change("enti", "en-tutti")
    made = editing.create(store, token, "sessioni", {"sportello_id": "sp-bg2", "languages": ["uk"]})
    assert keys(store, "ucraino") == ["sp-bg2"]
    editing.edit(store, token, "sessioni", made, version=1, said={"sportello_id": "sp-da"})
    assert keys(store, "ucraino") == ["sp-da"]
    editing.edit(
        store, token, "sportelli", "sp-da", version=1, said={"ambito_id": "bergamo", "themes": ["salute"]}
    )
    editing.confirm(store, token, "sportelli", "sp-da", version=2, sessioni={made: 3})
    editing.delete(store, token, "associazioni", "as-da", version=1)
    editing.undo(store, token, number)
    assert keys(store, "acli") == []
    assert agrees(store)


def test_what_is_not_saved_is_not_found(store):
    with pytest.raises(RuntimeError), store.writing() as session:
        changes.born(session, Act("seme", "seed", store.clock()), "enti", "en-1", {**BASE, "name": "Persa"})
        session.flush()
        raise RuntimeError
    assert find(store, Asked("persa")).total == 0
    write(store, "enti", "en-2", {"name": "Trovata"})
    assert keys(store, "trovata") == ["en-2"]


def test_the_seeded_registry_is_indexed_in_the_same_transaction(store):
    seed.seed(store)
    found = find(store, Asked())
    assert found.total > 500
    assert find(store, Asked("bergamo", kinds=("sportelli",))).total > 3
    assert agrees(store)


def test_a_registry_from_before_the_index_is_indexed_when_opened(tmp_path):
    opened = stores.open_store(folder=tmp_path)
    write(opened, "enti", "en-1", {"name": "Prima"})
    with opened.writing() as session:
        for table in (search_index.Entry, search_index.Made):
            session.execute(sa.delete(table))
    assert find(opened, Asked("prima")).total == 0
    opened.close()
    again = stores.open_store(folder=tmp_path)
    assert keys(again, "prima") == ["en-1"]
    again.close()


def test_a_hit_says_what_a_list_shows(town):
    said = {"lon": 9.67, "lat": 45.69, "precision": "coordinate"}
    editing.edit(town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1, said=said)
    hit = find(town.store, Asked("sportello borgo")).hits[0]
    score = quality_of(town.store, hit)
    assert dataclasses.asdict(hit) == {
        "kind": "sportelli", "key": "sp-bg", "name": "Sportello di Borgo", "ambito_id": "bergamo", "comune_code": None,
        "ente": "Comune di Borgo", "quality": pytest.approx(score), "state": freshness.NEVER, "lon": 9.67, "lat": 45.69,
        "service_kind": "sportello_comunale", "deleted": False,
    }  # fmt: skip


def test_the_index_is_one_of_the_registrys_tables():
    assert search_index.Entry.metadata is books.Change.metadata
