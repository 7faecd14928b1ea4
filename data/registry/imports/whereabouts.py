"""Where a row is: its comune, province, postcode, Ambito and point, each held against the others; whom it receives."""

import re
from typing import Any

from data.registry.imports import cells, codes, places
from data.registry.imports.cells import Remark
from data.registry.imports.row import Row
from data.registry.imports.wanted import Found
from geo.crs import LOMBARDY_BOX


def read_place(row: Row, ambito_id: str | None) -> None:
    """Its comune, province, postcode and Ambito, each held against the others."""
    province = row.read("province") if "province" in row.cells else None
    given = row.read("comune_code") if "comune_code" in row.cells else None
    code = _comune(row, province, given)
    postcode = row.read("postcode") if "postcode" in row.cells else None
    if "comune" not in row.cells and "address" in row.cells:
        code, postcode = _in_address(row, code, postcode)
    if code:
        row.said["comune_code"] = code
        of = places.province_of().get(code)
        if province and of and province != of:
            head, cell = row.cells["province"][0]
            row.tell(head, cell, Remark("doubt", "province_differs", of))
        province = of or province
    if province:
        row.said["province"] = province
    if postcode:
        _postcode(row, postcode, code, province)
    own = places.ambito_of().get(code) if code else None
    asked = row.first("ambito")
    if asked:
        named, likely = places.ambito(cells.as_text(asked[1]))
        if named is None and cells.words(asked[1])[0] is not None:
            row.tell(*asked, Remark("doubt", "ambito_unknown", likely))
        own = named or own
    if own or ambito_id:
        row.said["ambito_id"] = own or ambito_id


def _comune(row: Row, province: str | None, given: str | None) -> str | None:
    """The code of the comune that the row names, by its words and its code together."""
    asked = row.first("comune")
    if asked is None:
        if "comune" in row.cells and given is None:
            row.found.append(Found(row.number, row.head("comune"), "doubt", "needed", ""))
        return given
    head, cell = asked
    said, before = cells.words(cell)
    for remark in before:
        row.tell(head, cell, remark)
    if said is None:
        return given
    place = places.find(said, province)
    wrong_code = next((n for n, one in enumerate(row.found) if one.why == "istat_unknown"), None)
    if wrong_code is not None and place.code:
        one = row.found[wrong_code]
        row.found[wrong_code] = Found(one.row, one.column, one.level, one.why, one.value, place.code)
    if place.why:
        level: Any = "note" if place.code else "doubt" if given else "fault"
        likely = places.names()[given] if given and not place.code else place.suggestion
        row.tell(head, cell, Remark(level, place.why, likely))
    if place.code and given and place.code != given:
        code_head, code_cell = row.cells["comune_code"][0]
        row.tell(code_head, code_cell, Remark("doubt", "istat_differs", place.code))
    of = places.province_of().get(place.code or "")
    if place.province and of and place.province != of:
        row.tell(head, cell, Remark("doubt", "province_differs", places.names()[place.code or ""]))
    return place.code or given


def _in_address(row: Row, code: str | None, postcode: str | None) -> tuple[str | None, str | None]:
    """The comune and postcode that end an address, where no column has them."""
    asked = row.first("address")
    ends = re.search(r"[,\-–\s]+(\d{5})[\s,\-–]+([^\d,]{2,60})$", cells.as_text(asked[1])) if asked else None
    place = places.find(ends[2]) if ends else None
    if asked is None or ends is None or place is None or place.code is None:
        return code, postcode
    row.cells["address"] = [(asked[0], cells.as_text(asked[1])[: ends.start()])]
    return code or place.code, postcode or ends[1]


def _postcode(row: Row, postcode: str, code: str | None, province: str | None) -> None:
    head, cell = (
        row.cells["postcode"][0] if "postcode" in row.cells else (row.head("address") or "", postcode)
    )
    padded = [one for one in row.found if one.why == "postcode_zero"]
    if places.fits(postcode, code, province):
        row.said["postcode"] = postcode
        return
    row.found = [one for one in row.found if one not in padded]
    own = places.CAPITALS.get(code or "", "")
    likely = own if re.fullmatch(r"\d{5}", own) else None
    row.tell(head, cell, Remark("doubt", "postcode_invalid" if padded else "postcode_elsewhere", likely))


def read_point(row: Row) -> None:
    """Where it is: both coordinates, in Lombardy, the right way round; else neither."""
    both = row.read("point") if "point" in row.cells else None
    lat, lon = both or (
        row.read("lat") if "lat" in row.cells else None,
        row.read("lon") if "lon" in row.cells else None,
    )
    ends = [row.first(name) for name in (("point", "point") if both else ("lat", "lon"))]
    first, second = ends[0], ends[1]
    if first is None or second is None or lat is None or lon is None:
        told = {one.why for one in row.found}
        only = first or second
        if only and (lat is None) != (lon is None) and "coordinate_invalid" not in told:
            row.tell(*only, Remark("doubt", "coordinate_alone"))
        return
    if _inside(lon, lat):
        row.said["lon"], row.said["lat"] = lon, lat
    elif _inside(lat, lon):
        likely = f"{lon}, {lat}" if both else cells.as_text(second[1])
        row.tell(*first, Remark("doubt", "coordinate_swapped", likely))
    else:
        row.tell(*first, Remark("doubt", "coordinate_outside"))


def _inside(lon: float, lat: float) -> bool:
    west, south, east, north = LOMBARDY_BOX
    return west <= lon <= east and south <= lat <= north


def read_areas(row: Row) -> None:
    """Whom it receives, by where they live, from names of comuni, provinces, "tutto l'Ambito"."""
    found: list[str] = []
    for head, cell in row.cells.get("areas", ()):
        said, before = cells.words(cell)
        for remark in before:
            row.tell(head, cell, remark)
        for piece in re.split(r"[;,\n]|\s+e\s+", said or ""):
            if not codes.fold(piece):
                continue
            area = _area(piece.strip(), row.said.get("ambito_id"))
            if area is None:
                likely = places.find(piece.strip()).suggestion
                row.tell(head, cell, Remark("doubt", "areas_unknown", likely, piece.strip()))
            else:
                found.append(area)
    if found and not any(one.why == "areas_unknown" for one in row.found):
        row.said["areas"] = list(dict.fromkeys(found))


def _area(said: str, ambito_id: str | None) -> str | None:
    plain = codes.fold(said)
    if re.search(r"\b(?:lombardia|regione)\b", plain) and not places.find(said).code:
        return "regione:03"
    if re.fullmatch(
        r"(?:(?:tutto|tutti|intero|i|comuni|l|dell|di|il|territorio|residenti|del|nell|nel) )*ambito", plain
    ):
        return f"ambito:{ambito_id}" if ambito_id else None
    if plain.startswith(("provincia", "prov ")):
        letters = places.province(said)
        return f"provincia:{letters}" if letters else None
    if plain.startswith(("ambito", "distretto")):
        named, _ = places.ambito(said)
        return f"ambito:{named}" if named else None
    code = places.find(said).code
    return f"istat:comune:{code}" if code else None
