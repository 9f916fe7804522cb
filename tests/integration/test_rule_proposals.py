"""Other routing rules: proposed by one person, in force when another who may change them has confirmed them."""

import pytest

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from tests.support.proposing import NOTE, PAGE, RULES, WHY, only, path, proposals, told
from webapp.actions import rules as rule_actions
from webapp.actions.actor import SYSTEM
from webapp.checks.default_rules import DEFAULT
from webapp.forms.rule_draft import written
from webapp.models import RuleSet
from webapp.queries import rules as rule_reads

OTHER_RULES = DEFAULT[:-1]


@pytest.fixture
def carla(visit: Visit) -> PageClient:
    """Another person who may change the rules."""
    return visit("Carla Lead", "compliance_lead")


def propose_rules(visitor: PageClient, *, status: int = 200, note: str = WHY) -> Page:
    page = visitor.get(f"{RULES}/draft?began=0&d={written(OTHER_RULES)}")
    return visitor.submit(page, "#save-form button[type=submit]", note=note, status=status)


def test_other_rules_wait_for_a_second_person_and_are_then_the_next_version(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    assert "before it is in force" in alice.get(f"{RULES}/draft?began=0&d={written(OTHER_RULES)}").text
    assert "the second person reads it" in propose_rules(alice, note="", status=422).text
    assert "Proposed." in propose_rules(alice).text
    with make.database.reading() as db:
        assert rule_reads.in_force(db).version == 0
    page = carla.get(RULES)
    banner = page.soup.select_one("#proposal-1").get_text(" ", strip=True)  # type: ignore[union-attr]
    assert "Removed:" in banner and WHY in banner
    assert page.soup.select_one("[data-count=rules]").get_text() == "1"  # type: ignore[union-attr]
    assert not carla.get(PAGE).soup.select("#proposal-1")
    alice.post(path(make, "confirm", RULES), status=403)
    carla.submit(page, "#form-confirm-1 button")
    with make.database.reading() as db:
        row = db.get_one(RuleSet, 1)
    assert (row.created_by_id, row.created_by_name, row.note) == (alice.user.id, "Alice Admin and Carla Lead", WHY)
    assert len(told(make, "rule.change")) == len(told(make, "rule.confirm")) - 1 == 1


def test_rules_are_sent_back_or_withdrawn(make: Make, alice: PageClient, carla: PageClient) -> None:
    propose_rules(alice)
    assert "proposed other rules already" in propose_rules(carla, note="Mine", status=409).text
    carla.submit(carla.get(RULES), "#form-send-back-1 button", note=NOTE)
    assert NOTE in alice.get(RULES).text
    propose_rules(alice)
    alice.submit(alice.get(RULES), "#form-withdraw-2 button")
    assert [each.state for each in proposals(make)] == ["sent_back", "withdrawn"]


def test_an_administrator_who_may_not_change_rules_confirms_none(make: Make, alice: PageClient, visit: Visit) -> None:
    adam, _carla = visit("Adam Admin", "admin"), visit("Carla Lead", "compliance_lead")
    propose_rules(alice)
    adam.post(path(make, "confirm", RULES), status=403)
    adam.post(path(make, "confirm"), status=403)
    adam.post(path(make, "send-back"), {"note": NOTE}, status=403)
    assert only(make).state == "waiting"


def test_the_only_person_who_may_change_rules_waits_for_nobody(make: Make, alice: PageClient, visit: Visit) -> None:
    visit("Adam Admin", "admin")
    assert "Version 1 is in force" in propose_rules(alice, note="").text


def test_rules_saved_meanwhile_leave_nothing_to_confirm(make: Make, alice: PageClient, carla: PageClient) -> None:
    propose_rules(alice)
    with make.database.writing() as db:
        rule_actions.save(db, by=SYSTEM, rules=DEFAULT[1:], version=0)
    assert only(make).state == "lapsed"
    carla.post(path(make, "confirm", RULES), status=409)
