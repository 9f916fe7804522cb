"""Each option of a link in plain words: its name, its value, and what differs between two sets; nothing is read here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from webapp.checks.countries import country_name
from webapp.providers.base import LIVENESS_OPTIONS, Options
from webapp.providers.docupass.codes import database
from webapp.queries.time_words import length_in_words

DOCUMENT_WORDS = {"passport": "passport", "card": "ID card", "licence": "driving licence"}
MODULE_WORDS = {
    "mobile": "on a phone, by link or QR code",
    "iframe": "inside your own web page, on any device",
    "redirect": "in any browser, from a link or redirect",
    "live_mobile": "on a phone, with its live camera only",
}
AUTHENTICITY_WORDS = {"2": "version 2", "1": "version 1 (older)", "quick": "quick, only against known fakes"}
CONTRACT_WORDS = {"none": "none", "generate": "filled from the document, not signed", "sign": "filled and signed"}
FACE_WORDS = {"none": "not asked", "photo": "a photo", "video": "a short video"}
ATTRIBUTE_WORDS = {
    "gender": "gender", "age_range": "age range", "beard": "beard", "spectacles": "spectacles",
    "eyes_open": "eyes open", "face_mask": "face mask", "mouth_open": "mouth open", "moustache": "moustache",
    "emotions": "emotions",
}  # fmt: skip
"""What may be estimated from a face; never to be used for a decision."""
LANGUAGE_WORDS = {
    "": "that of the person’s device", "en": "English", "fr": "French", "nl": "Dutch", "de": "German",
    "es": "Spanish", "sr": "Serbian", "zh-TW": "Chinese, traditional", "zh-CN": "Chinese, simplified",
}  # fmt: skip

LABELS = {
    "biometric": "Face", "face_threshold": "Face score needed", "authenticity_threshold": "Authenticity score needed",
    "authenticity_module": "Authenticity check", "document_types": "Documents", "countries": "Countries",
    "regions": "States or regions", "check_expiry": "Expired documents", "both_sides": "Front and back",
    "ask_phone": "Phone number", "aml": "AML", "aml_strict": "AML matches", "aml_databases": "AML lists",
    "attempts": "Attempts", "expires_in": "Works for", "language": "Language", "module": "Opened",
    "contract": "Contract", "contract_template": "Contract template", "contract_format": "Contract format",
    "contract_prefill": "Contract values", "keep_at_vendor": "Copy at the vendor",
    "return_document": "Pictures of the document", "return_face": "Picture of the face",
    "embed_pictures": "Pictures come", "crop_document": "Document cropped", "welcome": "Welcome text",
    "hide_branding": "The vendor’s logo", "logo_url": "Own logo", "custom_page_url": "Own page",
    "success_url": "Goes on to, when passed", "fail_url": "Goes on to, when not passed", "qr_color": "QR colour",
    "qr_background": "QR background", "qr_size": "QR size", "qr_margin": "QR margin",
    "liveness": "Liveness", "dark": "Looks", "location": "Location", "attributes": "Attributes",
}  # fmt: skip
"""What each option is called, in the order in which people read them."""

_SWITCHES = {
    "check_expiry": ("refused", "accepted"), "both_sides": ("must agree", "not compared"),
    "ask_phone": ("asked and confirmed", "not asked"), "aml": ("on", "off"),
    "aml_strict": ("only with the same nationality and birthday", "also with only the same name"),
    "keep_at_vendor": ("kept", "not kept"), "return_document": ("returned", "not returned"),
    "return_face": ("returned", "not returned"), "embed_pictures": ("inside the result", "by address"),
    "crop_document": ("yes", "no"), "hide_branding": ("hidden", "shown"),
    "liveness": ("checked", "not checked"), "dark": ("dark", "light"), "location": ("asked for", "not asked for"),
}  # fmt: skip
_WORDS = {
    "biometric": FACE_WORDS, "authenticity_module": AUTHENTICITY_WORDS, "module": MODULE_WORDS,
    "contract": CONTRACT_WORDS, "language": LANGUAGE_WORDS,
}  # fmt: skip
_EMPTY = {"document_types": "all", "countries": "all", "regions": "all", "aml_databases": "all",
          "contract_format": "as the template says"}  # fmt: skip
SIGNATURE = (
    "expires_in", "language", "contract_template", "contract_format", "contract_prefill", "keep_at_vendor",
    "hide_branding", "custom_page_url", "success_url", "qr_color", "qr_background", "qr_size", "qr_margin",
)  # fmt: skip
"""The options that a signature has."""
OF_KIND = {
    "identity": tuple(name for name in LABELS if name not in LIVENESS_OPTIONS),
    "signature": SIGNATURE,
    "liveness": LIVENESS_OPTIONS,
}
"""The options that links of a kind have."""
LONGEST_SHOWN = 80
ListName = Callable[[str], str]


def _list_name(code: str) -> str:
    return database(code).name


@dataclass(frozen=True)
class Change:
    """One thing that differs: what people call it, its words before and after; `name` is the option's, if it is one."""

    label: str
    old: str
    new: str
    name: str = ""


