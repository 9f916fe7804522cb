"""The version stands once, in pyproject.toml; what people read agrees with it, and the code repeats it nowhere."""

import re
import tomllib
from pathlib import Path

from webapp.version import SOFTWARE, VERSION

ROOT = Path(__file__).resolve().parents[2]


def test_the_program_knows_its_version_from_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["version"], f"Vouchdesk {project['version']}") == (VERSION, SOFTWARE)


def test_no_module_repeats_it() -> None:
    found = re.compile(rf"[\"' ]{re.escape(VERSION)}[\"']")
    assert not [str(path) for path in (ROOT / "webapp").rglob("*.py") if found.search(path.read_text(encoding="utf-8"))]


def test_changelog_and_readme_name_it() -> None:
    newest = re.search(
        r"^## \[(?!Unreleased)([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert newest is not None and newest[1] == VERSION
    assert f"This is version {VERSION}." in (ROOT / "README.md").read_text(encoding="utf-8")
