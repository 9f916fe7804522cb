"""Keys, numbers and percentages as somebody might spell them; what they are about is in `estimates` and `location`."""

import re
from typing import Any

LARGEST = 1e12
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,20})?", re.ASCII)


def plain(key: str) -> str:
    """A key without what spellings differ in: case, spaces, signs."""
    return "".join(letter for letter in key.lower() if letter.isalnum())


def get(entry: dict[str, Any], names: tuple[str, ...]) -> Any:
    """The value under the first of these plain names that is there, however it is spelled; else None."""
    spelled = {plain(key): item for key, item in entry.items()}
    return next((spelled[name] for name in names if name in spelled), None)


def number_of(value: Any) -> float | None:
    """A finite number given as number or text; None for anything else."""
    if isinstance(value, str):
        return float(value.strip()) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return None
    return float(value)


def percent_of(value: Any) -> float | None:
    """A confidence of 0 to 100, from a number or a text such as `93.5%`; None for anything else."""
    number = number_of(value.strip().removesuffix("%") if isinstance(value, str) else value)
    return number if number is not None and 0 <= number <= 100 else None
