"""What the sessions list costs: few queries a page, and an index for every filter and order, so that it stays flat."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.support.factory import Make
from tests.support.pages import PageClient
from tests.support.plans import asked_of, plan_of
from webapp.db import Database
from webapp.models import VerificationSession
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.session_keys import Bounds
from webapp.queries.sessions import page

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_page_costs_at_most_five_queries(alice: PageClient, make: Make) -> None:
    link = make.link()
    for place in range(60):
        make.matter(make.session(link=link, reference=f"MANY{place}", review="pending"))
    for url in ("/sessions", "/sessions?status=needs_review&status=ready&matter=aml", "/sessions?outcome=none"):
        assert alice.get(url).queries <= 4
    assert alice.get("/sessions?q=anna").queries <= 6


def test_a_common_word_and_a_rare_one_find_the_same_way(
    make: Make, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(12):
        make.session(person=make.person(f"Person {place:03d}"))
    wanted = SessionFilter(q="person 01", statuses=("ready",))
    rare = page(db, wanted, Bounds(), size=5)
    words_are_common(monkeypatch)
    common = page(db, wanted, Bounds(), size=5)
    assert [row.name for row in rare.rows] == [f"Person {place:03d}" for place in (11, 10)]
    assert rare == common


PLACE = Position(created_at=START, id=7)
DAY = START.date()
FILTERS: dict[str, SessionFilter] = {
    "everything": SessionFilter(),
    "one status": SessionFilter(statuses=("failed",)),
    "three statuses": SessionFilter(statuses=("failed", "needs_review", "expired")),
    "outcomes": SessionFilter(outcomes=("failed", "error")),
    "status and outcome": SessionFilter(statuses=("failed", "needs_review"), outcomes=("failed", "error")),
    "days": SessionFilter(created_from=DAY, created_to=DAY),
    "failed in some days": SessionFilter(statuses=("failed",), created_from=DAY, created_to=DAY),
    "matters": SessionFilter(matters=("aml", "face")),
    "matter and status": SessionFilter(matters=("aml",), statuses=("needs_review",)),
    "words": SessionFilter(q="anna specimen li"),
    "words and the rest": SessionFilter(q="anna", statuses=("failed",), matters=("aml",), created_from=DAY),
}


@pytest.mark.database("sqlite")
def test_every_filter_and_order_has_an_index(make: Make, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    make.session(person=make.person("Anna Specimen Li"))
    places = (Bounds(), Bounds(after=PLACE), Bounds(before=PLACE), Bounds(top=PLACE))
    for _round in ("rare words", "common words"):
        for wanted, bounds in product(FILTERS.values(), places):
            for plan in plans(database, lambda db, wanted=wanted, bounds=bounds: page(db, wanted, bounds)):
                assert not without_index(plan), (wanted, plan)
        words_are_common(monkeypatch)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("more", [{}, {"statuses": ("failed",), "matters": ("aml",)}])
def test_whole_references_are_looked_up_and_only_what_they_find_is_sorted(
    make: Make, database: Database, more: dict[str, Any]
) -> None:
    make.session(person=make.person("Anna Specimen Li"))
    wanted = SessionFilter(q="CASE-1", references_only=True, **more)
    steps = [step for plan in plans(database, lambda db: page(db, wanted, Bounds())) for step in plan]
    assert any("uq_verification_session_reference (provider=? AND reference=?)" in step for step in steps)
    assert any("ix_person_own_reference" in step for step in steps)
    assert not [step for step in steps if step.startswith(("SCAN verification_session", "SCAN person"))]


def words_are_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.queries.session_search.LEAST", 0)
    monkeypatch.setattr("webapp.queries.session_search.isqrt", lambda _number: 0)


def without_index(plan: list[str]) -> list[str]:
    """Steps that read a whole table, or read it in another order than asked and sort."""
    tables = ("verification_session", "matter", "link", "person")
    return [
        step
        for step, following in zip(plan, [*plan[1:], ""], strict=True)
        for table in tables
        if (step.startswith(f"SCAN {table}") and "USING" not in step)
        or (step.startswith((f"SCAN {table}", f"SEARCH {table} USING INDEX", f"SEARCH {table} USING COVERING"))
            and following == "USE TEMP B-TREE FOR ORDER BY")
    ]  # fmt: skip


def test_a_missing_index_would_be_noticed(database: Database, make: Make) -> None:
    make.session()
    if not database.is_sqlite:
        return
    unsorted = plans(
        database, lambda db: db.exec(select(VerificationSession).order_by(col(VerificationSession.provider)))
    )
    assert without_index(unsorted[0])


def plans(database: Database, ask: Callable[[Session], Any]) -> list[list[str]]:
    """How SQLite goes about each statement that `ask` runs."""
    with asked_of(database) as asked, database.reading() as db:
        ask(db)
    return [plan_of(database, statement, parameters) for statement, parameters in asked]
