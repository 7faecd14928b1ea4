"""What desks offer, condition by condition: yes, no, not known."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.effective import NO, UNKNOWN, YES
from data import catalog
from data.registry import editing, people, usual_week
from data.registry.store import open_store
from data.vocabularies import vocabulary
from screens import offers
from screens.living import living
from screens.need import Need
from screens.offers import COLUMNS, Offers

TODAY = dt.date(2026, 1, 29)
HOMES = pd.DataFrame(
    {"comune_code": ["015146", "016024"], "ambito_id": ["milano", "bergamo"], "province": ["MI", "BG"]}
)


def of(**said):
    """Offers of desks a, b, … one each, unless ``sportello_id`` says otherwise; what is not said is not known."""
    many = len(next(iter(said.values())))
    rows = pd.DataFrame({name: said.get(name, [None] * many) for name in COLUMNS}, dtype=object)
    if "sportello_id" not in said:
        rows["sportello_id"] = list("abcdef")[:many]
    week = np.vstack([usual_week.open_in(hours, today=TODAY) for hours in rows["hours"]])
    desks = pd.Index(sorted(set(rows["sportello_id"])))
    return Offers(rows, week, desks, desks.get_indexer(pd.Index(rows["sportello_id"])), TODAY)


def asked(of_them, need, people=1000.0):
    in_reach = pd.Series(people, index=of_them.desks)
    return offers.conditions(of_them, need, HOMES, in_reach=in_reach)


def test_only_what_is_asked_is_answered():
    assert asked(of(hours=[None]), Need()) == {}
    everything = Need(
        when="Sa", languages=("ar",), themes=("lavoro",), home=True, walk_in=True, capacity=1.0, fresh=6
    )
    assert set(asked(of(hours=[None]), everything)) == set(offers.CONDITIONS)


def test_nothing_known_is_not_known_whatever_is_asked():
    everything = Need(
        when="Sa",
        languages=("ar",),
        themes=("lavoro",),
        target="donne",
        home=True,
        walk_in=True,
        capacity=1.0,
        fresh=6,
    )
    for truth in asked(of(hours=[None]), everything).values():
        assert (truth == UNKNOWN).all()


@pytest.mark.parametrize(
    ("languages", "spoken", "truth"),
    [
        (("ar",), ["ar", "it"], YES),
        (("ar",), ["fr"], NO),
        (("arz",), ["ar"], YES),
        (("ar",), ["ary"], YES),
        (("ar", "fr"), ["fr"], YES),
        (("ar",), None, UNKNOWN),
        (("it",), None, YES),
    ],
)
def test_a_language_is_spoken_by_name_by_group_or_nobody_says(languages, spoken, truth):
    assert asked(of(languages=[spoken]), Need(languages=languages))["language"].tolist() == [[truth]]


def test_hours_and_language_must_be_those_of_the_same_slot():
    two = of(
        sportello_id=["a", "a"],
        hours=["Mo 09:00-12:00", "Sa 09:00-12:00"],
        languages=[["ar"], ["fr"]],
    )
    truths = asked(two, Need(when="Sa 10:00", languages=("ar",)))
    assert offers.kept(two, truths).tolist() == [[NO]]
    assert offers.kept(two, asked(two, Need(when="Mo 10:00", languages=("ar",)))).tolist() == [[YES]]


@pytest.mark.parametrize(
    ("target", "said", "truth"),
    [
        ("rifugiati", ["rifugiati"], YES),
        ("rifugiati", ["cittadini_paesi_terzi"], YES),
        ("rifugiati", ["tutti"], YES),
        ("cittadini_paesi_terzi", ["rifugiati"], NO),
        ("operatori", ["cittadini_stranieri"], NO),
        ("donne_incinte", ["donne"], YES),
    ],
)
def test_who_is_received_takes_in_those_who_are_part_of_them(target, said, truth):
    assert asked(of(targets=[said]), Need(target=target))["eligibility"].tolist() == [[truth]]


def test_people_are_received_where_they_live():
    areas = [["istat:comune:015146"], ["provincia:BG"], ["regione:03"], None]
    truth = asked(of(areas=areas), Need(home=True))["eligibility"]
    assert truth.tolist() == [[YES, NO], [NO, YES], [YES, YES], [UNKNOWN, UNKNOWN]]


def test_an_ambito_that_is_not_known_leaves_open_whether_its_desk_receives():
    homes = HOMES.assign(ambito_id=[None, "bergamo"])
    one = of(areas=[["ambito:milano"]])
    truth = offers.conditions(one, Need(home=True), homes, in_reach=pd.Series(0.0, index=one.desks))
    assert truth["eligibility"].tolist() == [[UNKNOWN, NO]]


@pytest.mark.parametrize(
    ("access", "truth"),
    [
        (["libero"], YES),
        (["misto"], YES),
        (["appuntamento"], NO),
        (["appuntamento", "libero"], YES),
        (None, UNKNOWN),
    ],
)
def test_an_appointment_is_needed_or_not(access, truth):
    assert asked(of(access=[access]), Need(walk_in=True))["walk_in"].tolist() == [[truth]]


def test_all_themes_are_asked_of_the_same_desk():
    both = Need(themes=("lavoro", "salute"))
    assert asked(of(themes=[["lavoro"], ["salute", "lavoro"]]), both)["theme"].tolist() == [[NO], [YES]]


def test_room_is_weekly_hours_for_the_people_in_reach():
    desks = of(hours=["Mo 09:00-12:00", "Mo 09:00-11:00", None])
    assert asked(desks, Need(capacity=1.5), people=2000)["capacity"].tolist() == [[YES], [NO], [UNKNOWN]]
    assert asked(desks, Need(capacity=1.5), people=0)["capacity"].tolist() == [[YES], [YES], [YES]]


def test_known_hours_that_are_enough_are_enough_whatever_the_other_slots():
    two = of(sportello_id=["a", "a"], hours=["Mo 09:00-12:00", None])
    assert (asked(two, Need(capacity=3.0))["capacity"] == YES).all()
    assert (asked(two, Need(capacity=4.0))["capacity"] == UNKNOWN).all()


def test_two_slots_at_the_same_time_are_not_twice_the_hours():
    two = of(sportello_id=["a", "a"], hours=["Mo 09:00-12:00", "Mo 09:00-12:00"])
    assert offers.weekly_hours(two).to_numpy().tolist() == [[3.0, 3.0]]


def test_hours_of_one_week_in_four_may_be_enough_room():
    monthly = of(hours=["Mo[1] 09:00-12:00", "We 09:00-10:00; Mo[1] 09:00-12:00"])
    assert asked(monthly, Need(capacity=2.0))["capacity"].tolist() == [[UNKNOWN], [UNKNOWN]]
    assert asked(monthly, Need(capacity=3.5))["capacity"].tolist() == [[NO], [UNKNOWN]]
    assert asked(monthly, Need(capacity=1.0))["capacity"].tolist() == [[UNKNOWN], [YES]]


def test_a_date_of_a_year_may_be_late_or_too_early():
    days = [offers.spoken(told) for told in ("2025", "2024", "2025-09", dt.date(2025, 1, 29), None)]
    rows = of(said_from=[one for one, _ in days], said_until=[other for _, other in days])
    truth = asked(rows, Need(fresh=12))["freshness"]
    assert truth.ravel().tolist() == [UNKNOWN, NO, YES, YES, UNKNOWN]


def test_the_latest_word_counts_whoever_said_it():
    assert offers.last(["2024-01-05", None, "2025-09", "2025"]) == (
        dt.date(2025, 9, 1),
        dt.date(2025, 12, 31),
    )
    assert offers.last([None, "boh"]) == (None, None)


def test_every_group_of_people_is_part_of_groups_that_exist():
    for target in vocabulary("targets").index:
        assert offers.wider(target) <= set(vocabulary("targets").index)


@pytest.fixture
def opened(var):
    store = open_store(folder=var)
    people.add(store, name="regione", role="regione", oidc="https://id.example regione")
    yield store, people.sign_in_vouched(store, "https://id.example regione")
    store.close()


def test_what_an_editor_writes_is_offered(opened):
    store, editor = opened
    made = offers.offers(living(store, catalog.load), store)
    first = made.rows[made.rows["sessione_id"].isna()].iloc[0]
    key = first["sportello_id"]
    version = len(editing.history(store, editor, "sportelli", key))
    editing.edit(
        store,
        editor,
        "sportelli",
        key,
        version=version,
        said={"areas": ["provincia:MI"], "access": ["libero"]},
    )
    slot = {"sportello_id": key, "hours": "Sa 09:00-12:00", "languages": ["ar"], "evidence": "A"}
    editing.create(store, editor, "sessioni", slot)
    phone = {"sportello_id": key, "hours": "Su 09:00-12:00", "reception": "telefono", "evidence": "A"}
    editing.create(store, editor, "sessioni", phone)
    now = offers.offers(living(store, catalog.load), store)
    row = now.rows[now.rows["sportello_id"] == key]
    assert len(row) == 1
    assert row.iloc[0][["hours", "languages", "areas", "access"]].tolist() == [
        "Sa 09:00-12:00", ["ar"], ["provincia:MI"], ["libero"],
    ]  # fmt: skip


def test_without_a_registry_the_starting_lists_are_offered_and_no_slot_is_known():
    made = offers.offers(catalog.load, None)
    assert made.rows["hours"].isna().all()
    assert made.rows["themes"].notna().mean() > 0.9
    assert (made.week == usual_week.UNSURE).all()


def test_closed_desks_offer_nothing_and_phone_is_no_place_to_go(opened):
    store, _ = opened
    made = offers.offers(living(store, catalog.load), store)
    desks = living(store, catalog.load)("sportelli").set_index("sportello_id")
    assert not desks.loc[made.desks, "status"].isin(["chiuso", "probabilmente_superato"]).any()
    assert set(made.rows["sportello_id"]) == set(made.desks)
