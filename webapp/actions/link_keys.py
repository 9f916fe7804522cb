"""The secrets of a link: the applicant's short token, the webhook's long one, and how a typed token is read."""

import hashlib
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 3
GROUP = 4
_LOOKALIKES = str.maketrans("OIL", "011")


def new_token() -> str:
    """A short token such as `7QK4-M2XD-9TBW`: 12 characters of Crockford's base 32.

    12 x 5 = 60 bits, 1.15e18 tokens. With 100,000 open links and 1,000 guesses a second, the first hit takes about
    1.15e18 / (1e5 x 1e3) s, more than 300 years.
    """
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def read_token(typed: str) -> str:
    """The token a person meant: any case, dashes or not, O for 0, I or L for 1; empty when it cannot be one."""
    letters = typed.upper().translate(_LOOKALIKES).replace("-", "")
    if len(letters) != GROUPS * GROUP or any(letter not in ALPHABET for letter in letters):
        return ""
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def new_webhook_token() -> str:
    """The unguessable part of the callback address, 256 bits."""
    return secrets.token_urlsafe(32)


def webhook_key(token: str) -> str:
    """What the webhook token is looked up by: its SHA-256, so that the lookup's time says nothing about the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_customid() -> str:
    """Our name for the link at the vendor: opaque, nothing personal, unique (96 bits)."""
    return f"vd-{secrets.token_hex(12)}"
