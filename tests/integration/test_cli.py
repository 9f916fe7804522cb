"""The commands operators script against: what they print, their exit codes, and what they refuse."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from webapp.providers.base import ProviderError

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
