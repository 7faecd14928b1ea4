"""The page of an Ambito on the committed tables: its parts say what the whole pages say, and lead there."""

import re

import pytest

from layers.style import number
from screens import (
    access_answers,
    ambito_access,
    ambito_languages,
    community_memory,
    community_words,
    frame,
    gap_answers,
    gap_words,
    memory,
)
from screens.communities import Asked
from screens.gap_table import AMBITO
from tests.test_screens import open_page, words

PAGE = "screens/ambito.py"


@pytest.fixture(scope="module")
def said():
    return words(open_page(PAGE, ambito="lodi"))


def rows(said, label):
    """The cells of a table of the page: head of the row → cells."""
    table = re.search(rf'aria-label="{re.escape(label)}">(.*?)</table>', said, re.DOTALL)
    assert table is not None
    told = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table[1])
    return {head: re.findall(r"<td>(.*?)</td>", cells) for head, cells in told}


def test_effective_access_says_what_the_page_accesso_says(said):
    table = rows(said, "Accesso effettivo")
    asked = ambito_access.questions("lodi")
    assert list(table) == list(asked)
    for words_, need in asked.items():
        row = access_answers.by_area(need, "ambito_id").loc["lodi"]
        sure, maybe, never = (cell.split(" (")[0] for cell in table[words_][:3])
        assert [sure, never] == [frame.people_words(row[name]) for name in ("confirmed", "beyond")]
        assert maybe == frame.people_words(row["maybe"])


def test_the_three_largest_languages_are_asked_besides():
    largest = list(ambito_languages.largest("lodi").index[:3])
    asked = [need.languages for need in ambito_access.questions("lodi").values() if need.languages]
    assert asked == [(code,) for code in largest]


def test_the_gap_is_that_of_the_page_divari(said):
    asked = ambito_access.QUESTIONS["Dopo le 17 o il sabato"]
    row = gap_answers.table(asked, AMBITO).loc["lodi"].to_dict()
    assert gap_words.sentence(row, "Nell'Ambito Lodi", asked) in said


def test_another_question_on_the_gap_is_in_the_address():
    app = open_page(PAGE, ambito="lodi", divario="libero")
    assert "senza appuntamento" in words(app)
    app.segmented_control(key="ambito_divario").set_value("vicino").run()
    assert app.query_params["divario"] == "vicino"
    assert app.query_params["ambito"] == "lodi"


def test_communities_say_what_the_page_comunita_says(said):
    asked = Asked(ambito="lodi")
    table = community_memory.against(asked)
    names = memory.ambiti().set_index("ambito_id")["ambito"]
    known = community_memory.known()
    assert community_words.finding(table, known, asked, names) in said
    shown = rows(said, "Cittadinanze più numerose e associazioni")
    for (_, code), row in table.head(len(shown)).iterrows():
        assert shown[known.names[code]][0] == number(row["residents"])


def test_languages_count_the_desks_of_the_ambito(said):
    table = rows(said, "Lingue più parlate")
    assert len(table) == ambito_languages.MOST
    desks = memory.sportelli().query("ambito_id == 'lodi'")
    for cells in table.values():
        assert 0 < int(cells[2]) + int(cells[3]) <= len(desks)


def test_schools_are_reckoned_only_when_they_are_opened(monkeypatch):
    def never(asked):
        raise AssertionError(asked)

    monkeypatch.setattr("screens.school_memory.ranked", never)
    app = open_page(PAGE, ambito="milano")
    assert not app.exception
    assert any("poco sostegno vicino" in box.label for box in app.expander)


def test_every_part_leads_to_its_page_with_the_question_filled_in():
    app = open_page(PAGE, ambito="lodi")
    asked = {(link.proto.page, link.proto.query_string) for link in app.get("page_link")}
    told = " ".join(sorted(f"{page}?{query}" for page, query in asked))
    for page in ("accesso?", "divari?", "comunita?ambito=lodi", "scuole?", "qualita?ambito=lodi", "mappa?"):
        assert page in told
    assert "vista=chiamate" in told
    assert "vista=lingue" in told
