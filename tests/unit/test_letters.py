"""Names of every script in print: no letter missing, each where it belongs, and what hides is spelled out."""

import re
import unicodedata
from collections import Counter
from dataclasses import replace

import pytest

from tests.support.names import ALPHABETS, MARKS, hostile_thousand, thousand
from tests.support.pdfs import Pdf
from tests.support.records import empty
from webapp.exports.pdf.fonts import FOLDER, STYLES
from webapp.exports.pdf.letters import runs, spelled
from webapp.exports.pdf.lines import Line, broken, shortened
from webapp.exports.pdf_report import session_report
from webapp.exports.record import Event

SILENT = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e01ef]")


def lines(text: str, style: str = "regular", width: float = 200.0) -> tuple[Line, ...]:
    return broken(text, style=style, size=9, width=width)


def letters(text: str) -> Counter[str]:
    """What must be there, whatever the order and the place of spaces."""
    return Counter(re.sub(r"[\s\x0b\x0c\x1c-\x1f\x85]", "", text))


@pytest.mark.parametrize("style", STYLES)
def test_no_letter_of_a_thousand_names_is_missing(style: str) -> None:
    for name in thousand():
        pieces = [piece for line in lines(name, style) for piece in line.pieces]
        for piece in pieces:
            for glyph in piece.glyphs:
                assert glyph.number, f"{name!r}: {piece.text!r} has a letter that {piece.face.name} lacks"
        assert letters("".join(piece.text for piece in pieces)) == letters(name)


def test_every_letter_of_every_alphabet_is_drawn_as_itself() -> None:
    for letter in "".join([*ALPHABETS.values(), *MARKS.values()]):
        assert all(not run.spelled for run in runs(letter, "regular")), f"U+{ord(letter):04X}"


def test_the_report_of_a_thousand_hostile_names_can_be_read_back_and_does_nothing() -> None:
    names = hostile_thousand()
    events = tuple(Event(at=empty().exported_at, words=name) for name in names)
    pdf = Pdf(session_report(replace(empty(), timeline=events)))
    assert pdf.actions() == []
    without = letters(pdf.text) - letters("".join(names))
    missing = letters("".join(names)) - letters(pdf.text)
    assert not {letter for letter in missing if not SILENT.match(letter)}, missing
    assert all(ord(letter) < 128 or letter in "\u2013\u2026" for letter in without)


@pytest.mark.parametrize(
    "hidden",
    ["\u202e", "\u2066", "\u200b", "\u00ad", "\x00", "\x1b", "\ufeff", "\ue000", "\u3164", "\U0010ffff", "\ud800"],
)
def test_what_cannot_be_seen_or_turns_text_is_spelled_out(hidden: str) -> None:
    seen = runs(f"Ma{hidden}ria", "regular")
    assert [run.text for run in seen] == ["Ma", spelled(hidden), "ria"]
    assert seen[1].spelled == hidden


@pytest.mark.parametrize("text", ["نمی\u200cخواهم", "ක්\u200dෂ", "👨\u200d👩\u200d👧", "❤\ufe0f", "葛\U000e0100"])
def test_joiners_and_selectors_do_their_work_where_scripts_need_them(text: str) -> None:
    assert [run.text for run in runs(text, "regular")] == [text]


def test_joiners_between_plain_letters_are_shown() -> None:
    assert any(run.spelled == "\u200d" for run in runs("Ma\u200dria", "regular"))


def test_letters_join_and_stack_as_their_script_does() -> None:
    joined = lines("بيت")[0].pieces[0]
    alone = [lines(letter)[0].pieces[0].glyphs[0].number for letter in "بيت"]
    assert joined.told and set(alone).isdisjoint({glyph.number for glyph in joined.glyphs[1:2]})
    assert len(lines("क्ष")[0].pieces[0].glyphs) == 1
    assert len(lines("👨\u200d👩\u200d👧")[0].pieces[0].glyphs) < 5


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("שלום Anna", ["Anna", " ", "שלום"]),
        ("Anna שלום", ["Anna ", "שלום"]),
        ("محمد (Sample) 123", ["123 ", "(", "Sample", ")", " ", "محمد"]),
        ("Anna (שלום)", ["Anna (", "שלום", ")"]),
    ],
)
def test_directions_follow_the_unicode_rules(text: str, seen: list[str]) -> None:
    drawn = "".join(run.text[::-1] if run.rtl else run.text for run in runs(text, "regular"))
    expected = "".join(part[::-1] if unicodedata.bidirectional(part[0]) in ("R", "AL") else part for part in seen)
    assert drawn.replace("(", "|").replace(")", "|") == expected.replace("(", "|").replace(")", "|")


@pytest.mark.parametrize(
    "text", ["W" * 500, "李" * 300, "สมชาย" * 80, "क्षत्रिय" * 60, "a" + "\u0301" * 400, "x" * 30 + " " + "y" * 300]
)
def test_no_line_is_wider_than_its_place_and_nothing_is_lost(text: str) -> None:
    made = lines(text, width=90)
    assert all(line.width <= 90.01 for line in made)
    assert "".join(line.text for line in made).replace(" ", "") == text.replace(" ", "")
    assert not any(unicodedata.combining(line.text[0]) for line in made)


def test_a_line_keeps_the_direction_of_its_paragraph() -> None:
    last = lines("Anna was asked by محمد and Bob", width=85)[-1]
    assert last.text == "محمد and Bob"
    assert [piece.text.strip() for piece in last.pieces] == ["محمد", "and Bob"]
    assert [run.text.strip() for run in runs("محمد and Bob", "regular") if run.text.strip()] == ["and Bob", "محمد"]


def test_words_stay_whole_and_line_breaks_are_kept() -> None:
    assert [line.text for line in lines("one two\nthree\r\n\nfour", width=300)] == ["one two", "three", "", "four"]
    assert all(line.text.strip() == line.text for line in lines("word " * 200, width=61))


def test_a_text_too_long_for_its_line_ends_in_an_ellipsis() -> None:
    line = shortened("Purpose " * 80, style="regular", size=9, width=120)
    assert line.text.endswith("\u2026") and line.width <= 120


def test_every_shipped_font_is_there() -> None:
    assert {path.name for path in FOLDER.glob("*.ttf")} >= {name for names in STYLES.values() for name in names}
