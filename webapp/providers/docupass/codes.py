"""DocuPass's numbers and names in plain words: fail codes, error codes (another list), checks, AML lists; no logic."""

from dataclasses import replace

from webapp.providers.base import CheckMeaning, CodeMeaning, DatabaseMeaning

_RETRY = "We could not verify the document."
_DETAILS = "The details did not match."


def _code(
    code: str, meaning: str, short: str, cause: str, kind: str, route: str, officer: str, applicant: str, *,
    priority: str = "normal", ask_again: str = "yes", alarm: bool = False, sides: CodeMeaning | None = None,
) -> CodeMeaning:  # fmt: skip
    return CodeMeaning(
        code=code, meaning=meaning, short=short, cause=cause, kind=kind, route=route, priority=priority,
        ask_again=ask_again, officer=officer, applicant=applicant, alarm=alarm, when_sides_compared=sides,
    )  # fmt: skip


_TYPE_OR_SIDES = _code(
    "14", "Document type not accepted, or front and back differ", "type or sides", "sides", "policy", "review",
    "The code has two readings: the link does not accept this type of document, or its front and back, which were to "
    "agree, do not. Compare the type with the accepted ones, then the two sides field by field.",
    "Please use another document.",
)  # fmt: skip
"""The vendor's reference lists 14 as the type, and names it for a mismatch of the sides as well (product rules F13)."""


FAIL_CODES: dict[str, CodeMeaning] = {
    each.code: each
    for each in (
        _code("0", "Session expired", "expired", "other", "time", "expired", "Nobody finished before the time limit.",
              "Your link has expired; here is a new one."),
        _code("1", "Document not recognised or not supported", "unreadable", "capture", "capture", "failed",
              "The document could not be read, or is of a kind the vendor does not know. Look at the pictures.",
              "We could not read the document."),
        _code("2", "Document authenticity is too low", "authenticity", "authenticity", "fraud", "review",
              "The document did not reach the authenticity score. See which checks failed and why.", _RETRY,
              priority="high", ask_again="after_review"),
        _code("3", "Face does not match", "face", "face", "fraud", "review",
              "The selfie does not match the portrait. Compare both pictures, and the score with its threshold.",
              "We could not match your photo.", priority="high", ask_again="after_review"),
        _code("4", "Document expired", "document expired", "expiry", "policy", "failed",
              "The document had expired. Compare its expiry date with the day of capture.",
              "Please use a valid document."),
        _code("5", "Name differs", "name", "name", "mismatch", "review",
              "The name on the document is not the one expected.", _DETAILS,
              ask_again="after_review"),
        _code("6", "Date of birth differs", "date of birth", "birth", "mismatch", "review",
              "The date of birth on the document is not the one expected.", _DETAILS, ask_again="after_review"),
        _code("7", "Address differs", "address", "address", "mismatch", "review",
              "The address on the document is not the one expected.",
              _DETAILS, priority="low"),
        _code("8", "Postcode differs", "postcode", "postcode", "mismatch", "review",
              "The postcode on the document is not the one expected.",
              _DETAILS, priority="low"),
        _code("9", "Age outside the range", "age", "age", "policy", "review",
              "The age on the document is outside the range asked for. Check it on the day of capture.",
              "You do not meet the age requirement.", ask_again="no"),
        _code("10", "Key information missing from the document", "data missing", "capture", "capture", "failed",
              "A field that is needed could not be read. See which fields are empty.",
              "Part of the document was not visible."),
        _code("11", "Front and back differ", "sides differ", "sides", "fraud", "review",
              "The two sides of the document do not belong together. Compare front and back field by field.", _RETRY,
              priority="high", ask_again="after_review"),
        _code("12", "Country not accepted", "country", "issuer", "policy", "failed",
              "The document was issued by a country that the link does not accept. Compare the issuer with the list.",
              "Please use a document from an accepted country."),
        _code("13", "Region not accepted", "region", "issuer", "policy", "failed",
              "The document was issued by a state or region that the link does not accept. Compare it with the list.",
              "Please use a document from an accepted region."),
        _code("14", "Document type not accepted", "document type", "document_type", "policy", "failed",
              "The link does not accept this type of document. Compare the type with the accepted ones.",
              "Please use another document.", sides=_TYPE_OR_SIDES),
        _code("15", "Phone not verified", "phone", "other", "contact", "failed",
              "The phone number could not be confirmed. See the number, and whether it is a mobile or a landline.",
              "We could not confirm the number."),
        _code("16", "Document number differs", "document number", "document_number", "mismatch", "review",
              "The document number is not the one expected. Letter O and digit 0, letter I and digit 1 are easily "
              "confused.",
              _DETAILS, priority="high", ask_again="after_review"),
        _code("99", "Other failure", "other reason", "other", "unknown", "review",
              "The vendor gave no category. Read its own text, and ask the vendor if that does not explain it.",
              "Something went wrong.", alarm=True),
    )
}  # fmt: skip
"""`failcode` of a callback (product rules 5.3, seed "Response Data Fields"). Never look an error code up here."""

_UNKNOWN = _code(
    "", "Unknown result code", "unknown code", "other", "unknown", "review",
    "Vouchdesk does not know this code. Read the vendor's own text and the raw delivery.", "Something went wrong.",
    ask_again="after_review", alarm=True,
)  # fmt: skip
_MISSING = replace(
    _UNKNOWN, meaning="No result code", short="no code", officer="The vendor gave no code. Read its own text."
)


def fail_code(code: str) -> CodeMeaning:
    """What a `failcode` means; an unknown or missing one goes to review with an alarm."""
    if not code:
        return _MISSING
    return FAIL_CODES.get(code) or replace(
        _UNKNOWN, code=code, meaning=f"Unknown result code {code}", short=f"code {code[:12]}"
    )


