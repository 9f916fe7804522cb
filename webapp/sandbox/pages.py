"""What all hosted pages share: finding a session, its draft and steps, the page around a form, the way out."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from . import draft as drafts
from .draft import WORDS, Draft
from .making import Submission
from .parts import parts
from .store import StoredSession
from .values import LANGUAGES

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none';"
MODULES = ("Iframe", "Mobile", "Redirection", "Live mobile")
OWN = "own:"
"""Before the side of a picture that the applicant gave himself."""
_CALLBACK_FIRST = 2.0


def find_session(reference: str) -> StoredSession:
    """The session of an address; 404 when there is none."""
    session = parts().store.session(reference)
    if session is None:
        abort(404)
    return session


@dataclass
class Visit:
    """An applicant somewhere on the way: the session, what was said so far, and the pages in order."""

    session: StoredSession
    draft: Draft
    spared: set[str]

    @classmethod
    def of(cls, session: StoredSession) -> "Visit":
        store = parts().store
        spared = {side for side in store.sides(session.reference) if not side.startswith(OWN)}
        return cls(session, Draft.of(store.draft(session.reference)), spared)

    @property
    def pages(self) -> list[tuple[str, str]]:
        return drafts.pages(self.session.kind, self.session.options, self.spared, self.draft)

    @property
    def current(self) -> str:
        return drafts.current(self.pages, self.draft)

    def save(self) -> None:
        parts().store.keep_draft(self.session.reference, self.draft.content())

    def reachable(self, page: str) -> bool:
        """Whether every page before it has been answered."""
        names = [name for name, _ in self.pages]
        return page in names and names.index(page) <= names.index(self.current)

    def submission(self, *, all_attempts: bool = False) -> Submission:
        """Everything said so far, as one attempt; a failure uses one of the attempts, or all."""
        said, supplied = self.draft, parts().store.supplied(self.session.reference)
        return Submission(
            document=said.document or drafts.accepted(self.session.options)[0],
            country=said.country or default_country(self.session), name=said.name, phone=said.phone,
            scenario=said.scenario, callback=said.callback, single_attempt=not all_attempts,
            pictures={side: supplied[OWN + side] for side in said.own if OWN + side in supplied},
        )  # fmt: skip


def default_country(session: StoredSession) -> str:
    return session.options.countries[0] if session.options.countries else "GB"


def progress(visit: Visit, page: str) -> dict[str, Any]:
    """The steps in words, which of them this is, and the page before it."""
    names = [name for name, _ in visit.pages]
    steps = drafts.steps(visit.pages)
    at = steps.index(dict(visit.pages)[page]) if page in names else -1
    before = names[names.index(page) - 1] if page in names and names.index(page) > 0 else ""
    # A confirmed number is not asked again, and what was sent has been sent.
    if before in ("phone", "code") or (before == "check" and visit.draft.verified):
        before = "phone" if page == "code" else ""
    return {"steps": [WORDS[step] for step in steps], "at": at, "before": before}


def hosted_page(visit: Visit, template: str, *, page: str = "", error: str = "", **more: Any) -> ResponseReturnValue:
    """One page of the applicant's way, with the tester's panel beside it; 422 when what was sent needs a change."""
    options = visit.session.options
    html = render_template(
        f"sandbox/{template}.html", session=visit.session, options=options, draft=visit.draft, page=page, error=error,
        module=MODULES[options.type], language=LANGUAGES.get(options.language, ""), **progress(visit, page), **more,
    )  # fmt: skip
    return make_response(html, 422 if error else 200)


def next_url(session: StoredSession) -> str:
    """Where the browser goes after the end, with reference and customid appended; empty when nowhere."""
    url = session.options.successredir if session.success else session.options.failredir
    if not url:
        return ""
    joint = "&" if urlsplit(url).query else "?"
    address, mark, fragment = url.partition("#")
    query = urlencode({"reference": session.reference, "customid": session.options.customid})
    return f"{address}{joint}{query}{mark}{fragment}"


def leave(session: StoredSession) -> ResponseReturnValue:
    """After the end: the callback has been posted once (or is slow), then the browser goes on (vendors 4.1)."""
    until = time.monotonic() + _CALLBACK_FIRST
    while not parts().store.tried(session.reference) and time.monotonic() < until:
        time.sleep(0.02)
    return redirect(url_for("hosted.leaving", reference=session.reference), 303)
