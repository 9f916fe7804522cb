"""The vendor's own client, idanalyzer 1.2.3, against the sandbox; in fresh processes, as its settings are shared."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from idanalyzer import DocuPass

from tests.contract.client_settings import CREATED, DEFAULTS, MODULES, SETTINGS, SIGNED, misunderstood
from webapp.sandbox.store import Store

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


def stored(tmp_path: Path, reference: str) -> Any:
    """What the sandbox understood: the options of a session."""
    session = Store(tmp_path / "sandbox" / "sandbox.sqlite").session(reference)
    assert session is not None
    return session.options


def test_every_method_that_the_client_has_for_docupass_is_called_here() -> None:
    offered = {name for name in vars(DocuPass) if not name.startswith("_") and callable(getattr(DocuPass, name))}
    elsewhere = {
        *MODULES, "create_signature", "validate", "throw_api_exception", "reset_config", "set_qrcode_format",
        "sms_contract_link",
    }  # fmt: skip
    assert offered == {setting.python for setting in SETTINGS if setting.python} | elsewhere


def test_every_setting_is_understood_as_documented(sandbox: Any, receiver: Any, tmp_path: Path) -> None:
    settings = [setting for setting in SETTINGS if setting.python]
    calls = json.dumps([(setting.python, setting.values) for setting in settings])
    references = run(
        sandbox,
        receiver,
        f"""
made = []
fresh = dict(client.config)
for name, values in json.loads({calls!r}):
    client.config.clear()
    client.config.update(fresh)
    getattr(client, name)(*values)
    made.append(client.create_mobile()["reference"])
say(made)""",
    )
    for reference, setting in zip(references, settings, strict=True):
        assert not misunderstood(stored(tmp_path, reference), setting.understood), setting


def test_a_client_that_was_told_nothing_asks_for_its_own_defaults(sandbox: Any, receiver: Any, tmp_path: Path) -> None:
    reference = run(sandbox, receiver, 'say(client.create_mobile()["reference"])')
    assert not misunderstood(stored(tmp_path, reference), DEFAULTS | {"companyname": "Specimen Bank", "type": 1})


@pytest.mark.parametrize(("method", "type_"), MODULES.items())
def test_every_create_variant_answers_in_the_shape_of_the_sample(
    sandbox: Any, receiver: Any, method: str, type_: int
) -> None:
    answer = run(sandbox, receiver, f"say(client.{method}())")
    reference = answer["reference"]
    assert set(answer) == CREATED
    assert (answer["type"], answer["customid"]) == (type_, "testid123")
    assert answer["url"] == f"{sandbox.base}s/{reference}"
    assert answer["qrcode"] == f"{sandbox.base}qr/{reference}.png"
    assert answer["qrcode"] in answer["html"]
    assert reference in answer["html"]
    assert 10 <= len(reference) <= 11
    assert reference.isupper() and reference.isalnum()


def test_a_signature_session_answers_in_the_shape_of_the_sample(sandbox: Any, receiver: Any) -> None:
    answer = run(sandbox, receiver, 'say(client.create_signature("TPL1", "PDF", {"email": "user@example.com"}))')
    assert set(answer) == SIGNED
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


VAULT = """
from idanalyzer import Vault
vault = Vault({key!r}, base)
say([vault.delete(entry) for entry in {entries!r}])"""


def test_the_vault_deletes_the_entry_that_a_callback_named_and_no_other(
    sandbox: Any, receiver: Any, tmp_path: Path
) -> None:
    for _ in range(3):
        sandbox.complete(sandbox.create(callbackurl=receiver.url, vault_save=True))
    first, *others = (body["vaultid"] for body in receiver.wait(3))
    store = Store(tmp_path / "sandbox" / "sandbox.sqlite")
    wrong_key = run(sandbox, receiver, VAULT.format(key="wrong", entries=[first]))
    assert wrong_key == [{"error": {"message": "Invalid API key", "code": 1}}]
    assert store.in_vault(first)

    answers = run(sandbox, receiver, VAULT.format(key="sandbox", entries=["V" * 32, first, first]))
    unknown = {"error": {"message": "Invalid vault entry ID", "code": 1002}}
    assert answers == [unknown, {"success": 1}, unknown]
    assert [store.in_vault(each) for each in (first, *others)] == [False, True, True]
    assert run(sandbox, receiver, VAULT.format(key="sandbox", entries=[others])) == [{"success": 1}]
    assert not any(map(store.in_vault, others))


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


def test_a_number_for_the_sms_is_confirmed_in_the_answer(sandbox: Any, receiver: Any) -> None:
    created, signed = run(
        sandbox,
        receiver,
        """
client.sms_verification_link("+1333444555")
client.sms_contract_link("+1333444556")
say([client.create_mobile(), client.create_signature("TPL1")])""",
    )
    # A number in the one table, text in the other.
    assert created["smssent"] == 1333444555
    assert signed["smssent"] == "+1333444556"
    assert set(created) == CREATED | {"smssent"} and set(signed) == SIGNED | {"smssent"}


# ---- what the client does wrong: pinned, so that a newer one shows what has changed


def test_the_client_sends_only_the_keys_of_a_dict(sandbox: Any, receiver: Any, tmp_path: Path) -> None:
    as_dict, as_text = run(
        sandbox,
        receiver,
        """
