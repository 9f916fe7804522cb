"""What every provider speaks: vendor-neutral shapes of request, answer and result; no vendor's words are here."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol


class ProviderError(Exception):
    """The vendor refused, or could not be asked.

    `permanent` is true when asking the same again cannot help (refused), false when it may (away, slow, garbage).
    `code` and `text` are the vendor's own, or ours where it gave none (`unreachable`, `timeout`, `bad_answer`).
    """

    def __init__(self, text: str, *, code: str = "", permanent: bool) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.permanent = permanent


class Unreadable(Exception):
    """A delivered body that cannot be a result: not JSON, not an object, or without the keys that identify it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the team expects of the person; empty means "not asked". Dates are ISO `YYYY-MM-DD`, `age` is `18-99`."""

    name: str = ""
    birth: str = ""
    document_number: str = ""
    address: str = ""
    postcode: str = ""
    age: str = ""
    phone: str = ""  # international, `+1333444555`: the only number the person can confirm


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to check and how the vendor shows it, in our words; frozen on the link when made.

    Thresholds are 0 to 1, `expires_in` is seconds, addresses are https, colours are six hexadecimal digits.
    """

    biometric: str = "photo"  # none | photo | video
    face_threshold: float = 0.4
    authenticity_threshold: float = 0.3  # 0 switches the check off
    document_types: tuple[str, ...] = ()  # passport | licence | card; empty accepts all
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2; empty accepts all
    check_expiry: bool = True
    aml: bool = True
    aml_strict: bool = False
    attempts: int = 2
    expires_in: int = 7 * 24 * 3600
    language: str = ""  # "" lets the vendor detect it
    module: str = "mobile"  # iframe | mobile | redirect | live_mobile
    authenticity_module: str = "2"  # 1 | 2 | quick
    regions: tuple[str, ...] = ()  # states by name or abbreviation; empty accepts all
    both_sides: bool = False  # front and back must agree
    ask_phone: bool = False  # the person types and confirms a number; not with `Expected.phone`
    aml_databases: tuple[str, ...] = ()  # the vendor's codes; empty looks in all
    contract: str = "none"  # none | generate | sign
    contract_template: str = ""
    contract_format: str = ""  # PDF | DOCX | HTML; "" leaves it to the vendor
    contract_prefill: str = ""  # a flat JSON object as text
    keep_at_vendor: bool = False
    return_document: bool = True
    return_face: bool = True
    embed_pictures: bool = False  # pictures inside the result instead of by address
    crop_document: bool = False
    welcome: str = ""
    hide_branding: bool = False
    logo_url: str = ""
    custom_page_url: str = ""
    success_url: str = ""  # where our own return page sends the browser on to; "" stays there
    fail_url: str = ""
    qr_color: str = "000000"
    qr_background: str = "FFFFFF"
    qr_size: int = 5
    qr_margin: int = 1


@dataclass(frozen=True, kw_only=True)
class SuppliedPicture:
    """A picture we have already, by its bytes or by its address: the person is spared taking it."""

    part: str  # document | document_back | face
    content: bytes = b""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class LinkRequest:
    """All that a provider needs to make one link. The browser comes back to `return_url` or `fail_return_url`."""

    kind: str  # identity | signature | liveness
    customid: str
    company_name: str
    callback_url: str
    return_url: str = ""
    fail_return_url: str = ""
    reusable: bool = False
    sms_to: str = ""  # the vendor sends its address to this number
    pictures: tuple[SuppliedPicture, ...] = ()
    options: Options = field(default_factory=Options)
    expected: Expected = field(default_factory=Expected)


@dataclass(frozen=True, kw_only=True)
class VendorLink:
    """The vendor's answer to a LinkRequest."""

    reference: str
    url: str
    expires_at: datetime | None  # aware, UTC
    module: str = ""
    qr_url: str = ""
    base_url: str = ""  # where people type the reference by hand
    snippets: dict[str, str] = field(default_factory=dict)
    """The vendor's sample HTML under the vendor's own keys; shown as text, never as markup."""
    sms_sent_to: str = ""


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
    phone: dict[str, str] = field(default_factory=dict)
    contract: dict[str, str] = field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()
    vault_id: str = ""
    contradictions: tuple[str, ...] = ()
    """Sentences for the officer, each a place where the body disagrees with itself or has a value of a wrong type."""
    other: dict[str, Any] = field(default_factory=dict)
    """Top-level keys that we do not know, kept."""
    content_key: str = ""


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
    "document_type", "document_number", "other",
)  # fmt: skip
"""What a session can fail for, the same words for every provider."""


@dataclass(frozen=True, kw_only=True)
class CodeMeaning:
    """What a result code means and what follows from it (product rules 5.3).

    `kind` is time | capture | fraud | policy | mismatch | contact | unknown. `route` is review | failed | expired, the
    default before any rule. `ask_again` is yes | after_review | no. `alarm` asks for an operator as well. `officer`
    says what to look at; `applicant` is all that the person may be told: never a fraud, AML or authenticity reason.
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
    alarm: bool = False


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
        """Ask the vendor whether the result is its own: True, False (it said no), or ProviderError(permanent=False)."""
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
