"""The rows about the person: name, birth, age, address and nationality; the document's own are in `document_rows`."""

from datetime import date, timedelta

from webapp.checks.addresses import compare_addresses
from webapp.checks.countries import country, country_name
from webapp.checks.dates import PartialDate, age_on, parse_date, whole_date
from webapp.checks.facts import DAYS, NO_DATE, Facts
from webapp.checks.fields import FieldComparison, Mark, mark_letters, mark_words, row
from webapp.checks.names import Verdict, compare_names, names_disagree, split_name
from webapp.checks.normalise import address_tokens, as_text, name_tokens


def name_row(facts: Facts) -> FieldComparison:
    """The full name; the split names or the name in local script only where the full name does not settle it."""
    expected = as_text(facts.expected.name)
    whole, parts, local = facts.found("full_name"), split_name(facts.person), facts.found("full_name_local")
    if names_disagree(facts.person):
        pair = (Mark(f"{whole} / "), Mark(parts, True))
        note = "full name against first, middle and last name"
        return row("name", expected, f"{whole} / {parts}", "disagree", note=note, hint=note, marks=pair)
    found = whole or parts or local
    script = f"in local script: {local}" if local and local != found else ""
    if not expected or not found:
        return row("name", expected, found, "missing" if expected else "not_asked", note=script)
    best = _best_name(expected, [value for value in (whole, parts, local) if value])
    note = "; ".join(part for part in (best.note, script) if part)
    marked = mark_words(found, name_tokens(expected), name_tokens) if best.verdict in ("close", "differs") else None
    return row("name", expected, found, best.verdict, note=note, hint=best.hint, marks=marked)


def _best_name(expected: str, values: list[str]) -> Verdict:
    """The first that settles it, else the closest."""
    order = {"same": 0, "same_normalised": 0, "close": 1, "differs": 2}
    return min((compare_names(expected, value) for value in values), key=lambda each: order[each.verdict])


def birth_row(facts: Facts) -> FieldComparison:
    """Equal dates are the same; equal years, where one side has no more, are "same year"."""
    expected, text, parts = as_text(facts.expected.birth), facts.found("birth"), facts.found("birth_parts")
    found, other = parse_date(text), parse_date(parts)
    if text and parts and (found or text) != (other or parts):
        short = parts[8:] if len(text) == len(parts) == 10 and text[:8] == parts[:8] else parts
        marks = (Mark(f"{text} / "), Mark(short, True))
        note, hint = f"day, month and year make {parts}", "the date against its day, month and year"
        return row("birth", expected, f"{text} / {short}", "disagree", note=note, hint=hint, marks=marks)
    found, shown = found or other, text or parts
    if not expected or not shown:
        return row("birth", expected, shown, "missing" if expected else "not_asked")
    wanted = parse_date(expected)
    if found is None or wanted is None:
        if expected.casefold() == shown.casefold():
            return row("birth", expected, shown, "same")
        return row("birth", expected, shown, "missing", note=NO_DATE, hint=NO_DATE)
    return _by_dates(wanted, found, expected, shown)


def _by_dates(wanted: PartialDate, found: PartialDate, expected: str, shown: str) -> FieldComparison:
    if found == wanted and found.day:
        return row("birth", expected, shown, "same")
    part = found.day == 0 or wanted.day == 0
    month = not found.month or not wanted.month or found.month == wanted.month
    if part and month and found.year == wanted.year:
        # All that was asked for agrees where the expected date itself names no more.
        settled = str(found).startswith(str(wanted))
        note = "" if settled else f"the document gives only {'the year' if not found.month else 'year and month'}"
        return row("birth", expected, shown, "same_year", note=note, hint=note, settled=settled)
    return row("birth", expected, shown, "differs", marks=mark_letters(shown, str(wanted)))


def age_row(facts: Facts) -> FieldComparison:
    """The age by the date of birth on the day of capture; the vendor's own only where there is no date of birth."""
    bounds, given = _bounds(as_text(facts.expected.age)), facts.number("age")
    expected = f"{bounds[0]} to {bounds[1]}" if bounds else as_text(facts.expected.age)
    birth = whole_date(facts.found("birth"))
    ours = age_on(birth, facts.captured_on) if birth else given
    if birth and given is not None and given not in _ages(birth, facts.captured_on):
        note = f"{ours} by its own date of birth{_either_way((ours or 0, given), bounds)}"
        return row("age", expected, f"vendor says {given}", "disagree", note=note, hint="age against the date of birth",
                   marks=(Mark("vendor says "), Mark(str(given), True)))  # fmt: skip
    if not expected or ours is None:
        return row("age", expected, "" if ours is None else ours, "missing" if expected else "not_asked")
    if bounds is None:
        note = "the range asked for cannot be read"
        return row("age", expected, ours, "missing", note=note, hint=note)
    return row("age", expected, ours, "in_range" if bounds[0] <= ours <= bounds[1] else "out_of_range")


def _ages(birth: date, day: date) -> set[int]:
    """The ages around the day of capture, which the day of receipt only approximates."""
    spread = timedelta(days=DAYS)
    early = day - spread if day - date.min > spread else day
    late = day + spread if date.max - day > spread else day
    return {age_on(birth, early), age_on(birth, late)}


def _bounds(text: str) -> tuple[int, int] | None:
    low, _, high = text.replace(" ", "").partition("-")
    return (int(low), int(high)) if low.isdecimal() and high.isdecimal() and len(text) < 12 else None


def _either_way(ages: tuple[int, int], bounds: tuple[int, int] | None) -> str:
    if bounds is None:
        return ""
    inside = sum(bounds[0] <= age <= bounds[1] for age in ages)
    return ("; out of range either way", "; in range by one only", "; in range either way")[inside]


def address_row(facts: Facts) -> FieldComparison:
    """By the share of common words."""
    expected, found = as_text(facts.expected.address), facts.found("address")
    if not expected or not found:
        return row("address", expected, found, "missing" if expected else "not_asked")
    said = compare_addresses(expected, found)
    differs = said.verdict in ("close", "differs")
    marks = mark_words(found, address_tokens(expected), address_tokens) if differs else None
    return row("address", expected, found, said.verdict, note=said.note, hint=said.hint, marks=marks)


def nationality_row(facts: Facts) -> FieldComparison:
    """Shown for the eye: a link cannot ask for a nationality."""
    code = country(facts.found("nationality"))
    return row("nationality", "", facts.found("nationality_name") or country_name(code), "not_asked")
