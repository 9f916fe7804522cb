"""What is open to settle on one result: at most one matter a kind, failures first, in words without personal values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.checks import data_matters, score_matters, subjects
from webapp.checks.agreement import MatchReading
from webapp.checks.asked import contract_missing
from webapp.checks.authenticity import AuthReading
from webapp.checks.dates import ordinal, plural
from webapp.checks.face import FaceReading
from webapp.checks.fields import FieldComparison
from webapp.checks.open_matter import OpenMatter, sentence
from webapp.checks.reasons import kind_of
from webapp.checks.subjects import NOTHING_KNOWN, Past
from webapp.providers.base import Expected, Options, Outcome

__all__ = ["OpenMatter", "open_matters"]

ORDER = (
    "code", "conflicting", "late", "link", "subject", "face", "authenticity", "document", "aml", "data", "inconsistent",
    "near_threshold", "evidence",
)  # fmt: skip
FAILURES = ("failed", "abandoned", "timed_out", "liveness_failed", "inconclusive")
WITHOUT_CHECKS = ("signed", "captured", "expired", "none")
"""Outcomes that never carry the checks of an identity, so none can be missing."""
SCHEMAS = {"sanction": "Sanctions list", "crime": "Wanted list", "pep": "List of public offices"}


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """The vendor's reason for failing: the cause it speaks of and the kind of matter that is; empty if it passed."""

    cause: str = ""
    kind: str = ""
    meaning: str = ""
    code: str = ""
    plain: bool = False
    """Its default is a plain failure: then the matter that only repeats it asks for nobody."""
    time: int = 1
    """The person's how-manyeth such result, where that is why it is here."""

    def by_vendor(self, cause: str) -> str:
        """`The vendor failed the session for this, code 3.`, if the cause is this one."""
        code = f", code {self.code[:20]}" if self.code else ""
        return f"The vendor failed the session for this{code}." if self.cause and cause == self.cause else ""


def open_matters(
    *, outcome: Outcome, options: Options, expected: Expected, comparisons: Sequence[FieldComparison],
    face: FaceReading, auth: AuthReading, matches: Sequence[MatchReading], fail_meaning: str, fail_cause: str, fail_route: str,
    flags: Mapping[str, bool], evidence_missing: int, kind: str = "identity", past: Past = NOTHING_KNOWN, time: int = 1,
    verdicts: Sequence[str] = (),
) -> tuple[OpenMatter, ...]:  # fmt: skip
    """Everything a person has to settle (product rules 3.2 A, F7): all that failed, not only the vendor's first reason.

    `verdicts` are those given on the list entries, in their order; without them every entry is open.

    Figures, thresholds and dates of expiry may appear; names, numbers, addresses and dates of birth never do. A result
    that failed plainly (unreadable, expired) lacks what it cannot have: there only what came is judged.
    """
    failure = replace(_failure(outcome, fail_meaning, fail_cause, fail_route), time=time)
    complete = kind == "identity" and outcome.result not in WITHOUT_CHECKS and not failure.plain
    rows = [row for row in comparisons if not row.settled and (complete or row.verdict != "missing")]
    vendor, told = outcome.vendor_checks, failure.by_vendor
    found = [
        score_matters.face(face, vendor.get("face"), complete=complete, by_vendor=told),
        score_matters.authenticity(auth, vendor.get("authenticity"), complete=complete, by_vendor=told),
        data_matters.document(rows, outcome, told),
        _aml(matches, verdicts),
        *_data(rows, outcome, flags, failure, total=len(comparisons), complete=complete),
        score_matters.near(face, auth),
        _evidence(evidence_missing, contract_missing(outcome, options)),
        _unclear(outcome, fail_meaning),
        subjects.matter(outcome.subject, past),
        *_order_of_events(flags),
    ]
    matters = _with_failure([matter for matter in found if matter], failure)
    matters = [replace(matter, own=failure.plain and matter.causes <= {failure.cause}) for matter in matters]
    return tuple(sorted(matters, key=lambda matter: (matter.severity != "bad", ORDER.index(matter.kind))))


def _failure(outcome: Outcome, meaning: str, cause: str, route: str) -> _Failure:
    if outcome.result not in FAILURES:
        return _Failure()
    kind = kind_of(cause)
    return _Failure(cause=cause, kind=kind, meaning=meaning, code=outcome.code, plain=route in ("failed", "expired"))


def _data(
    rows: Sequence[FieldComparison], outcome: Outcome, flags: Mapping[str, bool], failure: _Failure, *, total: int,
    complete: bool,
) -> list[OpenMatter | None]:  # fmt: skip
    """Differences and contradictions; both are settled in the data block, so together they are one line."""
    data = data_matters.differences(rows, total) or (data_matters.no_data() if complete and not total else None)
    inconsistent = data_matters.inconsistency(rows, outcome, flags)
    if data is None:
        return [inconsistent]
    told = [failure.by_vendor(cause) for cause in data.causes]
    if inconsistent is None:
        return [replace(data, detail=sentence(data.detail, *told))]
    # Without a row of its own, the disagreement is only counted, which says nothing away from its headline.
    also = inconsistent.detail if inconsistent.block == data.block else inconsistent.headline
    return [
        replace(
            data, count=data.count + inconsistent.count, detail=sentence(data.detail, also, *told),
            causes=data.causes | inconsistent.causes,
        )
    ]  # fmt: skip


