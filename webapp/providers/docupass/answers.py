"""What DocuPass answers to a request for a link, read as untrusted; asking is in `client`."""

from datetime import UTC, datetime
from typing import Any

from webapp.providers.base import LinkRequest, ProviderError, VendorLink
from webapp.providers.docupass.form_identity import MODULES
from webapp.providers.docupass.payloads import MAX_REFERENCE
from webapp.providers.http import misunderstood
from webapp.providers.shapes import integer_of, is_web_address, text_of
from webapp.providers.untrusted import storable_text

SNIPPETS = ("html", "html_qrcode", "html_iframe")
"""The vendor's sample HTML: the first of a created session, the others of a signature session."""
LONGEST_SNIPPET = 5000
LONGEST_NUMBER = 32


def read_link(answer: dict[str, Any], request: LinkRequest) -> VendorLink:
    """The link (seed "Response Reference", both tables). Without a usable reference and address it is no answer.

    Everything else is worth having but not needed: what is not what it should be is left out.
    """
    reference, url = answer.get("reference"), answer.get("url")
    if not isinstance(reference, str) or not _is_reference(reference):
        raise misunderstood("it names no reference")
    if not isinstance(url, str) or not is_web_address(url):
        raise misunderstood("it has no address to send people to")
    customid = text_of(answer.get("customid"))
    if request.reusable and customid and customid != request.customid:
        # Only our own id ties the results of a reusable link to it.
        raise misunderstood("it is for another customid")
    expires_at = _expiry(answer.get("expiry"))
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise ProviderError("The vendor made the link with an expiry in the past.", code="expiry_past", permanent=True)
    return VendorLink(
        reference=reference, url=url, expires_at=expires_at, module=_module(answer.get("type")),
        qr_url=_address(answer.get("qrcode")), base_url=_address(answer.get("base_url")),
        snippets={name: text for name in SNIPPETS if (text := _snippet(answer.get(name)))},
        sms_sent_to=_phone(answer.get("smssent")),
    )  # fmt: skip


def refusal(error: Any, *, permanent: bool) -> ProviderError:
    """The vendor's `error` object, whatever its shape, with its words and its code."""
    details = error if isinstance(error, dict) else {"message": error}
    text = storable_text(text_of(details.get("message")))[:500] or "The vendor refused without saying why."
    return ProviderError(text, code=storable_text(text_of(details.get("code")))[:20], permanent=permanent)


def _is_reference(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MAX_REFERENCE and text.isprintable()


def _address(value: Any) -> str:
    return value if isinstance(value, str) and is_web_address(value) else ""


def _module(value: Any) -> str:
    """Our word for the module that was made, which the vendor gives as a number."""
    number = integer_of(value)
    return next((word for word, code in MODULES.items() if code == str(number)), "")


def _snippet(value: Any) -> str:
    """HTML as text; one that is too long is left out, as half of it would be no HTML."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_SNIPPET:
        return ""
    return "".join(letter for letter in storable_text(value) if letter.isprintable() or letter in "\n\t")


def _phone(value: Any) -> str:
    """The number the SMS went to: a number in one of the vendor's tables, text in the other."""
    text = text_of(value)
    if len(text) > LONGEST_NUMBER or not text.isprintable():
        return ""
    return f"+{text}" if text.isascii() and text.isdigit() else text


def _expiry(value: Any) -> datetime | None:
    """UNIX time as number or text: the vendor's table says text, its sample has a number."""
    try:
        return datetime.fromtimestamp(float(text_of(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
