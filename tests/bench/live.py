"""Job 4: from a commit in another process to the event on every open stream, and to the changed page in a browser."""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, sync_playwright

from tests.bench.fetching import cookie_of
from tests.bench.programs import group_cpu_seconds, ours
from tests.bench.report import emit, percentile, short
from tests.support.factory import Make
from tests.support.live_server import LiveServer
from webapp.db import Database
from webapp.models import VerificationSession
from webapp.models.columns import utc_now

GOAL_MS, IDLE_SHARE = 100.0, 0.01
PAUSE = 0.35  # seconds between commits, so that each is seen alone
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WATCH = """() => {
  window.changes = [];
  const seen = () => document.querySelector('[data-live]').textContent.split('Opened').length;
  let last = seen();
  new MutationObserver(() => {
    if (seen() !== last) { last = seen(); window.changes.push(performance.timeOrigin + performance.now()); }
  }).observe(document.documentElement, {subtree: true, childList: true, characterData: true});
}"""


def main() -> None:
    """Open the streams, look at the idle server, commit again and again, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--commits", type=int, default=30)
    parser.add_argument("--idle-seconds", type=float, default=10.0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vd-bench-") as name, ExitStack() as stack:
        server = ours(Path(name) / "ours", embedded_worker="off")
        server.start()
        stack.callback(server.stop)
        cookies = dict(server.sign_in().cookies)
        database = Database(server.database_url)
        stack.callback(database.dispose)
        change = _changer(database)
        facts = asyncio.run(_streams(server, cookie_of(cookies), change, wanted))
        facts |= _page(server, cookies, change, wanted.commits)
    met = facts["stream_ms"]["p95"] <= GOAL_MS and facts["idle_cpu_share"] <= IDLE_SHARE and not facts["missed"]
    page_p95 = facts.get("page_ms", {}).get("p95")
    met = met and page_p95 is not None and page_p95 <= GOAL_MS
    emit("live", unit="ms", **facts, met=met, goal=f"p95 <= {GOAL_MS} ms, idle <= {IDLE_SHARE:.0%} of a core")


def _changer(database: Database) -> Callable[[], float]:
    """Makes one committed change that people see (Ready, Opened) and says when it was durable (seconds, wall clock)."""
    session_id = Make(database).session().id
    words = itertools.cycle(("opened", "ready"))

    def change() -> float:
        with database.writing() as db:
            session = db.get_one(VerificationSession, session_id)
            session.capture, session.changed_at = next(words), utc_now()
        return time.time()

    return change


async def _streams(
    server: LiveServer, cookie: str, change: Callable[[], float], wanted: argparse.Namespace
) -> dict[str, Any]:
    heard: list[list[float]] = []
    tasks = [asyncio.create_task(_listen(server.port, cookie, heard)) for _ in range(wanted.streams)]
    while len(heard) < wanted.streams and not any(task.done() for task in tasks):
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    before, began = group_cpu_seconds(server.pid), time.monotonic()
    await asyncio.sleep(wanted.idle_seconds)
    idle = (group_cpu_seconds(server.pid) - before) / (time.monotonic() - began)
    times, missed = [], 0
    for _ in range(wanted.commits):
        for each in heard:
            each.clear()
        committed = await asyncio.to_thread(change)
        await asyncio.sleep(PAUSE)
        times += [(each[0] - committed) * 1000 for each in heard if each]
        missed += sum(1 for each in heard if not each)
    for task in tasks:
        task.cancel()
    return {"streams": len(heard), "idle_cpu_share": short(idle), "missed": missed, "stream_ms": _figures(times)}


async def _listen(port: int, cookie: str, heard: list[list[float]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"a stream was refused: {status!r}")
    mine: list[float] = []
    heard.append(mine)
    while line := await reader.readline():
        if line.startswith(b"event: sessions"):
            mine.append(time.time())


def _page(server: LiveServer, cookies: dict[str, str], change: Callable[[], float], commits: int) -> dict[str, Any]:
    """The same in a real page, the open list; nothing when there is no browser here."""
    try:
        with sync_playwright() as tool:
            browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
            page = context.new_page()
            page.goto(f"{server.url}/sessions")
            page.wait_for_timeout(1500)
            times = _watched(page, change, commits)
            browser.close()
    except BrowserError as error:
        return {"page": f"no browser: {str(error).splitlines()[0]}"}
    return {"page_ms": _figures(times), "page_missed": commits - len(times)} if times else {"page_missed": commits}


def _watched(page: Page, change: Callable[[], float], commits: int) -> list[float]:
    times = []
    page.evaluate(WATCH)
    for _ in range(commits):
        page.evaluate("() => { window.changes.length = 0 }")
        committed = change() * 1000
        page.wait_for_timeout(PAUSE * 1000)
        changes = page.evaluate("() => window.changes")
        times += [changes[0] - committed] if changes else []
    return times


def _figures(times: list[float]) -> dict[str, float]:
    if not times:
        return {"p50": float("inf"), "p95": float("inf")}
    return {"p50": short(percentile(times, 0.5)), "p95": short(percentile(times, 0.95)), "max": short(max(times))}


if __name__ == "__main__":
    main()
