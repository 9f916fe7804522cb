"""The day a session is next due to be erased, in the supervisor's file: as its retention page says, without a question a row."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from tests.support.counting import counted
from tests.support.export_files import exported
from tests.support.factory import Make
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.db import Database
from webapp.models import LegalHold, VerificationSession
from webapp.queries.retention import standing
from webapp.queries.retention_days import ON_HOLD, next_days

END = datetime(2026, 3, 14, 10, tzinfo=UTC)
APPROVED = {"outcome": "passed", "review": "done", "decision": "approved", "decided_at": END, "finished_at": END}


def sessions(make: Make) -> dict[str, VerificationSession]:
    """One of each kind."""
    ended = make.person(relationship_ended_at=END + timedelta(days=100))
    customer, held = make.person(), make.person()
    make.save(LegalHold(person_id=held.id, reason="A court asked", owner_name="Legal"))
    over = make.person()
    make.save(LegalHold(person_id=over.id, reason="A court asked", owner_name="Legal", released_at=END))
    found = {
        "open": make.session(),
        "never completed": make.session(capture="expired", finished_at=END),
        "rejected": make.finished(**{**APPROVED, "decision": "rejected"}),
        "approved": make.finished(**APPROVED),
        "ended": make.finished(person=ended, **APPROVED),
        "a customer's": make.finished(person=customer, **APPROVED),
        "rejected, of a customer": make.finished(person=customer, **{**APPROVED, "decision": "rejected"}),
        "partly erased": make.finished(person=ended, erased_classes=["biometrics", "pictures"], **APPROVED),
        "approved, biometrics erased": make.finished(erased_classes=["biometrics"], **APPROVED),
        "erased": make.finished(erased=True, **APPROVED),
        "held with its person": make.finished(person=held, **APPROVED),
        "held alone": make.finished(**APPROVED),
        "no longer held": make.finished(person=over, **APPROVED),
    }
    make.save(LegalHold(session_id=found["held alone"].id, reason="A court asked", owner_name="Legal"))
    return found


def after(days: int) -> str:
    return f"{END + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


WANTED = {
    "open": "", "never completed": after(30), "rejected": after(365), "approved": after(180), "ended": after(180),
    "a customer's": after(180), "rejected, of a customer": after(180), "partly erased": after(465),
    "approved, biometrics erased": "", "erased": "", "held with its person": ON_HOLD, "held alone": ON_HOLD,
    "no longer held": after(180),
}  # fmt: skip


def test_each_session_has_the_day_of_its_first_class(make: Make, db: Session) -> None:
    made = sessions(make)
    found = next_days(db, [each.id or 0 for each in made.values()])
    assert {name: found[each.id or 0] for name, each in made.items()} == WANTED


def test_it_is_the_earliest_day_that_the_retention_page_names(make: Make, db: Session) -> None:
    for name, each in sessions(make).items():
        stands = standing(db, each.id or 0, minimum_days=0, now=END)
        assert stands is not None
        days = [stands.due[key].at for key in stands.left]
        first = min((day for day in days if day is not None), default=None)
        word = ON_HOLD if stands.facts.held and not each.erased else f"{first:%Y-%m-%dT%H:%M:%SZ}" if first else ""
        assert next_days(db, [each.id or 0]) == {each.id: word}, name


def test_many_sessions_take_no_more_questions_than_one(make: Make, database: Database) -> None:
    numbers = [each.id or 0 for each in sessions(make).values()]
    with counted(database) as few, database.reading() as db:
        next_days(db, numbers[:1])
    with counted(database) as many, database.reading() as db:
        next_days(db, numbers)
    assert len(many) == len(few) == 5


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
def test_the_supervisors_file_says_it(format: str, rachel: PageClient, make: Make, worker: TestWorker) -> None:
    made = sessions(make)
    rows = exported(rachel, worker, "/exports/new?list=sessions", profile="regulator", format=format)
    said = {row["reference"]: row["retention_due"] for row in rows}
    assert {name: said[each.reference] for name, each in made.items()} == WANTED
