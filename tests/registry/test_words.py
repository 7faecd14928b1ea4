"""Every reason the registry gives has Italian words, and so has every field."""

import pytest

from data.registry import checks, model, people, quality, rights
from data.vocabularies import vocabulary
from errors import Difference, EditConflict, Fault, FieldsRefused, NotAllowed, UndoRefused
from screens import errors as words


def test_every_reason_has_its_words():
    assert set(words.WHY) == set(checks.WHY)
    assert set(words.MAY_NOT) == set(rights.WHY)
    assert set(words.NO_PASS) == set(people.NO_PASS)


@pytest.mark.parametrize("kind", model.KINDS)
def test_every_field_has_its_name(kind):
    told = {*model.fields(kind), "confirmed_on", "confirmed_by", "deleted_at"}
    assert told <= set(words.FIELDS)


def test_every_vocabulary_of_the_registry_is_there():
    for name in [*checks.VOCABULARIES.values(), *checks.KIND_VOCABULARIES.values(), "roles", "area_levels"]:
        assert {"label", "description"} <= set(vocabulary(name).columns)


def test_every_criterion_has_its_sentence():
    assert [one.__name__ for one in quality.CRITERIA] == list(vocabulary("quality_criteria").index)


def test_what_is_wrong_is_told_in_italian_all_at_once():
    faults = [Fault("hours", "hours_no_day", "09:00-12:00"), Fault("name", "needed", "")]
    said = words.sentence(FieldsRefused(kind="sessioni", faults=faults))
    assert said == "Non salvato: orari («09:00-12:00») manca il giorno; nome è obbligatorio."


def test_a_conflict_names_what_changed_meanwhile():
    fault = EditConflict(
        kind="sportelli",
        key="sp-1",
        version=2,
        differences={"phone": Difference("1", "2", "3")},
        clashing=["phone"],
    )
    assert "qualcun altro ha cambiato telefono" in words.sentence(fault)
    assert "telefono, orari" in words.sentence(UndoRefused(change=1, fields=["phone", "hours"]))
    assert "di un altro Ambito" in words.sentence(NotAllowed(what="edit", why="other_ambito"))
