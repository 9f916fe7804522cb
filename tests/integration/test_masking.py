"""Who sees whom: a planted person appears in no answer to who may not see him, wherever a page, file or partial could say."""

import html
import io
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlmodel import select

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.marked import EMAIL, NAME, NUMBER, NUMBERS, PERSONAL, Planted, plant
from tests.support.pages import BASE_URL, PageClient
from tests.support.routes import routes
from webapp.access import PUBLIC
from webapp.exports import FORMATS
from webapp.models import AuditEvent, User
from webapp.models.rights import RIGHTS

MASKED = ("viewer", "operator", "admin")
HTMX = {"HX-Request": "true", "X-Seen": "something else"}
ENDLESS = ("live.stream",)


@pytest.fixture
def marked(app: Flask, make: Make, provider: FakeProvider) -> Planted:
    return plant(app, make)


def addresses(app: Flask, make: Make, marked: Planted) -> Iterator[str]:
    """Every GET of the staff's, each with the planted person in it where its address can name him; and lists narrowed to him."""
    for route in routes(app, make, **marked.values):
        if route.method == "GET" and route.endpoint not in (*PUBLIC, *ENDLESS):
            yield route.url
    for other in marked.others:
        yield f"/sessions/{other.id}"
        yield f"/links/{other.link_id}"
    yield from (f"/settings/presets/new?from_link={marked.link.id}", f"/sessions?q={marked.session.reference}")
    yield from (f"/sessions/{marked.session.id}/raw/{marked.delivery_id}?download=1", "/deliveries?state=received")
    yield from (f"/exports/new?list={each}&q={marked.session.reference}" for each in ("sessions", "decisions"))


NOBODYS = ("/exports/new", "/exports/1")
"""A form that needs its list, and a file that another person asked for."""


def given_away(visitor: PageClient, urls: list[str], signs: tuple[str, ...]) -> list[str]:
    """The addresses whose answer, to a browser or to htmx, holds one of the signs."""
    wrong = []
    for url in urls:
        for headers in ({}, HTMX):
            answer = visitor.http.get(url, base_url=BASE_URL, headers=headers)
            assert answer.status_code < 500 and (answer.status_code != 404 or url in NOBODYS), url
            said = (answer.get_data().decode(errors="replace") + str(answer.headers)).casefold()
            wrong += [f"{url} {sign}: …{said[at - 60 : at + 40]}…" for sign in signs if (at := said.find(sign)) >= 0]
    return wrong


@pytest.mark.parametrize("role", MASKED)
def test_a_person_appears_in_no_answer_to_who_may_not_see_him(
    app: Flask, make: Make, visit: Visit, marked: Planted, role: str
) -> None:
    urls = list(addresses(app, make, marked))
    signs = NUMBERS if role == "operator" else PERSONAL + NUMBERS
    assert not given_away(visit(f"Specimen {role}", role), urls, signs)


@pytest.mark.parametrize("role", ["auditor", "reviewer"])
def test_who_may_see_everything_sees_every_sign_of_him(
    app: Flask, make: Make, visit: Visit, marked: Planted, role: str
) -> None:
    told = " ".join(given_away(visit(f"Specimen {role}", role), list(addresses(app, make, marked)), PERSONAL + NUMBERS))
    assert not [sign for sign in PERSONAL + NUMBERS if f" {sign}: …" not in told]


@pytest.mark.parametrize("role", MASKED)
def test_pictures_are_refused_and_the_refusal_is_on_the_record(
    visit: Visit, marked: Planted, make: Make, role: str
) -> None:
    visitor = visit(f"Specimen {role}", role)
    assert "see pictures" in visitor.get(f"/evidence/{marked.file_id}", status=403).text
    visitor.get(f"/evidence/{marked.file_id}/original", status=403)
    with make.database.reading() as db:
        denied = db.exec(select(AuditEvent).where(AuditEvent.action == "access.denied")).all()
    assert len(denied) == 2


def test_lines_that_are_kept_drawn_are_never_shown_to_other_eyes(
    rachel: PageClient, victor: PageClient, visit: Visit, marked: Planted
) -> None:
    olive = visit("Olive Operator", "operator")
    for url in ("/sessions", f"/sessions/{marked.session.id}", "/", f"/sessions?q={marked.session.reference}"):
        for visitor, named in ((rachel, True), (victor, False), (olive, True), (victor, False), (rachel, True)):
            said = visitor.get(url).html
            assert (NAME in said) is named and ("Z*** Q***" in said) is not named, url


def test_a_live_region_is_drawn_again_when_the_rights_have_changed(
    rachel: PageClient, make: Make, marked: Planted
) -> None:
    for url, region in (("/sessions", "sessions"), (f"/sessions/{marked.session.id}", "session")):
        token = rachel.get(url).soup.find(id=region)["data-seen"]
        with make.database.writing() as db:
            db.get_one(User, rachel.user.id).role = "viewer"
        again = rachel.get(url, htmx=True, headers={"X-Seen": token})
        assert again.status == 200 and "zyxwmark" not in again.html.casefold()
        with make.database.writing() as db:
            db.get_one(User, rachel.user.id).role = "reviewer"


@pytest.mark.parametrize("words", [NAME, "zyxwmark", "qvut", EMAIL, NUMBER, "zy"])
def test_a_search_tells_a_viewer_nothing_about_names(victor: PageClient, marked: Planted, words: str) -> None:
    page = victor.get(f"/sessions?q={words}")
    assert not page.soup.select("#rows tbody tr")
    assert "Only whole references are searched" in page.text


def test_a_viewer_finds_a_session_by_either_whole_reference(victor: PageClient, make: Make) -> None:
    session = make.session(person=make.person(own_reference="Case-77x"))
    make.session()
    for words in ("Case-77x", session.reference, session.reference.lower(), f" {session.reference} "):
        found = [row["id"] for row in victor.get("/sessions", query_string={"q": words}).soup.select("#rows tbody tr")]
        assert found == [f"row-{session.id}"], words
    assert not victor.get(f"/sessions?q={session.reference[:-1]}").soup.select("#rows tbody tr")
    assert not victor.get(f"/sessions?q={session.reference}&status=failed").soup.select("#rows tbody tr")


def test_who_sees_names_searches_by_them_as_before(rachel: PageClient, marked: Planted) -> None:
    page = rachel.get("/sessions?q=qvutn")
    assert page.soup.select("#rows tbody tr") and "Only whole references" not in page.text


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_shows_no_more_than_the_list(
    visit: Visit, marked: Planted, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(RIGHTS, "viewer", RIGHTS["viewer"] | {"export"})
    visitor = visit("Vera Viewer", "viewer")
    said = words(visitor.get(f"/sessions/export.{name}").data)
    assert not [sign for sign in PERSONAL + NUMBERS if sign in said.casefold()]
    assert "Z*** Q***" in said and marked.session.reference in said
    assert marked.session.reference not in words(visitor.get(f"/sessions/export.{name}?q=zyxwmark").data)
    assert NAME in words(visit("Rachel Reviewer", "reviewer").get(f"/sessions/export.{name}").data)


def words(file: bytes) -> str:
    """All that a file holds, as text; a workbook is a ZIP of XML."""
    if not file.startswith(b"PK"):
        return file.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        return "".join(html.unescape(book.read(name).decode()) for name in book.namelist())
