"""What the applicant's page says for one link: heading, what to have ready, steps, where it works; nothing is read here."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from webapp.providers.base import Options
from webapp.queries import link_words, liveness_words
from webapp.queries.link_mail import first_name
from webapp.queries.link_ways import masked
from webapp.queries.links import LinkDetail

ANYWHERE = ("iframe", "redirect")
"""The modules whose pages work on a computer as well as on a phone."""
ASK = "You may ask us what we keep about you, and have mistakes put right."


@dataclass(frozen=True, kw_only=True)
class ShareWords:
    """The words of the page. `anywhere`: a computer does as well; `phone_only`: only a phone does, or a `tablet`."""

    first_name: str
    title: str
    heading: str
    why: str
    also: str
    minutes: int
    needs: list[dict[str, str]]
    steps: list[str]
    privacy: tuple[str, ...]
    anywhere: bool
    phone_only: bool
    tablet: bool


TITLES = {"signature": "Sign a document", "liveness": "Take a 3D selfie"}
HEADINGS = {"signature": "please read and sign a document", "liveness": liveness_words.SUBJECT}


def words(found: LinkDetail, *, company: str, given: Collection[str] = ()) -> ShareWords:
    """The words for this link; `given` names the pictures that the person need not take.

    Whoever has the address reads this: a phone number is masked, and nothing else of the person but a first name is said.
    """
    options, kind = found.options, found.link.kind
    sign, live = kind == "signature", kind == "liveness"
    anywhere = sign or (not live and options.module in ANYWHERE)
    expected = replace(found.expected, phone=masked(found.expected.phone)) if found.expected.phone else found.expected
    known: dict[str, Any] = {"kind": kind, "expected": expected, "pictures": given}
    return ShareWords(
        first_name=first_name(found.person), title=TITLES.get(kind, "Confirm who you are"),
        heading=HEADINGS.get(kind, "please show us who you are"),
        why="your signature on a document" if sign else "to know that it is really you",
        also="After that you read and sign a document." if kind == "identity" and options.contract == "sign" else "",
        minutes=link_words.minutes(options, **known), needs=_needs(link_words.needs(options, **known), anywhere=anywhere),
        steps=link_words.steps(options, company or "us", **known), privacy=_privacy(kind, options),
        anywhere=anywhere, phone_only=live or (not sign and options.module == "live_mobile"), tablet=not live,
    )  # fmt: skip


def _needs(needs: list[dict[str, str]], *, anywhere: bool) -> list[dict[str, str]]:
    """Where a computer does as well, it is its camera that counts."""
    camera = {"title": "A phone or a computer with a camera"} if anywhere else {}
    return [{**need, **camera} if need["icon"] == "camera" else need for need in needs]


def _privacy(kind: str, options: Options) -> tuple[str, ...]:
    if kind == "liveness":
        return (*liveness_words.privacy(options), ASK)
    if kind == "signature":
        return ("We use what you sign only for what the document is about.",
                "ID Analyzer shows you the document for us and keeps your signature with it.", ASK)  # fmt: skip
    return ("We use your photos and the data on your document only to check who you are.",
            "ID Analyzer takes the photos for us and reads the document.", ASK)  # fmt: skip
