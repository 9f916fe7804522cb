"""Reusable links: made without a person or session, used by many at once, paused, full and withdrawn; both databases."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from tests.support.desk import Desk, expired, passed, unreadable
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.making import Maker, actions, rows
from tests.support.worker import TestWorker
from webapp.actions import links
from webapp.actions.actor import SYSTEM
from webapp.actions.deliveries import take_in
from webapp.db import Database
from webapp.models import AuditEvent, Delivery, Link, Matter, Person, VerificationSession
from webapp.providers.base import LinkRequest, Outcome, ProviderError, VendorLink

AWAY = ProviderError("The vendor did not answer in time.", code="timeout", permanent=False)
CUSTOMID = "of-the-front-desk"


@pytest.fixture
def maker(database: Database, provider: FakeProvider, tmp_path: Path) -> Maker:
    return Maker(database, provider, tmp_path)


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Desk:
    return Desk(client, make, worker, reusable=True, label="Front desk", session_cap=3)


# -- making one ---------------------------------------------------------------------------------------------------


def test_a_reusable_link_is_nobodys_and_has_no_session_yet(maker: Maker, provider: FakeProvider, db: Session) -> None:
    link = maker.reusable(session_cap=5)

    assert (link.state, link.person_id, link.session_cap, link.label) == ("active", None, 5, "Front desk")
    assert (link.vendor_reference, provider.created[0].reusable) == ("SPECIMEN001", True)
    assert rows(db, Person) == rows(db, VerificationSession) == []
    assert actions(db, "link.") == ["link.create", "link.ready"]


def test_a_refusal_is_kept_on_the_link_alone_and_trying_again_works(
    maker: Maker, provider: FakeProvider, db: Session
) -> None:
    provider.create_answer = AWAY
    link = maker.reusable()
    assert (link.state, link.error_code) == ("create_failed", "timeout")

    provider.create_answer = VendorLink(reference="R2", url="https://vendor.example/s/R2", expires_at=None)
    again = maker.retry(link)
    assert again is not None
    assert (again.state, again.vendor_reference, again.error_code) == ("active", "R2", "")
    assert rows(db, VerificationSession) == []


def test_a_second_press_while_the_vendor_is_asked_again_does_nothing(maker: Maker, provider: FakeProvider) -> None:
    provider.create_answer = AWAY
    link = maker.reusable()
    asked: list[str] = []

    def answer(_request: LinkRequest, _number: int) -> VendorLink:
        second = maker.retry(link)
        asked.append(second.state if second else "")
        return VendorLink(reference="R2", url="https://vendor.example/s/R2", expires_at=None)

    with maker.database.writing() as db:  # made long ago, so that its age alone would allow a retry
        db.get_one(Link, link.id).created_at = datetime.now(UTC) - timedelta(hours=3)
    provider.create_answer = answer
    maker.retry(link)
    assert asked == ["creating"]
    assert len(provider.created) == 2


def test_an_answer_that_a_retry_overtook_is_not_used(maker: Maker, provider: FakeProvider, db: Session) -> None:
    def slow(_request: LinkRequest, number: int) -> VendorLink:
        if number == 1:
            with maker.database.writing() as writing:
                link = writing.get_one(Link, 1)
                link.created_at = datetime.now(UTC) - timedelta(minutes=2)
            maker.retry(link)
        return VendorLink(reference=f"R{number}", url=f"https://vendor.example/s/R{number}", expires_at=None)

    provider.create_answer = slow
    maker.reusable()
    [link] = rows(db, Link)
    assert (link.state, link.vendor_reference) == ("active", "R2")
    assert "link.answer_unused" in actions(db, "link.")


def test_a_refusal_that_a_retry_overtook_does_not_end_it(maker: Maker, provider: FakeProvider, db: Session) -> None:
    asked, refused = threading.Event(), threading.Event()

    def retry() -> None:
        with maker.database.writing() as writing:
            writing.get_one(Link, 1).created_at = datetime.now(UTC) - timedelta(minutes=2)
        maker.retry(Link(id=1))

    def answer(_request: LinkRequest, number: int) -> VendorLink:
        if number == 1:
            again.start()
            assert asked.wait(20)
            raise AWAY
        asked.set()
        assert refused.wait(20)
        return VendorLink(reference="R2", url="https://vendor.example/s/R2", expires_at=None)

    again = threading.Thread(target=retry)
    provider.create_answer = answer
    assert maker.reusable().state == "creating"
    refused.set()
    again.join(timeout=30)
    [link] = rows(db, Link)
    assert (link.state, link.vendor_reference) == ("active", "R2")


# -- its sessions -------------------------------------------------------------------------------------------------


def test_each_new_reference_is_a_session_to_be_identified_and_found_by_the_name_in_its_result(desk: Desk) -> None:
    for number in (1, 2):
        desk.post(passed(hash=f"{number}" * 32), reference=f"USER{number}")
    desk.post(passed(hash="1" * 32), reference="USER1")

    first, second = desk.rows(VerificationSession)
    assert (first.reference, second.reference) == ("USER1", "USER2")
    for session in (first, second):
        assert (session.capture, session.outcome, session.status) == ("finished", "passed", "needs_review")
        assert (session.person_id, session.outside_link, session.link_id) == (None, False, desk.made.id)
        assert "front desk" in session.search_text
        assert "lastname" in session.search_text
    assert desk.link.state == "active"


@pytest.mark.parametrize("customid", ["", "another"])
def test_a_new_reference_without_the_links_customid_makes_no_session(desk: Desk, customid: str) -> None:
    desk.post(passed(customid=customid), reference="STRANGER")

    assert desk.rows(VerificationSession) == []
    assert [row.state for row in desk.rows(Delivery)] == ["quarantined"]


def test_the_session_that_fills_the_link_closes_it_and_those_beyond_are_kept_flagged_and_reviewed(desk: Desk) -> None:
    for number in range(5):
        desk.post(unreadable(f"{number}"), reference=f"USER{number}")

    sessions = desk.rows(VerificationSession)
    assert [session.outside_link for session in sessions] == [False, False, False, True, True]
    assert [session.status for session in sessions] == ["failed"] * 3 + ["needs_review"] * 2
    assert desk.link.state == "used_up"
    assert [matter.session_id for matter in desk.rows(Matter) if matter.kind == "link"] == [
        session.id for session in sessions[3:]
    ]
    assert [event.after["cap"] for event in desk.rows(AuditEvent) if event.action == "link.used_up"] == [3]


@pytest.mark.parametrize(
    ("state", "capture", "outside", "late"),
    [
        ("paused", "finished", True, False),
        ("used_up", "finished", True, False),
        ("revoked", "revoked", True, True),
        ("expired", "finished", False, True),
        ("create_failed", "finished", False, False),
        ("creating", "finished", False, False),
    ],
)
def test_a_result_for_a_link_that_is_out_of_use_is_kept(
    desk: Desk, state: str, capture: str, outside: bool, late: bool
) -> None:
    change(desk, state=state)
    desk.post(unreadable(), reference="USER1")

    session = desk.session("USER1")
    assert (session.capture, session.outside_link, session.late_result) == (capture, outside, late)
    assert session.status == ("needs_review" if outside or late else "failed")
    assert desk.link.state == state


def test_a_person_who_did_not_finish_is_an_expired_session_and_the_link_goes_on(desk: Desk) -> None:
    desk.post(expired(), reference="USER1")

    assert (desk.session("USER1").status, desk.session("USER1").expiry_confirmed) == ("expired", True)
    assert desk.link.state == "active"


def test_a_repeat_for_a_full_link_is_still_the_first_session(desk: Desk) -> None:
    change(desk, session_cap=1)
    desk.post(unreadable(), reference="USER1")
    desk.post(dict(reversed(unreadable().items())), reference="USER1")

    [session] = desk.rows(VerificationSession)
    assert not session.outside_link
    assert [row.state for row in desk.rows(Delivery)] == ["applied", "repeat"]


def test_of_fifty_results_at_once_each_gets_a_session_and_the_cap_holds(
    make: Make, provider: FakeProvider, tmp_path: Path
) -> None:
    link = make.link(reusable=True, session_cap=20)
    waiting = [delivery(make, link, provider, f"USER{number % 50:02d}", number) for number in range(60)]
    todo, lock = list(waiting), threading.Lock()
    faults: list[Exception] = []

    def work() -> None:
        while True:
            with lock:
                if not todo:
                    return
                number = todo.pop()
            try:
                take_in(make.database, delivery_id=number, provider=provider, data_dir=tmp_path)
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert faults == []
    with make.database.reading() as db:
        sessions = rows(db, VerificationSession)
        assert sorted(session.reference for session in sessions) == [f"USER{number:02d}" for number in range(50)]
        assert sum(session.outside_link for session in sessions) == 30
        assert db.get_one(Link, link.id).state == "used_up"


def delivery(make: Make, link: Link, provider: FakeProvider, reference: str, number: int) -> int:
    raw = provider.body(
        Outcome(reference=reference, customid=link.customid, result="failed", code="1", content_key="same")
    )
    return int(make.save(Delivery(provider="docupass", link_id=link.id or 0, reference=reference, body=raw,
                                  body_sha256=f"{number:064d}", body_bytes=len(raw))).id)  # fmt: skip


# -- out of use and back ------------------------------------------------------------------------------------------


def change(desk: Desk, **fields: Any) -> None:
    with desk.database.writing() as db:
        link = db.get_one(Link, desk.made.id)
        for name, value in fields.items():
            setattr(link, name, value)


def act(desk: Desk, action: Any, **more: Any) -> Link | None:
    with desk.database.writing() as db:
        link: Link | None = action(db, by=SYSTEM, link_id=desk.made.id, **more)
    return link


def test_a_paused_link_leads_nowhere_for_now_and_works_again_when_resumed(desk: Desk, client: FlaskClient) -> None:
    phone = {"User-Agent": "Mozilla/5.0 (iPhone)"}
    act(desk, links.pause)
    act(desk, links.pause)
    for rest in ("", "/go"):
        answer = client.get(f"/v/{desk.made.token}{rest}", headers=phone)
        assert (answer.status_code, "later" in answer.text, "vendor.example" in answer.text) == (200, True, False)
    assert desk.link.opened_count == 0

    act(desk, links.resume)
    act(desk, links.resume)
    assert client.get(f"/v/{desk.made.token}/go", headers=phone).status_code == 302
    with desk.database.reading() as db:
        assert actions(db, "link.") == ["link.pause", "link.resume", "link.open"]


@pytest.mark.parametrize("state", ["used_up", "revoked"])
def test_a_full_or_withdrawn_link_is_gone(desk: Desk, client: FlaskClient, state: str) -> None:
    change(desk, state=state)
    assert client.get(f"/v/{desk.made.token}").status_code == 410


def test_a_person_before_has_no_say_in_whether_the_link_works(desk: Desk, client: FlaskClient) -> None:
    desk.post(unreadable(), reference="USER1")
    before = desk.session("USER1")
    answer = client.get(f"/v/{desk.made.token}", headers={"User-Agent": "Mozilla/5.0 (iPhone)"})

    assert answer.status_code == 200
    assert (desk.link.opened_count, desk.session("USER1").version) == (1, before.version)


def test_a_higher_cap_opens_a_full_link_and_a_lower_one_closes_it(desk: Desk) -> None:
    for number in range(4):
        desk.post(unreadable(f"{number}"), reference=f"USER{number}")
    assert desk.link.state == "used_up"

    for cap, state in ((4, "active"), (3, "used_up"), (None, "active"), (2, "used_up"), (100, "active")):
        act(desk, links.set_cap, cap=cap)
        assert (desk.link.session_cap, desk.link.state) == (cap, state)
    assert desk.session("USER3").outside_link  # what came while it was full stays flagged


def test_a_paused_link_stays_paused_under_a_new_cap_and_is_full_when_resumed(desk: Desk) -> None:
    desk.post(unreadable(), reference="USER1")
    act(desk, links.pause)
    act(desk, links.set_cap, cap=1)
    assert desk.link.state == "paused"
    act(desk, links.resume)
    assert desk.link.state == "used_up"


def test_a_link_that_ran_out_while_paused_is_not_resumed(desk: Desk) -> None:
    change(desk, state="paused", expires_at=datetime.now(UTC) - timedelta(minutes=1))
    with pytest.raises(links.NotPossible, match="run out"):
        act(desk, links.resume)


@pytest.mark.parametrize("state", ["active", "paused", "used_up"])
def test_a_reusable_link_can_be_withdrawn_whatever_its_people_did(desk: Desk, state: str) -> None:
    desk.post(unreadable(), reference="USER1")
    change(desk, state=state)
    act(desk, links.revoke, reason="no_longer_needed")

    assert desk.link.state == "revoked"
    assert desk.session("USER1").capture == "finished"


@pytest.mark.parametrize("state", ["creating", "create_failed", "expired", "revoked"])
def test_what_is_over_is_not_paused_resumed_or_capped(desk: Desk, state: str) -> None:
    change(desk, state=state)
    for action, more in ((links.pause, {}), (links.resume, {}), (links.set_cap, {"cap": 9})):
        with pytest.raises(links.NotPossible):
            act(desk, action, **more)
    assert desk.link.state == state


def test_a_link_for_one_person_is_not_paused_or_capped(make: Make) -> None:
    link = make.link()
    with make.database.writing() as db:
        for action, more in ((links.pause, {}), (links.resume, {}), (links.set_cap, {"cap": 9})):
            with pytest.raises(links.NotPossible):
                action(db, by=SYSTEM, link_id=link.id or 0, **more)
            assert action(db, by=SYSTEM, link_id=999, **more) is None
