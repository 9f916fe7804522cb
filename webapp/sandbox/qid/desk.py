"""The page of QiD's subscribers, where the webhook address for production is registered."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from .asked import BROKEN, DEVELOPMENT, PRODUCTION, REFUSED, Refused, read_address
from .codes import message
from .parts import qid_parts

qid_desk = Blueprint("qid_desk", __name__)


def _page(address: str, error: str = "") -> ResponseReturnValue:
    refusals = [(name, code, message(code)) for name, code in {**REFUSED, **BROKEN}.items()]
    html = render_template(
        "sandbox/qid/desk.html", address=address, error=error, refusals=refusals, development=DEVELOPMENT,
        production=PRODUCTION, saved=request.args.get("saved") == "1",
    )  # fmt: skip
    return make_response(html, 422 if error else 200)


@qid_desk.get("/qid")
def show() -> ResponseReturnValue:
    """The subscribers, and the registered address."""
    return _page(qid_parts().store.address())


@qid_desk.post("/qid")
def register() -> ResponseReturnValue:
    """Register `webhook_url` for production; empty removes it."""
    text = request.form.get("webhook_url", "").strip()
    try:
        qid_parts().store.register(read_address(text) if text else "")
    except Refused:
        return _page(text, "That is not an http or https address.")
    return redirect(url_for(".show", saved=1), 303)
