"""Bytes from outside into values that are safe to store: strict JSON in, storable values out; no vendor is named."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from webapp.providers.base import Unreadable

BOM = b"\xef\xbb\xbf"
MAX_VALUES = 1_000_000
"""Most values in one body. A real one has a few hundred; 30 MB of `[],[],` would take a gigabyte once parsed."""
MAX_TEXT = 10_000
MAX_DEPTH = 20
INT64_DIGITS = 19
INT64 = 2**63

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL refuses NUL, and a lone surrogate cannot be encoded."""


@dataclass(frozen=True)
class Parsed:
    """A JSON object and the keys that any of its objects has more than once (the last one wins, as everywhere)."""

    value: dict[str, Any]
    repeated: tuple[str, ...]


def parse_object(body: bytes) -> Parsed:
    """Parse UTF-8 JSON (a byte order mark is tolerated) whose top is an object.

    Numbers beyond 64 bits, NaN and infinities become text. Raises Unreadable with a plain reason, and nothing else.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The body is not UTF-8 text.") from None
    if len(text) > MAX_VALUES and _has_too_many_values(text):
        raise Unreadable(f"The body holds more than {MAX_VALUES:,} values.")
    repeated: list[str] = []
    try:
        value = _decoder(repeated).decode(text)
    except RecursionError:
        raise Unreadable("The body is nested too deeply.") from None
    except ValueError as error:
        raise Unreadable(f"The body is not JSON: {_where(error)}.") from None
    if not isinstance(value, dict):
        raise Unreadable("The body is JSON, but not an object.")
    return Parsed(value, tuple(dict.fromkeys(repeated)))


def peek_object(body: bytes) -> dict[str, Any]:
    """The object of a body, for telling what it is about and no more: numbers and repeated keys are not looked at.

    Quicker than `parse_object`, and takes and refuses the same bodies.
    """
    if len(body) <= MAX_VALUES and not body.startswith(BOM):
        try:
            value = json.loads(body.decode())
        except (ValueError, RecursionError):
            return parse_object(body).value
        if isinstance(value, dict):
            return value
    return parse_object(body).value


def _has_too_many_values(text: str) -> bool:
    """Whether there are more than `MAX_VALUES` signs that begin a value. `find` leaps over pictures, `count` does not."""
    number = 0
    for sign in ",[{":
        at = text.find(sign)
        while at >= 0:
            number += 1
            if number > MAX_VALUES:
                return True
            at = text.find(sign, at + 1)
    return False


def _decoder(repeated: list[str]) -> json.JSONDecoder:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            counts = Counter(key for key, _ in items)
            repeated.extend(key for key, count in counts.items() if count > 1)
        return made

    return json.JSONDecoder(object_pairs_hook=pairs, parse_int=_int, parse_float=_float, parse_constant=str)


def _int(text: str) -> int | str:
    # Asked by length first: int() itself refuses 5,000 digits with an error that is no JSON error.
    if len(text) > INT64_DIGITS + 1:
        return text
    number = int(text)
    return number if -INT64 <= number < INT64 else text


def _float(text: str) -> float | str:
    number = float(text)
    return text if number in (float("inf"), float("-inf")) else number


def _where(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[0].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}"
    return "it cannot be parsed"


def storable(value: Any, depth: int = 0) -> Any:
    """A copy that any database takes: no NUL, no lone surrogate, texts of 10,000 characters and 20 levels at most."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return "(nested too deeply to keep)"
    if isinstance(value, dict):
        return {storable_text(key): storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item, depth + 1) for item in value]
    return value


def storable_text(text: str) -> str:
    """The text without NUL and lone surrogates (each becomes U+FFFD), cut at 10,000 characters."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text[:MAX_TEXT])


def canonical(value: Any) -> bytes:
    """One spelling for equal values, whatever the order of keys: what a content hash is taken over."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
