"""Which blocks a session's page has, in their order, and which of them a matter is settled in; pure, nothing is read."""

from collections.abc import Sequence

from webapp.checks.case import Case
from webapp.models import Matter, SessionResult
from webapp.providers.base import Options
from webapp.queries.session_pictures import Pictures

IDENTITY = ("face", "data", "pictures", "auth", "aml", "other", "fields")
AML_FIRST = ("aml", "face", "data", "pictures", "auth", "other", "fields")
"""When AML is the only reason for review, its block comes right under the reasons."""
LIVE = ("outcome", "subject", "location", "attributes")
"""What a check of a live person brings; any other may bring it along."""


def blocks(
    *, kind: str, outcome: str, options: Options, result: SessionResult | None, case: Case | None, pictures: Pictures,
    matters: Sequence[Matter],
) -> tuple[str, ...]:  # fmt: skip
    """Names of the blocks under "Why this is here"; what was asked is all there is before a result."""
    if result is None or case is None:
        return ("asked",)
    needed = {matter.block for matter in matters}
    live = _live(kind, outcome, options, result, needed)
    if kind == "signature":
        return ("signed", *live, *_brought_along(result, case, pictures, needed), "asked")
    if kind == "liveness":
        return (*live, *_brought_along(result, case, pictures, needed - {"data"}), "asked")
    aml_alone = bool(matters) and all(matter.kind == "aml" for matter in matters)
    return (*live, *(AML_FIRST if aml_alone else IDENTITY))


def _live(kind: str, outcome: str, options: Options, result: SessionResult, needed: set[str]) -> list[str]:
    """What came, what a matter points to, and what could have come and did not: only somebody captured has it."""
    filled = {
        "outcome": kind == "liveness" or bool(result.liveness), "subject": bool(result.subject),
        "location": bool(result.location), "attributes": bool(result.attributes),
    }  # fmt: skip
    asked = {
        "subject": kind == "liveness", "location": options.location, "attributes": bool(options.attributes),
    } if outcome == "captured" else {}  # fmt: skip
    return [name for name in LIVE if filled[name] or asked.get(name) or name in needed]


def _brought_along(result: SessionResult, case: Case, pictures: Pictures, needed: set[str]) -> list[str]:
    """Where no document is asked for: of its blocks only those that the vendor filled, or a matter points to."""
    filled = {
        "face": result.face is not None, "data": bool(result.person or result.vendor_checks),
        "pictures": bool(pictures.all), "auth": result.authenticity is not None, "aml": bool(case.matches),
        "other": bool(result.phone), "fields": bool(result.fields or result.other),
    }  # fmt: skip
    return [name for name in IDENTITY if filled[name] or (name in needed and name != "pictures")]


def place(
    matter: Matter, *, shown: Sequence[str], pictures: Pictures, raw: bool, contradictions: bool = False,
    unclear: bool = False,
) -> str:  # fmt: skip
    """The id of the block that a matter is settled in; `link` for the link's page, empty where there is none.

    `shown` are the blocks of the page, `raw` is whether it has deliveries to look at. The block of the outcome tells the
    `contradictions` of a result, and its code unless that is `unclear` itself.
    """
    if matter.kind == "link":
        return "link"
    block = matter.block
    if matter.kind == "evidence" and not _picture_missing(matter, pictures):
        block = "contract"
    if block == "contract":
        return block if "signed" in shown or "other" in shown else ""
    if block in shown:
        return block
    if "outcome" in shown and (contradictions if matter.kind == "inconsistent" or unclear else matter.kind == "code"):
        return "outcome"
    return "raw" if raw and "asked" not in shown[:1] else ""


def _picture_missing(matter: Matter, pictures: Pictures) -> bool:
    """A document that was not made at all weighs more than a picture that could not be saved."""
    return matter.severity != "bad" and any(each.file.state in ("failed", "refused") for each in pictures.all)
