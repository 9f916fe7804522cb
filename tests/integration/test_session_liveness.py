"""The session page of a liveness check: outcome, the same person or another, location, estimates; no blocks of documents."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.support.captured import EVERYTHING, FULL, KARL, MARIE, opened, send
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.models.columns import utc_now
from webapp.providers.base import Options

HOSTILE = "\u202e<script>alert(1)</script>"
ODD = ("\u202e", "<script>alert")


def block(page: Page, name: str) -> str:
    found = page.soup.find(id=name)
    assert found is not None, f"no block {name} on {page!r}"
    return " ".join(found.get_text(" ").split())


def blocks(page: Page) -> list[str]:
    return [part["id"] for part in page.soup.select(".evidence > [id]")]


def test_a_pass_shows_all_it_brought_and_nothing_of_documents(app: Flask, make: Make, rachel: PageClient) -> None:
    session = send(app, make, "101", subject=MARIE, options=EVERYTHING, **FULL)
    page = rachel.get(f"/sessions/{session.id}")
    assert blocks(page) == ["why", "outcome", "subject", "location", "attributes", "asked", "raw"]
    assert "no rule asks for review" in block(page, "why")
    outcome = block(page, "outcome")
    for words in ("Captured code 101", "Completed.", "Passed: somebody was there", "a live person and nothing else"):
        assert words in outcome
    assert "Requested but not returned" not in page.text and "Not requested" not in page.text
    assert page.queries <= 12


def test_a_person_who_was_never_captured_before_is_first_seen(app: Flask, make: Make, rachel: PageClient) -> None:
    session = send(app, make, "101", subject=MARIE)
    page = rachel.get(f"/sessions/{session.id}")
    told = block(page, "subject")
    assert "First seen" in told and MARIE in told
    assert page.soup.find(attrs={"data-copy-text": MARIE})
    assert not page.soup.select("#subject table")


def test_the_same_id_again_is_the_same_person_and_leads_to_the_earlier_session(
    app: Flask, make: Make, rachel: PageClient
) -> None:
    person = make.person()
    earlier = send(app, make, "101", subject=MARIE, person=person, received_at=utc_now() - timedelta(days=3))
    later = send(app, make, "101", subject=MARIE, person=person)
    page = rachel.get(f"/sessions/{later.id}")
    assert "Same as before The earlier session of this person has the same id." in block(page, "subject")
    assert page.soup.select_one("#subject tbody a")["href"] == f"/sessions/{earlier.id}"
    before = block(rachel.get(f"/sessions/{earlier.id}"), "subject")
    assert "First seen" in before and f"Later session {later.id}" in before


def test_another_id_than_before_is_said_with_both_and_goes_to_review(
    app: Flask, make: Make, rachel: PageClient
) -> None:
    person = make.person()
    send(app, make, "101", subject=KARL, person=person, received_at=utc_now() - timedelta(days=3))
    session = send(app, make, "101", subject=MARIE, person=person)
    page = rachel.get(f"/sessions/{session.id}")
    assert session.status == "needs_review"
    told = block(page, "subject")
    for words in ("Different from before", "1 of 1 earlier session of this person had another id", "Another", KARL):
        assert words in told
    assert page.soup.select_one("#why a[href='#subject']") is not None


def test_one_id_under_two_names_is_linked_both_ways(app: Flask, make: Make, rachel: PageClient) -> None:
    one = send(app, make, "101", subject=MARIE, person=make.person(f"Otto {HOSTILE}"))
    two = send(app, make, "101", subject=MARIE, person=make.person("Marie Specimen"))
    page = rachel.get(f"/sessions/{two.id}")
    assert "The same id stands in a session of others" in block(page, "subject")
    assert "Otto ⟨U+202E⟩<script>alert(1)</script>" in block(page, "subject")
    assert page.soup.select_one("#subject tbody a")["href"] == f"/sessions/{one.id}"
    assert "Marie Specimen" in block(rachel.get(f"/sessions/{one.id}"), "subject")
    assert not any(odd in page.html for odd in ODD)


def test_a_captured_person_without_an_id_is_said_to_lack_it(app: Flask, make: Make, rachel: PageClient) -> None:
    session = send(app, make, "101", options=EVERYTHING)
    page = rachel.get(f"/sessions/{session.id}")
    assert session.outcome == "error"
    assert "disagrees with itself in 1 place" in block(page, "outcome")
    assert page.soup.select_one("#why a[href='#outcome']") is not None


def test_what_was_asked_for_and_did_not_come_is_said(app: Flask, make: Make, rachel: PageClient) -> None:
    body = {"metadata": {"Gender": {"value": "Female", "confidence": 97}}}
    asked = Options(location=True, attributes=("gender", "beard", "emotions"))
    page = rachel.get(f"/sessions/{send(app, make, '101', subject=MARIE, options=asked, **body).id}")
    assert "Requested but not returned: the result has no location." in block(page, "location")
    assert "Requested but not returned: beard, emotions." in block(page, "attributes")


def test_what_was_not_asked_for_has_no_block_of_its_own(app: Flask, make: Make, rachel: PageClient) -> None:
    page = rachel.get(f"/sessions/{send(app, make, '101', subject=MARIE, options=Options(liveness=False)).id}")
    assert blocks(page) == ["why", "outcome", "subject", "asked", "raw"]
    assert "Not asked: a picture of somebody may have done" in block(page, "outcome")


def test_estimates_are_folded_away_drawn_and_marked_as_no_ground_for_a_decision(
    app: Flask, make: Make, rachel: PageClient
) -> None:
    page = rachel.get(f"/sessions/{send(app, make, '101', subject=MARIE, options=EVERYTHING, **FULL).id}")
    part = page.soup.select_one("details#attributes")
    assert part is not None and not part.has_attr("open")
    assert "not to be used for the decision" in part.summary.get_text()
    rows = {row.td.get_text(): " ".join(row.get_text(" ").split()) for row in part.select("tbody tr")}
    assert rows["Gender"] == "Gender Female 97.5 %"
    assert rows["Age range"].startswith("Age range 27 to 35 years")
    assert (rows["Beard"], rows["Spectacles"]) == ("Beard no 99 %", "Spectacles yes 81.2 %")
    assert rows["Emotions"] == "Emotions Calm 80 % Happy 14.5 % with each"
    drawn = [rect["width"] for rect in part.select("rect.fill")]
    assert {"97.50%", "80.00%", "8.0%"} <= set(drawn)


@pytest.mark.parametrize(
    ("location", "words", "point"),
    [
        ("51.50735 -0.12776", "51.50735° N, 0.12776° W", ("1799", "385")),
        ({"lat": "-33.86882", "lng": "151.2093", "accuracy": "1250 m"}, "33.86882° S, 151.2093° E", ("3312", "1239")),
        ([-90, 180], "90° S, 180° E", ("3600", "1800")),
        ("0 0", "0° N, 0° E", ("1800", "900")),
    ],
)  # fmt: skip
def test_a_place_is_a_point_on_our_own_map_with_its_coordinates(
    app: Flask, make: Make, rachel: PageClient, location: Any, words: str, point: tuple[str, str]
) -> None:
    session = send(app, make, "101", subject=MARIE, options=Options(location=True), location=location)
    page = rachel.get(f"/sessions/{session.id}")
    assert words in block(page, "location")
    world = page.soup.select_one("#location svg.far")
    assert words in world["aria-label"]
    assert (world.select_one(".spot")["cx"], world.select_one(".spot")["cy"]) == point
    assert all(use["href"].startswith("/static/") for use in page.soup.select("#location use"))
    assert ("Accuracy within 1.2 km" if isinstance(location, dict) else "Accuracy not given") in block(page, "location")
    assert ("know no place" in block(page, "location")) == (location == "0 0")


def test_a_place_that_is_none_is_shown_as_it_came(app: Flask, make: Make, rachel: PageClient) -> None:
    session = send(app, make, "101", subject=MARIE, options=Options(location=True), location=f"99 {HOSTILE}")
    page = rachel.get(f"/sessions/{session.id}")
    told = block(page, "location")
    assert "no place on earth" in told and "99 ⟨U+202E⟩<script>alert(1)</script>" in told
    assert not page.soup.select("#location svg.map")
    assert not any(odd in page.html for odd in ODD)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("017", "Abandoned: too dark code 017 Left while told that it was too dark."),
        ("010", "Abandoned code 010 Left before finishing."),
        ("011", "Timed out code 011"),
        ("029", "Liveness failed code 029"),
        ("030", "Inconclusive code 030"),
        ("000", "Not clear code 000"),
        ("999", "Not clear code 999 Unknown result code 999."),
    ],
)
def test_a_failure_says_in_words_what_happened(
    app: Flask, make: Make, rachel: PageClient, code: str, words: str
) -> None:
    page = rachel.get(f"/sessions/{send(app, make, code, options=EVERYTHING).id}")
    assert words in block(page, "outcome")
    assert blocks(page) == ["why", "outcome", "asked", "raw"]
    assert "Not returned Location; gender, age range" in block(page, "outcome")


def test_a_failure_with_a_hint_says_what_to_tell_the_person(app: Flask, make: Make, rachel: PageClient) -> None:
    page = rachel.get(f"/sessions/{send(app, make, '017').id}")
    told = block(page, "outcome")
    assert (
        "Ask again. Tell the person: “Go where there is more light.” New link Vendor’s remedy Make a new link." in told
    )
    assert page.soup.select_one("#outcome a[href='/links/new/liveness']") is not None
    assert "Ask again, and tell the person: “Go where there is more light.”" in block(page, "why")


def test_failed_liveness_leads_to_its_block_and_asks_for_a_review_first(
    app: Flask, make: Make, rachel: PageClient
) -> None:
    page = rachel.get(f"/sessions/{send(app, make, '029').id}")
    assert "Result applied: liveness failed, code 029; needs review" in block(page, "timeline")
    assert page.soup.select_one("#why a[href='#outcome']") is not None
    assert "Settle this first" in block(page, "outcome") and "New link" not in block(page, "outcome")
    assert "Failed: the vendor saw nobody alive and present" in block(page, "outcome")


@pytest.mark.parametrize(("code", "hint"), [("008", "on a mobile phone"), ("009", "in another browser")])
def test_the_wrong_device_is_a_note_and_the_link_still_works(
    app: Flask, make: Make, rachel: PageClient, code: str, hint: str
) -> None:
    session = send(app, make, code)
    page = rachel.get(f"/sessions/{session.id}")
    assert session.status == "opened" and blocks(page)[:2] == ["why", "asked"]
    told = block(page, "why")
    assert f"code {code}" in told and hint in told and "still" in told
    assert page.soup.select_one(f"#why a[href='/links/{session.link_id}']") is not None
    assert f"code {code}. The link still works" in block(page, "timeline")
    assert not page.soup.select("ul.ticks")  # nothing has ended, so nothing has a state
    done = send(app, make, "101", session=session, subject=MARIE)
    assert "still works" not in block(rachel.get(f"/sessions/{done.id}"), "why")


def test_a_note_is_history_once_the_link_has_ended(app: Flask, make: Make, rachel: PageClient) -> None:
    session = send(app, make, "006", session=send(app, make, "008"))
    told = block(rachel.get(f"/sessions/{session.id}"), "why")
    assert "The vendor said so before the link ended." in told and "Send it again" not in told


def test_what_came_unreadable_or_hostile_is_shown_as_it_came(app: Flask, make: Make, rachel: PageClient) -> None:
    body = {
        "metadata": {
            "Gender": {"value": HOSTILE * 200, "confidence": "many"}, HOSTILE: {"value": HOSTILE}, "Beard": [1, 2, 3],
            "Emotions": {HOSTILE: 55, "odd": [HOSTILE]}, "Age Range": {"low": 40, "high": 2},
        },
        "location": {"lat": 1, "lon": 2, "accuracy": HOSTILE}, HOSTILE: {"nested": [HOSTILE]}, "message": HOSTILE,
    }  # fmt: skip
    session = send(app, make, "101", subject=HOSTILE[:60], options=EVERYTHING, **body)
    page = rachel.get(f"/sessions/{session.id}")
    assert not any(odd in page.html for odd in ODD)
    told = block(page, "attributes")
    for words in ("Not readable", 'As it came: {"low": 40, "high": 2}', "not asked for", "55 %"):
        assert words in told
    assert "As it came" in block(page, "location") and "fields" in blocks(page)
    assert "⟨U+202E⟩<script>alert(1)</script>" in block(page, "outcome")
    assert page.queries <= 12


@pytest.mark.settings(qid_mode="sandbox")
def test_a_test_of_the_vendors_is_called_one(app: Flask, make: Make, rachel: PageClient) -> None:
    session = send(app, make, "101", subject=MARIE, mode=0)
    assert "The vendor’s sandbox: a test" in block(rachel.get(f"/sessions/{session.id}"), "outcome")


def test_a_real_result_says_nothing_of_a_sandbox(app: Flask, make: Make, rachel: PageClient) -> None:
    session = send(app, make, "101", subject=MARIE)
    assert "sandbox" not in block(rachel.get(f"/sessions/{session.id}"), "outcome")


def test_why_a_link_was_once_refused_is_no_note_on_its_session(make: Make, rachel: PageClient) -> None:
    session = make.session(link=make.link(provider="qid", kind="liveness"), capture="ready", outcome_code="002")
    assert "code" not in block(rachel.get(f"/sessions/{session.id}"), "why")


def test_an_identity_check_shows_a_place_or_liveness_only_if_it_brings_them(make: Make, rachel: PageClient) -> None:
    plain, full = make.result(), make.result(liveness="failed", location={"lat": 1.0, "lon": 2.0}, subject=MARIE)
    usual = blocks(rachel.get(f"/sessions/{plain.session_id}"))
    page = rachel.get(f"/sessions/{full.session_id}")
    assert blocks(page) == ["why", "outcome", "subject", "location", *usual[1:]]
    assert "Failed: the vendor saw nobody" in block(page, "outcome")
    assert "The link did not ask for it" in block(page, "location")


def test_the_list_says_the_outcome_and_its_hint(app: Flask, make: Make, rachel: PageClient) -> None:
    expected = {
        "101": "Captured", "017": "Abandoned, too dark", "011": "Timed out", "029": "Liveness failed",
        "030": "Inconclusive", "008": "Wrong device",
    }  # fmt: skip
    made = {send(app, make, code, subject=MARIE if code == "101" else "").id: words for code, words in expected.items()}
    soup = rachel.get("/sessions").soup
    shown = {number: soup.select_one(f"#row-{number} .brief").get_text(strip=True) for number in made}
    assert shown == made


def test_a_link_that_waits_says_what_it_will_check(make: Make, rachel: PageClient) -> None:
    page = rachel.get(f"/sessions/{opened(make, options=EVERYTHING).id}")
    assert blocks(page) == ["why", "asked"]
    assert "Live person checked" in block(page, "asked") and "Location asked for" in block(page, "asked")
