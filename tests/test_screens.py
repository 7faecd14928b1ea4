"""Every screen as a planner opens it, and as she opens it when something is broken."""

import re
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from data import catalog
from layers.style import number
from screens import frame, joined, memory
from tests import pages

APP = str(catalog.TABLES.parent.parent / "app.py")
WAIT_S = 60


@pytest.fixture
def forgetful(monkeypatch):
    """Nothing is remembered from before where tables are exchanged, nor for the next test."""
    pages.other_memory(monkeypatch)


def open_page(page: str = "", **query: str) -> AppTest:
    """The app at a page, with what the address says."""
    app = AppTest.from_file(APP, default_timeout=WAIT_S)
    if page:
        app.switch_page(page)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    """Everything the page says."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error")
    said = [str(element.value) for kind in kinds for element in getattr(app, kind)]
    said += [f"{metric.label} {metric.value}" for metric in app.metric]
    said += [element.proto.body for element in app.get("html")]
    return "\n".join(said)


@pytest.mark.parametrize("page", ["", "screens/mappa.py", "screens/ambito.py", "screens/fonti.py"])
def test_every_screen_opens_without_an_error(page):
    app = open_page(page)
    assert not app.exception
    assert not app.error
    assert len(app.title) == 1


def test_panorama_says_the_regions_figures():
    said = words(open_page())
    assert "Residenti stranieri 1.221.520" in said
    assert "Di Paesi terzi 995.738" in said
    assert "33 dei 35 partner" in said
    assert "Due dei 35 partner di Lab'Impact non sono noti" in said


def test_panorama_lists_the_ten_comuni_with_most_people_far_from_a_desk():
    app = open_page()
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', words(app))
    shown = [re.findall(r"<td>(.*?)</td>", cells)[2] for _, cells in rows]
    expected = memory.access(mode="car", limit=30)["people_beyond"].sort_values(ascending=False).head(10)
    assert shown == [number(people) for people in expected]


def test_panorama_opens_as_its_address_says_and_its_address_follows():
    app = open_page(mezzo="walk", limite="45")
    assert "oltre **45 minuti** a piedi" in words(app)
    app.segmented_control[0].set_value("bike").run()
    assert app.query_params["mezzo"] == "bike"
    assert "in bicicletta" in words(app)


def test_minutes_never_stand_without_their_label():
    for page, query in (("", {}), ("screens/ambito.py", {"ambito": "lodi"})):
        said = words(open_page(page, **query))
        assert "min (" in said or "minuti" in said
        assert "Tempi **stimati**" in said


def test_an_ambito_has_its_own_page():
    app = open_page("screens/ambito.py", ambito="milano")
    assert not app.exception
    said = words(app)
    schools = memory.scuole()
    told = (schools["foreign_share"].notna() | schools["hidden"]) & schools["ambito_id"].eq("milano")
    known = int(told.sum())
    assert known == 304
    assert f"nota per **{known}** scuole" in said
    assert app.query_params["ambito"] == "milano"


def test_an_ambito_without_desks_says_what_to_do():
    desks = memory.sportelli()
    without = sorted(set(memory.ambiti()["ambito_id"]) - set(desks["ambito_id"]))[0]
    said = words(open_page("screens/ambito.py", ambito=without))
    assert "Sportelli e uffici (0)" in said
    assert "Non vuol dire che non ce ne siano" in said


@pytest.mark.parametrize("ambito", sorted(catalog.load("ambiti")["ambito_id"])[::9])
def test_any_ambito_opens(ambito):
    app = open_page("screens/ambito.py", ambito=ambito)
    assert not app.exception
    assert not app.error


def test_an_unknown_ambito_in_the_address_is_told_not_thrown():
    app = open_page("screens/ambito.py", ambito="atlantide")
    assert not app.exception
    assert "Non conosciamo l'Ambito «atlantide»" in words(app)


def test_fonti_shows_every_source_with_its_rows():
    app = open_page("screens/fonti.py")
    table = app.dataframe[0].value
    assert len(table) == len(catalog.DATASETS)
    counted = table.dropna(subset=["Righe entrate"])
    assert (counted["Righe entrate"] == counted["Tenute"] + counted["Messe da parte"]).all()
    assert "fuori dalla Lombardia" in words(app)
    assert "Questo file non c'è ancora" in words(app)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "Manca la tabella «sportelli»"),
        (lambda path: path.write_bytes(b"broken"), "La tabella «sportelli» è guasta"),
    ],
)
@pytest.mark.usefixtures("forgetful")
def test_a_missing_or_broken_table_gives_a_sentence_not_a_trace(tmp_path, monkeypatch, spoil, says):
    folder = tmp_path / "tables"
    shutil.copytree(catalog.TABLES, folder)
    spoil(folder / "sportelli.parquet")
    load = catalog.load
    monkeypatch.setattr(memory.catalog, "load", lambda name: load(name, folder))
    for page in ("", "screens/mappa.py", "screens/ambito.py"):
        app = open_page(page, ambito="lodi")
        assert not app.exception
        assert says in app.error[0].value
        assert "data build" in app.error[0].value


def test_comuni_and_ambiti_are_joined_without_losing_anybody():
    comuni, ambiti = memory.comuni(), memory.ambiti()
    assert len(comuni) == 1502
    assert comuni["third_country"].sum() == pytest.approx(995_738)
    assigned = comuni.dropna(subset=["ambito_id"])
    assert ambiti["foreign_residents"].sum() == assigned["foreign_residents"].sum()
    assert ambiti.to_crs("EPSG:32632").area.sum() == pytest.approx(assigned.to_crs("EPSG:32632").area.sum())


def test_closed_doubtful_and_unplaced_desks_do_not_count_for_minutes():
    counted = joined.counted(memory.sportelli())
    assert set(counted["status"]).isdisjoint(joined.GONE)
    assert set(counted["evidence"]) == {"A", "B", "C"}
    assert counted.geometry.notna().all()
    assert "questura" not in set(counted["kind"])


def test_minutes_are_known_also_where_no_foreign_resident_lives():
    nobody = memory.comuni().query("foreign_residents == 0")["comune_code"]
    assert len(nobody) > 0
    found = memory.access()
    assert found["minutes_median"].notna().all()
    assert (found.loc[nobody, "people_beyond"] == 0).all()


def test_offices_of_an_institute_are_no_schools_unless_a_share_is_known_of_them():
    schools = memory.scuole()
    assert schools.loc[schools["foreign_share"].notna() | schools["hidden"], "is_site"].all()
    offices = schools[(schools["level"] == "comprensivo") & schools["foreign_share"].isna()]
    assert len(offices) > 0
    assert not offices["is_site"].any()


def test_more_evidence_asked_never_shortens_the_way():
    everything, best = memory.minutes(), memory.minutes(evidence=("A", "B"))
    assert (best["minutes"] >= everything["minutes"] - 1e-9).all()


@pytest.mark.parametrize(
    ("minutes", "words_"),
    [((31.4, 24.2, 41.9), "31 min (24–42)"), ((float("nan"), 1, 2), "non raggiungibile")],
)
def test_minutes_in_words(minutes, words_):
    assert frame.minutes_words(*minutes) == words_


def test_no_source_line_forgets_its_date():
    said = [str(caption.value) for caption in open_page().caption]
    sources = [line for line in said if "Fonte:" in line]
    assert sources
    assert all(re.search(r"\([^()]+, [\d/–]+\)", line) for line in sources)
