"""What tags mean: by heart, then laws, then the page that tells it."""

import hashlib
import itertools
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.network import MODES
from geo.speeds import BIKE_KMH, WALK_KMH
from geo.streets.rules import (
    FILE,
    KEYS,
    ROADS,
    RULES,
    RULES_VERSION,
    barred,
    duration_min,
    limits,
    profile,
)
from geo.streets.ways import KINDS
from tests.streets.towns import street

PAGE = Path(__file__).parents[2] / "docs" / "street-rules.md"
SHUT = (0.0, 0.0)
RIDE = (BIKE_KMH, BIKE_KMH)
WALK = (WALK_KMH, WALK_KMH)


def kmh(mode, **tags):
    """Km/h of a mode along and against a street with these tags."""
    found = profile(street(**tags))
    return SHUT if found is None else found.kmh[mode]


def goes(**tags):
    """The modes that may use a street with these tags, as initials."""
    found = profile(street(**tags))
    return "" if found is None else "".join(mode[0] for mode in MODES if max(found.kmh[mode]) > 0)


@pytest.mark.parametrize(
    ("highway", "modes"),
    [
        ("motorway", "c"), ("motorway_link", "c"), ("trunk", "cw"), ("primary", "cbw"), ("residential", "cbw"),
        ("living_street", "cbw"), ("service", "cbw"), ("road", "cbw"), ("track", "bw"), ("pedestrian", "bw"),
        ("cycleway", "b"), ("footway", "w"), ("path", "bw"), ("bridleway", "w"), ("steps", "w"), ("busway", ""),
        ("construction", ""), ("proposed", ""), ("raceway", ""), ("corridor", ""), ("platform", ""), ("services", ""),
        ("bus_guideway", ""), ("elevator", ""), ("yes", ""),
    ],
)  # fmt: skip
def test_each_class_has_its_users(highway, modes):
    assert goes(highway=highway) == modes


def test_nobody_walks_or_rides_where_only_motors_may():
    assert goes(highway="trunk", motorroad="yes") == "c"
    assert goes(highway="primary", motorroad="yes") == "c"
    assert goes(highway="primary", motorroad="no") == "cbw"


def test_what_is_no_road_is_not_read():
    assert profile({}) is None
    assert profile({"building": "yes"}) is None
    assert profile({"route": "bus"}) is None


def test_of_two_classes_the_first_that_is_known_counts():
    assert profile({"highway": "unclassified;tertiary"}).kind == "unclassified"
    assert profile({"highway": "minor; tertiary"}).kind == "tertiary"


@pytest.mark.parametrize(
    "value", ["no", "private", "agricultural", "forestry", "agricultural;forestry", "military", "delivery"]
)
def test_a_private_road_is_nobodys(value):
    assert goes(access=value) == ""


@pytest.mark.parametrize(
    "value", ["yes", "permissive", "designated", "official", "destination", "customers", "maybe"]
)
def test_who_has_somebody_to_see_may_go_in(value):
    assert goes(access=value) == "cbw"


def test_the_nearest_key_decides():
    assert goes(access="no", foot="yes") == "w"
    assert goes(access="private", vehicle="yes") == "cb"
    assert goes(vehicle="no") == "w"
    assert goes(vehicle="no", bicycle="yes") == "bw"
    assert goes(motor_vehicle="no") == "bw"
    assert goes(motor_vehicle="no", motorcar="yes") == "cbw"
    assert goes(motor_vehicle="yes", motorcar="private") == "bw"
    assert goes(foot="no") == "cb"
    assert goes(foot="use_sidepath", bicycle="use_sidepath") == "c"
    assert goes(bicycle="no;designated") == "cbw"


def test_only_a_key_of_its_own_opens_what_the_class_shuts():
    assert goes(highway="footway", access="yes") == "w"
    assert goes(highway="footway", bicycle="yes") == "bw"
    assert goes(highway="pedestrian", motor_vehicle="destination") == "cbw"
    assert goes(highway="track", access="yes") == "bw"
    assert goes(highway="track", motor_vehicle="permissive") == "cbw"
    assert goes(highway="cycleway", foot="designated") == "bw"
    assert goes(highway="trunk", motorroad="yes", bicycle="yes") == "cb"


def test_a_square_is_walked_along_its_edge_and_never_driven():
    assert goes(highway="pedestrian", area="yes") == "bw"
    assert goes(area="yes") == "bw"


@pytest.mark.parametrize(
    ("oneway", "way"),
    [
        ("yes", (True, False)), ("true", (True, False)), ("1", (True, False)), ("-1", (False, True)),
        ("reverse", (False, True)), ("no", (True, True)), ("alternating", (True, True)), ("what", (True, True)),
    ],
)  # fmt: skip
def test_one_way_is_for_wheels(oneway, way):
    for mode in ("car", "bike"):
        assert tuple(speed > 0 for speed in kmh(mode, oneway=oneway)) == way
    assert kmh("walk", oneway=oneway) == WALK


