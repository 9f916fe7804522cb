"""Whether an address found is the address expected (product rules 3.3): by the share of common words, never by map."""

from collections import Counter

from webapp.checks.names import Verdict, is_are, quoted
from webapp.checks.normalise import address_tokens, as_text, raw_words

CLOSE = 0.8
"""Share of common words from which an address is close; a close one is never settled by itself."""


def compare_addresses(expected: object, found: object) -> Verdict:
    """All words in common: same. At least 0.8: close, with the words that are missing or extra. Else differs."""
    wanted, given = address_tokens(expected), address_tokens(found)
    if as_text(expected).casefold() == as_text(found).casefold():
        return Verdict(verdict="same")
    missing, extra = Counter(wanted) - Counter(given), Counter(given) - Counter(wanted)
    if wanted and not missing and not extra:
        reason = "other order" if wanted != given else "abbreviations or punctuation"
        return Verdict(verdict="same_normalised", note=reason, hint=reason)
    total = max(len(wanted), len(given), 1)
    common = (Counter(wanted) & Counter(given)).total()
    close = common / total >= CLOSE
    hint = f"{'close: ' if close else ''}{common} of {total} words"
    named = (_named(expected, missing, "missing"), _named(found, extra, "extra"))
    note = ", ".join(part for part in (hint, *named) if part)
    return Verdict(verdict="close" if close else "differs", note=note, hint=hint)


def _named(text: object, words: Counter[str], what: str) -> str:
    """The words as they are written, e.g. `“1989” is extra`; a word counts as often as it is too many."""
    left, named = Counter(words), []
    for raw in raw_words(text):
        parts = [part for part in address_tokens(raw) if left[part] > 0]
        if parts:
            left.subtract(parts)
            named.append(raw.strip(",.;:"))
    return f"{quoted(named)} {is_are(named)} {what}" if named else ""
