"""The queue: what waits in which order, who takes what, and that nobody takes what another holds."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.making import actions
from tests.support.pages import PageClient
from webapp.actions import reviews
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.models import Decision, Presence, ReviewSkip, User, VerificationSession

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")


def waiting(make: Make, name: str, *, due: int = 60, **fields: object) -> VerificationSession:
    """A session that waits for review, due in so many minutes."""
    return make.finished(person=make.person(name), due_at=NOW + timedelta(minutes=due), **fields)


def by(user: User) -> Actor:
    return Actor(kind="person", id=user.id, name=user.name, role=user.role)


def names(page: object) -> list[str]:
    return [cell.get_text() for cell in page.soup.select("#rows .name")]  # type: ignore[attr-defined]


def now_of(db: Session, session: VerificationSession) -> VerificationSession:
    db.rollback()
    db.expire_all()
    return db.get_one(VerificationSession, session.id)


def test_the_queue_is_ordered_by_when_it_is_due_and_says_what_is_late(rachel: PageClient, make: Make) -> None:
    waiting(make, "Later", due=200)
    waiting(make, "Late", due=-125, priority="high")
    waiting(make, "Soon", due=90)
    page = rachel.get("/review")
    assert names(page) == ["Late", "Soon", "Later"]
    assert "late by 2 h 5 min" in page.text
    assert "3 to review, 1 late." in page.text
    assert names(rachel.get("/review?priority=high")) == ["Late"]
