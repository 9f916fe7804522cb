"""The session page: every block, every state, hostile values, and the conditional answers of its live region."""

from typing import Any

import pytest
from flask import Flask
from sqlmodel import col, select

from tests.support.applied import apply, change, files, hosted, payload, save_pictures
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import Page, PageClient
from webapp.models import AuditEvent, LinkPicture, PresetVersion
from webapp.providers.base import Expected, Options

EXPECTED = Expected(
    name="Test Sample", birth="1989-08-03", address="910 Government St, Victoria BC", postcode="V8W 3Y8", age="18-99"
)


@pytest.fixture
def failed(app: Flask, make: Make, provider: FakeProvider) -> str:
    """The address of a session with the vendor's failed sample and its pictures saved."""
    session = apply(app, make, provider, hosted(payload("callback_identity_failed")), expected=EXPECTED)
    save_pictures(app, make, session)
    return f"/sessions/{session.id}"


def _clean() -> dict[str, Any]:
    """A passed result that does not disagree with itself."""
    body = payload("callback_identity_passed")
    body["data"] = {key: value for key, value in body["data"].items() if key not in ("age", "daysToExpiry")}
    body["data"]["dob_day"] = 18
    del body["contract"]
    return hosted(body)


def _block(page: Page, name: str) -> str:
    found = page.soup.find(id=name)
    assert found is not None, f"no block {name} on {page!r}"
    return " ".join(found.get_text(" ").split())


def test_what_failed_comes_first_and_links_to_its_block(rachel: PageClient, failed: str) -> None:
    page = rachel.get(failed)
    reasons = _block(page, "why")
    assert "0.091, needs 0.40: below by 0.309" in reasons
    assert reasons.index("Face does not match") < reasons.index("AML:")
    links = {link["href"] for link in page.soup.find(id="why").find_all("a")}
    assert {"#face", "#auth", "#aml", "#data"} <= links
    order = [part["id"] for part in page.soup.select(".evidence > [id]")]
    assert order == ["why", "face", "data", "pictures", "auth", "aml", "other", "fields", "raw"]


def test_every_failed_item_is_shown_and_not_only_the_fail_code(rachel: PageClient, failed: str) -> None:
    page = rachel.get(failed)
    assert "Does not match" in _block(page, "face")
    data = _block(page, "data")
    assert "Expired" in data and "Same after normalising" in data
    assert page.soup.find(id="data").find("mark") is not None
    auth = _block(page, "auth")
    assert "The picture file was edited. “Image edited in Photoshop”" in auth
    assert "2 not returned" in auth
    assert "IMA CARDHOLDER" in _block(page, "aml")


def test_the_rows_that_failed_stand_before_those_that_passed(rachel: PageClient, failed: str) -> None:
    rows = [row.find("td").get_text() for row in rachel.get(failed).soup.select("#data tbody tr")]
    assert rows.index("Expiry") < rows.index("Name") < rows.index("Document no.")


def test_the_page_needs_no_more_than_twelve_queries(rachel: PageClient, failed: str) -> None:
    assert rachel.get(failed).queries <= 12


