"""The QiD client over real sockets: what it sends, how it keeps its token, and what it makes of every kind of answer."""

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.qid_vendor import CREATE, INITIATE, KEY, REFRESH, QidVendor, refused
from webapp.providers.base import (
    Denied,
    Expected,
    LinkRequest,
    Options,
    Outcome,
    Provider,
    ProviderError,
    SuppliedPicture,
)
from webapp.providers.qid import client
from webapp.providers.qid.client import QiD
from webapp.providers.qid.codes import CODES
from webapp.providers.qid.style import HeaderStyle

PAYLOADS = Path(__file__).parent.parent / "payloads" / "qid"
HOOK = "https://console.example/webhooks/qid/t"
REQUEST = LinkRequest(kind="liveness", customid="17", company_name="Acme Ltd", callback_url=HOOK)
SUBSCRIBER = "SPECIMEN-SUBSCRIBER"
AUTOMATIC = {"Host", "User-Agent", "Accept-Encoding", "Accept", "Connection", "Content-Length"}


@pytest.fixture
def vendor() -> Iterator[QidVendor]:
    made = QidVendor()
    yield made
    made.stop()


def client_of(base_url: str, **style: Any) -> QiD:
    return QiD(base_url=base_url, subscriber_id=SUBSCRIBER, mode="production", style=HeaderStyle(**style))


@pytest.fixture
def qid(vendor: QidVendor) -> Provider:
    return client_of(vendor.url)


def own_headers(vendor: QidVendor, path: str = INITIATE) -> dict[str, str]:
    """The last call's headers that the client itself chose."""
    call = [call for call in vendor.calls if call.path == path][-1]
    return {name: value for name, value in call.headers.items() if name not in AUTOMATIC}


def options(vendor: QidVendor, qid: Provider, **chosen: Any) -> dict[str, str]:
    qid.create(replace(REQUEST, options=Options(**chosen)))
    return own_headers(vendor)


def refusal(qid: Provider, request: LinkRequest = REQUEST) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        qid.create(request)
    assert caught.value.text
    return caught.value


# ---- what is sent


def test_the_defaults_send_exactly_these_headers_and_no_body(vendor: QidVendor, qid: Provider) -> None:
    qid.create(REQUEST)
    assert own_headers(vendor) == {
        "Authorization": "Bearer token-1", "webhook_url": HOOK, "mode_id": "LIGHT", "livecheck_id": "1", "location_id": "0",
    }  # fmt: skip
    assert vendor.calls[-1].body == b"" and vendor.calls[-1].headers["Content-Length"] == "0"


def test_a_token_is_asked_for_with_the_subscriber_as_json(vendor: QidVendor, qid: Provider) -> None:
    qid.create(REQUEST)
    assert json.loads(vendor.calls[0].body) == {"subscriber_id": SUBSCRIBER}
    assert own_headers(vendor, CREATE) == {"Content-Type": "application/json"}


@pytest.mark.parametrize("chosen, name, value", [
    ({"liveness": False}, "livecheck_id", "0"), ({"liveness": True}, "livecheck_id", "1"),
    ({"dark": True}, "mode_id", "DARK"), ({"location": True}, "location_id", "1"),
    ({"attributes": ("gender",)}, "metadata", "1"), ({"attributes": ("age_range",)}, "metadata", "2"),
    ({"attributes": ("beard",)}, "metadata", "3"), ({"attributes": ("spectacles",)}, "metadata", "4"),
    ({"attributes": ("eyes_open",)}, "metadata", "5"), ({"attributes": ("face_mask",)}, "metadata", "6"),
    ({"attributes": ("mouth_open",)}, "metadata", "7"), ({"attributes": ("moustache",)}, "metadata", "8"),
    ({"attributes": ("emotions",)}, "metadata", "9"), ({"attributes": ("emotions", "gender", "beard")}, "metadata", "1,3,9"),
])  # fmt: skip
def test_each_option_is_said_in_the_vendors_words(
    vendor: QidVendor, qid: Provider, chosen: dict[str, Any], name: str, value: str
) -> None:
    assert options(vendor, qid, **chosen)[name] == value


