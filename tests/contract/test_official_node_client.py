"""The vendor's own Node client, idanalyzer 1.2.7, against the sandbox over a socket; driven by node/drive.js."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.contract.client_settings import CREATED, DEFAULTS, MODULES, SETTINGS, SIGNED, misunderstood
from webapp.sandbox.store import Store

FOLDER = Path(__file__).parent / "node"
NODE = shutil.which("node")
CREATE = {"create_iframe": "createIframe", "create_mobile": "createMobile", "create_redirection": "createRedirection",
          "create_live_mobile": "createLiveMobile"}  # fmt: skip
Call = tuple[Any, ...]


@pytest.fixture(autouse=True)
def _installed(request: pytest.FixtureRequest) -> None:
    """The client as `make test` installs it; without it these tests are skipped (on CI: fail)."""
    if NODE and (FOLDER / "node_modules" / "idanalyzer").is_dir():
        return
    reason = "no Node client: node, npm or tests/contract/node/node_modules is missing (sh .ci/node)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def start(region: str, clients: list[list[Call]]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE or "node", str(FOLDER / "drive.js")], input=json.dumps({"region": region, "clients": clients}),
        capture_output=True, text=True, timeout=60, check=False, env={"NO_PROXY": "127.0.0.1"},
    )  # fmt: skip


def run(region: str, *clients: list[Call]) -> list[list[dict[str, Any]]]:
    """What came of each call of each client, as {"value": ...} or {"error": message}."""
    done = start(region, list(clients))
    assert done.returncode == 0, done.stderr
    results: list[list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    return results


def call(sandbox: Any, receiver: Any, *calls: Call) -> Any:
    """The last call's value, of one client whose callbacks go to the receiver."""
    last = run(sandbox.base, [*usual(receiver), *calls])[0][-1]
    assert "value" in last, last
    return last["value"]


def usual(receiver: Any) -> list[Call]:
    return [("setParameter", "callbackurl", receiver.url), ("setCustomID", "testid123")]


def stored(tmp_path: Path, reference: str) -> Any:
    """What the sandbox understood: the options of a session."""
    session = Store(tmp_path / "sandbox" / "sandbox.sqlite").session(reference)
    assert session is not None
    return session.options


def test_every_method_that_the_client_has_for_docupass_is_called_here() -> None:
    done = start("http://127.0.0.1:1/", [])
    offered = {name for name in json.loads(done.stdout)["methods"] if not name.startswith("_")} - {"constructor"}
    elsewhere = {*CREATE.values(), "createSignature", "validate", "resetConfig", "smsContractLink"}
    assert offered == {setting.node for setting in SETTINGS} | elsewhere


def test_every_setting_is_understood_as_documented(sandbox: Any, receiver: Any, tmp_path: Path) -> None:
    clients = [[*usual(receiver), (setting.node, *setting.values), ("createMobile",)] for setting in SETTINGS]
    for said, setting in zip(run(sandbox.base, *clients), SETTINGS, strict=True):
        assert "error" not in said[-1]["value"], (setting, said)
        assert not misunderstood(stored(tmp_path, said[-1]["value"]["reference"]), setting.understood), setting


def test_a_client_that_was_told_nothing_asks_for_its_own_defaults(sandbox: Any, receiver: Any, tmp_path: Path) -> None:
    answer = call(sandbox, receiver, ("createMobile",))
    assert not misunderstood(
        stored(tmp_path, answer["reference"]), DEFAULTS | {"companyname": "Specimen Bank", "type": 1}
    )


@pytest.mark.parametrize(("method", "type_"), MODULES.items())
def test_every_create_variant_answers_in_the_shape_of_the_sample(
    sandbox: Any, receiver: Any, method: str, type_: int
) -> None:
    answer = call(sandbox, receiver, (CREATE[method],))
    assert set(answer) == CREATED
    assert (answer["type"], answer["customid"]) == (type_, "testid123")
    assert answer["url"] == f"{sandbox.base}s/{answer['reference']}"


def test_a_signature_session_takes_an_object_for_the_prefill(sandbox: Any, receiver: Any, tmp_path: Path) -> None:
    prefill = {"email": "user@example.com", "who": "Zoë"}
    answer = call(sandbox, receiver, ("createSignature", "TPL1", "HTML", prefill))
    assert set(answer) == SIGNED
    understood = stored(tmp_path, answer["reference"])
    assert (understood.template_id, understood.contract_format) == ("TPL1", "HTML")
    assert json.loads(understood.contract_prefill_data) == prefill


def test_a_number_for_the_sms_is_confirmed_in_the_answer(sandbox: Any, receiver: Any) -> None:
    created = call(sandbox, receiver, ("smsVerificationLink", "+1333444555"), ("createMobile",))
    signed = call(sandbox, receiver, ("smsContractLink", "+1333444556"), ("createSignature", "TPL1"))
    assert (created["smssent"], signed["smssent"]) == (1333444555, "+1333444556")


