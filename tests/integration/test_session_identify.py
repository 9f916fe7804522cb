"""The page of a reusable link's session: through which link it came, whom it may be about, and saying so."""

from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from tests.support.applied import apply, hosted, payload
from tests.support.factory import PERSON, Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from webapp.models import AuditEvent, Link, Person, PresetVersion, VerificationSession
from webapp.models.words import MATTER_WORDS
from webapp.pages.session_words import MATTER_ICONS

BIRTH = PERSON["birth"]


@pytest.fixture
def nobodys(make: Make) -> VerificationSession:
    """A session of the reusable link "Front desk" whose document says ANNA MARIA SPECIMEN, 1974-08-12."""
    link = make.link(reusable=True, label="Front desk", opened_count=9)
    session = make.finished(link=link)
    make.result(session)
    return session


def _owner(make: Make, session: VerificationSession) -> Person | None:
    with make.database.reading() as db:
        return db.get(Person, db.get_one(VerificationSession, session.id).person_id or 0)


def _side(visitor: PageClient, session: VerificationSession) -> str:
    found = visitor.get(f"/sessions/{session.id}").soup.find(id="person")
    return " ".join(found.get_text(" ").split())


def test_the_header_names_the_link_and_that_nobody_is_known_yet(
    rachel: PageClient, nobodys: VerificationSession
) -> None:
    page = rachel.get(f"/sessions/{nobodys.id}")
    header = page.soup.find(id="session-header")
    assert page.soup.h1.get_text() == "ANNA MARIA SPECIMEN"
    assert header.find("a", href=f"/links/{nobodys.link_id}").get_text() == "Front desk"
    assert header.find("a", href="#person").get_text() == "To be identified"
    assert "opened" not in header.get_text()  # by whom is not known


def test_somebody_with_the_same_name_and_birthday_is_proposed_and_one_press_says_so(
    make: Make, rachel: PageClient, nobodys: VerificationSession
) -> None:
    known = make.person("Anna María Specimen", own_reference="CUST-1029", birth=BIRTH)
    page = rachel.get(f"/sessions/{nobodys.id}")
    assert "Same name and date of birth as Anna María Specimen ( CUST-1029 )" in _side(rachel, nobodys)
    assert page.queries <= 12
    done = rachel.submit(page, "This is the same person : Anna María Specimen, CUST-1029", status=303, follow=False)
    assert done.location == f"/sessions/{nobodys.id}#person"
    assert _owner(make, nobodys).id == known.id
    after = rachel.get(f"/sessions/{nobodys.id}")
    assert "The session has its person now." in after.text
    assert "CUST-1029" in after.soup.find(id="session-header").get_text()
    assert "Rachel Reviewer said who this is" in after.soup.find(id="timeline").get_text(" ")
    assert not after.soup.select("#person form")


def test_a_new_person_is_made_from_the_result(make: Make, rachel: PageClient, nobodys: VerificationSession) -> None:
    page = rachel.get(f"/sessions/{nobodys.id}")
    assert "Nobody known has the name and date of birth of this result." in _side(rachel, nobodys)
    rachel.submit(page, "Make a new person from this result")
    assert (_owner(make, nobodys).name, _owner(make, nobodys).birth) == ("ANNA MARIA SPECIMEN", BIRTH)
    told = rachel.get(f"/sessions/{nobodys.id}").soup.find(id="timeline").get_text(" ")
    assert "Rachel Reviewer said who this is: a new person, made from the result" in told


def test_a_result_that_names_nobody_makes_no_person(make: Make, rachel: PageClient) -> None:
    session = make.finished(link=make.link(reusable=True))
    make.result(session, person={})
    assert "The result names nobody." in _side(rachel, session) and "new person" not in _side(rachel, session)
    refused = rachel.post(f"/sessions/{session.id}/identify", {"person": "new"}, status=409)
    assert "The result names nobody" in refused.text


