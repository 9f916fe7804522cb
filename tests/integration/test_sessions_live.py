"""The sessions list while it is open: it changes by itself, keeps its rows in place, and costs nothing when nothing changed."""

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.db import Database
from webapp.models import VerificationSession


def names(shown: Page) -> list[str]:
    return [link.get_text(strip=True) for link in shown.soup.select("#sessions a.name")]


def live(client: PageClient, shown: Page) -> Page:
    region = shown.soup.select_one("#sessions")
    assert region is not None
    seen = {"X-Seen": str(region["data-seen"])}
    return client.get(str(region["hx-get"]), htmx=True, headers=seen, status=None)


def test_a_live_list_that_did_not_change_answers_204(alice: PageClient, make: Make) -> None:
    make.session()
    again = live(alice, alice.get("/sessions"))
    assert (again.status, again.data) == (204, b"")
    assert "HX-Request" in again.headers["Vary"]


def test_a_live_list_shows_a_changed_session_in_its_place(alice: PageClient, make: Make, database: Database) -> None:
    first, second = make.session(), make.session()
    shown = alice.get("/sessions")
    with database.writing() as db:
        session = db.get(VerificationSession, first.id)
        assert session is not None
        session.capture = "opened"
    again = live(alice, shown)
    assert [row["id"] for row in again.soup.select("tbody tr[data-version]")] == [f"row-{second.id}", f"row-{first.id}"]
    assert again.soup.select_one(f"#row-{first.id}")["data-status"] == "Opened"  # type: ignore[index]


def test_new_sessions_do_not_shift_a_live_list_but_are_offered(alice: PageClient, make: Make) -> None:
    make.session(person=make.person("Old"))
    shown = alice.get("/sessions")
    make.session(person=make.person("New one"))
    make.session(person=make.person("New two"))
    again = live(alice, shown)
    assert names(again) == ["Old"]
    chip = again.soup.select_one("#sessions a.chip")
    assert chip is not None
    assert chip.get_text(strip=True) == "2 new sessions. Show"
    assert names(alice.get(str(chip["href"]))) == ["New two", "New one", "Old"]
    assert live(alice, again).status == 204


def test_an_empty_live_list_takes_new_sessions_in(alice: PageClient, make: Make) -> None:
    shown = alice.get("/sessions?status=opened")
    make.session(capture="opened", person=make.person("First"))
    assert names(live(alice, shown)) == ["First"]
