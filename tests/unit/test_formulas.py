"""Which texts a spreadsheet would run, and that an apostrophe stands before each place where it would begin."""

import pytest

from webapp.exports.formulas import SUSPECT, disarmed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Anna Specimen",
        "O'Brien-Smith",
        "a=b",
        "a-b",
        " Anna",
        "1-2",
        "Anna; Bob",
        "one\ntwo",
        "\u200bAnna",
        "a;b=c",
        "#=1",
        "{=1}",
    ],
)
def test_words_stay_as_they_are(text: str) -> None:
    assert disarmed(text) == text


@pytest.mark.parametrize(
    "hidden",
    ["", " ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u202e", "\x00", "\x1f", "\u00ad", "\U000e0041", " \u200d\t"],
)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_is_disarmed_whatever_hides_its_sign(sign: str, hidden: str) -> None:
    text = f"{hidden}{sign}1+1"
    assert disarmed(text)[0] == "'"
    assert disarmed(text).replace("'", "") == text
    assert text[0] in SUSPECT


@pytest.mark.parametrize("before", ["\t", "\r", "\n"])
def test_what_begins_with_the_end_of_a_cell_or_line_is_disarmed_too(before: str) -> None:
    assert disarmed(f"{before}Anna") == f"'{before}Anna"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Anna;=1+1", "Anna;'=1+1"), ("Anna\t@SUM(A1)", "Anna\t'@SUM(A1)"), ("Anna\r\n-1", "Anna\r\n'-1"),
        ('Anna";"=1', 'Anna";"\'=1'), ("=1;=2", "'=1;'=2"), ("a; +1", "a; '+1"),
    ],
)  # fmt: skip
def test_a_cell_that_another_separator_would_begin_within_is_disarmed(text: str, safe: str) -> None:
    assert disarmed(text) == safe
