"""One AML list entry as the vendor delivers it, read without trust: texts, numbers, safe sources; no judging."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from webapp.checks.normalise import as_text

MOST = 50
"""Values of one attribute that are read; no honest entry has more."""
LONGEST = 500
"""Characters of one value that are read."""


def texts(entry: Mapping[Any, Any], key: str) -> list[str]:
    """The texts under a key, whether it holds a list, one text or a number; what is no text is left out."""
    value = entry.get(key)
    if value is None:  # most of the keys that are asked for
        return []
    items = value if isinstance(value, (list, tuple)) else [value]
    found = [as_text(item)[:LONGEST] for item in items[:MOST]]
    return [text for text in dict.fromkeys(found) if text]


def first(entry: Mapping[Any, Any], key: str) -> str:
    """The first text under a key, or empty."""
    return next(iter(texts(entry, key)), "")


def full_names(entry: Mapping[Any, Any]) -> list[str]:
    """The full names; where there is none, first, middle and last name as one."""
    parts = (first(entry, key) for key in ("firstname", "middlename", "lastname"))
    split = " ".join(part for part in parts if part)
    return texts(entry, "fullname") or ([split] if split else [])


def document_numbers(entry: Mapping[Any, Any]) -> list[str]:
    """The numbers of the documents, which come as objects with `id` or as plain texts."""
    value = entry.get("documentnumber")
    items = value if isinstance(value, (list, tuple)) else [value]
    found = (_number(item) for item in items[:MOST])
    return list(dict.fromkeys(number for number in found if number))


def _number(item: Any) -> str:
    if isinstance(item, Mapping):
        return (as_text(item.get("id_formatted")) or as_text(item.get("id")))[:LONGEST]
    return as_text(item)[:LONGEST]


def sources(entry: Mapping[Any, Any]) -> tuple[str, ...]:
    """The addresses of the sources that a page may link to: http and https only."""
    return tuple(address for address in texts(entry, "source") if is_web_address(address))


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address with a host, and nothing but printable signs."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        return False
