"""The log: history, undo, putting aside, and two who edit the same record."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.registry import changes, editing, reading, soundness
from data.registry.changes import Act
from data.registry.model import as_text
from errors import EditConflict, FieldsRefused, RecordMissing, UndoRefused

KEY = ("sportelli", "sp-bg")


@pytest.fixture
def write(town):
    """Write some fields of the desk as it is now, as the editor of its Ambito."""

    def go(someone="bergamo", **said):
        return editing.edit(town.store, town.passes[someone], *KEY, version=town.version(*KEY), said=said)

    return go


def test_a_change_tells_who_when_before_and_after(town, write, clock):
    clock.go(hours=1)
    assert write(phone="035 111111", notes=" due  ") == 2
    line, birth = editing.history(town.store, town.passes["bergamo"], *KEY)
    assert (line.how, line.version, line.at) == ("edit", 2, "2027-03-01T10:00:00+00:00")
    assert line.who.startswith("conto-")
    assert line.wrote == {"phone": (None, "035 111111"), "notes": (None, "due")}
    assert (birth.how, birth.who, birth.wrote["name"]) == ("seed", "seme", (None, "Sportello di Borgo"))


def test_what_changes_nothing_leaves_no_line(town, write):
    assert write(name="Sportello di Borgo", phone="") == 1
    assert len(editing.history(town.store, town.passes["bergamo"], *KEY)) == 1


def test_an_undo_gives_back_the_bytes_and_can_be_undone(town, write):
    before = as_text(town.said(*KEY))
    write(phone="035 111111", themes=["salute", "lavoro"])
    after = as_text(town.said(*KEY))
    editing.undo(town.store, town.passes["bergamo"], town.last_change(*KEY))
    assert as_text(town.said(*KEY)) == before
    editing.undo(town.store, town.passes["bergamo"], town.last_change(*KEY))
    assert as_text(town.said(*KEY)) == after
    assert town.version(*KEY) == 4


def test_an_undo_leaves_what_others_wrote_since(town, write):
    write(phone="035 111111")
    mine = town.last_change(*KEY)
    write("regione", notes="nota")
    editing.undo(town.store, town.passes["bergamo"], mine)
    said = town.said(*KEY)
    assert (said["phone"], said["notes"]) == (None, "nota")


def test_an_undo_is_refused_where_the_field_was_written_again(town, write):
    write(phone="035 111111", notes="nota")
    mine = town.last_change(*KEY)
    write("regione", phone="035 222222")
    with pytest.raises(UndoRefused) as told:
        editing.undo(town.store, town.passes["bergamo"], mine)
    assert told.value.fields == ["phone"]
    assert town.said(*KEY)["notes"] == "nota"


def test_a_new_record_is_undone_by_putting_it_aside(town):
    store, token = town.store, town.passes["bergamo"]
    key = editing.create(store, token, "sessioni", {"sportello_id": "sp-bg", "hours": "Tu 09:00-12:00"})
    assert town.said("sessioni", key)["ambito_id"] == "bergamo"
    editing.undo(store, token, town.last_change("sessioni", key))
    with pytest.raises(RecordMissing):
        reading.card(store, "sessioni", key)
    with pytest.raises(UndoRefused):
        editing.undo(
            store, token, next(line.number for line in editing.history(store, token, "sessioni", key)[1:])
        )


def test_a_desk_put_aside_goes_with_its_sessions_and_comes_back(town):
    store, token = town.store, town.passes["bergamo"]
    editing.delete(store, token, *KEY, version=1)
    with pytest.raises(RecordMissing):
        reading.card(store, *KEY)
    assert "se-bg" not in set(reading.table(store, "sessioni")["id"])
    with pytest.raises(RecordMissing):
        editing.edit(store, token, *KEY, version=2, said={"notes": "x"})
    editing.restore(store, token, *KEY)
    assert [one.key for one in reading.card(store, *KEY).sessioni] == ["se-bg"]
    assert [line.how for line in editing.history(store, token, *KEY)] == ["restore", "delete", "seed"]


def test_a_new_record_that_somebody_wrote_on_since_is_not_undone(town):
    bergamo = town.passes["bergamo"]
    said = {"name": "Nuovo", "kind": "caritas", "ente_id": "en-bg", "ambito_id": "bergamo"}
    desk = editing.create(town.store, bergamo, "sportelli", said)
    birth = town.last_change("sportelli", desk)
    editing.edit(town.store, bergamo, "sportelli", desk, version=1, said={"phone": "035 111111"})
    with pytest.raises(UndoRefused, match="phone"):
        editing.undo(town.store, bergamo, birth)
    editing.undo(town.store, bergamo, town.last_change("sportelli", desk))
    editing.undo(town.store, bergamo, birth)
    assert town.said("sportelli", desk)["deleted_at"] is not None


def test_an_ente_with_desks_is_not_undone_under_them(town):
    bergamo = town.passes["bergamo"]
    ente = editing.create(town.store, bergamo, "enti", {"name": "Nuovo", "ambito_id": "bergamo"})
    said = {"name": "Dopo", "kind": "caritas", "ente_id": ente, "ambito_id": "bergamo"}
    editing.create(town.store, bergamo, "sportelli", said)
    before = town.everything()
    with pytest.raises(FieldsRefused) as told:
        editing.undo(town.store, bergamo, town.last_change("enti", ente))
    assert told.value.faults[0].why == "in_use"
    assert town.everything() == before


def test_a_sessione_brought_along_does_not_leave_its_desk_by_an_undo(town, write):
    write("regione", ambito_id="dalmine")
    editing.undo(town.store, town.passes["regione"], town.last_change("sessioni", "se-bg"))
    assert town.said("sessioni", "se-bg")["ambito_id"] == "dalmine"
    assert soundness.faults(town.store) == []


def test_an_ente_with_desks_is_not_put_aside_nor_a_desk_brought_back_without_it(town):
    store, token = town.store, town.passes["bergamo"]
    with pytest.raises(FieldsRefused, match="in_use"):
        editing.delete(store, token, "enti", "en-bg", version=1)
    editing.delete(store, token, *KEY, version=1)
    editing.delete(store, token, "enti", "en-bg", version=1)
    with pytest.raises(FieldsRefused, match="not_there"):
        editing.restore(store, token, *KEY)
    with pytest.raises(FieldsRefused, match="not_there"):
        editing.undo(store, token, town.last_change(*KEY))
    editing.restore(store, token, "enti", "en-bg")
    assert editing.restore(store, token, *KEY) == 3


def test_the_second_of_two_is_told_and_shown_the_difference(town, write):
    store = town.store
    seen = reading.card(store, *KEY)
    write("regione", phone="035 111111", notes="nota")
    mine = {"phone": "035 222222", "email": "ufficio@borgo.example"}
    with pytest.raises(EditConflict) as told:
        editing.edit(store, town.passes["bergamo"], *KEY, version=seen.version, said=mine)
    assert told.value.differences == {
        "notes": (None, "nota", None),
        "phone": (None, "035 111111", "035 222222"),
    }
    assert (told.value.clashing, told.value.version) == (["phone"], 2)
    assert town.said(*KEY)["phone"] == "035 111111"
    editing.edit(store, town.passes["bergamo"], *KEY, version=told.value.version, said=mine)
    assert town.said(*KEY)["phone"] == "035 222222"


def test_two_who_write_the_same_do_not_clash(town, write):
    write("regione", phone="035 111111")
    with pytest.raises(EditConflict) as told:
        editing.edit(town.store, town.passes["bergamo"], *KEY, version=1, said={"phone": "035 111111"})
    assert told.value.clashing == []


def test_confirming_what_changed_meanwhile_is_a_conflict(town, write):
    write("regione", phone="035 111111")
    with pytest.raises(EditConflict, match="phone"):
        editing.confirm(town.store, town.passes["bergamo"], *KEY, version=1)


EDITS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "phone": st.sampled_from([None, "035 111111", "035 222222"]),
            "notes": st.sampled_from([None, "nota", "à è 漢 🙂"]),
            "themes": st.lists(st.sampled_from(["lavoro", "salute", "visti"]), max_size=3, unique=True),
            "lon": st.just(9.6),
            "closures": st.sampled_from(
                [None, [{"from": "2027-08-01", "until": "2027-08-20", "why": "ferie"}]]
            ),
        },
    ).map(lambda said: {**said, "lat": 45.7} if "lon" in said else said),
    min_size=1,
    max_size=5,
)


class Desk:
    """One desk in a registry of its own, written without asking who."""

    def __init__(self, town):
        self.town = town

    def write(self, **said):
        with self.town.store.writing() as session:
            record = changes.record_of(session, *KEY)
            changes.changed(session, Act("conto-1", "edit", self.town.store.clock()), record, said)

    def undo_last(self, count):
        for _ in range(count):
            with self.town.store.writing() as session:
                lines = changes.history_of(session, *KEY)
                back = {line.undoes for line in lines}
                line = next(one for one in lines if one.undoes is None and one.id not in back and one.before)
                changes.undone(session, Act("conto-1", "undo", self.town.store.clock()), line)


LAWS = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAWS
@given(edits=EDITS)
def test_undoing_every_edit_backwards_gives_back_the_bytes(town, edits):
    desk, before, start = Desk(town), as_text(town.said(*KEY)), town.version(*KEY)
    for said in edits:
        desk.write(**said)
    desk.undo_last(town.version(*KEY) - start)
    assert as_text(town.said(*KEY)) == before
    assert soundness.faults(town.store) == []


@LAWS
@given(one=EDITS, other=EDITS)
def test_edits_of_different_fields_give_the_same_record_in_either_order(town, one, other):
    desk, ours, theirs = Desk(town), {"phone", "notes"}, {"themes", "lon", "lat", "closures"}
    writes = [{name: said[name] for name in said.keys() & ours} for said in one]
    others = [{name: said[name] for name in said.keys() & theirs} for said in other]
    start, ends = town.version(*KEY), []
    for order in (writes + others, others + writes):
        for said in order:
            desk.write(**said)
        ends.append(as_text(town.said(*KEY)))
        desk.undo_last(town.version(*KEY) - start)
        start = town.version(*KEY)
    assert ends[0] == ends[1]
