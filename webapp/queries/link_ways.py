"""The ways to hand out a link that was made: addresses, code for web pages and apps, SMS; pure, nothing is read here."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from markupsafe import escape
from phonenumbers import NumberParseException
from phonenumbers import parse as parse_number

from webapp.models import Link
from webapp.providers.base import Options
from webapp.queries.link_apps import App, apps

ORDER = {
    "iframe": ("web", "qr", "code", "app", "vendor"),
    "mobile": ("qr", "code", "web", "app", "vendor"),
    "redirect": ("web", "app", "qr", "code", "vendor"),
    "live_mobile": ("qr", "code", "app", "web", "vendor"),
    "signature": ("qr", "code", "web", "app", "vendor"),
    "liveness": (),
}
"""For what the link was made comes first (seed "User Distribution"). A liveness link is our address and its QR code only:
its vendor describes no other way."""
OPEN = {"iframe": "web", "redirect": "web"}
"""Which group stands open: where the first view, address and QR code, is not how the link is handed out."""
WITHOUT_MODULES = ("signature", "liveness")
FRAMED = ("iframe", "live_mobile")
"""The modules that the vendor documents for a frame."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What the page offers to copy. `module` is the module made, or the kind without one; empty texts were not given."""

    module: str
    order: tuple[str, ...]
    open: str
    address: str
    anchor: str
    iframe: str
    framed: bool
    """Whether the vendor documents this link for a frame."""
    snippets: tuple[tuple[str, str], ...]
    """The vendor's sample HTML: its own key and the text."""
    vendor_url: str
    qr_url: str
    base_url: str
    code: str
    done: tuple[tuple[str, str, str], ...]
    """Addresses at which the browser comes back: when, our address, and where that sends it on to."""
    apps: tuple[App, ...]

    @property
    def goes_on(self) -> bool:
        """Whether each return leads on to an address of the team's: our own pages never stand in a frame."""
        return all(on for _, _, on in self.done)


def ways(link: Link, options: Options, *, address: str) -> Ways:
    """The ways of a link that the vendor made; `address` is our own short address of it."""
    answer = link.vendor_answer
    module = link.kind if link.kind in WITHOUT_MODULES else _text(answer, "module") or options.module
    module = module if module in ORDER else "mobile"
    done = _done(link, options, address)
    return Ways(
        module=module, order=ORDER[module], open=OPEN.get(module, ""), address=address,
        anchor=f'<a href="{escape(address)}">{LINK_WORDS[module == "signature"]}</a>',
        iframe=_iframe(link.vendor_url, camera=module != "signature"), framed=module in (*FRAMED, "signature"),
        snippets=_snippets(answer), vendor_url=link.vendor_url, qr_url=_text(answer, "qr_url"),
        base_url=_text(answer, "base_url"), code=link.vendor_reference, done=done,
        apps=apps(address, ends=tuple(dict.fromkeys(on or f"{address}/done" for _, _, on in done)),
                  origin=_origin(link.vendor_url)),
    )  # fmt: skip


LINK_WORDS = ("Confirm who you are", "Read and sign the document")


def masked(number: str) -> str:
    """`+44 **** 123`: enough to tell two numbers apart, too little to call one."""
    try:
        return f"+{parse_number(number).country_code} **** {number[-3:]}"
    except NumberParseException:
        return "****"


def sms_words(link: Link, vendor: str) -> str:
    """What became of the SMS; empty when none was asked for."""
    sent = _text(link.vendor_answer, "sms_sent_to")
    if sent:
        return f"Sent to {masked(sent)} by {vendor}"
    return f"Asked for {masked(link.sms_to)}; {vendor} did not confirm that it was sent" if link.sms_to else ""


def prefilled(options: Options) -> tuple[tuple[str, str], ...]:
    """Key and value of what is filled into the contract beforehand; text that is no JSON object is shown whole."""
    try:
        values = json.loads(options.contract_prefill or "{}")
    except ValueError:
        values = None
    if not isinstance(values, dict):
        return (("", options.contract_prefill),)
    return tuple((key, value if isinstance(value, str) else json.dumps(value)) for key, value in values.items())


def _iframe(url: str, *, camera: bool) -> str:
    """A frame around the vendor's page; without `allow` for the vendor's origin the camera stays off in it."""
    origin = escape(_origin(url))
    allow = f' allow="camera {origin}; microphone {origin}"' if camera else ""
    return f'<iframe src="{escape(url)}"{allow} width="800" height="600" title="{LINK_WORDS[not camera]}"></iframe>'


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _done(link: Link, options: Options, address: str) -> tuple[tuple[str, str, str], ...]:
    passed = ("When it is signed" if link.kind == "signature" else "When it went well", f"{address}/done",
              options.success_url)  # fmt: skip
    failed = ("When it did not", f"{address}/done/failed", options.fail_url)
    return (passed,) if link.kind == "signature" else (passed, failed)


def _snippets(answer: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    found = answer.get("snippets")
    return tuple((str(key), str(text)) for key, text in found.items() if text) if isinstance(found, dict) else ()


def _text(answer: dict[str, Any], key: str) -> str:
    value = answer.get(key)
    return value if isinstance(value, str) else ""