data = {"email": "user@example.com", "who": "Zoë"}
say([client.create_signature("TPL1", "PDF", given)["reference"] for given in (data, json.dumps(data))])""",
    )
    lost = stored(tmp_path, as_dict)
    assert "user@example.com" not in lost.contract_prefill_data
    assert json.loads(stored(tmp_path, as_text).contract_prefill_data) == {"email": "user@example.com", "who": "Zoë"}


def test_the_client_shares_its_settings_between_objects_and_cannot_reset_them(sandbox: Any, receiver: Any) -> None:
    program = """
other = DocuPass("sandbox", "Another Company", base)
other.reset_config()
say([client.config["companyname"], other.config["customid"]])"""
    assert run(sandbox, receiver, program) == ["Another Company", "testid123"]


def test_the_client_wants_a_sharp_in_colours_where_the_api_wants_none(
    sandbox: Any, receiver: Any, tmp_path: Path
) -> None:
    program = """
def tried(*values):
    try:
        client.set_qrcode_format(*values)
    except ValueError as error:
        return str(error)
own_defaults = tried()
tried("#112233", "#445566", 6, 2)
sharp = client.create_mobile()
client.set_parameter("qr_color", "112233")
client.set_parameter("qr_bgcolor", "445566")
say([own_defaults, sharp, client.create_mobile()])"""
    own_defaults, sharp, plain = run(sandbox, receiver, program)
    assert own_defaults == "Invalid foreground color HEX code"
    assert sharp["error"]["code"] == 1002 and "Invalid value for `qr_" in sharp["error"]["message"]
    expected = {"qr_color": "112233", "qr_bgcolor": "445566", "qr_size": 6, "qr_margin": 2}
    assert not misunderstood(stored(tmp_path, plain["reference"]), expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("client.set_max_attempt(10)", "Invalid max attempt"),  # although ten is allowed
        ("client.set_callback_url('http://127.0.0.1:5000/x')", "does not appear to be a remote host"),
        ("client.set_callback_url('http://localhost:5000/x')", "does not appear to be a remote host"),
        ("client.set_redirection_url('http://127.0.0.1/yes')", "Invalid URL format for success URL"),
        ("client.enable_authentication(True, 3)", "Invalid authentication module"),
        ("client.enable_authentication(True, 2, 0)", "Invalid minimum score"),
        ("client.enable_face_verification(True, 3)", "Invalid verification type"),
        ("client.verify_dob('1990-02-03')", "Invalid birthday format"),
        ("client.verify_age('18')", "Invalid age range format"),
        ("client.create_signature('')", "Invalid template ID"),
        ("client.sign_contract('')", "Invalid template ID"),
    ],
)
def test_what_the_client_refuses_before_it_asks(sandbox: Any, receiver: Any, call: str, message: str) -> None:
    program = f"""
try:
    {call}
except ValueError as error:
    say(str(error))"""
    assert message in run(sandbox, receiver, program)


def test_the_client_knows_two_regions_and_takes_anything_else_as_the_address(sandbox: Any, receiver: Any) -> None:
    program = """
say([DocuPass("k", "c", region).apiendpoint for region in ("US", "eu", "http://127.0.0.1:1/")])"""
    assert run(sandbox, receiver, program) == [
        "https://api.idanalyzer.com/", "https://api-eu.idanalyzer.com/", "http://127.0.0.1:1/",
    ]  # fmt: skip


def test_an_address_without_its_last_slash_is_no_address(sandbox: Any, receiver: Any) -> None:
    program = """
try:
    DocuPass("k", "c", "http://127.0.0.1:1").create_mobile()
except Exception as error:
    say(type(error).__name__)"""
    assert run(sandbox, receiver, program) == "InvalidURL"


def test_any_status_but_200_loses_the_vendors_words(sandbox: Any, receiver: Any) -> None:
    program = """
client.throw_api_exception(True)
client.apiendpoint = base + "nowhere/"
try:
    client.create_mobile()
except Exception as error:
    say(type(error).__name__)"""
    assert run(sandbox, receiver, program) == "HTTPError"


def test_validate_never_throws_and_says_nothing_where_it_should_say_no(sandbox: Any, receiver: Any) -> None:
    program = """
client.throw_api_exception(True)
say(client.validate("NOSUCHREF", "0" * 32))"""
    assert run(sandbox, receiver, program) is None


def test_a_refused_signature_throws_with_the_vendors_words(sandbox: Any, receiver: Any) -> None:
    program = """
from idanalyzer import APIError
client.throw_api_exception(True)
try:
    client.create_signature("TPL9")
except APIError as error:
    say(error.args[0])"""
    assert run(sandbox, receiver, program) == {"message": "Invalid contract template ID", "code": 1002}
