"""The vendor's own client, idanalyzer 1.2.3, against the sandbox; in fresh processes, as its settings are shared."""

import json
import subprocess
import sys
from typing import Any

import pytest

START = """
import json, sys
from idanalyzer import DocuPass
base, callback = sys.argv[1:3]
client = DocuPass("sandbox", "Specimen Bank", base)
client.set_parameter("callbackurl", callback)
client.set_custom_id("testid123")
def say(value):
    print(json.dumps(value))
"""


def run(sandbox: Any, receiver: Any, program: str) -> Any:
    """Run a few lines of the client in a process of its own; what it says, from JSON."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START + program, sandbox.base, receiver.url],
        capture_output=True, text=True, timeout=60, check=False, env={"NO_PROXY": "127.0.0.1", "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("method", "type_"),
    [("create_iframe", 0), ("create_mobile", 1), ("create_redirection", 2), ("create_live_mobile", 3)],
)
def test_every_create_variant_answers_in_the_shape_of_the_sample(
    sandbox: Any, receiver: Any, method: str, type_: int
) -> None:
    answer = run(sandbox, receiver, f"say(client.{method}())")
    reference = answer["reference"]
    assert set(answer) == {"reference", "type", "customid", "url", "qrcode", "base_url", "html", "expiry"}
    assert (answer["type"], answer["customid"]) == (type_, "testid123")
    assert answer["url"] == f"{sandbox.base}s/{reference}"
    assert answer["qrcode"] == f"{sandbox.base}qr/{reference}.png"
    assert answer["qrcode"] in answer["html"]
    assert reference in answer["html"]
    assert 10 <= len(reference) <= 11
    assert reference.isupper() and reference.isalnum()


def test_a_signature_session_answers_in_the_shape_of_the_sample(sandbox: Any, receiver: Any) -> None:
    answer = run(sandbox, receiver, 'say(client.create_signature("TPL1", "PDF", {"email": "user@example.com"}))')
    assert set(answer) == {
        "reference", "customid", "url", "qrcode", "base_url", "html_qrcode", "html_iframe", "expiry",
    }  # fmt: skip
    assert f'<iframe src="{answer["url"]}"' in answer["html_iframe"]


def test_settings_made_with_the_client_reach_the_callback(sandbox: Any, receiver: Any) -> None:
    answer = run(
        sandbox,
        receiver,
        """
client.enable_face_verification(True, 1, 0.5)
client.enable_authentication(True, 2, 0.4)
client.enable_aml_check(True)
client.verify_name("Test Amlmatch")
client.verify_dob("1990/02/03")
client.set_callback_image(True, True, 1)
say(client.create_mobile())""",
    )
    sandbox.complete(answer)
    body = receiver.wait()[0]
    assert body["success"] is True
    assert body["verification"]["result"] == {"face": True, "name": True, "dob": True}
    assert len(body["aml"]) == 1
    assert body["data"]["dob"] == "1990/02/03"


def test_validate_confirms_only_the_hash_of_the_callback(sandbox: Any, receiver: Any) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url))
    body = receiver.wait()[0]
    ask = "say([client.validate({0!r}, {1!r}), client.validate({0!r}, {2!r}), client.validate('NOSUCHREF', {1!r})])"
    assert run(sandbox, receiver, ask.format(body["reference"], body["hash"], "0" * 32)) == [True, None, None]


@pytest.mark.parametrize(
    ("setting", "message", "code"),
    [
        ("client.apikey = 'wrong'", "Invalid API key", 1),
        ("client.set_parameter('companyname', ' ')", "Invalid value for `companyname`", 1002),
        ("client.set_parameter('expiry', 599)", "Invalid value for `expiry`", 1002),
        ("client.set_parameter('verify_age', '40-18')", "Invalid value for `verify_age`", 1002),
        ("client.set_parameter('sms_verification_link', 'nobody')", "Invalid or unreachable phone number", 1050),
    ],
)
def test_the_clients_exception_carries_the_vendors_words(
    sandbox: Any, receiver: Any, setting: str, message: str, code: int
) -> None:
    program = f"""
from idanalyzer import APIError
client.throw_api_exception(True)
{setting}
try:
    client.create_mobile()
except APIError as error:
    say(error.args[0])"""
    assert run(sandbox, receiver, program) == {"message": message, "code": code}


def test_an_unknown_template_is_refused_as_in_the_sample(sandbox: Any, receiver: Any) -> None:
    answer = run(sandbox, receiver, 'say(client.create_signature("TPL9"))')
    assert answer == {"error": {"message": "Invalid contract template ID", "code": 1002}}
