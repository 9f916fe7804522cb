"""What operators script against stays put: commands, settings, addresses; and the documents name what there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from webapp.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """HOST PORT ENVIRONMENT DATA_DIR DATABASE_URL PUBLIC_URL SECRET_KEY ADMIN_EMAIL ADMIN_PASSWORD COMPANY_NAME
    DOCUPASS_BASE_URL DOCUPASS_API_KEY QID_BASE_URL QID_SUBSCRIBER_ID QID_WEBHOOK_TOKEN EVIDENCE_ORIGINS SANDBOX
    EMBEDDED_WORKER TRUSTED_PROXIES LOG_LEVEL""".split()
MAKE = ("run", "test", "demo", "bench")
COMMANDS = {
    "migrate": (),
    "users create": ("--email", "--role", "--password-stdin"),
    "users list": (),
    "users disable": (),
    "users invite": ("--email", "--role"),
    "users set-password": ("--password-stdin",),
    "users reset-second-factor": ("--reason",),
    "links create": ("--provider", "--kind", "--customid", "--option", "--json"),
    "sessions list": ("--status", "--format"),
    "deliveries list": ("--format",),
    "deliveries replay": (),
    "worker": (),
    "jobs list": (),
    "jobs retry": (),
    "sandbox serve": ("--port",),
    "doctor": (),
    "audit export": ("--from", "--to", "--actor", "--action", "--object", "--format", "--out"),
    "audit verify": ("--key", "--json"),
    "backup": ("--out", "--verify"),
    "restore": ("--into", "--database-url"),
    "evidence pack": ("--purpose", "--out"),
}
COMMANDS_TO_COME: set[str] = set()
ADDRESSES = {
    "GET": """/ /sign-in /sessions /sessions/1 /sessions/export.csv /sessions/export.jsonl /links /links/new /links/1
        /welcome/token /v/token /healthz /readyz""".split(),
    "POST": ["/sign-in", "/sign-out", "/links/new"],
}
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(app: Flask) -> dict[str, click.Command]:
    """Our commands by their full names; Flask's own (run, shell, routes) are left out."""
    return dict(_walk(app.cli, ""))


def _walk(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or (not before and name in ("run", "shell", "routes")):
            continue
        if isinstance(command, click.Group):
            yield from _walk(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_promised_setting_exists() -> None:
    assert not set(SETTINGS) - {name.upper() for name in Settings.model_fields}


def test_the_settings_page_explains_every_setting_and_no_other() -> None:
    explained = set(re.findall(rf"`(?:{PREFIX})?([A-Z][A-Z_]+)`", text("docs/settings.md")))
    there = {name.upper() for name in Settings.model_fields}
    assert not there - explained, "docs/settings.md does not explain these"
    unknown = (
        set(re.findall(rf"{PREFIX}([A-Z_]+)", text("docs/settings.md"))) - there - {f"{name}_FILE" for name in there}
    )
    assert not unknown - {"NAME", "NAME_FILE", ""}, "docs/settings.md explains what is not there"


def test_the_example_environment_holds_only_settings_that_exist() -> None:
    named = set(re.findall(rf"^#?\s*{PREFIX}([A-Z_]+)=", text(".env.example"), re.MULTILINE))
    there = {name.upper() for name in Settings.model_fields}
    assert named - {f"{name}_FILE" for name in there} <= there
    assert named


def test_the_example_environment_is_a_true_environment(tmp_path: Path) -> None:
    """With every line taken as it stands (uncommented), the console would start."""
    lines = [line.lstrip("# ") for line in text(".env.example").splitlines() if re.match(rf"#?\s*{PREFIX}\w+=", line)]
    (tmp_path / ".env").write_text("\n".join(line for line in lines if "_FILE=" not in line))
    assert Settings(_env_file=tmp_path / ".env").company_name


def test_every_promised_command_exists_with_its_options(app: Flask) -> None:
    there = commands(app)
    assert not set(COMMANDS) - set(there)
    for name, options in COMMANDS.items():
        known = {option for parameter in there[name].params for option in parameter.opts}
        assert not set(options) - known, name


def test_commands_that_came_are_moved_to_the_promised_ones(app: Flask) -> None:
    assert not COMMANDS_TO_COME & set(commands(app))


def test_every_command_explains_itself(app: Flask) -> None:
    assert not [name for name, command in commands(app).items() if not (command.help or command.short_help)]


def test_a_wrong_option_ends_with_code_2(app: Flask) -> None:
    assert (
        app.test_cli_runner().invoke(args=["users", "create", "--role", "emperor", "--email", "a@b.test"]).exit_code
        == 2
    )


@pytest.mark.parametrize("target", MAKE)
def test_make_knows(target: str) -> None:
    assert re.search(rf"^{target}:", text("Makefile"), re.MULTILINE)


def test_every_promised_address_leads_somewhere(app: Flask) -> None:
    adapter = app.url_map.bind("console.test")
    for method, paths in ADDRESSES.items():
        for path in paths:
            adapter.match(path, method=method)


def test_the_webhook_address_is_answered_by_the_endpoint_beside_the_pages(app: Flask) -> None:
    answer = app.test_client().post("/webhooks/docupass/token", data=b"{}")

    assert (answer.status_code, answer.mimetype) == (404, "application/json")


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.exists()], ids=lambda path: path.name)
def test_a_document_names_only_commands_that_exist(app: Flask, path: Path) -> None:
    there = commands(app)
    for words in re.findall(r"flask --app app ([a-z]+(?:[ -][a-z]+)*)", path.read_text()):
        first = words.split()
        assert any(" ".join(first[:size]) in there for size in (1, 2)), f"flask --app app {words}"
    for target in re.findall(r"`make ([a-z]+)", path.read_text()):
        assert re.search(rf"^{target}:", text("Makefile"), re.MULTILINE), f"make {target}"


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.exists()], ids=lambda path: path.name)
def test_a_documents_links_and_files_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), target
    for name in re.findall(r"`((?:webapp|tests|docs|templates|static)/[\w./-]+\.\w+)`", path.read_text()):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.exists()], ids=lambda path: path.name)
def test_a_document_names_only_settings_that_exist(path: Path) -> None:
    there = {name.upper() for name in Settings.model_fields}
    named = {name.removesuffix("_FILE") for name in re.findall(rf"{PREFIX}([A-Z][A-Z_]*[A-Z])", path.read_text())}
    assert not named - there - {"NAME"}


@pytest.mark.parametrize("path", DOCUMENTS[:2], ids=lambda path: path.name)
def test_the_first_documents_are_there(path: Path) -> None:
    assert path.read_text().strip()
