"""The list of deliveries: what is shown, narrowed and paged, how it stays true while open, replay, and the raw view."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.conftest import Visit
from tests.integration.test_sessions_cost import plans
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import Page, PageClient
from tests.support.worker import TestWorker
from webapp.db import Database
from webapp.models import AuditEvent, Delivery, Job
from webapp.pages.deliveries import taken
from webapp.queries import deliveries as queries
from webapp.queries.session_filter import Position
from webapp.queries.session_keys import Bounds

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")
HOSTILE = "<script>alert(1)</script>\u202e\u200b"


def rows(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("#deliveries tbody tr")]


def quarantined(make: Make, body: bytes = b"not json", **fields: object) -> Delivery:
    usual = {"state": "quarantined", "session_id": None, "confirmed_at": None, "reason": "The body is not JSON."}
    return make.delivery(session=make.session(), body=body, **{**usual, **fields})


def test_a_delivery_says_when_it_came_whom_it_is_about_and_what_became_of_it(
    visit: Visit, victor: PageClient, make: Make
) -> None:
    session = make.finished(person=make.person("Anna Specimen"))
    received = NOW - timedelta(minutes=20)
    make.delivery(
        session=session, reason="Applied: passed.", received_at=received, settled_at=received + timedelta(seconds=2.4),
        copies=3, body=b"x" * 3400,
    )  # fmt: skip
    page = visit("Olive Operator", "operator").get("/deliveries")
    assert rows(page) == [f"20 min ago Applied Anna Specimen {session.reference} Passed. 3× 3.4 kB 2.4 s"]
    assert page.soup.select_one(f'tbody a[href="/sessions/{session.id}"]')
    assert f"Applied A*** S*** {session.reference}" in rows(victor.get("/deliveries"))[0]


def test_a_delivery_without_a_session_leads_to_its_link(rachel: PageClient, make: Make) -> None:
    delivery = quarantined(make)
    page = rachel.get("/deliveries")
    assert "In quarantine Anna Maria Specimen link" in rows(page)[0] and "The body is not JSON." in rows(page)[0]
    assert page.soup.select_one(f'tbody a[href="/links/{delivery.link_id}"]')


def test_one_that_is_under_way_says_what_is_not_known_yet(victor: PageClient, make: Make) -> None:
    make.delivery(session=make.session(), state="received", settled_at=None, confirmed_at=None)
    assert "Being checked" in rows(victor.get("/deliveries"))[0]
    assert "Not known yet whether it is DocuPass’s own." in rows(victor.get("/deliveries"))[0]


def test_the_list_is_narrowed_to_one_state_in_the_address(victor: PageClient, make: Make) -> None:
    make.delivery(reason="Applied: passed.")
    quarantined(make)
    make.delivery(state="repeat", reason="Kept: the same result again.")
    assert ["The same result again." in row for row in rows(victor.get("/deliveries?state=repeat"))] == [True]
    assert ["not JSON" in row for row in rows(victor.get("/deliveries?state=quarantined"))] == [True]
    assert len(rows(victor.get("/deliveries?state=nonsense"))) == 3
    chosen = victor.get("/deliveries?state=repeat").soup.select_one('.states [aria-current="true"]')
    assert chosen is not None and chosen.get_text(strip=True) == "Kept, not applied"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/deliveries", "No delivery yet"), ("/deliveries?state=quarantined", "Nothing in quarantine"),
        ("/deliveries?state=applied", "No delivery in this state"),
        ("/deliveries?after=2020-01-01T00:00:00.000000~1", "Nothing further"),
    ],
)  # fmt: skip
def test_an_empty_list_says_what_would_be_here(victor: PageClient, address: str, words: str) -> None:
    assert words in victor.get(address).text


def test_pages_follow_each_other_without_gap_or_overlap_even_at_equal_times(rachel: PageClient, make: Make) -> None:
    session = make.finished()
    for number in range(120):
        make.delivery(session=session, body=b"%d" % number, received_at=NOW - timedelta(minutes=number // 30))
    seen, address = [], "/deliveries"
    while address:
        page = rachel.get(address)
        seen.append([row["id"] for row in page.soup.select("#deliveries tbody tr")])
        older = page.soup.select_one('a[rel="next"]')
        address = str(older["href"]) if older else ""
    assert [len(part) for part in seen] == [50, 50, 20]
    assert len({one for part in seen for one in part}) == 120
    newer = page.soup.select_one('a[rel="prev"]')
    assert newer is not None
    assert [row["id"] for row in rachel.get(str(newer["href"])).soup.select("#deliveries tbody tr")] == seen[1]


@pytest.mark.parametrize("place", ["x", "~", "2026-01-01~x", "9999-99-99T00:00:00.000000~1", "%00", "a" * 3000])
def test_a_place_that_is_none_shows_the_first_page(rachel: PageClient, make: Make, place: str) -> None:
    make.delivery()
    for name in ("after", "before", "top"):
        assert len(rows(rachel.get(f"/deliveries?{name}={place}"))) == 1


# ---- while it is open


def live(client: PageClient, page: Page) -> Page:
    region = page.soup.select_one("#deliveries")
    assert region is not None
    return client.get(str(region["hx-get"]), htmx=True, headers={"X-Seen": str(region["data-seen"])}, status=None)


def test_an_open_list_changes_in_place_and_new_ones_are_offered(victor: PageClient, make: Make) -> None:
    delivery = make.delivery(session=make.session(), state="received", settled_at=None)
    page = victor.get("/deliveries")
    assert live(victor, page).status == 204
    with make.database.writing() as db:
        db.get_one(Delivery, delivery.id).state = "applied"
    again = live(victor, page)
    assert again.status == 200 and "Applied" in rows(again)[0] and "HX-Request" in again.headers["Vary"]
    make.delivery(received_at=datetime.now(UTC) + timedelta(seconds=1))
    later = live(victor, again)
    assert len(rows(later)) == 1 and "1 new delivery. Show" in later.text
    assert live(victor, later).status == 204


# ---- replay


def test_replay_takes_a_quarantined_delivery_in_again(
    rachel: PageClient, make: Make, worker: TestWorker, provider: FakeProvider
) -> None:
    link = make.link()
    session = make.session(link=link, capture="opened")
    body = b'{"success":true,"reference":"%s","hash":"h"}' % link.vendor_reference.encode()
    delivery = quarantined(make, body, link_id=link.id, reference=link.vendor_reference)
    page = rachel.submit(
        rachel.get("/deliveries?state=quarantined"), f'form[action^="/deliveries/{delivery.id}/replay"]'
    )
    assert page.url == "/deliveries?state=quarantined" and "Queued: the worker takes it in again." in page.text
    worker.run()
    with make.database.reading() as db:
        kept = db.get_one(Delivery, delivery.id)
        record = db.exec(select(AuditEvent).where(AuditEvent.action == "delivery.replayed")).one()
    assert (kept.state, kept.session_id) == ("applied", session.id)
    assert (record.actor_name_at_time, record.object_id) == ("Rachel Reviewer", delivery.id)


@pytest.mark.parametrize("state", ["applied", "repeat", "received"])
def test_replaying_what_is_not_in_quarantine_changes_nothing_and_says_so(
    rachel: PageClient, make: Make, state: str
) -> None:
    delivery = make.delivery(state=state)
    page = rachel.post(f"/deliveries/{delivery.id}/replay")
    assert "No change: the delivery is" in page.text
    with make.database.reading() as db:
        assert db.get_one(Delivery, delivery.id).state == state and not db.exec(select(Job)).all()
    assert not rachel.get("/deliveries").soup.select("form[action*=replay]")


def test_replay_needs_its_right_and_a_delivery(victor: PageClient, rachel: PageClient, make: Make) -> None:
    delivery = quarantined(make)
    assert "replay deliveries" in victor.post(f"/deliveries/{delivery.id}/replay", status=403).text
    page = victor.get("/deliveries")
    assert not page.soup.select("form[action*=replay]") and not page.soup.select('a[href$="/raw"]')
    rachel.post("/deliveries/999999/replay", status=404)
    rachel.post(f"/deliveries/{delivery.id}/replay", csrf=False, status=403)


def test_replay_leads_nowhere_but_to_the_list(rachel: PageClient, make: Make) -> None:
    answer = rachel.post(
        f"/deliveries/{quarantined(make).id}/replay?state=//evil.example&next=//evil.example", status=303, follow=False
    )
    assert answer.location == "/deliveries"


# ---- the raw view


def test_a_raw_delivery_without_a_session_is_shown_as_it_came_and_on_the_record(rachel: PageClient, make: Make) -> None:
    delivery = quarantined(make, b'{"a":"<script>alert(1)</script>",}', reason="The body is not JSON.")
    page = rachel.get(f"/deliveries/{delivery.id}/raw")
    assert "<script>alert(1)</script>" in page.soup.find("pre").get_text() and "<script>alert" not in page.html
    download = rachel.get(f"/deliveries/{delivery.id}/raw?download=1")
    assert download.data == delivery.body
    assert download.headers["Content-Disposition"] == f'attachment; filename="delivery-{delivery.id}.json"'
    assert download.headers["Content-Type"] == "application/octet-stream"
    with make.database.reading() as db:
        views = db.exec(select(AuditEvent).where(AuditEvent.action == "raw.view").order_by(col(AuditEvent.seq))).all()
    assert [(view.object_id, view.session_id, view.after) for view in views] == [
        (delivery.id, None, None), (delivery.id, None, {"download": True}),
    ]  # fmt: skip


def test_a_raw_delivery_with_a_session_is_shown_there(rachel: PageClient, make: Make) -> None:
    delivery = make.delivery()
    page = rachel.get(f"/deliveries/{delivery.id}/raw")
    assert page.url == f"/sessions/{delivery.session_id}/raw/{delivery.id}"
    assert rachel.get(f"/deliveries/{delivery.id}/raw?download=1").data == delivery.body


def test_a_raw_delivery_needs_its_right(victor: PageClient, nobody: PageClient, make: Make) -> None:
    delivery = quarantined(make)
    victor.get(f"/deliveries/{delivery.id}/raw", status=403)
    nobody.get(f"/deliveries/{delivery.id}/raw", status=303, follow=False)


def test_an_unknown_raw_delivery_is_not_found(rachel: PageClient) -> None:
    rachel.get("/deliveries/999999/raw", status=404)


def test_hostile_words_are_only_words(rachel: PageClient, make: Make) -> None:
    session = make.finished(person=make.person(HOSTILE * 7))
    make.delivery(session=session, reference=HOSTILE, reason=HOSTILE, source_address=HOSTILE)
    delivery = quarantined(make, reference=HOSTILE, reason=HOSTILE, headers={HOSTILE: HOSTILE}, source_address=HOSTILE)
    for address in ("/deliveries", f"/deliveries/{delivery.id}/raw"):
        page = rachel.get(address)
        assert "<script>alert" not in page.html and "\u202e" not in page.html and "⟨U+202E⟩" in page.text


# ---- what it costs


def test_the_list_costs_few_queries(rachel: PageClient, make: Make) -> None:
    for _ in range(8):
        quarantined(make)
    assert rachel.get("/deliveries").queries <= 4
    assert rachel.get(f"/deliveries?top={Position(created_at=NOW, id=1)}").queries <= 5


@pytest.mark.database("sqlite")
def test_every_state_and_place_has_an_index(make: Make, database: Database) -> None:
    make.delivery()
    place = Position(created_at=NOW, id=7)
    for state in ("", "quarantined"):
        for bounds in (Bounds(), Bounds(after=place), Bounds(before=place), Bounds(top=place)):
            for plan in plans(
                database, lambda db, state=state, bounds=bounds: queries.page(db, state=state, bounds=bounds)
            ):
                assert not [step for step in plan if step == "SCAN delivery"], plan
                assert any("delivery USING" in step and "ix_delivery" in step for step in plan), plan


def test_bodies_are_never_read_for_the_list(make: Make, db: Session, database: Database) -> None:
    make.delivery(body=b"x" * 100_000)
    from tests.support.counting import counted

    with counted(database) as statements:
        queries.page(db)
    assert not [one for one in statements if "delivery.body," in one or "delivery.headers" in one]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""), (0.04, "under 0.1 s"), (0.44, "0.4 s"), (12.3, "12 s"), (75, "1.2 min"), (4000, "1.1 h"), (90_000, "25 h"),
        (400_000, "5 d"),
    ],
)  # fmt: skip
@pytest.mark.database("sqlite")
def test_how_long_it_took_is_said_in_one_unit(seconds: float | None, words: str) -> None:
    assert taken(seconds) == words
