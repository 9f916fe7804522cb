"""Callback bodies in the shape of the seed's samples, in the vendor's words; nothing is decided here."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from .aml import matches
from .options import Options
from .people import Person
from .phones import kind
from .scenarios import FAILURES
from .showing import Showing
from .verdict import Verdict

_OLD_CHECKS = (
    "data_visibility", "image_quality", "feature_referencing", "exif_check",
    "publicity_check", "text_analysis", "biometric_analysis",
)  # fmt: skip
_NEW_CHECKS = (*_OLD_CHECKS, "security_feature_check", "recapture_check")
# code, severity, reason: those the vendor's pages name (vendors 2.4).
_REASONS = {
    "exif_check": (130, "medium", "Image edited in Photoshop"),
    "publicity_check": (140, "high", "This document could be obtained in the public domain"),
    "security_feature_check": (171, "low", "Document is missing some security features"),
    "recapture_check": (180, "medium", "Image was taken from a screen"),
}


@dataclass(frozen=True)
class Made:
    """What the pipeline made for one ended session; contents are URLs or base64 as return_type asks."""

    document_images: list[dict[str, str]]
    face_images: list[dict[str, str]]
    contract_url: str = ""
    vault_id: str = ""


def head(*, success: bool, reference: str, digest: str, customid: str) -> dict[str, Any]:
    return {"success": success, "reference": reference, "hash": digest, "customid": customid}


def failure(code: int) -> dict[str, Any]:
    return {"failreason": FAILURES[code], "failcode": code}


def _parts(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year, name: f"{day:%Y/%m/%d}"}


def _shown_names(person: Person) -> dict[str, str]:
    names = {"firstName": person.first, "middleName": person.middle, "lastName": person.last, "fullName": person.full}
    return {key: value.upper() for key, value in names.items() if value} | (
        {"fullName_local": person.local_name} if person.local_name else {}
    )


def _origin(person: Person) -> dict[str, str]:
    place, nation = person.country, person.nationality
    region = person.region if person.document == "licence" else ("", "")
    named = {
        "issuerOrg_region_full": region[0], "issuerOrg_region_abbr": region[1],
        "issuerOrg_full": place.name, "issuerOrg_iso2": place.iso2, "issuerOrg_iso3": place.iso3,
        "nationality_full": nation.name, "nationality_iso2": nation.iso2, "nationality_iso3": nation.iso3,
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}


def _where(person: Person, options: Options) -> dict[str, str]:
    """A passport page carries no address, unless the session wants to compare one."""
    shown: dict[str, str] = {}
    if person.document != "passport" or options.verify_address:
        shown["address1"] = "\n".join(part for part in (person.address, person.town) if part)
    if person.document != "passport" or options.verify_postcode:
        shown["postcode"] = person.postcode
    return shown


def _of_kind(person: Person) -> dict[str, Any]:
    if person.document == "licence":
        return {"height": str(person.height), "vehicleClass": "B"}
    return {"personalNumber": person.personal_number, "placeOfBirth": person.town or "Sampletown"}


def data(showing: Showing, options: Options, today: date) -> dict[str, Any]:
    """Fields read from the document (vendors 2.1); dates are YYYY/MM/DD, day counts may be negative."""
    person = showing.person
    found: dict[str, Any] = {"documentNumber": person.number, **_shown_names(person), "sex": person.sex}
    found |= _parts("dob", person.dob) | {"age": person.age(today)}
    found |= _parts("expiry", person.expiry) | {"daysToExpiry": (person.expiry - today).days}
    found |= _parts("issued", person.issued) | {"daysFromIssue": (today - person.issued).days}
    found |= _where(person, options) | _of_kind(person) | _origin(person)
    found |= {
        "documentType": person.kind,
        "documentSide": "BIODATA" if person.document == "passport" else "FRONT",
        "internalId": str(9_000 + sum(map(ord, person.country.iso2 + person.kind))),
    }
    gone = {key for name in showing.missing for key in found if key == name or key.startswith(f"{name}_")}
    gone |= {"age"} if "dob" in showing.missing else set()
    return {key: value for key, value in found.items() if key not in gone}


def _face(showing: Showing, passed: bool) -> dict[str, Any]:
    if showing.face_error:
        return {"error": showing.face_error[0], "error_message": showing.face_error[1]}
    # The vendor writes this one number as text.
    return {"isIdentical": passed, "confidence": f"{showing.face_score:.3f}"}


def _authentication(showing: Showing, options: Options) -> dict[str, Any]:
    names = _NEW_CHECKS if options.authenticate_module == "2" else _OLD_CHECKS
    breakdown: dict[str, dict[str, Any]] = {name: {"passed": True} for name in names}
    warnings = []
    for name in showing.failed_checks:
        code, severity, reason = _REASONS[name]
        breakdown[name] = {"passed": False, "code": code, "reason": reason, "severity": severity}
        warnings.append(reason)
    found: dict[str, Any] = {"score": showing.authenticity, "breakdown": breakdown}
    return found | ({"warning": warnings} if warnings else {})


def _phone(showing: Showing, options: Options) -> dict[str, Any]:
    number = options.phone or (showing.phone if options.phoneverification else "")
    return {"phone": {"number": number, "type": kind(number)}} if number and showing.phone_reached else {}


def _pictures(made: Made) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if made.document_images:
        found["documentimage"] = made.document_images
    if made.face_images:
        found["faceimage"] = made.face_images
    return found | ({"vaultid": made.vault_id} if made.vault_id else {})


def identity(showing: Showing, verdict: Verdict, options: Options, made: Made, today: date) -> dict[str, Any]:
    """Everything after the head of an identity callback, passed or failed."""
    found: dict[str, Any] = {} if verdict.code is None else failure(verdict.code)
    if not showing.readable:
        return found | _pictures(made)
    found["data"] = data(showing, options, today)
    if made.contract_url and verdict.passed:
        found["contract"] = {"document_url": made.contract_url}
    found |= _phone(showing, options)
    if "face" in verdict.checks:
        found["face"] = _face(showing, verdict.checks["face"])
    found["verification"] = {"passed": all(verdict.checks.values()), "result": verdict.checks}
    if options.authenticate_minscore > 0 or showing.failed_checks:
        found["authentication"] = _authentication(showing, options)
    if options.aml_check:
        found["aml"] = matches(showing.person, showing.aml_matches, options)
    return found | _pictures(made)
