"""The parameters that only an identity session has: checks, document, person, phone, contract and pictures."""

import base64

from webapp.providers.base import Expected, LinkRequest, Options, SuppliedPicture
from webapp.providers.docupass.form_values import changed, coded, flag, listed, number, unsupported

MODULES = {"iframe": "0", "mobile": "1", "redirect": "2", "live_mobile": "3"}
BIOMETRIC = {"none": "0", "photo": "1", "video": "2"}
DOCUMENT_LETTERS = {"passport": "P", "licence": "D", "card": "I"}
AUTHENTICITY_MODULES = {"1": "1", "2": "2", "quick": "quick"}
CONTRACTS = {"generate": "contract_generate", "sign": "contract_sign"}
PARTS = ("document", "document_back", "face")
USUAL = {
    "authenticate_module": "2", "dualsidecheck": "false", "phoneverification": "false", "crop_document": "false",
}  # fmt: skip
"""What the vendor does unasked; the other parameters are sent as they are, so that its defaults cannot surprise."""


def identity_form(request: LinkRequest) -> dict[str, str]:
    """What `docupass/create` has beside the parameters that both calls share; empty values are not to be sent."""
    return {
        "type": coded(MODULES, request.options.module, "module"),
        "failredir": request.fail_return_url or request.return_url,
        "welcomemessage": request.options.welcome,
        "logo": request.options.logo_url,
        "sms_verification_link": request.sms_to,
        **_document(request.options),
        **_checks(request.options),
        **_person(request.expected),
        **_contract(request.options),
        **_returned(request.options),
        **_pictures(request.pictures),
    }


def _document(options: Options) -> dict[str, str]:
    letters = [coded(DOCUMENT_LETTERS, word, "document_types") for word in options.document_types]
    return {
        "documenttype": "".join(letter for letter in DOCUMENT_LETTERS.values() if letter in letters),
        "documentcountry": listed(options.countries),
        "documentregion": listed(options.regions),
        "verify_expiry": flag(options.check_expiry),
        **changed({"dualsidecheck": flag(options.both_sides)}, USUAL),
    }


def _checks(options: Options) -> dict[str, str]:
    form = {
        "biometric": coded(BIOMETRIC, options.biometric, "biometric"),
        "authenticate_minscore": number(options.authenticity_threshold),
        "maxattempt": str(options.attempts),
        "aml_check": flag(options.aml),
        **changed({"phoneverification": flag(options.ask_phone)}, USUAL),
    }
    module = {"authenticate_module": coded(AUTHENTICITY_MODULES, options.authenticity_module, "authenticity_module")}
    if options.authenticity_threshold:
        form |= changed(module, USUAL)
    if options.biometric != "none":
        form["biometric_threshold"] = number(options.face_threshold)
    if options.aml:
        form |= {"aml_strict_match": flag(options.aml_strict), "aml_database": listed(options.aml_databases)}
    return form


def _person(expected: Expected) -> dict[str, str]:
    return {
        "verify_name": expected.name,
        "verify_dob": expected.birth.replace("-", "/"),
        "verify_documentno": expected.document_number,
        "verify_address": expected.address,
        "verify_postcode": expected.postcode,
        "verify_age": expected.age,
        "verify_phone": expected.phone,
    }


def _contract(options: Options) -> dict[str, str]:
    if options.contract == "none":
        return {}
    if not options.contract_template:
        raise unsupported("A contract needs the id of its template (contract_template).")
    return {
        coded(CONTRACTS, options.contract, "contract"): options.contract_template,
        "contract_format": options.contract_format,
        "contract_prefill_data": options.contract_prefill,
    }


def _returned(options: Options) -> dict[str, str]:
    return {
        "return_documentimage": flag(options.return_document),
        "return_faceimage": flag(options.return_face),
        # Addresses unless asked otherwise: small callbacks; the pictures are fetched at once.
        "return_type": "0" if options.embed_pictures else "1",
        **changed({"crop_document": flag(options.crop_document)}, USUAL),
    }


def _pictures(pictures: tuple[SuppliedPicture, ...]) -> dict[str, str]:
    form: dict[str, str] = {}
    for picture in pictures:
        if picture.part not in PARTS:
            raise unsupported(f"DocuPass takes no picture of “{picture.part}”.")
        if bool(picture.content) == bool(picture.url):
            raise unsupported(f"The picture “{picture.part}” needs either its bytes or its address.")
        if {f"{picture.part}_base64", f"{picture.part}_url"} & form.keys():
            raise unsupported(f"There are two pictures “{picture.part}”; DocuPass takes one.")
        if picture.content:
            form[f"{picture.part}_base64"] = base64.b64encode(picture.content).decode()
        else:
            form[f"{picture.part}_url"] = picture.url
    return form
