"""Routing rules by themselves: the default set one by one, the fixed ones under any set, what is unsafe or never reached."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.checks.case import Case, read_case
from webapp.checks.case_facts import About
from webapp.checks.default_rules import ALWAYS_A_PERSON, DEFAULT, NEVER_APPROVED
from webapp.checks.open_matter import OpenMatter
from webapp.checks.routing import Route, by_rules, facts_of, route
from webapp.checks.rule_facts import FACTS, MATTERS, Facts
from webapp.checks.rule_faults import faults
from webapp.checks.rules import OPS, BadRule, Condition, Rule, Rules, dump, parse
from webapp.providers.base import Authenticity, Expected, Face, Options, Outcome
from webapp.providers.docupass.codes import fail_code

PERSON = {"full_name": "ANNA SPECIMEN", "birth": "1980-01-02", "document_number": "X1", "expiry": "2035-01-01",
          "document_type": "passport", "issuer": "NL"}  # fmt: skip
GOOD = Outcome(reference="R1", result="passed", person=PERSON, face=Face(score=0.9, identical=True),
               authenticity=Authenticity(score=0.9))  # fmt: skip
HIT = {"fullname": ["Anna Specimen"], "schema": "sanction"}


def when(fact: str, op: str, *values: Any) -> Condition:
    return Condition(fact=fact, op=op, values=values)


def rule(then: str, *conditions: Condition, **more: Any) -> Rule:
    return Rule(when=conditions, then=then, **{"reason": "Because.", **more})


CLEAN = rule("approve", when("outcome", "is", "passed"), when("aml_open", "at_most", 0))


def judge(
    outcome: Outcome = GOOD, *, rules: Rules = DEFAULT, flags: Mapping[str, bool] | None = None, **more: Any
) -> Case:
    return read_case(
        outcome=outcome, options=Options(), expected=Expected(), code=fail_code(outcome.code), known_checks=(),
        captured_on=date(2026, 11, 21), flags=flags or {}, rules=rules, **more,
    )  # fmt: skip


def failed(code: str, **changes: Any) -> Outcome:
    return replace(GOOD, result="failed", code=code, **changes)


NEAR = replace(GOOD, face=Face(score=0.42, identical=True))
CASES: dict[int, tuple[Outcome, dict[str, bool], str, str]] = {
    1: (replace(GOOD, result="error"), {}, "high", "The result is not clear."),
    2: (replace(GOOD, result="liveness_failed", code="029", person={}), {}, "high", "Fail code 029."),
    3: (failed("3"), {}, "high", "Fail code 3."),
    4: (replace(GOOD, face=Face(score=0.1, identical=False)), {}, "high", "Face does not match."),
    5: (GOOD, {"conflicting_results": True}, "high", "Two results disagree."),
    6: (failed("5"), {}, "normal", "Fail code 5."),
    7: (GOOD, {"late_result": True}, "normal", "A late result."),
    8: (replace(GOOD, matches=(HIT,)), {}, "normal", "AML hit."),
    9: (replace(GOOD, contradictions=("x",)), {}, "normal", "Inconsistent data."),
    10: (NEAR, {}, "normal", "Face is near the threshold."),
    11: (replace(GOOD, person={}), {}, "normal", "No data from the document."),
    12: (failed("7"), {}, "low", "Fail code 7."),
    14: (GOOD, {}, "normal", "Passed: a person decides."),
}


@pytest.mark.parametrize("number", CASES)
def test_each_default_rule_takes_what_it_is_for(number: int) -> None:
    outcome, flags, priority, reason = CASES[number]
    way = judge(outcome, flags=flags).route
    assert (way.review, way.rule, way.priority, way.reason) == ("pending", number, priority, reason)
    assert way.reasons[0] == reason


def test_pictures_that_are_missing_are_what_the_thirteenth_is_for() -> None:
    way = judge(evidence_missing=1).route
    assert (way.rule, way.priority, way.reason) == (13, "normal", "1 file is missing.")


def test_every_reason_that_fits_is_listed_the_first_one_first() -> None:
    way = judge(replace(GOOD, matches=(HIT,), face=Face(score=0.1, identical=False)), flags={"late_result": True}).route
    assert way.reasons == (
        "Face does not match.", "A late result.", "AML hit.", "Passed: a person decides.",
    )  # fmt: skip
    assert way.reason == "Face does not match."


@pytest.mark.parametrize("code", ["2", "3", "5", "6", "11", "16", "99", "57", ""])
def test_the_codes_of_the_default_set_go_to_a_person(code: str) -> None:
    assert judge(failed(code)).route.review == "pending"


def test_a_duplicate_goes_to_a_person() -> None:
    matter = OpenMatter(
        kind="subject", severity="warn", headline="One person under more than one name.", block="subject"
    )
    way = route(
        outcome=replace(GOOD, result="captured"), matters=(matter,), fail_route="failed", fail_priority="normal"
    )
    assert (way.review, way.rule, way.reason) == ("pending", 10, "One person under more than one name.")


def test_the_default_set_decides_nothing_and_has_no_fault() -> None:
    assert {each.then for each in DEFAULT} == {"review"}
    assert faults(DEFAULT) == ()
    assert parse(dump(DEFAULT)) == DEFAULT


# -- what is configured --------------------------------------------------------------------------------------------


def test_a_clean_pass_is_approved_only_where_a_rule_says_so() -> None:
    assert judge(rules=()).route.review == "pending"
    way = judge(rules=(CLEAN,)).route
    assert (way.review, way.decision, way.rule, way.reason) == ("done", "approved", 1, "Because.")


def test_a_rule_can_reject() -> None:
    way = judge(failed("4"), rules=(rule("reject", when("code", "is", "4")),)).route
    assert (way.review, way.decision) == ("done", "rejected")


def test_what_is_switched_off_is_as_if_it_were_not_there() -> None:
    assert judge(rules=(replace(CLEAN, on=False), *DEFAULT)).route.rule == 15


def test_without_any_rule_a_failure_stays_failed_and_the_unknown_goes_to_a_person() -> None:
    assert judge(failed("5"), rules=()).route.review == "not_needed"
    for result in ("passed", "error", "something new"):
        assert judge(replace(GOOD, result=result), rules=()).route.review == "pending"


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        (when("provider", "is", "docupass"), True), (when("provider", "is_not", "docupass"), False),
        (when("preset", "is", "7"), True), (when("reusable", "yes"), True), (when("attempt", "at_least", 3), False),
        (when("issuer", "is", "NL", "DE"), True), (when("document_type", "is", "card"), False),
        (when("kind", "is", "identity"), True), (when("face_margin", "at_most", 0.1), False),
        (when("face_margin", "at_least", 0.1), True), (when("aml_lists", "any", "sanction"), True),
        (when("aml_strength", "at_least", 50), True), (when("cause", "is", "face"), False),
        (when("matters", "none", "face"), True), (when("duplicate", "no"), True),
    ],
)  # fmt: skip
def test_a_condition_asks_what_it_says(condition: Condition, fits: bool) -> None:
    about = About(provider="docupass", preset="7", reusable=True, attempt=2)
    facts = judge(replace(GOOD, matches=(HIT,)), about=about).facts
    assert condition.holds(facts) is fits


def test_a_number_that_is_missing_fits_neither_side() -> None:
    facts = judge(replace(GOOD, face=None)).facts
    assert not when("face_margin", "at_least", -1).holds(facts) and not when("face_margin", "at_most", 1).holds(facts)


# -- the fixed rules -----------------------------------------------------------------------------------------------

HARD: dict[str, dict[str, Any]] = {
    "open AML entries": {"outcome": replace(GOOD, matches=(HIT,))},
    "an entry that cannot be told": {"outcome": replace(GOOD, matches=(HIT,)), "verdicts": ("unclear",)},
    "an entry that is the same person": {"outcome": replace(GOOD, matches=(HIT,)), "verdicts": ("same",)},
    "not confirmed": {"flags": {"unverified": True}},
    "two results": {"flags": {"conflicting_results": True}},
    "late": {"flags": {"late_result": True}},
    "inconsistent": {"outcome": replace(GOOD, contradictions=("x",))},
    "inconsistent by its flag": {"flags": {"inconsistent_data": True}},
    "unknown code": {"outcome": failed("57")},
    "not clear": {"outcome": replace(GOOD, result="error")},
}
UNFIT: dict[str, dict[str, Any]] = {
    "failed": {"outcome": failed("4")},
    "expired": {"outcome": replace(GOOD, result="expired")},
    "a face that does not match": {"outcome": replace(GOOD, face=Face(score=0.1, identical=False))},
    "a document that expired": {"outcome": replace(GOOD, person=PERSON | {"expiry": "2020-01-01"})},
}
ANYTHING = rule("approve")


@pytest.mark.parametrize("name", HARD | UNFIT)
def test_what_is_fixed_is_never_approved(name: str) -> None:
    way = judge(rules=(ANYTHING,), **(HARD | UNFIT)[name]).route
    assert (way.review, way.decision) == ("pending", "none")
    assert way.priority == "normal" and way.reason != "Because."


@pytest.mark.parametrize("name", HARD)
def test_what_always_needs_a_person_is_not_rejected_either_and_gets_one_without_a_rule(name: str) -> None:
    for rules in ((rule("reject"),), ()):
        way = judge(rules=rules, **HARD[name]).route
        assert (way.review, way.decision) == ("pending", "none"), name


def test_an_entry_that_is_ruled_out_stands_in_the_way_of_nothing() -> None:
    way = judge(replace(GOOD, matches=(HIT,)), verdicts=("not_same",), rules=(CLEAN,)).route
    assert way.decision == "approved"


def _values(key: str, op: str) -> st.SearchStrategy[tuple[Any, ...]]:
    about = FACTS[key]
    if about.kind == "yes":
        return st.just(())
    if about.kind == "number":
        return st.tuples(st.floats(about.least, about.most))
    words = sorted(about.choices) or ["NL", "3", "7"]
    return st.lists(st.sampled_from(words), min_size=1, max_size=4, unique=True).map(tuple)


_CONDITION = st.sampled_from(sorted(FACTS)).flatmap(
    lambda key: st.sampled_from(OPS[FACTS[key].kind]).flatmap(
        lambda op: _values(key, op).map(lambda values: Condition(fact=key, op=op, values=values))
    )
)
_RULE = st.builds(
    Rule, when=st.lists(_CONDITION, max_size=3).map(tuple), then=st.sampled_from(["review", "approve", "reject"]),
    priority=st.sampled_from(["high", "normal", "low"]), reason=st.just("Because."), on=st.booleans(),
)  # fmt: skip
_MATTER = st.builds(
    OpenMatter, kind=st.sampled_from(sorted(MATTERS)), severity=st.sampled_from(["bad", "warn"]), headline=st.just("x."),
    block=st.just("raw"), own=st.booleans(),
)  # fmt: skip
_MORE = st.fixed_dictionaries({
    "aml_open": st.integers(0, 3), "unverified": st.booleans(), "unknown_code": st.booleans(), "inconsistent": st.booleans(),
    "issuer": st.sampled_from(["", "NL"]), "face_margin": st.none() | st.floats(-1, 1),
})  # fmt: skip
_OUTCOME = st.sampled_from(
    ["passed", "failed", "signed", "captured", "expired", "error", "abandoned", "none", "liveness_failed", "odd"]
)


@settings(max_examples=400, deadline=None)
@given(
    rules=st.lists(_RULE, max_size=6), result=_OUTCOME, matters=st.lists(_MATTER, max_size=3), more=_MORE, late=st.booleans(),
    conflicting=st.booleans(),
)  # fmt: skip
def test_no_rules_however_odd_decide_what_is_fixed(
    rules: list[Rule], result: str, matters: list[OpenMatter], more: dict[str, Any], late: bool, conflicting: bool
) -> None:
    outcome = Outcome(reference="R", result=result, code="3")
    facts: Facts = facts_of(
        outcome=outcome, matters=matters, fail_route="failed", fail_priority="normal", late=late, conflicting=conflicting,
        more=more,
    )  # fmt: skip
    way: Route = by_rules(outcome=outcome, matters=matters, facts=facts, rules=rules)
    hard = late or conflicting or more["aml_open"] or more["unverified"] or more["unknown_code"] or more["inconsistent"]
    if hard:
        assert (way.review, way.decision) == ("pending", "none")
    if way.decision == "approved":
        assert result in ("passed", "signed", "captured")
        assert not any(matter.severity == "bad" and not matter.own for matter in matters)
    if result == "passed" and way.decision == "none":
        assert way.review == "pending", "what passed is decided by a rule or goes to a person"


@settings(max_examples=300, deadline=None)
@given(rules=st.lists(_RULE, max_size=5), more=_MORE, matters=st.lists(_MATTER, max_size=3), result=_OUTCOME)
def test_a_rule_that_is_said_never_to_be_reached_never_is(
    rules: list[Rule], more: dict[str, Any], matters: list[OpenMatter], result: str
) -> None:
    dead = {each.number for each in faults(rules) if each.kind == "unreachable"}
    case = judge(replace(GOOD, result=result))
    facts = {**case.facts, **more, "matters": frozenset(each.kind for each in matters)}
    fitting = [number for number, each in enumerate(rules, start=1) if each.matches(facts)]
    assert not fitting or fitting[0] not in dead


# -- faults --------------------------------------------------------------------------------------------------------


def kinds(*rules: Rule) -> list[tuple[int, str]]:
    return [(each.number, each.kind) for each in faults(rules)]


def test_a_rule_that_could_approve_with_entries_open_is_unsafe() -> None:
    open_to_all = rule("approve", when("outcome", "is", "passed"))
    [fault] = faults((open_to_all,))
    assert fault.kind == "unsafe" and "Rule 1 could approve with AML entries open" in fault.text
    assert kinds(CLEAN) == []
    assert kinds(rule("approve", when("aml_entries", "at_most", 0), when("outcome", "is", "passed"))) == []
    assert kinds(rule("review", when("aml_open", "at_least", 1)), open_to_all) == []
    assert kinds(rule("review", when("aml_open", "at_least", 2)), open_to_all) == [(2, "unsafe")]
    assert kinds(rule("review", when("aml_open", "at_least", 1), on=False), open_to_all) == [(2, "unsafe")]
    assert kinds(rule("review", when("aml_open", "at_least", 1), when("late", "no")), open_to_all) == [(2, "unsafe")]
    assert kinds(open_to_all, rule("review", when("aml_open", "at_least", 1))) == [(1, "unsafe")]
    assert kinds(replace(open_to_all, on=False)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        (when("outcome", "is", "passed"), when("cause", "is", "face")),
        (when("outcome", "is", "passed"), when("outcome", "is_not", "passed")),
        (when("aml_open", "at_least", 2), when("aml_open", "at_most", 1)),
        (when("serious", "any", "face"), when("matters", "none", "face", "aml")),
        (when("matters", "any", "aml"), when("aml_open", "at_most", 0)),
        (when("late", "yes"), when("matters", "none", "late")),
        (when("outcome", "is", "passed"), when("code_asks", "is", "high")),
    ],
)
def test_a_rule_that_contradicts_itself_is_named(conditions: tuple[Condition, ...]) -> None:
    assert kinds(DEFAULT[0], rule("review", *conditions)) == [(2, "contradictory")]


@pytest.mark.parametrize("fixed", (*ALWAYS_A_PERSON[1:5], *NEVER_APPROVED), ids=lambda each: each.words)
def test_a_rule_that_approves_only_what_is_fixed_is_named(fixed: Any) -> None:
    if fixed.when.fact == "unverified":  # no rule can ask for it
        return
    assert kinds(rule("approve", fixed.when, when("aml_open", "at_most", 0))) == [(1, "contradictory")]


def test_a_rule_that_is_never_reached_is_named_with_the_one_before_it() -> None:
    [fault] = faults((*DEFAULT, rule("approve", when("outcome", "is", "passed"), when("aml_open", "at_most", 0))))
    assert (fault.number, fault.kind) == (15, "unreachable")
    assert "rule 14 says otherwise about every result that it fits" in fault.text
    narrower = rule("review", when("matters", "any", "face"), when("late", "no"))
    assert kinds(rule("review", when("matters", "any", "face", "data")), narrower) == [(2, "unreachable")]
    assert kinds(narrower, rule("review", when("matters", "any", "face", "data"))) == []
    assert kinds(rule("review"), CLEAN) == [(2, "unreachable")]
    assert kinds(rule("review", when("aml_open", "at_least", 0)), CLEAN) == [(2, "unreachable")]
    assert kinds(rule("review", on=False), CLEAN) == []


# -- as JSON -------------------------------------------------------------------------------------------------------

WORD = {"fact": "outcome", "op": "is", "values": ["passed"]}
STORED: dict[str, Any] = {"when": [WORD], "then": "review", "priority": "high", "reason": "x", "on": True}


@pytest.mark.parametrize(
    "odd",
    [
        None, {}, "x", [1], [{}], [STORED | {"then": "delete"}], [STORED | {"priority": "urgent"}], [STORED | {"on": 1}],
        [STORED | {"reason": ""}], [STORED | {"reason": "x" * 201}], [STORED | {"reason": "a\nb"}], [STORED | {"more": 1}],
        [STORED | {"when": {}}], [STORED | {"when": [WORD | {"fact": "shoe size"}]}], [STORED | {"when": [WORD | {"op": "any"}]}],
        [STORED | {"when": [WORD | {"values": []}]}], [STORED | {"when": [WORD | {"values": ["won"]}]}],
        [STORED | {"when": [WORD, WORD]}], [STORED | {"when": [WORD | {"values": [["passed"]]}]}],
        [STORED | {"when": [{"fact": "unverified", "op": "no", "values": []}]}],
        [STORED | {"when": [{"fact": "aml_open", "op": "at_least", "values": [True]}]}],
        [STORED | {"when": [{"fact": "aml_open", "op": "at_least", "values": [-1]}]}],
        [STORED | {"when": [{"fact": "aml_open", "op": "at_least", "values": [float("nan")]}]}],
        [STORED] * 61,
    ],
)  # fmt: skip
def test_what_is_no_list_of_rules_is_refused(odd: Any) -> None:
    with pytest.raises(BadRule):
        parse(odd)


@given(st.lists(_RULE, max_size=5))
def test_rules_survive_being_stored(rules: list[Rule]) -> None:
    kept = [each for each in rules if len({(one.fact, one.op) for one in each.when}) == len(each.when)]
    assert list(parse(dump(kept))) == kept
