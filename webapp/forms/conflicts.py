"""Which options do not go together, for forms, presets and the command line: field and sentence; it reads no form."""

from collections.abc import Collection

from webapp.providers.base import Expected, Options

NO_SIGNATURE_LANGUAGES = ("sr",)
"""Languages the vendor has for identity checks but not for signing (seed, the two rows "language")."""


def conflicts(options: Options, *, kind: str = "identity") -> dict[str, str]:
    """What is wrong within the options themselves; empty when they go together."""
    return {"signature": _signature, "identity": _identity}[kind](options) if kind in ("signature", "identity") else {}


def _signature(options: Options) -> dict[str, str]:
    found: dict[str, str] = {}
    if not options.contract_template:
        found["contract_template"] = "Type the ID of the template that is to be signed."
    if options.language in NO_SIGNATURE_LANGUAGES:
        found["language"] = "The vendor has no Serbian for signing. Choose another language."
    return found


def _identity(options: Options) -> dict[str, str]:
    found: dict[str, str] = {}
    if options.contract != "none" and not options.contract_template:
        found["contract_template"] = "Type the ID of the template, or choose “No contract”."
    if options.contract == "none" and (options.contract_template or options.contract_prefill):
        found["contract"] = "Choose what becomes of the contract, or empty its template and values."
    if options.aml_strict and not options.aml:
        found["aml_strict"] = "Strict matching needs AML. Tick AML, or untick this."
    if options.aml_databases and not options.aml:
        found["aml_databases"] = "Lists are looked in only with AML. Tick AML, or untick the lists."
    if options.crop_document and not options.return_document:
        found["crop_document"] = "Only pictures that are returned can be cropped. Tick the document’s pictures as well."
    return found


def link_conflicts(
    options: Options, expected: Expected, *, kind: str, pictures: Collection[str] = (), reusable: bool = False,
    sms_to: str = "", person: bool = False,
) -> dict[str, str]:  # fmt: skip
    """What is wrong between the options and the rest of one link; keys are our words for the parts of a LinkRequest.

    `pictures` names the parts supplied; `person` says that a name, an own reference or an e-mail address was given.
    """
    found = conflicts(options, kind=kind)
    if options.ask_phone and expected.phone:
        found["ask_phone"] = "Either the person types a number or you give one: untick this, or empty the number."
    found |= _pictures(options, pictures)
    return found | (_reusable(expected, sms_to=sms_to, person=person, pictures=pictures) if reusable else {})


def _pictures(options: Options, parts: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if "document_back" in parts and "document" not in parts:
        found["document"] = "The back alone is not enough. Give the front as well."
    if "face" in parts and options.biometric == "none":
        found["face"] = "A face is compared only when “Face” asks for one. Choose a photo there, or take this out."
    if options.both_sides and "document" in parts and "document_back" not in parts:
        found["document_back"] = "Front and back are to be compared: give the back as well, or untick “Front and back”."
    return found


def _reusable(expected: Expected, *, sms_to: str, person: bool, pictures: Collection[str]) -> dict[str, str]:
    many = "Many people use this link"
    found = {
        name: f"{many}: one person’s {words} cannot be expected of all. Empty this field."
        for name, words in (
            ("name", "name"), ("birth", "date of birth"), ("document_number", "document number"),
            ("address", "address"), ("postcode", "postcode"), ("phone", "number"),
        )
        if getattr(expected, name)
    }  # fmt: skip
    if person:
        found["person"] = f"{many}, so it belongs to nobody. Empty the person’s fields and give the link a label."
    if sms_to:
        found["sms_to"] = f"{many}: send its address yourself. An SMS goes to one person’s link only."
    for part in pictures:
        found[part] = f"{many}: a picture of one of them cannot stand for all. Take it out."
    return found
