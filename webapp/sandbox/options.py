"""What one DocuPass session was asked for, with the vendor's defaults; parameters.py reads the request."""

import json
from dataclasses import asdict, dataclass

HALF_YEAR = 15_552_000


@dataclass(frozen=True)
class Options:
    """What one create or sign request asked for; the defaults are the vendor's documented ones."""

    companyname: str
    type: int = 0
    callbackurl: str = ""
    biometric: int = 0
    biometric_threshold: float = 0.4
    authenticate_minscore: float = 0.3
    authenticate_module: str = "2"
    maxattempt: int = 2
    successredir: str = ""
    failredir: str = ""
    customid: str = ""
    reusable: bool = False
    phoneverification: bool = False
    verify_phone: str = ""
    sms_verification_link: str = ""
    sms_contract_link: str = ""
    documenttype: str = ""
    documentcountry: str = ""
    documentregion: str = ""
    dualsidecheck: bool = False
    verify_expiry: bool = True
    verify_documentno: str = ""
    verify_name: str = ""
    verify_dob: str = ""
    verify_age: str = ""
    verify_address: str = ""
    verify_postcode: str = ""
    aml_check: bool = False
    aml_database: str = ""
    aml_strict_match: bool = False
    contract_generate: str = ""
    contract_sign: str = ""
    contract_format: str = "PDF"
    contract_prefill_data: str = ""
    template_id: str = ""
    vault_save: bool = True
    return_documentimage: bool = True
    return_faceimage: bool = True
    crop_document: bool = False
    return_type: int = 1
    welcomemessage: str = ""
    nobranding: bool = False
    logo: str = ""
    customhtmlurl: str = ""
    language: str = ""
    expiry: int = HALF_YEAR
    qr_color: str = "000000"
    qr_bgcolor: str = "FFFFFF"
    qr_size: int = 5
    qr_margin: int = 1

    @property
    def countries(self) -> tuple[str, ...]:
        return tuple(part.strip().upper() for part in self.documentcountry.split(",") if part.strip())

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.documentregion.split(",") if part.strip())

    @property
    def databases(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.aml_database.split(",") if part.strip())

    @property
    def phone(self) -> str:
        """The number known beforehand; one reached by SMS counts as verified (seed l.75)."""
        return self.verify_phone or self.sms_verification_link

    @property
    def asks_for_phone(self) -> bool:
        """Whether the applicant confirms a number: not one that the link's own SMS has reached already."""
        if self.verify_phone:
            return self.verify_phone != self.sms_verification_link
        return self.phoneverification and not self.sms_verification_link

    @property
    def template(self) -> str:
        """The contract to review and sign; empty when none is."""
        return self.template_id or self.contract_sign

    @property
    def prefill(self) -> dict[str, str]:
        """Values for the contract's placeholders, as the request gave them."""
        return dict(json.loads(self.contract_prefill_data or "{}"))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Options":
        return cls(**json.loads(text))
