"""The audit log is a chain without gaps: refused changes, rolled-back actions, many writers, and an owner who forges it."""

import random
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from webapp.actions import audit_checks
from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.audit_chain import COLUMNS, verify, verify_on
from webapp.audit_verifier import BREAK
from webapp.db import Database
from webapp.settings import Settings

ROWS = 200
EDITS = {
    "utc": "2020-01-01 00:00:00.000000", "actor_type": "applicant", "actor_id": 77, "actor_name_at_time": "Somebody else",
    "role_at_time": "auditor", "ip": "203.0.113.9", "user_agent_hash": "0", "request_id": "x", "action": "session.forged",
    "object_type": "forged", "object_id": 4711, "session_id": 4711, "before": '{"state": "forged"}', "after": '{"n": -1}',
    "reason_codes": '["forged"]', "note_ref": 4711, "policy_version": "9", "outcome": "denied", "prev_hash": "0", "hash": "0",
}  # fmt: skip
"""For each column a value that no row of `filled` has."""


def filled(database: Database, rows: int = ROWS) -> None:
    for start in range(0, rows, 20):
        with database.writing() as db:
            for number in range(start, start + 20):
                record(
                    db, by=SYSTEM, action="session.view", object_type="session", object_id=number, after={"n": number}
                )


def as_owner(connection: Connection) -> None:
    """Take the triggers away, as who owns the table can."""
    for table in ("audit_event", "audit_checkpoint"):
        if connection.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


def edit(connection: Connection, rng: random.Random) -> int:
    seq, column = rng.randint(1, ROWS), rng.choice(list(EDITS))
    cast = {"before": "JSONB", "after": "JSONB", "reason_codes": "JSONB", "utc": "TIMESTAMPTZ"}.get(column)
    value = f"CAST(:value AS {cast})" if cast and connection.dialect.name != "sqlite" else ":value"
    connection.execute(
        text(f'UPDATE audit_event SET "{column}" = {value} WHERE seq = :seq'), {"value": EDITS[column], "seq": seq}
    )
    return seq


def delete(connection: Connection, rng: random.Random) -> int:
    first = rng.randint(1, ROWS)
    last = min(ROWS, first + rng.choice((0, 0, 5, ROWS)))
    connection.execute(
        text("DELETE FROM audit_event WHERE seq BETWEEN :first AND :last"), {"first": first, "last": last}
    )
    return first


def swap(connection: Connection, rng: random.Random) -> int:
    first, second = sorted(rng.sample(range(1, ROWS + 1), 2))
    for old, new in ((first, -1), (second, first), (-1, second)):
        connection.execute(text("UPDATE audit_event SET seq = :new WHERE seq = :old"), {"new": new, "old": old})
    return first


def insert(connection: Connection, rng: random.Random) -> int:
    """A copy of some row, with numbers after it moved on, or after the last one."""
    after = rng.choice((rng.randint(0, ROWS), ROWS))
    connection.execute(text("UPDATE audit_event SET seq = -(seq + 1) WHERE seq > :after"), {"after": after})
    connection.execute(text("UPDATE audit_event SET seq = -seq WHERE seq < 0"))
    names = ", ".join(f'"{name}"' for name in COLUMNS[1:])
    source = rng.choice([number for number in range(1, ROWS + 1) if number != after + 1])
    connection.execute(
        text(f"INSERT INTO audit_event (seq, {names}) SELECT :seq, {names} FROM audit_event WHERE seq = :source"),
        {"seq": after + 1, "source": source},
    )
    return after + 1


FORGERIES: tuple[Callable[[Connection, random.Random], int], ...] = (edit, delete, swap, insert)


def test_every_edit_deletion_swap_and_insertion_of_the_owner_is_found_and_the_first_bad_row_named(
    database: Database,
) -> None:
    filled(database)
    rng = random.Random(4711)
    found = 0
    tries = 1000 if database.is_sqlite else 80
    with database.writer.connect() as connection:
        as_owner(connection)
        for number in range(tries):
            mark = connection.begin_nested()
            first_bad = FORGERIES[number % len(FORGERIES)](connection, rng)
            chain = verify_on(connection)
            assert (chain.whole, chain.first_bad) == (False, first_bad), FORGERIES[number % len(FORGERIES)].__name__
            found += 1
            mark.rollback()
        assert verify_on(connection).whole
        connection.rollback()
    assert found == tries


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event",
                                       "UPDATE audit_checkpoint SET seq = 1", "DELETE FROM audit_checkpoint"])  # fmt: skip
def test_the_database_refuses_changes(database: Database, settings: Settings, statement: str) -> None:
    filled(database, 20)
    audit_checks.checkpoint(database, settings)
    with pytest.raises(DatabaseError), database.writer.begin() as connection:
        connection.execute(text(statement))
    assert verify(database).rows == 20


def test_an_action_that_fails_leaves_no_row_and_no_gap(database: Database) -> None:
    filled(database, 20)
    with pytest.raises(RuntimeError), database.writing() as db:
        record(db, by=SYSTEM, action="session.view")
        raise RuntimeError
    with database.writing() as db:
        record(db, by=SYSTEM, action="session.decide")
    chain = verify(database)
    assert (chain.rows, chain.last, chain.whole) == (21, 21, True)


def test_a_row_of_a_savepoint_goes_with_it(database: Database) -> None:
    with database.writing() as db:
        record(db, by=SYSTEM, action="session.view")
        with pytest.raises(RuntimeError), db.begin_nested():
            record(db, by=SYSTEM, action="session.decide")
            raise RuntimeError
    chain = verify(database)
    assert (chain.rows, chain.whole) == (1, True)