def test_every_name_path_and_spelling_can_be_set(vendor: QidVendor) -> None:
    qid = client_of(
        vendor.url + "/qid/", create_path="/t/new", refresh_path="t/again", initiate_path="go", refresh_header="X-Old",
        auth_header="authToken", auth_scheme="", webhook="hook", metadata="metadata_list", mode="mode", light="0", dark="1",
        liveness="live", location="where", token_life=timedelta(hours=1), refresh_lead=timedelta(hours=1),
        request_life=timedelta(hours=3),
    )  # fmt: skip
    vendor.answers["/qid/go"] = [_ready()]
    link = qid.create(replace(REQUEST, options=Options(dark=True, attributes=("gender",))))
    assert vendor.calls[0].path == "/qid/t/new"
    assert own_headers(vendor, "/qid/go") == {
        "authToken": "token-1", "hook": HOOK, "metadata_list": "1", "mode": "1", "live": "1", "where": "0",
    }  # fmt: skip
    assert link.expires_at is not None and link.expires_at < datetime.now(UTC) + timedelta(hours=3, seconds=1)
    vendor.answers["/qid/go"] = [_ready()]
    qid.create(REQUEST)
    assert own_headers(vendor, "/qid/t/again") == {"X-Old": "token-1"}
    assert own_headers(vendor, "/qid/go")["mode"] == "0"


@pytest.mark.parametrize("change, name", [
    ({"options": Options(attributes=("shoe_size",))}, "shoe_size"), ({"options": Options(countries=("GB",))}, "countries"),
    ({"options": Options(contract_template="TPL1")}, "contract_template"), ({"options": Options(welcome="Hi")}, "welcome"),
    ({"options": Options(language="de")}, "language"), ({"expected": Expected(name="Zoë Specimen")}, "name"),
    ({"pictures": (SuppliedPicture(part="face", content=b"x"),)}, "face"), ({"reusable": True}, "reusable"),
    ({"sms_to": "+351900000001"}, "sms_to"),
])  # fmt: skip
def test_what_qid_cannot_carry_is_refused_by_name_without_asking(
    vendor: QidVendor, qid: Provider, change: dict[str, Any], name: str
) -> None:
    error = refusal(qid, replace(REQUEST, **change))
    assert (error.code, error.permanent, vendor.calls) == ("option", True, [])
    assert f"“{name}”" in error.text


@pytest.mark.parametrize("kind", ["identity", "signature"])
def test_a_kind_that_qid_does_not_have_is_refused_without_asking(vendor: QidVendor, qid: Provider, kind: str) -> None:
    error = refusal(qid, replace(REQUEST, kind=kind))
    assert (error.code, error.permanent, vendor.calls) == ("kind", True, [])


def test_qid_has_no_copy_to_delete_and_is_not_asked(vendor: QidVendor, qid: Provider) -> None:
    with pytest.raises(ProviderError, match="keeps no copies") as refused:
        qid.erase_copy("V" * 32)
    assert (refused.value.permanent, refused.value.calls, vendor.calls) == (True, (), [])


def test_without_a_subscriber_nothing_is_asked(vendor: QidVendor) -> None:
    error = refusal(QiD(base_url=vendor.url, subscriber_id="", mode="production"))
    assert (error.code, error.permanent, vendor.calls) == ("001", True, [])


def test_an_address_that_no_header_can_carry_is_refused(vendor: QidVendor, qid: Provider) -> None:
    for url in ("https://bücher.example/webhooks/qid/t", "https://a.example/x\r\nmode_id: DARK"):
        assert refusal(qid, replace(REQUEST, callback_url=url)).code == "option"
    assert not vendor.calls


# ---- what create makes of the answer


