"""The sandbox's memory: what two requests at once, or a process that died, must not spoil; no server."""

from pathlib import Path

from webapp.sandbox.options import Options
from webapp.sandbox.store import Store

FACTS: dict[str, object] = {"state": "done", "hash": "f" * 32, "success": 1}
URL = "http://127.0.0.1:9/callback"


def store_with_session(folder: Path) -> Store:
    store = Store(folder / "sandbox.sqlite")
    store.add("ABCDEFGHJK", "identity", Options(companyname="Specimen Bank"), now=100.0, expires_at=700.0)
    return store


def test_of_two_requests_ending_a_session_one_wins_and_one_callback_is_queued(tmp_path: Path) -> None:
    store = store_with_session(tmp_path)
    ends = [store.finish("ABCDEFGHJK", now=200.0, facts=FACTS, url=URL, body=body) for body in ("first", "second")]
    assert ends == [True, False]
    taken = store.claim(200.0, 30.0)
    assert taken is not None
    assert taken.body == "first"
    assert store.claim(200.0, 30.0) is None


def test_a_callback_taken_by_a_process_that_died_comes_back_after_its_lease(tmp_path: Path) -> None:
    store = store_with_session(tmp_path)
    store.finish("ABCDEFGHJK", now=200.0, facts=FACTS, url=URL, body="{}")
    assert store.claim(200.0, 30.0) is not None
    assert Store(tmp_path / "sandbox.sqlite").claim(229.0, 30.0) is None
    assert Store(tmp_path / "sandbox.sqlite").claim(231.0, 30.0) is not None


def test_an_open_session_has_no_hash_that_validates(tmp_path: Path) -> None:
    store = store_with_session(tmp_path)
    assert not store.valid("ABCDEFGHJK", "")
    store.finish("ABCDEFGHJK", now=200.0, facts=FACTS, url="", body="{}")
    assert store.valid("ABCDEFGHJK", "f" * 32)


def test_only_sessions_past_their_time_expire(tmp_path: Path) -> None:
    store = store_with_session(tmp_path)
    assert store.expired(699.0) == []
    assert [session.reference for session in store.expired(700.0)] == ["ABCDEFGHJK"]
