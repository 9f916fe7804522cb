"""Every icon that a template or a page names is in the sprite; a missing one would be an empty square."""

import re
from pathlib import Path

from webapp.models.words import STATUS_WORDS
from webapp.pieces import STATUS_ICONS, VERDICT_ICONS

ROOT = Path(__file__).parents[2]
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))
NAME = r'"([a-z][a-z0-9-]*)"'


def _named_in_templates() -> set[str]:
    text = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    calls = re.findall(rf"(?:\.icon|empty)\({NAME}", text)
    filtered = re.findall(rf"{NAME}\)?\|icon\b", text)
    tagged = re.findall(rf"\|tag\({NAME}", text)
    choice = rf"{NAME} if [^)|]*? else {NAME}"
    choices = re.findall(rf"\.icon\({choice}|\({choice}\)\|icon\b", text)
    return {*calls, *filtered, *tagged, *(name for names in choices for name in names if name)}


def _named_in_pages() -> set[str]:
    text = "\n".join(path.read_text() for path in (ROOT / "webapp").glob("pages/*.py"))
    table = re.search(r"ICONS\s*=\s*{(.*?)}", text, re.DOTALL)
    navigation = re.findall(rf"Item\(\"[^\"]+\", {NAME}", (ROOT / "webapp" / "navigation.py").read_text())
    states = {icon for icon, _tone in STATUS_ICONS.values()}
    return {*re.findall(rf": {NAME}", table.group(1) if table else ""), *navigation, *states, *VERDICT_ICONS.values()}


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    named = _named_in_templates()
    assert len(named) > 20, "the search itself no longer finds the icons"
    assert named - SPRITE == set()


def test_every_status_has_an_icon_of_its_own() -> None:
    assert set(STATUS_ICONS) == set(STATUS_WORDS)


def test_every_icon_of_the_pages_is_in_the_sprite() -> None:
    named = _named_in_pages()
    assert len(named) > 5, "the search itself no longer finds the icons"
    assert named - SPRITE == set()