def test_a_clean_session_says_that_nothing_is_to_settle(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    session = apply(app, make, provider, _clean())
    save_pictures(app, make, session)
    page = rachel.get(f"/sessions/{session.id}")
    assert (
        "Nothing to settle. The vendor passed this session. Routing rules, version 0: “Passed: a person decides.”"
        in _block(page, "why")
    )
    assert "Matches" in _block(page, "face")
    assert "No list entry was returned." in _block(page, "aml")


def test_aml_moves_up_when_it_is_the_only_reason(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    body = {**_clean(), "aml": payload("callback_identity_failed")["aml"]}
    session = apply(app, make, provider, body)
    save_pictures(app, make, session)
    page = rachel.get(f"/sessions/{session.id}")
    order = [part["id"] for part in page.soup.select(".evidence > [id]")]
    assert order[:3] == ["why", "aml", "face"]


def test_not_requested_and_not_returned_are_told_apart(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    body = {"success": False, "failcode": 99, "failreason": "Other", "hash": "specimen"}
    asked = rachel.get(f"/sessions/{apply(app, make, provider, body).id}")
    quiet = Options(biometric="none", authenticity_threshold=0, aml=False)
    unasked = rachel.get(f"/sessions/{apply(app, make, provider, body, options=quiet).id}")
    for block in ("face", "auth"):
        assert "Requested but not returned" in _block(asked, block)
        assert "Not requested" in _block(unasked, block)
    assert "No list entry" in _block(asked, "aml") and "Not requested" in _block(unasked, "aml")


HOSTILE = "\u202eelpmaS\u202c <script>alert(1)</script> Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306 \u200b\x00"


def test_hostile_values_are_shown_and_do_nothing(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    body = hosted(payload("callback_identity_failed"))
    body["data"] |= {"fullName": HOSTILE, "address1": HOSTILE, HOSTILE: {"deep": [HOSTILE]}}
    body["authentication"]["breakdown"]["exif_check"]["reason"] = HOSTILE
    sources = ["javascript:alert(1)", "https://lists.example/entry"]
    body["aml"][0] |= {"fullname": [HOSTILE], "source": sources, "dob": 5}
    body[HOSTILE] = HOSTILE
    link = make.link(person=make.person(HOSTILE.replace("\x00", ""), own_reference="=1+1"))
    session = apply(app, make, provider, body, session=make.session(link=link, capture="opened"))
    page = rachel.get(f"/sessions/{session.id}")
    assert page.soup.h1.bdi is not None and "⟨U+202E⟩elpmaS" in page.soup.h1.get_text()
    assert "\u202e" not in page.html and "<script>alert" not in page.html and "\x00" not in page.html
    assert all(not str(link["href"]).startswith("javascript") for link in page.soup.find_all("a", href=True))
    source = page.soup.find("a", href="https://lists.example/entry")
    assert source["rel"] == ["noopener", "noreferrer"] and source["target"] == "_blank"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"capture": "ready"}, "not opened yet"),
        ({"capture": "opened"}, "DocuPass reports only the final result"),
        ({"capture": "returned"}, "the result has not arrived yet"),
        ({"capture": "opened", "unverified": True}, "A result has arrived; its authenticity is being checked."),
        ({"capture": "expired", "expiry_confirmed": True}, "DocuPass confirmed it."),
        ({"capture": "expired"}, "has sent no answer"),
        ({"capture": "revoked"}, "The link was withdrawn before a result arrived."),
        ({"capture": "creating"}, "The link is being made"),
        ({"capture": "create_failed", "outcome_text": "Invalid key", "outcome_code": "1"}, "“Invalid key”"),
    ],
)
def test_a_session_without_a_result_says_why_in_one_sentence(
    make: Make, rachel: PageClient, facts: dict[str, Any], words: str
) -> None:
    session = make.session(**facts)
    page = rachel.get(f"/sessions/{session.id}")
    assert words in _block(page, "why")
    assert "What will be checked" in page.text or "What the link asked for" in page.text


def test_a_result_whose_authenticity_is_being_checked_is_seen_as_soon_as_it_is_stored(
    make: Make, rachel: PageClient
) -> None:
    session = make.session(capture="opened")
    make.delivery(session=session, session_id=None, state="received", confirmed_at=None, settled_at=None)
    page = rachel.get(f"/sessions/{session.id}")
    assert "A result has arrived; its authenticity is being checked." in _block(page, "why")
    assert "Received" in page.soup.select_one(".ticks").get_text()


