"""What each fetched page must hold: valid HTML, one h1, a title, ids, labels, csrf, nothing inline, live links."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

MAY_PARSE = frozenset({"expected-doctype-but-got-start-tag"})
"""Parse errors that are no fault here (a partial has no doctype)."""
UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
LINKS = (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src"), ("source", "src"))
HTMX = ("hx-get", "hx-post", "sse-connect")


class Elements:
    """The elements of a page in order, gone through once: a search for each rule took a third of the suite's time."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self.all = [each for each in soup.descendants if isinstance(each, Tag)]

    def named(self, *names: str) -> list[Tag]:
        """Those of these kinds."""
        return [tag for tag in self.all if tag.name in names]

    def having(self, attribute: str, *names: str) -> list[Tag]:
        """Those with the attribute, of these kinds if any are given."""
        return [tag for tag in self.all if attribute in tag.attrs and (not names or tag.name in names)]


def faults(html: str, soup: BeautifulSoup, app: Flask, *, whole: bool) -> list[str]:
    """Everything wrong with the page (`whole`) or the partial, one line each."""
    found = Elements(soup)
    rules = [
        _validity(html, whole),
        _ids(found),
        _labels(found),
        _names(found),
        _csrf(found),
        _inline(found),
        _addresses(found, app),
    ]
    if whole:
        rules += [_frame(soup, found), _references(found)]
    return [fault for rule in rules for fault in rule]


