"""The templates as files: nothing inline, every POST form with its csrf field, every picture and static file there."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateSyntaxError

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "templates", ROOT / "webapp" / "sandbox" / "templates")
ALL = sorted(path for folder in FOLDERS for path in folder.rglob("*.html"))
CONSOLE = [path for path in ALL if path.is_relative_to(FOLDERS[0])]
LONGEST = 120

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an on... attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an hx-on attribute (needs eval)": re.compile(r"\shx-on[:a-z-]*\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "an htmx filter or js: value (needs eval)": re.compile(
        r"hx-(?:vals|headers)\s*=\s*[\"']js:|hx-trigger\s*=\s*[\"'][^\"']*\["
    ),
    "something from another site": re.compile(
        r"<(?:script|link|img)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    ),
}


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", ALL, ids=short)
def test_nothing_is_inline_that_the_content_security_policy_would_block(path: Path) -> None:
    text = without_comments(path.read_text())
    found = [f"{what}: {hit.group()}" for what, pattern in INLINE.items() if (hit := pattern.search(text))]
    assert not found


@pytest.mark.parametrize("path", CONSOLE, ids=short)
def test_every_form_that_posts_has_a_csrf_field(path: Path) -> None:
    text = without_comments(path.read_text())
    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL | re.IGNORECASE):
        if re.search(r"method=[\"']post", form, re.IGNORECASE):
            assert "csrf" in form, form[:200]


@pytest.mark.parametrize("path", CONSOLE, ids=short)
def test_every_static_file_a_template_names_is_there(path: Path) -> None:
    for name in re.findall(r"asset\([\"']([^\"']+)[\"']\)", path.read_text()):
        assert (ROOT / "static" / name).is_file(), name


@pytest.mark.parametrize("path", ALL, ids=short)
def test_templates_can_be_parsed_and_are_short(path: Path) -> None:
    text = path.read_text()
    try:
        Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        pytest.fail(f"line {error.lineno}: {error.message}")
    assert text.count("\n") <= LONGEST


@pytest.mark.parametrize("path", [path for path in ALL if path.name.startswith("_")], ids=short)
def test_a_partial_says_in_its_first_comment_what_it_needs(path: Path) -> None:
    assert path.read_text().lstrip().startswith("{#")


@pytest.mark.parametrize("path", ALL, ids=short)
def test_nothing_is_marked_safe_but_our_own_svg(path: Path) -> None:
    marked = re.findall(r"([\w.]+)\s*\|\s*safe\b", path.read_text())
    assert all(name.endswith("svg") for name in marked), marked


def without_comments(text: str) -> str:
    return re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