def test_a_request_that_is_ready_is_a_link_for_twelve_hours(vendor: QidVendor, qid: Provider) -> None:
    before = datetime.now(UTC)
    link = qid.create(REQUEST)
    assert link.expires_at is not None
    assert (link.reference, link.url) == (KEY, "https://web.qid.bio/6GtRdjIG")
    assert timedelta(0) <= link.expires_at - before - timedelta(hours=12) < timedelta(seconds=5)


def _ready(**changes: Any) -> dict[str, Any]:
    answer = json.loads((PAYLOADS / "initiate_ready.json").read_text()) | changes
    return {key: value for key, value in answer.items() if value is not None}


@pytest.mark.parametrize(
    "changes", [{"status": None}, {"code": 100}, {"message": None}, {"webid_key": "wQaZgd98o77LlGgz"}]
)
def test_an_answer_may_lack_what_no_sample_shows(vendor: QidVendor, qid: Provider, changes: dict[str, Any]) -> None:
    vendor.answers[INITIATE] = [_ready(**changes)]
    assert qid.create(REQUEST).url == "https://web.qid.bio/6GtRdjIG"


@pytest.mark.parametrize("changes", [
    {"status": False}, {"status": "true"}, {"code": None}, {"code": True}, {"code": ["100"]}, {"webid_key": None},
    {"webid_key": ""}, {"webid_key": 7}, {"webid_key": "K" * 65}, {"webid_key": "a\nb"}, {"webid_url": None},
    {"webid_url": "javascript:alert(1)"}, {"webid_url": "web.qid.bio/x"}, {"webid_url": ["https://web.qid.bio/x"]},
])  # fmt: skip
def test_an_answer_that_is_not_clearly_a_link_is_bad(vendor: QidVendor, qid: Provider, changes: dict[str, Any]) -> None:
    vendor.answers[INITIATE] = [_ready(**changes)]
    error = refusal(qid)
    assert (error.code, error.permanent) == ("bad_answer", False)


PERMANENT = ("001", "002", "003", "004", "005", "051", "052")


@pytest.mark.parametrize("path, code", [
    *((INITIATE, code) for code in (*CODES, "999", "56") if code not in ("100", "053", "056")),
    *((CREATE, code) for code in (*CODES, "999", "56") if code != "055"),
])  # fmt: skip
def test_a_refusal_has_the_vendors_exact_code_and_is_permanent_where_a_setting_must_change(
    vendor: QidVendor, qid: Provider, code: str, path: str
) -> None:
    vendor.answers[path] = [refused(code, "In the vendor's words")]
    error = refusal(qid)
    assert (error.code, error.permanent, error.text) == (code, code in PERMANENT, "In the vendor's words")
    assert bool(qid.describe_error(code)) is (code in CODES)


def test_a_code_that_is_a_number_gets_its_noughts_back(vendor: QidVendor, qid: Provider) -> None:
    vendor.answers[INITIATE] = [{"status": False, "code": 51}]
    error = refusal(qid)
    assert (error.code, error.permanent) == ("051", True)
    assert error.text == "No address for results was sent."  # the vendor gave no words


