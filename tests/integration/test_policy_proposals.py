"""Changes of the policy and of the rules: proposed by one person, confirmed or sent back by another, never by the same."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from tests.support.proposing import NOTE, PAGE, RULES, WHY, by, only, path, proposals, told
from webapp.actions import policies, policy_answers
from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.policy_proposals import NoReason, Second, Waits
from webapp.actions.second_person import MissingRight, NotNow, SamePerson
from webapp.actions.sign_ins import open_sign_in
from webapp.checks.retention import Period, Retention
from webapp.models import Policy, PolicyProposal, User
from webapp.models.columns import utc_now
from webapp.queries import policies as reads
from webapp.queries import policy_states, policy_words
from webapp.queries.policies import Remembering, ReviewHours, SecondApproval

MINIMUMS = {"extracted": 1827, "aml": 1827, "decision": 1827}


@pytest.fixture
def carla(visit: Visit) -> PageClient:
    """Another person who may change the policy and the rules, and may confirm decisions."""
    return visit("Carla Lead", "compliance_lead")


def remembering(make: Make) -> Remembering:
    with make.database.reading() as db:
        return reads.remembering(db)


def propose(visitor: PageClient, *, status: int = 200, page: Page | None = None, **fields: Any) -> Page:
    """Propose that dismissals may be remembered."""
    page = page or visitor.get(PAGE)
    why = {"why": WHY} if page.soup.select("#policy-remembering [name=why]") else {}
    usual: dict[str, Any] = {"allowed": True, "months": "3", **why}
    return visitor.submit(page, "#policy-remembering button[type=submit]", status=status, **usual | fields)


# -- proposing -----------------------------------------------------------------------------------------------------


def test_who_is_alone_changes_the_policy_at_once_and_the_page_says_from_when_on_not(
    make: Make, alice: PageClient
) -> None:
    make.user("admin", disabled_at=utc_now()), make.user("approver")
    page = alice.get(PAGE)
    assert "Not in force yet: changes of the policy." in page.soup.select_one("#not-yet").get_text()  # type: ignore[union-attr]
    assert not page.soup.select("[name=why]")
    page = alice.submit(page, "#policy-remembering button[type=submit]", allowed=True, months="3")
    assert "The policy is changed" in page.text and remembering(make).allowed
    assert proposals(make) == []


def test_with_a_second_person_nothing_holds_before_it_is_confirmed(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    page = propose(alice)
    assert "Proposed. It holds when another person" in page.text
    assert remembering(make) == Remembering()
    made = only(make)
    assert (made.key, made.value, made.began_with, made.why) == (
        "remember_dismissals", {"allowed": True, "months": 3}, 0, WHY,
    )  # fmt: skip
    assert page.soup.select_one("#form-withdraw-1") and not page.soup.select("#form-confirm-1")
    shown = carla.get(PAGE)
    banner = shown.soup.select_one("#proposal-1").get_text(" ", strip=True)  # type: ignore[union-attr]
    for words in ("Alice Admin", WHY, "Remembering dismissals:", "not allowed", "allowed", "12 months", "3 months"):
        assert words in banner
    assert shown.soup.select_one("[data-count=policy]").get_text() == "1"  # type: ignore[union-attr]
    assert page.soup.select_one("[data-count=policy]").get_text() == ""  # type: ignore[union-attr]
    done = carla.submit(shown, "#form-confirm-1 button")
    assert "Confirmed: the change is in force." in done.text
    assert remembering(make) == Remembering(allowed=True, months=3, version=1)
    with make.database.reading() as db:
        policy = db.get_one(Policy, "remember_dismissals")
    assert (policy.changed_by_id, policy.changed_by_name) == (alice.user.id, "Alice Admin and Carla Lead")
    assert (only(make).state, only(make).answered_by_id) == ("confirmed", carla.user.id)


def test_every_step_is_on_the_record_without_a_word_that_somebody_wrote(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    propose(alice)
    carla.post(path(make, "confirm"))
    (asked,), (confirmed,), (changed,) = (told(make, f"policy.{step}") for step in ("propose", "confirm", "change"))
    number = only(make).id
    assert (asked.before, asked.actor_id) == (
        {"policy": "remember_dismissals", "allowed": False, "months": 12}, alice.user.id,
    )  # fmt: skip
    assert (asked.after or {})["months"] == 3 and asked.object_id == number
    assert (confirmed.actor_id, (confirmed.after or {})["proposed_by"]) == (carla.user.id, alice.user.id)
    assert (changed.after or {})["proposal"] == number and (changed.after or {})["proposed_by"] == alice.user.id
    assert changed.actor_id == carla.user.id
    assert WHY not in str([row.after for row in (asked, confirmed, changed)])


def test_without_a_reason_nothing_is_proposed_and_what_was_typed_stays(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    page = propose(alice, why="no", months="7", status=422)
    assert "the second person reads it" in page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    assert page.soup.select_one("#remember_dismissals-months")["value"] == "7"  # type: ignore[index]
    assert proposals(make) == []
    propose(alice, page=page)
    assert only(make).state == "waiting"


@pytest.mark.parametrize(
    ("form", "fields", "label"),
    [
        ("#policy-form", {"attributes": True}, "Attributes of the face"),
        (
            "#policy-second",
            {"actions": ["reject_passed"], "lapse_hours": "5"},
            "Change this policy or the routing rules",
        ),
        ("#policy-hours", {"high": "2"}, "High priority"),
        ("#policy-retention", {"grace_days": "9"}, "Days of grace"),
        ("#policy-factor", {"roles": ["auditor"]}, "Auditor"),
    ],
)
def test_every_policy_waits_and_is_made_when_it_is_confirmed(
    form: str, fields: dict[str, Any], label: str, make: Make, alice: PageClient, carla: PageClient
) -> None:
    with make.database.reading() as db:
        before = policy_states.current(db)
    page = alice.submit(alice.get(PAGE), f"{form} button[type=submit]", why=WHY, **fields)
    assert "Proposed." in page.text
    key = only(make).key
    with make.database.reading() as db:
        assert policy_states.current(db) == before
    shown = carla.get(PAGE)
    assert label in shown.soup.select_one("#proposal-1").get_text()  # type: ignore[union-attr]
    carla.submit(shown, "#form-confirm-1 button")
    with make.database.reading() as db:
        after = policy_states.current(db)
        assert after.of(key).version == 1
        assert policy_words.differences(key, after, only(make).value) == []
        assert policy_words.differences(key, before, only(make).value)


def test_switching_the_second_person_off_waits_for_one_and_then_holds(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    page = alice.submit(alice.get(PAGE), "#policy-second button[type=submit]", actions=[], why=WHY)
    with make.database.reading() as db:
        assert "policy_change" in reads.second_approval(db).actions
    carla.post(path(make, "confirm"))
    page = propose(alice)
    assert "The policy is changed" in page.text and remembering(make).allowed


def test_a_change_that_is_none_asks_for_nobody(make: Make, alice: PageClient, carla: PageClient) -> None:
    page = alice.submit(alice.get(PAGE), "#policy-hours button[type=submit]", why=WHY)
    assert "Nothing was changed." in page.text and proposals(make) == []


def test_one_change_of_a_policy_waits_at_a_time_and_the_same_twice_is_one(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    page = alice.get(PAGE)
    stale = carla.get(PAGE)
    propose(alice, page=page), propose(alice, page=page)
    assert len(proposals(make)) == 1
    other = propose(carla, page=stale, months="9", status=409)
    assert "Alice Admin" in other.soup.select_one("#waits").get_text()  # type: ignore[union-attr]
    assert other.soup.select_one("#remember_dismissals-why")["value"] == WHY  # type: ignore[index]
    assert other.soup.select_one("#remember_dismissals-months")["value"] == "9"  # type: ignore[index]
    carla.submit(carla.get(PAGE), "#policy-hours button[type=submit]", high="1", why=WHY)
    assert [each.key for each in proposals(make)] == ["remember_dismissals", "review_hours"]


def test_what_cannot_be_is_refused_before_it_is_proposed(make: Make, alice: PageClient, carla: PageClient) -> None:
    alice.submit(alice.get(PAGE), "#policy-factor button[type=submit]", status=422, roles=["admin"], why=WHY)
    assert proposals(make) == []


# -- answering -----------------------------------------------------------------------------------------------------


def test_sent_back_nothing_is_changed_and_the_proposer_reads_why(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    propose(alice)
    page = carla.submit(carla.get(PAGE), "#form-send-back-1 button", note="x", status=422)
    assert "who proposed it reads it" in page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    carla.submit(page, "#form-send-back-1 button", note=NOTE)
    assert remembering(make) == Remembering() and only(make).state == "sent_back"
    shown = alice.get(PAGE).soup.select_one("details.past-proposals[open]")
    assert shown is not None and NOTE in shown.get_text() and "Carla Lead" in shown.get_text()
    assert NOTE not in str(told(make, "policy.sendback")[0].after)


def test_the_proposer_withdraws_and_only_he(make: Make, alice: PageClient, carla: PageClient) -> None:
    propose(alice)
    carla.post(path(make, "withdraw"), status=404)
    stale = carla.get(PAGE)
    alice.submit(alice.get(PAGE), "#form-withdraw-1 button")
    assert only(make).state == "withdrawn"
    page = carla.submit(stale, "#form-send-back-1 button", note=NOTE, status=409)
    assert page.soup.select_one("#typed-note").get_text().strip() == NOTE  # type: ignore[union-attr]
    alice.post(path(make, "withdraw"), status=409)
    assert len(told(make, "policy.withdraw")) == 1


def test_it_lapses_after_the_hours_of_the_policy(make: Make, alice: PageClient, carla: PageClient) -> None:
    propose(alice)
    now = utc_now()
    assert policy_answers.lapse_due(make.database, now + timedelta(hours=71)) == 0
    assert policy_answers.lapse_due(make.database, now + timedelta(hours=73)) == 1
    assert policy_answers.lapse_due(make.database, now + timedelta(hours=73)) == 0
    assert (only(make).state, only(make).answered_by_id) == ("lapsed", None)
    assert "Nobody confirmed it in time." in alice.get(PAGE).text
    carla.post(path(make, "confirm"), status=409)
    assert (told(make, "policy.lapse")[0].after or {})["why"] == "time"


@pytest.mark.parametrize("lost", ["role", "account"])
def test_a_proposer_who_may_not_any_more_changes_nothing(
    lost: str, make: Make, alice: PageClient, carla: PageClient
) -> None:
    propose(alice)
    with make.database.writing() as db:
        user = db.get_one(User, alice.user.id)
        user.role, user.disabled_at = ("viewer", None) if lost == "role" else (user.role, datetime.now(UTC))
    assert "may not do so any more" in carla.post(path(make, "confirm"), status=409).text
    assert only(make).state == "lapsed" and remembering(make) == Remembering()


def test_what_was_changed_meanwhile_has_to_be_proposed_anew(make: Make, alice: PageClient, carla: PageClient) -> None:
    propose(alice)
    with make.database.writing() as db:
        policies.remember_dismissals(db, by=SYSTEM, wanted=Remembering(allowed=True, months=1), version=0)
    assert only(make).state == "lapsed"
    assert "has changed meanwhile" in carla.get(PAGE).text
    carla.post(path(make, "confirm"), status=409)
    assert remembering(make).months == 1


def test_another_version_is_found_stale_even_where_nobody_noticed(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    propose(alice)
    make.save(Policy(key="remember_dismissals", value={"allowed": False, "months": 2}, version=4))
    assert "changed meanwhile" in carla.post(path(make, "confirm"), status=409).text
    assert (only(make).state, remembering(make).months) == ("lapsed", 2)


def test_what_became_impossible_is_not_made_and_waits_on(make: Make, alice: PageClient, carla: PageClient) -> None:
    alice.submit(alice.get(PAGE), "#policy-second button[type=submit]", actions=["reopen"], lapse_hours="5", why=WHY)
    with make.database.writing() as db:
        db.get_one(User, carla.user.id).role = "admin"
    page = carla.post(path(make, "confirm"), status=409)
    assert "Nobody could give the second approval" in page.text
    assert only(make).state == "waiting" and told(make, "policy.confirm") == []


# -- the ways of an attacker ---------------------------------------------------------------------------------------


def test_the_proposer_is_refused_even_by_another_sign_in_and_that_is_on_record(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    propose(alice)
    again = PageClient(alice.app, user=alice.user)
    with make.database.writing() as db:
        again.sign_in_with(open_sign_in(db, by=Actor(kind="applicant", ip="10.0.0.9"), user=alice.user))
    for visitor in (alice, again):
        assert "change that you proposed" in visitor.post(path(make, "confirm"), status=403).text
        visitor.post(path(make, "send-back"), {"note": NOTE}, status=403)
    refused = told(make, "policy.confirm")
    assert [(row.outcome, row.actor_id) for row in refused] == [("denied", alice.user.id)] * 4
    assert only(make).state == "waiting" and remembering(make) == Remembering()


@pytest.mark.parametrize("answered", [None, "proposer"])
@pytest.mark.parametrize("state", ["confirmed", "sent_back"])
def test_the_database_itself_refuses_the_same_person_and_no_person(
    make: Make, alice: PageClient, carla: PageClient, state: str, answered: str | None
) -> None:
    propose(alice)
    with pytest.raises(IntegrityError), make.database.writing() as db:
        proposal = db.get_one(PolicyProposal, only(make).id)
        proposal.state, proposal.answered_by_id = state, alice.user.id if answered else None


def test_the_database_itself_lets_one_change_of_a_policy_wait(make: Make, alice: PageClient) -> None:
    make.proposal(alice.user)
    with pytest.raises(IntegrityError):
        make.proposal(alice.user)


def test_a_forged_or_foreign_post_confirms_nothing(
    make: Make, alice: PageClient, carla: PageClient, visit: Visit
) -> None:
    propose(alice)
    carla.post(path(make, "confirm"), csrf=False, status=403)
    carla.get(path(make, "confirm"), status=405)
    visit("Rachel Reviewer", "reviewer").post(path(make, "confirm"), status=403)
    for number in (77, 0, 99999999999):
        carla.post(f"{PAGE}/proposals/{number}/confirm", status=404)
    page = carla.get(PAGE)
    with make.database.writing() as db:
        db.get_one(User, carla.user.id).role = "viewer"
    carla.submit(page, "#form-confirm-1 button", status=403)
    with pytest.raises(MissingRight), make.database.writing() as db:
        policy_answers.confirm(
            db, by=Actor(kind="person", id=carla.user.id, role="viewer"), proposal_id=1, minimums=MINIMUMS
        )
    assert only(make).state == "waiting" and remembering(make) == Remembering()


def test_a_form_sent_as_from_one_person_alone_is_held_all_the_same(make: Make, alice: PageClient, visit: Visit) -> None:
    opened_alone = alice.get(PAGE)
    visit("Carla Lead", "compliance_lead")
    alice.submit(opened_alone, "#policy-remembering button[type=submit]", allowed=True, months="3", status=422)
    assert remembering(make) == Remembering() and proposals(make) == []


def test_an_action_called_straight_is_held_too(make: Make, alice: PageClient, carla: PageClient) -> None:
    who = by(alice.user)
    with make.database.writing() as db:
        second = Second(why=WHY)
        hours = ReviewHours(high=1)
        assert isinstance(policies.set_review_hours(db, by=who, wanted=hours, version=0, second=second), PolicyProposal)
    with pytest.raises(NoReason), make.database.writing() as db:
        policies.forbid_options(db, by=who, names=["attributes"], version=0)
    with pytest.raises(Waits), make.database.writing() as db:
        policies.set_review_hours(db, by=who, wanted=ReviewHours(high=2), version=0, second=Second(why=WHY))
    with pytest.raises(policies.StalePolicy), make.database.writing() as db:
        policies.forbid_options(db, by=who, names=["attributes"], version=3, second=Second(why=WHY))


def test_confirmed_by_two_at_once_it_is_made_once(
    make: Make, alice: PageClient, carla: PageClient, visit: Visit
) -> None:
    propose(alice)
    adam, results, gate = visit("Adam Admin", "admin"), list[str](), threading.Barrier(2)

    def confirm(user: User) -> None:
        gate.wait()
        try:
            with make.database.writing() as db:
                policy_answers.confirm(db, by=by(user), proposal_id=1, minimums=MINIMUMS)
            results.append("done")
        except NotNow:
            results.append("late")

    threads = [threading.Thread(target=confirm, args=(user,)) for user in (carla.user, adam.user)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "late"]
    assert remembering(make).version == 1 and len(told(make, "policy.change")) == 1


def test_of_two_who_propose_at_once_one_is_told_that_the_other_waits(
    make: Make, alice: PageClient, carla: PageClient
) -> None:
    results, gate = list[str](), threading.Barrier(2)

    def change(user: User, months: int) -> None:
        gate.wait()
        try:
            with make.database.writing() as db:
                policies.remember_dismissals(
                    db, by=by(user), wanted=Remembering(months=months), version=0, second=Second(why=WHY)
                )
            results.append("waits")
        except Waits:
            results.append("told")

    threads = [threading.Thread(target=change, args=pair) for pair in ((alice.user, 2), (carla.user, 3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["told", "waits"] and only(make).state == "waiting"


@pytest.mark.parametrize("key", [*policy_answers.MAKE])
def test_a_value_that_this_release_cannot_read_shows_the_page_and_changes_nothing(
    make: Make, alice: PageClient, carla: PageClient, key: str
) -> None:
    page = RULES if key == reads.RULES else PAGE
    make.proposal(alice.user, key=key, value={"of": "another release"})
    assert carla.get(page).soup.select_one("#proposal-1")
    assert carla.post(path(make, "confirm", page), status=None).status == 409
    assert only(make).state == "waiting"


def test_a_system_without_a_person_confirms_nothing(make: Make, alice: PageClient, carla: PageClient) -> None:
    propose(alice)
    with pytest.raises(SamePerson), make.database.writing() as db:
        policy_answers.confirm(db, by=Actor(kind="system", role="admin"), proposal_id=1, minimums=MINIMUMS)


# -- in words ------------------------------------------------------------------------------------------------------


def test_what_would_change_is_said_thing_by_thing(make: Make) -> None:
    with make.database.reading() as db:
        now = policy_states.current(db)
    wanted = Retention(periods={**Retention().periods, "pictures": Period(days=30, base="decided")})
    value = policies._plain(wanted)
    (found,) = policy_words.differences(reads.RETENTION, now, value)
    assert (found.label, found.new) == ("Pictures of documents", "30 days from the decision")
    blind = policies._plain(SecondApproval(blind=True, lapse_hours=5))
    said = {each.label: (each.old, each.new) for each in policy_words.differences(reads.SECOND_APPROVAL, now, blind)}
    assert said == {
        "The first person’s decision": ("shown to the second", "hidden from the second"),
        "What waits lapses": ("after 72 h", "after 5 h"),
    }
    assert set(policy_words.NAMES) == {*policy_words._PARTS, reads.RULES} == set(policy_answers.MAKE)
