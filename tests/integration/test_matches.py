"""The matches' pages, and the routes by which verdicts are given on a session's page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from tests.conftest import Visit
from tests.support.factory import PERSON, Make
from tests.support.pages import PageClient
from webapp.db import Database
from webapp.models import AmlDismissal, AmlMatch, AuditEvent, VerificationSession
from webapp.providers.base import Options
from webapp.queries import matches as queries
from webapp.queries.matches import MatchFilter
from webapp.queries.session_keys import Bounds

ELSEWHERE = {"fullname": ["Anna Specimen"], "dob": ["1951"], "schema": "sanction", "database": "us_ofac"}
NO_BIRTH = {"fullname": ["Anna Specimen"], "schema": "pep", "database": "eu_cor"}


@pytest.fixture
def session(make: Make) -> VerificationSession:
    """A session with two open hits."""
    made = make.finished(link=make.link(options=Options(aml=True)), aml_open=True)
    make.result(made, person={**PERSON, "nationality": "NL"})
    make.matter(made)
    for position, entry in enumerate((ELSEWHERE, NO_BIRTH)):
        make.match(made, position=position, entry=entry)
    return made


def ids(make: Make, session: VerificationSession) -> list[int]:
    with make.database.reading() as db:
        found = db.exec(select(AmlMatch.id).where(AmlMatch.session_id == session.id).order_by(AmlMatch.position))
        return [number or 0 for number in found]


def verdicts(make: Make) -> list[str]:
    with make.database.reading() as db:
        return list(db.exec(select(AmlMatch.verdict).order_by(AmlMatch.id)))  # type: ignore[arg-type]


def send(visitor: PageClient, session: VerificationSession, what: str, **more: Any) -> Any:
    """Post a form of the session's hits."""
    options = {name: more.pop(name) for name in ("status", "htmx", "follow") if name in more}
    return visitor.post(f"/sessions/{session.id}/matches/{what}", data=more, **options)


