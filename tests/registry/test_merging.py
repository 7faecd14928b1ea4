"""Two records made one and taken back: byte for byte, all of it or nothing, by who may."""

import pytest

from data.registry import (
    books,
    changes,
    duplicates,
    editing,
    links,
    merging,
    model,
    reading,
    search,
    soundness,
)
from data.registry.changes import Act
from data.registry.model import as_text, content
from errors import EditConflict, FieldsRefused, NotAllowed, PassRefused, RecordMissing, UndoRefused
from tests.registry.test_search import agrees

BASE = {"evidence": "B", "confirm_every_months": 6}


def contents(store):
    """Every record as bytes, whatever its version."""
    with store.reading() as session:
        return {
            (kind, one.id): as_text(content(one))
            for kind, table in model.KINDS.items()
            for one in session.scalars(model_query(table))
        }


def model_query(table):
    return changes.select(table)


def whole(store):
    return soundness.faults(store) == [] and agrees(store)


def merge(town, who, kind, keep, drop, said=None, **versions):
    seen = {
        key: versions.get(name, town.version(kind, key)) for name, key in (("kept", keep), ("dropped", drop))
    }
    return merging.merge(
        town.store, town.passes[who], kind, keep=keep, drop=drop, versions=seen, said=said or {}
    )


def write(town, table, key, **said):
    with town.store.writing() as session:
        changes.born(session, Act("seme", "seed", town.store.clock()), table, key, {**BASE, **said})


def origins(store):
    with store.reading() as session:
        return sorted(
            (one.source, one.external, one.record_id) for one in session.scalars(changes.select(books.Origin))
        )


def test_two_desks_become_one_with_all_their_sessioni(town):
    write(town, "sessioni", "se-2", ambito_id="bergamo", sportello_id="sp-bg2", languages=["uk"])
    write(
        town,
        "sessioni",
        "se-3",
        ambito_id="bergamo",
        sportello_id="sp-bg2",
        deleted_at="2027-02-01T00:00:00+00:00",
    )
    assert merging.moves(town.store, "sportelli", "sp-bg2") == {"sessioni": 1}
    batch = merge(
        town, "bergamo", "sportelli", "sp-bg", "sp-bg2", {"name": "Sportello unico", "phone": "035 1234567"}
    )
    kept = reading.card(town.store, "sportelli", "sp-bg")
    assert (kept.said["name"], kept.said["phone"]) == ("Sportello unico", "035 1234567")
    assert set(kept.versions) == {"se-bg", "se-2"}
    assert town.said("sessioni", "se-3")["sportello_id"] == "sp-bg"
    with pytest.raises(RecordMissing):
        reading.card(town.store, "sportelli", "sp-bg2")
    with town.store.reading() as session:
        lines = session.scalars(changes.select(books.Change).where(books.Change.batch == batch)).all()
        assert {(line.how, line.kind, line.record_id) for line in lines} == {
            ("merge", "sportelli", "sp-bg"), ("merge", "sportelli", "sp-bg2"),
            ("merge", "sessioni", "se-2"), ("merge", "sessioni", "se-3"),
        }  # fmt: skip
    assert [hit.key for hit in search.find(town.store, search.Asked("ucraino")).hits] == ["sp-bg"]
    assert whole(town.store)


