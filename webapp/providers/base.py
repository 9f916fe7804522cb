"""What every provider speaks: vendor-neutral shapes of request, answer and result; no vendor's words are here."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Protocol

from webapp.providers.wanted import ATTRIBUTES as ATTRIBUTES
from webapp.providers.wanted import LIVENESS_OPTIONS as LIVENESS_OPTIONS
from webapp.providers.wanted import Expected as Expected
from webapp.providers.wanted import LinkRequest as LinkRequest
from webapp.providers.wanted import Options as Options
from webapp.providers.wanted import SuppliedPicture as SuppliedPicture
from webapp.providers.wanted import VendorCall as VendorCall
from webapp.providers.wanted import VendorLink as VendorLink

Networks = tuple[IPv4Network | IPv6Network, ...]


class ProviderError(Exception):
    """The vendor refused, or could not be asked.

    `permanent` is true when asking the same again cannot help (refused), false when it may (away, slow, garbage).
    `code` and `text` are the vendor's own, or ours where it gave none (`unreachable`, `timeout`, `bad_answer`).
    `calls` are as in VendorLink: empty where the vendor was not asked at all.
    """

    def __init__(
        self, text: str, *, code: str = "", permanent: bool, calls: tuple[VendorCall, ...] | None = None
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.permanent = permanent
        self.calls = calls


class Unreadable(Exception):
    """A delivered body that cannot be a result: not JSON, not an object, or without the keys that identify it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Denied(Exception):
    """A delivered result that does not belong to this installation, with a sentence that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Face:
    """The comparison of the portrait on the document with the selfie. `score` is 0 to 1."""

    score: float | None = None
    identical: bool | None = None
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class AuthenticityCheck:
    """One check of the document; `passed` is None where the vendor's value was neither true nor false."""

    name: str
    passed: bool | None
    reason: str = ""
    code: str = ""
    severity: str = ""