def test_an_action_is_not_done_when_its_row_cannot_be_written(database: Database) -> None:
    with pytest.raises(DatabaseError), database.writing() as db:
        db.connection().execute(text("UPDATE audit_head SET broken_why = 'touched'"))
        record(db, by=SYSTEM, action="session.view", outcome="no such outcome")
    with database.reading() as db:
        assert db.connection().scalar(text("SELECT broken_why FROM audit_head")) == ""


def test_many_writers_at_once_leave_one_chain(database: Database) -> None:
    def write(number: int) -> None:
        for _ in range(15):
            with database.writing() as db:
                record(db, by=SYSTEM, action="session.view", object_id=number)
                record(db, by=SYSTEM, action="session.decide", object_id=number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    chain = verify(database)
    assert (chain.rows, chain.last, chain.whole) == (240, 240, True)


def test_values_come_back_as_they_were_hashed(database: Database) -> None:
    odd = {
        "big": 1e30,
        "small": 0.1,
        "text": "a\0b \ud800 \u202e ł",
        "list": [1, None, True],
        5: {"deep": {"er": -0.0}},
    }
    with database.writing() as db:
        record(db, by=SYSTEM, action="session.view", before=odd, after={"many": 2**53}, reason_codes=["ö"])
    assert verify(database).whole


def test_a_cut_off_end_is_found_by_the_next_row_and_by_the_heads_in_the_file(
    database: Database, settings: Settings
) -> None:
    filled(database, 40)
    audit_checks.checkpoint(database, settings)
    with database.writer.begin() as connection:
        as_owner(connection)
        connection.execute(text("DELETE FROM audit_event WHERE seq > 30"))
        connection.execute(text("DELETE FROM audit_checkpoint"))
        last = connection.scalar(text("SELECT hash FROM audit_event WHERE seq = 30"))
        connection.execute(text("UPDATE audit_head SET seq = 30, hash = :hash"), {"hash": last})
    assert verify(database).whole, "in the table itself nothing is left to find"
    found = audit_checks.look(database, settings)
    assert (found.ok, found.chain.first_bad) == (False, 31)
    assert "rows up to 40 were signed" in found.text


def test_a_rewritten_end_is_not_what_was_signed(database: Database, settings: Settings) -> None:
    filled(database, 20)
    audit_checks.checkpoint(database, settings)
    with database.writer.begin() as connection:
        as_owner(connection)
        connection.execute(text("DELETE FROM audit_event"))
        connection.execute(text("UPDATE audit_head SET seq = 0, hash = :zero"), {"zero": "0" * 64})
    filled(database, 40)
    found = audit_checks.look(database, settings)
    assert (found.ok, found.chain.first_bad) == (False, 20)
    assert "not the row that was signed" in found.text


def test_after_a_break_the_log_goes_on_in_a_segment_that_records_it(database: Database, settings: Settings) -> None:
    filled(database, 40)
    with database.writer.begin() as connection:
        as_owner(connection)
        connection.execute(text("UPDATE audit_event SET action = 'x' WHERE seq = 7"))
    first = audit_checks.verify_and_note(database, settings, by=SYSTEM)
    assert (first.ok, first.chain.first_bad) == (False, 7)
    filled(database, 20)
    again = audit_checks.verify_and_note(database, settings, by=SYSTEM)
    assert (again.chain.first_bad, again.chain.recorded) == (7, [7])
    with database.reading() as db:
        told = (
            db.connection().execute(text("SELECT seq FROM audit_event WHERE action = :break"), {"break": BREAK}).all()
        )
        broken = db.connection().execute(text("SELECT broken_seq FROM audit_head")).scalar()
    assert [row[0] for row in told] == [41], "a break is recorded once"
    assert broken == 7


def test_a_forged_row_at_the_end_is_named_by_the_row_after_it(database: Database) -> None:
    filled(database, 20)
    names = ", ".join(f'"{name}"' for name in COLUMNS[1:])
    with database.writer.begin() as connection:
        connection.execute(
            text(f"INSERT INTO audit_event (seq, {names}) SELECT 21, {names} FROM audit_event WHERE seq = 9")
        )
    with database.writing() as db:
        record(db, by=SYSTEM, action="session.view")
    chain = verify(database)
    assert (chain.whole, chain.first_bad, chain.last) == (False, 21, 23)


def test_without_its_head_the_log_goes_on_and_says_that_it_is_broken(database: Database) -> None:
    filled(database, 20)
    with database.writer.begin() as connection:
        connection.execute(text("DELETE FROM audit_head"))
    assert not verify(database).whole
    with database.writing() as db:
        record(db, by=SYSTEM, action="session.view")
    assert not verify(database).whole


def test_a_checkpoint_of_another_key_vouches_for_nothing(database: Database, settings: Settings) -> None:
    filled(database, 20)
    point = audit_checks.checkpoint(database, settings)
    assert point is not None
    with database.writer.begin() as connection:
        as_owner(connection)
        connection.execute(text("UPDATE audit_checkpoint SET hash = :other"), {"other": "1" * 64})
    found = audit_checks.look(database, settings)
    assert (found.ok, found.forged) == (False, 1)


def test_an_unchanged_end_is_signed_once_and_by_the_clock_once_an_hour(database: Database, settings: Settings) -> None:
    filled(database, 20)
    assert audit_checks.checkpoint(database, settings, least=audit_checks.EVERY) is not None
    assert audit_checks.checkpoint(database, settings) is None
    filled(database, 20)
    assert audit_checks.checkpoint(database, settings, least=audit_checks.EVERY) is None
    assert audit_checks.checkpoint(database, settings) is not None
    assert [head["seq"] for head in audit_checks.read_heads(settings.heads_file)] == [20, 40]
