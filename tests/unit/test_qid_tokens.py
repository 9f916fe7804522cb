"""When QiD's token is made, refreshed and replaced, by a clock of our own; on the wire it is in test_qid_client.py."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from webapp.providers.base import ProviderError
from webapp.providers.qid.tokens import Token, Tokens


class Vendor:
    """Gives out numbered tokens; `now` is its clock in seconds; a queued error is raised instead of an answer."""

    def __init__(self) -> None:
        self.now, self.asked = 0.0, list[str]()
        self.errors: dict[str, list[ProviderError]] = {"create": [], "refresh": []}
        self.tokens = Tokens(
            create=lambda: self._give("create"), refresh=lambda old: self._give("refresh", old),
            life=timedelta(minutes=60), lead=timedelta(minutes=10), clock=lambda: self.now,
        )  # fmt: skip

    def _give(self, what: str, old: str = "") -> str:
        self.asked.append(f"{what} {old}".strip())
        if self.errors[what]:
            raise self.errors[what].pop(0)
        return f"token-{len(self.asked)}"

    def at(self, minutes: float) -> str:
        """The token in force at this minute."""
        self.now = minutes * 60
        return self.tokens.current().value


def error(code: str) -> ProviderError:
    return ProviderError("Refused", code=code, permanent=False)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


def test_a_token_is_kept_for_fifty_minutes_and_then_refreshed(vendor: Vendor) -> None:
    assert [vendor.at(minute) for minute in (0, 30, 49.9)] == ["token-1"] * 3
    assert (vendor.at(50), vendor.at(99.9), vendor.at(100)) == ("token-2", "token-2", "token-3")
    assert vendor.asked == ["create", "refresh token-1", "refresh token-2"]


def test_after_sixty_minutes_it_is_not_even_refreshed(vendor: Vendor) -> None:
    assert (vendor.at(0), vendor.at(60)) == ("token-1", "token-2")
    assert vendor.asked == ["create", "create"]


@pytest.mark.parametrize("code", ["056", "053", "000", "bad_answer"])
def test_a_refresh_that_is_refused_makes_a_new_one(vendor: Vendor, code: str) -> None:
    vendor.at(0)
    vendor.errors["refresh"] = [error(code)]
    assert vendor.at(55) == "token-3"
    assert vendor.asked == ["create", "refresh token-1", "create"]


@pytest.mark.parametrize("code", ["unreachable", "timeout"])
def test_while_the_vendor_is_away_a_token_that_still_lives_is_used(vendor: Vendor, code: str) -> None:
    vendor.at(0)
    vendor.errors["refresh"] = [error(code), error(code)]
    assert (vendor.at(55), vendor.at(59)) == ("token-1", "token-1")
    assert vendor.at(59.5) == "token-4"


def test_a_refused_token_is_refreshed_whatever_its_age(vendor: Vendor) -> None:
    first = vendor.tokens.current()
    vendor.now = 90 * 60
    assert vendor.tokens.replace(first).value == "token-2"
    assert vendor.asked == ["create", "refresh token-1"]


def test_a_refused_token_is_not_used_again_because_the_vendor_is_away(vendor: Vendor) -> None:
    first = vendor.tokens.current()
    vendor.errors["refresh"] = [error("unreachable")]
    with pytest.raises(ProviderError):
        vendor.tokens.replace(first)


def test_a_token_that_another_thread_has_replaced_is_not_renewed_again(vendor: Vendor) -> None:
    first = vendor.tokens.current()
    second = vendor.tokens.replace(first)
    assert vendor.tokens.replace(first) is second
    vendor.tokens.forget(first)
    assert vendor.tokens.current() is second


def test_a_forgotten_token_is_made_anew(vendor: Vendor) -> None:
    vendor.tokens.forget(vendor.tokens.current())
    assert vendor.tokens.current().value == "token-2"
    assert vendor.asked == ["create", "create"]


def test_a_failure_is_no_state_the_next_one_asks_again(vendor: Vendor) -> None:
    vendor.errors["create"] = [error("unreachable")]
    with pytest.raises(ProviderError):
        vendor.at(0)
    assert vendor.at(1) == "token-2"


def _slow(answer: Callable[[], str]) -> tuple[Tokens, threading.Event, list[int]]:
    go, asked = threading.Event(), list[int]()

    def create() -> str:
        asked.append(1)
        assert go.wait(5)
        return answer()

    tokens = Tokens(create=create, refresh=lambda _: "", life=timedelta(minutes=60), lead=timedelta(minutes=10))
    return tokens, go, asked


def test_one_asks_and_the_others_wait_for_its_token() -> None:
    tokens, go, asked = _slow(lambda: "token")
    with ThreadPoolExecutor(10) as pool:
        waiting = [pool.submit(tokens.current) for _ in range(10)]
        go.set()
        assert {each.result(5).value for each in waiting} == {"token"}
    assert len(asked) == 1


def test_those_who_wait_share_a_failure_instead_of_asking_in_turn() -> None:
    def fail() -> str:
        raise error("timeout")

    tokens, go, asked = _slow(fail)
    with ThreadPoolExecutor(10) as pool:
        waiting = [pool.submit(tokens.current) for _ in range(10)]
        while not asked or sum(each.running() for each in waiting) < 10:
            time.sleep(0.01)
        threading.Timer(0.1, go.set).start()
        assert {each.exception(5).code for each in waiting} == {"timeout"}  # type: ignore[union-attr]
    assert len(asked) == 1


def test_no_representation_shows_a_token() -> None:
    assert "secret" not in repr(Token("secret", 1.0))
