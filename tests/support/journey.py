"""The steps of the main job that need no browser: a link through the real form, an applicant's whole pass at once."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

import requests
from bs4 import BeautifulSoup

from tests.support.forms import filled, find_form
from tests.support.live_server import LiveServer

UNSETTLED = ("draft", "ready", "opened", "waiting_for_result")
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) specimen"}
"""Agents without a browser's name do not count as opening a link."""


@dataclass(frozen=True)
class MadeLink:
    """A link that was made: our numbers, the applicant's address, the vendor's reference."""

    link_id: int
    session_id: int
    address: str
    reference: str


def make_link(server: LiveServer, name: str, *, form: str = "/links/new", **fields: Any) -> MadeLink:
    """Fill and send the form for a new link at `form`; `fields` are answers to its other fields, by name."""
    officer = server.sign_in()
    page = officer.get(f"{server.url}{form}", timeout=10)
    soup = BeautifulSoup(page.text, "html.parser")
    tag, button = find_form(soup, "Create link")
    pairs = filled(soup, tag, button, {"person_name": name} | fields)
    answer = officer.post(page.url, data=pairs, timeout=30)
    assert answer.ok and re.search(r"/links/\d+$", answer.url), f"{answer.status_code} {answer.url}"
    return _read(answer)


def _read(answer: requests.Response) -> MadeLink:
    soup = BeautifulSoup(answer.text, "html.parser")
    address, session = soup.select_one("#address"), soup.find("a", string="Open the session")
    assert address is not None and session is not None, f"no address on {answer.url}: {soup.get_text(' ', strip=True)}"
    return MadeLink(
        link_id=int(answer.url.rsplit("/", 1)[1]), session_id=int(str(session["href"]).rsplit("/", 1)[1]),
        address=address.get_text(strip=True), reference=str(soup.select("#result dd .mono")[-1].get_text(strip=True)),
    )  # fmt: skip


def open_link(made: MadeLink) -> None:
    """The applicant reads the page behind the short address."""
    requests.get(made.address, headers=BROWSER, timeout=10).raise_for_status()


def finish(server: LiveServer, made: MadeLink, **choices: str) -> None:
    """The applicant opens the link and goes through it at once; `choices` are those of docs/sandbox.md."""
    open_link(made)
    url = f"{server.url}/sandbox/s/{made.reference}/complete"
    requests.post(url, data=choices, headers=BROWSER, timeout=60, allow_redirects=False).raise_for_status()


def settled(server: LiveServer, made: MadeLink, *, within: float = 30.0) -> dict[str, Any]:
    """The session's line of the export, as soon as a result or an end is applied."""
    until = time.monotonic() + within
    row: dict[str, Any] = {}
    while time.monotonic() < until:
        answer = server.sign_in().get(f"{server.url}/sessions/export.jsonl?q={made.reference}", timeout=10)
        rows = [json.loads(line) for line in answer.text.splitlines()]
        row = next(row for row in rows if row["id"] == made.session_id)
        if row["status"] not in UNSETTLED:
            return row
        time.sleep(0.1)
    raise AssertionError(f"no result within {within:.0f} s: {row}")