@pytest.mark.parametrize("answer", ["", "0", "-1", "1 OR 1", "99999999999", "٣", "new\n"])
def test_an_answer_that_is_none_changes_nothing_and_is_told_on_the_page(
    make: Make, rachel: PageClient, nobodys: VerificationSession, answer: str
) -> None:
    page = rachel.post(f"/sessions/{nobodys.id}/identify", {"person": answer}, status=422)
    assert (
        "Choose one of the persons, or make a new one. Nothing was changed." in page.soup.find(id="person").get_text()
    )
    assert _owner(make, nobodys) is None


def test_a_second_answer_and_an_unknown_person_are_conflicts(
    make: Make, rachel: PageClient, nobodys: VerificationSession
) -> None:
    address = f"/sessions/{nobodys.id}/identify"
    assert "does not exist any more" in rachel.post(address, {"person": "999999"}, status=409).text
    first, second = make.person("First"), make.person("Second")
    rachel.post(address, {"person": str(first.id)}, status=303, follow=False)
    assert "has a person already" in rachel.post(address, {"person": str(second.id)}, status=409).text
    assert _owner(make, nobodys).id == first.id
    rachel.post("/sessions/999999/identify", {"person": "new"}, status=404)
    rachel.post("/sessions/999999/identify", {"person": "?"}, status=404)


def test_who_may_not_create_links_sees_the_proposal_and_cannot_answer(
    make: Make, victor: PageClient, nobodys: VerificationSession
) -> None:
    make.person("Anna Maria Specimen", birth=BIRTH)
    side = _side(victor, nobodys)
    assert "Same name and date of birth" in side and "Somebody who may create links can say who this is." in side
    assert not victor.get(f"/sessions/{nobodys.id}").soup.select("#person button")
    victor.post(f"/sessions/{nobodys.id}/identify", {"person": "new"}, status=403)
    assert _owner(make, nobodys) is None


def test_the_answer_is_on_the_record_without_a_name(
    make: Make, rachel: PageClient, nobodys: VerificationSession
) -> None:
    rachel.post(f"/sessions/{nobodys.id}/identify", {"person": "new"}, status=303, follow=False)
    with make.database.reading() as db:
        row = db.exec(select(AuditEvent).where(AuditEvent.action == "session.identify")).one()
    assert (row.actor_name_at_time, row.session_id) == ("Rachel Reviewer", nobodys.id)
    assert "SPECIMEN" not in str((row.before, row.after)).upper()


def test_hostile_names_of_person_link_and_preset_do_nothing(make: Make, rachel: PageClient) -> None:
    evil = "\u202e<script>alert(1)</script>"
    preset = make.preset("Specimen preset")
    with make.database.writing() as db:
        version = db.exec(select(PresetVersion).where(PresetVersion.preset_id == preset.id)).one()
        version.name = evil
        number = version.id
    session = make.finished(link=make.link(reusable=True, label=evil, preset_version_id=number))
    make.result(session)
    make.audit("link.create", object_type="link", object_id=session.link_id, actor_name_at_time=evil)
    make.person("Anna Maria Specimen", birth=BIRTH, own_reference=evil)
    page = rachel.get(f"/sessions/{session.id}")
    assert "<script>alert" not in page.html and "\u202e" not in page.html
    assert page.text.count("⟨U+202E⟩<script>alert(1)</script>") >= 4