def test_a_picture_that_could_not_be_fetched_says_why_and_offers_retry(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, victor: PageClient
) -> None:
    session = apply(app, make, provider, _clean())
    save_pictures(app, make, session)
    change(make, files(make, session)[1], state="failed", path="", reason="The vendor answered 503.")
    page = rachel.get(f"/sessions/{session.id}")
    pictures = _block(page, "pictures")
    for words in ("2 of 3 saved", "The vendor answered 503.", "vendor deletes in 7 d", "Retry"):
        assert words in pictures
    assert "Evidence saved, 2 of 3" in page.soup.select_one(".ticks").get_text()
    assert page.soup.select("#pictures form")
    assert not victor.get(f"/sessions/{session.id}").soup.select("#pictures form")


def test_alternative_texts_say_what_a_picture_is_and_never_what_is_on_it(rachel: PageClient, failed: str) -> None:
    texts = {image.get("alt") for image in rachel.get(failed).soup.find_all("img")} - {""}
    assert texts == {"Front of document, image 1 of 3", "Selfie, image 3 of 3"}


def test_a_contradiction_in_the_vendors_data_is_told(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    session = apply(app, make, provider, hosted(payload("callback_identity_passed")))
    assert "disagree" in _block(rachel.get(f"/sessions/{session.id}"), "data")


def test_fail_code_14_is_told_in_both_readings_where_the_sides_were_to_agree(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    body = {**hosted(payload("callback_identity_failed")), "failcode": 14}
    both = Options(both_sides=True, document_types=("passport",))
    page = rachel.get(f"/sessions/{apply(app, make, provider, body, options=both).id}")
    assert "Document type not accepted, or front and back differ." in _block(page, "why")
    assert "does not accept this type of document, or its front and back, which were to agree, do not" in page.text
    assert "Not accepted" in _block(page, "data")
    one = rachel.get(f"/sessions/{apply(app, make, provider, body).id}")
    assert "front and back" not in one.text


def test_checks_of_the_vendor_without_a_row_are_listed_the_failed_ones_first(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    body = hosted(payload("callback_identity_failed"))
    body["verification"]["result"] |= {"aaa_check": True, "<i>zzz</i>": False}
    data = _block(rachel.get(f"/sessions/{apply(app, make, provider, body).id}"), "data")
    assert "<i>zzz</i>: failed aaa check: passed" in data
    assert "The vendor’s other checks" not in _block(
        rachel.get(f"/sessions/{apply(app, make, provider, _clean()).id}"), "data"
    )


@pytest.mark.parametrize(("changed", "words"), [(False, "Preset EU retail v1"), (True, "v1, changed for this link")])
def test_the_header_names_the_preset_and_its_version(make: Make, rachel: PageClient, changed: bool, words: str) -> None:
    preset = make.preset("EU retail")
    with make.database.reading() as db:
        version = db.exec(select(PresetVersion)).one()
    session = make.session(link=make.link(preset_version_id=version.id, preset_changed=changed))
    make.audit("link.create", session=session, actor_type="person", actor_name_at_time="Alice Admin")
    page = rachel.get(f"/sessions/{session.id}")
    header = page.soup.find(id="session-header")
    assert words in " ".join(header.get_text(" ").split()).replace(" ,", ",")
    assert header.find("a", href=f"/settings/presets/{preset.id}") is not None
    assert "created the link from preset EU retail, version 1" in _block(page, "timeline")
    assert page.queries <= 12


def test_pictures_given_with_the_link_are_marked_as_not_taken_by_the_person(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    link = make.link()
    make.save(LinkPicture(link_id=link.id or 0, part="face"))
    session = make.session(link=link, capture="opened")
    assert "Pictures given Face; the person does not take it" in _block(rachel.get(f"/sessions/{session.id}"), "asked")
    session = apply(app, make, provider, hosted(payload("callback_identity_passed")), session=session)
    save_pictures(app, make, session)
    page = rachel.get(f"/sessions/{session.id}")
    assert "nothing here shows that the person was in front of a camera" in _block(page, "face")
    marked = [
        line.get_text(" ")
        for line in page.soup.select("#pictures figcaption")
        if "not taken by the person" in str(line)
    ]
    assert len(marked) == 1 and marked[0].startswith("Face,")
    assert page.queries <= 12


def test_any_two_pictures_can_stand_side_by_side_and_the_face_block_asks_for_its_two(
    rachel: PageClient, failed: str
) -> None:
    page = rachel.get(failed)
    first, second = page.soup.select("#pictures [data-pane]")
    assert not first.has_attr("hidden") and second.has_attr("hidden")
    for pane in (first, second):
        assert [option.get_text() for option in pane.select("option")] == ["Front", "Back", "Selfie"]
    asked = page.soup.select_one("#face [data-compare]")
    assert asked["data-compare"].split() == [first["data-shows"], second["data-shows"]] and asked["href"] == "#pictures"
    keys = {tool["data-key"] for tool in page.soup.select(".tools [data-key]")}
    assert keys == {"z", "x", "r", "b", "l", "c", "[", "]"}


def test_the_phone_number_is_masked(rachel: PageClient, failed: str) -> None:
    page = rachel.get(failed)
    assert "7899, mobile" in _block(page, "other") and "234567899" not in _block(page, "other")


def test_the_timeline_tells_the_main_events_newest_first(rachel: PageClient, failed: str) -> None:
    told = _block(rachel.get(failed), "timeline")
    events = ["Result applied: failed, code 3", "DocuPass confirmed the result is its own", "Result received"]
    places = [told.index(event) for event in events]
    assert places == sorted(places)


def test_other_sessions_of_the_person_are_counted(make: Make, rachel: PageClient) -> None:
    person = make.person()
    first = make.session(link=make.link(person=person))
    make.session(link=make.link(person=person), capture="expired")
    assert "1 other session: 1 expired" in rachel.get(f"/sessions/{first.id}").text


def test_an_unknown_session_is_not_found(rachel: PageClient) -> None:
    rachel.get("/sessions/999999", status=404)


def _views(make: Make, action: str = "session.view") -> list[AuditEvent]:
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.seq))))


