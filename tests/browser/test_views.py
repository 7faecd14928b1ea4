"""What a map shows when it opens: all that was asked for, and not much more, also when everything is cached."""

import pytest

from layers.base import LOMBARDY
from screens import memory

BOTH = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
WIDEST = 1.8
"""How much wider and higher than asked the view may be, in the direction that binds."""

SEEN = """() => { const b = map_div.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; }"""


def wanted(ambito):
    if not ambito:
        return LOMBARDY
    ambiti = memory.ambiti().set_index("ambito_id")
    return tuple(ambiti.loc[ambito, "geometry"].bounds)


def excess(seen, bounds):
    """Whether the view holds the bounds, and how many times larger it is where it binds."""
    west, south, east, north = bounds
    holds = seen[0] <= west and seen[1] <= south and seen[2] >= east and seen[3] >= north
    return holds, min((seen[2] - seen[0]) / (east - west), (seen[3] - seen[1]) / (north - south))


@BOTH
@pytest.mark.parametrize(
    ("path", "ambito"),
    [("/mappa", ""), ("/mappa?ambito=lodi", "lodi"), ("/ambito?ambito=voghera", "voghera"), ("/", "")],
)
def test_a_map_opens_on_what_was_asked_the_first_time_and_from_the_cache(visit, size, path, ambito, say):
    for time in ("first", "cached"):
        visit.open(path)
        frame = visit.map_frame()
        visit.quiet()
        holds, ratio = excess(frame.evaluate(SEEN), wanted(ambito))
        say(f"{path} {time}: {ratio:.2f} times, zoom {frame.evaluate('map_div.getZoom()'):.1f}")
        assert holds
        assert ratio <= WIDEST


def test_a_map_fits_again_when_the_window_changes_until_somebody_moves_it(visit):
    visit.open("/mappa?ambito=lodi")
    frame = visit.map_frame()
    visit.quiet()
    visit.page.set_viewport_size({"width": 700, "height": 800})
    frame.wait_for_function("map_div.getSize().x < 680")
    visit.page.wait_for_timeout(300)
    assert excess(frame.evaluate(SEEN), wanted("lodi"))[0]
    frame.locator("#map_div").focus()
    visit.page.keyboard.press("+")
    visit.page.wait_for_timeout(600)
    zoom = frame.evaluate("map_div.getZoom()")
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    frame.wait_for_function("map_div.getSize().x > 700")
    visit.page.wait_for_timeout(300)
    assert frame.evaluate("map_div.getZoom()") == zoom


def test_no_two_names_lie_over_each_other_when_all_of_lombardy_is_seen(visit):
    visit.open("/")
    frame = visit.map_frame()
    visit.quiet()
    names = frame.evaluate(
        """() => map_div.atlante.get("places").group.getLayers().filter((p) => !p.unsaid)
            .map((p) => { const at = map_div.latLngToContainerPoint(p.getLatLng());
                return [p.feature.properties.t, at.x, at.y]; })"""
    )
    assert {"Milano", "Brescia", "Sondrio"} <= {name for name, _, _ in names}
    for name, x, y in names:
        near = [other for other, u, v in names if other != name and abs(x - u) < 30 and abs(y - v) < 15]
        assert near == []
