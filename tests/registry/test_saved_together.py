"""A sportello and its sessioni saved in one go, on both databases: all of it or nothing."""

import pytest

from data.registry import editing, reading, story, together
from data.registry.together import Wish, save_together
from errors import EditConflict, FieldsRefused, NotAllowed

NEW = {"name": "Sportello nuovo", "kind": "sportello_comunale", "ente_id": "en-bg", "ambito_id": "bergamo"}


def test_a_new_desk_comes_with_its_sessioni_in_one_batch(town):
    keys = save_together(
        town.store,
        town.passes["bergamo"],
        [Wish("sportelli", said=NEW), Wish("sessioni", said={"hours": "Mo 09:00-12:00"}, below=True)],
    )
    card = reading.card(town.store, "sportelli", keys[0])
    assert [(one.key, one.said["hours"], one.said["ambito_id"]) for one in card.sessioni] == [
        (keys[1], "Mo 09:00-12:00", "bergamo")
    ]
    assert [
        one.line.how for one in story.story(town.store, town.passes["bergamo"], "sportelli", keys[0])
    ] == [
        "create",
        "create",
    ]


def test_desk_and_sessioni_change_come_and_go_together(town):
    wishes = [
        Wish("sportelli", "sp-bg", 1, {"phone": "035 123456"}),
        Wish("sessioni", "se-bg", 1, gone=True),
        Wish("sessioni", said={"sportello_id": "sp-bg", "languages": ["ar"]}),
    ]
    save_together(town.store, town.passes["gestore"], wishes)
    card = reading.card(town.store, "sportelli", "sp-bg")
    assert card.said["phone"] == "035 123456"
    assert [one.said["languages"] for one in card.sessioni] == [["ar"]]


GOOD = Wish("sportelli", "sp-bg", 1, {"phone": "035 123456"})
BROKEN = {
    "a fault in a sessione": (Wish("sessioni", "se-bg", 1, {"hours": "lun 9"}), FieldsRefused),
    "a sessione of another Ambito": (Wish("sessioni", "se-da", 1, {"capacity": 3}), NotAllowed),
    "an old version": (Wish("sessioni", "se-bg", 2, {"capacity": 3}), Exception),
    "another desk put aside": (Wish("sportelli", "sp-da", 1, gone=True), NotAllowed),
}


@pytest.mark.parametrize("what", BROKEN)
def test_if_one_cannot_be_nothing_is(town, what):
    broken, fault = BROKEN[what]
    before = town.everything()
    with pytest.raises(fault):
        save_together(town.store, town.passes["bergamo"], [GOOD, broken])
    assert town.everything() == before


def test_a_conflict_of_a_sessione_leaves_the_desk_as_it_was(town):
    editing.edit(town.store, town.passes["regione"], "sessioni", "se-bg", version=1, said={"capacity": 2})
    before = town.everything()
    with pytest.raises(EditConflict) as told:
        save_together(
            town.store, town.passes["bergamo"], [GOOD, Wish("sessioni", "se-bg", 1, {"capacity": 3})]
        )
    assert (told.value.kind, told.value.key, told.value.clashing) == ("sessioni", "se-bg", ["capacity"])
    assert town.everything() == before


def test_every_fault_of_every_record_is_named_with_its_place(town):
    wishes = [
        Wish("sportelli", said={"name": "a;b", "phone": "x"}),
        Wish("sessioni", said={"hours": "lun"}, below=True),
    ]
    found = {(place, one.field) for place, one in together.judged(town.store, wishes)}
    assert found == {(0, "name"), (0, "phone"), (0, "kind"), (0, "ente_id"), (1, "hours")}
    with pytest.raises(together.SeveralRefused) as told:
        save_together(town.store, town.passes["regione"], wishes)
    assert set(zip(told.value.places, (one.field for one in told.value.faults), strict=True)) == found


def test_the_story_names_who_did_it_and_what_they_may_take_back(town):
    editing.edit(
        town.store, town.passes["gestore"], "sportelli", "sp-bg", version=1, said={"phone": "035 111111"}
    )
    editing.edit(town.store, town.passes["bergamo"], "sessioni", "se-bg", version=1, said={"capacity": 2})
    told = story.story(town.store, town.passes["gestore"], "sportelli", "sp-bg")
    assert [(one.kind, one.by, one.may_undo) for one in told] == [
        ("sessioni", "bergamo", False),
        ("sportelli", "Borgo", True),
        ("sessioni", "", False),
        ("sportelli", "", False),
    ]
    editing.undo(town.store, town.passes["bergamo"], told[1].line.number)
    again = story.story(town.store, town.passes["bergamo"], "sportelli", "sp-bg")
    assert [one.undone for one in again if one.line.number == told[1].line.number] == [True]
    for token in ("dalmine", "nessuno"):
        with pytest.raises(NotAllowed):
            story.story(town.store, town.passes[token], "sportelli", "sp-bg")
