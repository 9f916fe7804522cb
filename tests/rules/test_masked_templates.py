"""No template of the staff's prints a personal value unmasked: each known name of one goes through a filter of `webapp.masking`.

It reads the templates as text. What it cannot know, a value under a new name, the crawl in `test_masking.py` finds.
"""

import re
from pathlib import Path

import pytest

from webapp.masking import FILTERS

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
WITHOUT_PERSONS = ("share", "sign_in", "errors", "public.html", "account", "users", "presets", "policy", "rules")
"""Pages of the applicant and of strangers, and about members of the team and settings."""
FILES = sorted(
    path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] not in WITHOUT_PERSONS
)
THINGS = r"preset|database|current_user|field|f|filter|format|check|delivery|user|document|step|note|template|kind"
"""Whose `.name` is no verified person's; a note's is that of who wrote it."""
MASKED_BEFORE = dict.fromkeys(("overview/_next.html", "reviews/_queue.html", "reviews/_rows.html"), "row.name")
"""Rows that their page has masked already, by `session_words.as_seen`."""
PERSONAL = re.compile(
    r"\b(?:\w+\.)*(?!(?:" + THINGS + r")\.)\w+\.name\b(?!\()"
    r"|\b(?:person|known)\.(?:name|email|phone|birth)\b|\brow\.title\b|\b\w+\.(?:read_name|found_name|entry_name)\b(?!\()"
    r"|\b(?:row|attribute|each|piece)\.(?:expected|found|applicant|entry)\b"
    r"|\boutcome_text\b|\berror_text\b|\bcontract\[.error.\]|\bcard\.raw\b|\bentry_text\b"
    r"|\bresult\.(?:person|fields|other|phone|location|attributes|contradictions)\b(?!\|length)"
)
PRINTED = re.compile(r"{{(?!\s*once\().*?}}", re.DOTALL)
"""What is handed to `once` is printed by the template that it names, which is looked through itself."""
CONDITION = re.compile(r"\bif\b.*?(?=\belse\b|\)|,|}})")
MASKED = re.compile(rf"\|\s*(?:{'|'.join(FILTERS)})\b")
GUARD = re.compile(r"sight\(\)\.(?:personal|document_numbers)")


def short(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", FILES, ids=short)
def test_a_personal_value_is_printed_through_a_mask(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    lines = text.splitlines()
    bare = []
    for at, line in enumerate(lines):
        for piece in PRINTED.findall(line):
            named = set(PERSONAL.findall(CONDITION.sub("", piece))) - {MASKED_BEFORE.get(short(path))}
            if named and not MASKED.search(piece) and not guarded(lines, at):
                bare.append(f"line {at + 1}: {piece[:120]}")
    assert not bare


def guarded(lines: list[str], at: int) -> bool:
    """Whether the line, or the one before it, asks what the visitor may see: a block that is left out whole."""
    return any(GUARD.search(line) for line in lines[max(at - 1, 0) : at + 1])


@pytest.mark.parametrize(
    "printed",
    [
        "{{ person.name|visible }}",
        "{{ row.name or row.reference }}",
        "{{ row.expected|visible }}",
        "{{ card.raw }}",
        "{{ entry_text }}",
    ],
)
def test_the_rule_finds_what_it_is_for(printed: str) -> None:
    assert PERSONAL.search(printed) and not MASKED.search(printed)


@pytest.mark.parametrize("printed", ["{{ preset.name|visible }}", "{{ format.label }}", "{{ check.name|visible }}"])
def test_the_rule_lets_names_of_things_be(printed: str) -> None:
    assert not PERSONAL.search(printed)
