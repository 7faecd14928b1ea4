"""The question asked of the map: in the address, on the list, in the feed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens import filters
from screens.filters import Filters, Known, apply, parse, ways_out, write

DESKS = pd.DataFrame(
    {
        "sportello_id": list("abcde"),
        "kind": ["sportello_comunale", "questura", "sindacato", "sportello_comunale", "nuovo"],
        "themes": ["lavoro;asilo", "permesso_soggiorno", None, "lavoro", pd.NA],
        "languages": ["ar;it", None, pd.NA, "it", None],
        "evidence": ["A", "B", "C", "D", "B"],
        "ambito_id": ["lodi", "lodi", None, "crema", pd.NA],
        "status": ["non_verificato", "non_verificato", "da_verificare", "chiuso", None],
    }
)


def ids(asked):
    return "".join(apply(DESKS, asked)["sportello_id"])


def some(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)


QUESTIONS = st.builds(
    Filters,
    groups=some(filters.GROUPS),
    kinds=some(filters.KINDS),
    themes=some(["lavoro", "asilo", "permesso_soggiorno"]),
    evidence=some(filters.EVIDENCE),
    languages=some(["ar", "it", "ur"]),
    ambito=st.sampled_from(["", "lodi", "crema"]),
    closed=st.booleans(),
    mode=st.sampled_from(filters.MODES),
    limit=st.sampled_from(filters.LIMITS),
    ground=st.sampled_from(filters.GROUNDS),
    layers=some(filters.LAYERS),
    selected=st.sampled_from(["", "a"]),
)


def test_nothing_asked_shows_everything_that_is_not_closed():
    assert ids(Filters()) == "abce"
    assert ids(Filters(closed=True)) == "abcde"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (Filters(groups=("uffici_stato",)), "b"),
        (Filters(kinds=("sindacato",)), "c"),
        (Filters(groups=("uffici_stato",), kinds=("sindacato",)), "bc"),
        (Filters(themes=("asilo",)), "a"),
        (Filters(themes=("lavoro",), closed=True), "ad"),
        (Filters(languages=("it",)), "a"),
        (Filters(evidence=("B",)), "be"),
        (Filters(ambito="lodi"), "ab"),
        (Filters(ambito="crema"), ""),
    ],
)
def test_each_filter_by_heart(asked, shown):
    assert ids(asked) == shown


def test_unknown_languages_pass_no_filter_on_languages():
    assert "b" not in ids(Filters(languages=("it", "ar")))


@given(QUESTIONS)
def test_the_address_says_the_question_and_nothing_else(asked):
    read, said = parse(write(asked), Known(themes=["lavoro", "asilo", "permesso_soggiorno"]))
    assert (read, said) == (asked, "")


@given(QUESTIONS)
def test_a_question_gives_some_of_the_desks_in_their_order(asked):
    shown = list(apply(DESKS, asked)["sportello_id"])
    assert shown == [one for one in DESKS["sportello_id"] if one in shown]


@given(QUESTIONS)
def test_taking_a_filter_away_never_loses_a_desk(asked):
    for name in ("kinds", "themes", "evidence", "languages", "ambito", "closed"):
        assert set(ids(asked)) <= set(ids(filters.loosened(asked, name)))


@given(QUESTIONS)
def test_what_the_feed_is_told_gives_the_same_desks(asked):
    told, _ = parse(filters.feed_query(asked))
    assert ids(told) == ids(asked)


def test_an_empty_address_is_the_usual_question():
    assert parse({}) == (Filters(), "")
    assert write(Filters()) == {}


def test_strange_codes_are_left_out_and_said():
    asked, said = parse(
        {"prove": "A,Z", "mezzo": "razzo", "altro": "x", "ambito": "luna"}, Known(ambito=["lodi"])
    )
    assert asked == Filters(evidence=("A",))
    assert said == "Non conosco questi codici dell’indirizzo e non ne tengo conto: Z, luna, razzo."


def test_no_layer_at_all_can_be_asked_for():
    assert write(Filters(layers=())) == {"livelli": "nessuno"}
    assert parse({"livelli": "nessuno"})[0].layers == ()


def test_an_empty_answer_says_which_filter_to_take_away():
    asked = Filters(ambito="crema", evidence=("D",))
    assert ids(asked) == ""
    assert ways_out(DESKS, asked) == {"closed": 1}
    assert ways_out(DESKS, Filters(languages=("ur",), ambito="lodi")) == {"languages": 2}


def test_an_empty_table_is_no_fault():
    assert apply(DESKS.head(0), Filters(themes=("lavoro",), languages=("it",), ambito="lodi")).empty
