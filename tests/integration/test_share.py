"""The applicant's short link: what opens it, what does not, and what an unusable one says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from tests.support.factory import Make
from tests.support.pages import BASE_URL, PageClient
from webapp.models import AuditEvent, Link, LiveEvent, VerificationSession
from webapp.providers.base import Options

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
PREVIEWS = [
    "", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "Twitterbot/1.0",
    "TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0)", "SkypeUriPreview Preview/0.5", "Googlebot/2.1",
    "Mozilla/5.0 (compatible; bingbot/2.0)", "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Mozilla/5.0 MicrosoftPreview/2.0",
]  # fmt: skip


def one(db: Session, table: Any) -> Any:
    db.rollback()
    return db.exec(select(table)).one()


def look(client: FlaskClient, address: str, *, agent: str = PHONE, method: str = "GET", **headers: str) -> Any:
    return client.open(address, method=method, base_url=BASE_URL, headers={"User-Agent": agent, **headers})


def opens(db: Session) -> list[Any]:
    db.rollback()
    return list(db.exec(select(AuditEvent).where(AuditEvent.action == "link.open")))


def test_the_page_says_who_asks_what_is_needed_and_how_long(nobody: PageClient, make: Make) -> None:
    options = Options(document_types=("passport",), countries=("CA", "US"), biometric="video")
    session = make.session(link=make.link(options=options))
    page = nobody.get(f"/v/{token(make, session)}", headers={"User-Agent": PHONE})
    assert "Specimen Bank" in page.text and "Hello Anna" in page.text and "about 4 minutes" in page.text
    assert "Your passport from Canada or United States" in page.text
    assert page.soup.select_one("svg path") and len(page.data) < 50_000
    for word in ("fraud", "AML", "sanction", "authentic", "Maria", "Specimen,", "CASE-"):
        assert word not in page.text


def token(make: Make, session: VerificationSession) -> str:
    with make.database.reading() as db:
        return db.get_one(Link, session.link_id).token


def test_opening_makes_the_session_opened_and_counts(client: FlaskClient, make: Make, db: Session) -> None:
    session = make.session()
    address = f"/v/{token(make, session)}"
    for _ in range(3):
        assert look(client, address).status_code == 200
    link, session = one(db, Link), one(db, VerificationSession)
    assert (link.opened_count, session.capture, session.status) == (3, "opened", "opened")
    assert link.first_opened_at == session.opened_at
    assert link.last_opened_at > link.first_opened_at
    [audit] = opens(db)
    assert (audit.actor_type, audit.after) == ("applicant", {"opened": 1, "first": True})


def test_an_opening_long_after_the_last_is_on_record_again(client: FlaskClient, make: Make, db: Session) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    link = make.link(opened_count=4, first_opened_at=before, last_opened_at=before)
    make.session(link=link, capture="opened")
    look(client, f"/v/{link.token}")
    [audit] = opens(db)
    assert audit.after == {"opened": 5, "first": False}


@pytest.mark.database("sqlite")
def test_each_opening_is_told_to_the_open_pages(client: FlaskClient, make: Make, db: Session) -> None:
    session = make.session()
    told = len(list(db.exec(select(LiveEvent))))
    for _ in range(2):
        look(client, f"/v/{token(make, session)}")
    db.rollback()
    assert len(list(db.exec(select(LiveEvent)))) == told + 2


def test_a_preview_does_not_open(client: FlaskClient, make: Make, db: Session) -> None:
    address = f"/v/{token(make, make.session())}"
    for agent in PREVIEWS:
        assert look(client, address, agent=agent).status_code == 200
        assert look(client, f"{address}/go", agent=agent).status_code == 302
        assert one(db, Link).opened_count == 0, agent
    assert one(db, VerificationSession).capture == "ready"


def test_a_phone_called_cubot_does_open(client: FlaskClient, make: Make, db: Session) -> None:
    session = make.session()
    look(
        client, f"/v/{token(make, session)}", agent="Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 40) AppleWebKit/537.36"
    )
    assert one(db, Link).opened_count == 1


def test_head_and_prefetch_do_not_open(client: FlaskClient, make: Make, db: Session) -> None:
    address = f"/v/{token(make, make.session())}"
    for rest in ("", "/go", "/qr.svg", "/done?reference=REF0000001", "/done/failed?reference=REF0000001"):
        look(client, address + rest, method="HEAD")
        look(client, address + rest, **{"Sec-Purpose": "prefetch;prerender"})
    assert (one(db, Link).opened_count, one(db, VerificationSession).capture) == (0, "ready")


def test_going_on_redirects_to_the_vendor_and_opens_once(client: FlaskClient, make: Make, db: Session) -> None:
    session = make.session()
    address = f"/v/{token(make, session)}"
    answer = look(client, f"{address}/go")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"https://vendor.example/s/{session.reference}"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert (one(db, Link).opened_count, one(db, VerificationSession).capture) == (1, "opened")
    look(client, f"{address}/go")
    assert one(db, Link).opened_count == 1


def test_the_page_and_its_button_are_one_opening(client: FlaskClient, make: Make, db: Session) -> None:
    address = f"/v/{token(make, make.session())}"
    look(client, address)
    look(client, f"{address}/go")
    assert one(db, Link).opened_count == 1


@pytest.mark.parametrize(
    ("link", "session", "words"),
    [
        ({"state": "revoked"}, {"capture": "revoked"}, "switched off"),
        ({"state": "used_up"}, {"capture": "finished"}, "finished"),
        ({}, {"capture": "finished", "outcome": "passed"}, "finished"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, {}, "run out"),
        ({"state": "expired"}, {"capture": "expired"}, "run out"),
        ({}, {"capture": "expired"}, "run out"),
    ],
)  # fmt: skip
def test_a_link_that_is_over_is_gone_and_says_why(
    client: FlaskClient, make: Make, db: Session, link: dict[str, Any], session: dict[str, Any], words: str
) -> None:
    made = make.link(**link)
    make.session(link=made, **session)
    for rest in ("", "/go", "/qr.svg"):
        answer = look(client, f"/v/{made.token}{rest}")
        assert answer.status_code == 410
        assert words in answer.get_data(as_text=True)
        assert "Anna" not in answer.get_data(as_text=True)
    assert one(db, Link).opened_count == 0


@pytest.mark.parametrize("state", ["creating", "create_failed"])
def test_a_link_that_is_not_made_yet_leads_nowhere(client: FlaskClient, make: Make, state: str) -> None:
    link = make.link(state=state, vendor_url="", vendor_reference="", expires_at=None)
    make.session(link=link, capture=state, reference="")
    for rest in ("", "/go", "/qr.svg"):
        answer = look(client, f"/v/{link.token}{rest}")
        assert answer.status_code == 200
        assert "not ready yet" in answer.get_data(as_text=True)


def test_whatever_is_no_link_gets_one_and_the_same_answer(client: FlaskClient, make: Make) -> None:
    make.session()
    answers = {
        look(client, f"/v/{guess}{rest}").get_data()
        for guess in ("0000-0000-0000", "x", "%00", "'; DROP TABLE link; --", "%F0%9F%92%A9", "a" * 3000)
        for rest in ("", "/go", "/done?reference=REF0000001", "/done/failed?reference=REF0000001", "/qr.svg")
    }
    assert len(answers) == 1
    assert look(client, "/v/0000-0000-0000").status_code == 404


def test_a_token_works_as_it_is_typed(client: FlaskClient, make: Make) -> None:
    link = make.link(token="7QK4-M2XD-01AB")
    make.session(link=link)
    for typed in ("7qk4-m2xd-01ab", "7QK4M2XD01AB", "7qk4-m2xd-oiab"):
        assert look(client, f"/v/{typed}").status_code == 200


@pytest.mark.parametrize("capture", ["ready", "opened"])
def test_coming_back_is_a_hint_and_never_an_outcome(client: FlaskClient, make: Make, db: Session, capture: str) -> None:
    session = make.session(capture=capture)
    answer = look(client, f"/v/{token(make, session)}/done?reference={session.reference}&customid=x")
    session = one(db, VerificationSession)
    assert "Thank you" in answer.get_data(as_text=True)
    assert (session.capture, session.status, session.outcome) == ("returned", "waiting_for_result", "none")


def test_coming_back_with_another_reference_changes_nothing(client: FlaskClient, make: Make, db: Session) -> None:
    address = f"/v/{token(make, make.session())}/done"
    for query in ("", "?reference=", "?reference=OTHER", "?reference=REF0000001x"):
        assert look(client, address + query).status_code == 200
    assert one(db, VerificationSession).capture == "ready"


@pytest.mark.parametrize("capture", ["finished", "revoked", "expired", "create_failed"])
def test_coming_back_never_undoes_what_is_settled(client: FlaskClient, make: Make, db: Session, capture: str) -> None:
    session = make.session(capture=capture)
    look(client, f"/v/{token(make, session)}/done?reference={session.reference}")
    assert one(db, VerificationSession).capture == capture


def test_nothing_of_it_is_stored_indexed_or_passed_on(client: FlaskClient, make: Make) -> None:
    known = token(make, make.session())
    for address in (
        f"{guess}{rest}" for guess in (known, "0-0-0") for rest in ("", "/go", "/done", "/done/failed", "/qr.svg")
    ):
        headers = look(client, f"/v/{address}").headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "Set-Cookie" not in headers


GREETINGS = {
    "Anna Maria Specimen": "Hello Anna", "Σωκράτης Δείγμα": "Hello Σωκράτης", "Cher": "Hello", "": "Hello",
    "<script> Specimen": "Hello", "\u202eAnna Specimen": "Hello", f"{'A' * 100} Specimen": "Hello",
}  # fmt: skip


def test_the_greeting_is_a_plain_first_name_or_none(nobody: PageClient, make: Make) -> None:
    for name, greeting in GREETINGS.items():
        session = make.session(person=make.person(name=name))
        page = nobody.get(f"/v/{token(make, session)}", headers={"User-Agent": PHONE})
        assert page.soup.h1 is not None
        said = " ".join(page.soup.h1.get_text().split()).replace(" ,", ",")
        assert said == f"{greeting}, please show us who you are", name


def test_the_page_asks_the_database_little(nobody: PageClient, make: Make) -> None:
    session = make.session()
    page = nobody.get(f"/v/{token(make, session)}", headers={"User-Agent": PHONE})
    assert page.queries <= 8, page.statements
