"""Every error of ours has its Italian sentence."""

import inspect

import pytest

import errors
from screens.errors import SENTENCES, sentence

LEAVES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.AtlasError) and not kind.__subclasses__()
]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence(kind):
    assert kind in SENTENCES


def test_points_outside_lombardy_are_told_with_their_facts():
    said = sentence(errors.CoordinateError(count=3, example=(9.19, 45.46)))
    assert said == "3 punti sono fuori dalla Lombardia, il primo in (9.19, 45.46)."
    assert sentence(errors.CoordinateError(count=1, example=(45.46, 9.19))).startswith("Un punto è fuori")


def test_every_fault_of_a_table_is_in_one_sentence():
    said = sentence(errors.TableBroken(table="sportelli", faults=["una colonna manca", "un codice è doppio"]))
    assert "una colonna manca; un codice è doppio" in said
    assert "data build" in said


def test_the_tree_in_the_docstring_names_every_error():
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.AtlasError):
            assert kind.__name__ in errors.__doc__
