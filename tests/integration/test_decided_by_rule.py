"""What rules do with results that arrive: where they send them and by when, and what they decide, with the record of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from tests.support.applied import payload
from tests.support.desk import Desk, expired, failed, passed, unreadable
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.actions import policies as policy_actions
from webapp.actions import rules as actions
from webapp.actions import sessions as session_actions
from webapp.actions.actor import SYSTEM
from webapp.checks.default_rules import DEFAULT
from webapp.checks.rules import Condition, Rule
from webapp.models import AuditEvent, Decision, DecisionSnapshot, Link, Policy, RuleSet, VerificationSession
from webapp.queries import policies
from webapp.queries.policies import ReviewHours


def when(fact: str, op: str, *values: Any) -> Condition:
    return Condition(fact=fact, op=op, values=values)


CLEAN = Rule(when=(when("outcome", "is", "passed"), when("aml_open", "at_most", 0)), then="approve", reason="Clean.")
UNREAD = Rule(when=(when("code", "is", "1"),), then="reject", reason="Unreadable.")
HITS = payload("passport_passed_with_aml_match")["aml"]


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Desk:
    """A link and its opened session."""
    desk = Desk(client, make, worker)
    make.session(link=desk.made, capture="opened", opened_at=datetime.now(UTC))
    return desk


def rule(desk: Desk, *rules: Rule) -> None:
    """Put these before the default set."""
    with desk.database.writing() as db:
        actions.save(db, by=SYSTEM, rules=(*rules, *DEFAULT), version=0)


def decisions(desk: Desk) -> list[Decision]:
    rows: list[Decision] = desk.rows(Decision)
    return rows


def test_by_default_nothing_is_decided_by_a_rule(desk: Desk) -> None:
    desk.post(passed())
    session = desk.session()
    assert (session.review, session.decision, session.rule_version) == ("pending", "none", 0)
    assert session.route_reasons[0] == session.route_reason
    assert decisions(desk) == []


def test_a_clean_pass_is_approved_by_a_rule_with_a_decision_on_the_record(desk: Desk) -> None:
    rule(desk, CLEAN)
    desk.post(passed(aml=[]))
    session = desk.session()
    assert (session.review, session.decision, session.status) == ("done", "approved", "approved")
    assert (session.rule_version, session.route_reason, session.due_at) == (1, "Clean.", None)
    assert session.decided_by_name == "Rule 1" and session.decided_at is not None
    [decision] = decisions(desk)
    assert (decision.kind, decision.stage, decision.actor_type, decision.actor_name) == (
        "approve",
        "final",
        "rule",
        "Rule 1",
    )
    assert (decision.actor_id, decision.rule_version, len(decision.evidence_hash)) == (None, 1, 64)
    [snapshot] = desk.rows(DecisionSnapshot)
    assert snapshot.decision_id == decision.id and snapshot.content["session"]["decision"] == "approved"
    [event] = [row for row in desk.rows(AuditEvent) if row.action == "session.decide"]
    assert (event.actor_type, event.actor_name_at_time, event.object_id) == ("system", "Rule 1", decision.id)
    assert event.before == {"review": "not_needed", "decision": "none"}
    assert event.after["rule"] == 1 and event.after["rule_version"] == 1 and event.after["decision"] == "approved"


def test_open_entries_are_never_approved_even_by_a_set_that_was_never_checked(desk: Desk, make: Make) -> None:
    anything = {"when": [], "then": "approve", "priority": "normal", "reason": "x", "on": True}
    make.save(RuleSet(version=1, rules=[anything]))
    desk.post(passed(aml=HITS))
    session = desk.session()
    assert (session.review, session.decision, session.aml_open) == ("pending", "none", True)
    assert session.route_reason == "AML hit."
    assert decisions(desk) == []


@pytest.mark.parametrize("flag", ["late", "conflicting", "inconsistent"])
def test_what_is_out_of_order_is_never_approved(desk: Desk, flag: str) -> None:
    rule(desk, CLEAN)
    if flag == "late":
        desk.post(expired())
        desk.post(passed(aml=[]))
    elif flag == "conflicting":
        desk.post(failed(3))
        desk.post(passed(aml=[]))
    else:
        body = passed(aml=[])
        body["data"]["dob_day"] = 12
        desk.post(body)
    session = desk.session()
    assert (session.review, session.decision) == ("pending", "none")
    assert decisions(desk) == []


def test_a_failure_is_rejected_where_a_rule_says_so(desk: Desk) -> None:
    rule(desk, UNREAD)
    desk.post(unreadable())
    session = desk.session()
    assert (session.status, session.decided_by_name, decisions(desk)[0].kind) == ("rejected", "Rule 1", "reject")


def test_the_rule_decides_when_the_result_arrives_and_never_later(desk: Desk, provider: FakeProvider) -> None:
    desk.post(passed(aml=[]))
    assert desk.session().review == "pending"
    rule(desk, CLEAN)
    with desk.database.writing() as db:
        session = db.get_one(VerificationSession, desk.session().id)
        session_actions.settle(db, session=session, link=db.get_one(Link, session.link_id), provider=provider)
    desk.post(passed(aml=[]))
    session = desk.session()
    assert (session.review, session.decision, session.route_reason) == ("pending", "none", "Passed: a person decides.")
    assert decisions(desk) == []


def test_a_decision_by_rule_stays_and_new_facts_are_flagged(desk: Desk) -> None:
    rule(desk, CLEAN)
    desk.post(passed(aml=[]))
    desk.post(failed(3))
    session = desk.session()
    assert (session.decision, session.review, session.new_facts_after_decision) == ("approved", "done", True)
    assert len(decisions(desk)) == 1 and session.rule_version == 1


def test_where_two_people_must_reject_what_passed_a_rule_does_not(desk: Desk, make: Make) -> None:
    make.save(
        Policy(key=policies.SECOND_APPROVAL, value={"actions": ["reject_passed"], "blind": False, "lapse_hours": 9})
    )
    rule(desk, Rule(when=(when("issuer", "is_not", "XX"),), then="reject", reason="Not accepted."))
    desk.post(passed(aml=[]))
    session = desk.session()
    assert (session.review, session.decision) == ("pending", "none")
    assert session.due_at is not None and decisions(desk) == []


def test_a_rule_may_ask_for_the_preset_of_the_link(
    client: FlaskClient, make: Make, worker: TestWorker, provider: Any
) -> None:
    mine, other = (make.preset(name) for name in ("Mine", "Other"))
    with make.database.reading() as db:
        from webapp.models import PresetVersion

        versions = {row.preset_id: row.id for row in db.exec(select(PresetVersion))}
    only_mine = Rule(when=(*CLEAN.when, when("preset", "is", str(mine.id))), then="approve", reason="Mine.")
    for preset, status in ((mine, "approved"), (other, "needs_review")):
        desk = Desk(client, make, worker, preset_version_id=versions[preset.id or 0])
        make.session(link=desk.made, capture="opened", opened_at=datetime.now(UTC))
        if preset is mine:
            rule(desk, only_mine)
        desk.post(passed(aml=[]))
        assert desk.session().status == status


# -- due times -----------------------------------------------------------------------------------------------------

UNKNOWN = {"success": False, "hash": "a" * 32, "failreason": "Something", "failcode": 57}


@pytest.mark.parametrize(
    ("body", "priority", "hours"), [(passed(aml=[]), "normal", 24), (failed(3), "high", 4), (UNKNOWN, "normal", 24)]
)
def test_a_review_is_due_hours_after_the_result_by_priority(
    desk: Desk, body: dict[str, Any], priority: str, hours: int
) -> None:
    desk.post(body)
    session = desk.session()
    assert session.finished_at is not None
    assert (session.review, session.priority) == ("pending", priority)
    assert session.due_at == session.finished_at + timedelta(hours=hours)


def test_the_hours_are_those_of_the_policy_and_a_higher_priority_moves_the_time(desk: Desk) -> None:
    with desk.database.writing() as db:
        policy_actions.set_review_hours(db, by=SYSTEM, wanted=ReviewHours(high=1, normal=10, low=20), version=0)
    desk.post(passed(aml=[]))
    first = desk.session()
    assert first.finished_at is not None and first.due_at == first.finished_at + timedelta(hours=10)
    desk.post(failed(3))
    second = desk.session()
    assert (second.priority, second.conflicting_results) == ("high", True)
    assert second.due_at == first.finished_at + timedelta(hours=1)


def test_what_needs_nobody_is_never_due(desk: Desk) -> None:
    desk.post(unreadable())
    assert (desk.session().review, desk.session().due_at) == ("not_needed", None)


def test_the_session_page_lists_what_every_rule_said(desk: Desk, alice: PageClient) -> None:
    rule(desk, Rule(when=(when("issuer", "is", "US"),), priority="high", reason="A country we look at twice."))
    desk.post(passed(aml=[]))
    said = alice.get(f"/sessions/{desk.session().id}").soup.select_one("#rules-say")
    assert said is not None and said.a is not None and said.a["href"] == "/settings/rules/versions/1"
    assert "Routing rules, version 1: “A country we look at twice.” “Passed: a person decides.”" in said.get_text()


def test_the_session_page_says_which_rule_decided(desk: Desk, rachel: PageClient) -> None:
    rule(desk, CLEAN)
    desk.post(passed(aml=[]))
    said = rachel.get(f"/sessions/{desk.session().id}").soup.select_one("#rules-say")
    assert said is not None and said.a is None
    assert "Decided by rule 1 of the routing rules, version 1: “Clean.”" in said.get_text()