def _validity(html: str, whole: bool) -> Iterator[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(html) if whole else parser.parseFragment(html)
    lines = html.splitlines()
    for (line, _column), code, _data in parser.errors:
        if code not in MAY_PARSE:
            near = lines[min(line, len(lines)) - 1].strip()[:120] if lines else ""
            yield f"invalid HTML, {code} on line {line}: {near}"


def _frame(soup: BeautifulSoup, found: Elements) -> Iterator[str]:
    headings = found.named("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1 elements, not one"
    elif not headings[0].get_text(strip=True):
        yield "the h1 is empty"
    if not (soup.title and soup.title.get_text(strip=True).strip("· ")):
        yield "the title is empty"
    if not (soup.html and soup.html.get("lang")):
        yield "html has no lang"
    if not found.named("main"):
        yield "no main element"


def _ids(found: Elements) -> Iterator[str]:
    for name, count in Counter(str(tag["id"]) for tag in found.having("id")).items():
        if count > 1:
            yield f"id {name!r} is used {count} times"


def _references(found: Elements) -> Iterator[str]:
    ids = {str(tag["id"]) for tag in found.having("id")}
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
        for tag in found.having(attribute):
            for name in " ".join(_words(tag, attribute)).split():
                if name not in ids:
                    yield f"{attribute}={name!r} names no element: {_short(tag)}"
    for tag in found.having("href", "a"):
        if str(tag["href"]).startswith("#") and str(tag["href"])[1:] not in {"", *ids}:
            yield f"link to {tag['href']}, which is not on the page"


def _labels(found: Elements) -> Iterator[str]:
    labelled = {str(tag["for"]) for tag in found.having("for", "label")}
    for tag in found.named("input", "select", "textarea"):
        if tag.name == "input" and str(tag.get("type", "text")).lower() in UNLABELLED:
            continue
        if not (
            str(tag.get("id", "")) in labelled
            or tag.find_parent("label")
            or tag.get("aria-label")
            or tag.get("aria-labelledby")
        ):
            yield f"field without a label: {_short(tag)}"


def _names(found: Elements) -> Iterator[str]:
    for image in found.named("img"):
        if image.get("alt") is None:
            yield f"picture without alt: {_short(image)}"
    for tag in found.named("a", "button", "summary"):
        named = tag.get("aria-label") or tag.get("aria-labelledby") or tag.get_text(strip=True)
        if not named and not any(image.get("alt") for image in tag.find_all("img")):
            yield f"{tag.name} without a name: {_short(tag)}"


def _csrf(found: Elements) -> Iterator[str]:
    tokens = [tag for tag in found.named("input") if tag.get("name") == "csrf_token"]
    token_of = {id(token.find_parent("form")): token for token in tokens}
    for form in found.named("form"):
        posts = str(form.get("method", "get")).lower() == "post"
        token = token_of.get(id(form))
        if posts and not (token and token.get("value")):
            yield f"POST form without a csrf field: {_short(form)}"
        if not posts and token:
            yield f"GET form that would put the csrf token into the address: {_short(form)}"
    for tag in found.having("hx-post"):
        around = tag if tag.name == "form" else tag.find_parent("form")
        headed = '"X-CSRFToken": "' in str(tag.get("hx-headers", ""))
        if not headed and (around is None or id(around) not in token_of):
            yield f"hx-post outside a form with a csrf field: {_short(tag)}"


def _inline(found: Elements) -> Iterator[str]:
    for tag in found.all:
        if tag.name == "style" or (tag.name == "script" and not tag.get("src")):
            yield f"inline {tag.name}"
        for name, value in tag.attrs.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                yield f"inline {name}: {_short(tag)}"
            if name in ("href", "src", "action", "formaction") and str(value).strip().lower().startswith(
                ("javascript:", "vbscript:")
            ):
                yield f"script address: {_short(tag)}"
        if tag.get("target") == "_blank" and "noopener" not in " ".join(_words(tag, "rel")):
            yield f"new window that can reach back: {_short(tag)}"


def _addresses(found: Elements, app: Flask) -> Iterator[str]:
    for tag_name, attribute in LINKS:
        for tag in found.having(attribute, tag_name):
            resource = tag_name != "a"
            yield from _address(app, str(tag[attribute]), "GET", tag, resource=resource)
    for form in found.having("action", "form"):
        yield from _address(app, str(form["action"]), str(form.get("method", "get")).upper(), form)
    for attribute in HTMX:
        for tag in found.having(attribute):
            yield from _address(app, str(tag[attribute]), "POST" if attribute == "hx-post" else "GET", tag)
    for url in dict.fromkeys(str(use["href"]) for use in found.having("href", "use")):
        yield from _symbol(app, url)


def _address(app: Flask, url: str, method: str, tag: Tag, *, resource: bool = False) -> Iterator[str]:
    parts = urlsplit(url)
    if resource and parts.netloc:
        yield f"resource from elsewhere: {_short(tag)}"
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/sandbox/"):
        return
    known = app.extensions.setdefault("tests.leads", {})  # each page has the addresses of the sidebar twice
    if (parts.path, method) not in known:
        known[parts.path, method] = _leads(app, parts.path, method)
    wrong = known[parts.path, method]
    if wrong:
        yield f"{wrong}: {_short(tag)}"


def _leads(app: Flask, path: str, method: str) -> str:
    """What is wrong with an address of ours; empty: nothing."""
    try:
        endpoint, values = app.url_map.bind("console.test").match(path, method=method)
    except RequestRedirect:
        return ""
    except HTTPException as error:
        return f"{method} {path} answers {error.code}"
    missing = endpoint == "static" and not (Path(app.static_folder or "") / values["filename"]).is_file()
    return f"no such file: {path}" if missing else ""


def _symbol(app: Flask, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if "/static/" in parts.path:
        path = Path(app.static_folder or "") / parts.path.split("/static/", 1)[1]
        if parts.fragment not in _symbols(path):
            yield f"no such symbol: {url}"


@cache
def _symbols(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r'id="([^"]*)"', path.read_text())) if path.is_file() else frozenset()


def _words(tag: Tag, attribute: str) -> list[str]:
    value = tag.get(attribute) or []
    return [value] if isinstance(value, str) else [str(word) for word in value]


def _short(tag: Tag) -> str:
    return re.sub(r"\s+", " ", str(tag))[:160]
