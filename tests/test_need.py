"""What somebody needs: the address and the words."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from screens import need
from screens.need import EVENING_OR_SATURDAY, Need, parse, words, write

NEEDS = st.builds(
    Need,
    mode=st.sampled_from(["car", "bike", "walk"]),
    limit=st.integers(1, 120),
    when=st.sampled_from(["", "Sa 10:00", EVENING_OR_SATURDAY, "Mo 08:00-10:00"]),
    languages=st.lists(st.sampled_from(["ar", "fr", "zh", "it"]), unique=True).map(tuple),
    themes=st.lists(st.sampled_from(["lavoro", "salute", "permesso_soggiorno"]), unique=True).map(tuple),
    target=st.sampled_from(["", "rifugiati", "donne"]),
    home=st.booleans(),
    walk_in=st.booleans(),
    capacity=st.sampled_from([0.0, 0.5, 1.0, 12.25]),
    evidence=st.sampled_from(["A", "B", "C", "D"]),
    fresh=st.sampled_from([0, 6, 24]),
    kinds=st.lists(st.sampled_from(["sindacato", "caritas"]), unique=True).map(tuple),
)


@given(NEEDS)
def test_the_address_gives_back_the_same_question(asked):
    assert parse(write(asked)) == (asked, "")


def test_the_usual_question_needs_no_address():
    assert write(Need()) == {}


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ({"lingua": "luna"}, "lingua=luna"),
        ({"quando": "domani"}, "quando=domani"),
        ({"limite": "0"}, "limite=0"),
        ({"limite": "121"}, "limite=121"),
        ({"limite": "-5"}, "limite=-5"),
        ({"capienza": "molta"}, "capienza=molta"),
        ({"residenza": "sempre"}, "residenza=sempre"),
        ({"prova": "E"}, "prova=E"),
        ({"mesi": "9999999"}, "mesi=9999999"),
        ({"mezzo": "razzo", "tipi": "chiosco"}, "mezzo=razzo, tipi=chiosco"),
    ],
)
def test_what_nobody_knows_is_left_out_and_said(query, left_out):
    asked, said = parse(query)
    assert asked == Need()
    assert said.endswith(f"{left_out}.")


def test_every_field_has_its_parameter():
    assert set(need.PARAMETERS) == set(Need.__dataclass_fields__)
    assert len(set(need.PARAMETERS.values())) == len(need.PARAMETERS)


def test_the_question_is_told_whole():
    asked = Need(
        mode="walk", limit=45, when=EVENING_OR_SATURDAY, languages=("ar", "fr"), themes=("lavoro",), target="donne",
        home=True, walk_in=True, capacity=1.5, evidence="B", fresh=24, kinds=("caritas",),
    )  # fmt: skip
    assert words(asked) == (
        "entro 45 minuti a piedi, tra i tipi «Caritas», aperto dopo le 17 o il sabato, dove si parla arabo o francese, "
        "per «Lavoro», per «Donne», che riceve chi abita in quel comune, senza appuntamento, con almeno 1,5 ore a "
        "settimana ogni 1.000 stranieri, di cui si è detto qualcosa negli ultimi 24 mesi, con prove fino al livello B"
    )
    assert asked.conditions == 8
