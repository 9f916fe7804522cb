"""The demo decides some of what it brought, by the rules that hold for people: no open list entry, no lack of a reason."""

from sqlmodel import col, select

from tests.support.factory import Make
from webapp.db import Database
from webapp.demo_decisions import decide
from webapp.models import AuditEvent, Decision, VerificationSession


def statuses(make: Make) -> list[str]:
    with make.database.reading() as db:
        return list(db.exec(select(VerificationSession.status).order_by(col(VerificationSession.id))))


def test_it_approves_every_second_pass_and_rejects_a_failed_face_with_its_reason(
    database: Database, make: Make
) -> None:
    for outcome, code in (("passed", ""), ("failed", "3"), ("passed", ""), ("passed", ""), ("failed", "11")):
        make.result(make.finished(outcome=outcome, outcome_code=code))
    assert decide(database) == {"approved": 2, "rejected": 1, "escalated": 1}
    assert statuses(make) == ["approved", "rejected", "approved", "needs_review", "escalated"]
    with database.reading() as db:
        rejection = db.exec(select(Decision).where(Decision.kind == "reject")).one()
        said = db.exec(select(AuditEvent.actor_name_at_time).where(col(AuditEvent.action).like("session.%"))).all()
    assert (rejection.reason_codes, rejection.actor_type, rejection.note_id is None) == (
        ["face_mismatch"],
        "system",
        False,
    )
    assert set(said) == {"demo"}


def test_a_session_with_an_open_list_entry_is_left_to_a_person(database: Database, make: Make) -> None:
    session = make.finished(aml_open=True)
    make.result(session)
    make.match(session)
    assert decide(database) == {"approved": 0, "rejected": 0, "escalated": 0}
    assert statuses(make) == ["needs_review"]


def test_a_second_run_decides_nothing_twice(database: Database, make: Make) -> None:
    make.result(make.finished())
    assert decide(database)["approved"] == 1
    assert sum(decide(database).values()) == 0
