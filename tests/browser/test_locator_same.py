"""The phone finds what Python finds: same desks in the same order, same hours, places typed with errors."""

import base64
import datetime as dt
import json
import random
from dataclasses import replace

import pytest

from data.registry import hours
from data.registry.store import ROME
from data.vocabularies import vocabulary
from locator import finding, phone_words, words, zones
from locator.finding import NOW, Ask
from locator.opening import coming, minute_of, usual
from locator.records import Slot
from tests.browser.public import public
from tests.locator_real import real
from tests.locator_town import MOMENT, TODAY, town

QUESTIONS = 160
TEXTS = (
    "Mo-Fr 09:00-12:30; We 14:00-17:00", "Tu,Th 14:30-18:00", "Sa 09:00-12:00; PH off", "Mo[1] 10:00-12:00",
    "24/7", "Mo-Sa 08:00-20:00", "We 09:00-13:00; We 09:00-13:00 unknown \"su appuntamento\"", "Fr 22:00-26:00",
)  # fmt: skip
SPOKEN = ("ar", "ary", "en", "fr", "it", "zh", "yue", "uk", "sq", "tl", "fil")

IN_THE_PHONE = """async ([root, zones, questions]) => {
    const { results, unpack } = await import(`${root}/finding.js`);
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
    const opened = {};
    for (const [name, { feed, minutes }] of Object.entries(zones)) {
        opened[name] = { feed, minutes: unpack(bytes(minutes), feed.desks.length, feed.places.length) };
    }
    return questions.map(([zone, asked, now]) => {
        const found = results(opened[zone], asked, now);
        const told = (one) => [one.desk.id, one.unsure, Object.values(one.minutes)];
        return [...["sure", "perhaps", "remote"].map((name) => found[name].map(told)), found.leftOut];
    });
}"""


@pytest.fixture(scope="module")
def phone(browser):
    """A page of the public pages, on a phone whose clock is elsewhere; and the way to its scripts."""
    with public(town(), moment=MOMENT) as served:
        context = browser.new_context(timezone_id="America/New_York", locale="es-MX", service_workers="block")
        page = context.new_page()
        page.goto(served.address + "it/")
        root = page.evaluate(
            "new URL(document.querySelector('script[src*=app]').src + '/..').href.slice(0, -1)"
        )
        yield page, root
        context.close()


def lived_in(snapshot):
    """The real desks with hours, languages, areas and themes that nobody has told yet: seeded, many of them unknown."""
    chance = random.Random(6)
    told = {text: (usual(text, (), today=TODAY), coming(text, (), today=TODAY)) for text in TEXTS}
    ambiti = [one.id for one in snapshot.ambiti]

    def some(codes, most=3):
        return tuple(chance.sample(codes, chance.randint(1, most))) if chance.random() < 0.7 else None

    def slot(number):
        text = chance.choice((*TEXTS, None))
        week, coming_ = told.get(text, (None, None))
        how = chance.choice(("in_presenza", "telefono", None, None))
        return Slot(f"s{number}", how, text, week, coming_, some(SPOKEN), None, TODAY if text else None, None)

    def desk(one):
        areas = [f"ambito:{chance.choice(ambiti)}", f"provincia:{chance.choice(('BG', 'MI'))}", "regione:03"]
        return replace(
            one,
            slots=tuple(slot(number) for number in range(chance.randint(0, 3))),
            themes=some(list(vocabulary("themes").index[:6]), 4),
            targets=some(["tutti", "donne", "rifugiati", "cittadini_stranieri", "lavoratori"]),
            areas=some(areas, 2),
        )

    return replace(snapshot, desks=tuple(desk(one) for one in snapshot.desks), today=TODAY)


