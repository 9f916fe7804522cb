"""The files themselves: no path of a developer's machine, no index address, nothing left to do, none too long."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".json", ".yml", ".yaml", ".mako", ".example"}
NAMED = {"Makefile", "LICENSE", ".gitignore", ".ci/run", ".ci/browser", ".ci/node"}
ONE_MACHINE = re.compile(r"(?<![\w.-])/(?:wo" + r"rk|far" + r"m|ho" + r"me/\w+|ro" + r"ot)/(?!\.\.)\w")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
LONGEST = 300
LONGEST_OF_TESTS = 500  # a test file is read one test at a time
LONG_FOR_A_REASON = {
    "webapp/audit_verifier.py": "one file, so that whoever has only that and an export can verify it",
    "webapp/migrations/versions/0001_foundation.py": "generated from the models, read as history",
}


def files() -> list[str]:
    """Every file that is, or would be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if listed.returncode:
        pytest.skip("not a git working copy")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def texts(*, without: tuple[str, ...] = ("static/vendor/",)) -> dict[str, str]:
    """The text files with their content, without what others wrote."""
    kept = [name for name in files() if (Path(name).suffix in TEXT or name in NAMED) and not name.startswith(without)]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in kept}


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {name: hit.group() for name, text in texts().items() if (hit := ONE_MACHINE.search(text))}
    assert not found


def test_no_file_says_that_something_is_still_to_do() -> None:
    assert not {name: hit.group() for name, text in texts().items() if (hit := UNFINISHED.search(text))}


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_requirements_are_pinned_with_hashes_and_name_no_index(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert not re.search(r"^--?(?:i|f|index-url|extra-index-url|find-links|trusted-host)\b", text, re.MULTILINE)
    pins = re.findall(r"^([A-Za-z0-9_.\-\[\]]+)(==\S+)?(.*)$", text, re.MULTILINE)
    named = [pin for pin in pins if pin[0]]
    assert named
    assert all(version and rest.rstrip().endswith("\\") for _name, version, rest in named), (
        "a pin without version or hash"
    )


def test_the_node_lock_has_hashes_and_names_no_registry() -> None:
    text = (ROOT / "tests" / "contract" / "node" / "package-lock.json").read_text()
    packages = {name: each for name, each in json.loads(text)["packages"].items() if name}
    assert packages["node_modules/idanalyzer"]["version"] == "1.2.7"
    assert all(each["integrity"].startswith("sha512-") and "resolved" not in each for each in packages.values())
    assert "registry" not in text


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for needed, file in (
        (project["project"]["dependencies"], "requirements.txt"),
        (project["project"]["dependencies"] + project["dependency-groups"]["dev"], "requirements-dev.txt"),
    ):
        pinned = {_plain(line.split("==")[0]) for line in (ROOT / file).read_text().splitlines() if "==" in line}
        missing = {_plain(re.split(r"[\[~=<>]", name)[0]) for name in needed} - pinned
        assert not missing, f"{file} lacks {missing}"


def test_no_source_file_is_longer_than_a_reader_holds_in_mind() -> None:
    ours = {name: text.count("\n") for name, text in texts().items() if name.endswith((".py", ".html", ".js"))}
    long = {name: lines for name, lines in ours.items() if lines > limit(name) and name not in LONG_FOR_A_REASON}
    assert not long, f"split these, or give a reason in LONG_FOR_A_REASON: {long}"


def test_every_reason_for_a_long_file_still_holds() -> None:
    assert not [name for name in LONG_FOR_A_REASON if len((ROOT / name).read_text().splitlines()) <= LONGEST]


def test_every_module_says_in_one_sentence_what_is_in_it() -> None:
    silent = [
        name
        for name, text in texts().items()
        if name.endswith(".py") and text.strip() and not text.lstrip().startswith(('"""', "'''"))
    ]
    assert not silent


def limit(name: str) -> int:
    return LONGEST_OF_TESTS if name.startswith("tests/") else LONGEST


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).split("[")[0].lower()
