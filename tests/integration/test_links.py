"""Making links, their pages, trying again and revoking, on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from webapp.actions import links
from webapp.actions.actor import SYSTEM
from webapp.actions.link_keys import new_token, read_token, webhook_key
from webapp.db import Database
from webapp.models import AuditEvent, Delivery, Job, Link, Person, VerificationSession
from webapp.providers.base import Expected, LinkRequest, Options, ProviderError, VendorLink

REFUSED = ProviderError("Invalid value for `companyname`", code="1002", permanent=True)
AWAY = ProviderError("The vendor did not answer in time.", code="timeout", permanent=False)


@pytest.fixture
def create(database: Database, provider: FakeProvider, tmp_path: Path) -> Callable[..., Link]:
    """The action with specimen values; give what the test is about."""

    def call(**changes: Any) -> Link:
        usual: dict[str, Any] = {
            "by": SYSTEM, "provider": provider, "form_key": "a-form-key-of-a-test", "person_name": "Anna Specimen",
            "own_reference": "CASE-0001", "email": "anna@example.com", "options": Options(), "expected": Expected(),
            "public_url": "https://console.example", "company_name": "Specimen Bank", "data_dir": tmp_path,
        }  # fmt: skip
        return links.create(database, **usual | changes)

    return call


def rows(db: Session, table: Any) -> list[Any]:
    db.rollback()
    return list(db.exec(select(table).order_by(col(table.seq if table is AuditEvent else table.id))))


def actions(db: Session) -> list[tuple[str, str]]:
    return [(row.action, row.outcome) for row in rows(db, AuditEvent) if row.action.startswith("link.")]


# -- the action ---------------------------------------------------------------------------------------------------


def test_a_link_and_its_session_become_ready_with_the_vendors_answer(create: Callable[..., Link], db: Session) -> None:
    link = create()
    [session] = rows(db, VerificationSession)
    assert (link.state, session.capture, session.status) == ("active", "ready", "ready")
    assert link.vendor_reference == session.reference == "SPECIMEN001"
    assert session.search_text == "anna specimen case 0001 anna example com specimen001"
    assert actions(db) == [("link.create", "ok"), ("link.ready", "ok")]


def test_the_vendor_is_given_our_addresses_and_nothing_personal_as_our_name(
    create: Callable[..., Link], provider: FakeProvider
) -> None:
    link = create(options=Options(countries=("CA",)), expected=Expected(name="Anna Specimen", birth="1974-08-12"))
    [request] = provider.created
    assert request.callback_url == f"https://console.example/webhooks/docupass/{link.webhook_token}"
    assert request.return_url == f"https://console.example/v/{link.token}/done"
    assert request.fail_return_url == f"https://console.example/v/{link.token}/done/failed"
    assert request.options.countries == ("CA",)
    assert request.expected.birth == "1974-08-12"
    assert request.customid == link.customid
    assert "anna" not in request.customid.lower() and "0001" not in request.customid
    assert link.webhook_key == webhook_key(link.webhook_token)


def test_no_transaction_is_open_while_the_vendor_is_asked(
    create: Callable[..., Link], provider: FakeProvider, database: Database
) -> None:
    def answer(_request: LinkRequest, _number: int) -> VendorLink:
        with database.writing() as db:  # would wait for ever behind an open write transaction on SQLite
            assert len(list(db.exec(select(Link).where(Link.state == "creating")))) == 1
        return VendorLink(reference="R1", url="https://vendor.example/s/R1", expires_at=None)

    provider.create_answer = answer
    link = create(options=Options(expires_in=3600))
    assert link.state == "active"
    assert link.expires_at is not None
    assert timedelta(minutes=59) < link.expires_at - datetime.now(UTC) <= timedelta(hours=1)


def test_the_same_form_sent_again_is_the_same_link(create: Callable[..., Link], provider: FakeProvider) -> None:
    assert create().id == create().id
    assert len(provider.created) == 1


def test_the_same_form_sent_twice_at_once_makes_one_link(
    create: Callable[..., Link], provider: FakeProvider, db: Session
) -> None:
    together = threading.Barrier(2)
    made: list[int | None] = []

    def send() -> None:
        together.wait()
        made.append(create().id)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(made) == 2
    assert len(set(made)) == 1
    assert len(provider.created) == len(rows(db, Link)) == len(rows(db, VerificationSession)) == 1
    assert len(rows(db, Person)) == 1


def test_a_form_key_with_other_content_makes_nothing_and_says_so(
    create: Callable[..., Link], provider: FakeProvider
) -> None:
    link = create()
    with pytest.raises(links.FormUsed) as raised:
        create(person_name="Bert Specimen")
    assert raised.value.link_id == link.id
    with pytest.raises(links.FormUsed):
        create(options=Options(aml=False))
    assert len(provider.created) == 1


@pytest.mark.parametrize("error", [REFUSED, AWAY])
def test_a_refusal_is_kept_with_the_vendors_code_and_words(
    create: Callable[..., Link], provider: FakeProvider, db: Session, error: ProviderError
) -> None:
    provider.create_answer = error
    link = create()
    [session] = rows(db, VerificationSession)
    assert (link.state, link.error_code, link.error_text) == ("create_failed", error.code, error.text)
    assert link.error_final is error.permanent
    assert (session.capture, session.status, session.outcome_code) == ("create_failed", "creation_failed", error.code)
    assert actions(db) == [("link.create", "ok"), ("link.ready", "error")]


def test_a_client_gone_wrong_leaves_a_link_to_retry(create: Callable[..., Link], provider: FakeProvider) -> None:
    provider.create_answer = KeyError("reference")
    link = create()
    assert (link.state, link.error_code, link.error_final) == ("create_failed", "bad_answer", False)


def test_a_reference_that_another_session_has_is_a_failed_creation(
    create: Callable[..., Link], provider: FakeProvider, db: Session
) -> None:
    provider.create_answer = VendorLink(reference="R1", url="https://vendor.example/s/R1", expires_at=None)
    create()
    link = create(form_key="another-key-of-a-test")
    assert (link.state, link.error_code) == ("create_failed", "reference_taken")
    assert [row.capture for row in rows(db, VerificationSession)] == ["ready", "create_failed"]


def test_a_person_is_known_again_by_own_reference_and_name_together(create: Callable[..., Link], db: Session) -> None:
    first = create()
    again = create(form_key="second-key-of-a-test", person_name="ANNA  Spécimen", email="new@example.com")
    slip = create(form_key="third-key-of-the-test", person_name="Bert Specimen")
    bare = create(form_key="fourth-key-of-a-test", own_reference="")
    assert first.person_id == again.person_id
    assert len({first.person_id, slip.person_id, bare.person_id}) == 3
    assert next(row.email for row in rows(db, Person) if row.id == first.person_id) == "new@example.com"


def test_a_result_that_came_before_the_vendors_answer_is_matched_again(
    create: Callable[..., Link], provider: FakeProvider, make: Make, db: Session
) -> None:
    def answer(_request: LinkRequest, _number: int) -> VendorLink:
        with make.database.reading() as reading:
            link = reading.exec(select(Link)).one()
        make.save(Delivery(provider="docupass", link_id=link.id or 0, reference="R1", state="unmatched", body=b"{}",
                           body_sha256="0" * 64, body_bytes=2))  # fmt: skip
        return VendorLink(reference="R1", url="https://vendor.example/s/R1", expires_at=None)

    provider.create_answer = answer
    create()
    [delivery] = rows(db, Delivery)
    assert [(job.kind, job.subject_id) for job in rows(db, Job)] == [("take_in", delivery.id)]


# -- trying again -------------------------------------------------------------------------------------------------


def again(database: Database, provider: FakeProvider, link_id: int | None) -> Link | None:
    return links.retry(
        database, by=SYSTEM, provider=provider, link_id=link_id or 0, public_url="https://console.example",
        company_name="Specimen Bank", data_dir=Path("unused"),
    )  # fmt: skip


def test_retry_makes_a_new_session_under_the_same_link(
    create: Callable[..., Link], database: Database, provider: FakeProvider, db: Session
) -> None:
    provider.create_answer = AWAY
    failed = create()
    provider.create_answer = VendorLink(reference="R2", url="https://vendor.example/s/R2", expires_at=None)
    link = again(database, provider, failed.id)
    assert link is not None
    assert (link.id, link.state, link.error_code, link.error_text) == (failed.id, "active", "", "")
    assert [row.capture for row in rows(db, VerificationSession)] == ["create_failed", "ready"]
    assert "anna specimen" in rows(db, VerificationSession)[1].search_text
    assert ("link.retry", "ok") in actions(db)


def test_retry_of_a_working_link_does_nothing(
    create: Callable[..., Link], database: Database, provider: FakeProvider, db: Session
) -> None:
    link = again(database, provider, create().id)
    assert link is not None and link.state == "active"
    assert len(provider.created) == len(rows(db, VerificationSession)) == 1
    assert again(database, provider, 999) is None


@pytest.mark.parametrize(("age", "tried"), [(30, False), (61, True)])
def test_a_link_left_creating_can_be_retried_after_a_minute(
    make: Make, database: Database, provider: FakeProvider, db: Session, age: int, tried: bool
) -> None:
    link = make.link(state="creating", vendor_reference="", vendor_url="", expires_at=None)
    begun = datetime.now(UTC) - timedelta(seconds=age)
    make.session(link=link, capture="creating", reference="", created_at=begun)
    again(database, provider, link.id)
    assert len(provider.created) == tried
    captures = [row.capture for row in rows(db, VerificationSession)]
    assert captures == (["create_failed", "ready"] if tried else ["creating"])


def test_an_answer_that_a_retry_overtook_changes_nothing_and_is_on_record(
    create: Callable[..., Link], database: Database, provider: FakeProvider, db: Session, make: Make
) -> None:
    def slow(_request: LinkRequest, number: int) -> VendorLink:
        if number == 1:
            with database.writing() as writing:
                session = writing.exec(select(VerificationSession)).one()
                session.created_at = datetime.now(UTC) - timedelta(minutes=2)
            again(database, provider, session.link_id)
        return VendorLink(reference=f"R{number}", url=f"https://vendor.example/s/R{number}", expires_at=None)

    provider.create_answer = slow
    create()
    [link] = rows(db, Link)
    assert (link.state, link.vendor_reference) == ("active", "R2")
    assert ("link.answer_unused", "error") in actions(db)


# -- tokens -------------------------------------------------------------------------------------------------------


def test_tokens_are_read_as_people_type_them() -> None:
    token = new_token()
    assert len(token) == 14 and read_token(token) == token
    assert read_token(token.lower().replace("-", "")) == token
    assert read_token("o0il-1111-1111") == "0011-1111-1111"
    for wrong in ("", "short", "U" * 12, token + "0", "../../etc", "\x00" * 12):
        assert read_token(wrong) == ""


def test_no_two_links_share_a_token(create: Callable[..., Link], db: Session) -> None:
    for number in range(5):
        create(form_key=f"form-key-of-a-test-{number}")
    made = list(db.exec(select(Link).order_by(col(Link.id))))
    for name in ("token", "webhook_token", "customid"):
        assert len({getattr(link, name) for link in made}) == 5


@pytest.mark.parametrize("state", ["active", "paused", "used_up", "expired", "revoked"])
def test_a_link_that_was_created_long_ago_is_never_created_again(make: Make, state: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    link = make.link(state=state)
    session = make.session(link=link, created_at=long_ago)

    assert not links.can_retry(link, session, datetime.now(UTC))
