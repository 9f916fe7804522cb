"""QiD's requests in the sandbox's list, in words for testers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ..activity import Posted, fill
from ..stored_callbacks import StoredCallbacks
from . import codes
from .asked import ATTRIBUTES
from .store import QidStore, StoredRequest
from .tester import choices


@dataclass
class RequestRow:
    request: StoredRequest
    posted: dict[int, Posted] = field(default_factory=dict)
    note: str = ""

    @property
    def to(self) -> str:
        return urlsplit(self.request.webhook_url).netloc.rpartition("@")[2]

    @property
    def created_at(self) -> float:
        return self.request.created_at

    @property
    def created(self) -> str:
        return f"{datetime.fromtimestamp(self.request.created_at, UTC):%d %b %H:%M:%S}"

    @property
    def state(self) -> str:
        found = self.request
        if found.state == "open":
            return f"Still open after {found.code}" if found.code else "Opened" if found.opened_at else "Waiting"
        return codes.label(found.code)

    @property
    def tone(self) -> str:
        if self.request.state == "open":
            return "open"
        return "good" if self.request.code == codes.COMPLETED else "bad"

    @property
    def asks(self) -> str:
        """What the request asked for, in one line."""
        asked = self.request.asked
        found = [ATTRIBUTES[number].lower() for number in asked.metadata]
        found += [word for word, wanted in (("liveness", asked.liveness), ("location", asked.location)) if wanted]
        return ", ".join(found) or "identity alone"

    @property
    def sends(self) -> dict[str, str]:
        return choices(self.request)


def recent_requests(store: QidStore, callbacks: StoredCallbacks, limit: int) -> list[RequestRow]:
    """The newest requests first, each with every webhook posted."""
    rows = {found.webid_key: RequestRow(found) for found in store.recent(limit)}
    fill(callbacks, rows)
    return list(rows.values())


def webhooks_of(callbacks: StoredCallbacks, found: StoredRequest) -> RequestRow:
    """One request with every webhook posted."""
    row = RequestRow(found)
    fill(callbacks, {found.webid_key: row})
    return row
