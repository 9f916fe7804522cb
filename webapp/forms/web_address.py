"""Reading a public https address; whether somebody answers there is not asked."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

LONGEST_ADDRESS = 2000
PRIVATE_ENDINGS = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa")


def https_address(text: str) -> str:
    """A public https address without a name and password in it; who fetches it is the vendor or a browser."""
    if len(text) > LONGEST_ADDRESS:
        raise ValueError(f"Use {LONGEST_ADDRESS} characters at most.")
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
        ascii_host = host if ":" in host else host.encode("idna").decode()
        _ = parts.port  # a port that is no number raises here
    except (ValueError, UnicodeError):
        raise ValueError("This is not a web address. Example: https://www.example.com/thanks") from None
    _check_address(text, parts, ascii_host)
    return text


def _check_address(text: str, parts: SplitResult, host: str) -> None:
    if parts.scheme != "https":
        raise ValueError("The address must begin with https://")
    if not host or re.search(r"[\s\\<>\"]", text):
        raise ValueError("This is not a web address. Example: https://www.example.com/thanks")
    if "@" in parts.netloc:
        raise ValueError("Leave the name and password out of the address: everybody who gets it could read them.")
    if _is_private(host):
        raise ValueError("This address is private: from outside your network it leads nowhere. Use a public one.")


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host.partition("%")[0]).is_global
    except ValueError:
        labels = host.lower().split(".")
        # Browsers read 0x7f.1 and 2130706433 as numbers too: a last label that is one is an address in disguise.
        number = re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1], re.ASCII)
        return len(labels) == 1 or number is not None or labels[-1] in PRIVATE_ENDINGS
