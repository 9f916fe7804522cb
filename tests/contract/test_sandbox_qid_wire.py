"""The sandbox's QiD calls and pages as a stranger uses them, over real sockets; also behind the console's own server."""

import json
import time
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

from tests.support.live_server import LiveServer
from webapp.sandbox.qid.codes import MESSAGES
from webapp.sandbox.qid.tester import SENDS

ALL = {"metadata": "1,2,3,4,5,6,7,8,9", "livecheck_id": "1", "location_id": "1"}


def token(sandbox: Any, subscriber: str = "SANDBOX") -> str:
    return str(sandbox.post("api/token/create", json={"subscriber_id": subscriber})["token"])


def initiate(sandbox: Any, url: str, /, subscriber: str = "SANDBOX", **options: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token(sandbox, subscriber)}", "webhook_url": url} | options
    answer: dict[str, Any] = sandbox.post("api/initiate", headers=headers)
    return answer


def complete(made: dict[str, Any], **fields: str) -> requests.Response:
    return requests.post(f"{made['webid_url']}/complete", data=fields, timeout=10, allow_redirects=False)


def send(made: dict[str, Any], what: str) -> requests.Response:
    return requests.post(f"{made['webid_url']}/send", data={"what": what}, timeout=10, allow_redirects=False)


def words(address: str) -> str:
    return BeautifulSoup(requests.get(address, timeout=10).text, "html.parser").get_text(" ", strip=True)


# The calls


def test_a_token_is_made_and_refreshed(sandbox: Any) -> None:
    made = sandbox.post("api/token/create", json={"subscriber_id": "SANDBOX"})
    again = sandbox.post("api/token/refresh", headers={"authToken": made["token"]})
    for answer in (made, again):
        assert list(answer) == ["status", "code", "message", "token"]
        assert (answer["status"], answer["code"]) == (True, "055")
    assert made["token"] != again["token"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "001"), ({"subscriber_id": ""}, "001"), ({"subscriber_id": 7}, "001"), ({"subscriber_id": "DEMO01"}, "002"),
        ({"subscriber_id": "INACTIVE"}, "003"), ({"subscriber_id": "BADIP"}, "004"), ({"subscriber_id": "NOIP"}, "005"),
        ({"subscriber_id": "NOTOKEN"}, "054"), ([], "001"),
    ],
)  # fmt: skip
def test_a_token_is_refused_with_the_vendors_code(sandbox: Any, body: Any, code: str) -> None:
    expected = {"status": False, "code": code, "message": MESSAGES[code]}
    assert sandbox.post("api/token/create", json=body) == expected


def test_a_body_that_is_no_json_names_no_subscriber(sandbox: Any) -> None:
    assert sandbox.post("api/token/create", data="subscriber_id=SANDBOX")["code"] == "001"


@pytest.mark.parametrize("headers", [{}, {"authToken": "x"}, {"Authorization": "Bearer x"}])
def test_a_token_nobody_made_cannot_be_refreshed(sandbox: Any, headers: dict[str, str]) -> None:
    assert sandbox.post("api/token/refresh", headers=headers)["code"] == "053"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Authorization": ""}, "053"), ({"Authorization": "Bearer x"}, "053"), ({"webhook_url": ""}, "051"),
        ({"webhook_url": "desk.example/hook"}, "052"), ({"metadata": "1,10"}, "007"), ({"mode_id": "DIM"}, "007"),
    ],
)  # fmt: skip
def test_a_request_is_refused_with_the_vendors_code(
    sandbox: Any, receiver: Any, change: dict[str, str], code: str
) -> None:
    expected = {"status": False, "code": code, "message": MESSAGES[code]}
    assert initiate(sandbox, receiver.url, **change) == expected


def test_a_bare_token_is_no_bearer(sandbox: Any, receiver: Any) -> None:
    assert initiate(sandbox, receiver.url, Authorization=token(sandbox))["code"] == "053"


def test_a_service_that_is_broken_says_000(sandbox: Any, receiver: Any) -> None:
    assert initiate(sandbox, receiver.url, subscriber="BROKEN")["code"] == "000"


def test_a_token_expires_by_the_clock(run_sandbox: Any, receiver: Any) -> None:
    sandbox = run_sandbox(36_000)
    old = token(sandbox)
    time.sleep(0.15)
    answer = sandbox.post("api/initiate", headers={"Authorization": f"Bearer {old}", "webhook_url": receiver.url})
    assert answer == {"status": False, "code": "056", "message": "Token is expired"}
    assert sandbox.post("api/token/refresh", headers={"authToken": old})["code"] == "056"


def test_a_request_is_queued_with_both_its_keys(sandbox: Any, receiver: Any) -> None:
    made = initiate(sandbox, receiver.url)
    assert list(made) == ["status", "code", "message", "webid_key", "webid_url"]
    assert (made["status"], made["code"], len(made["webid_key"])) == (True, "100", 29)
    address, _, short = made["webid_url"].rpartition("/")
    assert (address, len(short)) == (f"{sandbox.base}q", 8)
    for way in ("q", "s"):
        assert "Take a 3D selfie" in words(f"{sandbox.base}{way}/{made['webid_key']}")


