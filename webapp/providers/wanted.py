"""What is wanted of a provider and what it answers: the options, the person expected, the link; `base` hands them on."""

from dataclasses import dataclass, field
from datetime import datetime


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
    liveness: bool = True  # this and the next three are of links of the kind liveness only (`LIVENESS_OPTIONS`)
    dark: bool = False
    location: bool = False  # the person's place is asked for
    attributes: tuple[str, ...] = ()  # of ATTRIBUTES


LIVENESS_OPTIONS = ("liveness", "dark", "location", "attributes")
"""What a link of the kind liveness can ask for; the other options are of identity checks and signatures."""
ATTRIBUTES = (
    "gender", "age_range", "beard", "spectacles", "eyes_open", "face_mask", "mouth_open", "moustache", "emotions",
)  # fmt: skip
"""What may be estimated from a face, in our words."""


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
class VendorCall:
    """One question to the vendor on the way to a link, for the record; `code`: of its refusal or failure."""

    call: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class VendorLink:
    """The vendor's answer to a LinkRequest. `calls`: all that the vendor was asked for it, in order; None: this once."""

    reference: str
    url: str
    expires_at: datetime | None  # aware, UTC
    module: str = ""
    qr_url: str = ""
    base_url: str = ""  # where people type the reference by hand
    snippets: dict[str, str] = field(default_factory=dict)
    """The vendor's sample HTML under the vendor's own keys; shown as text, never as markup."""
    sms_sent_to: str = ""
    idle_seconds: int = 0
    """The link ends after so long without use, and each use moves `expires_at` on; 0: it ends then whatever happens."""
    calls: tuple[VendorCall, ...] | None = None
