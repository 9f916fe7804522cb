"""Settings: what is read from where, and one clear line for each wrong one."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from webapp.settings import Settings, WrongSettings, load_settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "x" * 32
PRODUCTION = {"environment": "production", "secret_key": SECRET, "public_url": "https://verify.test", "sandbox": "on"}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Away from a developer's own `.env`."""
    monkeypatch.chdir(tmp_path)


def refused(**values: Any) -> str:
    with pytest.raises(WrongSettings) as wrong:
        load_settings(**values)
    return str(wrong.value)


def test_without_any_setting_the_sandbox_stands_in_on_this_machine() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert settings.sandbox_on
    assert settings.docupass_api_url == "http://127.0.0.1:8000/sandbox/"
    assert settings.database_url.endswith("instance/app.sqlite")


def test_a_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCHDESK_PORT", "9000")
    assert load_settings().public_url == "http://127.0.0.1:9000"


def test_a_setting_comes_from_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('VOUCHDESK_COMPANY_NAME="Specimen Bank"\n')
    assert load_settings().company_name == "Specimen Bank"


def test_a_setting_comes_from_a_file_named_beside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("key-from-a-file\n")
    monkeypatch.setenv("VOUCHDESK_DOCUPASS_API_KEY_FILE", str(tmp_path / "key"))
    settings = load_settings()
    assert (settings.docupass_api_key, settings.sandbox_on) == ("key-from-a-file", False)


def test_a_plain_value_wins_over_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "name").write_text("From the file")
    monkeypatch.setenv("VOUCHDESK_COMPANY_NAME_FILE", str(tmp_path / "name"))
    monkeypatch.setenv("VOUCHDESK_COMPANY_NAME", "From the environment")
    assert load_settings().company_name == "From the environment"


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCHDESK_SECRET_KEY_FILE", "/no/such/file")
    assert refused() == "VOUCHDESK_SECRET_KEY_FILE: cannot read /no/such/file: No such file or directory"


def test_an_empty_value_means_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCHDESK_PORT", "")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"port": 70000}, "VOUCHDESK_PORT: "),
        ({"port": "eighty"}, "VOUCHDESK_PORT: "),
        ({"environment": "staging"}, "VOUCHDESK_ENVIRONMENT: "),
        ({"sandbox": "maybe"}, "VOUCHDESK_SANDBOX: "),
        ({"public_url": "verify.test"}, "VOUCHDESK_PUBLIC_URL: is not an http(s) address"),
        ({"docupass_base_url": "ftp://vendor.test"}, "VOUCHDESK_DOCUPASS_BASE_URL: is not an http(s) address"),
        (
            {"evidence_origins": "https://a.test/files"},
            "VOUCHDESK_EVIDENCE_ORIGINS: 'https://a.test/files' is not an origin",
        ),
        ({"admin_email": "a@b.test"}, "VOUCHDESK_ADMIN_EMAIL and ADMIN_PASSWORD go together"),
        ({"log_level": "loud"}, "VOUCHDESK_LOG_LEVEL: "),
        ({"trusted_proxies": -1}, "VOUCHDESK_TRUSTED_PROXIES: "),
        (
            {**PRODUCTION, "secret_key": "short"},
            "VOUCHDESK_SECRET_KEY is required in production, at least 32 characters",
        ),
        (
            {**PRODUCTION, "public_url": "http://verify.test"},
            "VOUCHDESK_PUBLIC_URL must begin with https:// in production",
        ),
        ({**PRODUCTION, "sandbox": "auto"}, "VOUCHDESK_DOCUPASS_API_KEY is required in production"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(values: dict[str, Any], line: str) -> None:
    message = refused(**values)
    assert message.startswith(line)
    assert "\n" not in message


def test_two_wrong_settings_are_told_in_two_lines() -> None:
    assert len(refused(port=0, sandbox="maybe").splitlines()) == 2


def test_a_secret_is_never_shown_in_a_refusal() -> None:
    message = refused(secret_key=["planted-secret"], docupass_api_key={"planted": "secret"}, port=0)
    assert "planted" not in message


def test_a_complete_production_configuration_is_taken() -> None:
    settings = load_settings(**{**PRODUCTION, "sandbox": "auto", "docupass_api_key": "key"})
    assert settings.secure_cookies
    assert not settings.sandbox_on


def test_the_real_key_never_goes_to_the_sandbox() -> None:
    settings = load_settings(sandbox="on", docupass_api_key="the real key")
    assert settings.docupass_key == "sandbox"


def test_files_of_a_private_network_are_fetched_only_from_the_sandbox_and_only_while_it_is_on() -> None:
    with_vendor, with_sandbox = load_settings(docupass_api_key="key"), load_settings(public_url="http://here.test:8000")
    assert with_vendor.sandbox_origins == ()
    assert with_sandbox.sandbox_origins == ("http://here.test:8000",)
    assert with_sandbox.evidence_origins == ()


def test_a_postgresql_address_gets_the_driver() -> None:
    address = load_settings(database_url="postgresql://u@db.test/vouchdesk").database_url
    assert address == "postgresql+psycopg://u@db.test/vouchdesk"


def test_on_all_addresses_the_console_still_names_itself_by_one() -> None:
    assert load_settings(host="0.0.0.0", port=8001).public_url == "http://127.0.0.1:8001"


def test_another_process_that_is_handed_the_settings_has_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Settings(
        _env_file=None, **PRODUCTION, data_dir=Path("elsewhere"), database_url="postgresql://u:p@db.test/console",
        evidence_origins="https://a.test https://b.test", qid_webhook_addresses="192.0.2.7, 2001:db8::/32",
        qid_subscriber_id="S1", embedded_worker=False, sandbox_clock=0.5, trusted_proxies=2,
    )  # fmt: skip
    handed = json.loads(json.dumps(given.model_dump(mode="json")))
    monkeypatch.setenv("VOUCHDESK_SECRET_KEY", "of another installation, which the environment names")
    monkeypatch.setenv("VOUCHDESK_EVIDENCE_ORIGINS", "https://c.test")
    again = Settings(_env_file=None, **handed)
    assert again == given
    assert again.installation_key == given.installation_key


def test_the_secret_key_is_made_once_for_this_users_eyes_only(tmp_path: Path) -> None:
    first, second = Settings(data_dir=tmp_path / "data"), Settings(data_dir=tmp_path / "data")
    first.prepare_data_dir()
    second.prepare_data_dir()
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    key_mode, folder_mode = ((tmp_path / "data" / name).stat().st_mode for name in ("secret_key", ""))
    assert (stat.S_IMODE(key_mode), stat.S_IMODE(folder_mode)) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "eighty"), ("SECRET_KEY_FILE", "/no/such/file"), ("DATABASE_URL", "mysql://db.test/x")]
)
def test_the_program_ends_with_code_2_and_one_clear_line(tmp_path: Path, name: str, value: str) -> None:
    environment = {f"VOUCHDESK_{name}": value, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, ROOT / "app.py"], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60,
        check=False,
    )  # fmt: skip
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, len(lines)) == (2, 1), done.stderr
    assert lines[0].startswith(f"VOUCHDESK_{name}")
