"""Everything that a report of one session says, as plain values: no database, no vendor; who fills it decides what may be seen.

Words are the ones of the screen. Every text may come from outside, and is only ever drawn as text.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A label and its value. `mark` is ok, warn, bad, alt or none; `plain` is for references and hashes."""

    label: str
    value: str
    mark: str = ""
    plain: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One field of what was expected beside what the document says."""

    field: str
    expected: str
    found: str
    verdict: str
    mark: str = "none"
    note: str = ""
    vendor: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One file of evidence. `content` is a copy for the eye, JPEG or PNG; `missing` says in words why nothing was
    kept, `withheld` why what was kept is not shown here."""

    label: str
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    saved_at: datetime | None = None
    content: bytes | None = None
    missing: str = ""
    withheld: str = ""


@dataclass(frozen=True, kw_only=True)
class Score:
    """A figure from 0 to 1 with the threshold that was in force then."""

    label: str
    verdict: str
    mark: str
    value: float | None = None
    threshold: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of the document's authenticity: what it found, and what it looks at."""

    name: str
    words: str
    mark: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute of the applicant beside the list entry's."""

    name: str
    applicant: str
    entry: str
    agreement: str
    mark: str = "none"
    points: str = ""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One list entry that the vendor returned, and what people said of it. `because`: each discriminator in words."""

    name: str
    kind: str
    list_name: str
    strength: str
    verdict: str
    mark: str
    attributes: tuple[Attribute, ...] = ()
    because: tuple[str, ...] = ()
    note: str = ""
    by: str = ""
    at: datetime | None = None
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of deciding: who, as what, why, under which versions. `second`: what it answers, for a second approval."""

    at: datetime
    words: str
    by: str
    mark: str = ""
    role: str = ""
    reasons: tuple[str, ...] = ()
    note: str = ""
    versions: str = ""
    second: str = ""
    evidence_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the timeline."""

    at: datetime
    words: str
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class PackFile:
    """One file of the evidence pack."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ChainRow:
    """One row of the audit log about this session."""

    seq: int
    at: datetime
    action: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What ties the record to the audit log, what that proves, and what it does not."""

    facts: tuple[Fact, ...] = ()
    rows: tuple[ChainRow, ...] = ()
    proved: tuple[str, ...] = ()
    not_proved: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionRecord:
    """One session, as its report tells it. The sections follow one another as they stand here."""

    session_id: int
    name: str
    purpose: str
    exporter: str
    exported_at: datetime
    software: str = "Vouchdesk"
    references: str = ""
    vendor_outcome: Fact
    our_outcome: Fact
    decision: Fact
    warnings: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    comparison: tuple[Comparison, ...] = ()
    pictures: tuple[Picture, ...] = ()
    scores: tuple[Score, ...] = ()
    checks: tuple[Check, ...] = ()
    screened: tuple[Fact, ...] = ()
    hits: tuple[Hit, ...] = ()
    steps: tuple[Step, ...] = ()
    timeline: tuple[Event, ...] = ()
    files: tuple[PackFile, ...] = ()
    proof: Proof = Proof()
