"""The sandbox's QiD without a server: its store, tokens, life of a request, people, faces and bodies."""

import json
from pathlib import Path
from typing import Any

import pytest

from webapp.sandbox.callbacks import Clock
from webapp.sandbox.qid import bodies, codes, found, tester
from webapp.sandbox.qid.asked import ATTRIBUTES, Asked, Refused, read_address, read_options
from webapp.sandbox.qid.service import INACTIVE_SECONDS, Outcome, Service, six_groups
from webapp.sandbox.qid.store import QidStore, StoredRequest
from webapp.sandbox.qid.tokens import REFRESH_SECONDS, VALID_SECONDS, Tokens
from webapp.sandbox.store import Store

URL = "http://127.0.0.1:9/webhook"
SEED_CODES = {f"{number:03d}" for number in (*range(31), *range(51, 57), 100, 101)}


class Still(Clock):
    """A clock that moves when it is told to."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__(speed)
        self.at = 1_000_000.0

    def now(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Still:
    return Still()


@pytest.fixture
def store(tmp_path: Path) -> QidStore:
    return QidStore(tmp_path / "sandbox.sqlite")


@pytest.fixture
def callbacks(tmp_path: Path, store: QidStore) -> Store:
    """The table that the sender posts from, in the same file."""
    return Store(tmp_path / "sandbox.sqlite")


@pytest.fixture
def service(store: QidStore, clock: Still) -> Service:
    return Service(store, clock)


def made(service: Service, subscriber: str = "SANDBOX", **asked: Any) -> StoredRequest:
    return service.initiate(subscriber, Asked(**asked), URL)


def posted(callbacks: Store, clock: Still) -> list[dict[str, Any]]:
    """Everything due now, each answered with 500 as soon as it is taken."""
    taken: list[dict[str, Any]] = []
    while due := callbacks.claim(clock.now(), 30.0):
        assert callbacks.claim(clock.now(), 30.0) is None, "two at once"
        taken.append(json.loads(due.body))
        callbacks.answered(due, now=clock.now(), status=500, answer="", due_at=None)
    return taken


# Webhooks


def test_webhooks_leave_one_after_the_other_in_the_order_they_came(
    service: Service, callbacks: Store, clock: Still
) -> None:
    requests = [made(service) for _ in range(4)]
    for request in reversed(requests):
        service.finish(request, Outcome("017"))
    expected = [request.webid_key for request in reversed(requests)]
    assert [body["webid_key"] for body in posted(callbacks, clock)] == expected


def test_a_webhook_taken_by_a_process_that_died_keeps_its_place(
    service: Service, callbacks: Store, clock: Still
) -> None:
    first, second = made(service), made(service)
    for request in (first, second):
        service.finish(request, Outcome("017"))
    assert callbacks.claim(clock.now(), 30.0) is not None
    assert callbacks.claim(clock.now(), 30.0) is None
    clock.at += 31
    assert [body["webid_key"] for body in posted(callbacks, clock)] == [first.webid_key, second.webid_key]


def test_a_webhook_does_not_wait_for_docupass(service: Service, callbacks: Store, clock: Still) -> None:
    callbacks.send_extras("DOCUPASSREF", URL, [], clock.now())
    with callbacks.writing() as db:
        db.execute("insert into callback (reference, url, body, due_at) values ('DOCUPASSREF', ?, '{}', 1)", (URL,))
    service.finish(made(service), Outcome("017"))
    due = [callbacks.claim(clock.now(), 30.0) for _ in range(2)]
    assert all(due)


def test_of_two_outcomes_at_once_one_counts(service: Service, callbacks: Store, clock: Still) -> None:
    request = made(service)
    assert [service.finish(request, Outcome(code)) for code in ("010", "029")] == [True, False]
    assert [body["code"] for body in posted(callbacks, clock)] == ["010"]


@pytest.mark.parametrize("code", ["008", "009"])
def test_a_wrong_device_is_told_and_leaves_the_request_open(
    service: Service, store: QidStore, callbacks: Store, clock: Still, code: str
) -> None:
    request = made(service)
    assert service.finish(request, Outcome(code))
    assert service.finish(request, Outcome("101", "a" * 4))
    assert [body["code"] for body in posted(callbacks, clock)] == [code, "101"]
    assert (store.request(request.short) or request).state == "done"


# Time


def test_a_request_expires_after_twelve_hours_without_activity(
    service: Service, store: QidStore, callbacks: Store, clock: Still
) -> None:
    request = made(service)
    clock.at += INACTIVE_SECONDS - 1
    service.active(request)
    clock.at += INACTIVE_SECONDS - 1
    service.expire_due()
    assert not posted(callbacks, clock)
    assert callbacks.next_due() == clock.at + 1
    clock.at += 1
    service.expire_due()
    body = {"status": False, "code": "006", "message": "QiD API Service request expired"}
    assert posted(callbacks, clock) == [{"webid_key": request.webid_key, "mode": 0} | body]
    assert (store.request(request.webid_key) or request).state == "expired"


def test_a_token_is_over_after_sixty_minutes(store: QidStore, clock: Still) -> None:
    tokens = Tokens(store, clock)
    token = tokens.create("SANDBOX")
    clock.at += VALID_SECONDS - 1
    assert tokens.subscriber(token) == "SANDBOX"
    clock.at += 1
    for use in (tokens.subscriber, tokens.refresh):
        with pytest.raises(Refused, match="056"):
            use(token)


def test_a_refreshed_token_is_another_and_the_old_one_lives_on(store: QidStore, clock: Still) -> None:
    tokens = Tokens(store, clock)
    first = tokens.create("SANDBOX")
    clock.at += 3_000
    second = tokens.refresh(first)
    assert second != first
    assert tokens.subscriber(first) == "SANDBOX"
    clock.at += 3_000
    assert tokens.subscriber(second) == "SANDBOX"


def test_refreshing_ends_after_twelve_hours(store: QidStore, clock: Still) -> None:
    tokens = Tokens(store, clock)
    token, start = tokens.create("SANDBOX"), clock.at
    while clock.at + 3_000 < start + REFRESH_SECONDS:
        clock.at += 3_000
        token = tokens.refresh(token)
    clock.at = start + REFRESH_SECONDS
    assert tokens.subscriber(token) == "SANDBOX"
    with pytest.raises(Refused, match="056"):
        tokens.refresh(token)


def test_the_clock_shortens_both(store: QidStore) -> None:
    clock = Still(600)
    token = Tokens(store, clock).create("SANDBOX")
    request = made(Service(store, clock))
    assert (store.token(token) or pytest.fail()).expires_at == clock.at + 6
    assert request.expires_at == clock.at + 72


# Options


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({}, Asked()),
        ({"metadata": "0", "mode_id": "", "livecheck_id": "0"}, Asked()),
        ({"metadata": "'1,2,4,9'", "mode_id": "1"}, Asked((1, 2, 4, 9), dark=True)),
        ({"metadata_list": " 9, 1 ,9", "mode_id": "LIGHT"}, Asked((9, 1))),
        ({"mode_id": "dark", "livecheck_id": "1", "location_id": "'1'"}, Asked((), True, True, True)),
    ],
)
def test_every_spelling_of_the_options_is_read(headers: dict[str, str], asked: Asked) -> None:
    assert read_options(headers) == asked
    assert Asked.from_json(asked.to_json()) == asked


@pytest.mark.parametrize(
    ("name", "value"), [("metadata", "1,10"), ("metadata", "gender"), ("mode_id", "2"), ("livecheck_id", "yes")]
)
def test_a_value_outside_the_table_is_007(name: str, value: str) -> None:
    with pytest.raises(Refused, match="007"):
        read_options({name: value})


@pytest.mark.parametrize(("text", "code"), [(" ", "051"), ("nowhere", "052"), ("ftp://x.test/", "052")])
def test_a_webhook_address_is_missing_or_wrong(text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_address(text)


def test_production_takes_the_registered_address_and_not_the_header(service: Service, store: QidStore) -> None:
    with pytest.raises(Refused, match="051"):
        made(service, "SANDBOX-LIVE")
    store.register("https://desk.example/hook")
    live, development = made(service, "SANDBOX-LIVE"), made(service)
    assert (live.mode, live.webhook_url) == (1, "https://desk.example/hook")
    assert (development.mode, development.webhook_url) == (0, URL)


# Codes and bodies


def test_every_code_of_the_seed_has_its_message_and_stands_on_the_panel() -> None:
    assert len(SEED_CODES) == 39
    assert set(codes.MESSAGES) == SEED_CODES
    offered = [code for listed in codes.choices().values() for code, _ in listed]
    assert sorted(offered) == sorted({*SEED_CODES, codes.UNKNOWN})


@pytest.mark.parametrize(
    ("code", "when", "cause"),
    [("013", "during", "No Face"), ("016", "following", "No Human Face"), ("017", "during", "Too Dark"),
     ("022", "following", "Sunglasses"), ("028", "following", "Bad Frame")],
)  # fmt: skip
def test_capture_errors_come_in_pairs(code: str, when: str, cause: str) -> None:
    assert codes.message(code) == f"User abandoned QiD Service request {when} '3D selfie' capture error - '{cause}'"


@pytest.mark.parametrize("code", sorted(SEED_CODES))
def test_only_101_is_good_and_names_a_person(service: Service, code: str) -> None:
    body = bodies.body(made(service), code, "66a9-b279", {"location": "1 2"})
    assert body["status"] is (code in ("055", "100", "101"))
    assert ("aidx_uuid" in body) is ("location" in body) is (code == "101")


@pytest.mark.parametrize("key", sorted(bodies.TWISTS))
def test_every_twist_changes_the_body(service: Service, key: str) -> None:
    plain = bodies.body(made(service), "101", "66a9-b279")
    assert bodies.twisted(key, plain) != bodies.twisted("", plain)
    assert key in bodies.TWIST_LABELS
    assert key in tester.SENDS


# People and faces


def test_a_person_is_new_known_or_another(service: Service, clock: Still) -> None:
    assert service.person("same") != service.person("same")
    keys = []
    for aidx in ("aaaa-bbbb-cccc-dddd", "eeee-ffff-gggg-hhhh"):
        request = made(service)
        keys.append(request.webid_key)
        clock.at += 1
        service.finish(request, Outcome("101", aidx))
    assert service.person("same") == "eeee-ffff-gggg-hhhh"
    assert service.person("another") == "aaaa-bbbb-cccc-dddd"
    assert service.person(keys[0]) == "aaaa-bbbb-cccc-dddd"
    assert service.person("23bf11b3-391e-4a78-901c-a1e4573b272c") == "23bf11b3-391e-4a78-901c-a1e4573b272c"
    assert service.person("new") not in ("aaaa-bbbb-cccc-dddd", "eeee-ffff-gggg-hhhh")
    for nobody in (made(service).webid_key, "whoever", "<b>"):
        with pytest.raises(LookupError):
            service.person(nobody)


def test_keys_have_the_six_groups_of_the_vendors_samples() -> None:
    assert [len(group) for group in six_groups().split("-")] == [4] * 6
    assert len(six_groups()) == 29


def test_a_face_is_the_same_each_time_and_only_what_was_asked_for_is_said(service: Service) -> None:
    request = made(service, metadata=(1, 9))
    face = found.guess(request)
    assert face == found.guess(request)
    assert set(found.metadata(request, face, "names")) == {"Gender", "Emotions"}


def test_each_shape_says_the_same(service: Service) -> None:
    request = made(service, metadata=tuple(ATTRIBUTES))
    face = found.read_face({"gender": "female", "age_low": "31", "beard": "yes", "confidence": "93.5"}, request)
    names, ids, listed = (found.metadata(request, face, shape) for shape in found.SHAPES)
    assert names["Gender"] == {"value": "Female", "confidence": 93.5}
    assert ids["1"] == {"value": "Female", "confidence": "93.5%"}
    assert listed[0] == {"id": 1, "name": "Gender", "value": "Female", "confidence": 93.5}
    assert names["Age Range"]["low"] == ids["2"]["low"] == 31
    assert names["Beard"]["value"] is True
    assert ids["9"][names["Emotions"][0]["value"]] == "93.5%"


@pytest.mark.parametrize(
    "form",
    [{"age_low": "50", "age_high": "20"}, {"age_low": "x"}, {"confidence": "101"}, {"beard": "maybe"}, {"gender": "x"}],
)
def test_a_face_that_makes_no_sense_is_refused(service: Service, form: dict[str, str]) -> None:
    with pytest.raises(found.Wrong):
        found.read_face(form, made(service, metadata=(1, 2, 3)))


def test_a_place_is_a_city_or_what_was_written_or_nothing() -> None:
    assert found.place("Tokyo") == "35.67620 139.65030"
    assert found.place("91 200") == "91 200"
    assert found.place("none") == ""
