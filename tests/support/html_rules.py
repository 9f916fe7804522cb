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


def faults(html: str, soup: BeautifulSoup, app: Flask, *, whole: bool) -> list[str]:
    """Everything wrong with the page (`whole`) or the partial, one line each."""
    rules = [
        _validity(html, whole),
        _ids(soup),
        _labels(soup),
        _names(soup),
        _csrf(soup),
        _inline(soup),
        _addresses(soup, app),
    ]
    if whole:
        rules += [_frame(soup), _references(soup)]
    return [fault for rule in rules for fault in rule]


def _validity(html: str, whole: bool) -> Iterator[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(html) if whole else parser.parseFragment(html)
    lines = html.splitlines()
    for (line, _column), code, _data in parser.errors:
        if code not in MAY_PARSE:
            near = lines[min(line, len(lines)) - 1].strip()[:120] if lines else ""
            yield f"invalid HTML, {code} on line {line}: {near}"


def _frame(soup: BeautifulSoup) -> Iterator[str]:
    headings = soup.find_all("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1 elements, not one"
    elif not headings[0].get_text(strip=True):
        yield "the h1 is empty"
    if not (soup.title and soup.title.get_text(strip=True).strip("· ")):
        yield "the title is empty"
    if not (soup.html and soup.html.get("lang")):
        yield "html has no lang"
    if not soup.find("main"):
        yield "no main element"


def _ids(soup: BeautifulSoup) -> Iterator[str]:
    for name, count in Counter(str(tag["id"]) for tag in soup.find_all(id=True)).items():
        if count > 1:
            yield f"id {name!r} is used {count} times"


def _references(soup: BeautifulSoup) -> Iterator[str]:
    ids = {str(tag["id"]) for tag in soup.find_all(id=True)}
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
        for tag in soup.find_all(attrs={attribute: True}):
            for name in " ".join(_words(tag, attribute)).split():
                if name not in ids:
                    yield f"{attribute}={name!r} names no element: {_short(tag)}"
    for tag in soup.find_all("a", href=re.compile("^#.")):
        if str(tag["href"])[1:] not in ids:
            yield f"link to {tag['href']}, which is not on the page"


def _labels(soup: BeautifulSoup) -> Iterator[str]:
    labelled = {str(tag["for"]) for tag in soup.find_all("label", attrs={"for": True})}
    for tag in soup.find_all(["input", "select", "textarea"]):
        if tag.name == "input" and str(tag.get("type", "text")).lower() in UNLABELLED:
            continue
        if not (
            str(tag.get("id", "")) in labelled
            or tag.find_parent("label")
            or tag.get("aria-label")
            or tag.get("aria-labelledby")
        ):
            yield f"field without a label: {_short(tag)}"


def _names(soup: BeautifulSoup) -> Iterator[str]:
    for image in soup.find_all("img"):
        if image.get("alt") is None:
            yield f"picture without alt: {_short(image)}"
    for tag in soup.find_all(["a", "button", "summary"]):
        named = tag.get("aria-label") or tag.get("aria-labelledby") or tag.get_text(strip=True)
        if not named and not any(image.get("alt") for image in tag.find_all("img")):
            yield f"{tag.name} without a name: {_short(tag)}"


def _csrf(soup: BeautifulSoup) -> Iterator[str]:
    for form in soup.find_all("form"):
        posts = str(form.get("method", "get")).lower() == "post"
        token = form.find("input", attrs={"name": "csrf_token"})
        if posts and not (token and token.get("value")):
            yield f"POST form without a csrf field: {_short(form)}"
        if not posts and token:
            yield f"GET form that would put the csrf token into the address: {_short(form)}"
    for tag in soup.find_all(attrs={"hx-post": True}):
        form = tag if tag.name == "form" else tag.find_parent("form")
        headed = '"X-CSRFToken": "' in str(tag.get("hx-headers", ""))
        if not headed and not (form and form.find("input", attrs={"name": "csrf_token"})):
            yield f"hx-post outside a form with a csrf field: {_short(tag)}"


def _inline(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
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


def _addresses(soup: BeautifulSoup, app: Flask) -> Iterator[str]:
    for tag_name, attribute in LINKS:
        for tag in soup.find_all(tag_name, attrs={attribute: True}):
            resource = tag_name != "a"
            yield from _address(app, str(tag[attribute]), "GET", tag, resource=resource)
    for form in soup.find_all("form", action=True):
        yield from _address(app, str(form["action"]), str(form.get("method", "get")).upper(), form)
    for attribute in HTMX:
        for tag in soup.find_all(attrs={attribute: True}):
            yield from _address(app, str(tag[attribute]), "POST" if attribute == "hx-post" else "GET", tag)
    for use in soup.find_all("use", href=True):
        yield from _symbol(app, str(use["href"]))


def _address(app: Flask, url: str, method: str, tag: Tag, *, resource: bool = False) -> Iterator[str]:
    parts = urlsplit(url)
    if resource and parts.netloc:
        yield f"resource from elsewhere: {_short(tag)}"
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/sandbox/"):
        return
    try:
        endpoint, values = app.url_map.bind("console.test").match(parts.path, method=method)
    except RequestRedirect:
        return
    except HTTPException as error:
        yield f"{method} {parts.path} answers {error.code}: {_short(tag)}"
        return
    if endpoint == "static" and not (Path(app.static_folder or "") / values["filename"]).is_file():
        yield f"no such file: {parts.path}"


def _symbol(app: Flask, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if "/static/" in parts.path:
        path = Path(app.static_folder or "") / parts.path.split("/static/", 1)[1]
        if not path.is_file() or f'id="{parts.fragment}"' not in _text(path):
            yield f"no such symbol: {url}"


@cache
def _text(path: Path) -> str:
    return path.read_text()


def _words(tag: Tag, attribute: str) -> list[str]:
    value = tag.get(attribute) or []
    return [value] if isinstance(value, str) else [str(word) for word in value]


def _short(tag: Tag) -> str:
    return re.sub(r"\s+", " ", str(tag))[:160]
