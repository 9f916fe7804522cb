"""The page of a link that many people use: figures, sessions, pausing, its limit; the actions are in `test_links.py`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.models import AuditEvent, Link, VerificationSession

pytestmark = pytest.mark.database(*BOTH)
HOSTILE = "<img src=x onerror=alert(1)>\u202eyad nepO"


def reusable(make: Make, **fields: Any) -> Link:
    return make.link(**{"reusable": True, "person_id": None, "label": "Open day", **fields})


def came(make: Make, link: Link, number: int = 1, **fields: Any) -> list[VerificationSession]:
    """Sessions that results brought, one for each reference."""
    base = len(_sessions(make, link))
    usual = {"person_id": None, "capture": "finished", "outcome": "passed", "review": "pending"}
    return [
        make.session(link=link, reference=f"CHILD{link.id}X{base + one}", **{**usual, **fields})
        for one in range(number)
    ]  # fmt: skip


def _sessions(make: Make, link: Link) -> list[VerificationSession]:
    with make.database.reading() as db:
        return list(db.exec(select(VerificationSession).where(VerificationSession.link_id == link.id)))


def state(db: Session, link: Link) -> str:
    db.rollback()
    return db.get_one(Link, link.id).state


def figures(page: Page) -> dict[str, str]:
    return {
        part.dt.get_text(): " ".join(part.dd.get_text(" ").split())  # type: ignore[union-attr]
        for part in page.soup.select("#tally > div")
    }


def test_the_page_says_what_a_reusable_link_brought(rachel: PageClient, make: Make) -> None:
    link = reusable(make, session_cap=50, opened_count=12, last_opened_at=datetime.now(UTC))
    came(make, link, 2)
    came(make, link, outcome="failed", outcome_code="1", review="not_needed")
    came(make, link, outcome="none", capture="returned", review="not_needed")
    came(make, link, capture="expired", outcome="none", review="not_needed")
    came(make, link, outside_link=True)
    page = rachel.get(f"/links/{link.id}")
    assert page.soup.h1 is not None and "Open day" in page.soup.h1.get_text()
    assert figures(page) == {"Sessions": "5 of 50", "Passed": "3", "Failed": "1", "Open": "4"}
    assert "75% of 4 results" in page.text and "1 more past the limit or a pause" in page.text
    assert "3 to review, 1 without a result" in page.text
    assert "Opened 12 times" in page.text
    assert len(page.soup.select("#link-sessions tbody tr")) == 6
    assert "Outside the link" in page.text


def test_a_link_that_brought_nothing_says_what_will_be_here(rachel: PageClient, make: Make) -> None:
    page = rachel.get(f"/links/{reusable(make).id}")
    assert figures(page) == {"Sessions": "0", "Passed": "0", "Failed": "0", "Open": "0"}
    assert "no result yet" in page.text and "None yet" in page.text
    assert "by many people" in page.text


def test_a_session_is_called_by_its_document_until_it_is_identified(rachel: PageClient, make: Make) -> None:
    link = reusable(make)
    [unknown] = came(make, link)
    make.result(unknown)
    known = came(make, link, person_id=make.person("Bert Specimen").id)[0]
    page = rachel.get(f"/links/{link.id}")
    first, second = (row.get_text(" ") for row in page.soup.select("#link-sessions tbody tr"))
    assert "Bert Specimen" in first and "to be identified" not in first
    assert "ANNA MARIA SPECIMEN" in second and "to be identified" in second
    assert page.soup.select_one(f"#row-{known.id} a[href='/sessions/{known.id}']")


def test_a_hostile_label_is_text_everywhere(rachel: PageClient, make: Make, nobody: PageClient) -> None:
    link = reusable(make, label=HOSTILE)
    for page in (rachel.get(f"/links/{link.id}"), rachel.get("/links")):
        assert "<img src=x onerror=alert(1)>" in page.text and "⟨U+202E⟩" in page.text
        assert not page.soup.select("img[onerror]")
    assert "onerror" not in nobody.get(f"/v/{link.token}").text


def test_the_sessions_page_by_key(rachel: PageClient, make: Make) -> None:
    link = reusable(make)
    ids = [session.id for session in came(make, link, 120)]
    page = rachel.get(f"/links/{link.id}")
    seen = []
    for _ in range(3):
        seen.append([int(str(row["id"]).removeprefix("row-")) for row in page.soup.select("#link-sessions tbody tr")])
        older = page.soup.select_one("a[rel=next]")
        if older:
            page = rachel.get(str(older["href"]))
    assert seen == [ids[:-51:-1], ids[69:19:-1], ids[19::-1]]
    page = rachel.get(page.soup.select_one("a[rel=prev]")["href"])  # type: ignore[index, arg-type]
    assert str(page.soup.select("#link-sessions tbody tr")[0]["id"]) == f"row-{ids[69]}"
    region = page.soup.select_one("#link-state")
    assert region is not None and "after=" in region["hx-get"]


def test_another_links_sessions_stay_away(rachel: PageClient, make: Make) -> None:
    link, other = reusable(make), reusable(make, label="Another")
    came(make, other, 3)
    page = rachel.get(f"/links/{link.id}")
    assert figures(page)["Sessions"] == "0"
    assert not page.soup.select("#link-sessions tbody tr")


def test_the_page_follows_every_new_session(rachel: PageClient, make: Make) -> None:
    link = reusable(make)
    address = f"/links/{link.id}"
    region = rachel.get(address).soup.select_one("#link-state")
    assert region is not None
    assert region["hx-trigger"].startswith("sse:sessions,")
    seen = {"X-Seen": str(region["data-seen"])}
    asked = rachel.get(address, status=204, htmx=True, headers=seen)
    assert asked.data == b""
    assert asked.queries <= 3, asked.statements
    [session, _newer] = came(make, link, 2)
    page = rachel.get(address, htmx=True, headers=seen)
    assert figures(page)["Sessions"] == "2"
    seen = {"X-Seen": str(page.soup.select_one("#link-state")["data-seen"])}  # type: ignore[index]
    with make.database.writing() as db:
        db.get_one(VerificationSession, session.id).review = "in_review"
    assert "In review" in rachel.get(address, htmx=True, headers=seen).text


def test_a_poll_goes_on_for_a_reusable_link(rachel: PageClient, make: Make) -> None:
    link = reusable(make)
    came(make, link, review="not_needed", outcome="failed")
    rachel.get(f"/links/{link.id}", htmx=True, headers={"X-Seen": "old", "X-Poll": "1"})


def test_pausing_and_resuming(rachel: PageClient, make: Make, db: Session) -> None:
    link = reusable(make)
    page = rachel.submit(rachel.get(f"/links/{link.id}"), "Pause")
    assert "asks people to come back later" in page.text
    assert state(db, link) == "paused"
    assert page.soup.select_one("#address"), "the address can still be copied: the link will work again"
    page = rachel.submit(page, "Resume")
    assert state(db, link) == "active"
    assert "Works" in page.soup.select_one("#link-status").get_text()  # type: ignore[union-attr]
    db.rollback()
    told = [row.action for row in db.exec(select(AuditEvent).order_by(col(AuditEvent.seq)))]
    assert told[-2:] == ["link.pause", "link.resume"]


def test_pausing_a_link_that_is_over_is_a_conflict(rachel: PageClient, make: Make, db: Session) -> None:
    link = reusable(make, state="revoked")
    for verb in ("pause", "resume", "cap"):
        rachel.post(f"/links/{link.id}/{verb}", {"cap": "3"}, status=409)
    assert state(db, link) == "revoked"


def test_what_is_for_many_is_refused_for_a_link_of_one_person(rachel: PageClient, make: Make) -> None:
    session = make.session()
    for verb in ("pause", "resume", "cap"):
        rachel.post(f"/links/{session.link_id}/{verb}", {"cap": "3"}, status=409)
    page = rachel.get(f"/links/{session.link_id}")
    assert not page.soup.select("form[action$='/pause'], form[action$='/cap'], #tally, #link-sessions")


@pytest.mark.parametrize("verb", ["pause", "resume", "cap", "revoke", "retry"])
@pytest.mark.parametrize("number", ["999", str(10**30)])
def test_an_unknown_link_cannot_be_changed(rachel: PageClient, verb: str, number: str) -> None:
    rachel.post(f"/links/{number}/{verb}", {"cap": "3", "reason": "other"}, status=404)


def test_changing_the_limit(rachel: PageClient, make: Make, db: Session) -> None:
    link = reusable(make, session_cap=50)
    came(make, link, 2)
    page = rachel.submit(rachel.get(f"/links/{link.id}"), "Change the limit", cap="2")
    assert figures(page)["Sessions"] == "2 of 2"
    assert state(db, link) == "used_up"
    assert "Full: it has brought as many sessions as it may" in page.text
    page = rachel.submit(page, "Change the limit", cap="")
    assert figures(page)["Sessions"] == "2"
    assert state(db, link) == "active"


@pytest.mark.parametrize("typed", ["0", "-1", "many", "1.5", "99999999", "1" * 5000])
def test_a_limit_that_is_none_is_refused_and_stays_typed(rachel: PageClient, make: Make, typed: str) -> None:
    link = reusable(make, session_cap=50)
    page = rachel.submit(rachel.get(f"/links/{link.id}"), "Change the limit", cap=typed, status=422)
    field = page.soup.select_one("#cap-box[open] input[name=cap][aria-invalid=true]")
    assert field is not None and field["value"] == typed
    assert figures(page)["Sessions"] == "0 of 50"


def test_revoking_a_reusable_link_keeps_its_sessions(rachel: PageClient, make: Make, db: Session) -> None:
    link = reusable(make)
    came(make, link, 2)
    page = rachel.submit(rachel.get(f"/links/{link.id}"), "Revoke link", reason="no_longer_needed")
    assert state(db, link) == "revoked"
    assert len(page.soup.select("#link-sessions tbody tr")) == 2
    assert not page.soup.select("#ways, #mail-text, form[action$='/pause'], #cap-box")


def test_a_viewer_sees_the_figures_and_can_change_nothing(victor: PageClient, make: Make) -> None:
    link = reusable(make)
    page = victor.get(f"/links/{link.id}")
    assert page.soup.select("#tally") and not page.soup.select("main form")
    for verb in ("pause", "resume", "cap"):
        victor.post(f"/links/{link.id}/{verb}", {"cap": "3"}, status=403)


def test_a_reusable_link_that_could_not_be_made_says_so(rachel: PageClient, make: Make) -> None:
    link = reusable(make, state="create_failed", error_code="1002", error_text="Invalid template", vendor_url="")
    page = rachel.get(f"/links/{link.id}")
    assert "Creation failed" in page.text and "Invalid template" in page.text
    assert page.soup.select_one("form[action$='/retry']")
    assert not page.soup.select("#ways, #link-sessions, #cap-box")


@pytest.mark.settings(sms_per_day=0)
def test_a_retry_that_may_send_no_sms_says_why(rachel: PageClient, make: Make, db: Session) -> None:
    link = reusable(make, state="create_failed", error_code="timeout", sms_to="+447400123456", vendor_url="")
    page = rachel.post(f"/links/{link.id}/retry", status=409)
    assert "not sent by SMS here" in page.text
    assert state(db, link) == "create_failed"


def test_past_its_time_it_is_expired_before_anybody_says_so(rachel: PageClient, make: Make) -> None:
    link = reusable(make, expires_at=datetime.now(UTC) - timedelta(minutes=1))
    page = rachel.get(f"/links/{link.id}")
    assert "Expired" in page.soup.select_one("#link-status").get_text()  # type: ignore[union-attr]
    assert "Expired" in rachel.get("/links").soup.select_one(f"#link-{link.id} .c-state").get_text()  # type: ignore[union-attr]


def test_the_page_asks_the_database_little_however_many_sessions(rachel: PageClient, make: Make) -> None:
    few, many = reusable(make), reusable(make)
    came(make, few)
    came(make, many, 60)
    rachel.get("/links")  # a visitor's first page asks for more
    counts = [rachel.get(f"/links/{link.id}").queries for link in (few, many)]
    assert counts[0] == counts[1] <= 8


# -- the applicant's side -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"state": "paused"}, "closed for now"), ({"state": "used_up"}, "All places are taken"),
     ({"state": "revoked"}, "switched off"), ({"state": "expired"}, "run out")],
)  # fmt: skip
def test_a_reusable_link_that_does_not_work_says_why(
    nobody: PageClient, make: Make, fields: dict[str, Any], words: str
) -> None:
    link = reusable(make, **fields)
    page = nobody.get(f"/v/{link.token}", status=None, headers={"User-Agent": "Mozilla/5.0 (iPhone)"})
    assert words in page.text
    assert nobody.get(f"/v/{link.token}/go", status=None, follow=False).status != 302


def test_one_persons_result_does_not_close_a_reusable_link(nobody: PageClient, make: Make) -> None:
    link = reusable(make)
    came(make, link)
    came(make, link, capture="expired", outcome="none")
    page = nobody.get(f"/v/{link.token}", headers={"User-Agent": "Mozilla/5.0 (iPhone)"})
    assert "Hello , please show us who you are" in page.text or "Hello, please show us who you are" in page.text
