"""Every action that the code puts on the record has words in the one table, and every group a name."""

import ast
from pathlib import Path

from webapp.queries.audit_words import ACTION_WORDS, GROUP_WORDS

ROOT = Path(__file__).resolve().parents[2]
MADE_UP = {"delivery": ("applied", "repeat", "unmatched", "quarantined"), "evidence": ("saved", "refused"),
           "link": ("sms_sent", "sms_refused", "sms_unknown", "expire"),
           "policy": ("propose", "confirm", "sendback", "withdraw", "lapse"),
           "rule": ("propose", "confirm", "sendback", "withdraw", "lapse")}  # fmt: skip
"""Actions whose words are put together from a state."""


def written() -> set[str]:
    """Every `action="..."` of a call, and every default of a parameter of that name."""
    found: set[str] = set()
    for path in (ROOT / "webapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "action":
                found |= {
                    each.value
                    for each in ast.walk(node.value)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return {word for word in found if "." in word and not word.endswith((".", "_"))}


def test_every_action_has_its_words() -> None:
    made_up = {f"{group}.{word}" for group, words in MADE_UP.items() for word in words}
    assert not (written() | made_up) - set(ACTION_WORDS), "queries/audit_words.py has no words for these"


def test_every_group_has_its_name() -> None:
    assert {action.split(".")[0] for action in ACTION_WORDS} == set(GROUP_WORDS)
