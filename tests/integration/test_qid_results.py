"""What each of QiD's codes does to a session, in which order, and when the clock says that nothing comes; both databases."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from structlog.testing import CapturingLogger

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.qid_desk import QidDesk
from tests.support.worker import TestWorker
from webapp.actions import links, sessions
from webapp.actions.actor import SYSTEM
from webapp.actions.expiry import expire_due, restore_early
from webapp.models import Link, Person, VerificationSession
from webapp.providers.base import Options
from webapp.providers.qid import codes
from webapp.queries import gaps, timeline
from webapp.queries.subjects import history

pytestmark = [
    pytest.mark.database(*BOTH),
    pytest.mark.settings(qid_subscriber_id="SPECIMEN", qid_base_url="http://127.0.0.1:1/"),
]
ANNA, BERT = "66a9-b279-59ac-e312-6957-75bc", "66a9-ffff-59ac-e312-6957-0000"


@pytest.fixture
def desk(app: Flask, make: Make, worker: TestWorker) -> QidDesk:
    return QidDesk(app, make, worker)


def standing(desk: QidDesk, link: Link) -> tuple[str, str, str, str]:
    session = desk.session(link)
    return session.capture, session.outcome, session.review, session.status


def told(desk: QidDesk, link: Link) -> list[str]:
    with desk.database.reading() as db:
        session = desk.session(link)
        return [line.text for line in timeline.of_session(db, session=session, link=link, vendor="QiD").lines]


# ---- each code


LEFT = [
    ("010", "abandoned"),
    ("011", "timed_out"),
    *((f"{n:03d}", "abandoned") for n in range(12, 29)),
    ("030", "inconclusive"),
]


@pytest.mark.parametrize(("code", "outcome"), LEFT)
def test_a_check_that_was_not_finished_needs_nobody(desk: QidDesk, code: str, outcome: str) -> None:
    link = desk.link()
    desk.post(link, code)

    assert standing(desk, link) == ("finished", outcome, "not_needed", "failed")
    assert (desk.session(link).outcome_code, desk.kept(link).state) == (code, "used_up")
    assert desk.matters(link) == []


def test_captured_ends_without_a_person_and_keeps_all_that_came(desk: QidDesk) -> None:
    link = desk.link(options=Options(location=True, attributes=("gender",)))
    desk.post(
        link, "101", subject=ANNA, metadata={"1": {"value": "Female", "confidence": "97.5"}}, location="48.2 16.37"
    )

    assert standing(desk, link) == ("finished", "captured", "not_needed", "captured")
    result = desk.result(link)
    assert (result.subject, result.liveness, result.mode) == (ANNA, "passed", "production")
    assert result.attributes["gender"]["value"]
    assert result.location == {"lat": 48.2, "lon": 16.37}


def test_a_failed_liveness_check_goes_to_a_person_first(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "029")

    assert standing(desk, link) == ("finished", "liveness_failed", "pending", "needs_review")
    assert desk.session(link).priority == "high"


def test_the_vendors_expiry_is_the_end(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "006")

    assert standing(desk, link) == ("expired", "none", "not_needed", "expired")
    assert desk.session(link).expiry_confirmed
    assert desk.kept(link).state == "expired"


@pytest.mark.parametrize(
    "code", [code for code in codes.CODES if codes.RESULTS.get(code, "error") == "error"] + ["999"]
)
def test_what_is_no_outcome_of_a_check_goes_to_a_person(desk: QidDesk, code: str) -> None:
    link = desk.link()
    desk.post(link, code, status=codes.meaning(code).code in ("055",))

    assert standing(desk, link) == ("finished", "error", "pending", "needs_review")


@pytest.mark.parametrize("code", ["000", "999", "054"])
def test_a_code_that_concerns_the_operator_is_an_alarm(
    desk: QidDesk, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = CapturingLogger()
    monkeypatch.setattr(sessions, "log", said)
    desk.post(desk.link(), code)
    assert [(*call.args, call.kwargs["code"]) for call in said.calls] == [("result.code_unknown", code)]


# ---- what ends nothing


@pytest.mark.parametrize("code", ["008", "009", "100"])
def test_a_word_on_the_way_leaves_the_link_usable_and_a_note(desk: QidDesk, code: str) -> None:
    link = desk.link()
    desk.post(link, code)

    assert standing(desk, link) == ("opened", "none", "not_needed", "opened")
    assert (desk.session(link).outcome_code, desk.kept(link).state) == (code, "active")
    assert any("The link still works" in line for line in told(desk, link))
    assert [delivery.state for delivery in desk.deliveries] == ["applied"]

    desk.post(link, "101", subject=ANNA)
    assert standing(desk, link)[1:] == ("captured", "not_needed", "captured")
    assert desk.session(link).outcome_code == "101"


def test_somebody_must_have_opened_a_link_that_has_the_wrong_device(desk: QidDesk) -> None:
    link = desk.link(state="creating")
    with desk.database.writing() as db:
        db.get_one(Link, link.id).state = "active"
    desk.make.session(link=link)
    desk.post(link, "008")

    assert desk.session(link).capture == "opened"
    assert desk.session(link).opened_at is not None


@pytest.mark.parametrize("end", ["101", "017", "006", "revoked"])
def test_a_word_on_the_way_after_the_end_changes_nothing(desk: QidDesk, end: str) -> None:
    link = desk.link()
    if end == "revoked":
        with desk.database.writing() as db:
            links.revoke(db, by=SYSTEM, link_id=link.id or 0, reason="other")
    else:
        desk.post(link, end, subject=ANNA if end == "101" else "")
    before = standing(desk, link), desk.session(link).outcome_code, desk.kept(link).expires_at
    desk.post(link, "008")

    assert (standing(desk, link), desk.session(link).outcome_code, desk.kept(link).expires_at) == before
    assert desk.deliveries[-1].state == "repeat"


# ---- what the vendor does not know


@pytest.mark.parametrize("soft", ["000", "999"])
@pytest.mark.parametrize(
    ("code", "status"), [("101", "captured"), ("017", "failed"), ("029", "needs_review"), ("006", "expired")]
)
def test_a_final_code_overtakes_an_unknown_error(desk: QidDesk, soft: str, code: str, status: str) -> None:
    link = desk.link()
    desk.post(link, soft)
    assert (desk.session(link).status, desk.kept(link).state) == ("needs_review", "active")
    desk.post(link, code, subject=ANNA if code == "101" else "")

    assert desk.session(link).status == status
    assert not desk.session(link).conflicting_results
    assert desk.kept(link).state in ("used_up", "expired")
    if code != "006":
        [first] = desk.result(link).outcome_log
        assert (first["code"], first["effect"]) == (soft, "Overtaken by a later result.")


def test_an_unknown_error_after_a_result_goes_to_a_person_and_overtakes_nothing(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "101", subject=ANNA)
    desk.post(link, "000")

    assert standing(desk, link)[1:3] == ("captured", "pending")


def test_a_contradiction_is_not_overtaken(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "000", status=True)
    desk.post(link, "101", subject=ANNA)

    assert desk.session(link).outcome == "error"
    assert desk.session(link).conflicting_results


def test_what_a_person_has_decided_is_not_overtaken(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "000")
    with desk.database.writing() as db:
        session = db.get_one(VerificationSession, desk.session(link).id)
        session.review, session.decision = "done", "rejected"
    desk.post(link, "101", subject=ANNA)

    session = desk.session(link)
    assert (session.outcome, session.decision, session.new_facts_after_decision) == ("error", "rejected", True)


# ---- again and again


def again(desk: QidDesk, person: Person, *results: str) -> list[str]:
    made = []
    for code in results:
        made.append(desk.link(person))
        desk.post(made[-1], code)
    return [desk.session(link).review for link in made]


def test_the_second_unclear_liveness_of_a_person_goes_to_a_person(desk: QidDesk, make: Make) -> None:
    assert again(desk, make.person(), "030", "010", "030") == ["not_needed", "not_needed", "pending"]


def test_the_third_time_without_a_human_face_goes_to_a_person(desk: QidDesk, make: Make) -> None:
    """The two codes of the pair say the same thing."""
    assert again(desk, make.person(), "015", "016", "017", "015") == [
        "not_needed",
        "not_needed",
        "not_needed",
        "pending",
    ]


def test_other_peoples_sessions_do_not_count(desk: QidDesk, make: Make) -> None:
    assert again(desk, make.person(), "030") + again(desk, make.person(), "030") == ["not_needed", "not_needed"]


# ---- who it is


def seen(desk: QidDesk, person: Person | None, subject: str) -> Link:
    link = desk.link(person)
    desk.post(link, "101", subject=subject)
    return link


def test_the_same_person_again_needs_nobody(desk: QidDesk, make: Make) -> None:
    anna = make.person()
    for link in (seen(desk, anna, ANNA), seen(desk, anna, ANNA)):
        assert desk.session(link).status == "captured"


def test_another_person_than_before_goes_to_a_person(desk: QidDesk, make: Make) -> None:
    anna = make.person()
    first, second = seen(desk, anna, ANNA), seen(desk, anna, BERT)

    assert desk.session(first).status == "captured"
    assert (desk.session(second).status, desk.matters(second)) == ("needs_review", ["subject"])
    assert not desk.session(second).duplicate_suspected


def test_one_face_under_two_names_flags_both(desk: QidDesk, make: Make) -> None:
    one, other = seen(desk, make.person("Anna Specimen"), ANNA), seen(desk, make.person("Berta Muster"), ANNA)

    for link in (one, other):
        session = desk.session(link)
        assert (session.duplicate_suspected, session.status, desk.matters(link)) == (True, "needs_review", ["subject"])
    assert "Another session brought new facts about who this is" in told(desk, one)


def test_a_result_that_was_received_earlier_but_applied_later_is_still_the_first(desk: QidDesk, make: Make) -> None:
    anna = make.person()
    first, second = desk.link(anna), desk.link(anna)
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=5), tick=False):
        desk.post(first, "101", subject=ANNA, run=False)
    with desk.database.writing() as db:
        for job in desk.jobs:
            db.merge(job).due_at = datetime.now(UTC) + timedelta(hours=1)
    desk.post(second, "101", subject=BERT)
    assert desk.session(second).status == "captured"

    desk.worker.run_later()
    assert (desk.session(first).status, desk.session(second).status) == ("captured", "needs_review")


def test_who_was_rejected_or_did_not_pass_stands_for_nobody(desk: QidDesk, make: Make) -> None:
    anna = make.person()
    rejected = seen(desk, anna, BERT)
    with desk.database.writing() as db:
        session = db.get_one(VerificationSession, desk.session(rejected).id)
        session.review, session.decision = "done", "rejected"
    failed = desk.link(anna)
    desk.post(failed, "029", aidx_uuid=BERT)

    assert desk.session(seen(desk, anna, ANNA)).status == "captured"


def test_new_facts_about_a_decided_session_are_flagged_and_the_decision_stays(desk: QidDesk, make: Make) -> None:
    one = seen(desk, make.person("Anna Specimen"), ANNA)
    with desk.database.writing() as db:
        session = db.get_one(VerificationSession, desk.session(one).id)
        session.review, session.decision = "done", "approved"
    seen(desk, make.person("Berta Muster"), ANNA)

    session = desk.session(one)
    assert (session.decision, session.new_facts_after_decision, session.duplicate_suspected) == ("approved", True, True)


def test_the_history_of_a_person_names_the_sessions(desk: QidDesk, make: Make) -> None:
    anna = make.person("Anna Specimen")
    made = [
        seen(desk, anna, ANNA),
        seen(desk, anna, BERT),
        seen(desk, anna, ANNA),
        seen(desk, make.person("B M"), BERT),
    ]
    ids = [desk.session(link).id for link in made]
    with desk.database.reading() as db:
        known = history(db, desk.session(made[1]), desk.result(made[1]))
    assert [each.session_id for each in known.earlier] == ids[:1]
    assert [each.session_id for each in known.later] == ids[2:3]
    assert [(each.session_id, each.name) for each in known.elsewhere] == [(ids[3], "B M")]


# ---- the clock


def test_each_use_gives_a_link_its_time_again(desk: QidDesk) -> None:
    end = datetime.now(UTC) + timedelta(minutes=30)
    link = desk.link(expires_at=end)
    with desk.database.writing() as db:
        links.opened(db, by=SYSTEM, link_id=link.id or 0)
    expires_at = desk.kept(link).expires_at
    assert expires_at is not None and abs(expires_at - datetime.now(UTC) - timedelta(hours=12)) < timedelta(minutes=1)


def test_the_end_of_a_link_that_does_not_count_idle_time_stays(desk: QidDesk) -> None:
    end = datetime.now(UTC) + timedelta(minutes=30)
    link = desk.make.link(expires_at=end, vendor_answer={"idle_seconds": 0})
    desk.make.session(link=link)
    with desk.database.writing() as db:
        links.opened(db, by=SYSTEM, link_id=link.id or 0)
    assert desk.kept(link).expires_at == end


def test_a_word_on_the_way_after_our_clocks_expiry_gives_the_link_back(desk: QidDesk) -> None:
    link = desk.link(expires_at=datetime.now(UTC) - timedelta(hours=1))
    assert expire_due(desk.database) == 1
    assert desk.session(link).status == "expired"
    desk.post(link, "008")

    assert restore_early(desk.database) == 1
    assert (desk.kept(link).state, desk.session(link).status) == ("active", "opened")


@pytest.mark.parametrize(("minutes", "listed"), [(29, False), (31, True)])
def test_silence_is_a_gap_half_an_hour_after_the_end(desk: QidDesk, minutes: int, listed: bool) -> None:
    now = datetime.now(UTC)
    link = desk.link(expires_at=now - timedelta(minutes=minutes))
    other = desk.make.link(expires_at=now - timedelta(minutes=minutes))
    desk.make.session(link=other)
    expire_due(desk.database)
    with desk.database.reading() as db:
        found = gaps.read(db, "silent", now).rows
    assert [row.link_id for row in found] == ([link.id] if listed else [])


def test_a_link_that_ended_by_our_clock_still_takes_its_result(desk: QidDesk) -> None:
    link = desk.link(expires_at=datetime.now(UTC) - timedelta(hours=1))
    expire_due(desk.database)
    desk.post(link, "101", subject=ANNA)

    session = desk.session(link)
    assert (session.outcome, session.late_result, session.status) == ("captured", True, "needs_review")
