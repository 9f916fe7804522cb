"""The values that fill a contract's template: a flat JSON object, or one `key=value` a line; no other JSON is read here."""

import json
import math
import re
from typing import Any

LONGEST = 20_000
EXAMPLE = '{"agreement_no": "A-1029", "rate": 3.5}'


def prefill(text: str) -> str:
    """The values as one compact JSON object; "" for nothing. Raises ValueError naming the line or the key.

    Source: seed "contract_prefill_data". The vendor takes text; numbers, yes and no are kept as they are.
    """
    text = text.strip().removeprefix("\ufeff")
    if not text:
        return ""
    if len(text) > LONGEST:
        raise ValueError(f"Use {LONGEST:,} characters at most.")
    values = _object(text) if text.startswith(("{", "[", '"')) else _lines(text)
    for key, value in values.items():
        _check(key, value)
    return json.dumps(values, ensure_ascii=False) if values else ""


def shown(text: str) -> str:
    """The stored object for people to edit: indented JSON."""
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2) if text else ""


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Key and value of the stored object, as words for a table."""
    values = json.loads(text) if text else {}
    return tuple((key, value if isinstance(value, str) else json.dumps(value)) for key, value in values.items())


def _object(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"This is not JSON: {error.msg} ({where}). Example: {EXAMPLE}") from None
    except RecursionError:
        raise ValueError("The values are nested. Give each key one text or number.") from None
    if not isinstance(read, dict):
        raise ValueError(f"Write one object with keys and values in braces. Example: {EXAMPLE}")
    return read


def _once(items: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(items)
    if len(made) < len(items):
        keys = [key for key, _ in items]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"The key “{twice[:60]}” is there twice. Keep one.")
    return made


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a value. Use a text or a number.")


def _lines(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        key, equals, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not equals or not key:
            raise ValueError(f"Line {number} is not key=value, and the whole is not JSON. Example: {EXAMPLE}")
        if key in values:
            raise ValueError(f"The key “{key[:60]}” is there twice (line {number}). Keep one.")
        values[key] = value
    return values


def _check(key: str, value: Any) -> None:
    name = f"“{key[:60]}”"
    if not key.strip():
        raise ValueError("A key is empty. Give it the name that stands in the template.")
    if isinstance(value, (dict, list)):
        raise ValueError(f"The value of {name} holds other values. Give each key one text or number.")
    if value is None:
        raise ValueError(f"{name} has no value (null). Give it a text or leave it out.")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"The value of {name} is too large a number.")
    # PostgreSQL stores neither NUL nor halves of a surrogate pair.
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", f"{key}{value}"):
        raise ValueError(f"{name} holds a character that cannot be printed. Take it out.")