def test_settings_made_with_the_client_reach_the_callback(sandbox: Any, receiver: Any) -> None:
    answer = call(
        sandbox, receiver, ("enableFaceVerification", True, 1, 0.5), ("enableAMLCheck", True),
        ("verifyName", "Test Amlmatch"), ("verifyDOB", "1990/02/03"), ("createMobile",),
    )  # fmt: skip
    sandbox.complete(answer)
    body = receiver.wait()[0]
    assert (body["success"], body["customid"], len(body["aml"])) == (True, "testid123", 1)
    assert body["verification"]["result"] == {"face": True, "name": True, "dob": True}


def test_validate_confirms_only_the_hash_of_the_callback(sandbox: Any, receiver: Any) -> None:
    sandbox.complete(call(sandbox, receiver, ("createMobile",)))
    body = receiver.wait()[0]
    asked = [("validate", body["reference"], each) for each in (body["hash"], "0" * 32)]
    said = run(sandbox.base, [*asked, ("validate", "NOSUCHREF", body["hash"])])[0]
    assert said == [{"value": True}, {"value": False}, {"value": False}]


@pytest.mark.parametrize(
    ("calls", "message", "code"),
    [
        ([("setParameter", "companyname", " "), ("createMobile",)], "Invalid value for `companyname`", 1002),
        ([("setParameter", "expiry", 599), ("createMobile",)], "Invalid value for `expiry`", 1002),
        ([("smsVerificationLink", "nobody"), ("createMobile",)], "Invalid or unreachable phone number", 1050),
        ([("createSignature", "TPL9")], "Invalid contract template ID", 1002),
    ],
)  # fmt: skip
def test_a_refusal_resolves_as_if_it_were_an_answer(
    sandbox: Any, receiver: Any, calls: list[Call], message: str, code: int
) -> None:
    assert call(sandbox, receiver, *calls) == {"error": {"message": message, "code": code}}


# ---- what the client does wrong: pinned, so that a newer one shows what has changed


def test_any_status_but_200_ends_the_whole_process(sandbox: Any) -> None:
    done = start(f"{sandbox.base}nowhere/", [[("createMobile",)]])
    assert done.returncode == 1
    assert "ReferenceError: response is not defined" in done.stderr


def test_a_vendor_that_is_away_is_said_by_its_error(sandbox: Any) -> None:
    said = run("http://127.0.0.1:1/", [("createMobile",)])[0][0]
    assert said["error"].startswith("Connecting to API Server failed: ECONNREFUSED")


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (("setCallbackURL", "http://127.0.0.1:5000/x"), "does not appear to be a remote host"),
        (("setCallbackURL", "http://localhost:5000/x"), "does not appear to be a remote host"),
        (("setRedirectionURL", "http://127.0.0.1/yes"), "Invalid URL format for success URL"),
        (("setMaxAttempt", 11), "Invalid max attempt"),
        (("enableAuthentication", True, 3), "Invalid authentication module"),
        (("enableFaceVerification", True, 3), "Invalid verification type"),
        (("setQRCodeFormat", "#112233"), "Invalid foreground color"),
        (("verifyDOB", "1990-02-03"), "Invalid birthday format"),
        (("verifyAge", "18"), "Invalid age range format"),
        (("createSignature", ""), "Invalid template ID"),
        (("signContract", ""), "Invalid template ID"),
    ],
)  # fmt: skip
def test_what_the_client_refuses_before_it_asks(sandbox: Any, refused: Call, message: str) -> None:
    assert message in run(sandbox.base, [refused])[0][0]["error"]


def test_ten_attempts_are_allowed_here(sandbox: Any, receiver: Any, tmp_path: Path) -> None:
    answer = call(sandbox, receiver, ("setMaxAttempt", 10), ("createMobile",))
    assert stored(tmp_path, answer["reference"]).maxattempt == 10


def test_a_bad_background_colour_slips_through_and_the_vendor_refuses_it(sandbox: Any, receiver: Any) -> None:
    answer = call(sandbox, receiver, ("setQRCodeFormat", "112233", "white"), ("createMobile",))
    assert answer["error"]["message"] == "Invalid value for `qr_bgcolor`"


def test_a_signature_leaves_its_template_behind_and_a_reset_the_company(sandbox: Any, receiver: Any) -> None:
    left = run(sandbox.base, [*usual(receiver), ("createSignature", "TPL1"), ("read", "config")])[0][-1]["value"]
    assert left["template_id"] == "TPL1"
    reset = run(sandbox.base, [("resetConfig",), ("createMobile",)])[0][-1]["value"]
    assert reset == {"error": {"message": "Invalid value for `companyname`", "code": 1002}}
