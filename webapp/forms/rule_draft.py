"""Rules that are not saved yet travel in the page's address: read and written here, and moved, removed, switched there."""

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import replace

from webapp.checks.rules import MOST_RULES, BadRule, Rule, Rules, dump, parse

LONGEST = 12_000
_LARGEST = 400_000


def written(rules: Sequence[Rule]) -> str:
    """The rules as a short text of letters, digits, `-` and `_`."""
    plain = json.dumps(dump(rules), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")


def read(text: str) -> Rules:
    """The rules that `written` wrote. Raises BadRule for anything else, however it was made."""
    if len(text) > LONGEST or not text.isascii():
        raise BadRule("The draft in this address is too long.")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        opened = zlib.decompressobj()
        plain = opened.decompress(packed, _LARGEST)
        if not opened.eof:
            raise BadRule("The draft in this address is cut off or too large.")
        return parse(json.loads(plain))
    except BadRule:
        raise
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise BadRule("The draft in this address cannot be read.") from error


def put(rules: Sequence[Rule], rule: Rule, *, place: int, instead_of: int = 0) -> Rules:
    """The rules with this one at `place`, which begins with 1; `instead_of` is the number of the one that it replaces."""
    others = [each for number, each in enumerate(rules, start=1) if number != instead_of]
    if len(others) >= MOST_RULES:
        raise BadRule(f"There are {MOST_RULES} rules already. Remove one first.")
    others.insert(max(place, 1) - 1, rule)
    return tuple(others)


def done(rules: Sequence[Rule], what: str) -> Rules:
    """The rules after `up:3`, `down:3`, `off:3`, `on:3` or `remove:3`; as they are for anything else."""
    verb, _, said = what.partition(":")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if not 1 <= number <= len(rules):
        return tuple(rules)
    changed, at = list(rules), number - 1
    if verb == "remove":
        del changed[at]
    elif verb in ("on", "off"):
        changed[at] = replace(changed[at], on=verb == "on")
    elif verb in ("up", "down"):
        to = at + (1 if verb == "down" else -1)
        if 0 <= to < len(changed):
            changed[at], changed[to] = changed[to], changed[at]
    return tuple(changed)