def words(name: str, value: Any, list_name: ListName = _list_name) -> str:
    """The value of an option as people say it; "none" for an empty one. `list_name` names an AML list by its code."""
    if name in _SWITCHES:
        return _SWITCHES[name][0 if value else 1]
    if name in _WORDS:
        return _WORDS[name].get(value, str(value))
    if name.endswith("_threshold"):
        return score(value) if value else "off"
    if name == "expires_in":
        return length_in_words(value)
    return _list(name, value, list_name) if isinstance(value, (tuple, list)) else _short(name, value)


def changes(before: Options, after: Options, *, list_name: ListName = _list_name) -> tuple[Change, ...]:
    """Every option that is not the same in both, in the order of LABELS."""
    return tuple(
        Change(
            label=label, name=name, old=words(name, getattr(before, name), list_name),
            new=words(name, getattr(after, name), list_name),
        )
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(after, name)
    )  # fmt: skip


def settings(options: Options, kind: str, *, list_name: ListName = _list_name) -> tuple[tuple[str, str], ...]:
    """Label and words of every option that links of this kind have."""
    return tuple(
        (label, words(name, getattr(options, name), list_name))
        for name, label in LABELS.items()
        if name in OF_KIND.get(kind, LABELS)
    )


def score(value: float) -> str:
    """`0.40`; a third digit only where there is one."""
    return f"{value:.2f}" if round(value, 2) == value else f"{value:.3f}"


def documents(options: Options) -> str:
    """`passport, ID card or driving licence`."""
    taken = options.document_types or tuple(DOCUMENT_WORDS)
    return either([word for kind, word in DOCUMENT_WORDS.items() if kind in taken])


def either(several: Sequence[str]) -> str:
    """`a, b or c`."""
    return f"{', '.join(several[:-1])} or {several[-1]}" if len(several) > 1 else "".join(several)


def _list(name: str, value: Any, list_name: ListName) -> str:
    named: dict[str, Callable[[Any], str]] = {
        "countries": country_name,
        "aml_databases": list_name,
        "document_types": lambda kind: DOCUMENT_WORDS.get(kind, kind),
        "attributes": lambda name: ATTRIBUTE_WORDS.get(name, name),
    }
    shown = named.get(name, str)
    separator = "; " if name == "aml_databases" else ", "
    return separator.join(shown(part) for part in value) or _EMPTY.get(name, "none")


def _short(name: str, value: Any) -> str:
    text = f"#{value}" if name in ("qr_color", "qr_background") else " ".join(str(value).split())
    text = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
    return text or _EMPTY.get(name, "none")


assert set(LABELS) == {item.name for item in fields(Options)}  # an option without words would be shown nowhere
