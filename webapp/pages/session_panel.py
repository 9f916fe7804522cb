"""The decision column of a session's page: its offers and its forms, fresh or as they were sent back."""

from functools import lru_cache, partial
from typing import Any

from flask import current_app
from flask_login import current_user
from markupsafe import Markup

from webapp.filters import utc_now
from webapp.forms.decide import StepForm
from webapp.models.words import REASON_WORDS
from webapp.queries import decision_panel
from webapp.queries.session_page import SessionPage
from webapp.queries.session_seen import Seen


def context(page: SessionPage | None, seen: Seen, *, sent: StepForm | None = None) -> dict[str, Any]:
    """What the templates of the column need. `sent`: a form that was refused, with what was typed."""
    if page is None:
        return {}
    return {**drawn(page, seen, sent=sent), **WORDS}


WORDS: dict[str, Any] = {
    "reason_words": REASON_WORDS, "step_words": decision_panel.STEP_WORDS, "proposed_words": decision_panel.PROPOSED_WORDS,
}  # fmt: skip
"""How steps and reasons are called."""


def drawn(page: SessionPage, seen: Seen, *, sent: StepForm | None = None) -> dict[str, Any]:
    """The panel, and what draws the fields of its forms."""
    shown = decision_panel.panel(
        page,
        user_id=current_user.user_id,
        rights=current_user.rights,
        told=seen.told,
        version=seen.version,
        now=utc_now(),
    )
    return {"panel": shown, "step_fields": partial(_fields, sent, vendor_says(page)), "sent": sent}


def _fields(sent: StepForm | None, says: str, kind: str, *, optional: bool = False, attempt: int = 0) -> Markup:
    """The fields of one step: as they were sent back, or fresh."""
    if sent is not None and sent.kind == kind:
        return _draw(sent, optional, attempt)
    return _fresh(kind, optional, *((attempt, says) if kind == "ask_again" else (0, "")))


@lru_cache(256)
def _fresh(kind: str, optional: bool, attempt: int, says: str) -> Markup:
    """Drawn once: all that they show is in the arguments, so that kept ones are never old ones."""
    return _draw(StepForm(kind=kind, vendor_says=says), optional, attempt)


def _draw(form: StepForm, optional: bool, attempt: int) -> Markup:
    template = current_app.jinja_env.get_template("session/_step_fields.html")
    return Markup(template.render(form=form, optional=optional, attempt=attempt))  # noqa: S704 - a template escapes


def vendor_says(page: SessionPage) -> str:
    """What the person may be told of the vendor's result, with its hint; empty where it has no code."""
    return f"{page.code.applicant} {page.code.hint}".strip() if page.code else ""
