"""A page kept with a decision loses the classes of data that are erased and keeps the others, until nothing is left of it."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from tests.integration.test_as_it_was import then
from tests.support.deciding import passed, send, taken
from tests.support.factory import Make
from tests.support.marked import ADDRESS, BIRTH, EMAIL, NAME, NUMBER, PHONE, Planted, plant
from tests.support.pages import PageClient
from webapp.actions import erasing
from webapp.checks.retention import CLASSES
from webapp.db import Database
from webapp.models import Decision, DecisionSnapshot, VerificationSession

SCORE = ": 0.81"
"""The face score as a value of the kept page: the digits alone are found in one time of day in ten thousand."""
SIGNS = {
    "extracted": (NAME.split()[0], BIRTH, NUMBER, ADDRESS), "contact": (EMAIL, PHONE), "aml": (f"{NAME} Junior",),
    "biometrics": (SCORE,),
}  # fmt: skip
"""What of the planted person is kept with a class; of data read from documents also what other classes quote."""


def stored(db: Session, session_id: int | None) -> list[dict[str, Any]]:
    steps = select(Decision.id).where(Decision.session_id == session_id)
    found = db.exec(select(DecisionSnapshot).where(col(DecisionSnapshot.decision_id).in_(steps))).all()
    return [page.content for page in found]


def erase(database: Database, session_id: int | None, *classes: str) -> dict[str, int]:
    with database.writing() as db:
        return erasing.blank(db, db.get_one(VerificationSession, session_id), classes)


def said(database: Database, session_id: int | None) -> str:
    with database.reading() as db:
        return json.dumps(stored(db, session_id), ensure_ascii=False).casefold()


@pytest.fixture
def planted(app: Flask, make: Make) -> Planted:
    return plant(app, make)


@pytest.mark.parametrize("key", ["contact", "aml", "biometrics"])
def test_a_class_is_gone_from_the_page_and_the_others_stay(key: str, planted: Planted, database: Database) -> None:
    number = planted.session.id
    for signs in SIGNS.values():
        assert all(sign.casefold() in said(database, number) for sign in signs), "nothing was planted"
    assert erase(database, number, key)["snapshots"] == 1
    for other, signs in SIGNS.items():
        for sign in signs:
            there = sign.casefold() in said(database, number)
            assert there is not (other == key), (key, other, sign)


def test_the_data_read_from_documents_take_what_quotes_them(planted: Planted, database: Database) -> None:
    erase(database, planted.session.id, "extracted", "aml", "contact")
    left = said(database, planted.session.id)
    assert not [sign for signs in SIGNS.values() for sign in signs if sign != SCORE and sign.casefold() in left]
    assert SCORE in left


def test_pictures_leave_the_page_with_their_class(planted: Planted, database: Database) -> None:
    def kinds() -> set[str]:
        with database.reading() as db:
            (content,) = stored(db, planted.session.id)
            return {file["kind"] for file in content["files"]}

    assert kinds() >= {"document", "face"}
    erase(database, planted.session.id, "pictures")
    assert kinds() == {"face"}
    erase(database, planted.session.id, "biometrics")
    assert kinds() == set()


def test_a_page_of_which_nothing_is_left_goes_whole(planted: Planted, database: Database) -> None:
    for key in CLASSES:
        with database.reading() as db:
            assert len(stored(db, planted.session.id)) == 1, key
        erase(database, planted.session.id, key)
    with database.reading() as db:
        assert stored(db, planted.session.id) == []
        assert db.exec(select(Decision).where(Decision.session_id == planted.session.id)).all()


def test_the_page_says_what_was_erased_and_that_it_was_unaltered_until_then(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    assert "unaltered, the hash agrees" in then(rachel, make, session).text
    erase(make.database, session.id, "biometrics")
    page = then(rachel, make, session)
    assert "unaltered until data of it were erased: selfies and results about the face" in page.text
    erase(make.database, session.id, "contact")
    assert "erased: selfies and results about the face, contact data" in then(rachel, make, session).text


def test_a_gap_that_was_erased_is_not_taken_for_the_vendors(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    assert not rachel.get(f"/sessions/{session.id}").soup.select("#erased")
    erase(make.database, session.id, "biometrics")
    for page in (rachel.get(f"/sessions/{session.id}"), then(rachel, make, session)):
        note = page.soup.select_one("#erased")
        assert note is not None
        assert "selfies and results about the face. Where a block below says" in note.get_text()


def test_a_page_that_was_altered_before_is_still_told(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    with make.database.writing() as db:
        page = db.get_one(DecisionSnapshot, taken(make, session)[0].id)
        page.content = {**page.content, "session": {**page.content["session"], "outcome": "failed"}}
    erase(make.database, session.id, "biometrics")
    assert "altered: what is stored does not have the hash" in then(rachel, make, session).text


def test_the_policy_says_what_goes_with_the_first_class(alice: PageClient) -> None:
    said = alice.get("/settings/policy").text
    assert "A vendor’s raw result is one text with all classes in it, so it is deleted with the first of them" in said
    assert "The pages kept with decisions lose each class with it." in said
