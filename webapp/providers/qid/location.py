"""Where the person was, as QiD says it: decimal degrees in any likely shape; what is on earth is read, the rest kept."""

import re
from typing import Any

from webapp.providers.qid.spelling import get, number_of
from webapp.providers.shapes import Notes, is_absent, shown

FURTHEST_SOUTH_NORTH, FURTHEST_WEST_EAST = 90.0, 180.0
_LAT = ("lat", "latitude")
_LON = ("lon", "lng", "long", "longitude")
_ACCURACY = ("accuracy", "acc", "accuracymeters", "accuracymetres", "radius")
_AROUND = ("coords", "coordinates", "location", "gps")
_BETWEEN = re.compile(r"[\s,;]+")


def read_location(value: Any, notes: Notes) -> dict[str, Any]:
    """The place (seed "location", `32.40338 27.17403`): `lat` and `lon`, `accuracy` in metres if given; see `Outcome`.

    A text, a list (latitude first), or a map, which may be within another. What is no place on earth is kept under
    `raw`, with a note; an accuracy that is none is kept so as well.
    """
    if is_absent(value):
        return {}
    lat, lon, accuracy = _parts(value)
    north, east = number_of(lat), number_of(lon)
    if north is None or east is None or abs(north) > FURTHEST_SOUTH_NORTH or abs(east) > FURTHEST_WEST_EAST:
        notes.data.append(f"The location is “{shown(value)}”, which is no place on earth that can be read.")
        return {"raw": value}
    place: dict[str, Any] = {"lat": north, "lon": east}
    if is_absent(accuracy):
        return place
    metres = _metres(accuracy)
    return {**place, "raw": value} if metres is None else {**place, "accuracy": metres}


def _parts(value: Any) -> tuple[Any, Any, Any]:
    """Latitude, longitude and accuracy as they came; None for what is not there."""
    if isinstance(value, dict):
        inner = get(value, _AROUND)
        holder = inner if isinstance(inner, dict) else value
        return get(holder, _LAT), get(holder, _LON), get(holder, _ACCURACY)
    items = value if isinstance(value, list) else _BETWEEN.split(value.strip()) if isinstance(value, str) else []
    if len(items) not in (2, 3):
        return None, None, None
    return items[0], items[1], items[2] if len(items) == 3 else None


def _metres(value: Any) -> float | None:
    number = number_of(value.strip().removesuffix("m") if isinstance(value, str) else value)
    return number if number is not None and number >= 0 else None
