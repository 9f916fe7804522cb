"""Coming back from the vendor: marked as a hint, then on to the team's own address, whatever the browser brought."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from tests.support.factory import Make
from tests.support.pages import BASE_URL, PageClient
from webapp.models import AuditEvent, Link, VerificationSession
from webapp.providers.base import Options

AGENT = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"}
BOTH_WAYS = Options(success_url="https://team.example/thanks", fail_url="https://team.example/help")


def come_back(client: FlaskClient, link: Link, rest: str, **headers: str) -> Any:
    return client.get(f"/v/{link.token}{rest}", base_url=BASE_URL, headers={**AGENT, **headers})


def capture(db: Session) -> str:
    db.rollback()
    return db.exec(select(VerificationSession)).one().capture


@pytest.mark.parametrize("kind", ["identity", "signature"])
@pytest.mark.parametrize(("rest", "to"), [("/done", "thanks"), ("/done/failed", "help")])
def test_the_browser_is_marked_as_returned_and_goes_on_with_reference_and_customid(
    client: FlaskClient, make: Make, db: Session, rest: str, to: str, kind: str
) -> None:
    link = make.link(options=BOTH_WAYS, customid="of/our own&only", kind=kind)
    session = make.session(link=link, capture="opened")
    answer = come_back(client, link, f"{rest}?reference={session.reference}")

    assert answer.status_code == 303
    assert answer.location == f"https://team.example/{to}?reference={session.reference}&customid=of%2Four+own%26only"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert capture(db) == "returned"
    row = db.exec(select(AuditEvent).where(AuditEvent.action == "link.return")).one()
    assert row.after == {"capture": "returned", "failed": rest.endswith("failed")}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://team.example", "https://team.example?reference=R1&customid=C"),
        ("https://team.example/a?b=c&d", "https://team.example/a?b=c&d&reference=R1&customid=C"),
        ("https://team.example/a#top", "https://team.example/a?reference=R1&customid=C#top"),
        ("https://team.example/a?b=%26#x?y", "https://team.example/a?b=%26&reference=R1&customid=C#x?y"),
        ("https://team.example/?reference=own", "https://team.example/?reference=own&reference=R1&customid=C"),
    ],
)
def test_an_address_keeps_its_own_query_and_fragment(
    client: FlaskClient, make: Make, address: str, expected: str
) -> None:
    link = make.link(options=Options(success_url=address), customid="C", vendor_reference="R1")
    make.session(link=link)
    assert come_back(client, link, "/done").location == expected


@pytest.mark.parametrize("reference", ["", "OTHER", "%00", "a" * 300, "https://evil.example", "%0d%0aLocation:%20x"])
def test_a_forged_reference_changes_nothing_and_is_not_passed_on(
    client: FlaskClient, make: Make, db: Session, reference: str
) -> None:
    link = make.link(options=BOTH_WAYS, customid="C", vendor_reference="R1")
    make.session(link=link, capture="opened")
    answer = come_back(client, link, f"/done?reference={reference}&customid=evil&success_url=https://evil.example")

    assert answer.location == "https://team.example/thanks?reference=R1&customid=C"
    assert capture(db) == "opened"


def test_no_address_of_a_request_is_ever_followed(client: FlaskClient, make: Make) -> None:
    link = make.link()
    make.session(link=link)
    for name in ("success_url", "fail_url", "next", "url", "successredir"):
        for rest in ("/done", "/done/failed"):
            answer = come_back(client, link, f"{rest}?{name}=https://evil.example", Host="evil.example")
            assert (answer.status_code, "evil" in answer.text) == (200, False)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "/relative"])
def test_what_is_no_web_address_is_not_gone_to(client: FlaskClient, make: Make, address: str) -> None:
    link = make.link(options=Options(success_url=address))
    make.session(link=link)
    assert come_back(client, link, "/done").status_code == 200


def test_one_way_may_go_on_while_the_other_stays(nobody: PageClient, make: Make) -> None:
    link = make.link(options=Options(success_url="https://team.example/thanks"))
    make.session(link=link)
    page = nobody.get(f"/v/{link.token}/done/failed", headers=AGENT)
    assert page.soup.h1 is not None
    for word in ("fail", "reject", "fraud", "authentic", "match"):
        assert word not in page.soup.get_text().lower()


def test_a_preview_goes_on_but_marks_nothing(client: FlaskClient, make: Make, db: Session) -> None:
    link = make.link(options=BOTH_WAYS)
    session = make.session(link=link, capture="opened")
    for headers in ({"User-Agent": "Slackbot-LinkExpanding 1.0"}, {"Sec-Purpose": "prefetch"}):
        assert come_back(client, link, f"/done?reference={session.reference}", **headers).status_code == 303
    assert capture(db) == "opened"


def test_of_a_reusable_link_the_vendors_new_reference_is_passed_on_if_it_looks_like_one(
    client: FlaskClient, make: Make, db: Session
) -> None:
    link = make.link(options=BOTH_WAYS, customid="C", reusable=True)
    for reference, known in (("NEW1", "reference=NEW1&"), ("no%20such%0a", ""), ("", "")):
        answer = come_back(client, link, f"/done?reference={reference}")
        assert answer.location == f"https://team.example/thanks?{known}customid=C"
    db.rollback()
    assert db.exec(select(VerificationSession)).all() == []


@pytest.mark.parametrize("state", ["revoked", "expired", "used_up", "paused"])
def test_who_was_at_the_vendor_already_comes_back_properly(client: FlaskClient, make: Make, state: str) -> None:
    link = make.link(options=BOTH_WAYS, state=state, reusable=state == "paused")
    if not link.reusable:
        make.session(link=link, capture="revoked" if state == "revoked" else "opened")
    assert come_back(client, link, "/done").status_code == 303
