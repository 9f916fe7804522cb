"""Drafts of rules in an address: written, read, refused, and what the buttons do to them; what a set changes in words."""

import base64
import zlib
from dataclasses import replace

import pytest

from webapp.checks.default_rules import DEFAULT
from webapp.checks.rule_words import changes, if_words, then_words
from webapp.checks.rules import BadRule, Condition, Rule
from webapp.forms.rule_draft import LONGEST, done, put, read, written

NEW = Rule(when=(Condition(fact="issuer", op="is", values=("NL", "DE")),), reason="Neighbours.", priority="low")


def test_a_draft_is_read_as_it_was_written() -> None:
    assert read(written(DEFAULT)) == DEFAULT
    assert read(written(())) == ()
    most = [replace(NEW, reason=f"Reason {number} ü") for number in range(60)]
    assert read(written(most)) == tuple(most) and len(written(most)) < LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "!!!!", "é" * 9, written(DEFAULT)[:-9], "A" * (LONGEST + 1),
        base64.urlsafe_b64encode(zlib.compress(b"[" * 100_000)).decode(),
        base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000)).decode()[:LONGEST],
        base64.urlsafe_b64encode(zlib.compress(b"\xff\xfe")).decode(),
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadRule):
        read(text)


def test_a_small_text_that_unpacks_to_a_large_one_is_not_unpacked() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 5_000_000, 9)).decode().rstrip("=")
    assert len(bomb) < LONGEST
    with pytest.raises(BadRule, match="too large"):
        read(bomb)


def test_the_buttons_move_switch_and_remove() -> None:
    one, two, three = DEFAULT[:3]
    rules = (one, two, three)
    assert done(rules, "up:2") == (two, one, three)
    assert done(rules, "down:2") == (one, three, two)
    assert done(rules, "remove:1") == (two, three)
    assert done(done(rules, "off:3"), "on:3") == rules
    assert not done(rules, "off:3")[2].on
    for nothing in ("up:1", "down:3", "up:0", "up:9", "up:x", "up", "", "eat:1", "remove:-1", "up:²"):
        assert done(rules, nothing) == rules


def test_a_rule_is_put_where_it_belongs() -> None:
    one, two, three = DEFAULT[:3]
    assert put((one, two), NEW, place=1) == (NEW, one, two)
    assert put((one, two), NEW, place=99) == (one, two, NEW)
    assert put((one, two, three), NEW, place=2, instead_of=2) == (one, NEW, three)
    assert put((one, two, three), NEW, place=3, instead_of=1) == (two, three, NEW)
    with pytest.raises(BadRule, match="60 rules already"):
        put([NEW] * 60, NEW, place=1)
    assert len(put([NEW] * 60, one, place=1, instead_of=1)) == 60


def test_changes_are_said_in_words() -> None:
    off = (replace(DEFAULT[0], on=False), *DEFAULT[1:])
    assert [each.verb for each in changes(DEFAULT, off, {})] == ["Switched off"]
    assert [each.verb for each in changes(off, DEFAULT, {})] == ["Switched on"]
    assert [each.verb for each in changes(DEFAULT, (NEW, *DEFAULT[1:]), {})] == ["Removed", "Added"]
    assert [each.verb for each in changes(DEFAULT, done(DEFAULT, "up:2"), {})] == ["Reordered"]
    assert changes(DEFAULT, DEFAULT, {}) == ()
    [added] = changes((), (NEW,), {})
    assert added.words == "Needs review, low priority if the issuing country is Netherlands or Germany: “Neighbours.”"


def test_a_rule_names_presets_and_numbers() -> None:
    rule = Rule(
        when=(
            Condition(fact="preset", op="is_not", values=("7", "8")), Condition(fact="aml_open", op="at_most", values=(0.0,)),
            Condition(fact="late", op="no"), Condition(fact="matters", op="none", values=("face",)),
        ),
        then="approve", reason="x",
    )  # fmt: skip
    assert if_words(rule, {"7": "Account"}) == (
        "if the preset is not “Account” or “number 8”, and the number of AML entries not ruled out is at most 0, "
        "and the result came in time, and open matters do not include face"
    )
    assert then_words(rule) == "Auto-approve"
    assert if_words(replace(rule, when=()), {}) == "always"