def test_a_card_offers_what_differs_and_says_of_the_rest_why_not(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    first, second = ids(make, session)
    page = rachel.get(f"/sessions/{session.id}")
    form = page.soup.find(id=f"v{first}-form")
    assert form is not None
    boxes = {box["value"]: box.has_attr("disabled") for box in form.find_all("input", attrs={"name": "because"})}
    assert boxes == {
        "name": True,
        "birth": False,
        "nationality": True,
        "document": True,
        "sex": True,
        "place": True,
        "other": False,
    }
    words = " ".join(page.soup.find(id=f"v{second}-form").get_text(" ").split())
    assert "date of birth (list entry has none)" in words


@pytest.mark.parametrize("role", ["viewer", "operator", "auditor", "admin"])
def test_who_may_not_decide_sees_the_hits_and_no_form(
    role: str, visit: Visit, session: VerificationSession, make: Make
) -> None:
    visitor = visit("Specimen Other", role)
    page = visitor.get(f"/sessions/{session.id}")
    assert page.soup.find(id=f"match-{ids(make, session)[0]}") is not None
    assert page.soup.find("form", class_="verdict") is None
    send(visitor, session, f"{ids(make, session)[0]}/verdict", verdict="unclear", status=403)
    assert verdicts(make) == ["open", "open"]


def test_a_saved_verdict_answers_303_to_the_next_open_hit(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    first, second = ids(make, session)
    answer = send(rachel, session, f"{first}/verdict", verdict="not_same", because=["birth"], status=303, follow=False)
    assert answer.headers["Location"].endswith(f"/sessions/{session.id}#match-{second}")
    page = rachel.get(f"/sessions/{session.id}")
    done = " ".join(page.soup.find(id=f"match-{first}").get_text(" ").split())
    assert "Not the same person : date of birth 1951, year only against 1974-08-12" in done
    assert "AML: 1 of 2 hits open." in page.text


def test_with_htmx_the_answer_is_the_pieces_and_says_where_the_focus_goes(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    first, second = ids(make, session)
    answer = send(rachel, session, f"{first}/verdict", verdict="unclear", htmx=True, status=200)
    assert {part["id"] for part in answer.soup.find_all("section")} >= {"why", "aml"}
    assert f'"match-{second}"' in answer.headers["HX-Trigger-After-Settle"]
    assert "HX-Request" in answer.headers["Vary"]


def test_a_refused_verdict_comes_back_with_422_and_all_that_was_typed(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    _first, second = ids(make, session)
    page = send(
        rachel, session, f"{second}/verdict", verdict="not_same", because=["birth"], note="Typed before.", status=422
    )
    form = page.soup.find(id=f"match-{second}").find("form")
    assert "The list entry has no date of birth. Choose another, or Cannot tell." in page.text
    assert form.find("textarea").get_text().strip() == "Typed before."
    assert form.find("input", value="not_same").has_attr("checked")
    assert form.find("input", value="birth").has_attr("checked")
    assert form.find(id="error-summary").has_attr("autofocus")


@pytest.mark.parametrize("several", [False, True])
def test_a_note_with_a_date_of_birth_is_kept_only_once_that_was_read(
    several: bool, rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    first, second = ids(make, session)
    what, slug, more = (
        ("verdict", "several", {"match": [first, second]}) if several else (f"{first}/verdict", f"v{first}", {})
    )
    words = "Told by telephone: born 12 August 1974."
    page = send(rachel, session, what, verdict="unclear", note=words, status=422, **more)
    assert "looks as if it holds a date of birth" in page.text
    assert page.soup.find(id=f"{slug}-note").get_text() == words
    assert page.soup.find(id=f"{slug}-confirmed") is not None and verdicts(make) == ["open", "open"]
    send(rachel, session, what, verdict="unclear", note=words, confirmed="y", status=303, follow=False, **more)
    assert verdicts(make)[0] == "unclear"


def test_a_hit_settled_meanwhile_answers_409_with_what_it_is_now_and_keeps_the_note(
    rachel: PageClient, visit: Visit, session: VerificationSession, make: Make
) -> None:
    first = ids(make, session)[0]
    send(visit("Bob Faster", "reviewer"), session, f"{first}/verdict", verdict="unclear")
    page = send(rachel, session, f"{first}/verdict", verdict="unclear", note="Mine, typed.", status=409)
    assert "Bob Faster settled it at" in page.text
    assert "Mine, typed." in page.soup.find(id=f"match-{first}").get_text()
    undone = send(rachel, session, f"{first}/undo", status=409)
    assert "Only that person can undo it" in undone.text


def test_several_at_once_settle_where_it_holds_and_name_the_rest(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    page = send(rachel, session, "verdict", verdict="not_same", because=["birth"], match=ids(make, session))
    assert "1 hit settled. Left open: Anna Specimen: The list entry has no date of birth." in page.text
    assert verdicts(make) == ["not_same", "open"]


@pytest.mark.parametrize("ticked", [[], ["second"]])
def test_several_at_once_that_settle_nothing_answer_422_with_the_form(
    rachel: PageClient, session: VerificationSession, make: Make, ticked: list[str]
) -> None:
    chosen = [ids(make, session)[1]] if ticked else []
    page = send(
        rachel,
        session,
        "verdict",
        verdict="not_same",
        because=["birth"],
        match=chosen,
        note="For both of them.",
        status=422,
    )
    form = page.soup.find(id="several")
    assert "For both of them." in form.get_text()
    assert form.find(id="error-summary") is not None
    assert verdicts(make) == ["open", "open"]


def test_a_match_that_is_not_there_is_not_found(rachel: PageClient, session: VerificationSession) -> None:
    send(rachel, session, "999999/verdict", verdict="unclear", status=404)
    send(rachel, session, "999999/undo", status=404)
    rachel.post("/sessions/999999/matches/1/verdict", data={"verdict": "unclear"}, status=404)


def test_the_same_person_escalates_and_the_page_says_so(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    page = send(rachel, session, f"{ids(make, session)[0]}/verdict", verdict="same", kind="sanction")
    assert "The session is escalated." in page.text
    assert "1 list entry settled as “same person”" in page.text
    first = page.soup.select("#aml .hit")[0]
    assert "Same person , a sanction" in " ".join(first.get_text(" ").split()), "confirmed ones stand first"


def test_the_session_page_with_verdicts_and_earlier_ones_needs_no_more_queries(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    send(rachel, session, f"{ids(make, session)[0]}/verdict", verdict="unclear", note="A note of some length.")
    found = rachel.get(f"/sessions/{session.id}").statements
    recording = ("audit_head", "INTO audit_event", "MAX(seq)")  # that the page was opened
    assert len([each for each in found if not any(words in each for words in recording)]) <= 12


def rows(page: Any) -> list[str]:
    return [str(row["id"]).removeprefix("row-") for row in page.soup.select("#match-rows tbody tr")]


def test_the_list_shows_matches_newest_first_with_person_and_a_link_to_the_card(
    rachel: PageClient, session: VerificationSession, make: Make
) -> None:
    first, second = ids(make, session)
    page = rachel.get("/matches")
    assert rows(page) == [str(second), str(first)]
    assert page.soup.select_one(f"#row-{first} a")["href"] == f"/sessions/{session.id}#match-{first}"
    assert "Anna Maria Specimen" in page.text
    assert "2 list entries wait for a verdict." in page.text


def test_who_may_not_see_personal_data_sees_no_name_in_the_list(
    victor: PageClient, session: VerificationSession
) -> None:
    page = victor.get("/matches")
    assert len(rows(page)) == 2
    assert "Specimen" not in page.soup.find(id="match-rows").get_text()


@pytest.fixture
def mixed(make: Make) -> dict[str, str]:
    """Matches that differ in what can be filtered, by name."""
    day = datetime(2026, 11, 20, 12, tzinfo=UTC)
    facts: dict[str, dict[str, Any]] = {
        "weak": {"strength": 10, "verdict": "not_same", "list_kind": "pep", "database": "eu_cor", "found_at": day},
        "strong": {"strength": 85, "list_kind": "sanction", "database": "us_ofac", "found_at": day + timedelta(days=1)},
        "real": {"strength": 65, "verdict": "same", "kind": "sanction", "list_kind": "sanction", "database": "un_sc",
                 "found_at": day + timedelta(days=2)},
    }  # fmt: skip
    return {
        name: str(make.match(make.finished(review="escalated" if name == "real" else "pending"), **each).id)
        for name, each in facts.items()
    }


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["real", "strong", "weak"]),
        ("verdict=open", ["strong"]),
        ("verdict=same", ["real"]),
        ("list_kind=sanction", ["real", "strong"]),
        ("database=eu_cor", ["weak"]),
        ("strength=60", ["real", "strong"]),
        ("strength=80", ["strong"]),
        ("status=escalated", ["real"]),
        ("found_from=2026-11-21", ["real", "strong"]),
        ("found_to=2026-11-20", ["weak"]),
        ("found_from=2026-11-22&found_to=2026-11-21", ["real", "strong"]),
        ("list_kind=sanction&verdict=open&strength=60", ["strong"]),
        ("verdict=sideways&strength=7&database=nowhere&found_from=soon&after=x", ["real", "strong", "weak"]),
    ],
)
def test_each_filter_narrows_the_list_and_what_is_unknown_is_left_out(
    rachel: PageClient, mixed: dict[str, str], query: str, shown: list[str]
) -> None:
    page = rachel.get(f"/matches?{query}")
    assert rows(page) == [mixed[name] for name in shown]
    if "sideways" in query:
        assert "Unknown verdict “sideways” was left out" in page.text


def test_an_empty_list_says_what_would_be_here(rachel: PageClient) -> None:
    assert "No match yet" in rachel.get("/matches").text
    assert "No match fits this" in rachel.get("/matches?verdict=same").text


def test_the_pages_of_the_list_meet_without_gap_or_repetition(make: Make, database: Database) -> None:
    session = make.finished()
    made = [make.match(session, position=index).id for index in range(7)][::-1]
    with database.reading() as db:
        first = queries.page(db, MatchFilter(), Bounds(), size=3)
        second = queries.page(db, MatchFilter(), Bounds(after=first.older), size=3)
        third = queries.page(db, MatchFilter(), Bounds(after=second.older), size=3)
        back = queries.page(db, MatchFilter(), Bounds(before=third.newer), size=3)
    assert [row.id for page in (first, second, third) for row in page.rows] == made
    assert (first.newer, third.older) == (None, None)
    assert [row.id for row in back.rows] == [row.id for row in second.rows]


def test_the_list_needs_few_queries_however_many_rows(rachel: PageClient, make: Make) -> None:
    session = make.finished()
    for index in range(30):
        make.match(session, position=index, database="us_ofac")
    assert rachel.get("/matches").queries <= 8


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (MatchFilter(), "ix_aml_match_found"),
        (MatchFilter(verdict="open"), "ix_aml_match_verdict"),
        (MatchFilter(list_kind="pep"), "ix_aml_match_list_kind"),
        (MatchFilter(database="us_ofac"), "ix_aml_match_database"),
        (MatchFilter(strength=80), "ix_aml_match_from_80"),
    ],
)
def test_each_filter_walks_its_own_index_in_order(database: Database, wanted: MatchFilter, index: str) -> None:
    statement = queries._select(wanted, Bounds(), 51)
    with database.reading() as db:
        sql = str(statement.compile(db.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = " ".join(str(row[3]) for row in db.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_a_remembered_dismissal_is_listed_and_ended_with_a_reason(
    rachel: PageClient, make: Make, session: VerificationSession
) -> None:
    with make.database.reading() as db:
        match = db.get_one(AmlMatch, ids(make, session)[0])
    kept = make.dismissal(match)
    page = rachel.get("/matches/remembered")
    assert "date of birth" in page.soup.find(id=f"dismissal-{kept.id}").get_text()
    refused = rachel.post(f"/matches/remembered/{kept.id}/end", data={"why": " x "}, status=422)
    assert "Say why, in 3 to 200 characters." in refused.text
    rachel.post(f"/matches/remembered/{kept.id}/end", data={"why": "The list was wrong."})
    with make.database.reading() as db:
        ended = db.get_one(AmlDismissal, kept.id)
        row = db.exec(select(AuditEvent).where(AuditEvent.action == "aml.remember_end")).one()
    assert (ended.ended_why, ended.ended_at is not None) == ("The list was wrong.", True)
    assert row.after == {"person": kept.person_id, "why": "by_person"}
    rachel.post("/matches/remembered/999999/end", data={"why": "gone already"}, status=404)


def test_an_open_count_is_cheap_and_counts_open_ones(
    make: Make, database: Database, session: VerificationSession
) -> None:
    make.match(session, position=9, verdict="not_same")
    with database.reading() as db:
        assert queries.open_matches(db) == 2
        assert queries.databases(db) == []
