"""How DocuPass's parameters are spelled: flags, numbers, lists, words, and the refusal of what it cannot carry."""

from collections.abc import Collection, Mapping

from webapp.providers.base import ProviderError

UNSUPPORTED = "option"
"""Our code for an option that cannot be put into DocuPass's parameters."""


def flag(value: bool) -> str:
    """`true` or `false`; the vendor takes every spelling of them."""
    return "true" if value else "false"


def number(value: float) -> str:
    """A number without noughts that say nothing: `0.4`, `0`, `1`."""
    return f"{value:g}"


def listed(values: Collection[str]) -> str:
    """Several values in one parameter: `US,CA`."""
    return ",".join(values)


def coded(codes: Mapping[str, str], word: str, name: str) -> str:
    """The vendor's code for our word; raises ProviderError for a word it has none for."""
    if word not in codes:
        raise unsupported(f"DocuPass has no “{word}” for {name}: it knows {', '.join(codes)}.")
    return codes[word]


def unsupported(text: str) -> ProviderError:
    """A link that cannot be asked for as it is; nothing was sent."""
    return ProviderError(text, code=UNSUPPORTED, permanent=True, calls=())


def changed(form: Mapping[str, str], usual: Mapping[str, str]) -> dict[str, str]:
    """What differs from the vendor's own defaults."""
    return {name: value for name, value in form.items() if value != usual.get(name)}
