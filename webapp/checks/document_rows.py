"""The rows about the document: expiry, number, issuer and type; the person's own rows are in `person_rows`."""

from collections.abc import Callable, Collection

from webapp.checks.countries import country, country_name
from webapp.checks.dates import in_words, span, whole_date
from webapp.checks.facts import DAYS, NO_DATE, Facts
from webapp.checks.fields import FieldComparison, mark_letters, row
from webapp.checks.normalise import as_text, confusion, document_number, postcode

DOCUMENT_TYPES = {
    "passport": "Passport", "licence": "Driving licence", "card": "Identity card", "visa": "Visa",
    "residence": "Residence card", "other": "Other document",
}  # fmt: skip


def expiry_row(facts: Facts) -> FieldComparison:
    """After the day of capture is valid (not after today: the page is read later)."""
    found, day, asked = facts.found("expiry"), whole_date(facts.found("expiry")), facts.options.check_expiry
    expected, days = f"after {in_words(facts.captured_on)}" if asked else "", facts.number("days_to_expiry")
    if day is None:
        unread = NO_DATE if found else ""
        return row("expiry", expected, found, "missing" if asked else "not_asked", note=unread, hint=unread)
    if day <= facts.captured_on:
        doubt = f"; the vendor says {days} days are left" if days and days > 0 else ""
        when = f"{span(day, facts.captured_on)} before capture" if day < facts.captured_on else "on the day of capture"
        return row("expiry", expected, found, "expired" if asked else "not_asked", hint=f"on {in_words(day)}, {when}",
                   note=f"{'' if asked else 'expired '}{when}{doubt}")  # fmt: skip
    left = (day - facts.captured_on).days
    if days is not None and abs(days - left) > DAYS:
        note = f"the vendor says {days} days to expiry, the date makes {left}"
        return row("expiry", expected, found, "disagree", note=note, hint="days to expiry against the date")
    return row("expiry", expected, found, "in_range" if asked else "not_asked")


def document_number_row(facts: Facts) -> FieldComparison:
    """Equal without spaces and dashes; O/0 and I/1 are pointed out, never taken for each other."""
    return _code_row(facts, "document_number", document_number, confusion)


def postcode_row(facts: Facts) -> FieldComparison:
    """Equal in capitals without spaces."""
    return _code_row(facts, "postcode", postcode, lambda _wanted, _given: "")


def _code_row(
    facts: Facts, key: str, normal: Callable[[object], str], doubt: Callable[[str, str], str]
) -> FieldComparison:
    expected, found = as_text(getattr(facts.expected, key)), facts.found(key)
    if not expected or not found:
        return row(key, expected, found, "missing" if expected else "not_asked")
    if expected.casefold() == found.casefold():
        return row(key, expected, found, "same")
    if normal(expected) and normal(expected) == normal(found):
        return row(key, expected, found, "same_normalised", note="spaces or dashes", hint="spaces or dashes")
    note = doubt(normal(expected), normal(found))
    return row(key, expected, found, "differs", note=note, hint=note, marks=mark_letters(found, expected))


def issuer_row(facts: Facts) -> FieldComparison:
    """The issuing country against those that the link accepts."""
    code, region = country(facts.found("issuer")), facts.found("issuer_region")
    name = facts.found("issuer_name") or country_name(code) or facts.found("issuer")
    found = ", ".join(part for part in (name, region) if part)
    code = code or country(name)
    accepted = {country(each) or each.upper() for each in facts.options.countries}
    return _accepted_row("issuer", code, found, accepted, country_name)


def document_type_row(facts: Facts) -> FieldComparison:
    """The type of document against those that the link accepts."""
    kind = facts.found("document_type")
    return _accepted_row("document_type", kind, type_name(kind), facts.options.document_types, type_name)


def type_name(kind: str) -> str:
    """`Driving licence` for `licence`."""
    return DOCUMENT_TYPES.get(kind, kind)


def _accepted_row(
    key: str, value: str, found: str, accepted: Collection[str], name: Callable[[str], str]
) -> FieldComparison:
    expected = " or ".join(sorted(name(each) for each in accepted))
    if not accepted or not value:
        return row(key, expected, found, "missing" if accepted else "not_asked")
    return row(key, expected, found, "in_range" if value in accepted else "out_of_range")
