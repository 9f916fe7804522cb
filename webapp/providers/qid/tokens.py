"""QiD's token: made, refreshed ahead of its end, replaced once it is refused; in memory only, by one thread at a time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta

from webapp.providers.base import ProviderError

AWAY = ("unreachable", "timeout")


@dataclass(frozen=True)
class Token:
    """A token and when it was asked for. Its value is in no representation, so that no log can hold it."""

    value: str = field(repr=False)
    asked_at: float = 0.0


class Tokens:
    """The token in force. `create` and `refresh` ask the vendor and raise ProviderError.

    While one thread asks, the others wait for its token, or its failure: a vendor that is slow to refuse is asked once,
    and not once by each of them in turn.
    """

    def __init__(
        self, *, create: Callable[[], str], refresh: Callable[[str], str], life: timedelta, lead: timedelta,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._create, self._refresh, self._clock = create, refresh, clock
        self._life, self._fresh = life.total_seconds(), (life - lead).total_seconds()
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._asking: Future[Token] | None = None

    def current(self) -> Token:
        """A token that should be accepted: the one at hand, refreshed if its end is near; a new one after its end."""
        token = self._token
        return token if token is not None and self._age(token) < self._fresh else self._renewed(token)

    def replace(self, refused: Token) -> Token:
        """Another token than the one that the vendor has just refused: refreshed, or if that fails, new."""
        return self._renewed(refused, refused=True)

    def forget(self, refused: Token) -> None:
        """Begin anew the next time."""
        with self._lock:
            if self._token is refused:
                self._token = None

    def _renewed(self, old: Token | None, *, refused: bool = False) -> Token:
        with self._lock:
            if self._token is not None and self._token is not old:
                return self._token  # another thread was quicker
            mine = self._asking is None
            asking = self._asking = self._asking or Future()
        if mine:
            self._ask(asking, old, refused)
        return asking.result()

    def _ask(self, asking: Future[Token], old: Token | None, refused: bool) -> None:
        try:
            token = self._another(old, refused)
        except BaseException as error:
            with self._lock:
                self._asking = None
            asking.set_exception(error)
        else:
            with self._lock:
                self._token, self._asking = token, None
            asking.set_result(token)

    def _another(self, old: Token | None, refused: bool) -> Token:
        now = self._clock()
        if old is not None and (refused or self._age(old) < self._life):
            try:
                return Token(self._refresh(old.value), now)
            except ProviderError as error:
                if error.code in AWAY:
                    if refused:
                        raise
                    return old  # it is good for some minutes yet
        return Token(self._create(), now)

    def _age(self, token: Token) -> float:
        return self._clock() - token.asked_at
