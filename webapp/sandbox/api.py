"""The DocuPass endpoints, the vault's deletion, and the files they point to: the vendor's wire format; sessions do the work."""

import io
import math
from typing import Any

import segno
from flask import Blueprint, Response, abort, current_app, jsonify, request

from .options import Options
from .parameters import ApiError, check_key, read_identity, read_signature
from .parts import parts
from .store import StoredSession
from .supplied import read_pictures
from .values import as_text

api = Blueprint("api", __name__)
_LISTS = {"documentcountry", "documentregion", "aml_database", "id"}
# A contract as HTML carries its signature inside; it runs nothing and belongs to no site.
_HTML_POLICY = "default-src 'none'; img-src data:; sandbox"


def given() -> dict[str, str]:
    """The request's fields as text, from JSON or either kind of form; a body that is neither gives none."""
    if request.is_json:
        body = request.get_json(silent=True)
        return {str(key): as_text(value) for key, value in body.items()} if isinstance(body, dict) else {}
    return {name: ",".join(values) if name in _LISTS else values[0] for name, values in request.form.lists()}


@api.errorhandler(ApiError)
def refuse(error: ApiError) -> Response:
    # HTTP 200: the vendor's clients read the error object on success answers only (vendors 1.4).
    return jsonify({"error": {"message": error.message, "code": error.code}})


def _invitation(reference: str, purpose: str, picture: str, base: str) -> str:
    return (
        f'<h3>Scan QR Code below to {purpose}.</h3><p><img src="{picture}" alt="QR Code"/></p>'
        f"<p>Or visit <strong>{base}</strong> on your mobile phone and enter reference code:</p><h3>{reference}</h3>"
    )


def _common(session: StoredSession) -> dict[str, Any]:
    base = parts().public_url
    return {
        "reference": session.reference,
        "customid": session.options.customid,
        "url": f"{base}/s/{session.reference}",
        "qrcode": f"{base}/qr/{session.reference}.png",
        "base_url": base,
        "expiry": math.ceil(session.expires_at),
    }


def _send_link(session: StoredSession, number: str, purpose: str) -> None:
    text = f"{session.options.companyname} asks you to {purpose}: {parts().public_url}/s/{session.reference}"
    parts().store.send_sms(session.reference, number, "Link", text, parts().clock.now())


@api.post("/docupass/create")
def create() -> Response:
    fields = given()
    check_key(fields)
    options = read_identity(fields)
    pictures = read_pictures(fields, request.files, parts().public_url)
    session = parts().sessions.create("identity", options, pictures)
    answer = _common(session) | {"type": options.type}
    answer["html"] = _invitation(session.reference, "start identity verification", answer["qrcode"], answer["base_url"])
    if options.sms_verification_link:
        # A number here, text on /sign: the vendor's two tables differ.
        answer["smssent"] = int("".join(filter(str.isdigit, options.sms_verification_link)))
        _send_link(session, options.sms_verification_link, "verify your identity")
    return jsonify(answer)


@api.post("/docupass/sign")
def sign() -> Response:
    fields = given()
    check_key(fields)
    options = read_signature(fields)
    session = parts().sessions.create("signature", options)
    answer = _common(session)
    answer["html_qrcode"] = _invitation(answer["reference"], "sign contract", answer["qrcode"], answer["base_url"])
    answer["html_iframe"] = (
        f'<iframe src="{answer["url"]}" frameborder="0" allowtransparency="true"'
        ' style="width: 800px; height: 600px;"></iframe>'
    )
    if options.sms_contract_link:
        answer["smssent"] = options.sms_contract_link
        _send_link(session, options.sms_contract_link, "read and sign an agreement")
    return jsonify(answer)


@api.post("/docupass/validate")
def validate() -> Response:
    fields = given()
    check_key(fields)
    reference = fields.get("reference", "")
    if not parts().store.valid(reference, fields.get("hash", "")):
        # No `success` key at all: one of the vendor's clients takes its mere presence for a yes (vendors 1.4).
        raise ApiError("Invalid reference or hash", 1003)
    return jsonify({"success": True, "reference": reference})


@api.post("/vault/delete")
def delete() -> Response:
    fields = given()
    check_key(fields)
    # One id or several, as the vendor's clients offer. Its code for an unknown one is not published.
    if not parts().store.delete_from_vault(set(filter(None, fields.get("id", "").split(",")))):
        raise ApiError("Invalid vault entry ID", 1002)
    return jsonify({"success": 1})


def _qr(url: str, options: Options) -> bytes:
    out = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(
        out, kind="png", scale=options.qr_size, border=options.qr_margin,
        dark=f"#{options.qr_color}", light=f"#{options.qr_bgcolor}",
    )  # fmt: skip
    return out.getvalue()


@api.get("/qr/<reference>.png")
def qr(reference: str) -> Response:
    session = parts().store.session(reference)
    if session is None:
        abort(404)
    picture = _qr(f"{parts().public_url}/s/{session.reference}", session.options)
    return current_app.response_class(picture, mimetype="image/png")


@api.get("/files/<name>")
def file(name: str) -> Response:
    found = parts().store.file(name, parts().clock.now())
    if found is None:
        abort(404)
    response = current_app.response_class(found[1], content_type=found[0])
    response.headers["Cache-Control"] = "private, no-store"
    if found[0].startswith("text/html"):
        response.headers["Content-Security-Policy"] = _HTML_POLICY
    return response
