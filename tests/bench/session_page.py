"""Job 3: the page of a session with everything on it, taken in over the true path, among 100,000; and how many queries."""

import argparse
import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import text
from sqlmodel import col, select

from tests.bench.fetching import Visitor, cookie_of
from tests.bench.fill import fill
from tests.bench.programs import ours
from tests.bench.report import emit, percentile, short, spread
from tests.bench.validate_stub import validate_stub
from tests.support.applied import payload
from tests.support.factory import Make
from tests.support.live_server import LiveServer
from tests.support.pages import PageClient
from webapp import create_app
from webapp.db import Database
from webapp.models import Delivery, VerificationSession
from webapp.providers.base import Expected, Options
from webapp.settings import Settings

GOAL_MS, MOST_QUERIES = 10.0, 12
MATCHES, COPIES, EVENTS = 8, 4, 40
NEVER_SEEN = 12
"""Further sessions, each asked for once: what a page costs of which the console has kept nothing."""


def main() -> None:
    """Make the session, ask for its page many times, count its queries, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--sessions", type=int, default=100_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vd-bench-") as name, ExitStack() as stack:
        stub = stack.enter_context(validate_stub())
        server = ours(Path(name) / "ours", docupass_base_url=stub, docupass_api_key="specimen")
        server.start()
        stack.callback(server.stop)
        among(server, wanted.sessions)
        session_id, *others = [rich_session(server, number) for number in range(1 + NEVER_SEEN)]
        visitor = Visitor(server.port, cookie_of(dict(server.sign_in().cookies)))
        fetched = [visitor.get(f"/sessions/{session_id}") for _ in range(wanted.rounds + 10)][10:]
        first_views = [visitor.get(f"/sessions/{each}").ms for each in others]
        queries = count_queries(server, session_id)
    times = [one.ms for one in fetched]
    facts: dict[str, Any] = {
        "unit": "ms", "ours": spread(times), "p95": short(percentile(times, 0.95)), "queries": queries,
        "first_view": spread(first_views),
        "page_bytes": fetched[-1].wire, "status": sorted({one.status for one in fetched}),
    }  # fmt: skip
    met = facts["ours"]["median"] <= GOAL_MS and queries <= MOST_QUERIES and facts["status"] == [200]
    emit(
        "session_page",
        sessions=wanted.sessions,
        **facts,
        goal=f"median <= {GOAL_MS} ms, queries <= {MOST_QUERIES}",
        met=met,
    )


def among(server: LiveServer, sessions: int) -> None:
    """Fill the running server's database, and let it know what is there."""
    database = Database(server.database_url)
    fill(database, sessions=sessions)
    with database.writing() as db:
        db.execute(text("ANALYZE"))
    database.dispose()


def rich_session(server: LiveServer, number: int = 0) -> int:
    """Post a result with AML matches several times, each a little different, and wait until it is applied."""
    database = Database(server.database_url)
    make = Make(database, first=1 + number * 1000)
    link = make.link(
        reusable=True, opened_count=3, options=Options(document_types=("passport",), countries=("NL", "US")),
        expected=Expected(name="Marie Specimen", birth="1998-08-19", document_number="1234567", age="18-99"),
    )  # fmt: skip
    body = payload("passport_passed_with_aml_match")
    body["aml"]["items"] = (body["aml"]["items"] * MATCHES)[:MATCHES]
    for copy in range(COPIES):
        sent = {
            **body,
            "customid": link.customid,
            "reference": f"RICH{number:04d}",
            "hash": f"{number:016d}{copy:016d}",
        }
        answer = requests.post(
            f"{server.url}/webhooks/docupass/{link.webhook_token}", data=json.dumps(sent), timeout=30
        )
        answer.raise_for_status()
    session_id = _wait(database, link.id or 0)
    with database.reading() as db:
        session = db.get_one(VerificationSession, session_id)
    for _ in range(EVENTS):
        make.audit("link.opened", session=session)
    database.dispose()
    return session_id


def _wait(database: Database, link_id: int) -> int:
    query = select(Delivery.session_id).where(
        Delivery.link_id == link_id, col(Delivery.state).in_(("applied", "repeat"))
    )
    for _ in range(600):
        with database.reading() as db:
            found = db.exec(query).all()
        if len(found) == COPIES:
            return int(found[0] or 0)
        time.sleep(0.1)
    raise RuntimeError("the results were not applied within a minute")


def count_queries(server: LiveServer, session_id: int) -> int:
    """How many statements one view of the page makes (signing in, the sidebar and the audit row among them)."""
    settings = Settings(
        _env_file=None, data_dir=server.data_dir, database_url=server.database_url, public_url="http://console.test",
        sandbox="off", docupass_base_url="http://127.0.0.1:1/", docupass_api_key="specimen", embedded_worker=False,
        log_level="ERROR",
    )  # fmt: skip
    app = create_app(settings)
    cookie = server.sign_in().cookies["vouchdesk"]
    visitor = PageClient(app)
    visitor.http.set_cookie("vouchdesk", cookie, domain="console.test")
    visitor.get(f"/sessions/{session_id}")
    queries = visitor.get(f"/sessions/{session_id}").queries
    app.extensions["vouchdesk.database"].dispose()
    return queries


if __name__ == "__main__":
    main()
