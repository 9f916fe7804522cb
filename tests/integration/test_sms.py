"""Links by SMS: counted before the vendor is asked, given back only when it refuses, capped even for two at once."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import Session

from tests.support.fake_provider import FakeProvider
from tests.support.making import CAPS, Maker, actions, rows
from webapp.actions import links, sms
from webapp.actions.sms import SmsCaps
from webapp.db import Database
from webapp.models import Link, Person, SmsSend
from webapp.providers.base import LinkRequest, ProviderError, VendorLink

NUMBER = "+447700900123"
REFUSED = ProviderError("Invalid phone number", code="1050", permanent=True)
AWAY = ProviderError("The vendor did not answer in time.", code="timeout", permanent=False)


@pytest.fixture
def maker(database: Database, provider: FakeProvider, tmp_path: Path) -> Maker:
    provider.create_answer = sent
    return Maker(database, provider, tmp_path)


def sent(request: LinkRequest, number: int) -> VendorLink:
    return VendorLink(
        reference=f"R{number}", url=f"https://vendor.example/s/R{number}", expires_at=None, sms_sent_to=request.sms_to
    )


def outcomes(db: Session) -> list[str]:
    return [row.outcome for row in rows(db, SmsSend)]


def left(database: Database, caps: SmsCaps = CAPS) -> int:
    with database.reading() as db:
        return sms.left_today(db, caps, datetime.now(UTC))


def test_an_sms_is_counted_under_a_keyed_hash_of_its_number(maker: Maker, provider: FakeProvider, db: Session) -> None:
    link = maker.create(sms_to=NUMBER)

    assert provider.created[0].sms_to == link.sms_to == link.vendor_answer["sms_sent_to"] == NUMBER
    [row] = rows(db, SmsSend)
    assert (row.link_id, row.outcome) == (link.id, "sent")
    assert NUMBER[1:] not in row.number_key
    assert row.number_key != SmsCaps(3, 50, "another key").number_key(NUMBER)
    assert actions(db, "link.sms") == ["link.sms_asked", "link.sms_sent"]


def test_the_place_is_taken_before_the_vendor_is_asked(
    maker: Maker, provider: FakeProvider, database: Database
) -> None:
    seen: list[int] = []

    def answer(request: LinkRequest, number: int) -> VendorLink:
        seen.append(left(database))
        return sent(request, number)

    provider.create_answer = answer
    maker.create(sms_to=NUMBER)
    assert seen == [49]


def test_a_number_at_its_cap_is_refused_before_anything_is_made_or_asked(
    maker: Maker, provider: FakeProvider, db: Session
) -> None:
    for _ in range(3):
        maker.create(sms_to=NUMBER)
    with pytest.raises(links.SmsCapReached, match="3 times in the last 24 hours"):
        maker.create(sms_to=NUMBER, own_reference="CASE-NEW")

    assert len(provider.created) == len(rows(db, Link)) == 3
    assert len(rows(db, Person)) == 1
    assert maker.create(sms_to="+447700900124").state == "active"


def test_the_day_has_a_cap_for_all_numbers_together_and_says_what_is_left(maker: Maker, database: Database) -> None:
    caps = SmsCaps(per_number=3, per_day=2, key="k")
    for digit in "12":
        maker.create(sms_to=f"+44770090012{digit}", sms_caps=caps)
    assert left(database, caps) == 0
    with pytest.raises(links.SmsCapReached, match="2 SMS were sent"):
        maker.create(sms_to="+447700900129", sms_caps=caps)


def test_a_day_is_24_hours(maker: Maker, database: Database) -> None:
    caps = SmsCaps(per_number=1, per_day=50, key="k")
    maker.create(sms_to=NUMBER, sms_caps=caps)
    almost = time_machine.travel(datetime.now(UTC) + timedelta(hours=23, minutes=59), tick=True)
    with almost, pytest.raises(links.SmsCapReached):
        maker.create(sms_to=NUMBER, sms_caps=caps)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24, minutes=1), tick=True):
        assert maker.create(sms_to=NUMBER, sms_caps=caps).state == "active"


def test_zero_switches_it_off(maker: Maker) -> None:
    for caps in (SmsCaps(0, 50, "k"), SmsCaps(3, 0, "k")):
        with pytest.raises(links.SmsCapReached, match="not sent by SMS here"):
            maker.create(sms_to=NUMBER, sms_caps=caps)


@pytest.mark.parametrize(
    ("error", "outcome", "remaining"),
    [
        (REFUSED, "refused", 50),
        (AWAY, "unknown", 49),
        (ProviderError("Past", code="expiry_past", permanent=True), "unknown", 49),
        (KeyError("garbage"), "unknown", 49),
    ],
)
def test_only_a_refused_sms_gives_its_place_back(
    maker: Maker,
    provider: FakeProvider,
    db: Session,
    database: Database,
    error: Exception,
    outcome: str,
    remaining: int,
) -> None:
    provider.create_answer = error
    maker.create(sms_to=NUMBER)

    assert outcomes(db) == [outcome]
    assert left(database) == remaining


def test_an_answer_that_does_not_say_so_is_not_taken_for_sent(
    maker: Maker, provider: FakeProvider, db: Session, database: Database
) -> None:
    provider.create_answer = VendorLink(reference="R1", url="https://vendor.example/s/R1", expires_at=None)
    assert maker.create(sms_to=NUMBER).state == "active"
    assert (outcomes(db), left(database)) == (["unknown"], 49)


def test_trying_again_takes_a_place_anew_and_is_refused_at_the_cap(
    maker: Maker, provider: FakeProvider, db: Session
) -> None:
    caps = SmsCaps(per_number=2, per_day=50, key="k")
    provider.create_answer = AWAY
    link = maker.create(sms_to=NUMBER, sms_caps=caps)
    maker.retry(link, sms_caps=caps)
    assert outcomes(db) == ["unknown", "unknown"]

    with pytest.raises(links.NotPossible, match="2 times in the last 24 hours"):
        maker.retry(link, sms_caps=caps)
    assert len(provider.created) == 2
    assert rows(db, Link)[0].state == "create_failed"


def test_the_same_form_again_at_the_cap_is_still_the_same_link(maker: Maker, db: Session) -> None:
    caps = SmsCaps(per_number=1, per_day=1, key="k")
    first = maker.create(form_key="the-same-form-key-twice", sms_to=NUMBER, sms_caps=caps)
    assert maker.create(form_key="the-same-form-key-twice", sms_to=NUMBER, sms_caps=caps).id == first.id
    assert len(rows(db, SmsSend)) == 1


def test_an_sms_without_caps_is_never_asked_for(maker: Maker, provider: FakeProvider) -> None:
    with pytest.raises(ValueError, match="caps"):
        maker.create(sms_to=NUMBER, sms_caps=None)
    assert provider.created == []


def test_of_many_at_once_at_the_last_places_no_more_than_these_get_one(
    maker: Maker, provider: FakeProvider, db: Session
) -> None:
    caps = SmsCaps(per_number=8, per_day=2, key="k")
    together, refused = threading.Barrier(8), []

    def send(digit: int) -> None:
        together.wait()
        try:
            maker.create(
                form_key=f"form-key-number-{digit}", sms_to=f"+44770090012{digit}", sms_caps=caps, own_reference=""
            )
        except links.SmsCapReached:
            refused.append(digit)

    threads = [threading.Thread(target=send, args=(digit,)) for digit in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert (len(refused), len(provider.created), len(rows(db, SmsSend))) == (6, 2, 2)
