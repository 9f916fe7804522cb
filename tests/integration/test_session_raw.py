"""The view of one raw delivery: as it came, only for those with the right, each view on the record."""

from flask import Flask
from sqlmodel import col, select

from tests.support.applied import apply, deliveries, hosted, payload
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from webapp.models import AuditEvent


def _views(make: Make) -> list[AuditEvent]:
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == "raw.view").order_by(col(AuditEvent.seq))))


def test_the_raw_delivery_is_shown_as_it_came_and_each_view_is_on_the_record(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    session = apply(app, make, provider, hosted(payload("callback_identity_passed")))
    (delivery,) = deliveries(make, session)
    page = rachel.get(f"/sessions/{session.id}/raw/{delivery.id}")
    assert '"reference": "' + session.reference in page.soup.find("pre").get_text()
    download = rachel.get(f"/sessions/{session.id}/raw/{delivery.id}?download=1")
    assert download.data == delivery.body and "attachment" in download.headers["Content-Disposition"]
    assert [view.after for view in _views(make)] == [None, {"download": True}]


def test_a_long_string_in_a_raw_delivery_is_cut_and_the_page_says_so(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    body = {
        **hosted(payload("callback_identity_passed")),
        "documentimage": [{"type": "jpg", "content": "QUJD" * 50_000}],
    }
    session = apply(app, make, provider, body)
    (delivery,) = deliveries(make, session)
    page = rachel.get(f"/sessions/{session.id}/raw/{delivery.id}")
    assert "more characters]" in page.text and "Long parts are left out" in page.text and len(page.html) < 60_000


def test_a_viewer_may_not_see_the_raw_delivery(
    app: Flask, make: Make, provider: FakeProvider, victor: PageClient
) -> None:
    session = apply(app, make, provider, hosted(payload("callback_identity_passed")))
    (delivery,) = deliveries(make, session)
    victor.get(f"/sessions/{session.id}/raw/{delivery.id}", status=403)
    assert not _views(make)
    assert "Your role does not include the right" in victor.get(f"/sessions/{session.id}").text


def test_a_delivery_of_another_session_is_not_found_here(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    first, second = (apply(app, make, provider, hosted(payload("callback_identity_passed"))) for _ in range(2))
    (delivery,) = deliveries(make, second)
    rachel.get(f"/sessions/{first.id}/raw/{delivery.id}", status=404)