ERROR_CODES: dict[str, str] = {
    "1": "The DocuPass API key is not valid. An administrator has to correct DOCUPASS_API_KEY.",
    "8": "The DocuPass account has no quota left. Top it up at the vendor, then retry.",
    "9": "The vendor could not recognise the document.",
    "10": "The vendor does not accept documents of this country here.",
    "11": "The vendor does not accept documents of this state or region here.",
    "12": "The vendor does not accept this type of document here.",
    "14": "The front and the back of the document do not match.",
    "15": "The document is on a block list in the vendor's vault.",
    "1002": "The vendor does not accept a value that was sent. Its text names it; change it and make the link again.",
    "1003": "The vendor does not know this pair of reference and hash: the result is not its own.",
    "1050": "The phone number is invalid or unreachable. Check it, with its country code, and retry.",
    "kind": "DocuPass has no links of this kind. Make an identity or a signature link.",
    "option": "The link asks for something that DocuPass cannot do. The text names it; make the link again without it.",
    "unreachable": "The vendor could not be reached. Nothing is wrong with the link's options: retry in a few minutes.",
    "timeout": "The vendor did not answer in time. It may have made the link all the same; a retry makes a new one.",
    "bad_answer": "The vendor answered with something other than an answer. Retry in a few minutes.",
    "expiry_past": "The vendor made a link that had already expired. Check this machine's clock, then retry.",
}
"""`error.code` of the API (vendor facts 2.6; no whole list is published), and our own codes for what is no answer."""


def error_code(code: str) -> str:
    """What a refusal's code means and what to do; empty when it is not known."""
    return ERROR_CODES.get(code, "")


def _check(name: str, label: str, passed: str, failed: str, reads: str) -> CheckMeaning:
    return CheckMeaning(name=name, label=label, passed=passed, failed=failed, reads=reads)


CHECKS: dict[str, CheckMeaning] = {
    each.name: each
    for each in (
        _check("data_visibility", "Data can be read", "The data can be read.", "Some of the data cannot be read.",
               "looks whether the printed data are visible"),
        _check("image_quality", "Picture quality", "The picture is good enough.", "The picture is too poor to judge.",
               "looks at sharpness, light and size of the picture"),
        _check("feature_referencing", "Layout features", "The layout is that of a genuine document.",
               "The layout is not that of a genuine document.", "compares the layout with a known genuine document"),
        _check("exif_check", "Picture file", "The picture file shows no editing.", "The picture file was edited.",
               "reads what the camera or program wrote into the file"),
        _check("publicity_check", "Found in public", "The document is not known from public places.",
               "The document can be found in public.", "looks for samples and leaked documents"),
        _check("text_analysis", "Text", "The text is printed as it should be.",
               "The text is not printed as it should be.", "looks at fonts, positions and spelling of the text"),
        _check("biometric_analysis", "Biometric portrait", "The portrait shows no sign of tampering.",
               "The portrait may have been tampered with.", "looks at the portrait on the document"),
        _check("security_feature_check", "Security features", "The security features are there.",
               "Security features are missing, or partly missing.",
               "looks for the security features that the document should have"),
        _check("recapture_check", "Screen recapture", "The document itself was photographed.",
               "The picture was taken of a screen or a copy.", "looks for the traces of a screen or a print"),
    )
}  # fmt: skip
"""The nine known names of `authentication.breakdown` (vendor facts 2.4); the set that comes varies."""


def check(name: str) -> CheckMeaning:
    """A check in plain words; an unknown one keeps the vendor's name."""
    label = name.replace("_", " ").capitalize()
    unknown = _check(name, label, f"{label}: passed.", f"{label}: failed.", "is a check Vouchdesk does not know yet")
    return CHECKS.get(name, unknown)


_MEANS = {
    "sanction": "A sanction entry names someone with whom business is forbidden or restricted.",
    "crime": "A crime entry names someone wanted by the police.",
    "pep": "A PEP entry names someone in a public office: not forbidden, but to be looked at more closely.",
    "unknown": "Vouchdesk does not know this list; read the entry itself.",
}
_NAMES = (
    ("au_dfat", "Australia, Foreign Affairs and Trade", "sanction"),
    ("ca_dfatd", "Canada, Global Affairs", "sanction"),
    ("ch_seco", "Switzerland, SECO", "sanction"),
    ("eu_fsf", "EU, Financial Sanctions Files", "sanction"),
    ("fr_tresor_gels_avoir", "France, Trésor asset freezes", "sanction"),
    ("gb_hmt", "UK, HM Treasury", "sanction"),
    ("ua_sfms", "Ukraine, Financial Monitoring Service", "sanction"),
    ("un_sc", "UN Security Council", "sanction"),
    ("us_ofac", "US, OFAC", "sanction"),
    ("interpol_red", "Interpol red notices", "crime"),
    ("eu_cor", "EU Committee of the Regions", "pep"),
    ("eu_meps", "European Parliament members", "pep"),
    ("global_politicians", "Politicians worldwide", "pep"),
)
AML_DATABASES: dict[str, DatabaseMeaning] = {
    code: DatabaseMeaning(code=code, name=name, kind=kind, means=_MEANS[kind]) for code, name, kind in _NAMES
}
"""The 13 AML source lists (vendor facts 3). The names are ours: the vendor publishes only the codes."""


def database(code: str) -> DatabaseMeaning:
    """An AML list in plain words; an unknown one keeps the vendor's code."""
    # Every README and demo of the vendor writes eu_cors for eu_cor.
    known = AML_DATABASES.get("eu_cor" if code == "eu_cors" else code)
    return known or DatabaseMeaning(code=code, name=code or "List not named", kind="unknown", means=_MEANS["unknown"])
