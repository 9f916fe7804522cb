"""Every setting that the vendor's two clients offer for DocuPass, and what the sandbox should have understood of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    """A call of the clients: its name in Python and in Node (empty where that client lacks it), values, meaning."""

    python: str
    node: str
    values: tuple[Any, ...]
    understood: dict[str, Any]


URL = "https://www.example.com/docupass"  # the clients refuse hosts whose last part is longer than six letters
SETTINGS = (
    Setting("set_max_attempt", "setMaxAttempt", (3,), {"maxattempt": 3}),
    Setting("set_custom_id", "setCustomID", ("case 7 & more",), {"customid": "case 7 & more"}),
    Setting("set_welcome_message", "setWelcomeMessage", ("Welcome, Zoë",), {"welcomemessage": "Welcome, Zoë"}),
    Setting("set_logo", "setLogo", (f"{URL}/logo.png",), {"logo": f"{URL}/logo.png"}),
    Setting("hide_branding_logo", "hideBrandingLogo", (True,), {"nobranding": True}),
    Setting("set_custom_html_url", "setCustomHTML", (f"{URL}/page.html",), {"customhtmlurl": f"{URL}/page.html"}),
    Setting("set_language", "setLanguage", ("zh-TW",), {"language": "zh-TW"}),
    Setting("set_callback_url", "setCallbackURL", (f"{URL}/callback",), {"callbackurl": f"{URL}/callback"}),
    Setting(
        "set_redirection_url", "setRedirectionURL", (f"{URL}/yes", f"{URL}/no"),
        {"successredir": f"{URL}/yes", "failredir": f"{URL}/no"},
    ),
    Setting("enable_authentication", "enableAuthentication", (True, 1, 0.45),
            {"authenticate_module": "1", "authenticate_minscore": 0.45}),
    Setting("enable_authentication", "enableAuthentication", (True, 2, 0.3),
            {"authenticate_module": "2", "authenticate_minscore": 0.3}),
    Setting("enable_authentication", "enableAuthentication", (True, "quick", 1),
            {"authenticate_module": "quick", "authenticate_minscore": 1}),
    Setting("enable_authentication", "enableAuthentication", (False,), {"authenticate_minscore": 0}),
    Setting("enable_face_verification", "enableFaceVerification", (True, 1, 0.5),
            {"biometric": 1, "biometric_threshold": 0.5}),
    Setting("enable_face_verification", "enableFaceVerification", (True, 2, 0.6),
            {"biometric": 2, "biometric_threshold": 0.6}),
    Setting("enable_face_verification", "enableFaceVerification", (False,), {"biometric": 0}),
    Setting("set_reusable", "setReusable", (True,), {"reusable": True}),
    Setting("set_callback_image", "setCallbackImage", (True, False, 0),
            {"return_documentimage": True, "return_faceimage": False, "return_type": 0}),
    Setting("", "setCallbackImage", (True, True, 1, True), {"return_type": 1, "crop_document": True}),
    Setting("", "setQRCodeFormat", ("112233", "FFEEDD", 6, 2),
            {"qr_color": "112233", "qr_bgcolor": "FFEEDD", "qr_size": 6, "qr_margin": 2}),
    Setting("enable_dualside_check", "enableDualsideCheck", (True,), {"dualsidecheck": True}),
    Setting("enable_aml_check", "enableAMLCheck", (True,), {"aml_check": True}),
    Setting("set_aml_database", "setAMLDatabase", ("un_sc,us_ofac",), {"aml_database": "un_sc,us_ofac"}),
    Setting("enable_aml_strict_match", "enableAMLStrictMatch", (True,), {"aml_strict_match": True}),
    Setting("enable_phone_verification", "enablePhoneVerification", (True,), {"phoneverification": True}),
    Setting("sms_verification_link", "smsVerificationLink", ("+1333444555",), {"sms_verification_link": "+1333444555"}),
    Setting("verify_phone", "verifyPhone", ("+1333444556",), {"verify_phone": "+1333444556"}),
    Setting("verify_expiry", "verifyExpiry", (True,), {"verify_expiry": True}),
    Setting("verify_document_number", "verifyDocumentNumber", ("X1234567",), {"verify_documentno": "X1234567"}),
    Setting("verify_name", "verifyName", ("Zoë Specimen",), {"verify_name": "Zoë Specimen"}),
    Setting("verify_dob", "verifyDOB", ("1990/02/03",), {"verify_dob": "1990/02/03"}),
    Setting("verify_age", "verifyAge", ("18-99",), {"verify_age": "18-99"}),
    Setting("verify_address", "verifyAddress", ("1 Any Street, Anytown",), {"verify_address": "1 Any Street, Anytown"}),
    Setting("verify_postcode", "verifyPostcode", ("90001",), {"verify_postcode": "90001"}),
    Setting("restrict_country", "restrictCountry", ("US,CA",), {"documentcountry": "US,CA"}),
    Setting("restrict_state", "restrictState", ("CA,Texas",), {"documentregion": "CA,Texas"}),
    Setting("restrict_type", "restrictType", ("DIP",), {"documenttype": "DIP"}),
    Setting("enable_vault", "enableVault", (True,), {"vault_save": True}),
    Setting("set_parameter", "setParameter", ("expiry", 600), {"expiry": 600}),
    Setting("generate_contract", "generateContract", ("TPL1", "DOCX"), {"contract_generate": "TPL1", "contract_format": "DOCX"}),
    Setting("sign_contract", "signContract", ("TPL1", "HTML"), {"contract_sign": "TPL1", "contract_format": "HTML"}),
)  # fmt: skip
DEFAULTS = {
    "biometric": 0, "biometric_threshold": 0.4, "authenticate_minscore": 0, "authenticate_module": "2", "maxattempt": 1,
    "documenttype": "", "documentcountry": "", "documentregion": "", "dualsidecheck": False, "verify_expiry": False,
    "verify_name": "", "reusable": False, "aml_check": False, "aml_strict_match": False, "aml_database": "",
    "phoneverification": False, "verify_phone": "", "vault_save": True, "return_documentimage": True,
    "return_faceimage": True, "return_type": 1, "crop_document": False, "nobranding": False, "welcomemessage": "",
    "language": "", "qr_color": "000000", "qr_bgcolor": "FFFFFF", "qr_size": 5, "qr_margin": 1, "contract_sign": "",
    "contract_generate": "", "expiry": 15_552_000,
}  # fmt: skip
"""What a client that was told nothing asks for: its own defaults where it sends some, the vendor's where it sends ""."""
MODULES = {"create_iframe": 0, "create_mobile": 1, "create_redirection": 2, "create_live_mobile": 3}
CREATED = {"reference", "type", "customid", "url", "qrcode", "base_url", "html", "expiry"}
"""Keys of the answer to create, as in the seed's sample; `smssent` is there when a number was given."""
SIGNED = {"reference", "customid", "url", "qrcode", "base_url", "html_qrcode", "html_iframe", "expiry"}


def misunderstood(stored: Any, expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name -> what was understood and what was meant, for all that differ."""
    return {name: (getattr(stored, name), value) for name, value in expected.items() if getattr(stored, name) != value}
