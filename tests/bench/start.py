"""Job 7: from `python app.py` on a set-up machine to the first page, and what a first and a repeated visit weigh."""

import argparse
import re
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.bench.fetching import Fetched, Visitor, cookie_of
from tests.bench.programs import ours
from tests.bench.report import emit, short, spread
from tests.support.live_server import LiveServer

GOAL_SECONDS, FIRST_KB, AGAIN_KB = 3.0, 200.0, 15.0
ASSET = re.compile(r"""(?:href|src)="([^"#]*/static/[^"#]+)""")
SHEET_ASSET = re.compile(r"""url\(["']?([^"')]+)""")


def main() -> None:
    """Start it again and again, then weigh its pages, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vd-bench-") as name:
        server = ours(Path(name) / "ours")
        server.start()  # sets up: folders, tables, administrator
        server.stop()
        seconds = [_start(server) for _ in range(wanted.rounds)]
        server.start()
        try:
            weights = _weigh(server)
        finally:
            server.stop()
    met = (
        spread(seconds)["median"] <= GOAL_SECONDS
        and weights["first_visit_gz_kb"] <= FIRST_KB
        and weights["page_gz_kb"] <= AGAIN_KB
        and weights["compressed"]
    )
    emit(
        "start", unit="s", ours=spread(seconds), **weights, met=met,
        goal=f"<= {GOAL_SECONDS} s; <= {FIRST_KB} KB gz the first time, <= {AGAIN_KB} KB gz after, sent compressed",
    )  # fmt: skip


def _start(server: LiveServer) -> float:
    began = time.monotonic()
    server.start()
    status = Visitor(server.port).get("/sign-in").status
    taken = time.monotonic() - began
    server.stop()
    if status != 200:
        raise RuntimeError(f"the first page answered {status}")
    return taken


def _weigh(server: LiveServer) -> dict[str, Any]:
    """The overview as a browser loads it: the page (never compressed: it holds secrets), and every file it names."""
    visitor = Visitor(server.port, cookie_of(dict(server.sign_in().cookies)))
    page = visitor.get("/")
    names = {urljoin("/", name) for name in ASSET.findall(page.body.decode())}
    assets = {name: visitor.get(name) for name in names}
    for sheet in [name for name in names if urlsplit(name).path.endswith(".css")]:
        for inner in SHEET_ASSET.findall(assets[sheet].body.decode(errors="replace")):
            if not inner.startswith("data:"):
                assets[urljoin(sheet, inner)] = visitor.get(urljoin(sheet, inner))
    everything = [page, *assets.values()]
    heaviest = sorted(assets.items(), key=lambda item: -item[1].gz)[:4]
    return {
        "compressed": all("content-encoding" in one.headers for one in assets.values() if one.wire > 2000),
        "first_visit_gz_kb": _kb(sum(one.gz for one in everything)),
        "first_visit_as_sent_kb": _kb(sum(one.wire for one in everything)),
        "page_gz_kb": _kb(page.gz), "page_as_sent_kb": _kb(page.wire),
        "heaviest_gz_kb": {urlsplit(name).path: _kb(one.gz) for name, one in heaviest},
        "not_found": sorted(name for name, one in assets.items() if one.status != 200), "revisits_cached": _cached(assets),
    }  # fmt: skip


def _cached(assets: dict[str, Fetched]) -> bool:
    return all("immutable" in one.headers.get("cache-control", "") for one in assets.values() if one.status == 200)


def _kb(size: int) -> float:
    return short(size / 1024)


if __name__ == "__main__":
    main()
