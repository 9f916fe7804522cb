"""What the browser tests see that no locator tells: when words changed, what went wrong quietly, how axe judges."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WATCH = """(selector) => {
  window.wordsSeen = {};
  const note = () => {
    const found = document.querySelector(selector);
    const words = found && found.textContent.trim();
    if (words && !(words in window.wordsSeen)) window.wordsSeen[words] = Date.now();
  };
  note();
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
RULES = {"resultTypes": ["violations"], "preload": False}
COLOURS = RULES | {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What another theme can change."""


def watch(page: Page, selector: str) -> None:
    """From now on, note when each new text of the element is first on the screen."""
    page.evaluate(WATCH, selector)


def seconds_until(page: Page, words: str, since: float) -> float:
    """Seconds from `since` (as time.time()) until the watched element first said so."""
    seen: dict[str, int] = page.evaluate("window.wordsSeen")
    assert words in seen, f"{words!r} was never seen, only {list(seen)}"
    return seen[words] / 1000 - since


@contextmanager
def quiet(page: Page) -> Iterator[None]:
    """Inside, no script fails and nothing breaks the content security policy."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield
    assert not wrong, wrong


def bring_axe(page: Page) -> None:
    """Load axe into the page; once is enough until the page is left. A page without its style yet is not judged."""
    page.wait_for_load_state("load")
    page.evaluate(AXE_SCRIPT)


def violations(page: Page, rules: dict[str, Any], *, within: str = "html") -> list[str]:
    """What axe finds in that part of the page, one line for each element."""
    found = page.evaluate("async ([part, rules]) => (await axe.run(part, rules)).violations", [within, rules])
    return [_line(rule["id"], node) for rule in found for node in rule["nodes"]]


def _line(rule: str, node: dict[str, Any]) -> str:
    why = " ".join(node["failureSummary"].split())
    return f"{rule}: {' '.join(map(str, node['target']))} | {node['html'][:160]} | {why[:300]}"


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = page.evaluate("Math.max(0, document.scrollingElement.scrollWidth - window.innerWidth)")
    return width
