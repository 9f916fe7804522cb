"""Every icon that a template or a page names is in the sprite; a missing one would be an empty square."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))
NAME = r'"([a-z][a-z0-9-]*)"'


def _named_in_templates() -> set[str]:
    text = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    calls = re.findall(rf"(?:icon|empty)\({NAME}", text)
    choices = re.findall(rf"icon\({NAME} if [^)]*? else {NAME}", text)
    status = re.findall(rf'": \({NAME}, "(?:ok|bad|warn|alt|none)"\)', text)
    return {*calls, *status, *(name for pair in choices for name in pair)}


def _named_in_pages() -> set[str]:
    text = "\n".join(path.read_text() for path in (ROOT / "webapp").glob("pages/*.py"))
    table = re.search(r"ICONS\s*=\s*{(.*?)}", text, re.DOTALL)
    navigation = re.findall(rf"Item\(\"[^\"]+\", {NAME}", (ROOT / "webapp" / "navigation.py").read_text())
    return {*re.findall(rf": {NAME}", table.group(1) if table else ""), *navigation}


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    named = _named_in_templates()
    assert len(named) > 20, "the search itself no longer finds the icons"
    assert named - SPRITE == set()


def test_every_icon_of_the_pages_is_in_the_sprite() -> None:
    named = _named_in_pages()
    assert len(named) > 5, "the search itself no longer finds the icons"
    assert named - SPRITE == set()
