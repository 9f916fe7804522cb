"""Many sessions at once, for tests about numbers; and who asks for them, by the page."""

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.models import VerificationSession
from webapp.models.columns import utc_now


def crowd(make: Make, count: int, **fields: object) -> list[int]:
    """So many finished sessions of one link, in one transaction; their numbers."""
    link, now = make.link(reusable=True), utc_now()
    usual = {
        "link_id": link.id, "provider": "docupass", "kind": "identity", "capture": "finished", "outcome": "passed",
        "review": "pending", "received_at": now, "finished_at": now, "due_at": now,
    }  # fmt: skip
    found = [
        VerificationSession(**{**usual, "reference": f"C{link.id}N{place:06}", **fields}) for place in range(count)
    ]
    with make.database.writing() as db:
        db.add_all(found)
        db.flush()
        return [each.id or 0 for each in found]


def ask_for(visitor: PageClient, address: str = "/exports/new?list=sessions", **fields: object) -> Page:
    """Ask for a list as a file; the page that follows."""
    usual = {"purpose": "audit", "purpose_text": "Yearly audit"}
    return visitor.submit(visitor.get(address), "#export-form", **usual | fields)
