"""Dismissals remembered for a person: only by policy, for a time, for the very same entry; what a later session makes of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlmodel import col, select

from tests.conftest import Visit
from tests.support.applied import apply
from tests.support.desk import passed
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from webapp.models import AmlDismissal, AmlMatch, AmlVerdict, AuditEvent, Person, Policy, VerificationSession
from webapp.providers.base import Options
from webapp.queries.aml_verdicts import remembered_until
from webapp.queries.policies import REMEMBER_DISMISSALS, Remembering

ENTRY = {
    "fullname": ["TEST SAMPLE"],
    "dob": ["1951"],
    "nationality": ["UY"],
    "schema": "pep",
    "database": "eu_cor",
    "time": "1",
}


class Case:
    """One person's sessions with list entries; `policy` says whether dismissals may be remembered."""

    def __init__(self, app: Flask, make: Make, provider: FakeProvider) -> None:
        self.app, self.make, self.provider = app, make, provider
        self.person: Person = make.person("Test Sample")
        self._proof = 0

    def policy(self, *, allowed: bool = True, months: int = 6) -> None:
        with self.make.database.writing() as db:
            row = db.get(Policy, REMEMBER_DISMISSALS) or Policy(key=REMEMBER_DISMISSALS, version=1)
            row.value = {"allowed": allowed, "months": months}
            db.add(row)

    def session(self, *entries: dict[str, Any], person: Person | None = None) -> VerificationSession:
        self._proof += 1
        body = passed(aml=list(entries), hash=f"{self._proof:032x}")
        return apply(self.app, self.make, self.provider, body, options=Options(aml=True), person=person or self.person)

    def matches(self, session: VerificationSession) -> list[AmlMatch]:
        with self.make.database.reading() as db:
            query = select(AmlMatch).where(AmlMatch.session_id == session.id).order_by(col(AmlMatch.position))
            return list(db.exec(query))

    def dismiss(
        self, visitor: PageClient, session: VerificationSession, *, remember: bool = True, status: int | None = 200
    ) -> Any:
        number = self.matches(session)[0].id
        data = {"verdict": "not_same", "because": ["birth", "nationality"], **({"remember": "y"} if remember else {})}
        return visitor.post(f"/sessions/{session.id}/matches/{number}/verdict", data=data, status=status)

    def dismissals(self) -> list[AmlDismissal]:
        with self.make.database.reading() as db:
            return list(db.exec(select(AmlDismissal).order_by(col(AmlDismissal.id))))


@pytest.fixture
def case(app: Flask, make: Make, provider: FakeProvider) -> Case:
    return Case(app, make, provider)


def test_without_the_policy_nothing_is_offered_and_nothing_remembered(case: Case, rachel: PageClient) -> None:
    session = case.session(ENTRY)
    assert "Remember for this person" not in rachel.get(f"/sessions/{session.id}").text
    refused = case.dismiss(rachel, session, status=422)
    assert "The policy does not allow verdicts to be remembered." in refused.text
    case.dismiss(rachel, session, remember=False)
    assert case.dismissals() == []


def test_the_next_session_of_the_person_is_settled_by_it_and_says_so(case: Case, rachel: PageClient) -> None:
    case.policy()
    first = case.session(ENTRY)
    assert "Remember for this person until" in rachel.get(f"/sessions/{first.id}").text
    case.dismiss(rachel, first)
    second = case.session({**ENTRY, "time": "2"})
    match = case.matches(second)[0]
    assert (match.verdict, [each["key"] for each in match.discriminators]) == ("not_same", ["birth", "nationality"])
    assert not second.aml_open
    page = rachel.get(f"/sessions/{second.id}")
    assert "Dismissed before by Rachel Reviewer" in page.text
    assert "entry unchanged" in page.text
    with case.make.database.reading() as db:
        given = db.exec(select(AmlVerdict).where(AmlVerdict.session_id == second.id)).one()
        told = db.exec(
            select(AuditEvent).where(AuditEvent.session_id == second.id, AuditEvent.action == "aml.verdict")
        ).one()
    assert (given.dismissal_id, given.actor_id) == (case.dismissals()[0].id, None)
    assert told.actor_type == "system"


