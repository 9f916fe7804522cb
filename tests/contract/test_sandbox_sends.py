"""The tester's panel: callbacks beyond the first one, each really posted; over a real socket."""

import json
import time
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from bs4 import BeautifulSoup

from webapp.sandbox.tester import SENDS
from webapp.sandbox.twists import TWISTS


def ended(sandbox: Any, receiver: Any, scenario: str = "passed", **options: Any) -> dict[str, Any]:
    """A finished session whose own callback has arrived."""
    created: dict[str, Any] = sandbox.create(callbackurl=receiver.url, biometric=1, aml_check=True, **options)
    sandbox.complete(created, scenario=scenario)
    receiver.wait()
    return created


def send(created: dict[str, Any], what: str, **more: str) -> requests.Response:
    return requests.post(f"{created['url']}/send", data={"what": what} | more, timeout=10, allow_redirects=False)


def valid(sandbox: Any, body: dict[str, Any]) -> bool:
    fields = {"apikey": "sandbox", "reference": body["reference"], "hash": body["hash"]}
    return "success" in sandbox.post("docupass/validate", json=fields)


def next_bodies(
    sandbox: Any, receiver: Any, created: dict[str, Any], what: str, count: int = 1
) -> list[dict[str, Any]]:
    before = len(receiver.bodies)
    assert send(created, what).status_code == 303
    bodies: list[dict[str, Any]] = receiver.wait(before + count)[before:]
    return bodies


def test_a_duplicate_is_the_same_to_the_byte(sandbox: Any, receiver: Any) -> None:
    created = ended(sandbox, receiver)
    next_bodies(sandbox, receiver, created, "duplicate")
    assert receiver.raw[0] == receiver.raw[1]


def test_a_repeat_says_the_same_in_another_order_with_fresh_addresses(sandbox: Any, receiver: Any) -> None:
    created = ended(sandbox, receiver, contract_generate="TPL1")
    (again,) = next_bodies(sandbox, receiver, created, "repeat")
    first = receiver.bodies[0]
    assert list(again) == list(reversed(first))
    assert again["data"] == first["data"]
    assert again["contract"] != first["contract"]
    old, new = (body["faceimage"][0]["content"] for body in (first, again))
    assert old != new
    assert requests.get(old, timeout=10).content == requests.get(new, timeout=10).content
    assert valid(sandbox, again)


def test_a_late_result_follows_an_expiry(sandbox: Any, receiver: Any) -> None:
    created = ended(sandbox, receiver, "expired")
    (late,) = next_bodies(sandbox, receiver, created, "late")
    assert (receiver.bodies[0]["failcode"], late["success"]) == (0, True)
    assert valid(sandbox, late)


def test_a_late_result_of_an_open_session_lets_it_expire_first(sandbox: Any, receiver: Any) -> None:
    receiver.delay = 0.3
    created = sandbox.create(callbackurl=receiver.url)
    send(created, "late")
    assert [body["success"] for body in receiver.wait(2)] == [False, True]


def test_results_come_out_of_order_one_after_the_other(sandbox: Any, receiver: Any) -> None:
    created = ended(sandbox, receiver)
    receiver.delay = 0.3
    expired, passed = next_bodies(sandbox, receiver, created, "out_of_order", 2)
    assert (expired["failcode"], passed["success"]) == (0, True)
    assert valid(sandbox, expired)


@pytest.mark.parametrize(("scenario", "successes"), [("passed", [False]), ("fail4", [True, False])])
def test_one_reference_passes_and_then_fails(sandbox: Any, receiver: Any, scenario: str, successes: list[bool]) -> None:
    created = ended(sandbox, receiver, scenario)
    bodies = next_bodies(sandbox, receiver, created, "failed_after_passed", len(successes))
    assert [body["success"] for body in bodies] == successes
    assert (bodies[-1]["failcode"], bodies[-1]["face"]["isIdentical"]) == (3, False)
    assert all(valid(sandbox, body) for body in bodies)


def test_a_forged_result_says_passed_and_does_not_validate(sandbox: Any, receiver: Any) -> None:
    created = ended(sandbox, receiver, "fail3")
    (forged,) = next_bodies(sandbox, receiver, created, "forged")
    assert forged["success"] is True
    assert not valid(sandbox, forged)


def test_a_large_result_weighs_25_mb_and_holds_real_pictures(sandbox: Any, receiver: Any) -> None:
    created = ended(sandbox, receiver)
    (large,) = next_bodies(sandbox, receiver, created, "large")
    assert 25_000_000 <= len(receiver.raw[1]) < 26_000_000
    assert valid(sandbox, large)
    assert "One of 25 MB" in requests.get(sandbox.base, timeout=10).text