def asked_of(snapshot, count):
    """Questions, seeded: zone, question, moment; now and then one from nowhere."""
    chance = random.Random(len(snapshot.desks))
    some = chance.sample(sorted(snapshot.travel.zones), min(5, len(snapshot.travel.zones)))
    moments = [MOMENT + dt.timedelta(minutes=chance.randint(0, 27 * 24 * 60)) for _ in range(12)]
    for _ in range(count):
        zone = chance.choice(some)
        place = snapshot.travel.origins[chance.choice(snapshot.travel.zones[zone])]

        def maybe(codes, chance=chance):
            return chance.choice(list(codes)) if chance.random() < 0.5 else ""

        day_time = f"{chance.choice(hours.WEEK)} {chance.randint(7, 20)}:{chance.choice(('00', '15', '58'))}"
        ask = Ask(
            origin=place.id if chance.random() < 0.9 else "",
            theme=maybe(vocabulary("themes").index[:6]),
            language=maybe(SPOKEN),
            target=maybe(vocabulary("targets").index),
            mode=chance.choice(("walk", "bike", "car")),
            when=maybe((NOW, NOW, day_time)),
            ambito=zone if chance.random() < 0.1 else "",
        )
        yield zone, ask, chance.choice(moments)


def in_python(snapshot, zone, ask, moment):
    """What Python finds among the desks of the zone, as the phone tells it."""
    found = finding.results(zones.desks_of(snapshot, zone), snapshot.travel, ask, now=moment)

    def told(one):
        minutes = [one.minutes[mode] for mode in ("walk", "bike", "car")]
        return [one.desk.id, list(one.unsure), [255 if each is None else each[0] for each in minutes]]

    return [[told(one) for one in group] for group in found[:3]] + [found.left_out]


