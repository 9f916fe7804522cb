"""Choosing light, dark or the system's theme; kept in a cookie."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

bp = Blueprint("theme", __name__)


@bp.post("/theme")
def choose() -> ResponseReturnValue:
    """Keep the choice for a year and return to the page the button was on."""
    back = urlsplit(request.form.get("next", ""))
    local = back.path if back.path.startswith("/") and not back.path.startswith("//") and not back.netloc else ""
    response = redirect(f"{local}?{back.query}" if local and back.query else local or url_for("overview.index"), 303)
    chosen = request.form.get("theme", "auto")
    if chosen in ("light", "dark"):
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie("theme", chosen, max_age=31536000, samesite="Lax", secure=secure)
    else:
        response.delete_cookie("theme")
    return response
