"""DocuPass's numbers in words: every code is there, no two lists are mixed, the unknown has a way."""

import pytest

from webapp.providers.docupass import codes
from webapp.providers.docupass.client import DocuPass

FAIL_CODES = [*map(str, range(17)), "99"]
NOTHING_OF_FRAUD = ("fraud", "fake", "sanction", "aml", "authentic", "tamper")


def test_every_fail_code_of_the_reference_has_a_meaning() -> None:
    assert list(codes.FAIL_CODES) == FAIL_CODES
    assert all(each.meaning and each.officer and each.applicant for each in codes.FAIL_CODES.values())


@pytest.mark.parametrize("code, kind, route, priority, ask_again", [
    ("0", "time", "expired", "normal", "yes"), ("1", "capture", "failed", "normal", "yes"),
    ("2", "fraud", "review", "high", "after_review"), ("3", "fraud", "review", "high", "after_review"),
    ("4", "policy", "failed", "normal", "yes"), ("5", "mismatch", "review", "normal", "after_review"),
    ("6", "mismatch", "review", "normal", "after_review"), ("7", "mismatch", "review", "low", "yes"),
    ("8", "mismatch", "review", "low", "yes"), ("9", "policy", "review", "normal", "no"),
    ("10", "capture", "failed", "normal", "yes"), ("11", "fraud", "review", "high", "after_review"),
    ("12", "policy", "failed", "normal", "yes"), ("13", "policy", "failed", "normal", "yes"),
    ("14", "policy", "failed", "normal", "yes"), ("15", "contact", "failed", "normal", "yes"),
    ("16", "mismatch", "review", "high", "after_review"), ("99", "unknown", "review", "normal", "yes"),
])  # fmt: skip
def test_fail_codes_follow_the_product_table(code: str, kind: str, route: str, priority: str, ask_again: str) -> None:
    each = codes.fail_code(code)
    assert (each.kind, each.route, each.priority, each.ask_again) == (kind, route, priority, ask_again)


@pytest.mark.parametrize("code", ["42", "-1", "E7", ""])
def test_an_unknown_or_missing_code_goes_to_review_with_an_alarm(code: str) -> None:
    each = codes.fail_code(code)
    assert (each.code, each.route, each.alarm, each.kind) == (code, "review", True, "unknown")


def test_the_applicant_is_never_told_a_fraud_reason() -> None:
    told = " ".join(each.applicant.lower() for each in codes.FAIL_CODES.values())
    assert not any(word in told for word in NOTHING_OF_FRAUD)


def test_error_codes_and_fail_codes_are_two_lists() -> None:
    assert "invalid or unreachable" in codes.error_code("1050")
    assert "API key" in codes.error_code("1") and codes.fail_code("1").kind == "capture"
    assert "front" in codes.error_code("14").lower() and "type" in codes.fail_code("14").meaning
    assert codes.error_code("4711") == ""


def test_every_error_code_has_help_and_shares_no_table_with_the_fail_codes() -> None:
    published = ["1", "8", "9", "10", "11", "12", "14", "15", "1002", "1003", "1050"]
    assert [code for code in codes.ERROR_CODES if code.isdigit()] == published
    assert all(codes.error_code(code).endswith(".") for code in codes.ERROR_CODES)
    both = [code for code in published if code in codes.FAIL_CODES]
    assert both == ["1", "8", "9", "10", "11", "12", "14", "15"]
    assert not [code for code in both if codes.error_code(code).startswith(codes.fail_code(code).meaning)]
    assert all(codes.fail_code(code).alarm for code in published if code not in both)


def test_the_nine_known_checks_have_plain_words() -> None:
    assert len(codes.CHECKS) == 9
    assert all(each.label and each.passed.endswith(".") and each.failed.endswith(".") for each in codes.CHECKS.values())
    assert codes.check("exif_check").failed == "The picture file was edited."


def test_an_unknown_check_keeps_the_vendors_name() -> None:
    unknown = codes.check("hologram_check")
    assert (unknown.name, unknown.label, unknown.failed) == (
        "hologram_check",
        "Hologram check",
        "Hologram check: failed.",
    )


def test_the_thirteen_aml_lists_have_names_and_classes() -> None:
    assert len(codes.AML_DATABASES) == 13
    kinds = [each.kind for each in codes.AML_DATABASES.values()]
    assert (kinds.count("sanction"), kinds.count("crime"), kinds.count("pep")) == (9, 1, 3)


def test_the_vendors_own_misspelling_of_a_list_is_understood_and_an_unknown_list_keeps_its_code() -> None:
    assert codes.database("eu_cors") == codes.database("eu_cor")
    assert (codes.database("xx_new").name, codes.database("xx_new").kind) == ("xx_new", "unknown")
    assert codes.database("").name == "List not named"


def test_the_provider_gives_all_of_it_to_the_pages() -> None:
    provider = DocuPass(base_url="https://vendor.example", api_key="specimen-key")
    assert provider.describe_code("3") == codes.FAIL_CODES["3"]
    assert provider.describe_error("8") == codes.ERROR_CODES["8"]
    assert provider.describe_check("recapture_check") == codes.CHECKS["recapture_check"]
    assert provider.describe_database("un_sc") == codes.AML_DATABASES["un_sc"]
    assert provider.known_checks == tuple(codes.CHECKS)
