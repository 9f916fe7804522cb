"""The commands operators script against: what they print, their exit codes, and what they refuse."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.unit.test_forms_new_link import PNG
from webapp.providers.base import Expected, Options, ProviderError

CONTRACT_ROW = {
    "id", "reference", "provider", "kind", "status", "capture", "outcome", "review", "decision", "customid", "deliveries",
    "created_at", "finished_at",
}  # fmt: skip


def run(app: Flask, *words: str, **options: Any) -> Result:
    return app.test_cli_runner().invoke(args=list(words), **options)


def test_migrate_may_be_run_again(app: Flask) -> None:
    assert [run(app, "migrate").exit_code for _ in range(2)] == [0, 0]


def test_a_user_made_by_command_is_listed_and_can_be_disabled(app: Flask, make: Make) -> None:
    make.user("admin")
    made = run(app, "users", "create", "--email", "Rev@Example.com", "--role", "reviewer", "--password-stdin",
               input="a long enough passphrase\n")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "a long enough passphrase" not in made.output

    listed = [json.loads(line) for line in run(app, "users", "list", "--json").output.splitlines()]
    assert {"email": "rev@example.com", "name": "Rev", "role": "reviewer", "disabled": False} in listed
    assert run(app, "users", "disable", "rev@example.com").exit_code == 0
    assert run(app, "users", "disable", "rev@example.com").exit_code == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--email", "a@example.com", "--role", "king"], 2), (["--role", "viewer"], 2),
        (["--email", "a@example.com", "--role", "viewer", "--password-stdin"], 1),
    ],
)  # fmt: skip
def test_a_wrong_user_is_refused_in_words(app: Flask, words: list[str], code: int) -> None:
    result = run(app, "users", "create", *words, input="short\n")

    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_links_create_prints_what_the_contract_promises(app: Flask, provider: FakeProvider) -> None:
    result = run(app, "links", "create", "--provider", "docupass", "--kind", "identity", "--customid", "mine-7",
                 "--option", "name=Ima Specimen", "--option", "document_types=passport,card", "--option", "aml=no",
                 "--option", "expected_birth=1990-01-31", "--json")  # fmt: skip
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)
    assert set(row) == {"id", "token", "short_url", "vendor_url", "reference", "webhook_url", "expires_at"}
    assert row["short_url"].endswith(f"/v/{row['token']}")
    assert "/webhooks/docupass/" in row["webhook_url"]
    [asked] = provider.created
    assert (asked.customid, asked.options.document_types, asked.options.aml) == ("mine-7", ("passport", "card"), False)
    assert asked.expected.birth == "1990-01-31"


@pytest.mark.parametrize("option", [
    "nonsense", "colour=red", "aml=perhaps", "attempts=many", "attempts=11", "face_threshold=1.2", "expires_in=599",
    "document_types=pasport", "biometric=dna", "countries=Portugal", "expected_birth=31/12/1989", "expected_age=99-18",
])  # fmt: skip
def test_an_option_that_does_not_fit_is_named(app: Flask, provider: FakeProvider, option: str) -> None:
    result = run(app, "links", "create", "--provider", "docupass", "--kind", "identity", "--option", option)

    assert result.exit_code == 2
    assert option.partition("=")[0] in result.output
    assert provider.created == []


def test_a_link_the_vendor_refuses_ends_with_the_vendors_words(app: Flask, provider: FakeProvider) -> None:
    provider.create_answer = ProviderError("Invalid value for `maxattempt`", code="1002", permanent=True)
    result = run(app, "links", "create", "--provider", "docupass", "--kind", "identity", "--option", "name=Ima")

    assert result.exit_code == 1
    assert "Invalid value for `maxattempt`" in result.output
    assert "1002" in result.output


def test_sessions_list_gives_one_row_a_session_with_the_contracts_keys(app: Flask, make: Make) -> None:
    session = make.finished()
    make.delivery(session=session)
    make.session()

    rows = [json.loads(line) for line in run(app, "sessions", "list").output.splitlines()]
    assert [set(row) for row in rows] == [CONTRACT_ROW] * 2
    assert rows[1]["deliveries"] == 1
    assert rows[1]["status"] == "needs_review"
    only = run(app, "sessions", "list", "--status", "ready", "--format", "csv").output.splitlines()
    assert len(only) == 2


def test_deliveries_list_gives_one_row_a_delivery_without_its_body(app: Flask, make: Make) -> None:
    make.delivery()
    [row] = [json.loads(line) for line in run(app, "deliveries", "list").output.splitlines()]

    assert row["state"] == "applied"
    assert "body" not in row


def test_doctor_fails_while_something_is_wrong_and_says_what(app: Flask) -> None:
    result = run(app, "doctor", "--json")
    findings = {row["name"]: row for row in map(json.loads, result.output.splitlines())}

    assert result.exit_code == 1
    assert findings["database"]["ok"]
    assert not findings["worker"]["ok"]


def test_the_demo_refuses_to_touch_a_real_vendor(app: Flask) -> None:
    result = run(app, "demo", "--people", "1")

    assert result.exit_code == 1
    assert "nothing was created" in result.output


def create(app: Flask, *options: str, kind: str = "identity", more: tuple[str, ...] = ()) -> Result:
    words = [word for option in options for word in ("--option", option)]
    return run(app, "links", "create", "--provider", "docupass", "--kind", kind, *more, *words, "--json")


def test_links_create_takes_every_option_of_the_form(app: Flask, provider: FakeProvider, tmp_path: Path) -> None:
    (tmp_path / "front.png").write_bytes(PNG)
    result = create(
        app, "name=Anna Specimen", "expected_name=Anna Specimen", "expected_phone=+447400123456", "regions=California,TX",
        "aml_databases=un_sc,us_ofac", "aml_strict=yes", "contract=sign", "contract_template=TPL1",
        'contract_prefill={"agreement_no": "A-1"}', "return_face=no", "crop_document=yes", "check_expiry=no",
        "expires_in=601", "module=redirect", "success_url=https://www.example.com/ok", "qr_color=#ff00aa", "qr_size=9",
        f"document=@{tmp_path / 'front.png'}", "face_url=https://pictures.example.com/a.jpg", "sms_to=+447400123456",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    [asked] = provider.created
    assert asked.expected == Expected(name="Anna Specimen", phone="+447400123456")
    assert asked.sms_to == "+447400123456"
    assert [(each.part, each.content, each.url) for each in asked.pictures] == [
        ("document", PNG, ""), ("face", b"", "https://pictures.example.com/a.jpg"),
    ]  # fmt: skip
    assert asked.options == Options(
        regions=("California", "TX"), aml_databases=("un_sc", "us_ofac"), aml_strict=True, contract="sign",
        contract_template="TPL1", contract_prefill='{"agreement_no": "A-1"}', return_face=False, crop_document=True,
        check_expiry=False, expires_in=601, module="redirect", success_url="https://www.example.com/ok", qr_color="FF00AA",
        qr_size=9,
    )  # fmt: skip


def test_links_create_without_options_asks_the_usual(app: Flask, provider: FakeProvider) -> None:
    assert create(app).exit_code == 0
    assert provider.created[0].options == Options()
    assert provider.created[0].expected == Expected()


def test_links_create_makes_signatures_and_reusable_links(app: Flask, provider: FakeProvider) -> None:
    assert create(app, "contract_template=TPL1", kind="signature").exit_code == 0
    assert create(app, "template_id=TPL1", "label=Party", kind="signature", more=("--reusable",)).exit_code == 0
    assert create(app, "session_cap=3", more=("--reusable", "--customid", "mine-8")).exit_code == 0
    assert [(each.kind, each.reusable) for each in provider.created] == [
        ("signature", False), ("signature", True), ("identity", True),
    ]  # fmt: skip
    assert provider.created[1].options.contract_template == "TPL1"
    assert provider.created[2].customid == "mine-8"


@pytest.mark.parametrize("option", [
    "module=fax", "expires_in=15552001", "expires_in=soon", "qr_color=red", "qr_size=51", "success_url=http://example.com",
    'contract_prefill={"a": {}}', "contract=sign", "regions=12", "aml_databases=eu_cors", "expected_phone=123",
    "sms_to=+4930901820", "document=front.png", "document=@/nonexistent.png", "document_back_url=https://example.com/b.png",
    "session_cap=3", "label=Mine", "return_face=perhaps", "welcome=" + "x" * 1001, "email=nobody", "form_key=x", "use=many",
])  # fmt: skip
def test_the_command_has_the_limits_of_the_form(app: Flask, provider: FakeProvider, option: str) -> None:
    result = create(app, option)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert provider.created == []


def test_options_of_the_other_kind_are_unknown(app: Flask, provider: FakeProvider) -> None:
    result = create(app, "contract_template=TPL1", "biometric=photo", kind="signature")
    assert result.exit_code == 2
    assert "'biometric' is not an option" in result.output
    assert create(app, "name=Anna", more=("--reusable",)).exit_code == 2


@pytest.mark.settings(sms_per_number=1)
def test_the_command_has_the_caps_of_the_form(app: Flask, provider: FakeProvider) -> None:
    assert create(app, "name=Anna", "sms_to=+447400123456").exit_code == 0
    result = create(app, "name=Anna", "sms_to=+447400123456")
    assert result.exit_code == 1
    assert "Nothing was created" in result.output
    assert len(provider.created) == 1