def test_the_options_arrive_behind_the_consoles_own_server(live_server: LiveServer, receiver: Any) -> None:
    """Werkzeug's server, and many others, drop header names with underscores; the console's must not."""
    base = f"{live_server.url}/sandbox/"
    answer = requests.post(f"{base}api/token/create", json={"subscriber_id": "SANDBOX"}, timeout=10).json()
    headers = {"Authorization": f"Bearer {answer['token']}", "webhook_url": receiver.url, "mode_id": "DARK", **ALL}
    made = requests.post(f"{base}api/initiate", headers=headers, timeout=10).json()
    assert made["code"] == "100", made
    assert "qid-dark" in requests.get(made["webid_url"], timeout=10).text
    requests.post(f"{base}s/{made['webid_key']}/complete", data={"location": "tokyo"}, timeout=10).raise_for_status()
    body = receiver.wait()[0]
    assert (body["code"], body["webid_key"], body["location"]) == ("101", made["webid_key"], "35.67620 139.65030")
    assert len(body["metadata"]) == 9


# Webhooks


def test_a_completed_request_says_who_and_what_was_asked_for(sandbox: Any, receiver: Any) -> None:
    complete(initiate(sandbox, receiver.url), gender="Male")
    plain = receiver.wait()[0]  # before the other: two requests' webhooks are posted side by side
    complete(initiate(sandbox, receiver.url, **ALL), gender="Male", location="-33.8 151.2")
    full = receiver.wait(2)[1]
    assert list(plain) == ["status", "webid_key", "mode", "code", "message", "aidx_uuid"]
    assert (plain["status"], plain["mode"], plain["code"], len(plain["aidx_uuid"])) == (True, 0, "101", 29)
    assert full["location"] == "-33.8 151.2"
    assert full["metadata"]["Gender"]["value"] == "Male"
    assert receiver.headers[0]["Content-Type"] == "application/json"


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_code_can_be_sent(sandbox: Any, receiver: Any, code: str) -> None:
    complete(initiate(sandbox, receiver.url, **ALL), code=code)
    body = receiver.wait()[0]
    assert (body["code"], body["message"], body["mode"]) == (code, MESSAGES[code], 0)
    assert ("aidx_uuid" in body) is (code == "101")


