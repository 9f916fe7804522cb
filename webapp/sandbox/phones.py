"""Phone numbers as the sandbox judges them: which can be reached, and of what kind; nothing is ever sent to any."""

import re

import phonenumbers

UNREACHABLE = "0000"
"""Numbers that end so are in no network, so that a refusal can be tried."""


def plain(number: str) -> str:
    """The number without what people write between digits."""
    return re.sub(r"[ ()./-]", "", number)


def reachable(number: str) -> bool:
    """Whether a number is international, of 7 to 15 digits, and not one of those that never answer."""
    return bool(re.fullmatch(r"\+\d{7,15}", plain(number))) and not plain(number).endswith(UNREACHABLE)


def kind(number: str) -> str:
    """`landline` or `mobile`, the vendor's two words; what cannot be told counts as mobile."""
    try:
        fixed = phonenumbers.number_type(phonenumbers.parse(plain(number)))
    except phonenumbers.NumberParseException:
        return "mobile"
    return "landline" if fixed == phonenumbers.PhoneNumberType.FIXED_LINE else "mobile"
