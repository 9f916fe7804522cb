"""The queue: what waits in which order, and who takes what; holding one session is in test_holding."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.conftest import Visit
from tests.integration.test_sessions_cost import plans, without_index
from tests.support.factory import Make
from tests.support.making import actions
from tests.support.pages import Page, PageClient
from webapp.actions import reviews
from webapp.actions.actor import Actor
from webapp.actions.reviews import end_leases, take_next
from webapp.db import Database
from webapp.models import AuditEvent, Decision, ReviewSkip, User, VerificationSession
from webapp.queries import reviews as queries
from webapp.queries.counts import sidebar_counts
from webapp.queries.holding import here
from webapp.queries.session_filter import Position

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")


def waiting(make: Make, name: str, *, due: int = 60, **fields: Any) -> VerificationSession:
    """A session that waits for review, due in so many minutes."""
    return make.finished(person=make.person(name), due_at=NOW + timedelta(minutes=due), **fields)


def by(user: User) -> Actor:
    return Actor(kind="person", id=user.id, name=user.name, role=user.role)


def names(page: Page) -> list[str]:
    return [cell.get_text() for cell in page.soup.select("#rows .name")]


def stands(database: Database, session: VerificationSession) -> tuple[str, int | None, str]:
    with database.reading() as db:
        now = db.get_one(VerificationSession, session.id)
        return now.review, now.holder_id, now.status


def test_the_queue_is_ordered_by_when_it_is_due_and_says_what_is_late(rachel: PageClient, make: Make) -> None:
    waiting(make, "Later", due=200)
    waiting(make, "Late", due=-125, priority="high")
    waiting(make, "Soon", due=90)
    page = rachel.get("/review")
    assert names(page) == ["Late", "Soon", "Later"]
    assert "late by 2 h 5 min" in page.text
    assert "3 to review, 1 late." in page.text
    assert names(rachel.get("/review?priority=high")) == ["Late"]


def test_a_session_without_a_due_time_is_due_since_its_result(make: Make, database: Database) -> None:
    finished = NOW - timedelta(hours=3)
    session = make.finished(finished_at=finished)
    assert session.due_at == finished


def test_each_part_of_the_queue_lists_its_own(alice: PageClient, make: Make) -> None:
    waiting(make, "Free")
    waiting(make, "Mine", review="in_review", holder_id=alice.user.id, held_until=NOW + timedelta(minutes=9))
    for review in ("awaiting_second", "escalated", "awaiting_applicant"):
        waiting(make, review, review=review)
    assert names(alice.get("/review")) == ["Free", "Mine"]
    assert names(alice.get("/review/mine")) == ["Mine"]
    assert names(alice.get("/review/second")) == ["awaiting_second"]
    assert names(alice.get("/review/escalated")) == ["escalated"]
    page = alice.get("/review/applicant")
    assert names(page) == ["awaiting_applicant"]
    tabs = [" ".join(tab.get_text(" ").split()) for tab in page.soup.select("#tabs a")]
    assert tabs == [
        "To review 2 sessions", "Mine 1 sessions", "Waiting for second approval 1 sessions", "Escalated 1 sessions",
        "Waiting for applicant 1 sessions",
    ]  # fmt: skip


def test_what_one_proposed_oneself_is_not_ones_own_to_confirm(visit: Visit, make: Make) -> None:
    paul, petra = visit("Paul", "approver"), visit("Petra", "approver")
    session = waiting(make, "Proposed", review="awaiting_second")
    with make.database.writing() as db:
        step = Decision(session_id=session.id or 0, kind="approve", stage="proposed", actor_id=paul.user.id)
        db.add(step)
        db.flush()
        db.get_one(VerificationSession, session.id).proposal_id = step.id
    assert names(paul.get("/review/second")) == []
    assert paul.get("/").soup.select_one(".side [data-count=second]").get_text() == ""  # type: ignore[union-attr]
    assert names(petra.get("/review/second")) == ["Proposed"]
    assert petra.get("/").soup.select_one(".side [data-count=second]").get_text() == "1"  # type: ignore[union-attr]


def test_pages_of_the_queue_go_both_ways_and_miss_nothing(
    rachel: PageClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.queries.reviews.page.__kwdefaults__", {**_defaults(), "size": 4})
    for place in range(10):
        held = {"review": "in_review", "held_until": NOW + timedelta(minutes=9)} if place % 2 else {}
        waiting(make, f"P{place}", due=place // 3, **held)  # several are due at the same moment
    page, seen = rachel.get("/review"), list[str]()
    for _ in range(2):
        seen += names(page)
        page = rachel.get(str(page.soup.select_one("a[rel=next]")["href"]))  # type: ignore[index]
    assert seen + names(page) == [f"P{place}" for place in range(10)]
    assert names(rachel.get(str(page.soup.select_one("a[rel=prev]")["href"]))) == [f"P{n}" for n in (4, 5, 6, 7)]  # type: ignore[index]


def _defaults() -> dict[str, Any]:
    return dict(queries.page.__kwdefaults__ or {})


def test_the_empty_queue_says_what_is_on_its_way(rachel: PageClient, make: Make) -> None:
    make.session(person=make.person("Olaf Opened"), capture="opened", opened_at=NOW - timedelta(minutes=20))
    page = rachel.get("/review")
    assert "Nothing waits for review" in page.text
    assert "Olaf Opened" in page.text


def test_who_holds_nothing_is_told_what_is_due_next(rachel: PageClient, make: Make) -> None:
    waiting(make, "Nora Next")
    page = rachel.get("/review/mine")
    assert "You hold nothing" in page.text
    assert "Nora Next" in page.text


def test_take_next_opens_what_is_due_first_and_free(rachel: PageClient, make: Make, database: Database) -> None:
    waiting(make, "Second", due=50)
    first = waiting(make, "First", due=10)
    waiting(make, "Held", due=1, review="in_review", held_until=NOW + timedelta(minutes=9), holder_name="Somebody")
    waiting(make, "Escalated", due=0, review="escalated")
    page = rachel.submit(rachel.get("/review"), "Take next t")
    assert page.soup.h1 is not None and page.soup.h1.get_text() == "First"
    assert "Held by you until" in page.text
    assert stands(database, first) == ("in_review", rachel.user.id, "in_review")
    with database.reading() as db:
        assert actions(db, "session.take") == ["session.take"]


def test_an_empty_queue_takes_nothing_and_says_so(rachel: PageClient) -> None:
    assert "Nothing to take now" in rachel.submit(rachel.get("/review"), "Take next t").text


def test_two_at_once_never_get_the_same(make: Make, database: Database) -> None:
    for place in range(20):
        waiting(make, f"P{place}", due=place)
    users = [make.user("reviewer", name=f"Reviewer {number}") for number in range(4)]
    got: list[int] = []
    together = threading.Barrier(len(users))

    def work(user: User) -> None:
        together.wait()
        for _ in range(7):
            with database.writing() as db:
                session = take_next(db, by=by(user))
                got.extend([session.id or 0] if session else [])

    threads = [threading.Thread(target=work, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(got) == len(set(got)) == 20


def test_what_one_skipped_is_offered_to_others_and_again_a_day_later(make: Make, database: Database) -> None:
    session = waiting(make, "Skipped")
    one, other = make.user("reviewer", name="One"), make.user("reviewer", name="Other")
    with database.writing() as db:
        reviews.skip(db, by=by(one), session_id=session.id or 0, version=session.version, reason="I know this person")
    with database.writing() as db:
        assert take_next(db, by=by(one)) is None
        db.rollback()
    make.save(
        ReviewSkip(
            session_id=session.id or 0, user_id=other.id or 0, reason="old", created_at=NOW - timedelta(hours=25)
        )
    )
    with database.writing() as db:
        taken = take_next(db, by=by(other))
        assert taken is not None and taken.id == session.id


def test_a_lease_that_is_over_is_ended_once_and_on_record(make: Make, database: Database) -> None:
    over = waiting(
        make, "Over", review="in_review", holder_id=make.user("reviewer").id, held_until=NOW - timedelta(seconds=1)
    )
    runs = waiting(make, "Runs", review="in_review", held_until=NOW + timedelta(minutes=5))
    assert end_leases(database) == 1
    assert end_leases(database) == 0
    assert stands(database, over) == ("pending", None, "needs_review")
    assert stands(database, runs)[0] == "in_review"
    with database.reading() as db:
        assert actions(db, "session.") == ["session.lease_ended"]


def test_ending_leases_killed_in_the_middle_and_run_again_ends_each_once(
    make: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(6):
        waiting(make, f"P{place}", review="in_review", held_until=NOW - timedelta(minutes=1))
    monkeypatch.setattr(reviews, "AT_ONCE", 2)
    real, done = reviews.record, list[str]()

    def dies(*arguments: Any, **facts: Any) -> None:
        done.append(facts["action"])
        if len(done) == 4:
            raise KeyboardInterrupt
        real(*arguments, **facts)

    monkeypatch.setattr(reviews, "record", dies)
    with pytest.raises(KeyboardInterrupt):
        end_leases(database)
    with database.reading() as db:
        assert actions(db, "session.") == ["session.lease_ended"] * 2
    monkeypatch.setattr(reviews, "record", real)
    assert end_leases(database) == 4
    with database.reading() as db:
        ended = db.exec(select(AuditEvent.session_id).order_by(col(AuditEvent.session_id))).all()
    assert len(ended) == len(set(ended)) == 6


def test_the_sidebar_counts_the_queue_and_asks_for_it_alone(rachel: PageClient, make: Make) -> None:
    waiting(make, "One")
    region = rachel.get("/links").soup.select_one("#counts")
    assert region is not None
    seen = {"X-Seen": str(region["data-seen"])}
    assert rachel.get("/review/counts", htmx=True, headers=seen, status=None).status == 204
    waiting(make, "Two", review="in_review", held_until=NOW + timedelta(minutes=9))
    changed = rachel.get("/review/counts", htmx=True, headers=seen)
    assert changed.soup.select_one("span[hx-swap-oob*=review]").get_text() == "2"  # type: ignore[union-attr]
    assert changed.queries <= 2


def test_a_page_of_the_queue_costs_few_queries(rachel: PageClient, make: Make, db: Session) -> None:
    for place in range(60):
        make.matter(waiting(make, f"P{place}"))
    assert rachel.get("/review").queries <= 6


@pytest.mark.database("sqlite")
def test_every_page_and_figure_of_the_queue_has_an_index(make: Make, database: Database) -> None:
    session = waiting(make, "P")
    place = Position(created_at=NOW, id=1)
    asked: list[Callable[[Session], Any]] = [
        lambda db: queries.counts(db, user_id=1, now=NOW),
        lambda db: sidebar_counts(db, 1),
        lambda db: here(db, session.id or 0, user_id=1, now=NOW),
    ]
    for queue, priority, after in product(queries.QUEUES, ("", "high"), (None, place)):
        asked.append(partial(queries.page, queue=queue, user_id=1, priority=priority, after=after))
        asked.append(partial(queries.page, queue=queue, user_id=1, priority=priority, before=after))
    for ask in asked:
        for plan in plans(database, ask):
            assert not without_index(plan), plan