def test_anybody_who_decides_can_undo_what_was_remembered_and_then_it_holds_no_longer(
    case: Case, rachel: PageClient, visit: Visit
) -> None:
    case.policy()
    case.dismiss(rachel, case.session(ENTRY))
    second = case.session(ENTRY)
    number = case.matches(second)[0].id
    visit("Bob Other", "reviewer").post(f"/sessions/{second.id}/matches/{number}/undo", status=200)
    assert case.matches(second)[0].verdict == "open"
    assert case.dismissals()[0].ended_why == "The verdict was undone."
    assert case.matches(case.session(ENTRY))[0].verdict == "open"


def test_an_entry_that_changed_is_open_again_and_its_card_says_that(case: Case, rachel: PageClient) -> None:
    case.policy()
    case.dismiss(rachel, case.session(ENTRY))
    later = case.session({**ENTRY, "note": ["Now also wanted."]})
    assert case.matches(later)[0].verdict == "open"
    assert case.dismissals()[0].ended_why == "The entry has changed."
    assert "Settled before, but the entry has changed : dismissed" in rachel.get(f"/sessions/{later.id}").text
    assert case.matches(case.session(ENTRY))[0].verdict == "open", "it has ended for good"


def test_another_entry_of_the_same_name_neither_profits_nor_ends_it(case: Case, rachel: PageClient) -> None:
    case.policy()
    case.dismiss(rachel, case.session(ENTRY))
    namesake = {**ENTRY, "dob": ["1960"]}
    later = case.session(namesake, ENTRY)
    assert [match.verdict for match in case.matches(later)] == ["open", "not_same"]
    assert case.dismissals()[0].ended_at is None


def test_another_person_with_the_same_entry_is_not_settled(case: Case, rachel: PageClient) -> None:
    case.policy()
    case.dismiss(rachel, case.session(ENTRY))
    assert case.matches(case.session(ENTRY, person=case.make.person("Test Sample")))[0].verdict == "open"


def test_it_holds_until_its_day_and_not_after(case: Case, rachel: PageClient) -> None:
    case.policy(months=1)
    case.dismiss(rachel, case.session(ENTRY))
    expires = case.dismissals()[0].expires_at
    with time_machine.travel(expires - timedelta(minutes=1), tick=True):
        assert case.matches(case.session(ENTRY))[0].verdict == "not_same"
    with time_machine.travel(expires + timedelta(minutes=1), tick=True):
        assert case.matches(case.session(ENTRY))[0].verdict == "open"


def test_a_policy_that_forbids_it_later_suspends_what_is_remembered(case: Case, rachel: PageClient) -> None:
    case.policy()
    case.dismiss(rachel, case.session(ENTRY))
    case.policy(allowed=False)
    assert case.matches(case.session(ENTRY))[0].verdict == "open"
    assert "Suspended" in rachel.get("/matches/remembered").text


def test_what_was_said_before_stands_on_the_card_even_when_nothing_is_remembered(
    case: Case, rachel: PageClient
) -> None:
    first = case.session(ENTRY)
    case.dismiss(rachel, first, remember=False)
    page = rachel.get(f"/sessions/{case.session(ENTRY).id}")
    assert "Seen before on this person, entry unchanged: dismissed" in page.text
    assert "by Rachel Reviewer (date of birth, nationality), in session" in page.text


@pytest.mark.parametrize(
    ("months", "now", "until"),
    [(1, (2026, 1, 31), (2026, 2, 28)), (12, (2026, 11, 21), (2027, 11, 21)), (99, (2026, 11, 21), (2027, 11, 21))],
)
def test_it_is_remembered_for_whole_months_and_a_year_at_most(
    months: int, now: tuple[int, int, int], until: tuple[int, int, int]
) -> None:
    policy = Remembering(allowed=True, months=months)
    assert remembered_until(policy, datetime(*now, 9, tzinfo=UTC)) == datetime(*until, 9, tzinfo=UTC)