BAD = {
    "server error": (500, b"{}"), "unauthorised": (401, b'{"code": "053"}'), "forbidden": (403, b"<html>"),
    "page": (200, b"<html>Maintenance</html>"), "nothing": (200, b""), "list": (200, b"[]"), "not utf-8": (200, b'{"a":"\xff"}'),
    "redirect": (307, b""), "twice": (200, b'{"status": false, "status": true, "code": "100"}'),
    "oversized": (200, b" " * 1_000_001),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("path", [CREATE, INITIATE])
def test_garbage_is_told_from_an_answer_and_asked_once(vendor: QidVendor, qid: Provider, name: str, path: str) -> None:
    vendor.answers[path] = [BAD[name]]
    error = refusal(qid)
    assert (error.code, error.permanent) == ("bad_answer", False)
    assert [call.path for call in vendor.calls].count(path) == 1
    assert qid.create(REQUEST).reference == KEY  # the next one begins with a token of its own
    assert vendor.paths[-2:] == ["create", "initiate"]


@pytest.mark.parametrize("answer", [
    {"status": True, "code": "055"}, {"status": True, "code": "055", "token": ""}, {"status": False, "code": "055", "token": "t"},
    {"status": True, "code": "055", "token": "a b"}, {"status": True, "code": "055", "token": "a\r\nmode_id: DARK"},
    {"status": True, "code": "055", "token": "é"}, {"status": True, "code": "055", "token": 7}, {"status": True, "token": "t"},
])  # fmt: skip
def test_a_token_that_is_none_is_a_bad_answer(vendor: QidVendor, qid: Provider, answer: dict[str, Any]) -> None:
    vendor.answers[CREATE] = [answer]
    assert (refusal(qid).code, vendor.paths) == ("bad_answer", ["create"])


def test_a_vendor_that_is_away_or_slow_is_said_so(vendor: QidVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = refusal(client_of(f"http://127.0.0.1:{port}"))
    assert (error.code, error.permanent) == ("unreachable", False)
    monkeypatch.setattr(client, "SECONDS", 0.2)
    vendor.wait = 0.5
    error = refusal(client_of(vendor.url))
    assert (error.code, error.permanent) == ("timeout", False)


# ---- the token (its own rules are in test_qid_tokens.py)


def test_one_token_serves_many_links(vendor: QidVendor, qid: Provider) -> None:
    for _ in range(3):
        qid.create(REQUEST)
    assert vendor.paths == ["create", "initiate", "initiate", "initiate"]


@pytest.mark.parametrize("code", ["053", "056"])
def test_a_refused_token_is_refreshed_once_and_the_link_is_made(vendor: QidVendor, qid: Provider, code: str) -> None:
    vendor.answers[INITIATE] = [refused(code)]
    assert qid.create(REQUEST).reference == KEY
    assert vendor.paths == ["create", "initiate", "refresh", "initiate"]
    assert vendor.tokens == ["Bearer token-1", "Bearer token-2"]
    assert own_headers(vendor, REFRESH) == {"authToken": "token-1"}


def test_a_token_that_cannot_be_refreshed_is_made_anew(vendor: QidVendor, qid: Provider) -> None:
    vendor.answers = {INITIATE: [refused("056")], REFRESH: [refused("056")]}
    assert qid.create(REQUEST).reference == KEY
    assert vendor.paths == ["create", "initiate", "refresh", "create", "initiate"]


def test_after_one_renewal_the_refusal_stands_and_the_next_link_begins_anew(vendor: QidVendor, qid: Provider) -> None:
    sample = json.loads((PAYLOADS / "initiate_error_056.json").read_text())
    vendor.answers[INITIATE] = [sample, sample]
    error = refusal(qid)
    assert (error.code, error.permanent, error.text) == ("056", False, "Token is expired")
    assert vendor.paths == ["create", "initiate", "refresh", "initiate"]
    qid.create(REQUEST)
    assert vendor.paths[4:] == ["create", "initiate"]


def test_no_token_at_all_is_the_vendors_refusal(vendor: QidVendor, qid: Provider) -> None:
    vendor.answers[CREATE] = [json.loads((PAYLOADS / "token_create_error_001.json").read_text())]
    error = refusal(qid)
    assert (error.code, error.permanent, error.text) == ("001", True, "No Subscriber ID provided")


def test_each_question_to_the_vendor_is_told_with_the_link(vendor: QidVendor, qid: Provider) -> None:
    vendor.answers[INITIATE] = [None, refused("053")]
    told = [[(each.call, each.code) for each in qid.create(REQUEST).calls or ()] for _ in range(3)]
    assert told == [
        [("token", ""), ("initiate", "")],
        [("initiate", "053"), ("refresh_token", ""), ("initiate", "")],
        [("initiate", "")],
    ]


def test_a_failure_tells_what_was_asked_and_where_it_ended(vendor: QidVendor, qid: Provider) -> None:
    vendor.answers[CREATE] = [refused("001")]
    assert [(each.call, each.code) for each in refusal(qid).calls or ()] == [("token", "001")]
    vendor.stop()
    assert [(each.call, each.code) for each in refusal(qid).calls or ()] == [("token", "unreachable")]


def test_what_is_refused_here_was_asked_of_nobody(vendor: QidVendor, qid: Provider) -> None:
    assert refusal(qid, replace(REQUEST, kind="identity")).calls == ()


def test_of_many_links_at_once_only_one_asked_for_the_token(vendor: QidVendor, qid: Provider) -> None:
    vendor.wait = 0.05
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: qid.create(REQUEST), range(8)))
    asked = [each.call for link in made for each in link.calls or ()]
    assert (asked.count("token"), asked.count("initiate")) == (1, 8)