@pytest.mark.parametrize(
    "kind, keep, drop, said",
    [
        ("sportelli", "sp-bg", "sp-bg2", {"name": "Uno", "themes": None, "lon": 9.67, "lat": 45.7}),
        ("sportelli", "sp-da", "sp-bg", {}),
        ("enti", "en-bg", "en-tutti", {"email": None}),
        ("enti", "en-tutti", "en-bg", {"ambito_id": "dalmine"}),
        ("associazioni", "as-da", "as-2", {"name": "Molo e Borgo"}),
    ],
)
def test_taken_back_everything_is_as_before_letter_by_letter(town, kind, keep, drop, said):
    write(
        town,
        "associazioni",
        "as-2",
        name="Associazione Borgo",
        kind="rete",
        status="attivo",
        ambito_id="bergamo",
    )
    write(
        town,
        "sessioni",
        "se-2",
        ambito_id="bergamo",
        sportello_id="sp-bg2",
        deleted_at="2027-02-01T00:00:00+00:00",
    )
    with town.store.writing() as session:
        session.add(books.Origin(source="foglio 1", kind=kind, external="3 a", record_id=drop, batch="x"))
        session.add(books.Origin(source="foglio", kind=kind, external="1 3 a", record_id=drop, batch="x"))
        session.add(books.Origin(source="foglio", kind=kind, external="b", record_id=keep, batch="x"))
    before, led = contents(town.store), origins(town.store)
    batch = merge(town, "regione", kind, keep, drop, said)
    assert contents(town.store) != before
    assert {key for source, _, key in origins(town.store) if source.startswith("foglio")} == {keep}
    assert whole(town.store)
    merging.undo_batch(town.store, town.passes["regione"], batch)
    assert contents(town.store) == before
    assert origins(town.store) == led
    assert whole(town.store)
    again = merge(town, "regione", kind, keep, drop, said)
    merging.undo_batch(town.store, town.passes["regione"], again)
    assert contents(town.store) == before


def test_what_hangs_on_an_ente_moves_with_it(town):
    assert merging.moves(town.store, "enti", "en-tutti") == {"sportelli": 2, "mediazione": 1}
    merge(town, "regione", "enti", "en-bg", "en-tutti")
    assert {town.said("sportelli", key)["ente_id"] for key in ("sp-bg", "sp-bg2", "sp-da")} == {"en-bg"}
    assert town.said("mediazione", "me-bg")["ente_id"] == "en-bg"
    assert town.said("sportelli", "sp-da")["ambito_id"] == "dalmine"


@pytest.mark.parametrize(
    "who, kind, keep, drop, why",
    [
        ("bergamo", "sportelli", "sp-bg", "sp-da", "other_ambito"),
        ("bergamo", "sportelli", "sp-da", "sp-bg", "other_ambito"),
        ("dalmine", "sportelli", "sp-bg", "sp-bg2", "other_ambito"),
        ("bergamo", "enti", "en-bg", "en-tutti", "other_ambito"),
        ("bergamo", "enti", "en-tutti", "en-bg", "other_ambito"),
        ("gestore", "sportelli", "sp-bg", "sp-bg2", "not_here"),
        ("ente", "sportelli", "sp-bg2", "sp-da", "not_here"),
        ("nessuno", "sportelli", "sp-bg", "sp-bg2", "reading_only"),
    ],
)
def test_who_may_not_change_both_merges_nothing(town, who, kind, keep, drop, why):
    before = town.everything()
    with pytest.raises(NotAllowed) as told:
        merge(town, who, kind, keep, drop)
    assert told.value.why == why
    assert town.everything() == before


def test_an_editor_of_both_ambiti_may(town):
    merge(town, "due", "sportelli", "sp-bg", "sp-da")
    assert town.said("sessioni", "se-da")["ambito_id"] == "bergamo"


def test_an_ente_whose_desks_are_in_other_ambiti_is_not_merged_by_one_of_them(town):
    write(town, "enti", "en-3", name="Comune di Borgo (BG)", ambito_id="bergamo")
    write(
        town,
        "sportelli",
        "sp-3",
        name="S",
        kind="caritas",
        status="attivo",
        ambito_id="dalmine",
        ente_id="en-3",
    )
    before = town.everything()
    with pytest.raises(NotAllowed, match="other_ambito"):
        merge(town, "bergamo", "enti", "en-bg", "en-3")
    assert town.everything() == before


@pytest.mark.parametrize(
    "said", [{"name": None}, {"name": "<b>x</b>"}, {"id": "x"}, {"version": 7}, {"ente_id": "en-?"}]
)
def test_what_no_record_can_say_is_refused_and_nothing_is_saved(town, said):
    before = town.everything()
    with pytest.raises(FieldsRefused):
        merge(town, "regione", "sportelli", "sp-bg", "sp-bg2", said)
    assert town.everything() == before


