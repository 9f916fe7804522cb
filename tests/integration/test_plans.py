"""No page goes through a whole table that grows with the years: what it costs is what it shows."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.bench.fill import fill
from tests.support.factory import Make
from tests.support.pages import PageClient
from tests.support.plans import asked_of, plan_of
from tests.support.routes import routes
from webapp.db import Database

GROWING = frozenset({
    "aml_match", "aml_verdict", "audit_event", "decision", "decision_snapshot", "delivery", "erasure", "evidence_file", "export",
    "job", "link", "link_picture", "matter", "note", "person", "presence", "reveal", "session_result", "sign_in",
    "verification_session",
})  # fmt: skip
NAMED = re.compile(r'(?:FROM|JOIN|,) "?(\w+)"?(?: AS "?(\w+)"?)?')
FROM_ITS_END = re.compile(r"ORDER BY (\w+)\.(?:id|seq) DESC\s+LIMIT")
SORTED = "USE TEMP B-TREE FOR ORDER BY"
NO_PAGES = ("live.stream", "static")


def gone_through(database: Database, statement: str, parameters: Any) -> list[str]:
    """The growing tables of which SQLite would read every row; not those that are read from their end, up to a limit."""
    tables = {alias or table: table for table, alias in NAMED.findall(statement)}
    plan = plan_of(database, statement, parameters)
    scanned = [
        step.removeprefix("SCAN ") for step, following in zip(plan, [*plan[1:], ""], strict=True)
        if step.startswith("SCAN ") and "USING" not in step
        and not (step.removeprefix("SCAN ") in FROM_ITS_END.findall(statement) and following != SORTED)
    ]  # fmt: skip
    return [tables[name] for name in scanned if tables.get(name) in GROWING]


def few_rows(database: Database) -> set[str]:
    """The growing tables that are so small yet that going through one is as good as any other way."""
    with database.reading() as db:
        return {name for name in GROWING if (db.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) < 100}


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("years_old", [False, True])
def test_no_page_goes_through_a_whole_table_that_grows(
    years_old: bool, app: Flask, make: Make, alice: PageClient, database: Database
) -> None:
    if years_old:
        fill(database, sessions=2000)
    addresses = routes(app, make)
    if years_old:  # with statistics of what is there SQLite goes other ways
        with database.writing() as db:
            db.execute(text("ANALYZE"))
        database.dispose()
    small = few_rows(database) if years_old else set()
    slow: dict[str, set[str]] = {}
    pages = 0
    for route in addresses:
        if route.method != "GET" or route.endpoint in NO_PAGES:
            continue
        with asked_of(database) as asked:
            alice.get(route.url, status=None, follow=False)
        pages += 1
        for statement, parameters in asked:
            for table in set(gone_through(database, statement, parameters)) - small:
                slow.setdefault(f"{route}: {table}", set()).add(statement)
    assert pages > 60
    assert len(GROWING) - len(small) >= 6
    assert not slow, "\n".join(f"{where}\n    {next(iter(each))}" for where, each in slow.items())


@pytest.mark.database("sqlite")
def test_going_through_one_would_be_noticed(database: Database, make: Make) -> None:
    make.session()
    either = "SELECT id FROM verification_session AS other WHERE reference = 'x' OR priority = 1"
    assert gone_through(database, either, ()) == ["verification_session"]
