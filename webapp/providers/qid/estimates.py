"""One estimate of an attribute, whatever its shape: a value, an age range or emotions, each with how sure the vendor is."""

import re
from typing import Any

from webapp.providers.qid.spelling import get, number_of, percent_of
from webapp.providers.shapes import is_absent, text_of

OLDEST = 130
MOST_EMOTIONS = 50
LONGEST_NAME = 60

_VALUE = ("value", "result", "returnvalue", "boolean")
_CONFIDENCE = ("confidence", "confidencepercent", "confidencepercentage", "score", "percent", "percentage")
_LOW = ("low", "agerangelow", "min", "minimum", "from")
_HIGH = ("high", "agerangehigh", "max", "maximum", "to")
_EMOTION = ("emotion", "name", "type")
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_WITH_PERCENT = re.compile(r"(.{1,60}?)[\s,;:(]+(\d{1,3}(?:\.\d{1,9})?)\s*%\)?", re.ASCII)
_RANGE = re.compile(r"(\d{1,3})\s*(?:-|–|to|,|\s)\s*(\d{1,3})", re.ASCII)


def read_word(entry: Any) -> dict[str, Any]:
    """`value` in the vendor's word (or true, false), and `confidence`; `raw` as well where one cannot be read."""
    value, confidence = _halves(entry)
    return _known(entry, value if isinstance(value, bool) else text_of(value) or None, confidence)


def read_boolean(entry: Any) -> dict[str, Any]:
    """`value` true or false, and `confidence`; `raw` as well where one cannot be read."""
    value, confidence = _halves(entry)
    word = text_of(str(value) if isinstance(value, bool) else value).lower()
    return _known(entry, True if word in _TRUE else False if word in _FALSE else None, confidence)


def read_age_range(entry: Any) -> dict[str, Any]:
    """`low` and `high` in whole years, the first not above the second; else `raw`."""
    inner = get(entry, _VALUE) if isinstance(entry, dict) else entry
    holder = inner if isinstance(inner, dict) else entry
    low, high = (get(holder, _LOW), get(holder, _HIGH)) if isinstance(holder, dict) else (None, None)
    if low is None and high is None:
        low, high = _ends(inner)
    first, last = _age(low), _age(high)
    if first is None or last is None or first > last:
        return {"raw": entry}
    confidence = get(entry, _CONFIDENCE) if isinstance(entry, dict) else None
    return {"low": first, "high": last} | _sure(entry, confidence)


def read_emotions(entry: Any) -> dict[str, Any]:
    """`values`: each emotion with its confidence, in the vendor's order; `raw` as well where one cannot be read."""
    inner = get(entry, ("values", *_VALUE)) if isinstance(entry, dict) else None
    holder = inner if isinstance(inner, dict | list) else entry
    if isinstance(holder, dict) and isinstance(inner, str):
        items: list[Any] = [{"name": inner, "confidence": get(holder, _CONFIDENCE)}]
    elif isinstance(holder, dict) and get(holder, _EMOTION) is None:
        items = [[name, item] for name, item in holder.items()]
    else:
        items = holder if isinstance(holder, list) and not _is_pair(holder) else [holder]
    read = [_emotion(item) for item in items[:MOST_EMOTIONS]]
    values = [each for each in read if each]
    lost = len(values) < len(items) or not values
    return {**({"values": values} if values else {}), **({"raw": entry} if lost else {})}


def _known(entry: Any, value: str | bool | None, confidence: Any) -> dict[str, Any]:
    return ({"raw": entry} if value is None else {"value": value}) | _sure(entry, confidence)


def _sure(entry: Any, confidence: Any) -> dict[str, Any]:
    """The confidence, nothing where none was given, and the whole entry where it is none."""
    if is_absent(confidence):
        return {}
    sure = percent_of(confidence)
    return {"raw": entry} if sure is None else {"confidence": sure}


def _halves(entry: Any) -> tuple[Any, Any]:
    """Value and confidence of an entry: a map of both, a list of both, a text of both, or a value alone."""
    if isinstance(entry, dict):
        return get(entry, _VALUE), get(entry, _CONFIDENCE)
    if isinstance(entry, list):
        return (entry[0], entry[1]) if len(entry) == 2 else (None, None)
    together = _WITH_PERCENT.fullmatch(entry.strip()) if isinstance(entry, str) else None
    return (together[1], together[2]) if together else (entry, None)


def _ends(entry: Any) -> tuple[Any, Any]:
    if isinstance(entry, list):
        return (entry[0], entry[1]) if len(entry) == 2 else (None, None)
    match = _RANGE.fullmatch(entry.strip()) if isinstance(entry, str) else None
    return (match[1], match[2]) if match else (None, None)


def _age(value: Any) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and number.is_integer() and 0 <= number <= OLDEST else None


def _is_pair(entry: list[Any]) -> bool:
    """Whether a list is one emotion and its confidence, and not a list of emotions."""
    return len(entry) == 2 and isinstance(entry[0], str) and percent_of(entry[1]) is not None


def _emotion(item: Any) -> dict[str, Any] | None:
    name, confidence = _halves(item)
    if isinstance(item, dict):
        name = get(item, _EMOTION) or name
    if isinstance(confidence, dict):
        confidence = get(confidence, (*_CONFIDENCE, *_VALUE))
    sure, word = percent_of(confidence), name.strip()[:LONGEST_NAME] if isinstance(name, str) else ""
    return {"name": word, "confidence": sure} if word and sure is not None else None