def test_a_record_changed_meanwhile_is_not_merged(town):
    editing.edit(
        town.store, town.passes["bergamo"], "sportelli", "sp-bg2", version=1, said={"phone": "035 111111"}
    )
    editing.edit(
        town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1, said={"phone": "035 222222"}
    )
    before = town.everything()
    for seen in ({"dropped": 1}, {"kept": 1}):
        with pytest.raises(EditConflict):
            merge(town, "bergamo", "sportelli", "sp-bg", "sp-bg2", {"name": "Altro"}, **seen)
    assert town.everything() == before


@pytest.mark.parametrize(
    "kind, keep, drop",
    [
        ("sportelli", "sp-bg", "sp-bg"),
        ("mediazione", "me-bg", "me-2"),
        ("x", "a", "b"),
        ("sportelli", "sp-bg", "sp-none"),
    ],
)
def test_only_two_records_that_are_there_and_can_be_one(town, kind, keep, drop):
    with pytest.raises(RecordMissing):
        merging.merge(
            town.store,
            town.passes["regione"],
            kind,
            keep=keep,
            drop=drop,
            versions={keep: 1, drop: 1},
            said={},
        )


def test_what_was_changed_since_is_not_taken_back(town):
    batch = merge(town, "bergamo", "sportelli", "sp-bg", "sp-bg2", {"name": "Unito", "phone": "035 111111"})
    editing.edit(
        town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=2, said={"name": "Unito bene"}
    )
    before = town.everything()
    with pytest.raises(UndoRefused) as told:
        merging.undo_batch(town.store, town.passes["bergamo"], batch)
    assert told.value.fields == ["name"]
    assert town.everything() == before


def test_other_fields_changed_since_stay(town):
    batch = merge(town, "bergamo", "sportelli", "sp-bg", "sp-bg2", {"name": "Unito"})
    editing.edit(
        town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=2, said={"phone": "035 111111"}
    )
    merging.undo_batch(town.store, town.passes["bergamo"], batch)
    said = town.said("sportelli", "sp-bg")
    assert (said["name"], said["phone"]) == ("Sportello di Borgo", "035 111111")
    assert whole(town.store)


def test_a_batch_is_taken_back_once_and_by_who_may(town):
    batch = merge(town, "bergamo", "sportelli", "sp-bg", "sp-bg2")
    for who, error in (("dalmine", NotAllowed), ("gestore", NotAllowed), ("nessuno", NotAllowed)):
        with pytest.raises(error):
            merging.undo_batch(town.store, town.passes[who], batch)
    with pytest.raises(PassRefused):
        merging.undo_batch(town.store, town.passes["bergamo"] + "x", batch)
    with pytest.raises(RecordMissing):
        merging.undo_batch(town.store, town.passes["regione"], "' OR 1=1 --")
    merging.undo_batch(town.store, town.passes["regione"], batch)
    with pytest.raises(UndoRefused):
        merging.undo_batch(town.store, town.passes["regione"], batch)


def test_a_whole_import_is_taken_back(town):
    """Births and changes of several kinds in one batch, some of one record twice."""
    before = contents(town.store)
    act = Act("x", "import", town.store.clock())
    with town.store.writing() as session:
        changes.born(session, act, "enti", "en-9", {**BASE, "name": "Nuovo"})
        for n in range(40):
            said = {
                **BASE,
                "name": f"S{n}",
                "kind": "caritas",
                "status": "attivo",
                "ente_id": "en-9",
                "ambito_id": "bergamo",
            }
            changes.born(session, act, "sportelli", f"sp-9{n}", said)
            changes.born(
                session,
                act,
                "sessioni",
                f"se-9{n}",
                {**BASE, "sportello_id": f"sp-9{n}", "ambito_id": "bergamo"},
            )
        one = changes.record_of(session, "sportelli", "sp-bg")
        for name in ("Primo", "Secondo"):
            changes.changed(session, act, one, {"name": name})
        changes.changed(
            session, act, changes.record_of(session, "sportelli", "sp-da"), {"deleted_at": act.at}
        )
    merging.undo_batch(town.store, town.passes["regione"], act.batch)
    after = contents(town.store)
    assert {key: said for key, said in after.items() if key in before} == before
    assert all('"deleted_at":null' not in said for key, said in after.items() if key not in before)
    assert whole(town.store)


