"""What the list keeps of what it drew and counted is never shown when anything that it says has changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import update
from sqlmodel import SQLModel

from tests.support.factory import Make
from tests.support.pages import PageClient
from webapp.db import Database
from webapp.models import Link, Matter, Person, VerificationSession
from webapp.models.changes import NOBODY, announce
from webapp.models.columns import table_of

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")
CHANGES: dict[str, tuple[type[SQLModel], dict[str, Any], str]] = {
    "name": (Person, {"name": "Ida <i>Other</i>"}, "Ida <i>Other</i>"),
    "own reference": (Person, {"own_reference": "CUST-77"}, "CUST-77"),
    "decision": (VerificationSession, {"review": "done", "decision": "rejected"}, "Rejected"),
    "outcome": (VerificationSession, {"outcome": "error"}, "Not clear"),
    "why": (VerificationSession, {"outcome_code": "9"}, "Failed, age"),
    "finished": (VerificationSession, {"finished_at": NOW - timedelta(days=9)}, "9 d ago"),
    "how many": (Matter, {"count": 5}, "AML 5"),
    "which": (Matter, {"kind": "face"}, "Face"),
}


def overwrite(database: Database, model: type[SQLModel], **values: Any) -> None:
    """Change rows and raise no version; announced, as every change is."""
    with database.writing() as db:
        db.execute(update(table_of(model)).values(**values))
        announce(db.connection(), NOBODY)


def listed(visitor: PageClient, url: str = "/sessions") -> str:
    row = visitor.get(url).soup.select_one("#sessions tbody tr")
    assert row is not None
    return " ".join(row.get_text(" ").split())


@pytest.fixture
def session(make: Make) -> VerificationSession:
    person = make.person("Ada Specimen", own_reference="CUST-1")
    made = make.finished(person=person, outcome="failed", outcome_code="3", review="pending")
    make.matter(made, kind="aml", count=2)
    return made


@pytest.mark.parametrize("what", CHANGES)
def test_a_line_of_the_list_is_drawn_anew(
    alice: PageClient, database: Database, session: VerificationSession, what: str
) -> None:
    model, values, words = CHANGES[what]
    before = listed(alice)
    assert words not in before
    assert listed(alice) == before
    overwrite(database, model, **values)
    assert words in listed(alice)


def test_a_lines_version_severity_and_reason_are_drawn_anew(alice: PageClient, database: Database, make: Make) -> None:
    refused = make.session(link=make.link(state="create_failed"), capture="create_failed")
    make.matter(refused, kind="face", severity="warn")
    alice.get("/sessions")
    overwrite(database, VerificationSession, version=41)
    overwrite(database, Matter, severity="bad")
    overwrite(database, Link, error_code="no_credit")
    row = alice.get("/sessions").soup.select_one("#sessions tbody tr")
    assert row is not None
    assert row["data-version"] == "41"
    assert row.select_one(".c-open svg.bad") is not None
    assert "no credit" in row.get_text()


def test_times_in_words_go_on(alice: PageClient, session: VerificationSession) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        overwritten = listed(alice)
        clock.shift(timedelta(minutes=7))
        assert listed(alice) != overwritten


def test_two_sessions_that_look_alike_keep_their_own_address(alice: PageClient, make: Make) -> None:
    moment = NOW - timedelta(days=3)
    made = [make.session(person=make.person("Ada Specimen"), created_at=moment) for _ in range(2)]
    shown = alice.get("/sessions")
    links = {str(link["href"]) for link in shown.soup.select("#sessions a.name")}
    assert links == {f"/sessions/{each.id}" for each in made}


def test_what_needs_review_is_counted_anew_after_each_change(
    alice: PageClient, database: Database, session: VerificationSession, make: Make
) -> None:
    def line() -> str:
        shown = alice.get("/sessions")
        found = shown.soup.select_one("#review-line")
        assert found is not None
        return found.get_text(" ", strip=True)

    assert line().startswith("1 needs review.")
    assert line().startswith("1 needs review.")
    make.finished(review="pending")
    assert line().startswith("2 need review.")
    overwrite(database, VerificationSession, review="done", decision="approved")
    assert line() == "Nothing needs review."


def test_each_filter_shows_its_own_chips_and_notices(alice: PageClient, session: VerificationSession) -> None:
    def bar(url: str) -> str:
        shown = alice.get(url).soup
        return " ".join(part.get_text(" ", strip=True) for part in shown.select(".chips"))

    bars = [bar(f"/sessions?{query}") for query in ("status=failed", "status=ready", "status=ready&status=no", "q=<b>")]
    assert "Status: Failed" in bars[0]
    assert "Status: Ready" in bars[1]
    assert "Unknown" not in bars[1]
    assert "Unknown status “no” was left out" in bars[2]
    assert "“<b>”" in bars[3]
    assert bar("/sessions") == ""
