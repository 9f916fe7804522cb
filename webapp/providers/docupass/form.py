"""A LinkRequest in DocuPass's parameters, all values text as its official client sends them; only what was set."""

from webapp.providers.base import LinkRequest, Options

MOBILE_MODULE = "1"
"""The module whose answer has a direct link and a QR code to open it on a phone: how links are handed out here."""

BIOMETRIC = {"none": "0", "photo": "1", "video": "2"}
DOCUMENT_LETTERS = {"passport": "P", "licence": "D", "card": "I"}


def create_form(request: LinkRequest) -> dict[str, str]:
    """The form for `docupass/create`, or `docupass/sign` (seed tables "Parameters"), without the API key."""
    form = {
        "companyname": request.company_name,
        "callbackurl": request.callback_url,
        "customid": request.customid,
        "reusable": _flag(request.reusable),
        # The result comes to the callback; with vault_save, the vendor's default, it would keep a second copy.
        "vault_save": "false",
        "expiry": str(request.options.expires_in),
        "language": request.options.language,
        "successredir": request.return_url,
    }
    if request.kind == "identity":
        form |= _identity(request)
    return {key: value for key, value in form.items() if value}


def _identity(request: LinkRequest) -> dict[str, str]:
    options, expected = request.options, request.expected
    return {
        "type": MOBILE_MODULE,
        "failredir": request.return_url,
        "authenticate_minscore": _number(options.authenticity_threshold),
        "maxattempt": str(options.attempts),
        "documenttype": "".join(letter for word, letter in DOCUMENT_LETTERS.items() if word in options.document_types),
        "documentcountry": ",".join(options.countries),
        "verify_expiry": _flag(options.check_expiry),
        "verify_name": expected.name,
        "verify_dob": expected.birth.replace("-", "/"),
        "verify_documentno": expected.document_number,
        "verify_address": expected.address,
        "verify_postcode": expected.postcode,
        "verify_age": expected.age,
        # Addresses, not base64: small callbacks; the pictures are fetched at once.
        "return_documentimage": "true",
        "return_faceimage": "true",
        "return_type": "1",
        **_biometric(options),
        **_aml(options),
    }


def _biometric(options: Options) -> dict[str, str]:
    form = {"biometric": BIOMETRIC[options.biometric]}
    return form if options.biometric == "none" else form | {"biometric_threshold": _number(options.face_threshold)}


def _aml(options: Options) -> dict[str, str]:
    form = {"aml_check": _flag(options.aml)}
    return form | {"aml_strict_match": _flag(options.aml_strict)} if options.aml else form


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _number(value: float) -> str:
    return f"{value:g}"
