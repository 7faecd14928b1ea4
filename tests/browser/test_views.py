"""What a map shows when it opens: all that was asked for, and not much more, also when everything is cached."""

import pytest

from layers.base import LOMBARDY
from screens import memory

BOTH = pytest.mark.parametrize("size", ["desktop", "phone"], indirect=True)
WIDEST = 1.8
"""How much wider and higher than asked the view may be, in the direction that binds."""

RATIO = """([[west, south, east, north], widest]) => {
    const b = map_div.getBounds();
    const holds = b.getWest() <= west && b.getSouth() <= south && b.getEast() >= east && b.getNorth() >= north;
    const ratio = Math.min(
        (b.getEast() - b.getWest()) / (east - west), (b.getNorth() - b.getSouth()) / (north - south));
    return holds && (!widest || ratio <= widest) ? ratio : 0;
}"""
"""How many times larger than the bounds the view is where it binds; 0 if it does not hold them or is too wide."""


def wanted(ambito):
    if not ambito:
        return LOMBARDY
    ambiti = memory.ambiti().set_index("ambito_id")
    return tuple(ambiti.loc[ambito, "geometry"].bounds)


def expect_view(frame, bounds, *, widest=None):
    """Wait until the view holds the bounds and is not wider than so many times; how many times it is."""
    return frame.wait_for_function(RATIO, arg=[bounds, widest]).json_value()


@BOTH
@pytest.mark.parametrize(
    ("path", "ambito"),
    [("/mappa", ""), ("/mappa?ambito=lodi", "lodi"), ("/ambito?ambito=voghera", "voghera"), ("/", "")],
)
def test_a_map_opens_on_what_was_asked_the_first_time_and_from_the_cache(
    first_visit, size, path, ambito, say
):
    for time in ("first", "cached"):
        first_visit.open(path)
        frame = first_visit.map_frame()
        first_visit.quiet()
        ratio = expect_view(frame, wanted(ambito), widest=WIDEST)
        say(f"{path} {time}: {ratio:.2f} times, zoom {frame.evaluate('map_div.getZoom()'):.1f}")


def test_a_map_fits_again_when_the_window_changes_until_somebody_moves_it(visit):
    visit.open("/mappa?ambito=lodi")
    frame = visit.map_frame()
    visit.quiet()
    visit.page.set_viewport_size({"width": 700, "height": 800})
    frame.wait_for_function("map_div.getSize().x < 680")
    visit.quiet()
    expect_view(frame, wanted("lodi"))
    fitted = frame.evaluate("map_div.getZoom()")
    frame.locator("#map_div").focus()
    visit.page.keyboard.press("+")
    frame.wait_for_function("fitted => map_div.getZoom() > fitted && !map_div._animatingZoom", arg=fitted)
    zoom = frame.evaluate("map_div.getZoom()")
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    frame.wait_for_function("map_div.getSize().x > 700")
    visit.quiet()
    assert frame.evaluate("map_div.getZoom()") == zoom


def test_no_two_names_lie_over_each_other_when_all_of_lombardy_is_seen(visit):
    visit.open("/")
    frame = visit.map_frame()
    visit.quiet()
    expect_view(frame, LOMBARDY)
    names = frame.evaluate(
        """() => map_div.atlante.get("places").group.getLayers().filter((p) => !p.unsaid)
            .map((p) => { const at = map_div.latLngToContainerPoint(p.getLatLng());
                return [p.feature.properties.t, at.x, at.y]; })"""
    )
    assert {"Milano", "Brescia", "Sondrio"} <= {name for name, _, _ in names}
    for name, x, y in names:
        near = [other for other, u, v in names if other != name and abs(x - u) < 30 and abs(y - v) < 15]
        assert near == []