@pytest.mark.parametrize("images", [True, False])
def test_trailing_commas_are_no_json_and_are_tried_once(sandbox: Any, receiver: Any, images: bool) -> None:
    created = ended(sandbox, receiver, return_documentimage=images)
    receiver.answers = [400]
    next_bodies(sandbox, receiver, created, "trailing_commas")
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(receiver.raw[1])
    time.sleep(0.4)
    assert len(receiver.raw) == 2
    assert "Not tried again" in requests.get(created["url"], timeout=10).text


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("unknown_code", {"success": False, "failcode": 42}),
        ("contradiction", {"success": True, "failcode": 3}),
        ("success_text", {"success": "true"}),
        ("aml_items", {"aml": {"items": []}}),
        ("contract_error", {"contract": {"error": "The contract could not be generated from this template"}}),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["as the result", "after it"])
def test_an_odd_body_is_authentic_first_or_later(
    sandbox: Any, receiver: Any, what: str, found: dict[str, Any], first: bool
) -> None:
    if first:
        created = sandbox.create(callbackurl=receiver.url, biometric=1, aml_check=True)
        sandbox.complete(created, callback=what)
        body = receiver.wait()[0]
    else:
        (body,) = next_bodies(sandbox, receiver, ended(sandbox, receiver), what)
    assert {key: body[key] for key in found} == found
    assert valid(sandbox, body)


def test_other_spellings_are_sent_on_request(sandbox: Any, receiver: Any) -> None:
    (body,) = next_bodies(sandbox, receiver, ended(sandbox, receiver), "shapes")
    assert isinstance(body["face"]["confidence"], float)
    assert body["documentimage"][0]["url"].startswith("http")
    assert "side" not in body["documentimage"][0]


@pytest.mark.parametrize("what", [send.key for send in SENDS if not send.identity_only and send.key != "late"])
def test_a_signature_has_its_own_sends(sandbox: Any, receiver: Any, what: str) -> None:
    created = sandbox.sign(callbackurl=receiver.url)
    sandbox.complete(created, name="Test Person", agree="1")
    receiver.wait()
    next_bodies(sandbox, receiver, created, what)


def test_the_answers_stand_in_the_list_under_their_names(sandbox: Any, receiver: Any) -> None:
    created = ended(sandbox, receiver)
    receiver.answers = [500]
    assert send(created, "forged", back="list").headers["Location"].endswith("/sandbox/")
    receiver.wait(2)
    time.sleep(0.2)
    for address in (sandbox.base, created["url"]):
        words = BeautifulSoup(requests.get(address, timeout=10).text, "html.parser").get_text(" ", strip=True)
        assert "A forged one: passed, with a wrong hash" in words
        assert "HTTP 500 Not tried again" in words


@pytest.mark.parametrize(
    ("options", "scenario", "what", "status"),
    [
        ({}, "passed", "nonsense", 404),
        ({}, "passed", "late", 409),
        ({"callbackurl": ""}, "passed", "forged", 409),
        ({}, "", "forged", 409),
        ({"reusable": True}, "", "forged", 409),
    ],
    ids=["no such send", "not expired", "no callback address", "still open", "a reusable link"],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    sandbox: Any, receiver: Any, options: dict[str, Any], scenario: str, what: str, status: int
) -> None:
    created = sandbox.create(**{"callbackurl": receiver.url} | options)
    if scenario:
        sandbox.complete(created, scenario=scenario)
    assert send(created, what).status_code == status


def test_every_odd_body_is_on_the_panel() -> None:
    assert set(TWISTS) <= {send.key for send in SENDS}


def test_the_panel_offers_what_fits(sandbox: Any, receiver: Any) -> None:
    def offered(created: dict[str, Any]) -> set[str]:
        page = BeautifulSoup(requests.get(created["url"], timeout=10).text, "html.parser")
        return {str(option["value"]) for option in page.select("select[name=what] option")}

    passed, expired = ended(sandbox, receiver), ended(sandbox, receiver, "expired")
    assert offered(passed) == {send.key for send in SENDS} - {"late"}
    assert "late" in offered(expired)
    assert not offered(sandbox.create(callbackurl=receiver.url))


def test_the_outbox_holds_link_messages_newest_first(sandbox: Any) -> None:
    made = sandbox.create(sms_verification_link="+44 7700 900123")
    signed = sandbox.sign(sms_contract_link="+447700900124")
    page = BeautifulSoup(requests.get(f"{sandbox.base}outbox", timeout=10).text, "html.parser")
    texts = [item.get_text(" ", strip=True) for item in page.select(".sessions > li")]
    assert signed["url"] in texts[0] and "read and sign" in texts[0]
    assert made["url"] in texts[1] and "verify your identity" in texts[1]
    assert (made["smssent"], signed["smssent"]) == (447700900123, "+447700900124")


def test_reference_and_customid_stand_in_the_address_a_script_is_led_to(sandbox: Any, receiver: Any) -> None:
    created = sandbox.sign(callbackurl=receiver.url, successredir="https://shop.example/signed")
    left = sandbox.complete(created, name="Test Person", agree="1").headers["Location"]
    assert parse_qs(left.partition("?")[2]) == {"reference": [created["reference"]], "customid": ["case-1"]}
