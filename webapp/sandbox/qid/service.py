"""The life of a QiD request: queued, opened, ended with a webhook, expired; every webhook waits for the one before."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..callbacks import Clock
from . import bodies
from .asked import BROKEN, DEVELOPMENT, PRODUCTION, Asked, Refused, read_address
from .codes import COMPLETED, EXPIRED, STAYS_OPEN, label
from .store import QidStore, StoredRequest, Webhook

INACTIVE_SECONDS = 12 * 60 * 60
_SMALL = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class Outcome:
    """What the service found: its code, and after 101 who it was and what was asked for; `twist` bends the webhook."""

    code: str = COMPLETED
    aidx_uuid: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    twist: str = ""


def six_groups(choice: Callable[[str], str] = secrets.choice) -> str:
    """A key in the vendor's form: six groups of four."""
    return "-".join("".join(choice(_SMALL) for _ in range(4)) for _ in range(6))


def _short() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(8))


class Service:
    """Every change of a request; what is posted is queued in the same transaction."""

    def __init__(self, store: QidStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.on_due: Callable[[], None] = lambda: None

    def initiate(self, subscriber: str, asked: Asked, webhook_url: str) -> StoredRequest:
        """A new open request; in production the registered address counts, not the header. Refused: 000, 051, 052."""
        if subscriber in BROKEN:
            raise Refused(BROKEN[subscriber])
        live = subscriber == PRODUCTION
        made = StoredRequest(
            webid_key=six_groups(), short=_short(), subscriber=subscriber or DEVELOPMENT, mode=int(live),
            webhook_url=read_address(self._store.address() if live else webhook_url), asked_json=asked.to_json(),
            state="open", step="", code="", aidx_uuid="", body="", created_at=self._clock.now(),
            expires_at=self._clock.after(INACTIVE_SECONDS), opened_at=None, finished_at=None,
        )  # fmt: skip
        self._store.add(made)
        # The thread sleeps until the next thing due, which may now be this request's expiry.
        self.on_due()
        return made

    def active(self, request: StoredRequest, step: str | None = None) -> None:
        """The person opened a page or went a step further: 12 hours from now."""
        end = self._clock.after(INACTIVE_SECONDS)
        self._store.active(request.webid_key, now=self._clock.now(), expires_at=end, step=step)

    def finish(self, request: StoredRequest, outcome: Outcome) -> bool:
        """Post the outcome of an open request; 008 and 009 leave it open. False when it is open no more."""
        body = bodies.body(request, outcome.code, outcome.aidx_uuid, outcome.more)
        text = bodies.twisted(outcome.twist, body)
        facts: dict[str, object] = {"code": outcome.code}
        if outcome.code not in STAYS_OPEN:
            facts |= {
                "state": "expired" if outcome.code == EXPIRED else "done", "aidx_uuid": outcome.aidx_uuid,
                "body": text, "finished_at": self._clock.now(),
            }  # fmt: skip
        name = label(outcome.code) + (f", {bodies.TWIST_LABELS[outcome.twist]}" if outcome.twist else "")
        return self._post(request, [Webhook(name, text)], facts)

    def expire(self, request: StoredRequest) -> None:
        self.finish(request, Outcome(EXPIRED))

    def expire_due(self) -> None:
        """Expire every open request that was left alone for 12 hours."""
        while due := self._store.expired(self._clock.now()):
            for request in due:
                self.expire(request)

    def post(self, request: StoredRequest, webhooks: list[Webhook]) -> None:
        """Post what a tester asked for, whatever has become of the request."""
        self._post(request, webhooks, None)

    def _post(self, request: StoredRequest, webhooks: list[Webhook], facts: dict[str, object] | None) -> bool:
        posted = self._store.post(request, webhooks, now=self._clock.now(), facts=facts)
        if posted:
            self.on_due()
        return posted

    def person(self, who: str) -> str:
        """The aidx_uuid for `new`, `same`, `another`, a webid_key of before or an id itself; LookupError otherwise.

        `same` is the person of the latest completed request, `another` the one known before that; without any, new.
        """
        if who in ("new", "same", "another"):
            known = [] if who == "new" else self._store.people(2)
            at = 1 if who == "another" else 0
            return known[at].aidx_uuid if at < len(known) else six_groups()
        found = self._store.request(who)
        if found is not None and found.aidx_uuid:
            return found.aidx_uuid
        if found is not None or not bodies.ID.fullmatch(who):
            raise LookupError(who)
        return who
