"""Callbacks over a real socket: their bodies, their proof, their retries and what a restart does to them."""

import base64
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from webapp.sandbox.scenarios import SCENARIOS


def validate(sandbox: Any, body: dict[str, Any]) -> dict[str, Any]:
    fields = {"apikey": "sandbox", "reference": body["reference"], "hash": body["hash"]}
    answer: dict[str, Any] = sandbox.post("docupass/validate", json=fields)
    return answer


def test_a_whole_pass_ends_in_a_callback_that_validates(sandbox: Any, receiver: Any) -> None:
    created = sandbox.create(callbackurl=receiver.url, biometric=1, aml_check=True)
    assert requests.get(created["url"], timeout=10).status_code == 200
    left = sandbox.complete(created, document="licence")
    body = receiver.wait()[0]
    assert left.status_code == 303
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert (body["success"], body["customid"], body["aml"]) == (True, "case-1", [])
    assert [image["side"] for image in body["documentimage"]] == ["FRONT", "BACK"]
    assert isinstance(body["face"]["confidence"], str)
    assert validate(sandbox, body) == {"success": True, "reference": created["reference"]}
    picture = requests.get(body["faceimage"][0]["content"], timeout=10)
    assert picture.content.startswith(b"\xff\xd8")


def test_pictures_come_inside_when_base64_was_asked_for(sandbox: Any, receiver: Any) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, return_type=0))
    content = receiver.wait()[0]["documentimage"][0]["content"]
    assert base64.b64decode(content, validate=True).startswith(b"\xff\xd8")


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.magic], ids=lambda s: s.magic)
def test_a_magic_name_makes_the_vendor_find_what_it_says(sandbox: Any, receiver: Any, scenario: Any) -> None:
    options = {"biometric": 1, "aml_check": True, "verify_name": f"Test {scenario.magic}"}
    sandbox.complete(sandbox.create(callbackurl=receiver.url, **options))
    body = receiver.wait()[0]
    assert body["success"] is (scenario.code is None)
    assert body.get("failcode") == scenario.code


def test_a_failing_answer_is_tried_again_and_200_ends_it(sandbox: Any, receiver: Any) -> None:
    receiver.answers = [500, 302, 200]
    sandbox.complete(sandbox.create(callbackurl=receiver.url))
    bodies = receiver.wait(3)
    time.sleep(0.7)
    assert len(bodies) == 3
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.parametrize("status", [201, 204])
def test_only_200_counts_as_received(sandbox: Any, receiver: Any, status: int) -> None:
    receiver.answers = [status]
    sandbox.complete(sandbox.create(callbackurl=receiver.url))
    receiver.wait(2)


def test_after_four_retries_the_sandbox_gives_up(run_sandbox: Any, receiver: Any) -> None:
    sandbox = run_sandbox(200_000)
    receiver.answers = [500] * 20
    sandbox.complete(sandbox.create(callbackurl=receiver.url))
    receiver.wait(5)
    time.sleep(1)
    assert len(receiver.bodies) == 5
    assert "Given up after the last retry" in requests.get(sandbox.base, timeout=10).text


def test_the_applicants_page_does_not_wait_for_a_slow_receiver(sandbox: Any, receiver: Any) -> None:
    receiver.delay = 3.0
    created = sandbox.create(callbackurl=receiver.url, return_documentimage=False)
    begun = time.monotonic()
    sandbox.complete(created)
    assert time.monotonic() - begun < 2.0
    receiver.wait()


def test_a_callback_survives_a_restart(sandbox: Any, receiver: Any) -> None:
    receiver.answers = [503]
    sandbox.complete(sandbox.create(callbackurl=receiver.url))
    receiver.wait(1)
    sandbox.restart()
    receiver.wait(2)


def test_an_untouched_session_expires_by_the_clock_and_says_so(sandbox: Any, receiver: Any) -> None:
    created = sandbox.create(callbackurl=receiver.url, expiry=600)
    body = receiver.wait()[0]
    assert {key: body[key] for key in body if key != "hash"} == {
        "success": False, "reference": created["reference"], "customid": "case-1",
        "failreason": "Session expired", "failcode": 0,
    }  # fmt: skip
    assert "success" in validate(sandbox, body)
    assert "This link has expired" in requests.get(created["url"], timeout=10).text


def test_the_callback_of_a_failure_waits_for_the_last_attempt(sandbox: Any, receiver: Any) -> None:
    created = sandbox.create(callbackurl=receiver.url, maxattempt=2, biometric=1)
    first = sandbox.complete(created, scenario="fail3", single_attempt="1")
    page = requests.get(requests.compat.urljoin(created["url"], first.headers["Location"]), timeout=10)
    assert "1 attempt left" in page.text
    assert receiver.bodies == []
    sandbox.complete(created, scenario="fail3", single_attempt="1")
    assert receiver.wait()[0]["failcode"] == 3


def test_a_second_post_changes_nothing(sandbox: Any, receiver: Any) -> None:
    created = sandbox.create(callbackurl=receiver.url)
    for scenario in ("passed", "fail2", "expired"):
        sandbox.complete(created, scenario=scenario)
    time.sleep(0.3)
    assert [body["success"] for body in receiver.bodies] == [True]


@pytest.mark.parametrize(("scenario", "path"), [("passed", "/yes"), ("fail2", "/no")])
def test_the_browser_is_led_on_with_reference_and_customid(sandbox: Any, scenario: str, path: str) -> None:
    created = sandbox.create(successredir="https://shop.example/yes?a=1", failredir="https://shop.example/no")
    target = urlsplit(sandbox.complete(created, scenario=scenario).headers["Location"])
    query = parse_qs(target.query)
    assert target.path == path
    assert (query["reference"], query["customid"]) == ([created["reference"]], ["case-1"])


def started(created: dict[str, Any]) -> str:
    """A visitor presses Start; the address that is now his."""
    return requests.post(f"{created['url']}/start", timeout=10).url.rpartition("/")[0]


def test_looking_at_a_reusable_link_makes_no_reference(sandbox: Any) -> None:
    created = sandbox.create(reusable=True)
    assert requests.get(created["url"], timeout=10).url == created["url"]
    assert requests.get(sandbox.base, timeout=10).text.count('class="who"') == 1


def test_a_reusable_link_gives_every_visitor_a_reference_of_his_own(sandbox: Any, receiver: Any) -> None:
    created = sandbox.create(callbackurl=receiver.url, reusable=True)
    first, second = (started(created) for _ in range(2))
    assert len({created["url"], first, second}) == 3
    sandbox.complete({"url": first})
    sandbox.complete(created)
    references = {body["reference"] for body in receiver.wait(2)}
    assert created["reference"] not in references
    assert all(body["customid"] == "case-1" for body in receiver.bodies)


def test_a_signature_ends_in_a_pdf_that_can_be_fetched(sandbox: Any, receiver: Any) -> None:
    fields = {"apikey": "sandbox", "companyname": "Specimen Bank", "template_id": "TPL1", "customid": "case-1"}
    created = sandbox.post("docupass/sign", data=fields | {"callbackurl": receiver.url})
    assert sandbox.complete(created, name="Test Person").status_code == 422
    assert receiver.bodies == []
    sandbox.complete(created, name="Tëst (Person) Ω", agree="1")
    body = receiver.wait()[0]
    assert set(body) == {"success", "reference", "hash", "customid", "contract"}
    assert requests.get(body["contract"]["document_url"], timeout=10).content.startswith(b"%PDF-1.4")
