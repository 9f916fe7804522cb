"""Words that every section of a report shares: numbered headings, times, figures, what stands where there is nothing."""

from datetime import UTC, datetime

from webapp.exports.pdf.sheet import INK, SECOND, TONES, TOP, Sheet, Words
from webapp.exports.record import Fact

NOTHING = "\u2013"


def heading(sheet: Sheet, number: int, title: str, said: str = "", *, room: float = 115.0) -> None:
    """A section's heading, never alone at the foot of a page; `said` is a quiet sentence under it."""
    sheet.need(room)
    if sheet.y < TOP:
        sheet.y -= 8
        sheet.rule(sheet.y)
        sheet.y -= 10
    sheet.text(Words(f"{number}  {title}", style="bold", size=12), kind="H2", after=2 if said else 6)
    if said:
        sheet.text(Words(said, size=8, color=SECOND), after=6)


def value_of(fact: Fact) -> Words:
    """A fact's value in its look."""
    color = TONES.get(fact.mark, INK) if fact.mark in ("ok", "warn", "bad", "alt") else INK
    return Words(
        fact.value or NOTHING,
        style="mono" if fact.plain else "regular",
        size=8 if fact.plain else 8.5,
        color=color,
        mark=fact.mark,
    )


def quiet(text: str, *, size: float = 7.5) -> Words:
    """A second line, smaller and greyer."""
    return Words(text, size=size, color=SECOND)


def plain(text: str, *, size: float = 7.5) -> Words:
    """References and hashes, each letter as wide as the next."""
    return Words(text, style="mono", size=size)


def hashed(digest: str) -> Words:
    """A SHA-256 in two lines of the same length, easier to compare by eye."""
    return plain(f"{digest[:32]}\n{digest[32:]}".strip())


def figure(value: float) -> str:
    """`0.10`, and more places where there are more: `0.091`."""
    return f"{value:.2f}" if round(value, 2) == value else f"{value:g}"


def moment(at: datetime | None) -> str:
    """`2026-11-21 14:31:07 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else NOTHING


def size_of(count: int) -> str:
    """`412 bytes`, `31.4 kB`, `1.2 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
