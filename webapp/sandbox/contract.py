"""The one contract the sandbox knows, TPL1: its wording, its placeholders filled, its signature; formats are elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

TITLE = "Specimen agreement"
TEMPLATE_TEXT = (
    "This specimen agreement is between %{companyname} and %{fullName}.",
    "%{fullName} was born on %{dob} and showed document %{documentNumber}, issued by %{issuerOrg_full}.",
    "Letters go to %{address1}, messages to %{email}.",
    "Our own number for this agreement is %{contractnumber}. We agreed on: %{myparameter}.",
    "It was made by the sandbox to show how signing works. It binds nobody and says nothing else.",
)
_PLACEHOLDER = re.compile(r"%\{([^{}]+)\}")


@dataclass(frozen=True)
class Signature:
    """Who signed: the typed name, and the drawn signature as PNG where one was drawn."""

    name: str
    drawn: bytes = b""


@dataclass(frozen=True)
class Contract:
    """A filled contract; `closing` says who signed it and when, or that nobody did."""

    title: str
    paragraphs: tuple[str, ...]
    closing: tuple[str, ...] = ()
    drawn: bytes = b""


def placeholders() -> list[str]:
    """The names TPL1 has, in order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(" ".join(TEMPLATE_TEXT))))


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Text with every placeholder that has a value filled; the others stay to be seen."""
    return _PLACEHOLDER.sub(lambda hit: str(values.get(hit[1]) or hit[0]), text)


def values_for(companyname: str, prefill: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, Any]:
    """Values by placeholder; what the ID says wins over what was prefilled (seed, contract_prefill_data)."""
    shown = {name: value.replace("\n", ", ") if isinstance(value, str) else value for name, value in data.items()}
    return {"companyname": companyname, **prefill, **shown}


def contract(values: Mapping[str, Any]) -> Contract:
    """TPL1 as it stands before anybody signed it."""
    return Contract(TITLE, tuple(fill(text, values) for text in TEMPLATE_TEXT))


def closed(made: Contract, reference: str, at: float, signature: Signature | None) -> Contract:
    """The contract with its last lines; `at` is UNIX seconds, no signature means it was only generated."""
    moment = f"{datetime.fromtimestamp(at, UTC):%d %B %Y %H:%M} UTC"
    last = f"Signed by {signature.name} on {moment}" if signature else f"Generated on {moment}, not signed"
    return Contract(
        made.title, made.paragraphs, (last, f"Reference {reference}"), signature.drawn if signature else b""
    )
