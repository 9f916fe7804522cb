"""The pages of links: form, result, list, revoking; the actions behind them are in `test_links.py`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import Page, PageClient
from webapp.actions import links
from webapp.actions.actor import SYSTEM
from webapp.models import AuditEvent, Link, VerificationSession
from webapp.providers.base import Expected, ProviderError, VendorLink

REFUSED = ProviderError("Invalid value for `companyname`", code="1002", permanent=True)


def rows(db: Session, table: Any) -> list[Any]:
    db.rollback()
    return list(db.exec(select(table).order_by(col(table.seq if table is AuditEvent else table.id))))


def new(visitor: PageClient, **fields: Any) -> Page:
    return visitor.submit(visitor.get("/links/new"), "Create link", **{"person_name": "Anna Specimen"} | fields)


# -- revoking -----------------------------------------------------------------------------------------------------


def test_revoking_takes_link_and_session_back_and_keeps_the_reason(rachel: PageClient, make: Make, db: Session) -> None:
    session = make.session(capture="opened")
    page = rachel.get(f"/links/{session.link_id}")
    page = rachel.submit(page, "Revoke link", reason="wrong_person")
    assert "switched off" in page.text
    assert not page.soup.select("#revoke")
    [link], [session] = rows(db, Link), rows(db, VerificationSession)
    assert (link.state, session.capture, session.status) == ("revoked", "revoked", "revoked")
    audit = next(row for row in rows(db, AuditEvent) if row.action == "link.revoke")
    assert (audit.reason_codes, audit.actor_name_at_time) == (["wrong_person"], "Rachel Reviewer")


def test_revoking_a_finished_link_is_a_conflict(rachel: PageClient, make: Make, db: Session) -> None:
    session = make.finished(link=make.link(state="used_up"))
    rachel.post(f"/links/{session.link_id}/revoke", {"reason": "other"}, status=409)
    assert rows(db, Link)[0].state == "used_up"


def test_revoking_for_a_reason_that_was_not_offered_is_refused(rachel: PageClient, make: Make, db: Session) -> None:
    session = make.session()
    page = rachel.post(f"/links/{session.link_id}/revoke", {"reason": "spite"}, status=422)
    assert page.soup.select_one("#revoke[open] .error-summary")
    assert rows(db, Link)[0].state == "active"


# -- the pages ----------------------------------------------------------------------------------------------------


def test_the_form_leads_to_a_page_with_address_code_and_text(rachel: PageClient, provider: FakeProvider) -> None:
    page = new(rachel, own_reference="CASE-7", email="anna@example.com", birth="03/08/1989", countries="Canada")
    address = provider.created[0].return_url.removesuffix("/done")
    assert page.soup.select_one("#address").get_text() == address  # type: ignore[union-attr]
    assert address in page.soup.select_one("#mail-text").get_text()  # type: ignore[union-attr]
    assert "Hello Anna" in page.text and "SPECIMEN001" in page.text and "CASE-7" in page.text
    assert "Canada" in page.text and "name, date of birth" in page.text
    assert f"Created just now by {rachel.user.name}" in page.text.replace(" .", ".")
    assert provider.created[0].expected == Expected(name="Anna Specimen", birth="1989-08-03")


def test_what_was_typed_is_still_there_after_a_mistake(rachel: PageClient, provider: FakeProvider) -> None:
    page = rachel.get("/links/new")
    key = page.soup.select_one("[name=form_key]")["value"]  # type: ignore[index]
    page = rachel.submit(
        page, "Create link", person_name="<b>Anna</b>", birth="31/02/1989", age="99-18", countries="Atlantis",
        document_types=["passport"], aml=False, biometric="video", expires="other", expires_hours="0.1", status=422,
    )  # fmt: skip
    values = {tag["name"]: tag.get("value") for tag in page.soup.select("form#new-link input[type=text]")}
    assert values["person_name"] == "<b>Anna</b>"
    assert values["birth"] == "31/02/1989"
    assert values["countries"] == "Atlantis"
    assert page.soup.select_one("[name=form_key]")["value"] == key  # type: ignore[index]
    assert not page.soup.select("[name=aml][checked]")
    assert page.soup.select_one("[name=biometric][checked]")["value"] == "video"  # type: ignore[index]
    assert page.soup.select_one(".error-summary")
    assert len(page.soup.select("details.open[open]")) == 3
    assert len(page.soup.select("[aria-invalid=true]")) == 4
    assert not provider.created


def test_an_error_points_to_its_field(rachel: PageClient, provider: FakeProvider) -> None:
    page = new(rachel, person_name="", status=422)
    link = page.soup.select_one(".error-summary a")
    assert link is not None
    assert page.soup.select_one(f"input{link['href']}[aria-invalid=true]")


def test_a_form_sent_twice_shows_the_one_link(rachel: PageClient, provider: FakeProvider) -> None:
    page = rachel.get("/links/new")
    first = rachel.submit(page, "Create link", person_name="Anna Specimen")
    second = rachel.submit(page, "Create link", person_name="Anna Specimen")
    assert first.url == second.url
    assert len(provider.created) == 1


def test_a_used_form_with_other_content_asks_before_another_link(rachel: PageClient, provider: FakeProvider) -> None:
    page = rachel.get("/links/new")
    first = rachel.submit(page, "Create link", person_name="Anna Specimen")
    asked = rachel.submit(page, "Create link", person_name="Bert Specimen", status=422)
    assert "made a link before" in asked.text
    assert asked.soup.select_one(f"#made-before a[href='{first.url}']")
    second = rachel.submit(asked, "Create link")
    assert second.url != first.url
    assert "Bert Specimen" in second.text


def test_a_failed_creation_shows_code_words_and_retry(rachel: PageClient, provider: FakeProvider) -> None:
    provider.create_answer = REFUSED
    page = new(rachel)
    assert "Creation failed" in page.text and "1002" in page.text and "Invalid value for" in page.text
    assert not page.soup.select("#address")
    provider.create_answer = VendorLink(reference="R9", url="https://vendor.example/s/R9", expires_at=None)
    page = rachel.submit(page, "Retry")
    assert page.soup.select_one("#address")
    assert "R9" in page.text


def test_hostile_text_of_the_vendor_is_shown_as_text(rachel: PageClient, provider: FakeProvider) -> None:
    provider.create_answer = ProviderError("<script>alert(1)</script>\u202egnp", code="<i>", permanent=True)
    page = new(rachel, person_name="<img src=x onerror=alert(1)>\u202eAnna")
    assert "<script>alert(1)</script>" in page.text
    assert "⟨U+202E⟩" in page.text


def test_without_scripts_a_link_in_the_making_is_loaded_again_until_it_has_its_address(
    rachel: PageClient, make: Make
) -> None:
    asked = make.link(state="creating", vendor_reference="", vendor_url="", expires_at=None)
    made = make.link()
    refresh = "noscript meta[http-equiv=refresh]"
    assert rachel.get(f"/links/{asked.id}").soup.select_one(refresh)
    assert not rachel.get(f"/links/{made.id}").soup.select_one(refresh)


def test_creating_that_did_not_finish_says_so(rachel: PageClient, make: Make) -> None:
    link = make.link(state="creating", vendor_reference="", vendor_url="", expires_at=None)
    make.session(link=link, capture="creating", reference="", created_at=datetime.now(UTC) - timedelta(minutes=2))
    page = rachel.get(f"/links/{link.id}")
    assert "Creating did not finish" in page.text
    assert page.soup.select_one("form[action$='/retry']")


def test_a_viewer_sees_links_but_cannot_make_retry_or_revoke_them(victor: PageClient, make: Make) -> None:
    session = make.session()
    page = victor.get(f"/links/{session.link_id}")
    assert not page.soup.select("main form, #revoke, main a[href='/links/new']")
    assert not victor.get("/links").soup.select("main a[href='/links/new']")
    victor.get("/links/new", status=403)
    for verb in ("retry", "revoke"):
        victor.post(f"/links/{session.link_id}/{verb}", {"reason": "other"}, status=403)


@pytest.mark.parametrize("address", ["/links/999", "/links/999/qr.svg", f"/links/{10**30}"])
def test_an_unknown_link_is_not_found(rachel: PageClient, address: str) -> None:
    rachel.get(address, status=404)


def test_the_code_can_be_had_as_svg_and_png(rachel: PageClient, make: Make) -> None:
    link = make.link()
    svg = rachel.get(f"/links/{link.id}/qr.svg")
    png = rachel.get(f"/links/{link.id}/qr.png?download=1")
    assert svg.headers["Content-Type"].startswith("image/svg+xml") and b"<svg" in svg.data and b"style" not in svg.data
    assert png.data.startswith(b"\x89PNG")
    assert png.headers["Content-Disposition"] == f'attachment; filename="link-{link.token}.png"'
    rachel.get(f"/links/{link.id}/qr.gif", status=404)


def test_the_page_follows_its_session_and_answers_204_when_nothing_changed(rachel: PageClient, make: Make) -> None:
    session = make.session()
    address = f"/links/{session.link_id}"
    region = rachel.get(address).soup.select_one("#link-state")
    assert region is not None
    assert f"sse:session-{session.id}" in region["hx-trigger"]
    seen = {"X-Seen": str(region["data-seen"])}
    assert rachel.get(address, status=204, htmx=True, headers=seen).data == b""
    with make.database.writing() as db:
        links.opened(db, by=SYSTEM, link_id=session.link_id)
    page = rachel.get(address, htmx=True, headers=seen)
    assert "Opened 1 time" in page.text


def test_a_poll_stops_at_a_final_state(rachel: PageClient, make: Make) -> None:
    session = make.session(capture="revoked", link=make.link(state="revoked"))
    rachel.get(f"/links/{session.link_id}", status=286, htmx=True, headers={"X-Seen": "old", "X-Poll": "1"})


def test_the_list_is_newest_first_and_pages_by_key(rachel: PageClient, make: Make) -> None:
    person = make.person()
    made = [make.link(person=person).id for _ in range(120)]
    page = rachel.get("/links")
    assert listed(page) == made[:-51:-1]
    page = rachel.get(page.soup.select_one("a[rel=next]")["href"])  # type: ignore[index, arg-type]
    assert listed(page) == made[69:19:-1]
    page = rachel.get(page.soup.select_one("a[rel=next]")["href"])  # type: ignore[index, arg-type]
    assert listed(page) == made[19::-1]
    assert not page.soup.select("a[rel=next]")
    page = rachel.get(page.soup.select_one("a[rel=prev]")["href"])  # type: ignore[index, arg-type]
    assert listed(page) == made[69:19:-1]
    page = rachel.get(page.soup.select_one("a[rel=prev]")["href"])  # type: ignore[index, arg-type]
    assert listed(page) == made[:-51:-1]
    assert not page.soup.select("a[rel=prev]")


def listed(page: Page) -> list[int]:
    return [int(str(row["id"]).removeprefix("link-")) for row in page.soup.select("tbody tr")]


def test_a_cursor_that_leads_nowhere_shows_the_first_page(rachel: PageClient, make: Make) -> None:
    link = make.link()
    for cursor in ("before=0", "before=x", "after=99999999", "after=", "before=-1&after=x", f"before={10**30}"):
        assert listed(rachel.get(f"/links?{cursor}")) == [link.id]


def test_the_list_shows_the_newest_session_of_each_link_once(rachel: PageClient, make: Make) -> None:
    link = make.link()
    make.session(link=link, capture="create_failed", reference="")
    make.session(link=link, capture="opened")
    page = rachel.get("/links")
    assert listed(page) == [link.id]
    assert "Opened" in page.soup.select_one("tbody .c-state").get_text()  # type: ignore[union-attr]


def test_no_links_yet_says_what_would_be_here(rachel: PageClient) -> None:
    page = rachel.get("/links")
    assert "No links yet" in page.text
    assert page.soup.select_one(".empty a[href='/links/new']")


def test_pages_ask_the_database_little(rachel: PageClient, make: Make) -> None:
    person = make.person()
    for _ in range(60):
        make.session(person=person)
    link_id = make.session().link_id
    assert rachel.get("/links").queries <= 6
    assert rachel.get(f"/links/{link_id}").queries <= 6
    assert rachel.get("/links/new").queries <= 6