def test_what_others_hang_on_is_not_taken_away_under_them(town):
    act = Act("x", "import", town.store.clock())
    with town.store.writing() as session:
        changes.born(session, act, "enti", "en-9", {**BASE, "name": "Nuovo"})
    said = {"name": "Dopo", "kind": "caritas", "ente_id": "en-9", "ambito_id": "bergamo"}
    editing.create(town.store, town.passes["bergamo"], "sportelli", said)
    before = town.everything()
    with pytest.raises(FieldsRefused) as told:
        merging.undo_batch(town.store, town.passes["regione"], act.batch)
    assert told.value.faults[0].why == "in_use"
    assert town.everything() == before


def ambiti_of_sessioni(town):
    """Sessione → its Ambito and that of its sportello, which are one."""
    with town.store.reading() as session:
        return {
            one.id: (one.ambito_id, session.get(model.Sportello, one.sportello_id).ambito_id)
            for one in session.scalars(model_query(model.Sessione))
        }


def test_a_sessione_made_meanwhile_goes_back_with_its_desk(town):
    act = Act("x", "import", town.store.clock())
    with town.store.writing() as session:
        for kind, key in (("sportelli", "sp-bg"), ("sessioni", "se-bg")):
            changes.changed(session, act, changes.record_of(session, kind, key), {"ambito_id": "dalmine"})
    new = editing.create(town.store, town.passes["dalmine"], "sessioni", {"sportello_id": "sp-bg"})
    merging.undo_batch(town.store, town.passes["regione"], act.batch)
    assert ambiti_of_sessioni(town)[new] == ambiti_of_sessioni(town)["se-bg"] == ("bergamo", "bergamo")
    assert whole(town.store)


@pytest.mark.parametrize("first", [0, 1])
def test_rows_of_sources_lead_back_whichever_merge_is_taken_back_first(town, first):
    with town.store.writing() as session:
        session.add(
            books.Origin(source="x y", kind="sportelli", external="a b", record_id="sp-bg2", batch="b")
        )
    desk = {"name": "Tre", "kind": "caritas", "ente_id": "en-bg", "ambito_id": "bergamo"}
    third = editing.create(town.store, town.passes["bergamo"], "sportelli", desk)
    batches = [
        merge(town, "bergamo", "sportelli", third, "sp-bg2"),
        merge(town, "bergamo", "sportelli", "sp-bg", third),
    ]
    if first == 1:
        batches.reverse()
    for batch in batches:
        merging.undo_batch(town.store, town.passes["bergamo"], batch)
    assert origins(town.store) == [("x y", "a b", "sp-bg2")]


def test_a_merged_pair_is_proposed_no_more_and_again_after(town):
    same = {
        "phone": "035 399111",
        "address": "Via Roma 1",
        "comune_code": "016024",
        "name": "Sportello di Borgo",
    }
    for key in ("sp-bg", "sp-bg2"):
        editing.edit(town.store, town.passes["bergamo"], "sportelli", key, version=1, said=same)
    assert len(duplicates.pairs(town.store)) == 1
    batch = merge(town, "bergamo", "sportelli", "sp-bg", "sp-bg2")
    assert duplicates.pairs(town.store) == []
    merging.undo_batch(town.store, town.passes["bergamo"], batch)
    assert len(duplicates.pairs(town.store)) == 1


def test_the_link_of_a_provider_does_not_follow_what_was_dropped(town):
    token = links.give(town.store, town.passes["bergamo"], records=[("sportelli", "sp-bg2")], label="Due")
    merge(town, "bergamo", "sportelli", "sp-bg", "sp-bg2")
    with pytest.raises(NotAllowed, match="other_record"):
        editing.edit(town.store, token, "sportelli", "sp-bg", version=1, said={"phone": "035 111111"})
