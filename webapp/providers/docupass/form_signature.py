"""The parameters of a signature session, and the refusal of what belongs to identity sessions only."""

from dataclasses import fields

from webapp.providers.base import LinkRequest, Options
from webapp.providers.docupass.form_values import unsupported

NOT_CARRIED = (
    "module", "regions", "countries", "document_types", "both_sides", "ask_phone", "aml_strict", "aml_databases",
    "embed_pictures", "crop_document", "welcome", "logo_url",
)  # fmt: skip
"""Options without a place in the seed's sign table that promise something to somebody once they are changed.

The others it lacks say how an identity is checked (thresholds, attempts, whether the document may have expired). Their
defaults mean nothing for a link that checks nobody, so they are left out without a word, and so is `fail_return_url`:
the table has no failredir, although the text beside it mentions one.
"""
WITHOUT_SERBIAN = "sr"


def signature_form(request: LinkRequest) -> dict[str, str]:
    """What `docupass/sign` has beside the shared parameters; raises ProviderError for what it cannot carry."""
    name = _not_carried(request)
    if name:
        raise unsupported(
            f"A signature link cannot carry “{name}”: DocuPass has it for identity links only, which can have a "
            "contract to sign as well."
        )
    options = request.options
    if options.language == WITHOUT_SERBIAN:
        raise unsupported("DocuPass shows signature links in all its languages but Serbian (language).")
    return {
        "template_id": options.contract_template,
        "contract_format": options.contract_format,
        "contract_prefill_data": options.contract_prefill,
        "sms_contract_link": request.sms_to,
    }


def _not_carried(request: LinkRequest) -> str:
    """The first option that would be lost; empty when there is none."""
    options, usual = request.options, Options()
    if options.biometric == "video":
        return "biometric"
    if options.contract == "generate":
        return "contract"
    expected = [item.name for item in fields(request.expected) if getattr(request.expected, item.name)]
    supplied = [picture.part for picture in request.pictures]
    changed = [name for name in NOT_CARRIED if getattr(options, name) != getattr(usual, name)]
    return next(iter([*changed, *expected, *supplied]), "")
