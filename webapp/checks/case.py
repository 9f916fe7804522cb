"""The whole reading of one result: comparisons, face, document, list entries, what is open and where it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.checks.agreement import MatchReading, agree_all
from webapp.checks.authenticity import AuthReading, read_authenticity
from webapp.checks.case_facts import NOTHING_ASKED, About, more_facts
from webapp.checks.comparison import FieldComparison, compare
from webapp.checks.default_rules import DEFAULT
from webapp.checks.face import FaceReading, read_face
from webapp.checks.matters import OpenMatter, open_matters
from webapp.checks.routing import Route, by_rules, facts_of
from webapp.checks.rule_facts import Facts
from webapp.checks.rules import Rule
from webapp.checks.subjects import NOTHING_KNOWN, Past
from webapp.providers.base import CodeMeaning, Expected, Options, Outcome


@dataclass(frozen=True, kw_only=True)
class Case:
    """One result as our rules read it; recomputed from what is stored, the same for the worker and for the page."""

    comparisons: tuple[FieldComparison, ...]
    face: FaceReading
    authenticity: AuthReading
    matches: tuple[MatchReading, ...]
    matters: tuple[OpenMatter, ...]
    facts: Facts
    """What the routing rules may ask about it."""
    route: Route


def read_case(
    *,
    outcome: Outcome,
    options: Options,
    expected: Expected,
    code: CodeMeaning,
    known_checks: Sequence[str],
    captured_on: date,
    flags: Mapping[str, bool],
    evidence_missing: int = 0,
    kind: str = "identity",
    past: Past = NOTHING_KNOWN,
    verdicts: Sequence[str] = (),
    about: About = NOTHING_ASKED,
    rules: Sequence[Rule] = DEFAULT,
) -> Case:
    """Apply every rule to one result. `flags` are the session's (late_result, conflicting_results, ...).

    `kind` is the session's; `past` what is known beside the result itself; `verdicts` are those on its list entries, in
    their order, none of them given where it is empty. `about` is what the routing `rules` may ask about its link.
    """
    code = code.under(options)
    too_often = 0 < code.review_at <= past.time
    fail_route = "review" if too_often else code.route
    comparisons = compare(
        expected=expected, options=options, person=outcome.person, vendor_checks=outcome.vendor_checks,
        contradictions=outcome.contradictions, captured_on=captured_on,
    )  # fmt: skip
    face = read_face(outcome.face, options)
    authenticity = read_authenticity(outcome.authenticity, options, known_checks)
    matches = agree_all(outcome.matches, outcome.person)
    matters = open_matters(
        outcome=outcome, options=options, expected=expected, comparisons=comparisons, face=face, auth=authenticity,
        matches=matches, fail_meaning=code.meaning, fail_cause=code.cause,
        fail_route=fail_route, flags=flags, evidence_missing=evidence_missing, kind=kind, past=past,
        time=past.time if too_often else 1, verdicts=verdicts,
    )  # fmt: skip
    facts = facts_of(
        outcome=outcome, matters=matters, fail_route=fail_route, fail_priority=code.priority,
        late=flags.get("late_result", False), conflicting=flags.get("conflicting_results", False),
        more=more_facts(
            outcome=outcome, code=code, face=face, authenticity=authenticity, matches=matches, verdicts=verdicts,
            matters=matters, flags=flags, kind=kind, about=about,
        ),
    )  # fmt: skip
    return Case(
        comparisons=comparisons, face=face, authenticity=authenticity, matches=matches, matters=matters, facts=facts,
        route=by_rules(outcome=outcome, matters=matters, facts=facts, rules=rules),
    )  # fmt: skip
