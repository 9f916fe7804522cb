"""The stream of changes: who hears what, how many may listen, and when it ends; on both databases."""

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.factory import Make
from tests.support.pages import PageClient
from webapp.actions import links
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.live import Hub, StreamsUsedUp, forget_old
from webapp.models import LiveEvent, VerificationSession


@pytest.fixture
def hub(app: Flask) -> Iterator[Hub]:
    made: Hub = app.extensions["vouchdesk.live"]
    made.start()
    time.sleep(0.3)  # PostgreSQL: LISTEN must stand before the first change
    yield made
    made.stop()


def touch(database: Database, session_id: int | None) -> None:
    with database.writing() as db:
        session = db.get_one(VerificationSession, session_id)
        session.outcome_text = f"{session.outcome_text}x"


def heard(stream: Iterator[object], wanted: int, within: float = 5) -> list[object]:
    """What the stream says until it says `wanted`, or the time is over."""
    items: list[object] = []
    reader = threading.Thread(target=lambda: items.extend(_until(stream, wanted)), daemon=True)
    reader.start()
    reader.join(within)
    return items


def _until(stream: Iterator[object], wanted: int) -> Iterator[object]:
    for item in stream:
        yield item
        if item == wanted:
            return


def test_a_committed_change_reaches_an_open_stream(hub: Hub, make: Make, database: Database) -> None:
    session = make.session()
    with hub.subscribe() as stream:
        time.sleep(0.2)
        touch(database, session.id)
        assert heard(stream, session.id or 0)[-1:] == [session.id]


def test_a_change_made_by_another_process_reaches_it_too(hub: Hub, make: Make, database: Database) -> None:
    session = make.session()
    other = Database(database.url)
    with hub.subscribe() as stream:
        time.sleep(0.2)
        touch(other, session.id)
        assert heard(stream, session.id or 0)[-1:] == [session.id]
    other.dispose()


def test_an_opened_reusable_link_reaches_an_open_list(hub: Hub, make: Make, database: Database) -> None:
    link = make.link(reusable=True)
    with hub.subscribe() as stream:
        time.sleep(0.2)
        with database.writing() as db:
            links.opened(db, by=Actor(kind="applicant"), link_id=link.id or 0)
        assert heard(stream, -(link.id or 0))[-1:] == [-(link.id or 0)]


def test_what_is_rolled_back_is_never_announced(hub: Hub, make: Make, database: Database) -> None:
    session, other = make.session(), make.session()
    time.sleep(0.3)
    with hub.subscribe() as stream:
        with pytest.raises(RuntimeError), database.writing() as db:
            db.get_one(VerificationSession, session.id).outcome_text = "never"
            db.flush()
            raise RuntimeError
        touch(database, other.id)
        assert session.id not in heard(stream, other.id or 0)


def test_more_streams_than_allowed_are_refused_and_a_closed_one_makes_room(app: Flask) -> None:
    hub = Hub(app.extensions["vouchdesk.database"], max_streams=1)
    with hub.subscribe(), pytest.raises(StreamsUsedUp), hub.subscribe():
        pass
    with hub.subscribe():
        pass


@pytest.mark.settings(live_streams=0)
def test_a_page_is_told_with_503_that_it_must_ask_instead(rachel: PageClient) -> None:
    page = rachel.get("/live", status=503)
    assert page.headers["Retry-After"]


def test_a_visitor_without_sign_in_hears_nothing(nobody: PageClient) -> None:
    assert nobody.get("/live", status=303, follow=False).location.startswith("/sign-in")


def test_old_announcements_are_forgotten(database: Database, make: Make) -> None:
    if not database.is_sqlite:
        return
    make.session()
    with database.writing() as db:
        db.add(LiveEvent(session_id=1))
        db.flush()
        db.connection().exec_driver_sql("UPDATE live_event SET created_at = '2020-01-01 00:00:00.000000'")
    forget_old(database)
    with database.reading() as db:
        assert db.connection().exec_driver_sql("SELECT count(*) FROM live_event").scalar() == 0


def test_the_list_that_shows_the_newest_state_is_answered_with_nothing(rachel: PageClient, make: Make) -> None:
    make.session()
    region = rachel.get("/sessions").soup.select_one("[data-live]")
    assert region
    seen = {"X-Seen": str(region["data-seen"]), "HX-Request": "true"}

    assert rachel.get(str(region["hx-get"]), status=204, headers=seen).data == b""
    make.session()
    assert rachel.get(str(region["hx-get"]), headers=seen).data
