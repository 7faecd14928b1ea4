"""Addresses found among known ones, street by street, in a Borgo of a few doors."""

import http.server
import json
import threading
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from errors import SourceUnavailable
from geo import geocode
from geo.crs import DEGREES, METRES

BORGO = "099001"


def doors(*rows: tuple[str, float, float]) -> gpd.GeoDataFrame:
    """Known addresses of Borgo, in metres from its church."""
    table = pd.DataFrame(
        [(BORGO, address, "prova") for address, _, _ in rows], columns=["comune_code", "address", "source"]
    )
    at = [Point(500_000 + x, 5_040_000 + y) for _, x, y in rows]
    return gpd.GeoDataFrame(table, geometry=at, crs=METRES).to_crs(DEGREES)


KNOWN = doors(
    ("Via Galileo Galilei, 4", 0, 100),
    ("Via G. Galilei 20", 300, 100),
    ("Piazza XXV Aprile 1", 0, 0),
    ("VIA ROMA 10", 500, 0),
    ("Viale Roma 10", 900, 0),
    ("Via Mario Rossi 3", 0, 700),
    ("Via Luigi Rossi 3", 0, 900),
)
CENTRES = gpd.GeoDataFrame(
    {"comune_code": [BORGO], "radius_m": [1500.0]}, geometry=[Point(500_050, 5_040_050)], crs=METRES
).to_crs(DEGREES)


def ask(*addresses, comune=BORGO, online=None):
    table = gpd.GeoDataFrame(
        {"address": list(addresses), "comune_code": comune, "comune": "Borgo"},
        geometry=gpd.GeoSeries([None] * len(addresses), crs=DEGREES),
    )
    return geocode.place(table, known=KNOWN, centres=CENTRES, online=online)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("P.zza XXV Aprile, 8 (ex pretura)", "piazza 25 aprile 8"),
        ("V.le Monza 79", "Viale Monza, 79"),
        ("VIA OZANAM27", "via Ozanam 27"),
        ("Via Martiri della Libertà 3/B", "via martiri libertà 3"),
        ("C.so Vittorio Emanuele II 5", "Corso Vittorio Emanuele II, 5/A"),
        ("Via I° Maggio 7", "Via Primo Maggio 7"),
    ],
)
def test_ways_of_writing_an_address_do_not_matter(one, other):
    assert geocode.parse(one) == geocode.parse(other)


@pytest.mark.parametrize(
    ("text", "number"),
    [("Via Roma", None), ("Via Roma 10", 10), ("Via 4 Novembre", None), ("Via 4 Novembre 6", 6), ("", None)],
)
def test_the_house_number_is_the_figure_after_the_name(text, number):
    assert geocode.parse(text).number == number


def test_the_same_door_is_found_and_other_doors_of_the_street_are_near():
    found = ask("via Galilei 4", "via Galilei 19", "via Galilei")
    assert found["precision"].tolist() == ["address", "street", "street"]
    metres = found.to_crs(METRES).geometry
    assert metres.iloc[0].distance(Point(500_000, 5_040_100)) < 1
    assert metres.iloc[1].distance(Point(500_300, 5_040_100)) < 1
    assert (found["radius_m"].to_numpy() == [100, 400, 400]).all()


def test_a_street_and_an_avenue_of_one_name_are_two_streets():
    metres = ask("Via Roma 10", "Viale Roma 10").to_crs(METRES).geometry
    assert metres.iloc[0].distance(metres.iloc[1]) == pytest.approx(400, abs=1)


def test_a_surname_that_two_streets_share_is_not_guessed():
    assert ask("Via Rossi 3")["precision"].tolist() == ["settlement"]


def test_an_unknown_street_falls_back_on_the_settlement_and_says_so():
    found = ask("Via che non c'è 1", None)
    assert found["precision"].tolist() == ["settlement", "settlement"]
    assert found["radius_m"].tolist() == [1500, 1500]


def test_an_unknown_comune_has_no_position_and_no_radius():
    found = ask("Via Roma 10", comune=None)
    assert found["precision"].tolist() == ["unknown"]
    assert found.geometry.isna().all()
    assert found["radius_m"].isna().all()


def test_given_coordinates_go_before_everything():
    table = gpd.GeoDataFrame(
        {"address": ["Via Roma 10"], "comune_code": [BORGO], "comune": ["Borgo"]},
        geometry=[Point(9.1, 45.5)],
        crs=DEGREES,
    )
    found = geocode.place(table, known=KNOWN, centres=CENTRES)
    assert found["precision"].tolist() == ["coordinate"]
    assert found.geometry.iloc[0].distance(Point(9.1, 45.5)) < 1e-9


