"""Whether a page is fit for everybody: axe in light and dark, wide and narrow, nothing to scroll sideways."""

from playwright.sync_api import Page

from tests.support.browsing import COLOURS, RULES, bring_axe, too_wide, violations

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
UNFOLD = "document.querySelectorAll('main details:not(.drop)').forEach((fold) => { fold.open = true; })"


def faults(page: Page, *, within: str = "html") -> list[str]:
    """Everything wrong with the page (or that part of it) as it stands, with all its folded parts open."""
    page.evaluate(UNFOLD)
    bring_axe(page)
    found: list[str] = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme, rules in (("light", RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{size['width']} {scheme}: {line}" for line in violations(page, rules, within=within)]
    if too_wide(page):
        found.append(f"{too_wide(page)} pixels too wide at {NARROW['width']}")
    return found
