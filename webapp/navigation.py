"""The sidebar: one line for each word, in order; a page that is not here has no place in the house."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from flask import request, url_for

from webapp.access import ACCESS


@dataclass(frozen=True)
class Item:
    """One line of the sidebar. `count` names a figure of the overview's counters, shown where work waits."""

    label: str
    icon: str
    endpoint: str
    count: str = ""
    count_words: str = ""


GROUPS: tuple[tuple[Item, ...], ...] = (
    (
        Item("Overview", "layout-dashboard", "overview.index"),
        Item("Review", "clipboard-check", "reviews.index", count="review", count_words="to review"),
        Item("Second approval", "users", "approvals.index", count="second", count_words="to approve"),
        Item("Sessions", "list-details", "sessions.index"),
        Item("Matches", "list-search", "matches.index"),
        Item("Links", "link", "links.index"),
        Item("Deliveries", "webhook", "deliveries.index"),
        Item("Exports", "file-download", "exports.index", count="files", count_words="ready or to confirm"),
    ),
    (
        Item("Presets", "adjustments", "presets.index"),
        Item("Rules", "route", "rules.index", count="rules", count_words="to confirm"),
        Item("Policy", "shield-check", "policy.index", count="policy", count_words="to confirm"),
        Item("Retention", "eraser", "retention.index"),
        Item("Users", "id-badge-2", "users.index"),
        Item("Audit log", "history", "audit.index"),
    ),
)


@dataclass(frozen=True)
class Line:
    """One line as a request sees it; `count` is in words, empty where nothing is counted."""

    label: str
    icon: str
    url: str
    current: bool
    count: str
    count_name: str
    count_words: str


def navigation(counts: dict[str, str], rights: Collection[str]) -> tuple[tuple[Line, ...], ...]:
    """The sidebar's groups for this request, with the current page marked; only pages that may be opened."""
    here = (request.endpoint or "").split(".")[0]
    here = "sessions" if here in ("session", "decide", "session_retention") else here
    return tuple(
        tuple(
            Line(
                item.label, item.icon, _address(item.endpoint), item.endpoint.split(".")[0] == here,
                counts.get(item.count, ""), item.count, item.count_words,
            )
            for item in group
            if ACCESS[item.endpoint] in rights
        )
        for group in GROUPS
    )  # fmt: skip


@cache
def _address(endpoint: str) -> str:
    """Built once: every page needs them all."""
    return url_for(endpoint)
