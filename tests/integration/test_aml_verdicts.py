"""Verdicts on list entries: given, refused, left, taken back; what they make of the session; what stays on the record."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from tests.support.applied import apply, change
from tests.support.desk import passed
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from webapp.actions import aml_verdicts
from webapp.actions.actor import Actor
from webapp.actions.aml_verdicts import Given, Incomplete, NoSuchMatch, NotNow, Verdict
from webapp.db import Database
from webapp.models import AmlMatch, AmlVerdict, AuditEvent, Decision, Matter, Note, VerificationSession
from webapp.providers.base import Options

OTHER_BIRTH = {
    "fullname": ["TEST SAMPLE"],
    "dob": ["1951"],
    "nationality": ["UY"],
    "schema": "pep",
    "database": "eu_cor",
}
NO_BIRTH = {"fullname": ["TEST SAMPLE"], "schema": "sanction", "database": "us_ofac"}
NOT_SAME = Verdict(verdict="not_same", discriminators=("birth",))


@pytest.fixture
def session(app: Flask, make: Make, provider: FakeProvider) -> VerificationSession:
    """A passed session with two hits, the second without a date of birth."""
    body = passed(aml=[OTHER_BIRTH, NO_BIRTH])
    return apply(app, make, provider, body, options=Options(aml=True), person=make.person("Test Sample"))


@pytest.fixture
def by(make: Make) -> Actor:
    """A reviewer."""
    return actor(make, "Rachel Reviewer")


def actor(make: Make, name: str, role: str = "reviewer") -> Actor:
    user = make.user(role, name=name)
    return Actor(kind="person", id=user.id, name=user.name, role=role)


Ids = list[int]


@pytest.fixture
def ids(session: VerificationSession, make: Make) -> Ids:
    return [match.id or 0 for match in matches(make, session)]


def matches(make: Make, session: VerificationSession) -> list[AmlMatch]:
    with make.database.reading() as db:
        query = select(AmlMatch).where(AmlMatch.session_id == session.id).order_by(col(AmlMatch.position))
        return list(db.exec(query))


Give = Callable[..., Given]


@pytest.fixture
def give(database: Database, provider: FakeProvider, session: VerificationSession, by: Actor) -> Give:
    def give_it(match_ids: Ids, said: Verdict = NOT_SAME, **more: Any) -> Given:
        usual: dict[str, Any] = {"by": by, "session_id": session.id, "provider": provider}
        with database.writing() as writing:
            return aml_verdicts.give(writing, match_ids=match_ids, said=said, **usual | more)

    return give_it


@pytest.fixture
def undo(database: Database, provider: FakeProvider, session: VerificationSession, by: Actor) -> Callable[..., Any]:
    def undo_it(match_id: int, by: Actor = by) -> Any:
        with database.writing() as writing:
            return aml_verdicts.undo(writing, by=by, session_id=session.id or 0, match_id=match_id, provider=provider)

    return undo_it


def now(make: Make, session: VerificationSession) -> VerificationSession:
    with make.database.reading() as db:
        return db.get_one(VerificationSession, session.id)


def headline(make: Make, session: VerificationSession) -> str:
    with make.database.reading() as db:
        query = select(Matter.headline).where(Matter.session_id == session.id, Matter.kind == "aml")
        return db.exec(query).first() or ""


def audited(db: Session, action: str) -> list[AuditEvent]:
    db.rollback()
    return list(db.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.seq))))


def test_not_the_same_keeps_the_values_that_differ_and_the_session_counts_one_less(
    make: Make, session: VerificationSession, ids: Ids, give: Give
) -> None:
    assert headline(make, session) == "AML: 2 of 2 hits open."
    version = session.version
    assert give(ids[:1]).settled == (ids[0],)
    kept = matches(make, session)[0]
    assert (kept.verdict, kept.decided_by_name) == ("not_same", "Rachel Reviewer")
    assert kept.discriminators == [{"key": "birth", "applicant": "1998-08-18", "entry": "1951, year only"}]
    after = now(make, session)
    assert headline(make, session) == "AML: 1 of 2 hits open."
    assert after.aml_open
    assert after.version > version, "open pages of the session change"


def test_with_the_last_hit_settled_the_matter_goes(
    make: Make, session: VerificationSession, ids: Ids, give: Give
) -> None:
    give(ids[:1])
    give(ids[1:], Verdict(verdict="unclear"))
    assert headline(make, session) == ""
    assert not now(make, session).aml_open


def test_the_audit_row_names_what_differs_and_never_a_value(
    db: Session, session: VerificationSession, ids: Ids, give: Give
) -> None:
    give(ids[:1], Verdict(verdict="not_same", discriminators=("birth", "other"), note="A note of a person."))
    row = audited(db, "aml.verdict")[0]
    assert (row.object_type, row.object_id, row.session_id) == ("match", ids[0], session.id)
    assert row.before == {"verdict": "open"}
    assert row.after is not None
    assert row.after["because"] == ["birth", "other"]
    assert "1951" not in str(row.after)
    assert "note of a person" not in str(row.after)
    assert db.get_one(Note, row.after["note"]).text == "A note of a person."


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        (Verdict(verdict=""), "verdict", "Choose one of the three verdicts."),
        (Verdict(verdict="open"), "verdict", "Choose one"),
        (Verdict(verdict="not_same"), "because", "Choose at least one thing that differs, or Cannot tell."),
        (Verdict(verdict="not_same", discriminators=("shoes",)), "because", "Choose from what is offered."),
        (Verdict(verdict="not_same", discriminators=("other",), note="short"), "note", "10 characters"),
        (Verdict(verdict="unclear", note="x" * 2001), "note", "at most 2000"),
        (Verdict(verdict="same"), "kind", "Say what the entry is"),
        (Verdict(verdict="same", kind="pirate"), "kind", "Say what the entry is"),
        (Verdict(verdict="unclear", remember=True), "remember", "can be remembered"),
        (
            Verdict(verdict="not_same", discriminators=("birth",), remember=True),
            "remember",
            "The policy does not allow",
        ),
    ],
)
def test_a_verdict_that_lacks_something_is_refused_by_its_field(
    said: Verdict, field: str, words: str, ids: Ids, give: Give, make: Make, session: VerificationSession
) -> None:
    with pytest.raises(Incomplete) as refused:
        give(ids[:1], said)
    assert words in refused.value.errors[field]
    assert [match.verdict for match in matches(make, session)] == ["open", "open"]


def test_a_date_of_birth_that_the_entry_does_not_have_is_no_reason(ids: Ids, give: Give, db: Session) -> None:
    with pytest.raises(Incomplete) as refused:
        give(ids[1:])
    assert refused.value.errors == {"because": "The list entry has no date of birth. Choose another, or Cannot tell."}
    assert not list(db.exec(select(AmlVerdict)))


def test_one_verdict_for_several_settles_where_it_holds_and_names_the_others(
    make: Make, session: VerificationSession, ids: Ids, give: Give
) -> None:
    done = give(ids, several=True)
    assert done.settled == (ids[0],)
    assert [(each.match_id, each.why) for each in done.left] == [
        (ids[1], "The list entry has no date of birth. Choose another, or Cannot tell.")
    ]
    assert [match.verdict for match in matches(make, session)] == ["not_same", "open"]


def test_one_verdict_for_several_that_fits_none_writes_nothing(ids: Ids, give: Give, db: Session) -> None:
    assert not give(ids[1:], several=True).settled
    assert not list(db.exec(select(Note)))
    assert not audited(db, "aml.verdict")


def test_the_same_person_sends_the_session_to_escalation_as_a_step_of_its_own(
    make: Make, session: VerificationSession, ids: Ids, give: Give, db: Session
) -> None:
    assert give(ids[1:], Verdict(verdict="same", kind="sanction")).escalated
    after = now(make, session)
    assert (after.review, after.status) == ("escalated", "escalated")
    assert matches(make, session)[1].kind == "sanction"
    step = db.exec(select(Decision)).one()
    assert (step.kind, step.reason_codes, step.actor_name) == ("escalate", ["aml_confirmed"], "Rachel Reviewer")
    assert audited(db, "session.escalate")
    give(ids[:1])
    assert now(make, session).review == "escalated", "the other hit can still be settled"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"review": "done", "decision": "approved"}, "This session is decided: Approved."),
        ({"review": "awaiting_second"}, "waits for a second person"),
        ({"erased": True}, "have been erased"),
    ],
)
def test_a_session_that_is_decided_or_waits_for_a_second_person_keeps_its_verdicts(
    fields: dict[str, Any], words: str, make: Make, session: VerificationSession, ids: Ids, give: Give, undo: Any
) -> None:
    give(ids[:1])
    change(make, now(make, session), **fields)
    for step in (lambda: give(ids[1:], Verdict(verdict="unclear")), lambda: undo(ids[0])):
        with pytest.raises(NotNow, match=words):
            step()
    assert [match.verdict for match in matches(make, session)] == ["not_same", "open"]


def test_who_holds_the_session_is_named_to_others_until_the_lease_is_over(
    make: Make, session: VerificationSession, ids: Ids, give: Give
) -> None:
    bob = make.user("reviewer", name="Bob Holder")
    until = datetime.now(UTC) + timedelta(minutes=5)
    change(make, session, review="in_review", holder_id=bob.id, holder_name=bob.name, held_until=until)
    with pytest.raises(NotNow, match="Bob Holder has this session in review until"):
        give(ids[:1])
    change(make, now(make, session), held_until=datetime.now(UTC) - timedelta(seconds=1))
    assert give(ids[:1]).settled


def test_a_hit_that_somebody_settled_meanwhile_says_what_it_is_now(make: Make, ids: Ids, give: Give) -> None:
    give(ids[:1])
    with pytest.raises(NotNow, match=r"Rachel Reviewer settled it at .* Not the same person \(date of birth\)\."):
        give(ids[:1], Verdict(verdict="unclear"), by=actor(make, "Bob Other"))


def test_unknown_sessions_and_matches_of_others_are_not_found(
    make: Make, ids: Ids, give: Give, session: VerificationSession
) -> None:
    stranger = make.match(make.finished())
    for match_ids, number in (
        (ids[:1], 999_999),
        ([999_999], session.id),
        ([stranger.id], session.id),
        ([], session.id),
    ):
        with pytest.raises(NoSuchMatch):
            give(match_ids, session_id=number)


def test_a_verdict_is_undone_by_who_gave_it_and_both_stay_on_the_record(
    make: Make, session: VerificationSession, ids: Ids, give: Give, undo: Any, db: Session
) -> None:
    give(ids[:1])
    undo(ids[0])
    undo(ids[0])  # it is open already
    kept = matches(make, session)[0]
    assert (kept.verdict, kept.discriminators, kept.decided_by_name, kept.decided_at) == ("open", [], "", None)
    assert headline(make, session) == "AML: 2 of 2 hits open."
    assert [row.verdict for row in db.exec(select(AmlVerdict).order_by(col(AmlVerdict.id)))] == ["not_same", "open"]
    assert [row.before for row in audited(db, "aml.undo")] == [{"verdict": "not_same"}]


def test_another_persons_verdict_is_undone_by_a_compliance_lead_only(
    make: Make, session: VerificationSession, ids: Ids, give: Give, undo: Any
) -> None:
    give(ids[:1])
    with pytest.raises(NotNow, match="Only that person can undo it, or a compliance lead"):
        undo(ids[0], by=actor(make, "Bob Other"))
    undo(ids[0], by=actor(make, "Carla Lead", "compliance_lead"))
    assert matches(make, session)[0].verdict == "open"


def test_the_database_keeps_every_verdict_as_it_was_given(ids: Ids, give: Give, database: Database) -> None:
    give(ids[:1])
    for statement in ("UPDATE aml_verdict SET verdict = 'same'", "DELETE FROM aml_verdict"):
        with pytest.raises(DatabaseError), database.writing() as db:
            db.execute(text(statement))


def test_the_same_result_again_and_another_one_lose_no_verdict(
    app: Flask, make: Make, provider: FakeProvider, session: VerificationSession, ids: Ids, give: Give
) -> None:
    give(ids[:1])
    for body in (passed(aml=[OTHER_BIRTH, NO_BIRTH], hash="8" * 32), passed(aml=[NO_BIRTH], hash="9" * 32)):
        apply(app, make, provider, body, session=now(make, session))
        assert [match.verdict for match in matches(make, session)] == ["not_same", "open"]
        assert headline(make, session) == "AML: 1 of 2 hits open."
