"""A LinkRequest in DocuPass's parameters, all values text as its official client sends them; only what was set."""

from webapp.providers.base import LinkRequest, Options
from webapp.providers.docupass.form_identity import identity_form
from webapp.providers.docupass.form_signature import signature_form
from webapp.providers.docupass.form_values import changed, flag, unsupported

LOOKS = {"nobranding": "false", "qr_color": "000000", "qr_bgcolor": "FFFFFF", "qr_size": "5", "qr_margin": "1"}
"""How the vendor shows a link by itself (seed tables "Parameters"); only what differs is sent."""


def create_form(request: LinkRequest) -> dict[str, str]:
    """The form for `docupass/create`, or `docupass/sign` (seed tables "Parameters"), without the API key.

    Raises ProviderError(permanent=True, code "option") for an option that a link of this kind cannot carry, naming it.
    Settings of what is switched off are not sent: the threshold of a face that is not compared, lists that are not
    searched, the template of a contract that is not made.
    """
    own = identity_form(request) if request.kind == "identity" else signature_form(request)
    return {name: value for name, value in (_common(request) | own).items() if value}


def _common(request: LinkRequest) -> dict[str, str]:
    options = request.options
    if not request.callback_url and not options.keep_at_vendor:
        raise unsupported("The result would be lost: DocuPass neither sends it to an address nor keeps it.")
    return {
        "companyname": request.company_name,
        "callbackurl": request.callback_url,
        "customid": request.customid,
        "reusable": flag(request.reusable),
        # The result comes to the callback; by the vendor's default it would keep a copy unasked.
        "vault_save": flag(options.keep_at_vendor),
        "expiry": str(options.expires_in),
        "language": options.language,
        "successredir": request.return_url,
        "customhtmlurl": options.custom_page_url,
        **_looks(options),
    }


def _looks(options: Options) -> dict[str, str]:
    form = {
        "nobranding": flag(options.hide_branding),
        "qr_color": options.qr_color.removeprefix("#").upper(),
        "qr_bgcolor": options.qr_background.removeprefix("#").upper(),
        "qr_size": str(options.qr_size),
        "qr_margin": str(options.qr_margin),
    }
    return changed(form, LOOKS)
