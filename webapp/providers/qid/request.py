"""A LinkRequest in QiD's headers, and the refusal of what QiD cannot carry; nothing is sent here."""

from dataclasses import fields

from webapp.providers.base import LinkRequest, Options, ProviderError
from webapp.providers.qid.attributes import IDS
from webapp.providers.qid.style import HeaderStyle

NOT_CARRIED = (
    "module", "regions", "countries", "document_types", "both_sides", "ask_phone", "aml_strict", "aml_databases",
    "contract_template", "contract_format", "contract_prefill", "keep_at_vendor", "embed_pictures", "crop_document",
    "welcome", "hide_branding", "logo_url", "custom_page_url", "language",
)  # fmt: skip
"""Options that QiD has no place for and that promise something to somebody once they are changed.

The others say how an identity is checked (thresholds, attempts), how a QR code looks, or how long a link works, which is
always 12 hours: their defaults mean nothing here, so they are left out without a word. Nor does QiD send the browser back.
"""


def request_headers(request: LinkRequest, style: HeaderStyle) -> dict[str, str]:
    """All of a request but its token: it has no body (vendor facts 5.1), and every switch is said, on or off.

    Raises ProviderError(permanent=True, code "option") for what would be lost without a word, naming it.
    """
    lost = _not_carried(request)
    if lost:
        raise _unsupported(f"A QiD link cannot carry “{lost}”.")
    if not request.callback_url.isascii() or not request.callback_url.isprintable():
        raise _unsupported("The address for results has letters that a header cannot carry: set PUBLIC_URL in ASCII.")
    options = request.options
    chosen = {
        style.webhook: request.callback_url,
        style.metadata: ",".join(IDS[name] for name in IDS if name in options.attributes),
        style.mode: style.dark if options.dark else style.light,
        style.liveness: "1" if options.liveness else "0",
        style.location: "1" if options.location else "0",
    }
    return {name: value for name, value in chosen.items() if value}


def _not_carried(request: LinkRequest) -> str:
    """The first thing that would be lost; empty when there is none."""
    options, usual = request.options, Options()
    unknown = [name for name in options.attributes if name not in IDS]
    changed = [name for name in NOT_CARRIED if getattr(options, name) != getattr(usual, name)]
    expected = [item.name for item in fields(request.expected) if getattr(request.expected, item.name)]
    supplied = [picture.part for picture in request.pictures]
    more = [name for name, asked in (("reusable", request.reusable), ("sms_to", request.sms_to)) if asked]
    return next(iter([*unknown, *changed, *expected, *supplied, *more]), "")


def _unsupported(text: str) -> ProviderError:
    return ProviderError(text, code="option", permanent=True)
