"""What QiD estimates from a face: its nine ids and our words, found in any likely shape; one estimate is in `estimates`.

No sample of `metadata` exists. What fits is read, whatever does not is kept as it came; nothing here judges.
"""

from collections.abc import Callable, Iterator
from typing import Any

from webapp.providers.base import Unreadable
from webapp.providers.qid.estimates import read_age_range, read_boolean, read_emotions, read_word
from webapp.providers.qid.spelling import get, plain
from webapp.providers.shapes import is_absent, text_of
from webapp.providers.untrusted import parse_object, storable

IDS = {
    "gender": "1", "age_range": "2", "beard": "3", "spectacles": "4", "eyes_open": "5", "face_mask": "6",
    "mouth_open": "7", "moustache": "8", "emotions": "9",
}  # fmt: skip
"""Our word -> the vendor's metadata id (seed "Metadata IDs")."""
MOST = 50
"""More entries than this are kept unread: there are nine."""
LONGEST_NAME = 60

_SPELLINGS = {
    **{number: name for name, number in IDS.items()}, **{name.replace("_", ""): name for name in IDS},
    "glasses": "spectacles", "eyeglasses": "spectacles", "mustache": "moustache", "mask": "face_mask", "age": "age_range",
    "emotion": "emotions", "sex": "gender",
}  # fmt: skip
_ID = ("id", "requestid", "metadataid")
_NAME = ("name", "attribute", "attribution", "type", "key", "label")
_READERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "gender": read_word, "age_range": read_age_range, "emotions": read_emotions,
    **dict.fromkeys(("beard", "spectacles", "eyes_open", "face_mask", "mouth_open", "moustache"), read_boolean),
}  # fmt: skip
assert set(_READERS) == set(IDS)


def read_attributes(value: Any) -> dict[str, dict[str, Any]]:
    """The attributes by our word, or by the vendor's own where we have none; see `Outcome.attributes`.

    Takes a map of ids or names, a list of entries that name themselves, or either as JSON in a text. A name that comes
    twice, and whatever cannot be read, is kept under `raw`; what is neither map nor list is kept as `metadata`.
    """
    if is_absent(value):
        return {}
    given = _unpacked(value)
    found: dict[str, list[Any]] = {}
    for name, entry in _pairs(given) if isinstance(given, dict | list) and len(given) <= MOST else ():
        found.setdefault(name, []).append(entry)
    if not found or "" in found or len(found) > MOST:
        return {"metadata": {"raw": value}}
    return {name: _read(name, entries) for name, entries in found.items()}


def _read(name: str, entries: list[Any]) -> dict[str, Any]:
    return {"raw": entries} if len(entries) > 1 else _READERS.get(name, read_word)(entries[0])


def _unpacked(value: Any) -> Any:
    """JSON within a text, else the value as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return storable(parse_object(f'{{"inside":{value}}}'.encode()).value.get("inside"))
    except Unreadable:
        return value


def _pairs(given: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    """Name and entry of each attribute; the name is empty where an entry has none."""
    if isinstance(given, list):
        for entry in given:
            yield from _of_list(entry)
        return
    named = _self_named(given)
    if named:  # a single entry without a list around it
        yield named
        return
    ends = {end: item for key, item in given.items() for end in ("low", "high") if plain(key) == f"agerange{end}"}
    for key, entry in given.items():
        if plain(key) not in ("agerangelow", "agerangehigh"):
            yield _our_word(key), entry
    if ends:
        yield "age_range", ends


def _of_list(entry: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(entry, dict) or not entry:
        yield "", entry
    else:
        yield from _pairs(entry)


def _self_named(entry: dict[str, Any]) -> tuple[str, Any] | None:
    """An entry that says its id or its name, and the rest of it."""
    for names in (_ID, _NAME):
        name = text_of(get(entry, names))
        if name:
            return _our_word(name), {key: item for key, item in entry.items() if plain(key) not in names}
    return None


def _our_word(key: str) -> str:
    spelled = plain(key)
    return _SPELLINGS.get(spelled) or _SPELLINGS.get(spelled.lstrip("0")) or key[:LONGEST_NAME]
