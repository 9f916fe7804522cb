"""Who a session without a person is about: proposed by name and day of birth, tied by a person of the team."""

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from tests.support.desk import Desk, passed
from tests.support.factory import PERSON, Make
from tests.support.fake_provider import FakeProvider
from tests.support.making import rows
from tests.support.worker import TestWorker
from webapp.actions import persons
from webapp.actions.actor import Actor
from webapp.actions.persons import NotToIdentify, identify
from webapp.models import AuditEvent, Person, SessionResult, VerificationSession
from webapp.queries.persons import proposals

RACHEL = Actor(kind="person", name="Rachel Reviewer", role="reviewer")
BIRTH = PERSON["birth"]


@pytest.fixture
def nobodys(make: Make) -> VerificationSession:
    """A session of a reusable link whose document says ANNA MARIA SPECIMEN, 1974-08-12."""
    session = make.finished(link=make.link(reusable=True))
    make.result(session)
    return session


def propose(make: Make, session: VerificationSession) -> list[int | None]:
    with make.database.reading() as db:
        return [person.id for person in proposals(db, session)]


def tie(make: Make, session: VerificationSession, person: Person | None) -> VerificationSession | None:
    with make.database.writing() as db:
        return identify(db, by=RACHEL, session_id=session.id or 0, person_id=person.id if person else None)


def test_the_same_name_and_day_of_birth_are_proposed_the_newest_first(make: Make, nobodys: VerificationSession) -> None:
    older = make.person("Anna Maria Specimen", birth=BIRTH)
    newer = make.person("ánna  maria SPECIMEN", birth=BIRTH)
    make.person("Anna Maria Specimen", birth="1974-08-13")
    make.person("Anna Maria Specimen")
    make.person("Anna Maria Other", birth=BIRTH)
    assert propose(make, nobodys) == [newer.id, older.id]


def test_a_name_typed_without_the_middle_name_is_proposed_too(make: Make) -> None:
    session = make.finished(link=make.link(reusable=True))
    make.result(session, person={**PERSON, "first_name": "ANNA", "middle_name": "MARIA"})
    known = make.person("Anna Specimen", birth=BIRTH)
    assert propose(make, session) == [known.id]


def test_no_more_than_five_are_proposed_in_one_query_beside_the_result(
    make: Make, nobodys: VerificationSession
) -> None:
    for _ in range(7):
        make.person("Anna Maria Specimen", birth=BIRTH)
    said: list[str] = []
    event.listen(make.database.reader, "before_cursor_execute", lambda *args: said.append(args[2]))
    with make.database.reading() as db:
        shown = db.get(SessionResult, nobodys.id)  # as the session's page has read it
        said.clear()
        assert shown is not None
        assert len(proposals(db, nobodys)) == 5
    assert len([statement for statement in said if statement.startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"full_name": "ANNA MARIA SPECIMEN"},
        {"birth": BIRTH},
        {**PERSON, "birth": "12/08/1974"},
        {"full_name": "...", "birth": BIRTH},
    ],
    ids=str,
)
def test_without_a_name_or_a_whole_day_of_birth_nobody_is_proposed(make: Make, found: dict[str, str]) -> None:
    make.person("Anna Maria Specimen", birth=BIRTH)
    make.person("", birth=BIRTH)
    session = make.finished(link=make.link(reusable=True))
    make.result(session, person=found)
    assert propose(make, session) == []


def test_a_session_that_has_a_person_has_no_proposals(make: Make) -> None:
    session = make.finished(person=make.person("Anna Maria Specimen", birth=BIRTH))
    make.result(session)
    assert propose(make, session) == []


def test_a_session_is_tied_to_somebody_known_and_found_under_both_names(
    make: Make, nobodys: VerificationSession, db: Session
) -> None:
    known = make.person("Anna Specimen-Muster", own_reference="CUST-77", email="anna@example.com")
    tie(make, nobodys, known)

    [session] = rows(db, VerificationSession)
    assert session.person_id == known.id
    for word in ("anna specimen muster", "cust 77", "anna maria specimen", nobodys.reference.lower()):
        assert word in session.search_text
    row = db.exec(select(AuditEvent).where(AuditEvent.action == "session.identify")).one()
    assert (row.session_id, row.object_id, row.actor_name_at_time) == (session.id, known.id, "Rachel Reviewer")
    assert "specimen" not in str((row.before, row.after)).lower()


def test_a_new_person_is_made_from_the_result(make: Make, nobodys: VerificationSession, db: Session) -> None:
    tie(make, nobodys, None)

    [person] = rows(db, Person)
    assert (person.name, person.name_key, person.birth) == ("ANNA MARIA SPECIMEN", "anna maria specimen", BIRTH)
    assert rows(db, VerificationSession)[0].person_id == person.id


def test_tying_it_twice_is_one_change_and_to_another_is_refused(
    make: Make, nobodys: VerificationSession, db: Session
) -> None:
    first, second = make.person("First"), make.person("Second")
    tie(make, nobodys, first)
    tie(make, nobodys, first)
    for other in (second, None):
        with pytest.raises(NotToIdentify, match="has a person already"):
            tie(make, nobodys, other)
    assert rows(db, VerificationSession)[0].person_id == first.id
    query = select(AuditEvent).where(AuditEvent.action == "session.identify").order_by(col(AuditEvent.seq))
    assert len(db.exec(query).all()) == 1


def test_what_is_not_there_is_said(make: Make, nobodys: VerificationSession) -> None:
    with make.database.writing() as db:
        assert identify(db, by=RACHEL, session_id=999, person_id=None) is None
        with pytest.raises(NotToIdentify, match="does not exist"):
            identify(db, by=RACHEL, session_id=nobodys.id or 0, person_id=999)
    nameless = make.finished(link=make.link(reusable=True))
    with pytest.raises(NotToIdentify, match="names nobody"):
        tie(make, nameless, None)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Firstname Lastname", "", "1983-02-18"),
        ("Firstname Lastname", "1990-01-01", "1990-01-01"),
        ("Somebody Else", "", ""),
    ],
)
def test_a_document_that_passed_says_when_its_person_was_born(
    client: object, make: Make, worker: TestWorker, provider: FakeProvider, name: str, before: str, after: str
) -> None:
    person = make.person(name, birth=before)
    desk = Desk(client, make, worker, person=person)  # type: ignore[arg-type]
    make.session(link=desk.made, capture="opened")
    body = passed()
    body["data"] |= {"firstName": "FIRSTNAME", "middleName": "", "lastName": "LASTNAME", "fullName": "FIRSTNAME LASTNAME",
                     "dob": "1983/02/18", "dob_day": 18, "dob_month": 2, "dob_year": 1983}  # fmt: skip
    desk.post(body)
    assert desk.session().outcome == "passed"
    assert desk.rows(Person)[0].birth == after
    assert persons.name_key("FIRSTNAME  Lástname") == "firstname lastname"