def test_an_online_geocoder_is_asked_only_where_the_gazetteer_is_silent():
    asked = []

    def online(address, comune):
        asked.append((address, comune))
        return (9.2, 45.4)

    found = ask("Via Roma 10", "Via Ignota 1", online=online)
    assert asked == [("Via Ignota 1", "Borgo")]
    assert found["precision"].tolist() == ["address", "address"]
    assert found["source"].tolist() == ["prova", "geocodificatore in rete"]


def test_row_order_changes_nothing():
    shuffled = KNOWN.sample(frac=1, random_state=1)
    one = geocode.gazetteer(KNOWN)[BORGO]
    assert geocode.gazetteer(shuffled)[BORGO] == one


@given(st.integers(1, 40), st.floats(5, 200))
def test_things_that_share_a_point_are_laid_out_apart(count, step):
    heap = gpd.GeoSeries([Point(9.2, 45.5)] * count, crs=DEGREES)
    laid = geocode.spread(heap, step_m=step).to_crs(METRES)
    here = heap.to_crs(METRES).iloc[0]
    assert laid.iloc[0].distance(here) < 0.2
    assert laid.distance(here).max() <= step * np.sqrt(count) + 0.2
    apart = [a.distance(b) for i, a in enumerate(laid) for b in laid.iloc[:i]]
    assert not apart or min(apart) > step * 0.7


def test_nothing_is_laid_out_in_the_water():
    heap = gpd.GeoSeries([Point(500_000, 5_040_000)] * 30, crs=METRES).to_crs(DEGREES)
    lake = gpd.GeoSeries([box(500_010, 5_030_000, 510_000, 5_050_000)], crs=METRES)
    laid = geocode.spread(heap, step_m=70, water=lake).to_crs(METRES)
    assert (laid.x <= 500_011).all()
    assert laid.round(0).astype(str).nunique() == 30


def test_missing_points_stay_missing_when_others_are_laid_out():
    heap = gpd.GeoSeries([Point(9.2, 45.5), None, Point(9.2, 45.5)], crs=DEGREES)
    assert geocode.spread(heap, step_m=50).isna().tolist() == [False, True, False]


@pytest.fixture
def nominatim():
    """A geocoder of the machine's own that knows one street, and a street of the same name in Rome."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            street = parse_qs(urlsplit(self.path).query)["street"][0]
            known = {
                "Via Ignota 1": [{"lon": "9.2", "lat": "45.4"}],
                "Via Romana 1": [{"lon": "12.5", "lat": "41.9"}],
            }
            self.send_response(500 if street == "Via Rotta 1" else 200)
            self.end_headers()
            self.wfile.write(json.dumps(known.get(street, [])).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield geocode.nominatim(f"http://127.0.0.1:{server.server_port}/search", pause_s=0)
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_online_geocoder_answers_in_lombardy_or_not_at_all(nominatim):
    assert nominatim("Via Ignota 1", "Borgo") == (9.2, 45.4)
    assert nominatim("Via Nessuna 1", "Borgo") is None
    assert nominatim("Via Romana 1", "Borgo") is None


def test_a_geocoder_that_fails_is_told(nominatim):
    with pytest.raises(SourceUnavailable, match="non risponde"):
        nominatim("Via Rotta 1", "Borgo")


def test_newcomers_take_free_places_beside_those_who_stay():
    town = Point(9.19, 45.46)
    staying = geocode.spread(gpd.GeoSeries([town] * 3, crs=DEGREES), step_m=70)
    new = geocode.beside(
        gpd.GeoSeries([town, None, town], index=list("abc"), crs=DEGREES), staying, step_m=70
    )
    assert new.index.tolist() == ["a", "b", "c"]
    assert new.isna().tolist() == [False, True, False]
    everyone = pd.concat([staying, new.dropna()]).to_crs(METRES)
    for n, point in enumerate(everyone):
        others = everyone[[m != n for m in range(len(everyone))]]
        assert others.distance(point).min() >= 35
        assert others.distance(point).max() < 400


def test_newcomers_where_nobody_is_stand_on_their_point():
    town = gpd.GeoSeries([Point(9.19, 45.46)], crs=DEGREES)
    alone = geocode.beside(town, gpd.GeoSeries([], crs=DEGREES), step_m=70)
    assert alone.to_crs(METRES).distance(town.to_crs(METRES)).max() < 1e-3
