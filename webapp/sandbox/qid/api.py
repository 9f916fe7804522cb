"""QiD's three calls as the vendor's are: always HTTP 200, options in headers with underscores; the service does the work."""

from flask import Blueprint, Response, jsonify, request

from .asked import OPTIONS, Refused, read_options
from .codes import GOOD, NEW_TOKEN, QUEUED, message
from .parts import qid_parts

qid_api = Blueprint("qid_api", __name__, url_prefix="/api")


def _answer(code: str, **more: str) -> Response:
    return jsonify({"status": code in GOOD, "code": code, "message": message(code), **more})


@qid_api.errorhandler(Refused)
def refuse(refused: Refused) -> Response:
    return _answer(refused.code)


@qid_api.post("/token/create")
def create() -> Response:
    body = request.get_json(force=True, silent=True)
    given = body.get("subscriber_id") if isinstance(body, dict) else None
    return _answer(NEW_TOKEN, token=qid_parts().tokens.create(given.strip() if isinstance(given, str) else ""))


@qid_api.post("/token/refresh")
def refresh() -> Response:
    # This call alone takes the token bare, in a header of its own (vendors 5.1).
    return _answer(NEW_TOKEN, token=qid_parts().tokens.refresh(request.headers.get("authToken", "").strip()))


@qid_api.post("/initiate")
def initiate() -> Response:
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    subscriber = qid_parts().tokens.subscriber(token.strip() if scheme.lower() == "bearer" else "")
    asked = read_options({name: request.headers.get(name, "") for name in OPTIONS})
    made = qid_parts().service.initiate(subscriber, asked, request.headers.get("webhook_url", ""))
    return _answer(QUEUED, webid_key=made.webid_key, webid_url=f"{qid_parts().public_url}/q/{made.short}")
