"""Pictures given with a link, the form sent again, the preset and the person it began with; on both databases."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlmodel import Session

from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.making import Maker, rows
from webapp.actions import links
from webapp.actions.pictures import NotAPicture
from webapp.db import Database
from webapp.models import AuditEvent, Link, LinkPicture, Person
from webapp.providers.base import Expected, Options, ProviderError, SuppliedPicture, VendorLink


def picture(colour: str = "teal") -> bytes:
    made = BytesIO()
    Image.new("RGB", (60, 40), colour).save(made, "PNG")
    return made.getvalue()


GIVEN = (
    SuppliedPicture(part="document", content=picture()),
    SuppliedPicture(part="document_back", url="https://files.example/back.jpg"),
    SuppliedPicture(part="face", content=picture("navy")),
)


@pytest.fixture
def maker(database: Database, provider: FakeProvider, tmp_path: Path) -> Maker:
    return Maker(database, provider, tmp_path)


def test_pictures_are_saved_under_their_hash_and_given_to_the_vendor(
    maker: Maker, provider: FakeProvider, db: Session, tmp_path: Path
) -> None:
    maker.create(pictures=GIVEN)

    assert provider.created[0].pictures == GIVEN
    kept = {row.part: row for row in rows(db, LinkPicture)}
    document = kept["document"]
    assert document.sha256 == hashlib.sha256(picture()).hexdigest()
    assert (document.bytes, document.media_type) == (len(picture()), "image/png")
    assert (tmp_path / "evidence" / document.path).read_bytes() == picture()
    assert (kept["document_back"].url, kept["document_back"].path) == ("https://files.example/back.jpg", "")
    assert rows(db, AuditEvent)[0].after["pictures"] == 3


def test_trying_again_gives_the_same_pictures(maker: Maker, provider: FakeProvider, db: Session) -> None:
    provider.create_answer = ProviderError("Away", code="timeout", permanent=False)
    link = maker.create(pictures=GIVEN)
    maker.retry(link)

    first, second = provider.created
    assert sorted(second.pictures, key=lambda each: each.part) == sorted(first.pictures, key=lambda each: each.part)
    assert len(rows(db, LinkPicture)) == 3


def test_a_picture_that_is_gone_is_said_so_and_the_vendor_is_not_asked(
    maker: Maker, provider: FakeProvider, db: Session, tmp_path: Path
) -> None:
    provider.create_answer = ProviderError("Away", code="timeout", permanent=False)
    link = maker.create(pictures=GIVEN)
    (tmp_path / "evidence" / rows(db, LinkPicture)[0].path).unlink()
    again = maker.retry(link)

    assert again is not None
    assert (again.state, again.error_code, again.error_final) == ("create_failed", "picture_missing", True)
    assert len(provider.created) == 1


def test_what_is_no_picture_makes_nothing(maker: Maker, provider: FakeProvider, db: Session) -> None:
    with pytest.raises(NotAPicture):
        maker.create(pictures=(SuppliedPicture(part="document", content=b"MZ this is a program"),))
    assert rows(db, Link) == provider.created == []


SAME = {"form_key": "the-same-form-key-twice"}
OTHERS: list[dict[str, Any]] = [
    {"person_name": "Bert Specimen"},
    {"own_reference": "CASE-0002"},
    {"email": "bert@example.com"},
    {"phone": "+447700900123"},
    {"options": Options(aml=False)},
    {"expected": Expected(birth="1974-08-12")},
    {"kind": "signature"},
    {"customid": "of-our-own"},
    {"sms_to": "+447700900123"},
    {"pictures": GIVEN[:2]},
    {"pictures": (*GIVEN[:2], SuppliedPicture(part="face", content=picture("red")))},
    {"pictures": (GIVEN[0], SuppliedPicture(part="document_back", url="https://files.example/x.jpg"), GIVEN[2])},
    {"reusable": True, "label": "Front desk"},
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: next(iter(other)))
def test_the_same_form_key_with_anything_else_said_makes_nothing(
    maker: Maker, provider: FakeProvider, db: Session, other: dict[str, Any]
) -> None:
    usual: dict[str, Any] = {**SAME, "pictures": GIVEN}
    link = maker.create(**usual)
    assert maker.create(**usual).id == link.id
    with pytest.raises(links.FormUsed) as raised:
        maker.create(**{**usual, **other})
    assert raised.value.link_id == link.id
    assert len(provider.created) == len(rows(db, Link)) == len(rows(db, Person)) == 1


@pytest.mark.parametrize("other", [{"label": "Back door"}, {"session_cap": 5}, {"reusable": False}])
def test_the_same_form_of_a_reusable_link_with_anything_else_said_makes_nothing(
    maker: Maker, provider: FakeProvider, other: dict[str, Any]
) -> None:
    link = maker.reusable(**SAME)
    assert maker.reusable(**SAME).id == link.id
    with pytest.raises(links.FormUsed):
        maker.reusable(**{**SAME, **other})
    assert len(provider.created) == 1


def test_a_link_says_which_preset_version_it_began_with_and_whether_it_was_changed(
    maker: Maker, make: Make, database: Database
) -> None:
    version = make.version(make.preset(options=Options(attempts=3)), number=2, options=Options(attempts=4))
    same = maker.create(options=Options(attempts=4), preset_version_id=version.id)
    changed = maker.create(options=Options(attempts=4, aml=False), preset_version_id=version.id)
    unknown = maker.create(preset_version_id=999)

    assert (same.preset_version_id, same.preset_changed) == (version.id, False)
    assert (changed.preset_version_id, changed.preset_changed) == (version.id, True)
    assert (unknown.preset_version_id, unknown.preset_changed) == (None, False)


def test_a_person_gets_phone_folded_name_and_day_of_birth(maker: Maker, db: Session) -> None:
    maker.create(person_name="Zoë  Muster", phone="+447700900123", expected=Expected(birth="1974-08-12"))
    maker.create(person_name="ZOE MUSTER", phone="", email="")

    [person] = rows(db, Person)
    assert (person.phone, person.name_key, person.birth) == ("+447700900123", "zoe muster", "1974-08-12")
    assert person.email == "anna@example.com"


def test_all_that_the_vendor_answers_is_kept(maker: Maker, provider: FakeProvider) -> None:
    provider.create_answer = VendorLink(
        reference="R1", url="https://vendor.example/s/R1", expires_at=None, module="iframe",
        qr_url="https://vendor.example/qr.png", base_url="https://vendor.example", snippets={"html": "<a>x</a>"},
    )  # fmt: skip
    assert maker.create().vendor_answer == {
        "module": "iframe", "qr_url": "https://vendor.example/qr.png", "base_url": "https://vendor.example",
        "snippets": {"html": "<a>x</a>"}, "sms_sent_to": "", "idle_seconds": 0,
    }  # fmt: skip
