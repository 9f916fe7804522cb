"""The decision column of a session's page: its offers and its forms, fresh or as they were sent back."""

from typing import Any

from flask_login import current_user

from webapp.filters import utc_now
from webapp.forms.decide import KINDS, StepForm
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
    """The panel and its forms."""
    shown = decision_panel.panel(
        page,
        user_id=current_user.user_id,
        rights=current_user.rights,
        told=seen.told,
        version=seen.version,
        now=utc_now(),
    )
    fresh = {kind: StepForm(kind=kind, vendor_says=vendor_says(page)) for kind in KINDS}
    return {
        "panel": shown, "step_forms": {**fresh, **({sent.kind: sent} if sent else {})}, "sent": sent,
    }  # fmt: skip


def vendor_says(page: SessionPage) -> str:
    """What the person may be told of the vendor's result, with its hint; empty where it has no code."""
    return f"{page.code.applicant} {page.code.hint}".strip() if page.code else ""