@dataclass(frozen=True, kw_only=True)
class Authenticity:
    """The vendor's document-authentication breakdown. `score` is 0 to 1."""

    score: float | None = None
    checks: tuple[AuthenticityCheck, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A picture or contract as the vendor delivers it: by address, or inside the body at `pointer` (path of keys)."""

    kind: str  # document | face | contract
    side: str = ""  # front | back | biodata | ""
    url: str = ""
    pointer: tuple[str | int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Our reading of one delivery, the same shape for every provider.

    `result` uses the outcome words of the status model (`passed`, `failed`, `signed`, `expired`, ...). It is `passed`
    only when the vendor said the literal `true` in a body that does not deny it; a verdict that cannot be believed is
    `error`, with the contradiction listed. Contradictions in the extracted data are listed and leave `result` alone.
    `content_key` is the hash of the content without addresses, proofs and key order: equal for a result sent again.
    """

    reference: str
    customid: str = ""
    proof: str = ""  # the vendor's hash, if it gives one
    result: str = "error"
    code: str = ""
    text: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    """Extracted data in our keys (see `PERSON_KEYS`)."""
    fields: dict[str, Any] = field(default_factory=dict)
    """All extracted data under the vendor's own keys, made storable (no NUL, no lone surrogates, capped depth)."""
    face: Face | None = None
    authenticity: Authenticity | None = None
    vendor_checks: dict[str, bool | None] = field(default_factory=dict)
    """The vendor's verdict on what it was asked to check, in our keys: face expiry name birth age document_number
    postcode address check_digit, and the vendor's own where we have none."""
    vendor_checks_passed: bool | None = None
    matches: tuple[dict[str, Any], ...] = ()
    matches_returned: bool = True
    """False where the body says nothing about AML, not even that there was no match."""
    phone: dict[str, str] = field(default_factory=dict)
    contract: dict[str, str] = field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()
    vault_id: str = ""
    contradictions: tuple[str, ...] = ()
    """Sentences for the officer, each a place where the body disagrees with itself or has a value of a wrong type."""
    other: dict[str, Any] = field(default_factory=dict)
    """Top-level keys that we do not know, kept."""
    content_key: str = ""
    subject: str = ""
    """The vendor's id of the person, the same whenever it sees that person again."""
    liveness: str = ""
    """passed | failed | unclear; empty where the result says nothing about it."""
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was estimated from the face, under our word (`ATTRIBUTES`) or the vendor's own where we have none: `value`
    (text, true or false) and `confidence` (0 to 100); `low` and `high` for age_range; `values`, a list of `name` and
    `confidence`, for emotions. What cannot be read is kept under `raw`."""
    location: dict[str, Any] = field(default_factory=dict)
    """`lat` and `lon` in decimal degrees and `accuracy` in metres, if given; `raw` where that cannot be read."""
    final: bool = True
    """False where the same link can still bring a result: the person only had the wrong device, say."""
    mode: str = ""
    """production | sandbox, as the vendor says; empty where it does not."""


NO_DATA = "The vendor says passed, but sent no data from the document."
"""A contradiction that is none where the session was about no document."""


PERSON_KEYS = (
    "full_name", "first_name", "middle_name", "last_name", "full_name_local", "birth", "birth_parts", "age", "sex",
    "document_number", "personal_number", "document_type", "document_side", "issuer", "issuer_name", "issuer_region",
    "nationality", "nationality_name", "issued", "expiry", "days_to_expiry", "address", "postcode", "place_of_birth",
)  # fmt: skip
"""Keys of `Outcome.person`; a key is absent when the document lacks it. Dates are ISO `YYYY-MM-DD` where they parse,
else the vendor's text; `birth_parts` is what day, month and year add up to; countries are ISO alpha-2;
`document_type` is passport | licence | card | visa | residence | other."""


CAUSES = (
    "capture", "authenticity", "face", "expiry", "name", "birth", "address", "postcode", "age", "sides", "issuer",
    "document_type", "document_number", "liveness", "other",
)  # fmt: skip
"""What a session can fail for, the same words for every provider."""


@dataclass(frozen=True, kw_only=True)
class CodeMeaning:
    """What a result code means and what follows from it (product rules 5.3).

    `kind` is time | capture | fraud | policy | mismatch | contact | device | setup | unknown. `route` is
    review | failed | expired, the default before any rule. `ask_again` is yes | after_review | no. `alarm` asks for an
    operator as well. `officer` says what to look at; `applicant` is all that the person may be told: never a fraud, AML
    or authenticity reason.
    """

    code: str
    meaning: str
    short: str
    """The same in one or two words, for a row of a list: `face`, `unreadable`."""
    cause: str
    """What failed, in our word: one of `CAUSES`."""
    kind: str
    route: str
    priority: str = "normal"  # high | normal | low
    ask_again: str = "yes"
    officer: str
    applicant: str
    hint: str = ""
    """What the person can do better the next time, in a sentence to them: `Take off sunglasses.`"""
    remedy: str = ""
    """What the vendor's reference says is to be done, in our words."""
    final: bool = True
    """False where the same link can still bring a result."""
    soft: bool = False
    """True where the vendor itself knew nothing: a later result overtakes this one."""
    review_at: int = 0
    """The how-manyeth result of this kind (the same `short`) for one person goes to a person; 0: that is no reason."""
    alarm: bool = False
    when_sides_compared: "CodeMeaning | None" = None
    """What it means instead where front and back were to agree, as the vendor uses the code for both."""

    def under(self, options: Options) -> "CodeMeaning":
        """What the code means for a link with these options."""
        return self.when_sides_compared if options.both_sides and self.when_sides_compared else self


@dataclass(frozen=True, kw_only=True)
class CheckMeaning:
    """A check of the document in plain words. `passed` and `failed` are sentences, `reads` is what it looks at."""

    name: str
    label: str
    passed: str
    failed: str
    reads: str


@dataclass(frozen=True, kw_only=True)
class DatabaseMeaning:
    """One AML source list. `kind` is sanction | crime | pep | unknown; `means` is one line on what an entry says."""

    code: str
    name: str
    kind: str
    means: str


class Provider(Protocol):
    """One vendor. Methods that ask the vendor raise ProviderError; none of them touches the database."""

    key: str
    kinds: tuple[str, ...]
    """The kinds of links it has: identity | signature | liveness."""
    silent_after: timedelta
    """How long after a link's expiry its silence is a gap: until then the vendor may still post, or post again."""
    asked_to_confirm: bool
    """Whether `confirm` asks the vendor; else nothing but the secret address and the result itself speaks for it."""
    issues_references: bool
    """Whether every reference it can post was first given by `create`: then another one is refused."""
    installation_key: str
    """SHA-256 of the secret in the one address that all its results may come to; empty: only links have addresses."""
    networks: Networks
    """The only networks that its results are taken from; empty: any."""
    file_origins: tuple[str, ...]
    known_checks: tuple[str, ...]
    """Names of the document checks the vendor is known to make; one that a result lacks was "not returned"."""

    def create(self, request: LinkRequest) -> VendorLink:
        """Make a link at the vendor."""
        ...

    def identify(self, body: bytes) -> str:
        """The reference a delivered body names; raises Unreadable. Cheap: it runs inside the webhook request."""
        ...

    def read(self, body: bytes, *, today: date | None = None) -> Outcome:
        """Read a delivered body; raises Unreadable. Never raises anything else, whatever the bytes.

        `today` is the day (UTC) the body was received, against which ages and days left are checked.
        """
        ...

    def embedded_file(self, body: bytes, pointer: tuple[str | int, ...]) -> bytes:
        """The bytes of a file inside a delivered body (`SourceFile.pointer`); raises ValueError if there is none."""
        ...

    def confirm(self, outcome: Outcome) -> bool:
        """Ask the vendor whether the result is its own: True, False (it said no), or ProviderError(permanent=False).

        A vendor that cannot be asked confirms what does not speak against itself, and raises Denied for the rest.
        """
        ...

    def erase_copy(self, copy_id: str) -> None:
        """Have the vendor delete the copy of a result that it keeps under this id (`Outcome.vault_id`), and hear that it did.

        Safe to repeat. Raises ProviderError: permanent with the vendor's code and words when it refuses, or with ours
        before it is asked where it keeps none; else not permanent, and then the copy may be deleted all the same.
        """
        ...

    def describe_code(self, code: str) -> CodeMeaning:
        """What a result code means; an unknown one goes to review with an alarm."""
        ...

    def describe_error(self, code: str) -> str:
        """What a refusal's code (`ProviderError.code`) means and what to do; empty when not known."""
        ...

    def describe_check(self, name: str) -> CheckMeaning:
        """A document check in plain words; an unknown one is named as the vendor names it."""
        ...

    def describe_database(self, code: str) -> DatabaseMeaning:
        """An AML source list in plain words; an unknown one is named as the vendor names it."""
        ...