@pytest.mark.parametrize("of", [town, lambda: lived_in(real())], ids=["town", "real desks"])
def test_the_phone_finds_the_same_desks_in_the_same_order(phone, of):
    page, root = phone
    snapshot = of()
    questions = list(asked_of(snapshot, QUESTIONS // 2))
    needed = {
        zone: {
            "feed": zones.feed(snapshot, zone),
            "minutes": base64.b64encode(zones.minutes(snapshot, zone)).decode(),
        }
        for zone in {zone for zone, _, _ in questions}
    }
    told = [(zone, ask.__dict__, minute_of(moment)) for zone, ask, moment in questions]
    found = page.evaluate(IN_THE_PHONE, [root, json.loads(json.dumps(needed)), told])
    expected = [in_python(snapshot, *question) for question in questions]
    for question, phones, pythons in zip(questions, found, expected, strict=True):
        assert phones == pythons, question
    kinds = [sum(bool(one[number]) for one in expected) for number in range(3)]
    assert min(kinds) > len(questions) // 10  # the questions are worth asking: every section is met


STATES = """async ([root, desks, day, moments, said]) => {
    const { clock, state, told } = await import(`${root}/opening.js`);
    const { reader } = await import(`${root}/words.js`);
    const words = reader(said), tell = clock(said.tag);
    return moments.map((now) => desks.map((desk) => {
        const found = state(desk, day, now);
        return [found && found.is, found && found.at, told(found, now, words, tell)];
    }));
}"""


def states(phone, desks, moments, lang="it", day=TODAY):
    page, root = phone
    said = phone_words.told(words.words(lang))
    return page.evaluate(STATES, [root, desks, day.isoformat(), [minute_of(one) for one in moments], said])


def test_open_or_closed_is_as_the_hours_say_across_the_change_of_clock(phone):
    day = dt.date(2026, 10, 20)  # on the 25th clocks go back
    chance = random.Random(3)
    start = dt.datetime.combine(day, dt.time(), ROME)
    moments = [start + dt.timedelta(minutes=chance.randint(0, 20 * 24 * 60)) for _ in range(60)]
    texts = [one for one in TEXTS if one != "24/7" and "unknown" not in one]
    desks = [{"slots": [{"coming": coming(one, (), today=day)}]} for one in texts]
    found = states(phone, desks, moments, day=day)
    for moment, row in zip(moments, found, strict=True):
        local = moment.replace(tzinfo=None)
        for text, (is_, at, _) in zip(texts, row, strict=True):
            ahead = hours.slots(text, local, local + dt.timedelta(days=8), ())
            open_ = bool(ahead) and ahead[0].start <= local < ahead[0].end
            assert is_ == ("open" if open_ else "shut"), (text, moment)
            if ahead:
                edge = ahead[0].end if open_ else ahead[0].start
                assert at == minute_of(edge.replace(tzinfo=ROME)), (text, moment)


def test_the_state_is_told_by_the_clock_of_lombardy(phone):
    desks = [{"slots": [{"coming": coming("Mo-Fr 09:00-12:30", (), today=TODAY)}]}]
    at = {
        MOMENT: "Aperto ora: chiude alle 12:30",
        MOMENT.replace(hour=8): "Chiuso ora: apre oggi alle 09:00",
        MOMENT.replace(hour=13): "Chiuso ora: apre domani alle 09:00",
        MOMENT.replace(day=27, hour=13): "Chiuso ora: apre lunedì alle 09:00",
        MOMENT + dt.timedelta(days=30): "Questi orari sono vecchi: controlla prima di andare.",
    }
    assert [row[0][2] for row in states(phone, desks, list(at))] == list(at.values())
    arabic = states(phone, desks, [MOMENT], "ar")[0][0][2]
    assert "12:30" in arabic


def test_hours_by_phone_are_told_only_where_none_are_known_in_person(phone):
    by_phone = {"how": "telefono", "coming": coming("24/7", (), today=TODAY)}
    here = {"how": "in_presenza", "coming": coming("Sa 09:00-12:00", (), today=TODAY)}
    unknown = {"how": "in_presenza"}
    desks = [{"slots": [by_phone]}, {"slots": [by_phone, here]}, {"slots": [unknown]}, {}]
    said = [one[2] for one in states(phone, desks, [MOMENT])[0]]
    assert said == ["Risponde ora", "Chiuso ora: apre sabato alle 09:00", "", ""]


TYPED = """async ([root, index, typed]) => {
    const { entries, label, search, zoneAt } = await import(`${root}/places.js`);
    const all = entries(index);
    return typed.map((one) => search(all, one).map(label));
}"""


def test_a_place_typed_with_errors_is_the_first_suggested(phone):
    page, root = phone
    index = zones.places_index(real())
    typed = {
        "bergamo": "Bergamo (BG)", "BREGAMO": "Bergamo (BG)", "Bergamo (BG)": "Bergamo (BG)", "milnao": "Milano (MI)",
        "mil": "Milano (MI)", "cinisello balsmo": "Cinisello Balsamo (MI)", "s donato mil": "San Donato Milanese (MI)",
        "sant angelo lodig": "Sant'Angelo Lodigiano (LO)", "SANTANGELO LODIGIANO": "Sant'Angelo Lodigiano (LO)",
        "cantu": "Cantù (CO)", "Cantu’": "Cantù (CO)", "vareze": "Varese (VA)", "lody": "Lodi (LO)",
        "colognola, bergamo": "Colognola, Bergamo (BG)", "Бергамо": "Bergamo (BG)", "米兰": "Milano (MI)",
        "ميلانو": "Milano (MI)", "Milan": "Milano (MI)",
    }  # fmt: skip
    found = page.evaluate(TYPED, [root, json.loads(json.dumps(index)), list(typed)])
    assert {one: (all_ or [""])[0] for one, all_ in zip(typed, found, strict=True)} == typed
    nothing = page.evaluate(TYPED, [root, json.loads(json.dumps(index)), ["", "x", "qwrtzpsdfg"]])
    assert nothing == [[], [], []]


NEAR = """async ([root, index, feed, at]) => {
    const { placeAt, zoneAt } = await import(`${root}/places.js`);
    return at.map(([lon, lat]) => [zoneAt(index, lon, lat), placeAt(feed, lon, lat)[0]]);
}"""


def test_a_position_is_of_the_nearest_place_and_far_from_lombardy_of_none(phone):
    page, root = phone
    snapshot = town()
    told = [zones.places_index(snapshot), zones.feed(snapshot, "borgo")]
    points = [(9.6805, 45.6795), (9.6705, 45.6899), (12.49, 41.9)]
    found = page.evaluate(NEAR, [root, *json.loads(json.dumps(told)), points])
    assert found == [["borgo", "p2"], ["borgo", "p1"], [None, "p3"]]
