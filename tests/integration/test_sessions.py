"""The sessions list as people use it: filters, search, paging, staying live, and cost that does not grow with the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.db import Database
from webapp.models import VerificationSession
from webapp.queries.session_export import CONTRACT, chunks
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.sessions import relaxations

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


def names(shown: Page) -> list[str]:
    return [link.get_text(strip=True) for link in shown.soup.select("#sessions a.name")]


def many(make: Make, number: int, **fields: Any) -> list[VerificationSession]:
    link = make.link()
    return [
        make.session(
            link=link,
            person=make.person(f"Person {place:03d}"),
            reference=f"MANY{place:04d}",
            created_at=START + timedelta(minutes=place // 3),
            **fields,
        )
        for place in range(number)
    ]


def change(database: Database, session_id: int | None, **fields: Any) -> None:
    with database.writing() as db:
        session = db.get(VerificationSession, session_id)
        assert session is not None
        for name, value in fields.items():
            setattr(session, name, value)


def test_a_fresh_list_says_what_would_be_here_and_offers_a_link(alice: PageClient, victor: PageClient) -> None:
    shown = alice.get("/sessions")
    assert "No session yet" in shown.text
    assert shown.soup.select_one("#sessions a[href='/links/new']")
    assert not victor.get("/sessions").soup.select_one("#sessions a[href='/links/new']")


def test_a_row_says_status_person_reference_outcome_matters_and_times(alice: PageClient, make: Make) -> None:
    person = make.person("Anna Specimen", own_reference="CUST-1029")
    session = make.finished(person=person, outcome="failed", outcome_code="3")
    for position, kind in enumerate(("face", "authenticity", "aml", "data")):
        make.matter(session, kind=kind, position=position, count=2 if kind == "aml" else 1)
    row = alice.get("/sessions").soup.select_one(f"#row-{session.id}")
    assert row is not None
    words = " ".join(row.get_text(" ").split())
    assert words == ("Needs review Anna Specimen CUST-1029 Failed, face Face Authenticity +2 more just now just now")
    assert row.select_one("a.name")["href"] == f"/sessions/{session.id}"  # type: ignore[index]
    assert (row["data-label"], row["data-status"], row["data-version"]) == ("Anna Specimen", "Needs review", "1")


def test_a_small_note_stands_beside_the_status(alice: PageClient, make: Make) -> None:
    make.session(capture="opened", opened_at=datetime.now(UTC) - timedelta(minutes=20))
    make.session(capture="create_failed", link=make.link(state="create_failed", error_code="1050"))
    make.session(capture="expired", expiry_confirmed=True)
    make.session(capture="expired")
    make.session(capture="returned")
    states = [" ".join(cell.get_text(" ").split()) for cell in alice.get("/sessions").soup.select("td.c-state")]
    assert states == [
        "Waiting for result returned", "Expired no answer", "Expired confirmed", "Creation failed 1050", "Opened 20 min",
    ]  # fmt: skip


def test_a_hostile_name_is_shown_as_text_with_what_hides_in_it(alice: PageClient, make: Make) -> None:
    make.session(person=make.person("<script>x</script> \u202egnp.exe"))
    shown = alice.get("/sessions")
    assert "<script>x" not in shown.html
    assert "\u202e" not in shown.html
    assert "202E" in names(shown)[0]


def test_a_session_without_a_person_goes_by_its_reference(alice: PageClient, make: Make) -> None:
    link = make.link()
    make.save(
        VerificationSession(link_id=link.id, provider="docupass", kind="identity", reference="REFX", capture="ready")
    )
    assert names(alice.get("/sessions")) == ["Session REFX"]


NARROWED = {
    "status=needs_review": ["Bea", "Cem"],
    "status=ready&status=needs_review": ["Ada", "Bea", "Cem"],
    "outcome=failed": ["Bea"],
    "outcome=none": ["Ada"],
    "outcome=failed&outcome=passed": ["Bea", "Cem"],
    "status=needs_review&outcome=failed&outcome=passed": ["Bea", "Cem"],
    "status=ready&outcome=failed": [],
    "matter=aml": ["Bea", "Cem"],
    "matter=aml&matter=face": ["Bea", "Cem"],
    "matter=face&status=needs_review": ["Bea"],
    "matter=face&outcome=passed": [],
    "created_from=2026-11-02": ["Bea", "Cem"],
    "created_from=2026-11-02&created_to=2026-11-02": ["Bea"],
    "created_to=2026-11-01": ["Ada"],
    "status=foo": ["Ada", "Bea", "Cem"],
    "q=bea&status=needs_review&matter=face&outcome=failed": ["Bea"],
}


def test_a_filter_shows_what_fits_all_its_parts(alice: PageClient, make: Make) -> None:
    make.session(person=make.person("Ada"), created_at=START)
    bea = make.finished(person=make.person("Bea"), outcome="failed", created_at=START + timedelta(days=1))
    cem = make.finished(person=make.person("Cem"), created_at=START + timedelta(days=2))
    make.matter(bea, kind="aml")
    make.matter(bea, kind="face")
    make.matter(cem, kind="aml")
    for query, found in NARROWED.items():
        assert names(alice.get(f"/sessions?{query}")) == found[::-1], query


FOUND = (
    "specimen", "SPECIMEN anna", "pecime", "strasse", "Straße", "li", "l", "li anna", "cust-77", "CUST", "REFABC123",
    "a.li@mail.example", "-anna",
)  # fmt: skip
NOT_FOUND = (
    "anna bob", "ecimen li x", "im", "z", "%", "_", '"', "anna OR bob", "NEAR(anna)", "*", "'; drop table person; --",
)  # fmt: skip


def test_every_word_searched_for_must_occur(alice: PageClient, make: Make) -> None:
    person = make.person("Anna Li-Specimen Straße", own_reference="CUST-77", email="a.li@mail.example")
    make.session(person=person, link=make.link(person=person, vendor_reference="REFABC123"))
    make.session(person=make.person("Bob Other", email="bob@mail.example"))
    for words in (*FOUND, *NOT_FOUND):
        shown = alice.get("/sessions", query_string={"q": words})
        assert ("Anna Li-Specimen Straße" in names(shown)) is (words in FOUND), words
        assert shown.soup.select_one("#q")["value"] == words  # type: ignore[index]


def test_search_follows_a_changed_and_a_deleted_session(alice: PageClient, make: Make, database: Database) -> None:
    session = make.session(person=make.person("Anna Specimen"))
    change(database, session.id, search_text="berta renamed")
    assert names(alice.get("/sessions?q=specimen")) == []
    assert len(names(alice.get("/sessions?q=renamed"))) == 1
    with database.writing() as db:
        db.delete(db.get(VerificationSession, session.id))
    assert names(alice.get("/sessions?q=renamed")) == []


def test_pages_follow_each_other_without_gap_or_repeat_and_lead_back(alice: PageClient, make: Make) -> None:
    many(make, 120)
    first = alice.get("/sessions?q=person")
    second = alice.get(older(first))
    third = alice.get(older(second))
    seen = names(first) + names(second) + names(third)
    assert seen == [f"Person {place:03d}" for place in range(119, -1, -1)]
    assert older(third) == ""
    assert names(alice.get(newer(third))) == names(second)
    assert names(alice.get(newer(second))) == names(first)
    assert newer(first) == ""


def older(shown: Page) -> str:
    link = shown.soup.select_one("#sessions a[rel=next]")
    return str(link["href"]) if link else ""


def newer(shown: Page) -> str:
    link = shown.soup.select_one("#sessions a[rel=prev]")
    return str(link["href"]) if link else ""


def test_a_page_stays_the_same_while_new_sessions_come_in(alice: PageClient, make: Make) -> None:
    many(make, 70)
    second = older(alice.get("/sessions"))
    before = names(alice.get(second))
    make.session(person=make.person("Newcomer"))
    assert names(alice.get(second)) == before


def test_a_cursor_past_the_end_says_so(alice: PageClient, make: Make) -> None:
    make.session()
    shown = alice.get(f"/sessions?after={Position(created_at=START - timedelta(days=999), id=1)}")
    assert "past the end" in shown.text


def test_a_filter_that_fits_nothing_says_which_part_to_take_away(alice: PageClient, make: Make) -> None:
    many(make, 3)
    make.finished(person=make.person("Lonely"))
    shown = alice.get("/sessions?q=person&status=needs_review&created_from=2026-10-01")
    choices = {item.a.get_text(): item.span.get_text() for item in shown.soup.select(".relax li")}
    assert choices == {"Without “person”": "1 session", "Without Status: Needs review": "3 sessions"}
    target = shown.soup.select_one(".relax a")
    assert target is not None
    assert names(alice.get(str(target["href"]))) == ["Lonely"]


def test_the_count_of_a_relaxed_filter_stops_at_its_limit(
    make: Make, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(make, 5)
    monkeypatch.setattr("webapp.queries.sessions.COUNT_LIMIT", 3)
    found = relaxations(db, SessionFilter(q="nobody at all", statuses=("ready",)))
    assert [(part, number) for part, _less, number in found] == [("q", 3)]


def test_unknown_values_become_notices_not_errors(alice: PageClient, make: Make) -> None:
    make.session()
    shown = alice.get("/sessions?status=foo&outcome=%00&after=garbage&created_from=soon&q=%00&page=7")
    assert "Unknown status “foo” was left out" in shown.text
    assert "The page asked for does not exist" in shown.text
    assert len(names(shown)) == 1


def test_the_head_says_how_much_waits_and_how_long(alice: PageClient, make: Make) -> None:
    make.finished(finished_at=datetime.now(UTC) - timedelta(hours=4, minutes=40), created_at=START)
    assert "1 needs review. It has waited 4 h 40 min." in alice.get("/sessions").text
    make.finished()
    assert "2 need review. The oldest has waited 4 h 40 min." in alice.get("/sessions").text


def test_scripts_get_the_contracts_columns_from_the_same_filter(make: Make) -> None:
    session = make.finished(created_at=START, finished_at=START + timedelta(minutes=3))
    make.delivery(session=session)
    make.delivery(session=session, body=b"another body")
    make.session()
    wanted = SessionFilter(outcomes=("passed",))
    rows = [dict(zip(CONTRACT, row, strict=True)) for part in chunks(make.database, wanted, CONTRACT) for row in part]
    assert len(rows) == 1
    assert {name: rows[0][name] for name in ("id", "status", "capture", "outcome", "review", "decision", "deliveries")} == {
        "id": session.id, "status": "needs_review", "capture": "finished", "outcome": "passed", "review": "pending",
        "decision": "none", "deliveries": 2,
    }  # fmt: skip
    assert rows[0]["customid"].startswith("vd-")
    assert (rows[0]["created_at"], rows[0]["finished_at"]) == ("2026-11-01T12:00:00Z", "2026-11-01T12:03:00Z")
