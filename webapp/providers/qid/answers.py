"""What QiD answers to the console's own calls, read as untrusted; asking is in `client`.

The vendor answers HTTP 200 whatever it thinks: what it thinks is in `status` and `code` alone.
"""

from datetime import datetime
from typing import Any

from webapp.providers.base import ProviderError, VendorLink
from webapp.providers.http import misunderstood
from webapp.providers.qid.codes import READY, REFUSED_FOR_GOOD, TOKEN_MADE, meaning
from webapp.providers.qid.payloads import MAX_KEY, code_of
from webapp.providers.shapes import is_web_address, text_of
from webapp.providers.untrusted import storable_text

LONGEST_TOKEN = 8000
LONGEST_TEXT = 500


def read_token(answer: dict[str, Any]) -> str:
    """The token of a call that makes or refreshes one; raises ProviderError with the vendor's code for a refusal."""
    if code_of(answer.get("code")) != TOKEN_MADE or answer.get("status") is not True:
        raise refusal(answer, expected=TOKEN_MADE)
    token = answer.get("token")
    if not isinstance(token, str) or not _fits_a_header(token):
        raise misunderstood("it has no token")
    return token


def read_link(answer: dict[str, Any], *, expires_at: datetime) -> VendorLink:
    """The link of a request that is ready (code 100); raises ProviderError for anything else.

    No sample of this answer exists: `status` is believed only where it denies.
    """
    if code_of(answer.get("code")) != READY or answer.get("status") not in (True, None):
        raise refusal(answer, expected=READY)
    key, url = answer.get("webid_key"), answer.get("webid_url")
    if not isinstance(key, str) or not key.strip() or len(key) > MAX_KEY or not key.isprintable():
        raise misunderstood("it names no “webid_key”")
    if not isinstance(url, str) or not is_web_address(url):
        raise misunderstood("it has no address to send people to")
    return VendorLink(reference=key, url=url, expires_at=expires_at)


def refusal(answer: dict[str, Any], *, expected: str) -> ProviderError:
    """The vendor's code and words. Permanent only where somebody has to change a setting first (product rules 5.5)."""
    code = code_of(answer.get("code"))
    if not code:
        return misunderstood("it has no code")
    if code == expected:
        return misunderstood(f"it gives the code {code}, but does not say that it succeeded")
    text = storable_text(text_of(answer.get("message")))[:LONGEST_TEXT] or f"{meaning(code).meaning}."
    return ProviderError(text, code=code, permanent=code in REFUSED_FOR_GOOD)


def _fits_a_header(token: str) -> bool:
    return 0 < len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable() and " " not in token
