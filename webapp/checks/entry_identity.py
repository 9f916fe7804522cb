"""By what a list entry is known again in another session, and whether its content is still the same."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from webapp.checks.entries import first, full_names, texts
from webapp.checks.normalise import as_text, fold

VOLATILE = frozenset({"time"})
"""When the list was made or fetched: it changes with every edition, although nothing is said anew."""
_NUMBERS = ("id", "entityid", "uid", "reference")


def entry_key(entry: Any) -> str:
    """The SHA-256 of what names the entry: its list, and its own number there or else its first name.

    Two persons of one name on one list share it; `entry_hash` tells them apart.
    """
    entry = entry if isinstance(entry, Mapping) else {}
    number = next((as_text(entry.get(key)) for key in _NUMBERS if as_text(entry.get(key))), "")
    names = full_names(entry) + texts(entry, "alias")
    name = " ".join(sorted(fold(names[0]).split()) or [names[0]]) if names and not number else ""
    return _digest([first(entry, "database"), first(entry, "schema").lower(), first(entry, "entity"), number, name])


def entry_hash(entry: Any) -> str:
    """The SHA-256 of all that the entry says; the order of keys and of listed values does not count."""
    return _digest(_canonical(entry, top=True))


def _canonical(value: Any, *, top: bool = False) -> Any:
    if isinstance(value, Mapping):
        kept = {str(key): _canonical(each) for key, each in value.items() if not (top and key in VOLATILE)}
        return {key: each for key, each in kept.items() if each not in ("", [], {}, None)}
    if isinstance(value, (list, tuple)):
        return sorted((_canonical(each) for each in value), key=_text)
    return as_text(value) if isinstance(value, str) else value


def _digest(value: Any) -> str:
    return hashlib.sha256(_text(value).encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
