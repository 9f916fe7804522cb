"""What the migrations build is what the models describe, and every step can be taken back with rows in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from tests.conftest import BOTH, MakerOf
from tests.support.factory import Make
from tests.support.migrations import connected, counts, differences, downgrade, revisions, schema
from webapp.db import Database
from webapp.migrate import migrate
from webapp.models import Delivery, Export, Preset, PresetVersion, VerificationSession
from webapp.queries.session_search import conditions, plan

pytestmark = pytest.mark.database(*BOTH)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, database_maker: MakerOf, tmp_path: Path) -> Iterator[str]:
    with database_maker(request.param).empty(tmp_path) as url:
        yield url


def fill(url: str, *, first: int = 1) -> dict[str, int]:
    """A row in every table that a finished session touches; the counts of all tables."""
    database = Database(url)
    make = Make(database, first=first)
    session = make.finished()
    delivery = make.delivery(session=session)
    make.result(session, delivery_id=delivery.id)
    make.evidence(delivery)
    make.match(session)
    make.matter(session)
    make.audit("session.apply", session=session)
    database.dispose()
    return counts(url)


def test_the_models_are_what_the_migrations_build(database_url: str) -> None:
    assert differences(database_url) == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before, rows = schema(database_url), fill(database_url)
    migrate(database_url)
    assert (schema(database_url), counts(database_url)) == (before, rows)


def test_every_revision_goes_down_and_up_again_without_losing_a_row(empty_url: str) -> None:
    migrate(empty_url)
    head, rows = schema(empty_url), fill(empty_url)
    for below in reversed(["base", *revisions()[:-1]]):
        downgrade(empty_url, below)
        left = counts(empty_url)
        assert left == {name: rows[name] for name in left}, f"rows lost going down to {below}"
        migrate(empty_url)
        assert schema(empty_url) == head, f"another schema after going down to {below} and up"
        if below != "base":
            assert counts(empty_url) == rows, f"rows lost going up from {below}"


def test_each_revision_alone_leads_to_the_next(empty_url: str) -> None:
    for revision in revisions():
        migrate(empty_url, revision)
    assert differences(empty_url) == []


def test_going_below_liveness_takes_what_is_of_it_and_nothing_else(empty_url: str) -> None:
    migrate(empty_url)
    rows = fill(empty_url)
    database = Database(empty_url)
    with database.writing() as db:
        db.add(Delivery(provider="qid", reference="never-issued", body_sha256="00", body_bytes=0))
        db.add(Preset(id=7, name="Face", name_key="face", kind="liveness"))
        db.flush()
        db.add(PresetVersion(preset_id=7, number=1, name="Face"))
    database.dispose()
    downgrade(empty_url, "0003")
    assert counts(empty_url) == {name: rows[name] for name in counts(empty_url)}
    database = Database(empty_url)
    with pytest.raises(IntegrityError), database.writing() as db:
        db.add(Preset(name="Face", name_key="face", kind="liveness"))
    database.dispose()


def test_going_below_the_second_person_cancels_what_waited_for_one(empty_url: str) -> None:
    migrate(empty_url)
    database = Database(empty_url)
    make = Make(database)
    asker, other = make.user("reviewer"), make.user("reviewer")
    for state, answered in (("waiting", None), ("refused", other.id), ("lapsed", None), ("ready", other.id)):
        make.export(asker, state=state, needs_second=True, answered_by_id=answered)
    make.proposal(asker)
    database.dispose()
    downgrade(empty_url, "0007")
    with connected(empty_url) as connection:
        states = connection.execute(text("SELECT state FROM export ORDER BY id")).scalars().all()
    assert states == ["cancelled", "cancelled", "cancelled", "ready"]
    migrate(empty_url)
    database = Database(empty_url)
    with database.reading() as db:
        assert {export.needs_second for export in db.exec(select(Export))} == {False}
    database.dispose()


def test_going_down_to_nothing_leaves_nothing(empty_url: str) -> None:
    migrate(empty_url)
    fill(empty_url)
    downgrade(empty_url, "base")
    assert counts(empty_url) == {}


def test_the_revisions_are_numbered_in_one_line() -> None:
    assert [revision[:4] for revision in revisions()] == [f"{number:04d}" for number in range(1, len(revisions()) + 1)]


def test_search_finds_sessions_made_before_and_after_a_step_down_and_up(empty_url: str) -> None:
    """Batch rebuilds on SQLite drop the triggers that keep the full-text index true."""
    migrate(empty_url)
    fill(empty_url)
    for below in reversed(revisions()[:-1]):
        downgrade(empty_url, below)
        migrate(empty_url)
    fill(empty_url, first=1000)
    database = Database(empty_url)
    with database.reading() as db:
        query = select(VerificationSession).where(*conditions(db.get_bind().dialect.name, plan(db, "specimen")))
        assert len(db.exec(query).all()) == 2
    database.dispose()