def test_roundabouts_and_motorways_are_one_way_unless_they_say_otherwise():
    for tags in ({"junction": "roundabout"}, {"junction": "circular"}):
        assert kmh("car", **tags) == (40, 0)
        assert kmh("bike", **tags) == (BIKE_KMH, 0)
        assert kmh("walk", **tags) == WALK
        assert kmh("car", oneway="no", **tags) == (40, 40)
    assert kmh("car", highway="motorway") == (110, 0)
    assert kmh("car", highway="motorway_link", oneway="no") == (65, 65)


@pytest.mark.parametrize(
    "tags",
    [
        {"oneway:bicycle": "no"}, {"cycleway": "opposite"}, {"cycleway": "opposite_lane"},
        {"cycleway:left": "opposite_track"}, {"cycleway:left": "lane", "cycleway:left:oneway": "-1"},
        {"cycleway:right": "track", "cycleway:right:oneway": "no"}, {"bicycle:backward": "yes"},
    ],
)  # fmt: skip
def test_a_contraflow_lane_is_for_bicycles_only(tags):
    found = profile(street(oneway="yes", **tags)).kmh
    assert found == {"car": (40, 0), "bike": RIDE, "walk": WALK}


def test_a_lane_alone_is_no_contraflow():
    assert kmh("bike", oneway="yes", **{"cycleway:left": "lane"}) == (BIKE_KMH, 0)
    assert kmh("bike", oneway="yes", cycleway="opposite", **{"oneway:bicycle": "yes"}) == (BIKE_KMH, 0)
    assert kmh("bike", oneway="-1", cycleway="opposite") == RIDE


def test_a_direction_may_be_shut_by_itself():
    assert kmh("car", **{"motor_vehicle:backward": "no"}) == (40, 0)
    assert profile(street(**{"vehicle:forward": "no", "bicycle:forward": "yes"})).kmh == {
        "car": (0, 40), "bike": RIDE, "walk": WALK,
    }  # fmt: skip
    assert kmh("walk", highway="footway", **{"oneway:foot": "yes"}) == (WALK_KMH, 0)


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        ("50", 50), ("50 km/h", 50), ("30 mph", 48.3), ("30mph", 48.3), ("50; 30", 30), ("walk", 6), ("none", 130),
        ("IT:urban", 50), ("IT:rural", 90), ("IT:trunk", 110), ("IT:motorway", 130), ("IT:zone:30", 30), ("IT:30", 30),
        ("IT:zone30", 30), ("signals", None), ("", None), ("0", None), ("-30", None), ("fast", None),
    ],
)  # fmt: skip
def test_limits_are_read_however_they_are_written(value, limit):
    assert limits({"maxspeed": value}) == (limit, limit)


@pytest.mark.parametrize("key", ["maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic"])
def test_a_zone_tells_the_limit_where_no_sign_does(key):
    assert limits({key: "IT:urban"}) == (50, 50)
    assert limits({key: "IT:urban", "maxspeed": "30"}) == (30, 30)
    assert limits({key: "sign"}) == (None, None)
    assert limits({key: "25"}) == (None, None)


def test_each_direction_may_have_its_limit():
    assert limits({"maxspeed:forward": "50", "maxspeed:backward": "30"}) == (50, 30)
    assert kmh("car", highway="primary", maxspeed="70", **{"maxspeed:backward": "50"}) == (70, 50)


def test_a_car_does_what_limit_class_and_ground_allow():
    assert kmh("car", highway="primary") == (55, 55)
    assert kmh("car", highway="primary", maxspeed="90") == (90, 90)
    assert kmh("car", highway="unclassified", **{"source:maxspeed": "IT:rural"}) == (70, 70)
    assert kmh("car", highway="primary", maxspeed="90", surface="cobblestone") == (30, 30)
    assert kmh("car", highway="primary", surface="asphalt;gravel") == (40, 40)
    assert kmh("car", highway="primary", surface="Gravel") == (40, 40)
    assert kmh("car", smoothness="bad", surface="mud") == (10, 10)
    assert kmh("car", smoothness="impassable") == SHUT
    assert kmh("car", highway="track", motor_vehicle="yes", tracktype="grade5") == (20, 20)


def test_service_ways_are_slow():
    assert kmh("car", highway="service") == (20, 20)
    assert kmh("car", highway="service", service="driveway") == (10, 10)
    assert kmh("car", highway="service", service="parking_aisle", maxspeed="5") == (5, 5)
    assert kmh("car", highway="service", service="alley") == (15, 15)
    assert goes(highway="service", service="emergency_access") == "bw"
    assert kmh("car", highway="living_street") == (20, 20)


