"""Doing what a plan says: all or nothing, once, in one batch, by who may, and only if nothing moved meanwhile."""

import pytest
from sqlalchemy import event, func, select

from data.registry import books, changes, editing, merging, people
from data.registry.changes import Act
from data.registry.imports import imported
from data.registry.imports.apply import Applied, apply
from errors import FieldsRefused, ImportOutdated, NotAllowed, PassRefused, UndoRefused
from tests.registry.imports.test_plan import BORGO, desk, ente, planned, slot

FILE = "elenco 2027.xlsx"


def done(town, plan, by="bergamo", **how):
    return apply(town.store, town.passes[by], plan, file=FILE, **how)


def lines(town, batch):
    with town.store.reading() as session:
        asked = select(books.Change).where(books.Change.batch == batch).order_by(books.Change.id)
        return [(one.kind, one.record_id, one.how, one.who) for one in session.scalars(asked)]


def sound(town):
    with town.store.reading() as session:
        return changes.disagreements(session)


def count(town, table):
    with town.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def whole_file():
    return [
        ente(),
        ente("ponte", "Cooperativa Ponte"),
        desk(key="sp-bg", name="Sportello di Borgo", phone="035 123456"),
        desk("due", "ponte", name="Punto Ponte", themes=["lavoro"], comune_code=BORGO),
        slot("due#1", "due", languages=["ar", "en"], capacity=3),
    ]


def test_an_import_is_one_batch_and_the_log_agrees(town):
    plan = planned(town, *whole_file())
    told = done(town, plan)
    assert told == Applied(told.batch, added=3, changed=1, closed=0)
    written = lines(town, told.batch)
    assert {(kind, key) for kind, key, _, _ in written} == {
        (step.kind, step.key) for step in plan.steps if step.action in ("add", "change")
    }
    assert len(written) == 4
    assert {how for _, _, how, _ in written} == {"import"}
    assert len({who for _, _, _, who in written}) == 1
    hours = town.said("sessioni", plan.steps[-1].key)
    assert (hours["languages"], hours["capacity"], hours["ambito_id"]) == (["ar", "en"], 3, "bergamo")
    assert sound(town) == []


def test_the_same_file_twice_changes_nothing(town):
    done(town, planned(town, *whole_file()))
    before, origins, imports = town.everything(), count(town, books.Origin), count(town, books.Import)
    again = planned(town, *whole_file(), close_missing=True)
    assert again.counts()["same"] == len(whole_file())
    assert done(town, again) == Applied(None, 0, 0, 0)
    assert town.everything() == before
    assert (count(town, books.Origin), count(town, books.Import)) == (origins, imports)


def test_a_plan_done_twice_is_done_once(town):
    plan = planned(town, *whole_file())
    done(town, plan)
    before = town.everything()
    with pytest.raises(ImportOutdated) as told:
        done(town, plan)
    assert len(told.value.records) == 4
    assert town.everything() == before


def test_two_who_import_the_same_new_row_make_one_record(town):
    one, other = planned(town, ente(), desk()), planned(town, ente(), desk(), by="due")
    done(town, one)
    before = town.everything()
    with pytest.raises(ImportOutdated):
        done(town, other, by="due")
    assert town.everything() == before


def test_a_record_that_moved_since_the_preview_stops_it_all(town):
    plan = planned(town, *whole_file())
    editing.edit(town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1, said={"notes": "Nuove"})
    before = town.everything()
    with pytest.raises(ImportOutdated) as told:
        done(town, plan)
    assert told.value.records == ["sportelli/sp-bg"]
    assert town.everything() == before
    assert count(town, books.Origin) == count(town, books.Import) == 0


def test_what_a_new_row_hangs_on_must_still_be_there(town):
    plan = planned(town, ente("tutti", "Patronato di tutti"), desk(parent="tutti"))
    with town.store.writing() as session:
        gone = changes.record_of(session, "enti", "en-tutti")
        act = Act("seme", "delete", town.store.clock())
        changes.changed(session, act, gone, {"deleted_at": town.store.clock()})
    before = town.everything()
    with pytest.raises(FieldsRefused):
        done(town, plan)
    assert town.everything() == before


def test_a_plan_is_not_believed(town):
    """Values and Ambiti are judged again by who writes, whatever a plan in somebody's hands says."""
    plan = planned(town, ente(), desk())
    plan.steps[1].after["description"] = "<script>alert(1)</script>"
    before = town.everything()
    with pytest.raises(FieldsRefused):
        done(town, plan)
    plan = planned(town, ente(), desk())
    plan.steps[1].after["ambito_id"] = "dalmine"
    with pytest.raises(NotAllowed):
        done(town, plan)
    assert town.everything() == before


@pytest.mark.parametrize("by", ["dalmine", "gestore", "nessuno"])
def test_who_may_not_import_does_not_with_anothers_plan(town, by):
    plan, before = planned(town, *whole_file()), town.everything()
    with pytest.raises(NotAllowed):
        done(town, plan, by=by)
    assert town.everything() == before


def test_rights_are_asked_again_at_the_end(town):
    plan, before = planned(town, *whole_file()), town.everything()
    people.disable(town.store, "bergamo")
    with pytest.raises(PassRefused):
        done(town, plan)
    assert town.everything() == before


def test_what_is_left_out_takes_along_what_hangs_on_it(town):
    plan = planned(town, *whole_file())
    office = next(n for n, step in enumerate(plan.steps) if step.name == "Cooperativa Ponte")
    told = done(town, plan, leave_out=[office])
    assert (told.added, told.changed) == (0, 1)
    assert sound(town) == []
    assert planned(town, *whole_file()).counts()["add"] == 3


