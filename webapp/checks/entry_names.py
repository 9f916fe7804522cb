"""The name of an AML entry against the applicant's: equal, spelled differently, or only a part of it; no nicknames."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from webapp.checks.dates import plural
from webapp.checks.entries import full_names, texts
from webapp.checks.findings import Attribute, Finding, attribute
from webapp.checks.names import MAX_WORDS, is_spelling, split_name
from webapp.checks.normalise import as_text, fold, name_tokens

NAME, ALIAS, DIFFERS = 25, 20, -15
"""Points of an equal name, of an equal alias, and of no word in common; a part of the name gives that part of NAME."""
SPELLED = 0.7
"""What a word spelled differently is worth beside an equal one."""


def compare(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> Attribute:
    """The best agreement of any of the applicant's names with any listed name or alias."""
    mine = [as_text(person.get("full_name")), split_name(person), as_text(person.get("full_name_local"))]
    mine = list(dict.fromkeys(name for name in mine if name_tokens(name)))
    names = [name for name in full_names(entry) if name_tokens(name)]
    known = {fold(name) for name in names}
    aliases = [alias for alias in texts(entry, "alias") if name_tokens(alias) and fold(alias) not in known]
    findings = [_finding(own, name, names, aliases) for own in mine for name in (*names, *aliases)]
    first = _shown((names + aliases)[0], names, aliases) if names or aliases else ""
    return attribute("name", "Name", mine[0] if mine else "", [first], findings)


def _shown(value: str, names: list[str], aliases: list[str]) -> str:
    """`IMA CARDHOLDER, alias CARDHOLDER SAMPLE, +2 more`: the listed name and the alias that agrees."""
    both = bool(names) and value not in names
    head = f"{names[0]}, alias {value}" if both else value
    more = len(names) + len(aliases) - (2 if both else 1)
    return f"{head}, +{more} more" if more else head


def _finding(own: str, listed: str, names: list[str], aliases: list[str]) -> Finding:
    mine, theirs = name_tokens(own)[:MAX_WORDS], name_tokens(listed)[:MAX_WORDS]
    agreement, note, points = _judge(mine, theirs, alias=listed not in names)
    return Finding(agreement=agreement, note=note, points=points, value=_shown(listed, names, aliases))


def _judge(mine: list[str], theirs: list[str], *, alias: bool) -> tuple[str, str, int]:
    ours, listed = Counter(mine), Counter(theirs)
    if ours == listed:
        return ("same", "Same, exact by alias", ALIAS) if alias else ("same", "Same, exact", NAME)
    equal, spelled = _common(ours, listed)
    total = max(len(mine), len(theirs))
    if not equal + spelled:
        return "differs", "Differs", DIFFERS
    points = round(NAME * (equal + SPELLED * spelled) / total)
    if equal + spelled == total:
        return "close", f"Close: {spelled} of {plural(total, 'name')} spelled differently{_by(alias)}", points
    return "close", f"Partial: {equal + spelled} of {plural(total, 'name')}{_by(alias)}", points


def _by(alias: bool) -> str:
    return ", by alias" if alias else ""


def _common(mine: Counter[str], theirs: Counter[str]) -> tuple[int, int]:
    """How many words are equal, and how many of the rest are spelled differently."""
    left = list((theirs - mine).elements())
    spelled = 0
    for word in (mine - theirs).elements():
        like = next((other for other in left if min(len(word), len(other)) > 1 and is_spelling(word, other)), None)
        if like is not None:
            left.remove(like)
            spelled += 1
    return (mine & theirs).total(), spelled