def test_bicycles_slow_down_among_walkers_on_loose_ground_and_when_pushed():
    assert kmh("bike") == RIDE
    assert kmh("bike", highway="pedestrian") == (10, 10)
    assert kmh("bike", highway="footway", bicycle="yes") == (10, 10)
    assert kmh("bike", highway="path", bicycle="designated") == RIDE
    assert kmh("bike", highway="path", bicycle="designated", surface="gravel") == (10, 10)
    assert kmh("bike", bicycle="dismount") == WALK
    assert kmh("bike", highway="footway", bicycle="dismount") == WALK
    assert kmh("bike", highway="steps", bicycle="yes") == (2, 2)


def test_nobody_rides_a_mountain_trail():
    assert goes(highway="path", sac_scale="hiking") == "bw"
    assert goes(highway="path", sac_scale="demanding_mountain_hiking") == "w"


def test_stairs_are_slow_and_ground_does_not_slow_walkers():
    assert kmh("walk", highway="steps") == (2, 2)
    assert kmh("walk", highway="track", surface="mud", tracktype="grade5") == WALK


def ferry(**tags):
    return profile({"route": "ferry", **tags})


def test_a_ferry_takes_its_timetable_and_the_wait():
    found = ferry(duration="00:20")
    assert found.kind == "ferry"
    assert found.minutes == 35
    assert found.kmh == {"car": SHUT, "bike": SHUT, "walk": (8, 8)}
    assert ferry(duration="20", interval="00:10").minutes == 25
    assert ferry().minutes is None, "without a timetable its speed counts"


def test_a_ferry_takes_whom_its_tags_say():
    def aboard(**tags):
        found = ferry(**tags)
        return "" if found is None else "".join(mode[0] for mode in MODES if found.kmh[mode][0] > 0)

    assert aboard(motor_vehicle="yes") == "cbw"
    assert aboard(motorcar="yes", bicycle="no") == "cw"
    assert aboard(vehicle="yes") == "cbw"
    assert aboard(access="yes") == "w"
    assert aboard(bicycle="yes") == "bw"
    assert aboard(foot="no", motor_vehicle="yes") == "cb"
    assert aboard(access="private") == ""


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("35", 35), ("35 min", 35), ("0:35", 35), ("00:35", 35), ("1:05", 65), ("00:35:30", 35.5), ("PT35M", 35),
        ("PT1H30M", 90), ("P1DT1H", 1500), ("", None), ("0", None), ("soon", None), ("00:00", None), ("P", None),
    ],
)  # fmt: skip
def test_durations_are_read_however_they_are_written(text, minutes):
    assert duration_min(text) == minutes


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        ({}, ""), ({"highway": "crossing", "access": "no"}, ""),
        ({"barrier": "bollard"}, "c"), ({"barrier": "block"}, "c"), ({"barrier": "cycle_barrier"}, "c"),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, ""), ({"barrier": "bollard", "access": "yes"}, "c"),
        ({"barrier": "gate"}, ""), ({"barrier": "lift_gate"}, ""), ({"barrier": "toll_booth"}, ""),
        ({"barrier": "gate", "access": "private"}, "cbw"), ({"barrier": "gate", "access": "no", "foot": "yes"}, "cb"),
        ({"barrier": "gate", "access": "permissive"}, ""), ({"barrier": "gate", "locked": "yes"}, "cbw"),
        ({"barrier": "gate", "locked": "yes", "foot": "yes", "bicycle": "dismount"}, "c"),
        ({"barrier": "gate", "locked": "no"}, ""), ({"barrier": "stile"}, "cb"), ({"barrier": "wall"}, "cbw"),
        ({"barrier": "rubble"}, "c"), ({"barrier": "entrance", "bicycle": "no", "foot": "no"}, "bw"),
    ],
)  # fmt: skip
def test_barriers_stop_whom_they_stop(tags, modes):
    assert "".join(mode[0] for mode in barred(tags)) == modes


VALUES = {
    "highway": st.sampled_from([*ROADS, "construction"]),
    "route": st.just("ferry"),
    **{
        key: st.sampled_from(["yes", "no", "private", "designated", "-1", "50", "x"])
        for key in sorted(KEYS - {"highway"})
    },
}
TAGS = st.fixed_dictionaries({}, optional=VALUES)


@given(TAGS)
def test_whatever_the_tags_an_answer_is_one_the_builder_knows(tags):
    found = profile(tags)
    if found is not None:
        assert found.kind in KINDS
        assert tuple(found.kmh) == MODES
        assert all(0 <= speed <= 130 for both in found.kmh.values() for speed in both)
        assert any(max(both) > 0 for both in found.kmh.values())
        assert found.minutes is None or found.minutes > 0


@given(TAGS)
def test_tags_that_no_rule_reads_change_nothing(tags):
    assert profile(tags) == profile({**tags, "name": "Via Roma", "lit": "yes", "bridge": "yes"})