def test_opening_a_session_is_on_the_record_and_its_refetches_are_not(
    make: Make, rachel: PageClient, failed: str
) -> None:
    rachel.get(failed)
    rachel.get(failed, htmx=True, headers={"X-Seen": "older"})
    (view,) = _views(make)
    assert view.actor_name_at_time == "Rachel Reviewer" and str(view.session_id) in failed


def test_a_refetch_by_someone_who_never_opened_the_page_counts_as_opening_it(
    make: Make, rachel: PageClient, failed: str
) -> None:
    rachel.get(failed, htmx=True, headers={"X-Seen": "made up"})
    assert len(_views(make)) == 1


def test_an_unchanged_page_answers_a_refetch_with_nothing(rachel: PageClient, failed: str) -> None:
    seen = rachel.get(failed).soup.find(id="session")["data-seen"]
    answer = rachel.get(failed, htmx=True, status=204, headers={"X-Seen": seen})
    assert answer.data == b""


def test_a_changed_page_answers_a_refetch_whole(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    session = make.session(capture="opened")
    seen = rachel.get(f"/sessions/{session.id}").soup.find(id="session")["data-seen"]
    apply(app, make, provider, _clean(), session=session)
    page = rachel.get(f"/sessions/{session.id}", htmx=True, headers={"X-Seen": seen, "X-Poll": "1"})
    assert page.soup.find(id="session")["data-seen"] != seen
    header = page.soup.find(id="session-header")
    assert header["data-status"] == "Needs review" and header["data-label"]


def test_polling_stops_at_a_final_status(make: Make, rachel: PageClient) -> None:
    session = make.session(capture="revoked")
    seen = rachel.get(f"/sessions/{session.id}").soup.find(id="session")["data-seen"]
    asked = {"X-Seen": seen, "X-Poll": "1"}
    assert rachel.get(f"/sessions/{session.id}", htmx=True, status=286, headers=asked).data == b""
    asked["X-Seen"] = "older"
    assert "The link was withdrawn" in rachel.get(f"/sessions/{session.id}", htmx=True, status=286, headers=asked).html