def test_a_desk_that_moves_takes_its_sessioni_along(town):
    moving = desk(key="sp-bg", name="Sportello di Borgo", ambito_id="dalmine", comune_code="016091")
    plan = planned(town, ente(), moving, by="due", ambito="bergamo")
    assert plan.steps[1].action == "change"
    done(town, plan, by="due")
    assert town.said("sessioni", "se-bg")["ambito_id"] == "dalmine"
    assert sound(town) == []


def test_closing_gives_the_status_and_puts_sessioni_aside(town):
    first = planned(town, *whole_file())
    done(town, first)
    told = done(town, planned(town, *whole_file()[:3], close_missing=True))
    assert (told.added, told.changed, told.closed) == (0, 0, 2)
    assert town.said("sportelli", first.steps[3].key)["status"] == "chiuso"
    assert town.said("sessioni", first.steps[4].key)["deleted_at"] is not None
    assert sound(town) == []


def test_what_a_person_said_is_another_is_not_asked_again(town):
    plan = planned(town, ente(), desk(), apart={("sportelli", "uno"): ["sp-bg"]})
    done(town, plan)
    with town.store.reading() as session:
        kept = session.scalars(select(books.Distinct)).one()
        assert {kept.one, kept.other} == {"sp-bg", plan.steps[1].key}


def test_imports_are_listed_for_who_edits_there(town):
    told = done(town, planned(town, *whole_file()))
    [line] = imported.done(town.store, town.passes["bergamo"])
    assert (line.batch, line.file, line.who, line.ambito_id) == (told.batch, FILE, "bergamo", "bergamo")
    assert (line.added, line.changed, line.closed, line.undone) == (3, 1, 0, False)
    assert imported.done(town.store, town.passes["regione"]) == [line]
    assert imported.done(town.store, town.passes["dalmine"]) == []
    assert len(imported.records(town.store, town.passes["bergamo"], told.batch)) == 4
    for by in ("dalmine", "gestore", "nessuno"):
        with pytest.raises(NotAllowed):
            imported.records(town.store, town.passes[by], told.batch)


@pytest.mark.parametrize(
    "later",
    [
        ["Tu 09:00-12:00", "We 09:00-12:00", "Th 09:00-12:00"],
        ["Sa 09:00-12:00", "Mo 09:00-12:00", "Tu 09:00-12:00"],
    ],
)
def test_sessioni_that_move_up_or_down_in_the_file_are_imported_again(town, later):
    def told(hours):
        return [ente(), desk(), *(slot(f"uno#{n}", hours=one) for n, one in enumerate(hours, start=1))]

    done(town, planned(town, *told(["Mo 09:00-12:00", "Tu 09:00-12:00"])))
    done(town, planned(town, *told(later)))
    again = planned(town, *told(later))
    assert {step.action for step in again.steps} == {"same"}
    assert sound(town) == []


def test_a_row_of_anothers_source_goes_on_leading_where_it_led(town):
    molo = desk("uno", None, key="sp-da", name="Sportello di Molo", comune_code="016091")
    done(town, planned(town, molo, by="dalmine", ambito="dalmine", source="dalmine/elenco"), by="dalmine")
    borgo = desk("uno", None, key="sp-bg", name="Sportello di Borgo")
    done(town, planned(town, borgo, source="dalmine/elenco"))
    with town.store.reading() as session:
        assert [one.record_id for one in session.scalars(select(books.Origin))] == ["sp-da"]


def test_progress_is_told_to_the_end(town):
    heard = []
    done(town, planned(town, *whole_file()), progress=lambda *far: heard.append(far))
    assert heard[-1] == (4, 4)


def test_many_rows_are_saved_with_few_questions(town):
    """As many questions for a thousand rows as for a hundred, within a few: none is asked a row."""
    asked = []

    def rows(start, many):
        some = range(start, start + many)
        return (
            [ente()]
            + [desk(str(n), name=f"Sportello {n}", address=f"Via {n}") for n in some]
            + [slot(f"{n}#1", str(n)) for n in some]
        )

    def listen(*_):
        asked[-1] += 1

    event.listen(town.store.engine, "before_cursor_execute", listen)
    for start, many in ((0, 50), (1000, 400)):
        asked.append(0)
        done(town, planned(town, *rows(start, many)))
    assert asked[1] < asked[0] + 30
    assert sound(town) == []


def contents(town):
    """What is there, without the versions."""
    records, _ = town.everything()
    return {(kind, key): text for kind, key, _, text in records if '"deleted_at":null' in text}


def test_a_whole_import_is_taken_back_and_done_again(town):
    before = contents(town)
    plan = planned(town, *whole_file())
    told = done(town, plan)
    assert contents(town) != before
    merging.undo_batch(town.store, town.passes["bergamo"], told.batch)
    assert contents(town) == before
    assert sound(town) == []
    assert [one.undone for one in imported.done(town.store, town.passes["bergamo"])] == [True]
    again = planned(town, *whole_file())
    assert [step.key for step in again.steps] == [step.key for step in plan.steps]
    told = done(town, again)
    assert (told.added, told.changed) == (3, 1)
    assert sound(town) == []


def test_a_closing_is_taken_back(town):
    done(town, planned(town, *whole_file()))
    before = contents(town)
    told = done(town, planned(town, *whole_file()[:3], close_missing=True))
    merging.undo_batch(town.store, town.passes["bergamo"], told.batch)
    assert contents(town) == before


def test_an_import_that_others_have_built_on_is_not_taken_back(town):
    told = done(town, planned(town, *whole_file()))
    version = town.version("sportelli", "sp-bg")
    editing.edit(
        town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=version, said={"phone": "035 0000"}
    )
    before = town.everything()
    with pytest.raises(UndoRefused):
        merging.undo_batch(town.store, town.passes["bergamo"], told.batch)
    assert town.everything() == before
