"""The vendor's own two samples, read by the provider and judged by the rules; the words are those of the drawn page."""

from datetime import date
from pathlib import Path

from webapp.checks.case import Case, read_case
from webapp.providers.base import Expected, Options
from webapp.providers.docupass.codes import CHECKS, fail_code
from webapp.providers.docupass.payloads import read

PAYLOADS = Path(__file__).parents[1] / "payloads" / "docupass"
DAY = date(2026, 11, 21)


def judge(name: str, expected: Expected) -> Case:
    """The case of a payload file."""
    outcome = read((PAYLOADS / name).read_bytes(), today=DAY)
    return read_case(
        outcome=outcome, options=Options(), expected=expected, code=fail_code(outcome.code), known_checks=tuple(CHECKS),
        captured_on=DAY, flags={},
    )  # fmt: skip


def test_the_failed_sample_reads_as_the_drawn_page() -> None:
    case = judge("callback_identity_failed.json", Expected(
        name="Test Sample", birth="1989-08-03", address="910 Government St, Victoria BC", postcode="V8W 3Y8", age="18-99",
    ))  # fmt: skip
    assert [(matter.severity, f"{matter.headline} {matter.detail}") for matter in case.matters] == [
        (
            "bad",
            "Face does not match. 0.091, needs 0.40: below by 0.309. The vendor failed the session for this, code 3.",
        ),
        ("bad", "Authenticity is low. 0.10, needs 0.30: below by 0.20. 2 of 7 checks failed."),
        ("bad", "Document expired on 30 Nov 2017, 8 years 11 months before capture."),
        ("warn", "AML: 1 hit open. Sanctions list, strength 28 of 100."),
        ("warn", "Address differs. Close: 5 of 6 words. The vendor’s age disagrees with its own date of birth."),
    ]
    assert [(row.label, row.found, row.word, row.note, row.vendor) for row in case.comparisons[:6]] == [
        ("Expiry", "2017-11-30", "Expired", "8 years 11 months before capture", "fail"),
        (
            "Address",
            "1989 910 GOVERNMENT STREET VICTORIA BC",
            "Differs",
            "close: 5 of 6 words, “1989” is extra",
            "fail",
        ),
        ("Age", "vendor says 31", "Data disagree", "37 by its own date of birth; in range either way", ""),
        ("Name", "TEST CARD SAMPLE", "Same after normalising", "extra middle name", "pass"),
        ("Date of birth", "1989-08-03", "Same", "", "pass"),
        ("Postcode", "V8W 3Y8", "Same", "", "pass"),
    ]
    assert case.face.vendor_words == "The vendor agrees: not identical."
    assert case.authenticity.not_returned == ("security_feature_check", "recapture_check")
    assert (case.route.review, case.route.priority) == ("pending", "high")


def test_the_failed_sample_has_the_drawn_hit() -> None:
    match = judge("callback_identity_failed.json", Expected()).matches[0]
    assert (match.name, match.strength, match.listed) == ("IMA CARDHOLDER", 28, "2019-09-03")
    assert [(each.label, each.entry, each.note, each.points) for each in match.attributes] == [
        ("Name", "IMA CARDHOLDER, alias CARDHOLDER SAMPLE", "Partial: 1 of 3 names, by alias", 8),
        ("Birth", "1967, year only", "Differs by 22 years", -25),
        ("Nationality", "United States", "Differs", -10),
        ("Document no.", "I1234568", "Close: same but for the first letter", 15),
        ("Sex", "", "Unknown", 0),
        ("Place", "2570 24TH STREET ANYTOWN, CA, US(possibly)", "Unknown", 0),
    ]


def test_the_passed_sample_goes_to_a_person_because_its_dates_disagree() -> None:
    case = judge("callback_identity_passed.json", Expected(name="Firstname Lastname", birth="1998-08-18"))
    assert [matter.kind for matter in case.matters] == ["inconsistent"]
    birth = next(row for row in case.comparisons if row.key == "birth")
    assert (birth.found, birth.word, birth.settled) == ("1998-08-18 / 12", "Data disagree", False)
    assert (case.route.review, case.route.reason) == ("pending", "Inconsistent data.")


def test_the_expired_and_the_signed_sample_need_nobody() -> None:
    for name, capture in (("callback_expired.json", "expired"), ("callback_signature_done.json", "finished")):
        case = judge(name, Expected())
        assert case.matters == ()
        assert case.comparisons == ()
        assert (case.route.review, case.route.capture) == ("not_needed", capture)
