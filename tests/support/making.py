"""Making links through the action, with specimen values for what a test is not about."""

from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from tests.support.fake_provider import FakeProvider
from webapp.actions import links
from webapp.actions.actor import SYSTEM
from webapp.actions.sms import SmsCaps
from webapp.db import Database
from webapp.models import AuditEvent, Link
from webapp.providers.base import Expected, Options

PUBLIC_URL = "https://console.example"
CAPS = SmsCaps(per_number=3, per_day=50, key="a specimen secret key")


class Maker:
    """`maker.create(...)` and `maker.retry(link)`: the actions, everything given or usual."""

    def __init__(self, database: Database, provider: FakeProvider, data_dir: Path) -> None:
        self.database, self.provider, self.data_dir = database, provider, data_dir
        self._number = 0

    def create(self, **changes: Any) -> Link:
        """A link from a form of its own, unless `form_key` is given."""
        self._number += 1
        usual: dict[str, Any] = {
            "by": SYSTEM, "provider": self.provider, "form_key": f"a-form-key-of-a-test-{self._number}",
            "person_name": "Anna Specimen", "own_reference": "CASE-0001", "email": "anna@example.com",
            "options": Options(), "expected": Expected(), "public_url": PUBLIC_URL, "company_name": "Specimen Bank",
            "data_dir": self.data_dir, "sms_caps": CAPS,
        }  # fmt: skip
        return links.create(self.database, **usual | changes)

    def reusable(self, **changes: Any) -> Link:
        """A reusable link."""
        usual: dict[str, Any] = {
            "reusable": True,
            "label": "Front desk",
            "person_name": "",
            "own_reference": "",
            "email": "",
        }
        return self.create(**usual | changes)

    def retry(self, link: Link, **changes: Any) -> Link | None:
        """Try again."""
        usual: dict[str, Any] = {
            "by": SYSTEM, "provider": self.provider, "link_id": link.id, "public_url": PUBLIC_URL,
            "company_name": "Specimen Bank", "data_dir": self.data_dir, "sms_caps": CAPS,
        }  # fmt: skip
        return links.retry(self.database, **usual | changes)


def rows(db: Session, table: Any) -> list[Any]:
    """All rows as committed now, in order."""
    db.rollback()
    return list(db.exec(select(table).order_by(*table.__table__.primary_key)))


def actions(db: Session, word: str) -> list[str]:
    """The actions on record that begin with this word, in order."""
    db.rollback()
    found = db.exec(select(AuditEvent.action).order_by(col(AuditEvent.seq)))
    return [action for action in found if action.startswith(word)]
