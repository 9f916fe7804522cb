"""The settings of QiD: where it is asked, as whom, and how; the sandbox stands in without a subscriber ID."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from webapp.providers import PROVIDERS
from webapp.providers.build import build_providers
from webapp.providers.qid.style import HeaderStyle
from webapp.settings import WrongSettings, load_settings

OWN, VENDOR = "http://127.0.0.1:8000/sandbox/", "https://qid.aiq.bio"


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Away from a developer's own `.env`."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("given, url, subscriber, mode", [
    ({}, OWN, "SANDBOX", "sandbox"),
    ({"qid_subscriber_id": "DEMO01"}, VENDOR, "DEMO01", "production"),
    ({"qid_subscriber_id": "DEMO01", "qid_mode": "sandbox"}, VENDOR, "DEMO01", "sandbox"),
    ({"qid_subscriber_id": "DEMO01", "sandbox": "on"}, OWN, "SANDBOX", "sandbox"),
    ({"qid_subscriber_id": "DEMO01", "sandbox": "on", "qid_base_url": "http://127.0.0.1:9/x/"}, "http://127.0.0.1:9/x",
     "DEMO01", "production"),
    ({"docupass_api_key": "key"}, VENDOR, "", "production"),
    ({"sandbox": "off"}, VENDOR, "", "production"),
])  # fmt: skip
def test_the_sandbox_stands_in_until_there_is_a_subscriber(
    given: dict[str, Any], url: str, subscriber: str, mode: str
) -> None:
    settings = load_settings(**given)
    assert (settings.qid_api_url, settings.qid_subscriber, settings.qid_mode_in_force) == (url, subscriber, mode)


def test_without_a_setting_qid_is_spoken_to_as_documented() -> None:
    assert load_settings().qid_style == HeaderStyle()


def test_every_name_and_spelling_can_be_set() -> None:
    style = load_settings(
        qid_token_path="a", qid_refresh_path="b", qid_initiate_path="c", qid_refresh_header="D", qid_auth_header="E",
        qid_webhook_header="f", qid_metadata_header="metadata_list", qid_mode_header="g", qid_liveness_header="h",
        qid_location_header="i", qid_mode_style="numbers", qid_token_minutes=30, qid_refresh_minutes=20, qid_request_hours=6,
    ).qid_style  # fmt: skip
    assert style == HeaderStyle(
        create_path="a", refresh_path="b", initiate_path="c", refresh_header="D", auth_header="E", auth_scheme="", webhook="f",
        metadata="metadata_list", mode="g", liveness="h", location="i", light="0", dark="1", token_life=timedelta(minutes=30),
        refresh_lead=timedelta(minutes=10), request_life=timedelta(hours=6),
    )  # fmt: skip


def test_networks_are_read_with_spaces_or_commas() -> None:
    settings = load_settings(qid_webhook_addresses="192.0.2.7, 198.51.100.0/24 2001:db8::/32")
    assert settings.qid_networks == tuple(map(ip_network, ("192.0.2.7", "198.51.100.0/24", "2001:db8::/32")))
    assert load_settings().qid_networks == ()


@pytest.mark.parametrize("given, line", [
    ({"qid_base_url": "qid.example"}, "VOUCHDESK_QID_BASE_URL: is not an http(s) address"),
    ({"qid_mode": "live"}, "VOUCHDESK_QID_MODE: Input should be '', 'production' or 'sandbox'"),
    ({"qid_webhook_addresses": "the vendor"}, "'the' is not a network address"),
    ({"qid_metadata_header": "meta data"}, "VOUCHDESK_QID_METADATA_HEADER"),
    ({"qid_initiate_path": "https://x"}, "VOUCHDESK_QID_INITIATE_PATH"),
    ({"qid_refresh_minutes": 61}, "QID_REFRESH_MINUTES must not be more than QID_TOKEN_MINUTES"),
    ({"qid_token_minutes": 0, "qid_refresh_minutes": 0.5}, "VOUCHDESK_QID_TOKEN_MINUTES"),
])  # fmt: skip
def test_a_wrong_setting_is_one_clear_line(given: dict[str, Any], line: str) -> None:
    with pytest.raises(WrongSettings) as wrong:
        load_settings(**given)
    assert line in str(wrong.value) and "\n" not in str(wrong.value)


def test_every_named_provider_is_built() -> None:
    built = build_providers(load_settings())
    assert list(built) == list(PROVIDERS) and [each.key for each in built.values()] == list(PROVIDERS)