def _aml(matches: Sequence[MatchReading], verdicts: Sequence[str]) -> OpenMatter | None:
    """The entries that nobody has given a verdict on."""
    given = verdicts or ["open"] * len(matches)
    still = [each for each, verdict in zip(matches, given, strict=True) if verdict == "open"]
    if not still:
        return None
    ranks = list(SCHEMAS)
    worst = min(still, key=lambda each: (ranks.index(each.schema) if each.schema in ranks else 9, -each.strength))
    strongest = max(each.strength for each in still)
    other = f"; the strongest of all {strongest}" if strongest > worst.strength else ""
    count, total = len(still), len(matches)
    return OpenMatter(
        kind="aml", severity="warn", count=count, block="aml", causes=frozenset({"aml"}),
        headline="AML: 1 hit open." if total == 1 else f"AML: {count} of {total} hits open.",
        detail=f"{SCHEMAS.get(worst.schema, 'List entry')}, strength {worst.strength} of 100{other}.",
    )  # fmt: skip


def _evidence(missing: int, no_contract: str) -> OpenMatter | None:
    if missing <= 0 and not no_contract:
        return None
    files = "1 file is missing." if missing == 1 else f"{missing} files are missing."
    unsaved = "The vendor's copy could not be saved." if missing > 0 else ""
    return OpenMatter(
        kind="evidence", severity="bad" if no_contract else "warn", count=max(missing, 0) + bool(no_contract),
        block="pictures", causes=frozenset({"evidence"}), headline=no_contract or files,
        detail=sentence(files if no_contract and missing > 0 else "", unsaved),
    )  # fmt: skip


def _unclear(outcome: Outcome, meaning: str) -> OpenMatter | None:
    """A verdict that cannot be believed, or by which the vendor itself says that it does not know."""
    if outcome.result != "error":
        return None
    count = len(outcome.contradictions)
    denied = f"The vendor's answer contradicts itself in {plural(count, 'place')}."
    detail = denied if count else f"{meaning}. See the raw result."
    return OpenMatter(
        kind="code", severity="bad", count=max(count, 1), headline="The result is not clear.", detail=detail,
        block="raw", causes=frozenset({"unclear"}),
    )  # fmt: skip


def _order_of_events(flags: Mapping[str, bool]) -> list[OpenMatter]:
    events = (
        ("conflicting_results", "conflicting", "bad", "Two results disagree.", "The first stays, the other beside it."),
        ("late_result", "late", "warn", "The result came late.", "The link had expired or was withdrawn before."),
        ("outside_link", "link", "warn", "It came after the link was full or paused.",
         "The vendor's own address still worked. Decide whether this person was meant to use it."),
    )  # fmt: skip
    return [
        OpenMatter(
            kind=kind, severity=severity, headline=headline, detail=detail, block="raw", causes=frozenset({flag})
        )
        for flag, kind, severity, headline, detail in events
        if flags.get(flag)
    ]


def _with_failure(matters: list[OpenMatter], failure: _Failure) -> list[OpenMatter]:
    """The vendor's reason, where nothing else on the page shows it: on the matter of its kind, or as one of its own."""
    if not failure.cause or failure.plain or any(failure.cause in matter.causes for matter in matters):
        return matters
    headline, told = f"{failure.meaning.rstrip('.')}.", failure.by_vendor(failure.cause)
    for matter in matters:
        if matter.kind == failure.kind:
            detail = sentence(f"{matter.headline.rstrip('.')}{_joint(matter.detail)}", told)
            merged = replace(
                matter, severity="bad", count=matter.count + 1, headline=headline, detail=detail,
                causes=matter.causes | {failure.cause},
            )  # fmt: skip
            return [merged if each is matter else each for each in matters]
    severity = "warn" if failure.cause in ("address", "postcode") else "bad"
    again = f"It is the {ordinal(failure.time)} time for this person." if failure.time > 1 else ""
    told = sentence(told, _WHAT_TO_DO.get(failure.cause, "Compare by eye."), again)
    own = OpenMatter(
        kind=failure.kind, severity=severity, headline=headline, detail=told, causes=frozenset({failure.cause}),
        block={"face": "face", "authenticity": "auth", "document": "pictures", "data": "data"}.get(failure.kind, "raw"),
    )  # fmt: skip
    return [*matters, own]


_WHAT_TO_DO = {"other": "Read the vendor's own text.", "liveness": "", "capture": ""}


def _joint(detail: str) -> str:
    """A detail that goes on in the headline's sentence follows it after a space, any other after a stop."""
    return f" {detail}" if detail[:1].islower() else f". {detail}".rstrip()
