"""What a check of a live person found, as the session page says it: estimates of the face and a place; pure, nothing is read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.models import SessionResult
from webapp.providers.base import ATTRIBUTES, Options
from webapp.queries.option_words import ATTRIBUTE_WORDS

LONGEST = 400
"""Characters of a value, or of what could not be read: the raw delivery has every byte."""
OLDEST = 100
"""Where the line of ages ends."""
UNITS = 10
"""Units of the drawn map for one degree; it begins at 180 W and 90 N."""
WIDE, HIGH = 400, 200
"""The surroundings of a place: 40 degrees by 20."""
HALF_AROUND = 20_000_000
"""Metres: who is no nearer than this may be anywhere."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One estimate. `percent` is how sure the vendor is; `span` start and width of an age range in percent of the line.

    `parts` are the names and percentages of a set of shares; `raw` is what could not be read, as JSON.
    """

    label: str
    text: str = ""
    percent: float | None = None
    span: tuple[float, float] | None = None
    parts: tuple[tuple[str, float], ...] = ()
    raw: str = ""
    asked: bool = True


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the person was, in degrees; `accuracy` says how exactly; `raw` is what could not be read, as text."""

    lat: float | None = None
    lon: float | None = None
    accuracy: str = ""
    raw: str = ""

    @property
    def known(self) -> bool:
        """Whether there are coordinates to draw."""
        return self.lat is not None and self.lon is not None

    @property
    def words(self) -> str:
        """`51.50735° N, 0.12776° W`."""
        north, east = self.lat or 0.0, self.lon or 0.0
        return f"{_degrees(north)}° {'S' if north < 0 else 'N'}, {_degrees(east)}° {'W' if east < 0 else 'E'}"

    @property
    def plain(self) -> str:
        """`51.50735, -0.12776`, as maps take it."""
        return ", ".join(f"{'-' if each < 0 else ''}{_degrees(each)}" for each in (self.lat or 0.0, self.lon or 0.0))

    @property
    def nowhere(self) -> bool:
        """Whether it is the point that devices give which know no place."""
        return self.known and abs(self.lat or 0.0) < 0.01 and abs(self.lon or 0.0) < 0.01

    @property
    def x(self) -> int:
        """From the left edge of the map."""
        return round(((self.lon or 0.0) + 180) * UNITS)

    @property
    def y(self) -> int:
        """From the top of the map."""
        return round((90 - (self.lat or 0.0)) * UNITS)

    @property
    def around(self) -> str:
        """The part of the map around it, as a viewBox; it ends where the map does."""
        left = min(max(self.x - WIDE // 2, 0), 360 * UNITS - WIDE)
        top = min(max(self.y - HIGH // 2, 0), 180 * UNITS - HIGH)
        return f"{left} {top} {WIDE} {HIGH}"


@dataclass(frozen=True, kw_only=True)
class Findings:
    """All of it; `lacking` names the attributes that were asked for and did not come."""

    estimates: tuple[Estimate, ...]
    lacking: tuple[str, ...]
    place: Place


def findings(result: SessionResult | None, options: Options) -> Findings:
    """What a result found and, by the link's options, what it lacks."""
    attributes, asked = result.attributes if result else {}, options.attributes
    return Findings(
        estimates=estimates(attributes, asked), place=place(result.location if result else {}),
        lacking=tuple(ATTRIBUTE_WORDS.get(name, name) for name in asked if name not in attributes),
    )  # fmt: skip


def estimates(found: Mapping[str, Any], asked: Sequence[str]) -> tuple[Estimate, ...]:
    """What was estimated, in our order, what we have no word for last."""
    known = [name for name in ATTRIBUTES if name in found]
    return tuple(_estimate(name, found[name], name in asked) for name in [*known, *sorted(set(found) - set(known))])


def place(found: Mapping[str, Any]) -> Place:
    """The place of a result; empty where it has none."""
    raw = _text(found["raw"]) if "raw" in found else ""
    lat, lon = found.get("lat"), found.get("lon")
    if lat is None or lon is None:
        return Place(raw=raw)
    return Place(lat=float(lat), lon=float(lon), accuracy=_accuracy(found.get("accuracy")), raw=raw)


def _estimate(name: str, entry: Mapping[str, Any], asked: bool) -> Estimate:
    low, high = entry.get("low"), entry.get("high")
    parts = tuple((str(each["name"]), float(each["confidence"])) for each in entry.get("values", ()))
    label = ATTRIBUTE_WORDS.get(name, name.replace("_", " "))
    return Estimate(
        label=label[:1].upper() + label[1:], text=f"{low} to {high} years" if low is not None else _value(entry),
        percent=entry.get("confidence"), span=_span(low, high), parts=tuple(sorted(parts, key=lambda part: -part[1])),
        raw=_text(entry["raw"]) if "raw" in entry else "", asked=asked,
    )  # fmt: skip


def _value(entry: Mapping[str, Any]) -> str:
    value = entry.get("value")
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else _text(value) if value is not None else ""


def _span(low: int | None, high: int | None) -> tuple[float, float] | None:
    if low is None or high is None:
        return None
    start, end = (min(each, OLDEST) * 100 / OLDEST for each in (low, high))
    return start, max(end - start, 1)


def _text(value: Any) -> str:
    """A text as it is, anything else as JSON; the end of a long one is left out."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … (cut here)"


def _accuracy(metres: float | None) -> str:
    if metres is None:
        return ""
    if metres >= HALF_AROUND:
        return "none: it may be anywhere"
    return f"within {metres / 1000:,.1f} km" if metres >= 1000 else f"within {metres:.0f} m"


def _degrees(angle: float) -> str:
    return f"{abs(angle):.6f}".rstrip("0").rstrip(".")
