"""Job 2: pages of the sessions list at 100,000 sessions (or as many as asked for), over HTTP, signed in."""

import argparse
import re
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import create_engine, text

from tests.bench.fetching import Visitor, cookie_of
from tests.bench.fill import COMMON, RARE, fill, in_chunks, plain_rows
from tests.bench.programs import Peer, ours
from tests.bench.report import emit, short, spread
from webapp.db import Database
from webapp.queries.session_filter import Position

GOAL_MS, GOAL_RATIO = 15.0, 5.0
PAGE = 50
NEVER_SHOWN = 30
"""Pages of rows that nobody has asked for yet, each asked for once: what a page costs of which nothing is kept."""
Urls = dict[str, str]


def main() -> None:
    """Fill, start, ask each page of each contender in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--ours-only", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vd-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        contenders = {"ours": _console(folder, wanted.sessions, stack)}
        if not wanted.ours_only:
            contenders |= _peers(folder, wanted.sessions, stack)
        figures = _measure(contenders, wanted.rounds)
        never_shown = _walk(contenders["ours"][0])
    _print(figures, wanted.sessions, never_shown)


def _console(folder: Path, sessions: int, stack: ExitStack) -> tuple[Visitor, Urls]:
    server = ours(folder / "ours", embedded_worker="off")
    server.start()
    stack.callback(server.stop)
    database = Database(server.database_url)
    fill(database, sessions=sessions)
    with database.writing() as db:
        db.execute(text("ANALYZE"))
    database.dispose()
    month = f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%d}"
    return Visitor(server.port, cookie_of(dict(server.sign_in().cookies))), {
        "first": "/sessions",
        "last": f"/sessions?after={quote(_last_page(server.database_url))}",
        "failed_30_days": f"/sessions?status=failed&created_from={month}",
        "rare_name": f"/sessions?q={RARE}",
        "common_name": f"/sessions?q={COMMON}",
    }


def _last_page(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT created_at, id FROM verification_session ORDER BY created_at, id LIMIT 1 OFFSET :page"),
            {"page": PAGE},
        ).one()
    engine.dispose()
    return str(Position(created_at=datetime.fromisoformat(row[0]).replace(tzinfo=UTC), id=row[1]))


def _peers(folder: Path, sessions: int, stack: ExitStack) -> dict[str, tuple[Visitor, Urls]]:
    month = f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%d+00:00:00}"
    last = (sessions - 1) // PAGE
    flask_admin, sqladmin = "/admin/session/?", "/admin/session/list?pageSize=50&"
    addresses = {
        "flask_admin": {
            "first": flask_admin, "last": f"{flask_admin}page={last}",
            "failed_30_days": f"{flask_admin}flt0_status_equals=failed&flt1_created_at_greater_than={month}",
            "rare_name": f"{flask_admin}search={RARE}", "common_name": f"{flask_admin}search={COMMON}",
        },
        "sqladmin": {
            "first": sqladmin, "last": f"{sqladmin}page={last + 1}", "failed_30_days": f"{sqladmin}status=failed",
            "rare_name": f"{sqladmin}search={RARE}", "common_name": f"{sqladmin}search={COMMON}",
        },
    }  # fmt: skip
    made = {}
    for name, server in (("flask_admin", "gunicorn"), ("sqladmin", "uvicorn")):
        peer = Peer(name, f"{name}_app", folder, server=server)
        peer.prepare()
        _fill_peer(peer.database_url, sessions)
        peer.start()
        stack.callback(peer.stop)
        made[name] = (Visitor(peer.port), addresses[name])
    return made


def _fill_peer(url: str, sessions: int) -> None:
    engine = create_engine(url)
    statement = text(
        "INSERT INTO session (id, name, own_reference, reference, status, outcome, created_at, finished_at) VALUES "
        "(:id, :name, :own_reference, :reference, :status, :outcome, :created_at, :finished_at)"
    )
    with engine.connect() as connection:
        connection.execute(text("PRAGMA journal_mode=WAL"))
        for rows in in_chunks(plain_rows(sessions)):
            stamped = [{**row, **{name: _stamp(row[name]) for name in ("created_at", "finished_at")}} for row in rows]
            connection.execute(statement, stamped)
        connection.execute(text("ANALYZE"))
        connection.commit()
    engine.dispose()


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(" ", "microseconds") if moment else None


def _measure(contenders: dict[str, tuple[Visitor, Urls]], rounds: int) -> dict[str, dict[str, Any]]:
    times: dict[str, dict[str, list[float]]] = {name: {} for name in contenders}
    for round_number in range(rounds + 2):
        for name, (visitor, urls) in contenders.items():
            # Unmeasured, for each alike: while the others were asked this one's memory went cold, and whichever page
            # came first would pay for it.
            visitor.get(next(iter(urls.values())))
            for page, url in urls.items():
                fetched = visitor.get(url)
                if fetched.status != 200:
                    raise RuntimeError(f"{name} {page}: {fetched.status} {fetched.body[:300]!r}")
                if round_number >= 2:  # the first two warm up
                    times[name].setdefault(page, []).append(fetched.ms)
    return {name: {page: spread(values) for page, values in pages.items()} for name, pages in times.items()}


def _walk(visitor: Visitor) -> dict[str, Any]:
    """Page by page into the list, behind the first page."""
    times: list[float] = []
    url = "/sessions"
    for _ in range(NEVER_SHOWN + 1):
        fetched = visitor.get(url)
        times.append(fetched.ms)
        following = re.search(rb'href="([^"]+)" rel="next"', fetched.body)
        if following is None:
            break
        url = unescape(following[1].decode())
    return spread(times[1:])


def _print(figures: dict[str, dict[str, Any]], sessions: int, never_shown: dict[str, Any]) -> None:
    ours = figures.pop("ours")
    slowest = max(figure["median"] for figure in [*ours.values(), never_shown])
    facts: dict[str, Any] = {
        "sessions": sessions, "unit": "ms", "ours": ours, "never_shown": never_shown, "peers": figures,
    }  # fmt: skip
    met = slowest <= GOAL_MS
    if figures:
        best = {page: min(peer[page]["median"] for peer in figures.values()) for page in ours}
        ratios = {page: short(best[page] / ours[page]["median"]) for page in ours}
        facts["ratio"] = ratios
        met = met and min(ratios.values()) >= GOAL_RATIO
    emit("list_pages", **facts, goal=f"every page <= {GOAL_MS} ms and >= {GOAL_RATIO}x the best peer", met=met)


if __name__ == "__main__":
    main()
