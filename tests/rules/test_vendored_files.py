"""The vendored files are those that vendor.toml names, byte for byte, licensed, and load nothing from elsewhere."""

import base64
import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
FILES: list[dict[str, Any]] = tomllib.loads((VENDOR / "vendor.toml").read_text())["file"]
NAMED = {entry["file"] for entry in FILES}


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["package"])
def test_a_vendored_file_is_as_it_was_taken(entry: dict[str, Any]) -> None:
    found = hashlib.sha384((VENDOR / entry["file"]).read_bytes()).hexdigest()
    assert found == entry["sha384"], f"{entry['file']} was changed; take it from the package again"


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["package"])
def test_a_vendored_file_names_the_package_it_came_from(entry: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    kind, _, digest = entry["integrity"].partition("-")
    assert kind == "sha512"
    assert len(base64.b64decode(digest, validate=True)) == 64


def test_every_file_in_the_vendor_directory_is_named_or_a_licence() -> None:
    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert {name for name in found - NAMED if not name.endswith("/LICENSE")} == {"vendor.toml"}


def test_every_vendored_package_has_its_licence() -> None:
    bare = [path.name for path in VENDOR.iterdir() if path.is_dir() and not (path / "LICENSE").is_file()]
    assert bare == []


def test_no_style_or_script_of_ours_loads_anything_from_elsewhere() -> None:
    texts = {path: path.read_text() for path in VENDOR.parent.rglob("*") if path.suffix in {".css", ".js"}}
    for path, text in texts.items():
        assert "sourceMappingURL" not in text, path
        assert "@import" not in text, path
        for target in re.findall(r"url\(\s*['\"]?([^'\")]{1,40})", text):
            assert target.startswith(("data:image/svg+xml", "#")), f"{path} loads {target}"
