"""Four eyes in a browser: two hits settled, a failed check approved, the proposer refused as approver, then a second person."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import col, select

from tests.support.factory import PASSWORD, PERSON, Make
from tests.support.live_server import LiveServer
from webapp.db import Database
from webapp.models import AuditEvent, Decision
from webapp.providers.base import Options

ENTRIES = (
    {"fullname": ["ANNA SPECIMEN"], "dob": ["1951"], "nationality": ["UY"], "schema": "sanction", "database": "us_ofac"},
    {"fullname": ["ANNA SPECIMEN"], "dob": ["1938-02-01"], "schema": "pep", "database": "eu_cor"},
)  # fmt: skip
NOTE = "Seen by eye: the same person, older by ten years."
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def make(live_server: LiveServer) -> Iterator[Make]:
    """Straight rows in the running program's database."""
    database = Database(live_server.database_url)
    yield Make(database)
    database.dispose()


def failed_with_hits(make: Make) -> str:
    """The address of a session whose face failed, with two hits open."""
    link = make.link(options=Options(aml=True, face_threshold=0.4))
    session = make.finished(link=link, outcome="failed", outcome_code="3", aml_open=True)
    make.result(
        session,
        person={**PERSON, "nationality": "NL"},
        face={"score": 0.31, "identical": False, "error": ""},
        vendor_checks={"face": False, "expiry": True},
    )
    make.matter(session, headline="AML: 2 of 2 hits open.", count=2)
    for place, entry in enumerate(ENTRIES):
        make.match(session, position=place, entry=entry)
    return f"/sessions/{session.id}"


def dismiss(page: Page) -> None:
    """Settle the open hit that comes first: another year of birth."""
    card = page.locator("article.hit[data-open]").first
    number = card.get_attribute("id")
    card.get_by_label("Not the same person").check()
    card.get_by_label("date of birth", exact=True).check()
    card.get_by_role("button", name="Save verdict").click()
    expect(page.locator(f"#{number} .done")).to_contain_text("Not the same person: date of birth")


def propose(page: Page, address: str) -> None:
    """Approve against the vendor's word, which needs a second person."""
    page.goto(address)
    dismiss(page)
    dismiss(page)
    page.locator("#step-approve > summary").click()
    expect(page.locator("#step-approve .effect")).to_contain_text("Second approval: needed")
    page.locator("#step-approve").get_by_label("The vendor's check is wrong, seen by eye").check()
    page.locator("#approve-note").fill(NOTE)
    page.locator("#form-approve").get_by_role("button", name="Approve").click()
    expect(page.locator("#session-header .state")).to_have_text("Waiting for second approval")


def test_who_proposed_is_refused_as_approver_and_a_second_person_confirms(
    officer: Page, new_context: Contexts, live_server: LiveServer, make: Make
) -> None:
    address = failed_with_hits(make)
    propose(officer, address)
    expect(officer.locator("#proposal")).to_contain_text("You proposed this, so another person has to answer it.")
    expect(officer.locator("#form-confirm")).to_have_count(0)
    with make.database.reading() as db:
        proposal = db.exec(select(Decision).order_by(col(Decision.id).desc())).first()
    assert proposal is not None
    fields = {
        "csrf_token": officer.locator("input[name=csrf_token]").first.get_attribute("value") or "",
        "proposal": str(proposal.id), "version": officer.locator("#session-header").get_attribute("data-version") or "",
    }  # fmt: skip
    refused = officer.request.post(f"{live_server.url}{address}/confirm", form=fields)
    assert refused.status == 403, refused.text()[:500]
    officer.goto(address)
    expect(officer.locator("#session-header .state")).to_have_text("Waiting for second approval")

    approver = make.user("approver", name="Paula Approver")
    page = new_context(base_url=live_server.url).new_page()
    page.goto("/review/second")
    page.get_by_label("E-mail").fill(approver.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(f"a[href='{address}']").first.click()
    expect(page.locator("#proposal")).to_contain_text("approve")
    page.locator("#step-confirm > summary").click()
    page.locator("#form-confirm").get_by_role("button", name="Confirm the decision").click()
    expect(page.locator("#session-header .state")).to_have_text("Approved")
    expect(page.locator("#steps")).to_contain_text("Paula Approver")
    expect(page.locator("#steps")).to_contain_text(NOTE)
    expect(officer.locator("#session-header .state")).to_have_text("Approved")  # by itself
    with make.database.reading() as db:
        kinds = [(step.kind, step.actor_id) for step in db.exec(select(Decision).order_by(col(Decision.id)))]
        denied = db.exec(select(AuditEvent).where(AuditEvent.outcome == "denied")).all()
    assert [kind for kind, _ in kinds][-2:] == ["approve", "confirm"]
    assert kinds[-1][1] == approver.id != kinds[-2][1]
    assert denied
