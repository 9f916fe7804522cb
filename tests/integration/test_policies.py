"""Who decides, how soon and with what sign-in: each policy of its own, with its version, its refusals and its record."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.making import rows
from tests.support.pages import Page, PageClient
from webapp.actions import policies as actions
from webapp.actions.actor import SYSTEM
from webapp.checkup import run
from webapp.db import Database
from webapp.models import AuditEvent, Policy, User
from webapp.queries import policies, policy_states
from webapp.queries.policies import Remembering, ReviewHours, SecondApproval

PAGE = "/settings/policy"
FORMS = {"second_approval": "#policy-second", "remember_dismissals": "#policy-remembering", "review_hours": "#policy-hours",
         "second_factor": "#policy-factor"}  # fmt: skip


@pytest.fixture
def adam(make: Make) -> User:
    """Somebody else who may give the second approval."""
    return make.user("approver", name="Adam Approver")


def fresh(db: Session) -> Session:
    db.rollback()
    return db


def save(visitor: PageClient, page: Page, key: str, *, status: int = 200, **fields: Any) -> Page:
    return visitor.submit(page, f"{FORMS[key]} button[type=submit]", status=status, **fields)


def changes(db: Session) -> list[dict[str, Any]]:
    return [row.after or {} for row in rows(db, AuditEvent) if row.action == "policy.change"]


def test_the_page_begins_with_the_defaults(alice: PageClient, db: Session) -> None:
    page = alice.get(PAGE)
    ticked = {str(box["value"]) for box in page.soup.select("#policy-second input[name=actions][checked]")}
    assert ticked == {"approve_failed_check", "approve_with_match", "reopen", "export_over_100", "policy_change"}
    hours = [str(page.soup.select_one(f"#review_hours-{name}")["value"]) for name in ("high", "normal", "low")]  # type: ignore[index]
    assert hours == ["4", "24", "72"]
    assert not page.soup.select("#policy-remembering [name=allowed][checked], #policy-factor input[checked]")
    assert page.text.count("Never changed.") == 6 and rows(db, Policy) == []


@pytest.mark.usefixtures("adam")
def test_each_policy_is_saved_by_itself_and_is_on_the_record(alice: PageClient, db: Session) -> None:
    page = alice.get(PAGE)
    page = save(alice, page, "second_approval", actions=["reject_passed"], blind=True, lapse_hours="12")
    assert (
        "a second person, who does not see the first decision, confirms: reject although the vendor passed" in page.text
    )
    page = save(alice, page, "remember_dismissals", allowed=True, months="6")
    assert "a dismissal may be remembered for 6 months at most" in page.text
    page = save(alice, page, "review_hours", high="2", normal="8", low="8")
    assert "high priority within 2 h, normal within 8 h, low within 8 h" in page.text
    page = save(alice, page, "second_factor", roles=["auditor", "approver"])
    assert "a second factor is needed by: Approver, Auditor." in page.text
    db = fresh(db)
    assert policies.second_approval(db) == SecondApproval(
        actions=frozenset({"reject_passed"}), blind=True, lapse_hours=12, version=1
    )
    assert policies.remembering(db) == Remembering(allowed=True, months=6, version=1)
    assert policies.review_hours(db) == ReviewHours(high=2, normal=8, low=8, version=1)
    assert policies.second_factor_roles(db) == {"approver", "auditor"}
    assert [(each["policy"], each["version"]) for each in changes(db)] == [(key, 1) for key in FORMS]
    assert policy_states.current(db).second == policies.second_approval(db)


def test_a_second_approval_that_nobody_could_give_is_refused(alice: PageClient, make: Make, db: Session) -> None:
    page = alice.get(PAGE)
    assert "the only person who may is the only one who decides" in page.text
    page = save(alice, page, "second_approval", status=422, actions=["reopen"], lapse_hours="5")
    assert "Nobody could confirm a proposal" in page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    assert page.soup.select_one("#second_approval-lapse_hours")["value"] == "5"  # type: ignore[index]
    assert rows(db, Policy) == []
    make.user("approver", disabled_at=datetime.now(UTC)), make.user("reviewer")
    page = save(alice, page, "second_approval", actions=["reopen"], lapse_hours="5")
    assert "The policy is changed" in page.text, "a reviewer proposes, and Alice confirms"
    assert "One person alone gives the second approval" in page.text


def test_to_ask_for_nobody_is_always_possible(alice: PageClient, db: Session) -> None:
    page = save(alice, alice.get(PAGE), "second_approval", actions=[])
    assert "one person decides everything" in page.text
    assert policies.second_approval(fresh(db)).actions == frozenset()


def test_whoever_asks_for_a_second_factor_has_one_first(visit: Visit, make: Make, db: Session) -> None:
    carla = visit("Carla Lead", "compliance_lead")
    page = save(carla, carla.get(PAGE), "second_factor", status=422, roles=["admin", "compliance_lead"])
    assert "you would be locked out" in page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    assert rows(db, Policy) == []
    page = save(carla, page, "second_factor", roles=["admin"])
    assert "a second factor is needed by: Administrator" in page.text


@pytest.mark.parametrize(
    ("key", "fields", "wrong"),
    [
        ("second_approval", {"lapse_hours": "0"}, "1 to 720"), ("second_approval", {"lapse_hours": "721"}, "1 to 720"),
        ("second_approval", {"lapse_hours": ""}, "1 to 720"), ("remember_dismissals", {"months": "13"}, "1 to 12"),
        ("remember_dismissals", {"months": "x"}, "1 to 12"), ("review_hours", {"high": "0"}, "1 to 720"),
        ("review_hours", {"high": "30"}, "at least as many hours as high"), ("review_hours", {"low": "3"}, "as normal"),
    ],
)  # fmt: skip
def test_what_no_policy_can_say_is_refused(
    alice: PageClient, db: Session, key: str, fields: dict[str, str], wrong: str
) -> None:
    page = save(alice, alice.get(PAGE), key, status=422, **fields)
    assert wrong in page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    name, typed = next(iter(fields.items()))
    assert page.soup.select_one(f"#{key}-{name}")["value"] == typed  # type: ignore[index]
    assert rows(db, Policy) == []


@pytest.mark.usefixtures("adam")
@pytest.mark.parametrize("key", FORMS)
def test_who_was_slower_overwrites_nothing(alice: PageClient, database: Database, db: Session, key: str) -> None:
    stale = alice.get(PAGE)
    with database.writing() as other:
        actions.require_second(other, by=SYSTEM, wanted=SecondApproval(lapse_hours=1), version=0)
        actions.remember_dismissals(other, by=SYSTEM, wanted=Remembering(allowed=True, months=1), version=0)
        actions.set_review_hours(other, by=SYSTEM, wanted=ReviewHours(high=1), version=0)
        actions.require_second_factor(other, by=SYSTEM, roles=["viewer"], version=0)
    mine: dict[str, dict[str, Any]] = {
        "second_approval": {"lapse_hours": "99"}, "remember_dismissals": {"months": "9"}, "review_hours": {"low": "99"},
        "second_factor": {"roles": ["auditor"]},
    }  # fmt: skip
    page = save(alice, stale, key, status=409, **mine[key])
    said = " ".join(page.soup.select_one("#conflict").get_text(" ").split())  # type: ignore[union-attr]
    now = policy_states.current(fresh(db))
    assert f"Now {now.said(key)}" in said and "by Vouchdesk" in said
    assert {row.version for row in rows(db, Policy)} == {1}
    if key != "second_factor":
        name, typed = next(iter(mine[key].items()))
        assert page.soup.select_one(f"#{key}-{name}")["value"] == typed, "what was typed is still there"  # type: ignore[index]


def test_a_policy_that_is_none_is_not_found(alice: PageClient) -> None:
    alice.post(PAGE, {"policy": "free_beer", "began_with": "0"}, status=404)


def test_actions_refuse_what_the_form_would_not_send(database: Database) -> None:
    odd: list[Any] = [
        lambda db: actions.require_second(db, by=SYSTEM, wanted=SecondApproval(actions=frozenset({"eat"})), version=0),
        lambda db: actions.require_second(db, by=SYSTEM, wanted=SecondApproval(lapse_hours=0), version=0),
        lambda db: actions.remember_dismissals(db, by=SYSTEM, wanted=Remembering(months=13), version=0),
        lambda db: actions.set_review_hours(db, by=SYSTEM, wanted=ReviewHours(high=50), version=0),
        lambda db: actions.require_second_factor(db, by=SYSTEM, roles=["king"], version=0),
    ]
    for attempt in odd:
        with pytest.raises(ValueError, match="no such"), database.writing() as db:
            attempt(db)


def test_doctor_warns_when_the_second_person_has_left(app: Flask, make: Make, database: Database, adam: User) -> None:
    make.user("reviewer")

    def finding() -> Any:
        found = run(app.extensions["vouchdesk.settings"], database)
        return next(each for each in found if each.name == "second approval")

    assert finding().ok
    with database.writing() as db:
        db.get_one(User, adam.id).disabled_at = datetime.now(UTC)
    assert not finding().ok and "nobody else may confirm" in finding().text
    policy = Policy(
        key=policies.SECOND_APPROVAL, value={"actions": ["export_over_100"], "blind": False, "lapse_hours": 72}
    )
    make.save(policy)
    assert finding().ok and "in force only from a second person on: large exports" in finding().text
    make.user("auditor")
    assert finding().ok and "in force" not in finding().text
