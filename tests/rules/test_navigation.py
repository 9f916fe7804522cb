"""A page has its place in the sidebar, and the sidebar leads only to pages."""

from flask import Flask

from webapp.access import ACCESS
from webapp.navigation import GROUPS


def test_every_index_page_of_the_staff_is_in_the_navigation_and_nothing_else_is(app: Flask) -> None:
    pages = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if rule.endpoint.endswith(".index") and rule.endpoint in ACCESS and not rule.arguments
    }  # fmt: skip
    shown = [item.endpoint for group in GROUPS for item in group]

    assert len(shown) == len(set(shown))
    assert set(shown) == pages