@given(TAGS)
def test_a_private_way_is_never_more_open(tags):
    shut = profile(
        {**{key: tags[key] for key in tags if key not in ("access", "vehicle")}, "access": "private"}
    )
    before = profile({key: tags[key] for key in tags if key not in ("access", "vehicle")})
    for mode in MODES if shut else ():
        assert all(one <= other for one, other in zip(shut.kmh[mode], before.kmh[mode], strict=True))


def fingerprint():
    """A short text that changes when the table, or what the rules answer to many sets of tags, changes."""
    table = {
        key: value
        for key, value in tomllib.loads(FILE.read_text("utf-8")).items()
        if key not in ("version", "sources")
    }
    extras = [
        {}, {"oneway": "yes"}, {"oneway": "-1", "cycleway": "opposite"}, {"junction": "roundabout"}, {"maxspeed": "70"},
        {"source:maxspeed": "IT:rural"}, {"access": "private", "foot": "yes"},
        {"access": "yes", "motor_vehicle": "destination"},
        {"bicycle": "dismount"}, {"surface": "gravel", "tracktype": "grade3"}, {"area": "yes"}, {"motorroad": "yes"},
        {"service": "driveway"}, {"vehicle:backward": "no"}, {"maxspeed:forward": "30 mph", "smoothness": "bad"},
    ]  # fmt: skip
    ferries = [
        {"route": "ferry", "duration": "PT20M"},
        {"route": "ferry", "vehicle": "yes", "interval": "60"},
    ]
    ways = [{"highway": name, **extra} for name, extra in itertools.product(ROADS, extras)]
    stops = [{"barrier": name, **extra} for name, extra in itertools.product(RULES["barrier"], extras)]
    answers = [profile(tags) for tags in (*ways, *ferries)], [barred(tags) for tags in stops]
    return hashlib.sha256(repr((table, answers)).encode()).hexdigest()[:12]


def test_other_answers_are_another_version():
    known = {"1": "eb1f5473b511"}
    assert known.get(RULES_VERSION) == fingerprint(), (
        "the rules changed: a new version in rules.toml, and a line here"
    )


def test_every_group_of_rules_has_its_source_on_the_page():
    page = PAGE.read_text("utf-8")
    for title, url in RULES["sources"].values():
        assert title in page
        assert url in page
    assert f"Version {RULES_VERSION}" in page


def table(head, lines):
    """A table of the page."""
    body = [" | ".join(str(cell) for cell in line) for line in lines]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {line} |" for line in body)])


def listed(values):
    return ", ".join(f"`{value}`" for value in values)


def together(answers):
    """Names with the same answer, listed together in the order in which each answer comes first."""
    same = {}
    for name, answer in answers.items():
        same.setdefault(tuple(answer), []).append(name)
    return [(listed(names), answer) for answer, names in same.items()]


def page_tables():
    """Every table of the page, made from the rules."""
    access, called = RULES["access"], {"car": "car", "bike": "bicycle", "walk": "walker"}
    ground = {
        f"{key}={value}": caps for key in ("tracktype", "smoothness") for value, caps in RULES[key].items()
    }
    barriers = {name: who for name, who in RULES["barrier"].items() if name not in ("unknown", "locked")}
    stopped = [
        *together(barriers),
        ("any other", RULES["barrier"]["unknown"]),
        ("`locked=yes`", RULES["barrier"]["locked"]),
    ]
    return [
        table(
            ("`highway`", "kept as", "car km/h", "at most", "bicycle", "walker"),
            [(f"`{name}`", *row) for name, row in RULES["highway"].items()],
        ),
        table(
            ("`service`", "car km/h"),
            [(f"`{name}`", speed or "no") for name, speed in RULES["service"].items()],
        ),
        table(
            ("mode", "its own keys", "general keys"),
            [(called[mode], listed(access["own"][mode]), listed(access["general"][mode])) for mode in MODES],
        ),
        table(("means", "values"), [(word, listed(access[word])) for word in ("open", "push", "shut")]),
        table(("zone", "km/h"), [(f"`IT:{zone}`", speed) for zone, speed in RULES["limit"]["zones"].items()]),
        table(
            ("`surface`", "car", "bicycle"), [(names, *caps) for names, caps in together(RULES["surface"])]
        ),
        table(("tag", "car", "bicycle"), [(names, *caps) for names, caps in together(ground)]),
        table(
            ("`barrier`", "who may not pass"),
            [(names, ", ".join(called[mode] for mode in who) or "nobody") for names, who in stopped],
        ),
    ]


@pytest.mark.parametrize("number", range(8))
def test_the_page_tells_what_the_rules_do(number):
    assert page_tables()[number] in PAGE.read_text("utf-8"), "docs/street-rules.md is behind rules.toml"