def test_a_result_outside_its_link_leads_to_the_link(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    link = make.link(reusable=True, label="Front desk", session_cap=1, state="used_up")
    session = make.session(link=link, reference="OUTSIDE1", capture="opened", outside_link=True)
    session = apply(app, make, provider, hosted(payload("callback_identity_passed")), session=session)
    page = rachel.get(f"/sessions/{session.id}")
    (line,) = [
        item
        for item in page.soup.select("#why li:not(.quiet)")
        if "after the link was full or paused" in item.get_text()
    ]
    assert line.a["href"] == f"/links/{link.id}"
    assert "OUTSIDE1, Front desk" in rachel.get("/sessions").text


def test_every_kind_of_matter_has_its_icon_on_lists() -> None:
    assert set(MATTER_ICONS) == set(MATTER_WORDS)


EVENTS: tuple[tuple[str, dict[str, Any] | None, str], ...] = (
    ("link.sms", {"sms": "asked"}, "Alice Admin asked DocuPass to send the link by SMS"),
    ("link.sms", {"sms": "sent"}, "DocuPass sent the link by SMS"),
    ("link.sms", {"sms": "refused"}, "DocuPass did not send the SMS"),
    ("link.sms", {"sms": "unknown"}, "DocuPass did not say whether the SMS was sent"),
    ("link.return", {"capture": "returned", "failed": True}, "came back from DocuPass by the address for failures"),
    ("link.pause", {"state": "paused"}, "Alice Admin paused the link"),
    ("link.resume", {"state": "active"}, "Alice Admin let the link work again"),
    ("link.cap", {"state": "active", "cap": 5}, "changed how many sessions the link may bring, 5"),
    ("link.used_up", {"state": "used_up", "cap": 5}, "The link has brought all that it may, 5"),
    ("session.create", {"outside_link": True}, "made a session of its own, outside its link"),
    ("session.expire", {"confirmed": False}, "Expired by our clock; DocuPass has not said so yet"),
    ("session.unexpire", {"capture": "opened"}, "Not expired after all: our clock had been wrong"),
    ("delivery.replayed", None, "Alice Admin had a delivery read again"),
)


@pytest.mark.parametrize(
    ("action", "after", "words"), EVENTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_timeline_tells_what_is_new_in_plain_words(
    make: Make, rachel: PageClient, action: str, after: dict[str, Any] | None, words: str
) -> None:
    session = make.session(capture="opened")
    make.audit(action, session=session, actor_type="person", actor_name_at_time="Alice Admin", after=after)
    told = " ".join(rachel.get(f"/sessions/{session.id}").soup.find(id="timeline").get_text(" ").split())
    assert words in told


def test_openings_of_a_reusable_link_are_nobodys_and_not_told_on_one_persons_page(
    make: Make, rachel: PageClient, nobodys: VerificationSession
) -> None:
    for action in ("link.open", "link.pause", "link.expire"):
        make.audit(action, object_type="link", object_id=nobodys.link_id)
    told = rachel.get(f"/sessions/{nobodys.id}").soup.find(id="timeline").get_text(" ")
    assert "opened" not in told and "paused the link" in told and "The link’s time was over" in told


def test_of_a_reusable_links_deliveries_only_those_of_the_session_are_shown(
    make: Make, rachel: PageClient, nobodys: VerificationSession
) -> None:
    with make.database.reading() as db:
        link = db.get_one(Link, nobodys.link_id)
    make.delivery(session=nobodys, reason="Mine")
    make.delivery(session=nobodys, session_id=None, state="quarantined", reason="Mine, not matched")
    make.delivery(session=make.finished(link=link, reference="OTHER"), reason="Another's")
    make.delivery(session=nobodys, session_id=None, reference="OTHER2", state="quarantined", reason="Nobody's")
    make.delivery(
        session=make.finished(reference="OTHER3"), session_id=None, reference=nobodys.reference, reason="Wrong"
    )
    rows = rachel.get(f"/sessions/{nobodys.id}").soup.select("#raw tbody tr")
    assert ["Mine, not matched" in rows[0].get_text(), len(rows)] == [True, 2]


def test_openings_of_a_reusable_link_change_nothing_on_an_open_page(
    make: Make, rachel: PageClient, nobodys: VerificationSession
) -> None:
    seen = rachel.get(f"/sessions/{nobodys.id}").soup.find(id="session")["data-seen"]
    with make.database.writing() as db:
        link = db.get_one(Link, nobodys.link_id)
        link.opened_count += 1
    make.delivery(session=make.finished(link=link, reference="OTHER"))
    rachel.get(f"/sessions/{nobodys.id}", htmx=True, status=204, headers={"X-Seen": seen})
