"""The page client's own checks: each finds its fault, and none finds one on a good page."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.support.forms import NoSuchForm, filled, find_form, target
from tests.support.html_rules import faults

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Links</title></head>
<body><main id="main"><h1>Links</h1>{}</main></body></html>"""


@pytest.fixture(scope="module")
def site() -> Flask:
    """A site of two routes."""
    made = Flask("specimen", static_folder=None)
    made.add_url_rule("/links", "index", lambda: "")
    made.add_url_rule("/links/new", "new", lambda: "", methods=["GET", "POST"])
    return made


def found(site: Flask, body: str, *, page: str = GOOD) -> list[str]:
    html = page.replace("{}", body)
    return faults(html, BeautifulSoup(html, "html.parser"), site, whole=True)


@pytest.mark.parametrize(
    "body",
    [
        "",
        '<a href="/links">All</a> <a href="https://vendor.example/x" target="_blank" rel="noopener">Vendor</a>',
        '<form method="post" action="/links/new"><input type="hidden" name="csrf_token" value="t">'
        '<label for="n">Name</label><input id="n" name="n"><button>Create</button></form>',
        '<label>Search <input name="q"></label><input aria-label="From" name="from">',
        '<img src="/links" alt=""><svg aria-hidden="true"><path d="M0 0h1"/></svg>',
        '<details><summary>More</summary><p id="a">x</p></details><a href="#a">to a</a>',
    ],
)
def test_a_good_page_has_no_fault(site: Flask, body: str) -> None:
    assert found(site, body) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p><div>x</div></p>", "invalid HTML"),
        ("<table><tr><td>x</table><b>", "invalid HTML"),
        ("<h1>Second</h1>", "2 h1 elements"),
        ('<p id="a">x</p><p id="a">y</p>', "id 'a' is used 2 times"),
        ('<input name="q">', "field without a label"),
        ('<label for="x">X</label><input id="y" name="y">', "field without a label"),
        ('<label for="x">X</label>', "for='x' names no element"),
        ('<p aria-describedby="hint">x</p>', "aria-describedby='hint' names no element"),
        ('<img src="/links">', "picture without alt"),
        ("<button></button>", "button without a name"),
        ('<a href="/links"><svg></svg></a>', "a without a name"),
        ('<form method="post" action="/links/new"><button>Go</button></form>', "POST form without a csrf field"),
        ('<form action="/links"><input type="hidden" name="csrf_token" value="t"></form>', "GET form that would put"),
        ('<button hx-post="/links/new">Go</button>', "hx-post outside a form"),
        ('<p style="color:red">x</p>', "inline style"),
        ("<style>p{}</style>", "inline style"),
        ("<script>1</script>", "inline script"),
        ('<p onclick="x()">x</p>', "inline onclick"),
        ('<p hx-on:click="x()">x</p>', "inline hx-on"),
        ('<a href="JavaScript:x()">x</a>', "script address"),
        ('<a href="/nowhere">x</a>', "GET /nowhere answers 404"),
        ('<form method="post" action="/links"><input type="hidden" name="csrf_token" value="t"></form>', "answers 405"),
        ('<p hx-get="/nowhere">x</p>', "GET /nowhere answers 404"),
        ('<a href="#nowhere">x</a>', "link to #nowhere"),
        ('<script src="https://cdn.example/x.js"></script>', "resource from elsewhere"),
        ('<a href="https://vendor.example" target="_blank">x</a>', "new window that can reach back"),
    ],
)
def test_a_fault_is_found(site: Flask, body: str, fault: str) -> None:
    assert any(fault in line for line in found(site, body)), found(site, body)


@pytest.mark.parametrize(
    ("whole", "fault"),
    [
        (GOOD.replace("Links</title>", "</title>"), "the title is empty"),
        (GOOD.replace("<h1>Links</h1>", ""), "0 h1 elements, not one"),
        (GOOD.replace(' lang="en"', ""), "html has no lang"),
        (GOOD.replace('<main id="main">', "<div>").replace("</main>", "</div>"), "no main element"),
    ],
)
def test_a_fault_of_the_frame_is_found(site: Flask, whole: str, fault: str) -> None:
    assert fault in found(site, "", page=whole)


FORM = """<form id="f" method="post" action="/links/new"><input type="hidden" name="csrf_token" value="t">
<input name="name" value="Anna"><textarea name="note">\nline</textarea><input name="off" value="x" disabled>
<select name="lang"><option value="">any</option><option value="nl" selected>Dutch</option></select>
<input type="checkbox" name="aml" checked>
<input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>
<button name="go" value="now">Create link</button><button formaction="/links" formmethod="get">Cancel</button></form>"""


def sent(which: str = "Create link", **answers: object) -> list[tuple[str, object]]:
    soup = BeautifulSoup(FORM, "html.parser")
    form, button = find_form(soup, which)
    return filled(soup, form, button, answers)


def test_an_untouched_form_sends_what_is_in_it() -> None:
    assert sent() == [
        ("csrf_token", "t"), ("name", "Anna"), ("note", "line"), ("lang", "nl"), ("aml", "on"), ("kind", "b"), ("go", "now"),
    ]  # fmt: skip


def test_answers_replace_what_is_in_the_form() -> None:
    pairs = dict(sent(name="Bo", aml=False, kind="a", lang=""))
    assert (pairs["name"], pairs["kind"], pairs["lang"], "aml" in pairs) == ("Bo", "a", "", False)


@pytest.mark.parametrize("answers", [{"nmae": "Bo"}, {"lang": "xx"}, {"kind": "c"}, {"off": "y"}])
def test_what_a_form_does_not_offer_cannot_be_sent(answers: dict[str, object]) -> None:
    with pytest.raises(NoSuchForm):
        sent(**answers)


def test_the_pressed_button_decides_where_a_form_goes() -> None:
    soup = BeautifulSoup(FORM, "html.parser")
    assert target(*find_form(soup, "Create link"), "/links/new") == ("POST", "/links/new")
    assert target(*find_form(soup, "Cancel"), "/links/new") == ("GET", "/links")