def test_the_vendors_sample_of_a_token_is_read(vendor: QidVendor, qid: Provider) -> None:
    vendor.answers[CREATE] = [json.loads((PAYLOADS / "token_created.json").read_text())]
    qid.create(REQUEST)
    assert vendor.tokens == ["Bearer specimen-token-1"]


def test_many_links_at_once_ask_for_one_token(vendor: QidVendor, qid: Provider) -> None:
    vendor.wait = 0.05
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: qid.create(REQUEST).reference, range(8)))
    assert made == [KEY] * 8
    assert vendor.paths.count("create") == 1


def test_many_links_at_once_with_a_token_that_died_renew_it_once(vendor: QidVendor, qid: Provider) -> None:
    qid.create(REQUEST)
    vendor.wait = 0.05
    vendor.answers[INITIATE] = [refused("056")] * 6
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: qid.create(REQUEST).reference, range(6)))
    assert made == [KEY] * 6
    assert (vendor.paths.count("create"), vendor.paths.count("refresh")) == (1, 1)


def test_neither_token_nor_subscriber_is_in_a_log_line_error_or_representation(
    vendor: QidVendor, qid: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.answers = {INITIATE: [(500, b"nonsense"), refused("056"), refused("056"), None], REFRESH: [(500, b"")]}
    errors = [repr(refusal(qid)), repr(refusal(qid))]
    qid.create(REQUEST)
    told = caplog.text + repr(errors) + repr(vars(qid)["_tokens"].current()) + repr(qid)
    assert caplog.text and SUBSCRIBER not in told
    assert not [f"token-{number}" for number in range(9) if f"token-{number}" in told]


# ---- confirm, and what there is to describe


@pytest.mark.parametrize("mode", ["production", ""])
def test_a_result_of_our_mode_or_without_one_is_taken_without_asking(
    vendor: QidVendor, qid: Provider, mode: str
) -> None:
    assert qid.confirm(Outcome(reference=KEY, mode=mode)) is True
    assert not vendor.calls


def test_a_result_of_the_other_mode_is_denied_with_the_reason(qid: Provider) -> None:
    with pytest.raises(Denied, match=r"sandbox result.*production results \(QID_MODE\)") as caught:
        qid.confirm(Outcome(reference=KEY, mode="sandbox"))
    assert caught.value.reason.endswith(".")


def test_what_qid_has_none_of_is_said_plainly(qid: Provider) -> None:
    assert (qid.key, qid.kinds, qid.known_checks, qid.file_origins) == ("qid", ("liveness",), (), ())
    assert qid.silent_after == timedelta(minutes=30)
    with pytest.raises(ValueError, match="no files"):
        qid.embedded_file(b"{}", ("faceimage",))
    assert qid.describe_check("hologram_check").label == "Hologram check"
    assert qid.describe_database("un_sc").name == "un_sc"
    assert qid.describe_code("017").hint == "Go where there is more light."
    body = (PAYLOADS / "webhook_101_completed.json").read_bytes()
    assert qid.identify(body) == qid.read(body).reference == KEY
