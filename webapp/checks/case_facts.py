"""The facts of a case that outcome and open matters do not tell: code, scores, list entries, flags, link and document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.checks.agreement import MatchReading
from webapp.checks.authenticity import AuthReading
from webapp.checks.face import FaceReading
from webapp.checks.normalise import as_text
from webapp.checks.open_matter import OpenMatter
from webapp.checks.rule_facts import UNFAILED, Value
from webapp.providers.base import CodeMeaning, Outcome

_LISTS = ("sanction", "crime", "pep")


@dataclass(frozen=True, kw_only=True)
class About:
    """What a rule may ask about a session beside its result. `preset` is the number of the preset, as text, or empty."""

    provider: str = ""
    preset: str = ""
    reusable: bool = False
    attempt: int = 1


NOTHING_ASKED = About()


def more_facts(
    *, outcome: Outcome, code: CodeMeaning, face: FaceReading, authenticity: AuthReading, matches: Sequence[MatchReading],
    verdicts: Sequence[str], matters: Sequence[OpenMatter], flags: Mapping[str, bool], kind: str, about: About,
) -> dict[str, Value]:  # fmt: skip
    """Facts by key; those of `rule_facts` that are not here are computed from outcome and matters."""
    failing = outcome.result not in UNFAILED
    given = verdicts or ["open"] * len(matches)
    left = [each for each, verdict in zip(matches, given, strict=True) if verdict != "not_same"]
    person = outcome.person
    return {
        "cause": code.cause if failing else "", "code_class": code.kind if failing else "",
        "unknown_code": outcome.result == "error" or (failing and code.kind == "unknown"),
        "inconsistent": flags.get("inconsistent_data", False) or any("inconsistent" in each.causes for each in matters),
        "duplicate": flags.get("duplicate_suspected", False) or any(each.kind == "subject" for each in matters),
        "unverified": flags.get("unverified", False), "outside_link": flags.get("outside_link", False),
        "face_margin": face.margin, "authenticity_margin": authenticity.margin,
        "aml_open": len(left), "aml_entries": len(matches),
        "aml_strength": max((each.strength for each in left), default=0),
        "aml_lists": frozenset(each.schema if each.schema in _LISTS else "other" for each in left),
        "provider": about.provider, "kind": kind, "preset": about.preset, "reusable": about.reusable,
        "attempt": about.attempt, "document_type": as_text(person.get("document_type")),
        "issuer": as_text(person.get("issuer")), "nationality": as_text(person.get("nationality")),
    }  # fmt: skip
