"""Tokens: made for a subscriber, refreshed, checked; every refusal carries the vendor's code."""

import secrets

from ..callbacks import Clock
from .asked import KNOWN, REFUSED, Refused
from .store import QidStore, StoredToken

VALID_SECONDS = 60 * 60
REFRESH_SECONDS = 12 * 60 * 60


class Tokens:
    """A token is valid for 60 minutes; refreshing goes on for 12 hours from the first one, then 056."""

    def __init__(self, store: QidStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def create(self, subscriber: str) -> str:
        """A new token; Refused 001 to 005 or 054."""
        if not subscriber:
            raise Refused("001")
        if subscriber not in KNOWN:
            raise Refused("002")
        if subscriber in REFUSED:
            raise Refused(REFUSED[subscriber])
        return self._make(subscriber, self._clock.after(REFRESH_SECONDS))

    def refresh(self, token: str) -> str:
        """Another token for one still valid, which stays valid to its own end; Refused 053 or 056."""
        found = self._valid(token)
        if found.refresh_until <= self._clock.now():
            raise Refused("056")
        return self._make(found.subscriber, found.refresh_until)

    def subscriber(self, token: str) -> str:
        """Whose token this is; Refused 053 when it is nobody's, 056 when its time is over."""
        return self._valid(token).subscriber

    def _valid(self, token: str) -> StoredToken:
        found = self._store.token(token) if token else None
        if found is None:
            raise Refused("053")
        if found.expires_at <= self._clock.now():
            raise Refused("056")
        return found

    def _make(self, subscriber: str, refresh_until: float) -> str:
        token = secrets.token_urlsafe(48)
        expires_at = self._clock.after(VALID_SECONDS)
        self._store.add_token(StoredToken(token, subscriber, expires_at, refresh_until), self._clock.now())
        return token