@pytest.mark.parametrize(("liveness", "code"), [("passed", "101"), ("failed", "029"), ("unclear", "030")])
def test_liveness_chooses_the_code(sandbox: Any, receiver: Any, liveness: str, code: str) -> None:
    complete(initiate(sandbox, receiver.url, livecheck_id="1"), liveness=liveness)
    assert receiver.wait()[0]["code"] == code


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "17"}, {"liveness": "failed"}, {"person": "whoever"}, {"callback": "late"}, {"code": "010", "callback": "x"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_is_posted(
    sandbox: Any, receiver: Any, fields: dict[str, str]
) -> None:
    made = initiate(sandbox, receiver.url)
    assert complete(made, **fields).status_code == 422
    assert complete(made, code="010").status_code == 303
    assert [body["code"] for body in receiver.wait()] == ["010"]


def test_two_requests_of_one_person_carry_one_id(sandbox: Any, receiver: Any) -> None:
    first = initiate(sandbox, receiver.url)
    complete(first)
    receiver.wait(1)
    for at, person in enumerate((first["webid_key"], "same", "new", "another"), 2):
        complete(initiate(sandbox, receiver.url), person=person)
        receiver.wait(at)
    people = [body["aidx_uuid"] for body in receiver.bodies]
    assert people[0] == people[1] == people[2] == people[4] != people[3]


def test_webhooks_arrive_in_order_even_where_the_first_is_slow_to_be_answered(sandbox: Any, receiver: Any) -> None:
    receiver.delay = 0.1
    made = [initiate(sandbox, receiver.url) for _ in range(4)]
    for request in made:
        complete(request, code="010")
    assert [body["webid_key"] for body in receiver.wait(4)] == [request["webid_key"] for request in made]


def test_a_webhook_that_was_not_taken_is_not_sent_again(sandbox: Any, receiver: Any) -> None:
    receiver.answers = [503]
    made = initiate(sandbox, receiver.url)
    complete(made)
    receiver.wait()
    time.sleep(0.3)
    assert len(receiver.bodies) == 1
    assert "HTTP 503 Not tried again" in words(made["webid_url"])


def test_a_request_left_alone_expires(run_sandbox: Any, receiver: Any) -> None:
    made = initiate(run_sandbox(43_200 * 4), receiver.url)
    assert receiver.wait(seconds=3)[0]["code"] == "006"
    assert "This link has expired" in words(made["webid_url"])


def test_production_posts_to_the_registered_address_with_mode_1(sandbox: Any, receiver: Any) -> None:
    elsewhere = "http://127.0.0.1:9/never"
    assert initiate(sandbox, elsewhere, subscriber="SANDBOX-LIVE")["code"] == "051"
    assert requests.post(f"{sandbox.base}qid", data={"webhook_url": "ftp://x"}, timeout=10).status_code == 422
    requests.post(f"{sandbox.base}qid", data={"webhook_url": receiver.url}, timeout=10).raise_for_status()
    complete(initiate(sandbox, elsewhere, subscriber="SANDBOX-LIVE"))
    assert receiver.wait()[0]["mode"] == 1


@pytest.mark.parametrize(
    ("callback", "found"),
    [
        ("wrong_mode", {"mode": 1}), ("unknown_code", {"code": "077", "status": False}), ("status_text", {"status": "true"}),
        ("contradiction", {"code": "029", "status": True}), ("code_number", {"code": 101}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False], ids=["as the outcome", "after it"])
def test_an_odd_webhook_is_sent_first_or_later(
    sandbox: Any, receiver: Any, callback: str, found: dict[str, Any], first: bool
) -> None:
    made = initiate(sandbox, receiver.url)
    complete(made, **({"callback": callback} if first else {}))
    if not first:
        receiver.wait()
        assert send(made, callback).status_code == 303
    body = receiver.wait(1 if first else 2)[-1]
    assert {key: body[key] for key in found} == found
    assert body["webid_key"] == made["webid_key"]


def ended(sandbox: Any, receiver: Any, code: str = "101") -> dict[str, Any]:
    made = initiate(sandbox, receiver.url, **ALL)
    complete(made, code=code)
    receiver.wait()
    return made


def test_a_forged_one_has_a_key_that_was_never_given(sandbox: Any, receiver: Any) -> None:
    made = ended(sandbox, receiver)
    send(made, "forged")
    assert receiver.wait(2)[1]["webid_key"] != made["webid_key"]


def test_a_duplicate_is_the_same_to_the_byte_and_a_repeat_is_not(sandbox: Any, receiver: Any) -> None:
    made = ended(sandbox, receiver)
    send(made, "duplicate")
    send(made, "repeat")
    first, second, third = (receiver.wait(3), receiver.raw)[1]
    assert first == second != third
    assert json.loads(first) == json.loads(third)


def test_comments_are_no_json(sandbox: Any, receiver: Any) -> None:
    send(ended(sandbox, receiver), "comments")
    receiver.wait(2)
    assert b"// 0 sandbox" in receiver.raw[1]
    with pytest.raises(ValueError, match=r"Expecting|Invalid"):
        json.loads(receiver.raw[1])


@pytest.mark.parametrize(
    ("first", "what", "expected"),
    [
        ("006", "late", ["006", "101"]), ("101", "out_of_order", ["101", "006", "101"]), ("", "late", ["006", "101"]),
        ("101", "failed_after_passed", ["101", "029"]), ("010", "failed_after_passed", ["010", "101", "029"]),
        ("000", "101", ["000", "101"]), ("010", "015", ["010", "015"]),
    ],
)  # fmt: skip
def test_results_come_late_or_out_of_order(
    sandbox: Any, receiver: Any, first: str, what: str, expected: list[str]
) -> None:
    made = ended(sandbox, receiver, first) if first else initiate(sandbox, receiver.url)
    assert send(made, what).status_code == 303
    assert [body["code"] for body in receiver.wait(len(expected))] == expected
    assert len({body["aidx_uuid"] for body in receiver.bodies if "aidx_uuid" in body}) == ("101" in expected)


def test_somebody_else_completes_what_was_completed(sandbox: Any, receiver: Any) -> None:
    send(ended(sandbox, receiver), "other_person")
    one, other = receiver.wait(2)
    assert one["aidx_uuid"] != other["aidx_uuid"]
    assert one["metadata"] == other["metadata"]


@pytest.mark.parametrize(("open_", "what", "status"), [(True, "forged", 409), (False, "late", 409), (False, "x", 404)])
def test_a_send_that_does_not_fit_is_refused(sandbox: Any, receiver: Any, open_: bool, what: str, status: int) -> None:
    made = initiate(sandbox, receiver.url) if open_ else ended(sandbox, receiver)
    assert send(made, what).status_code == status


# Pages


def test_the_list_shows_both_vendors_newest_first(sandbox: Any, receiver: Any) -> None:
    session = sandbox.create()
    made = ended(sandbox, receiver)
    shown = words(sandbox.base)
    assert shown.index(made["webid_key"]) < shown.index(session["reference"])
    assert "101 Completed" in shown
    for key in (made["webid_key"], made["webid_url"].rpartition("/")[2]):
        found = requests.get(sandbox.base, params={"reference": key}, timeout=10)
        assert found.url == made["webid_url"]


def test_the_panel_offers_every_send_and_every_code(sandbox: Any, receiver: Any) -> None:
    page = BeautifulSoup(requests.get(ended(sandbox, receiver)["webid_url"], timeout=10).text, "html.parser")
    offered = {str(option["value"]) for option in page.select("select[name=what] option")}
    assert offered == {*SENDS, *MESSAGES} - {"late"}


def test_a_key_nobody_has_is_404(sandbox: Any) -> None:
    for address in ("q/abcdefgh", "s/66af-2613-df8d-5614-6392-16ab"):
        assert requests.get(f"{sandbox.base}{address}", timeout=10).status_code == 404
